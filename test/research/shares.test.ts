import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goodman, sisonGlaz, wilson } from '../../src/research/numeric/shares.js';
import { bowker, mcnemar, tableOf, transitionsOf } from '../../src/research/numeric/transitions.js';
import { useR } from '../support/r.js';
import {
  answered,
  type Chance,
  coverageOf,
  expectCoverage,
  expectFivePercent,
  expectNear,
  falsePositives,
} from '../support/simulated.js';

const r = useR();
const COUNTS = [56, 72, 73, 59, 62, 87, 58];

/** Counts of `n` draws among kinds of those probabilities. */
function multinomial(chance: Chance, n: number, probabilities: readonly number[]): number[] {
  const counts = probabilities.map(() => 0);
  for (let i = 0; i < n; i++) {
    let left = chance.uniform();
    const kind = probabilities.findIndex((probability) => {
      left -= probability;
      return left < 0;
    });
    const at = kind < 0 ? counts.length - 1 : kind;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

describe('published figures', () => {
  test('Wilson: 81 of 263', () => {
    const { lower, upper } = answered(wilson(81, 263));
    expect(lower).toBeCloseTo(0.25529, 5);
    expect(upper).toBeCloseTo(0.36621, 5);
  });

  test("Goodman and Sison–Glaz: seven methods' shares", () => {
    const [first] = answered(goodman(COUNTS)).shares;
    expect(first?.lower).toBeCloseTo(0.0852, 4);
    expect(first?.upper).toBeCloseTo(0.1663, 4);
    const [narrow] = answered(sisonGlaz(COUNTS)).shares;
    expect(narrow?.lower).toBeCloseTo(0.0792, 4);
    expect(narrow?.upper).toBeCloseTo(0.1644, 4);
  });

  test('McNemar on approval ratings, plain and corrected', () => {
    const table = [
      [794, 86],
      [150, 570],
    ];
    expect(answered(mcnemar(table, { corrected: false })).statistic).toBeCloseTo(17.356, 3);
    expect(answered(mcnemar(table)).statistic).toBeCloseTo(16.818, 3);
  });
});

describe('as R has it, to 1e-8', () => {
  test("Wilson is prop.test's interval without correction", async () => {
    for (const [count, n] of [
      [0, 5],
      [3, 17],
      [81, 263],
      [17, 17],
    ] as const) {
      const { lower, upper } = answered(wilson(count, n, 0.9));
      const theirs = await r.numbers(`prop.test(${count}, ${n}, conf.level = 0.9, correct = FALSE)$conf.int`);
      for (const [i, end] of [lower, upper].entries()) expect(end).toBeCloseTo(theirs[i] ?? Number.NaN, 10);
    }
  });

  test("McNemar's and Bowker's tests", async () => {
    const [two, three] = [
      [5, 12, 3, 20],
      [12, 5, 9, 8, 30, 4, 1, 13, 22],
    ];
    const rowsOf = (flat: number[], size: number): number[][] =>
      Array.from({ length: size }, (_, i) => flat.slice(i * size, (i + 1) * size));
    const inR = (size: number, rest = ''): string =>
      `t <- mcnemar.test(matrix(x, ${size}, byrow = TRUE)${rest}); c(t$statistic, t$parameter, t$p.value)`;
    const flat = ({ statistic, df, pValue }: { statistic: number; df: number; pValue: number }): number[] => [
      statistic,
      df,
      pValue,
    ];
    expectNear(flat(answered(mcnemar(rowsOf(two, 2)))), await r.numbers(inR(2), { x: two }));
    const plain = answered(mcnemar(rowsOf(two, 2), { corrected: false }));
    expectNear(flat(plain), await r.numbers(inR(2, ', correct = FALSE'), { x: two }));
    expectNear(flat(answered(bowker(rowsOf(three, 3)))), await r.numbers(inR(3), { x: three }));
  });
});

describe('intervals hold the truth', () => {
  test('Wilson, over rare and common shares', () => {
    const coverage = coverageOf(4_000, 61, (chance) => {
      const truth = 0.05 + 0.9 * chance.uniform();
      let count = 0;
      for (let i = 0; i < 150; i++) if (chance.happens(truth)) count += 1;
      return [answered(wilson(count, 150)), truth];
    });
    expectCoverage(coverage);
  });

  test.each([
    ['Goodman', goodman],
    ['Sison–Glaz', sisonGlaz],
  ])('%s: all shares at once', (_, intervals) => {
    const truth = [0.35, 0.25, 0.2, 0.12, 0.08];
    const coverage = coverageOf(2_000, 62, (chance) => {
      const { shares } = answered(intervals(multinomial(chance, 400, truth)));
      const all = shares.every(({ lower, upper }, i) => lower <= (truth[i] ?? 0) && (truth[i] ?? 0) <= upper);
      return [{ lower: 0, upper: 0 }, all ? 0 : 1];
    });
    expectCoverage(coverage);
  });
});

test('nobody moved more one way than the other: found in 5 of 100 worlds', () => {
  const world = (chance: Chance): number[][] => {
    const [a = 0, b = 0, c = 0] = multinomial(chance, 300, [0.5, 0.25, 0.25]);
    return [
      [a, b],
      [c, 9],
    ];
  };
  const plain = falsePositives(
    1_000,
    63,
    (chance) => answered(mcnemar(world(chance), { corrected: false })).pValue,
  );
  expectFivePercent(plain);
  const three = falsePositives(1_000, 64, (chance) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = multinomial(
      chance,
      400,
      [0.2, 0.2, 0.1, 0.1, 0.2, 0.2],
    );
    const table = [
      [1, a, c],
      [b, 1, e],
      [d, f, 1],
    ];
    return answered(bowker(table)).pValue;
  });
  expectFivePercent(three);
});

describe('a hand-made table of transitions', () => {
  const states = ['card', 'cash', 'no payment'];

  test('counts pairs, and shares are of each state', () => {
    const table = tableOf([0, 0, 0, 1, 2, 2], [0, 1, 2, 1, 0, 2], 3);
    expect(table.map((row) => Array.from(row))).toEqual([
      [1, 1, 1],
      [0, 1, 0],
      [1, 0, 1],
    ]);
    const { rows } = transitionsOf(states, table);
    expect(rows.map(({ from, n }) => [from, n])).toEqual([
      ['card', 3],
      ['cash', 1],
      ['no payment', 2],
    ]);
    expect(rows[2]?.to).toMatchObject([{ share: 0.5 }, { share: 0, lower: 0 }, { share: 0.5 }]);
  });

  test('a state that nobody was in is refused, the others told', () => {
    const { rows } = transitionsOf(states, tableOf([0, 2], [1, 2], 3));
    expect(rows[1]?.to).toMatchObject({ kind: 'refused', reason: 'too_few' });
    expect(rows[0]?.to).toMatchObject([{ share: 0 }, { share: 1 }, { share: 0 }]);
  });

  test('nobody moved: refused', () => {
    expect(
      mcnemar([
        [5, 0],
        [0, 7],
      ]),
    ).toMatchObject({ reason: 'no_variation' });
    expect(bowker(tableOf([0, 1, 2], [0, 1, 2], 3))).toMatchObject({ reason: 'no_variation' });
  });

  test('a state without a name is a mistake of the code', () => {
    expect(() => tableOf([0, 3], [1, 1], 3)).toThrow(RangeError);
    expect(() => tableOf([0], [1, 1], 3)).toThrow(RangeError);
  });
});

describe('what is no share is refused', () => {
  test.each([
    [-1, 5],
    [6, 5],
    [1, Number.NaN],
  ])('%d of %d', (count, n) => {
    expect(wilson(count, n)).toMatchObject({ reason: 'out_of_domain' });
  });

  test('nothing of nothing', () => {
    expect(wilson(0, 0)).toMatchObject({ reason: 'too_few' });
    for (const intervals of [goodman, sisonGlaz]) {
      expect(intervals([0, 0])).toMatchObject({ reason: 'too_few' });
      expect(intervals([5])).toMatchObject({ reason: 'too_few' });
      expect(intervals([5, 1.5])).toMatchObject({ reason: 'out_of_domain' });
    }
  });
});

test('laws: an interval holds its share, mirrors with it, and is wider for more confidence', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), (a, b) => {
      fc.pre(a + b > 0);
      const [of_, rest] = [answered(wilson(a, a + b)), answered(wilson(b, a + b))];
      expect(of_.lower).toBeLessThanOrEqual(of_.share);
      expect(of_.upper).toBeGreaterThanOrEqual(of_.share);
      expect(of_.lower).toBeCloseTo(1 - rest.upper, 12);
      const wide = answered(wilson(a, a + b, 0.99));
      expect(wide.upper - wide.lower).toBeGreaterThan(of_.upper - of_.lower);
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 6 }), (counts) => {
      for (const intervals of [goodman, sisonGlaz]) {
        const [plain, reversed] = [answered(intervals(counts)), answered(intervals([...counts].reverse()))];
        for (const [i, share] of plain.shares.entries()) {
          const same = reversed.shares[counts.length - 1 - i];
          expect(same?.lower).toBeCloseTo(share.lower, 9);
          expect(same?.upper).toBeCloseTo(share.upper, 9);
        }
      }
    }),
    { numRuns: 30 },
  );
});
