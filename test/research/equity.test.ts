import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceleratedInterval, percentileInterval } from '../../src/research/numeric/bootstrap.js';
import {
  bootstrapElasticity,
  DEFINITIONS,
  deltaElasticity,
  elasticityOf,
} from '../../src/research/numeric/elasticity.js';
import { giniOf, inequality, lorenzOf, theilOf, topShare } from '../../src/research/numeric/inequality.js';
import { ascendingOf, quantile } from '../../src/research/numeric/quantiles.js';
import { useR } from '../support/r.js';
import {
  answered,
  type Chance,
  chanceOf,
  coverageOf,
  expectCoverage,
  expectFivePercent,
  expectNear,
  falsePositives,
} from '../support/simulated.js';

const r = useR();

describe('elasticities', () => {
  const change = { priceBefore: 1, priceAfter: 1.25, quantityBefore: 100, quantityAfter: 90 };

  test('a price of 1 that became 1.25, and 100 that became 90', () => {
    const values = DEFINITIONS.map((definition) => answered(elasticityOf(definition, change)));
    for (const [i, expected] of [-0.4, -0.4737, -0.4722].entries()) {
      expect(values[i]).toBeCloseTo(expected, 4);
    }
  });

  test.each([
    ['no_variation', { priceAfter: 1 }],
    ['out_of_domain', { priceAfter: 0 }],
    ['out_of_domain', { priceBefore: -1 }],
    ['out_of_domain', { quantityBefore: 0 }],
    ['out_of_domain', { quantityAfter: 0 }],
    ['not_finite', { quantityAfter: Number.NaN }],
  ])('%s: %o', (reason, altered) => {
    expect(elasticityOf('log-arc', { ...change, ...altered })).toMatchObject({ reason });
  });

  /** Riders with rates of their own; a rise of a quarter, to which each answers with a true log elasticity of −0.4. */
  function riders(chance: Chance, n: number, truth: number) {
    const rates = Array.from({ length: n }, () => 4 * Math.exp(0.6 * chance.normal()));
    return {
      priceBefore: 2,
      priceAfter: 2.5,
      before: rates.map((rate) => chance.poisson(rate)),
      after: rates.map((rate) => chance.poisson(rate * 1.25 ** truth)),
    };
  }

  test.each(DEFINITIONS)('%s: the interval of the delta method holds the truth', (definition) => {
    const [before, after] = [1, 1.25 ** -0.4];
    const truth = answered(
      elasticityOf(definition, {
        priceBefore: 2,
        priceAfter: 2.5,
        quantityBefore: before,
        quantityAfter: after,
      }),
    );
    const coverage = coverageOf(2_000, 101, (chance) => [
      answered(deltaElasticity(riders(chance, 150, -0.4), definition)),
      truth,
    ]);
    expectCoverage(coverage);
  });

  test('the interval by bootstrap holds the truth, and is near the other', () => {
    const coverage = coverageOf(400, 102, (chance) => {
      const options = { random: chance.random, draws: 499 };
      return [answered(bootstrapElasticity(riders(chance, 150, -0.4), 'log-arc', options)), -0.4];
    });
    expectCoverage(coverage);
    const data = riders(chanceOf(103), 400, -0.4);
    const drawn = answered(bootstrapElasticity(data, 'log-arc', { random: chanceOf(1).random }));
    const plain = answered(deltaElasticity(data, 'log-arc'));
    expect(drawn.estimate).toBe(plain.estimate);
    expectNear([drawn.standardError], [plain.standardError], 0.1);
  });

  test('no answer to the price is found in 5 of 100 worlds without one', () => {
    const share = falsePositives(
      1_000,
      104,
      (chance) => answered(deltaElasticity(riders(chance, 150, 0), 'midpoint')).pValue,
    );
    expectFivePercent(share);
  });

  test('units of price and quantity do not matter, nor the order of riders', () => {
    const factor = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), factor, factor, (seed, a, b) => {
        const data = riders(chanceOf(seed), 30, -0.4);
        const moved = {
          priceBefore: data.priceBefore * a,
          priceAfter: data.priceAfter * a,
          before: data.before.map((value) => value * b).reverse(),
          after: data.after.map((value) => value * b).reverse(),
        };
        for (const definition of DEFINITIONS) {
          const [plain, other] = [
            answered(deltaElasticity(data, definition)),
            answered(deltaElasticity(moved, definition)),
          ];
          expectNear([other.lower, other.upper], [plain.lower, plain.upper], 1e-7);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('one rider has no interval; riders who stopped count with their zero', () => {
    const one = { priceBefore: 1, priceAfter: 2, before: [3], after: [2] };
    expect(deltaElasticity(one, 'midpoint')).toMatchObject({ reason: 'too_few' });
    const stopped = { priceBefore: 1, priceAfter: 2, before: [3, 1], after: [3, 0] };
    expect(answered(deltaElasticity(stopped, 'shrinkage')).estimate).toBe(-0.25);
  });
});

describe('inequality', () => {
  test('closed forms: all alike, one has all, 1 to n', () => {
    expect(giniOf([5, 5, 5, 5])).toBeCloseTo(0, 15);
    expect(theilOf([5, 5, 5, 5])).toBeCloseTo(0, 15);
    expect(giniOf([0, 0, 0, 8])).toBeCloseTo(3 / 4, 15);
    expect(theilOf([0, 0, 0, 8])).toBeCloseTo(Math.log(4), 15);
    const n = 50;
    const steps = Array.from({ length: n }, (_, i) => n - i);
    expect(giniOf(steps)).toBeCloseTo((n - 1) / (3 * n), 14);
    expect(theilOf([1, 3])).toBeCloseTo((0.5 * Math.log(0.5) + 1.5 * Math.log(1.5)) / 2, 15);
  });

  test("the Lorenz curve of 1, 2, 3, 4, and its ends' shares", () => {
    expect(lorenzOf([4, 1, 3, 2])).toEqual([
      { riders: 0, amount: 0 },
      { riders: 0.25, amount: 0.1 },
      { riders: 0.5, amount: 0.3 },
      { riders: 0.75, amount: 0.6 },
      { riders: 1, amount: 1 },
    ]);
    expect(lorenzOf([4, 1, 3, 2], 2)).toHaveLength(3);
    expect(topShare([4, 1, 3, 2], 0.25)).toBeCloseTo(0.4, 15);
  });

  test("quantiles are R's type 7", async () => {
    const x = chanceOf(111).normals(37);
    const p = [0, 0.05, 0.25, 0.333, 0.5, 0.9, 1];
    const ours = p.map((probability) => quantile(ascendingOf(x), probability));
    expectNear(ours, await r.numbers('quantile(x, p, type = 7, names = FALSE)', { x, p }), 1e-12);
  });

  /** Amounts whose inequality is known. Those of heavier tails need more riders: exponential ones 400 rather than 150. */
  test.each([
    ['gini', 'exponential', 400, (chance: Chance) => -Math.log(1 - chance.uniform()), 1 / 2],
    ['gini', 'uniform', 150, (chance: Chance) => chance.uniform(), 1 / 3],
    ['theil', 'uniform', 150, (chance: Chance) => chance.uniform(), Math.log(2) - 1 / 2],
  ] as const)("%s's interval holds the truth: %s amounts of %d riders", (measure, _, n, amount, truth) => {
    const coverage = coverageOf(400, 112, (chance) => {
      const amounts = Array.from({ length: n }, () => amount(chance));
      return [answered(inequality(measure, amounts, { random: chance.random, draws: 399 })), truth];
    });
    expectCoverage(coverage);
  });

  test('both kinds of bootstrap hold a median', () => {
    for (const kind of [percentileInterval, acceleratedInterval]) {
      const coverage = coverageOf(300, 114, (chance) => {
        const values = chance.normals(101);
        const median = (units: Int32Array): number =>
          quantile(ascendingOf(Float64Array.from(units, (i) => values[i] ?? 0)), 0.5);
        return [kind(101, median, { random: chance.random, draws: 299 }), 0];
      });
      expectCoverage(coverage);
    }
  });

  test('laws: scale and order do not matter; a gift from rich to poor makes both smaller', () => {
    const amounts = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 1_000 }), (values, factor) => {
        fc.pre(values.some((value) => value > 0));
        const moved = values.map((value) => value * factor).reverse();
        for (const measure of [giniOf, theilOf]) {
          const plain = answered(measure(values));
          expect(answered(measure(moved))).toBeCloseTo(plain, 10);
          expect(plain).toBeGreaterThanOrEqual(-1e-12);
          const ordered = values.toSorted((a, b) => a - b);
          const [least = 0, most = 0] = [ordered[0], ordered.at(-1)];
          const gift = Math.floor((most - least) / 2);
          if (gift < 1) continue;
          const shared = [least + gift, ...ordered.slice(1, -1), most - gift];
          expect(answered(measure(shared))).toBeLessThan(plain);
        }
      }),
    );
  });

  test('the same seed gives the same interval', () => {
    const amounts = Array.from({ length: 60 }, (_, i) => i % 7);
    const run = () => answered(inequality('gini', amounts, { random: chanceOf(9).random }));
    expect(run()).toEqual(run());
  });

  test.each([
    ['out_of_domain', [1, -2, 3]],
    ['not_finite', [1, Infinity]],
    ['too_few', [4]],
    ['no_variation', [0, 0, 0]],
  ])('%s: %o', (reason, amounts) => {
    for (const measure of [giniOf, theilOf, lorenzOf]) expect(measure(amounts)).toMatchObject({ reason });
    expect(inequality('gini', amounts, { random: chanceOf(1).random })).toMatchObject({ reason });
    expect(topShare(amounts, 0.1)).toMatchObject({ reason });
  });
});
