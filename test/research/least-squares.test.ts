import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  classical,
  clustered,
  estimatesOf,
  hc1,
  jointTest,
  neweyWest,
} from '../../src/research/numeric/covariance.js';
import {
  constant,
  type Design,
  designOf,
  type Fit,
  leastSquares,
} from '../../src/research/numeric/least-squares.js';
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

const LONGLEY = ['GNP.deflator', 'GNP', 'Unemployed', 'Armed.Forces', 'Population', 'Year'];

function fitLongley(): Fit {
  const data = teachingData('longley.csv');
  const columns = Object.fromEntries(LONGLEY.map((name) => [name, data.numbers(name)]));
  const design = designOf({ constant: constant(16), ...columns });
  return answered(
    leastSquares(
      data.numbers('Employed').map((value) => value * 1_000),
      design,
    ),
  );
}

describeOnData('published figures', () => {
  test("Longley's intercept and its error, to 9 digits and more (NIST)", () => {
    const fit = fitLongley();
    const [first] = estimatesOf(fit, classical(fit), 'least squares').estimates;
    expectNear([first?.estimate ?? 0], [-3482258.63459582], 1e-11);
    expectNear([first?.standardError ?? 0], [890420.383607373], 1e-11);
    expect(first?.df).toBe(9);
  });

  test('Petersen: slope errors clustered by firm and by year', () => {
    const data = teachingData('PetersenCL.csv');
    const design = designOf({ constant: constant(5_000), x: data.numbers('x') });
    const fit = answered(leastSquares(data.numbers('y'), design));
    const errorBy = (column: string): number | undefined => {
      const covariance = answered(clustered(fit, data.texts(column)));
      return estimatesOf(fit, covariance, 'least squares').estimates[1]?.standardError;
    };
    expect(errorBy('firm')).toBeCloseTo(0.050596, 6);
    expect(errorBy('year')).toBeCloseTo(0.033389, 6);
    expect(answered(clustered(fit, data.texts('year'))).warnings[0]).toContain('Only 10 clusters');
  });

  test('macroeconomics: errors of Newey and West as gretl has them', () => {
    const { outcome, design } = investment();
    const fit = answered(leastSquares(outcome, design));
    const errors = estimatesOf(fit, neweyWest(fit, 4), 'least squares').estimates.map((e) => e.standardError);
    expect(errors[0]).toBeCloseTo(1.17709, 5);
    expect(errors[1]).toBeCloseTo(0.328787, 6);
    // The sheet's 0.293619, which gretl rounded from 0.2936185.
    expect(errors[2]).toBeCloseTo(0.293619, 6);
    expect(neweyWest(fit).method).toContain('lag 4');
  });
});

/** A sample of two regressors with the given errors. */
function sample(chance: Chance, n: number, error: (x: number, i: number) => number): [Float64Array, Design] {
  const x = chance.normals(n);
  const z = chance.normals(n);
  const outcome = x.map((value, i) => 1 + 0.5 * value - 2 * (z[i] ?? 0) + error(value, i));
  return [outcome, designOf({ constant: constant(n), x, z })];
}

