import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { named } from '../../src/research/numeric/answer.js';
import { interruptedSeries } from '../../src/research/numeric/interrupted-series.js';
import { constant, designOf } from '../../src/research/numeric/least-squares.js';
import { generalisedEsd } from '../../src/research/numeric/outliers.js';
import { autocorrelation, praisWinsten } from '../../src/research/numeric/prais-winsten.js';
import { type StlOptions, stl } from '../../src/research/numeric/stl.js';
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
import { describeOnData, investment, teachingData } from '../support/teaching-data.js';

const r = useR();

/** Errors of which each keeps a share of the one before. */
function persistent(chance: Chance, n: number, rho: number): Float64Array {
  let last = chance.normal() / Math.sqrt(1 - rho * rho);
  return Float64Array.from({ length: n }, () => {
    const error = last;
    last = rho * last + chance.normal();
    return error;
  });
}

describeOnData('published figures', () => {
  test('macroeconomics: AR(1) as gretl has it, which drops the first observation and stops at 0.001', () => {
    const { outcome, design } = investment();
    const result = answered(praisWinsten(outcome, design, { first: 'dropped', tolerance: 1e-3 }));
    expect(result.rho).toBeCloseTo(-0.108136, 6);
    expect(result.n).toBe(201);
    const [first, second] = result.estimates;
    expect(first?.estimate).toBeCloseTo(-9.5099, 5);
    expect(first?.standardError).toBeCloseTo(0.990456, 6);
    expect(second?.estimate).toBeCloseTo(4.3704, 5);
    expect(second?.standardError).toBeCloseTo(0.208146, 6);
  });

  test('Seatbelts: the law, by least squares and with the errors of Newey and West', () => {
    const data = teachingData('Seatbelts.csv');
    const log = (column: string): Float64Array => data.numbers(column).map(Math.log);
    const law = data.numbers('law');
    const result = answered(
      interruptedSeries({
        outcome: log('drivers'),
        firstAfter: law.indexOf(1),
        season: law.map((_, i) => i % 12),
        covariates: designOf({ price: log('PetrolPrice'), kms: log('kms') }),
      }),
    );
    const plain = named(result.leastSquares.estimates, 'event');
    expect(plain.estimate).toBeCloseTo(-0.150397, 6);
    expect(plain.standardError).toBeCloseTo(0.021263, 6);
    expect(result.neweyWest.method).toContain('lag 12');
    expect(named(result.neweyWest.estimates, 'event').standardError).toBeCloseTo(0.02852, 6);
    expect(named(result.leastSquares.estimates, 'price').estimate).toBeCloseTo(-0.286746, 6);
    expect(result.method).toContain('Prais–Winsten');
    expect(result.praisWinsten).not.toBeNull();
  });

  test('Nottingham: season, trend and remainder of the first month', () => {
    const values = teachingData('nottem.csv').numbers('value');
    const { seasonal, trend, remainder } = answered(stl(values, { period: 12, seasonalWindow: 'periodic' }));
    expect(seasonal[0]).toBeCloseTo(-9.347198, 6);
    expect(trend[0]).toBeCloseTo(49.68067, 5);
    expect(remainder[0]).toBeCloseTo(0.266525, 6);
  });
});

