import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chiSquareQuantile,
  chiSquareTails,
  fQuantile,
  fTails,
  normalQuantile,
  normalTails,
  tQuantile,
  tTails,
  tTwoSided,
} from '../../src/research/numeric/distributions.js';
import { useR } from '../support/r.js';
import { expectNear } from '../support/simulated.js';

const r = useR();
const EXACT = 1e-10;
const VALUES = [-30, -8, -2.5, -1.96, -1, -0.3, -0.01, 0, 0.05, 0.7, 1.3, 2.2, 5, 12, 40];
const POSITIVE = [1e-6, 0.001, 0.05, 0.5, 1, 1.7, 3, 5, 8, 16.818, 17.356, 30, 80, 300];
const PROBABILITIES = [1e-12, 1e-6, 5e-4, 0.025, 0.05, 0.3, 0.5, 0.6, 0.9, 0.975, 0.995, 0.9999];
const DFS = [0.7, 1, 2, 2.5, 3, 9, 17, 30, 100, 499, 4_998, 100_000];

describe('as R has them, to 1e-10 of the value', () => {
  test('the normal', async () => {
    const tails = VALUES.map(normalTails);
    const x = VALUES;
    expectNear(
      tails.map(({ lower }) => lower),
      await r.numbers('pnorm(x)', { x }),
      EXACT,
    );
    expectNear(
      tails.map(({ upper }) => upper),
      await r.numbers('pnorm(x, lower.tail = FALSE)', { x }),
      EXACT,
    );
    const p = PROBABILITIES;
    expectNear(
      p.map(normalQuantile),
      (await r.numbers('qnorm(p)', { p })).map((z) => z + 0),
      EXACT,
    );
  });

  test.each([...DFS, 10_000_000])('t with %d degrees of freedom', async (df) => {
    const [x, p] = [VALUES, PROBABILITIES.filter((probability) => probability !== 0.5)];
    const tails = x.map((t) => tTails(t, df));
    expectNear(
      tails.map(({ lower }) => lower),
      await r.numbers(`pt(x, ${df})`, { x }),
      EXACT,
    );
    const upper = await r.numbers(`pt(x, ${df}, lower.tail = FALSE)`, { x });
    expectNear(
      tails.map((tail) => tail.upper),
      upper,
      EXACT,
    );
    expectNear(
      p.map((probability) => tQuantile(probability, df)),
      await r.numbers(`qt(p, ${df})`, { p }),
      EXACT,
    );
    expect(tQuantile(0.5, df)).toBe(0);
  });

  test.each(DFS)('χ² with %d degrees of freedom', async (df) => {
    const [x, p] = [POSITIVE, PROBABILITIES];
    const tails = x.map((square) => chiSquareTails(square, df));
    expectNear(
      tails.map(({ lower }) => lower),
      await r.numbers(`pchisq(x, ${df})`, { x }),
      EXACT,
    );
    const upper = await r.numbers(`pchisq(x, ${df}, lower.tail = FALSE)`, { x });
    expectNear(
      tails.map((tail) => tail.upper),
      upper,
      EXACT,
    );
    expectNear(
      p.map((value) => chiSquareQuantile(value, df)),
      await r.numbers(`qchisq(p, ${df})`, { p }),
      EXACT,
    );
  });

  test.each([1, 2, 3, 7, 20, 100])('F with %d and many degrees of freedom', async (df1) => {
    const x = POSITIVE;
    for (const df2 of DFS) {
      const tails = x.map((f) => fTails(f, df1, df2));
      expectNear(
        tails.map(({ lower }) => lower),
        await r.numbers(`pf(x, ${df1}, ${df2})`, { x }),
        EXACT,
      );
      const upper = await r.numbers(`pf(x, ${df1}, ${df2}, lower.tail = FALSE)`, { x });
      expectNear(
        tails.map((tail) => tail.upper),
        upper,
        EXACT,
      );
      // R's own qf loses digits in far tails, so ours is asked for what R's pf makes of it.
      const p = PROBABILITIES;
      const quantiles = p.map((probability) => fQuantile(probability, df1, df2));
      const backLower = await r.numbers(`pf(q, ${df1}, ${df2})`, { q: quantiles });
      const backUpper = await r.numbers(`pf(q, ${df1}, ${df2}, lower.tail = FALSE)`, { q: quantiles });
      const smaller = (lower: number[], upper: number[]): number[] =>
        p.map((probability, i) => (probability <= 0.5 ? (lower[i] ?? 0) : (upper[i] ?? 0)));
      expectNear(
        smaller(backLower, backUpper),
        smaller(
          [...p],
          p.map((value) => 1 - value),
        ),
        EXACT,
      );
    }
  });
});

test('without end of degrees of freedom t is the normal, and F the χ² by its own', () => {
  for (const z of VALUES) expectNear([tTails(z, Infinity).lower], [normalTails(z).lower], EXACT);
  expectNear([tQuantile(0.975, Infinity)], [normalQuantile(0.975)], EXACT);
  expectNear([fTails(2.5, 3, Infinity).upper], [chiSquareTails(7.5, 3).upper], EXACT);
  expectNear([fQuantile(0.9, 3, Infinity)], [chiSquareQuantile(0.9, 3) / 3], EXACT);
});

describe('laws', () => {
  const probability = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });
  const df = fc.double({ min: 0.5, max: 5_000, noNaN: true });

  test('a quantile has the probability that it was asked for', () => {
    fc.assert(
      fc.property(probability, df, df, (p, a, b) => {
        expect(tTails(tQuantile(p, a), a).lower).toBeCloseTo(p, 11);
        expect(fTails(fQuantile(p, a, b), a, b).lower).toBeCloseTo(p, 11);
        expect(chiSquareTails(chiSquareQuantile(p, a), a).lower).toBeCloseTo(p, 11);
      }),
    );
  });

  test('tails add up to one, and t is the same on either side', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), df, (t, a) => {
        const { lower, upper } = tTails(t, a);
        expect(lower + upper).toBeCloseTo(1, 14);
        expect(tTails(-t, a)).toEqual({ lower: upper, upper: lower });
        expectNear([tTwoSided(t, a)], [2 * Math.min(lower, upper)], 1e-12);
      }),
    );
  });
});

test('what is no probability has no quantile', () => {
  for (const p of [-0.1, 1.1, Number.NaN]) {
    expect(tQuantile(p, 5)).toBeNaN();
    expect(normalQuantile(p)).toBeNaN();
    expect(chiSquareQuantile(p, 5)).toBeNaN();
    expect(fQuantile(p, 5, 6)).toBeNaN();
  }
  expect([normalQuantile(0), normalQuantile(1), chiSquareQuantile(0, 3)]).toEqual([-Infinity, Infinity, 0]);
});