describe('as R has it, to 1e-8', () => {
  test("coefficients, errors, t and p are those of R's lm", async () => {
    const chance = chanceOf(1);
    const [outcome, design] = sample(chance, 60, () => chance.normal());
    const fit = answered(leastSquares(outcome, design));
    const { estimates } = estimatesOf(fit, classical(fit), 'least squares');
    const [, x = [], z = []] = design.columns;
    const table = await r.numbers('summary(fit <- lm(y ~ x + z))$coefficients', { y: outcome, x, z });
    const ours = [
      ...estimates.map(({ estimate }) => estimate),
      ...estimates.map(({ standardError }) => standardError),
      ...estimates.map(({ statistic }) => statistic),
      ...estimates.map(({ pValue }) => pValue),
    ];
    expectNear(ours, table);
    const ends = [...estimates.map(({ lower }) => lower), ...estimates.map(({ upper }) => upper)];
    expectNear(ends, await r.numbers('confint(fit)'));
    expectNear(fit.residuals, await r.numbers('resid(fit)'), 1e-7);
  });

  test('HC1, CR1 and Newey–West are their formulas in matrices', async () => {
    const chance = chanceOf(2);
    const [outcome, design] = sample(chance, 80, (x) => x * chance.normal());
    const g = Float64Array.from({ length: 80 }, (_, i) => i % 9);
    const fit = answered(leastSquares(outcome, design));
    const [, x = [], z = []] = design.columns;
    await r.numbers(
      'X <- cbind(1, x, z); B <- solve(crossprod(X)); e <- resid(lm(y ~ x + z)); u <- X * e; 1',
      {
        y: outcome,
        x,
        z,
        g,
      },
    );
    const flat = (matrix: readonly Float64Array[]): number[] => matrix.flatMap((row) => Array.from(row));
    expectNear(flat(hc1(fit).matrix), await r.numbers('80 / 77 * B %*% crossprod(u) %*% B'));
    expectNear(
      flat(answered(clustered(fit, g)).matrix),
      await r.numbers('9 / 8 * 79 / 77 * B %*% crossprod(rowsum(u, g)) %*% B'),
    );
    const shifted = `S <- crossprod(u); for (l in 1:5) {
      G <- crossprod(u[(l + 1):80, ], u[1:(80 - l), ]); S <- S + (1 - l / 6) * (G + t(G)) }; B %*% S %*% B`;
    expectNear(flat(neweyWest(fit, 5).matrix), await r.numbers(shifted));
  });

  test('the joint test is that of nested regressions', async () => {
    const chance = chanceOf(3);
    const [outcome, design] = sample(chance, 40, () => 5 * chance.normal());
    const fit = answered(leastSquares(outcome, design));
    const test = answered(jointTest(fit, classical(fit), ['x', 'z']));
    const [, x = [], z = []] = design.columns;
    const expected = await r.numbers('a <- anova(lm(y ~ 1), lm(y ~ x + z)); c(a$F[2], a$`Pr(>F)`[2])', {
      y: outcome,
      x,
      z,
    });
    expectNear([test.statistic, test.pValue], expected);
  });
});

describe('what cannot be told is refused', () => {
  const outcome = [1, 2, 4, 3, 5, 7];
  const x = [1, 2, 3, 4, 5, 7];

  test('a column that is a combination of others, by its name', () => {
    const twice = x.map((value) => 3 - 2 * value);
    const design = designOf({ constant: constant(6), price: x, fare: twice });
    expect(leastSquares(outcome, design)).toMatchObject({
      reason: 'collinear',
      message: 'The column fare is a combination of constant, price; leave one of them out.',
    });
  });

  test('a column of zeros', () => {
    const design = designOf({ constant: constant(6), law: new Float64Array(6) });
    expect(leastSquares(outcome, design)).toMatchObject({
      reason: 'no_variation',
      message: expect.stringContaining('law'),
    });
  });

  test('no more observations than parameters', () => {
    const design = designOf({ constant: constant(2), x: [1, 2] });
    expect(leastSquares([1, 2], design)).toMatchObject({ reason: 'too_few' });
  });

  test.each([Number.NaN, Infinity])('%d among the values', (odd) => {
    const design = designOf({ constant: constant(6), x: [...x.slice(1), odd] });
    expect(leastSquares(outcome, design)).toMatchObject({
      reason: 'not_finite',
      message: expect.stringContaining('column x'),
    });
    const fine = designOf({ constant: constant(6), x });
    expect(leastSquares([...outcome.slice(1), odd], fine)).toMatchObject({ reason: 'not_finite' });
  });

  test('clustering by a single cluster', () => {
    const fit = answered(leastSquares(outcome, designOf({ constant: constant(6), x })));
    expect(clustered(fit, new Array(6).fill('all'))).toMatchObject({ reason: 'too_few' });
  });

  test('a column of another length is a mistake of the code', () => {
    expect(() => leastSquares(outcome, designOf({ constant: constant(5) }))).toThrow(/constant/);
  });
});