describe('regression with errors that follow the one before', () => {
  test('intervals hold the truth; Newey and West alone do not', () => {
    const covered = { praisWinsten: 0, neweyWest: 0 };
    const runs = 2_000;
    const chance = chanceOf(21);
    for (let i = 0; i < runs; i++) {
      const outcome = persistent(chance, 100, 0.6).map((error, t) => 3 + 0.02 * t + error);
      const result = answered(interruptedSeries({ outcome, firstAfter: 60 }));
      const holds = ({ lower, upper }: { lower: number; upper: number }): number =>
        lower <= 0 && upper >= 0 ? 1 : 0;
      covered.praisWinsten += holds(named(result.estimates, 'event'));
      covered.neweyWest += holds(named(result.neweyWest.estimates, 'event'));
    }
    // The literature's 91 to 94% of Prais and Winsten at this length and persistence, far above the other.
    expect(covered.praisWinsten / runs).toBeGreaterThan(0.9);
    expect(covered.neweyWest / runs).toBeLessThan(0.83);
  });

  test('coverage is 93 to 97% where the series is long enough', () => {
    const coverage = coverageOf(2_000, 22, (chance) => {
      const x = chance.normals(200);
      const outcome = persistent(chance, 200, 0.5).map((error, i) => 1 + 0.5 * (x[i] ?? 0) + error);
      const result = answered(praisWinsten(outcome, designOf({ constant: constant(200), x })));
      return [named(result.estimates, 'x'), 0.5];
    });
    expectCoverage(coverage);
  });

  test('a step is found at its size, beside the world without it', () => {
    const chance = chanceOf(23);
    const outcome = persistent(chance, 120, 0.3).map((error, t) => 10 + 0.1 * t + (t >= 70 ? 4 : 0) + error);
    const result = answered(interruptedSeries({ outcome, firstAfter: 70 }));
    const event = named(result.estimates, 'event');
    expect(event.lower).toBeGreaterThan(0);
    expect(event.lower).toBeLessThan(4);
    expect(event.upper).toBeGreaterThan(4);
    expect((result.fitted[70] ?? 0) - (result.counterfactual[70] ?? 0)).toBeCloseTo(event.estimate, 10);
    expect(result.fitted[69]).toBe(result.counterfactual[69]);
    expect(result.warnings.join()).toContain('comparison group');
  });

  test('a change of the trend is told apart from the step', () => {
    const errors = chanceOf(24).normals(40);
    const outcome = errors.map((error, t) => t + (t >= 20 ? 5 - 2 * (t - 20) : 0) + 0.1 * error);
    const result = answered(interruptedSeries({ outcome, firstAfter: 20, changeOfTrend: true }));
    expect(named(result.estimates, 'event').estimate).toBeCloseTo(5, 0);
    expect(named(result.estimates, 'trend after event').estimate).toBeCloseTo(-2, 1);
  });

  test('under 12 points it is least squares, and says so', () => {
    const result = answered(interruptedSeries({ outcome: [1, 2, 2, 3, 3, 7, 8, 8, 9, 11], firstAfter: 5 }));
    expect(result.praisWinsten).toBeNull();
    expect(result.method).toContain('least squares');
    expect(result.warnings.join()).toContain('Only 10 points');
  });

  test.each([0, 1, 11, 12])('an event at %d of 12 periods is refused', (firstAfter) => {
    const outcome = Array.from({ length: 12 }, (_, t) => t * t);
    expect(interruptedSeries({ outcome, firstAfter })).toMatchObject({ reason: 'not_identified' });
  });

  test('errors that do not fade are refused, or found to be short of it', () => {
    const outcome = Array.from({ length: 30 }, (_, t) => 2 ** t);
    expect(praisWinsten(outcome, designOf({ constant: constant(30) }))).toMatchObject({
      reason: 'not_converged',
    });
    expect(autocorrelation([1, 0.5, 0.25, 0.125])).toBeCloseTo(0.5, 12);
  });
});

describe('season and trend', () => {
  const world = (seed: number, n: number, period: number): Float64Array => {
    const chance = chanceOf(seed);
    return chance.normals(n).map((error, i) => 0.05 * i + 3 * Math.sin((2 * Math.PI * i) / period) + error);
  };
  const inR = (options: StlOptions): string => {
    const window = options.seasonalWindow === 'periodic' ? '"periodic"' : options.seasonalWindow;
    return `stl(ts(y, frequency = ${options.period}), s.window = ${window}, robust = ${options.robust ? 'TRUE' : 'FALSE'})`;
  };

  // Robust ones are of odd length: of even lengths R's program does not always find the median of the distances, since
  // it asks its partial sort for the two middle places in the wrong order.
  test.each<[number, StlOptions]>([
    [120, { period: 12, seasonalWindow: 'periodic' }],
    [131, { period: 12, seasonalWindow: 'periodic', robust: true }],
    [140, { period: 12, seasonalWindow: 7 }],
    [141, { period: 7, seasonalWindow: 13, robust: true }],
    [400, { period: 52, seasonalWindow: 9 }],
    [60, { period: 4, seasonalWindow: 35 }],
  ])("%d values are taken apart as R's stl does: %o", async (n, options) => {
    const y = world(n, n, options.period);
    y[17] = 40;
    const ours = answered(stl(y, options));
    const [seasonal, trend, remainder] = [ours.seasonal, ours.trend, ours.remainder].map((part) =>
      Array.from(part),
    );
    const theirs = await r.numbers(`(fit <- ${inR(options)})$time.series`, { y });
    const all = [...(seasonal ?? []), ...(trend ?? []), ...(remainder ?? [])];
    for (const [i, value] of all.entries()) expect(value).toBeCloseTo(theirs[i] ?? Number.NaN, 9);
    const weights = await r.numbers('fit$weights');
    for (const [i, weight] of ours.weights.entries()) expect(weight).toBeCloseTo(weights[i] ?? Number.NaN, 8);
  });

  test('the parts add up to the series, and scale and shift with it', () => {
    const anySeed = fc.integer({ min: 1, max: 100_000 });
    const factor = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(anySeed, factor, fc.double({ min: -50, max: 50, noNaN: true }), (seed, a, b) => {
        const y = world(seed, 60, 7);
        const options: StlOptions = { period: 7, seasonalWindow: 7, robust: true };
        const plain = answered(stl(y, options));
        const moved = answered(
          stl(
            y.map((value) => a * value + b),
            options,
          ),
        );
        for (const [i, value] of y.entries()) {
          const [season = 0, trend = 0, rest = 0] = [plain.seasonal[i], plain.trend[i], plain.remainder[i]];
          expect(season + trend + rest).toBeCloseTo(value, 10);
          expect((moved.seasonal[i] ?? 0) / a).toBeCloseTo(season, 5);
          expect(((moved.trend[i] ?? 0) - b) / a).toBeCloseTo(trend, 5);
        }
      }),
      { numRuns: 25 },
    );
  });

  test('less than two cycles, and gaps, are refused', () => {
    const options: StlOptions = { period: 12, seasonalWindow: 'periodic' };
    expect(stl(world(1, 24, 12), options)).toMatchObject({ reason: 'too_few' });
    const gap = world(1, 48, 12).fill(Number.NaN, 3, 4);
    expect(stl(gap, options)).toMatchObject({ reason: 'not_finite' });
  });
});

