import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captureLag, type SeenLags } from '../../src/research/numeric/capture-lag.js';
import { followingUse } from '../../src/research/numeric/following-use.js';
import { groupsOf, type Labels } from '../../src/research/numeric/groups.js';
import { ascendingOf } from '../../src/research/numeric/quantiles.js';
import { paidPeriods, type Retention, retention } from '../../src/research/numeric/retention.js';
import { quintilesOf, rfmScores } from '../../src/research/numeric/rfm.js';
import { answered, type Chance, chanceOf, coverageOf, expectCoverage } from '../support/simulated.js';

describe('retention', () => {
  // a paid in 0, 1, 3; b in 0; c in 1, 2; d in 3, and once more after the last period.
  const rider = ['a', 'b', 'c', 'a', 'c', 'a', 'a', 'd', 'd'];
  const period = [0, 0, 1, 1, 2, 3, 3, 3, 4];

  const paid = (labels: Labels, periods: readonly number[], lastPeriod: number) => {
    const { codes, count } = groupsOf(labels);
    return paidPeriods({ rider: codes, riders: count, period: periods, lastPeriod });
  };
  const retained = (labels: Labels, periods: readonly number[], lastPeriod: number): Retention =>
    answered(retention(answered(paid(labels, periods, lastPeriod))));

  test('a hand-made triangle', () => {
    const { cohorts, overall } = retained(rider, period, 3);
    const counts = cohorts.map((cohort) => [
      cohort.period,
      cohort.riders,
      cohort.active.map(({ count }) => count),
    ]);
    expect(counts).toEqual([
      [0, 2, [2, 1, 0, 1]],
      [1, 1, [1, 1, 0]],
      [3, 1, [1]],
    ]);
    // Of one period later, the three whose next period has come: a and c paid then.
    expect(overall.map(({ count, share }) => [count, share])).toEqual([
      [4, 1],
      [2, 2 / 3],
      [0, 0],
      [1, 0.5],
    ]);
  });

  test('the order of payments does not matter, and everyone is in one cohort', () => {
    const payments = fc.array(fc.record({ rider: fc.nat(8), period: fc.nat(6) }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(payments, (rows) => {
        const run = (own: typeof rows) =>
          retained(
            own.map((row) => row.rider),
            own.map((row) => row.period),
            6,
          );
        const plain = run(rows);
        expect(run([...rows].reverse())).toEqual(plain);
        const riders = plain.cohorts.reduce((sum, cohort) => sum + cohort.riders, 0);
        expect(riders).toBe(new Set(rows.map((row) => row.rider)).size);
      }),
    );
  });

  test('nobody, and half periods, are refused', () => {
    expect(paid(rider, period, -1)).toMatchObject({ reason: 'too_few' });
    expect(paid(['a'], [0.5], 3)).toMatchObject({ reason: 'out_of_domain' });
    const all = answered(paid(rider, period, 3));
    expect(retention(all, (_, cohort) => cohort > 3)).toMatchObject({ reason: 'too_few' });
  });
});

describe('recency, frequency, money', () => {
  const scored = (values: readonly number[]): number[] => Array.from(quintilesOf(values));

  test('ten different riders are two a quintile', () => {
    expect(scored([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])).toEqual([5, 5, 4, 4, 3, 3, 2, 2, 1, 1]);
  });

  test('equal riders have equal scores: the one of the first of them', () => {
    expect(scored([1, 1, 1, 1, 1, 1, 1, 2, 3, 3])).toEqual([1, 1, 1, 1, 1, 1, 1, 4, 5, 5]);
    expect(scored([7, 7, 7, 7, 7])).toEqual([1, 1, 1, 1, 1]);
  });

  test('the most recent has the highest recency', () => {
    const scores = answered(
      rfmScores({ daysSince: [1, 2, 3, 4, 50], payments: [9, 1, 2, 3, 4], spent: [2, 4, 6, 8, 1] }),
    );
    expect([scores.recency[0], scores.frequency[0], scores.monetary[0]]).toEqual([5, 5, 2]);
    expect([scores.recency[4], scores.frequency[4], scores.monetary[4]]).toEqual([1, 4, 1]);
  });

  test('laws: order does not matter, and more is never less', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { minLength: 5, maxLength: 50 }), (values) => {
        const scores = scored(values);
        expect(scored([...values].reverse())).toEqual([...scores].reverse());
        for (const [i, value] of values.entries()) {
          for (const [j, other] of values.entries()) {
            if (value >= other) expect(scores[i]).toBeGreaterThanOrEqual(scores[j] ?? 0);
          }
        }
      }),
    );
  });

  test('four riders are refused, and what is no number', () => {
    const four = [1, 2, 3, 4];
    expect(rfmScores({ daysSince: four, payments: four, spent: four })).toMatchObject({ reason: 'too_few' });
    const five = [1, 2, 3, 4, 5];
    const odd = [1, 2, 3, 4, Number.NaN];
    expect(rfmScores({ daysSince: five, payments: five, spent: odd })).toMatchObject({
      reason: 'not_finite',
    });
  });
});