describe('laws', () => {
  const worlds = fc.integer({ min: 1, max: 1_000_000 });
  const scale = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

  test('units do not matter: scaled regressors have coefficients scaled back, and the same t values', () => {
    fc.assert(
      fc.property(worlds, scale, scale, (seed, a, b) => {
        const chance = chanceOf(seed);
        const [outcome, design] = sample(chance, 30, () => chance.normal());
        const [one, x, z] = design.columns;
        const scaled = designOf({
          constant: one ?? [],
          x: (x ?? outcome).map((value) => value * a),
          z: z ?? [],
        });
        const fit = answered(leastSquares(outcome, design));
        const other = answered(
          leastSquares(
            outcome.map((value) => value * b),
            scaled,
          ),
        );
        const t = (own: Fit): number[] =>
          estimatesOf(own, hc1(own), '').estimates.map(({ statistic }) => statistic);
        expectNear(t(other), t(fit), 1e-7);
        expectNear([(other.coefficients[1] ?? 0) * a], [(fit.coefficients[1] ?? 0) * b], 1e-7);
      }),
      { numRuns: 50 },
    );
  });

  test('the order of observations does not matter, nor do the names of clusters', () => {
    fc.assert(
      fc.property(worlds, (seed) => {
        const chance = chanceOf(seed);
        const [outcome, design] = sample(chance, 30, () => chance.normal());
        const order = Array.from({ length: 30 }, (_, i) => i).sort(() => chance.uniform() - 0.5);
        const clusters = order.map((_, i) => i % 7);
        const moved = (values: ArrayLike<number>): Float64Array =>
          Float64Array.from(order, (i) => values[i] ?? 0);
        const fit = answered(leastSquares(outcome, design));
        const other = answered(
          leastSquares(moved(outcome), { ...design, columns: design.columns.map(moved) }),
        );
        const errors = (own: Fit, labels: (number | string)[]): number[] =>
          estimatesOf(own, answered(clustered(own, labels.map(String))), '').estimates.map(
            (e) => e.standardError,
          );
        expectNear(
          errors(
            other,
            order.map((i) => `c${clusters[i]}`),
          ),
          errors(fit, clusters),
          1e-9,
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('intervals hold the truth in 93 to 97 of 100 worlds', () => {
  const slope = (
    fit: Fit,
    covariance: Parameters<typeof estimatesOf>[1],
  ): [{ lower: number; upper: number }, number] => [
    estimatesOf(fit, covariance, '').estimates[1] ?? { lower: 0, upper: 0 },
    0.5,
  ];

  test('classical, with errors alike', () => {
    const coverage = coverageOf(2_000, 11, (chance) => {
      const fit = answered(leastSquares(...sample(chance, 25, () => chance.normal())));
      return slope(fit, classical(fit));
    });
    expectCoverage(coverage);
  });

  test('HC1, with errors that grow; classical ones do not', () => {
    const run = (errors: (fit: Fit) => Parameters<typeof estimatesOf>[1]): number =>
      coverageOf(2_000, 12, (chance) => {
        const fit = answered(leastSquares(...sample(chance, 200, (x) => Math.abs(x) * chance.normal())));
        return slope(fit, errors(fit));
      });
    expectCoverage(run(hc1));
    expect(run(classical)).toBeLessThan(0.85);
  });

  test('CR1, with 50 clusters whose errors and regressors hang together; HC1 does not', () => {
    const world = (chance: Chance): [Fit, number[]] => {
      const [shared, level] = [chance.normals(50), chance.normals(50)];
      const clusters = Array.from({ length: 500 }, (_, i) => i % 50);
      const x = Float64Array.from(clusters, (g) => (level[g] ?? 0) + 0.5 * chance.normal());
      const outcome = x.map((value, i) => 0.5 * value + (shared[clusters[i] ?? 0] ?? 0) + chance.normal());
      return [answered(leastSquares(outcome, designOf({ constant: constant(500), x }))), clusters];
    };
    const coverage = coverageOf(2_000, 13, (chance) => {
      const [fit, clusters] = world(chance);
      return slope(fit, answered(clustered(fit, clusters)));
    });
    expectCoverage(coverage);
    const naive = coverageOf(500, 13, (chance) => {
      const [fit] = world(chance);
      return slope(fit, hc1(fit));
    });
    expect(naive).toBeLessThan(0.7);
  });

  test('the joint test finds nothing in 95 of 100 worlds where nothing is', () => {
    const share = falsePositives(1_000, 15, (chance) => {
      const [, design] = sample(chance, 40, () => 0);
      const fit = answered(leastSquares(chance.normals(40), design));
      return answered(jointTest(fit, classical(fit), ['x', 'z'])).pValue;
    });
    expectFivePercent(share);
  });
});