/** Rosner's example, from NIST's handbook of statistical methods. */
const ROSNER = [
  -0.25, 0.68, 0.94, 1.15, 1.2, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49, 1.49, 1.55, 1.56, 1.58, 1.65, 1.69, 1.7,
  1.76, 1.77, 1.81, 1.91, 1.94, 1.96, 1.99, 2.06, 2.09, 2.1, 2.14, 2.15, 2.23, 2.24, 2.26, 2.35, 2.37, 2.4,
  2.47, 2.54, 2.62, 2.64, 2.9, 2.92, 2.92, 2.93, 3.21, 3.26, 3.3, 3.59, 3.68, 4.3, 4.64, 5.34, 5.42, 6.01,
];

describe('outliers', () => {
  test("Rosner's example has three, though the first two tests alone tell of none", () => {
    const { steps, outliers } = answered(generalisedEsd(ROSNER, 10));
    expect(outliers.map((i) => ROSNER[i])).toEqual([6.01, 5.42, 5.34]);
    expect(steps[0]?.statistic).toBeLessThan(steps[0]?.critical ?? 0);
    expect(steps[2]?.statistic).toBeCloseTo(3.1794, 4);
    expect(steps[2]?.critical).toBeCloseTo(3.1439, 4);
  });

  test('of normal values, 5 of 100 worlds seem to have one, and no more where several are asked for', () => {
    const found = (most: number): number =>
      falsePositives(1_000, 32, (chance) => {
        const { outliers } = answered(generalisedEsd(chance.normals(60), most));
        return outliers.length > 0 ? 0 : 1;
      });
    expectFivePercent(found(1));
    expect(found(3)).toBeLessThanOrEqual(0.06);
  });

  test('scale, shift and order do not matter', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1e4, noNaN: true }),
        fc.integer({ min: -999, max: 999 }),
        (a, b) => {
          const moved = ROSNER.map((value) => b - a * value).reverse();
          const { outliers } = answered(generalisedEsd(moved, 10));
          expect(outliers).toEqual([0, 1, 2]);
        },
      ),
    );
  });

  test('values that are all the same have none; too few values tell nothing', () => {
    expect(answered(generalisedEsd(new Array(30).fill(2), 5)).outliers).toEqual([]);
    expect(generalisedEsd(ROSNER.slice(0, 14), 2)).toMatchObject({ reason: 'too_few' });
    expect(generalisedEsd(ROSNER, 28)).toMatchObject({ reason: 'too_few' });
    expect(generalisedEsd([...ROSNER, Number.NaN], 2)).toMatchObject({ reason: 'not_finite' });
  });
});

test('expected digits are compared as they are', () => {
  expect(() => expectNear([1.0001], [1])).toThrow('entry 0');
});