test('many whole numbers are counted in place of sorted, and come in the same order', () => {
  const chance = chanceOf(141);
  for (const range of [3, 90_000, 9e9]) {
    const values = Float64Array.from({ length: 5_000 }, () => Math.floor(range * chance.uniform()) - 40);
    expect(ascendingOf(values)).toEqual(values.slice().sort());
    const halves = values.map((value) => value / 2);
    expect(ascendingOf(halves)).toEqual(halves.slice().sort());
  }
});

describe('capture lag', () => {
  /** Payments of `days` days with geometric lags, of which those captured by the last day are seen. */
  function seen(chance: Chance, days: number, perDay: number, stay: number): SeenLags & { all: number[] } {
    const [period, lag]: [number[], number[]] = [[], []];
    const all = new Array<number>(days).fill(0);
    for (let day = 0; day < days; day++) {
      for (let i = 0; i < perDay; i++) {
        let own = 0;
        while (chance.happens(stay)) own += 1;
        all[day] = (all[day] ?? 0) + 1;
        if (day + own > days - 1) continue;
        period.push(day);
        lag.push(own);
      }
    }
    return { period, lag, lastPeriod: days - 1, all };
  }

  test('a hand-made table', () => {
    // Day 0: lags 0, 0, 1, 2. Day 1: lags 0, 1. Day 2: lag 0.
    const data: SeenLags = { period: [0, 0, 0, 0, 1, 1, 2], lag: [0, 0, 1, 2, 0, 1, 0], lastPeriod: 2 };
    const { shares, periods, percentile } = answered(captureLag(data));
    // Of day 0's four, one came at lag 2: ¾ within 1. Of five within 1 on days 0 and 1, two came at 1: ⅗ of that within 0.
    expect(shares[2]?.share).toBe(1);
    expect(shares[1]?.share).toBeCloseTo(0.75, 15);
    expect(shares[0]?.share).toBeCloseTo(0.45, 15);
    expect(
      periods.map(({ period, seen: count, expected, isComplete }) => [period, count, expected, isComplete]),
    ).toEqual([
      [0, 4, 4, true],
      [1, 2, expect.closeTo(2 / 0.75, 12), false],
      [2, 1, expect.closeTo(1 / 0.45, 12), false],
    ]);
    expect([percentile(0.4), percentile(0.5), percentile(0.9)]).toEqual([0, 1, 2]);
  });

  test('a known lag is found, and what is still to come', () => {
    const data = seen(chanceOf(121), 60, 400, 0.5);
    const { shares, periods, percentile } = answered(captureLag(data));
    for (const lag of [0, 1, 2, 3]) expect(shares[lag]?.share).toBeCloseTo(1 - 0.5 ** (lag + 1), 1);
    expect([percentile(0.5), percentile(0.9), percentile(0.95)]).toEqual([0, 3, 4]);
    const last = periods.at(-1);
    expect(last?.isComplete).toBe(false);
    expect((last?.expected ?? 0) / 400).toBeCloseTo(1, 0);
    expect(periods.slice(0, 50).every(({ isComplete }) => isComplete)).toBe(true);
  });

  test('intervals hold the truth; the shares that are seen do not', () => {
    const truth = (1 - 0.8 ** 2) / (1 - 0.8 ** 15);
    const coverage = coverageOf(1_000, 122, (chance) => {
      const { shares } = answered(captureLag(seen(chance, 15, 30, 0.8)));
      const [, second = { lower: 0, upper: 0 }] = shares;
      return [second, truth];
    });
    expectCoverage(coverage);
    const data = seen(chanceOf(123), 15, 1_000, 0.8);
    const within = Array.from(data.lag).filter((lag) => lag <= 1).length / data.lag.length;
    expect(within - truth).toBeGreaterThan(0.05);
  });

  test('the order of payments does not matter, nor does the calendar', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_999 }),
        fc.integer({ min: -500, max: 20_000 }),
        (seed, shift) => {
          const data = seen(chanceOf(seed), 8, 5, 0.6);
          fc.pre(data.period.length > 0);
          const { shares } = answered(captureLag(data));
          const moved = {
            period: Array.from(data.period, (own) => own + shift).reverse(),
            lag: Array.from(data.lag).reverse(),
            lastPeriod: data.lastPeriod + shift,
          };
          expect(answered(captureLag(moved)).shares).toEqual(shares);
          for (let i = 1; i < shares.length; i++) {
            expect(shares[i]?.share).toBeGreaterThanOrEqual(shares[i - 1]?.share ?? 0);
          }
        },
      ),
    );
  });

  test.each([
    ['too_few', [], []],
    ['out_of_domain', [5], [6]],
    ['out_of_domain', [5], [-1]],
    ['out_of_domain', [0.5], [1]],
  ])('%s: periods %o, lags %o', (reason, period, lag) => {
    expect(captureLag({ period, lag, lastPeriod: 10 })).toMatchObject({ reason });
  });
});

describe('payments beside uses', () => {
  const payments = { rider: ['a', 'a', 'b', 'c', 'd'], day: [1, 5, 2, 3, 9] };
  const uses = { rider: ['a', 'a', 'b', 'x'], day: [6, 1, 20, 3] };

  test('a hand-made table', () => {
    const result = answered(followingUse(payments, uses, { withinDays: 3, lastDay: 11 }));
    // a's of day 1 on the day itself, a's of day 5 on day 6; b's use is too late, c has none; d's days are not over.
    expect([result.n, result.share.count, result.share.share]).toEqual([4, 2, 0.5]);
    expect([result.unripe, result.ridersWithoutUse, result.clusters]).toEqual([1, 2, 3]);
    expect(result.leadDays.find((row) => row.quantile === 0.5)?.days).toBe(0.5);
    expect(result.warnings.join()).toContain('Only 3 riders');
  });

  test('a use before the payment does not follow it', () => {
    const early = { rider: ['b'], day: [1] };
    const { share, leadDays } = answered(followingUse(payments, early, { withinDays: 3, lastDay: 30 }));
    expect([share.share, share.lower, leadDays]).toEqual([0, 0, []]);
  });

  /** Riders who use all, half or none of what they pay. */
  const world = (chance: Chance) => {
    const [paid, used] = [
      { rider: [] as string[], day: [] as number[] },
      { rider: [] as string[], day: [] as number[] },
    ];
    for (let i = 0; i < 100; i++) {
      const habit = 0.1 + 0.8 * chance.uniform();
      for (let day = 0; day < 100; day += 10) {
        paid.rider.push(`r${i}`);
        paid.day.push(day);
        if (!chance.happens(habit)) continue;
        used.rider.push(`r${i}`);
        used.day.push(day + chance.uniformInt(0, 2));
      }
    }
    return answered(followingUse(paid, used, { withinDays: 2, lastDay: 200 }));
  };

  test('the interval holds the truth though payments of a rider are alike', () => {
    const coverage = coverageOf(1_000, 131, (chance) => [world(chance).share, 0.5]);
    expectCoverage(coverage);
    expect(world(chanceOf(132)).designEffect).toBeGreaterThan(1.5);
  });

  test('more days never mean fewer payments followed', () => {
    const entries = fc.array(fc.record({ rider: fc.constantFrom('a', 'b', 'c'), day: fc.nat(20) }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(entries, entries, (paid, used) => {
        const columns = (rows: typeof paid) => ({
          rider: rows.map((row) => row.rider),
          day: rows.map((row) => row.day),
        });
        const followed = (withinDays: number): number =>
          answered(followingUse(columns(paid), columns(used), { withinDays, lastDay: 60 })).share.count;
        for (let days = 1; days < 20; days++)
          expect(followed(days)).toBeGreaterThanOrEqual(followed(days - 1));
      }),
      { numRuns: 50 },
    );
  });

  test('where no days are over nothing is told', () => {
    expect(followingUse(payments, uses, { withinDays: 30, lastDay: 11 })).toMatchObject({
      reason: 'too_few',
    });
  });
});
