import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { absorb, parametersOf } from '../../src/research/numeric/absorb.js';
import { named } from '../../src/research/numeric/answer.js';
import { groupsOf } from '../../src/research/numeric/groups.js';
import { constant, designOf } from '../../src/research/numeric/least-squares.js';
import { type Panel, withinEstimates } from '../../src/research/numeric/panel.js';
import { poissonEstimates } from '../../src/research/numeric/poisson.js';
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
import { describeOnData, teachingData } from '../support/teaching-data.js';

const r = useR();

function gasoline(): Panel {
  const data = teachingData('Gasoline.csv');
  return {
    outcome: data.numbers('lgaspcar'),
    regressors: designOf({
      income: data.numbers('lincomep'),
      price: data.numbers('lrpmg'),
      cars: data.numbers('lcarpcap'),
    }),
    unit: data.texts('country'),
  };
}

describeOnData('published figures', () => {
  test('Gasoline: elasticities with effects of countries', () => {
    const result = answered(withinEstimates({ ...gasoline(), counted: 'all' }));
    const price = named(result.estimates, 'price');
    expect(price.estimate).toBeCloseTo(-0.321703, 5);
    expect(named(result.classical.estimates, 'price').standardError).toBeCloseTo(0.044099, 6);
    expect(price.standardError).toBeCloseTo(0.129681, 6);
    expect(named(result.estimates, 'income').estimate).toBeCloseTo(0.66225, 5);
    expect([result.n, result.clusters, price.df]).toEqual([342, 18, 17]);
  });

  test("Gasoline with effects of countries and years is R's regression with a dummy each", async () => {
    const data = teachingData('Gasoline.csv');
    const panel = gasoline();
    const year = data.numbers('year');
    const result = answered(withinEstimates({ ...panel, period: year }));
    const [income = [], price = [], cars = []] = panel.regressors.columns;
    const country = groupsOf(panel.unit).codes;
    const theirs = await r.numbers(
      'summary(lm(y ~ income + price + cars + factor(country) + factor(year)))$coefficients[2:4, 1:2]',
      { y: panel.outcome, income, price, cars, country, year },
    );
    const ours = [
      ...result.classical.estimates.map(({ estimate }) => estimate),
      ...result.classical.estimates.map(({ standardError }) => standardError),
    ];
    expectNear(ours, theirs);
  });
});

/** Riders over weeks, with gaps, whose effects hang together with the price. */
function riders(
  chance: Chance,
  count: number,
  weeks: number,
  slope: number,
): Panel & { readonly period: number[] } {
  const [unit, period]: [string[], number[]] = [[], []];
  const [price, outcome]: [number[], number[]] = [[], []];
  const weekly = chance.normals(weeks);
  for (let rider = 0; rider < count; rider++) {
    const own = chance.normal();
    const wave = chance.normal();
    for (let week = 0; week < weeks; week++) {
      if (chance.happens(0.15)) continue;
      const value = own + 0.5 * (weekly[week] ?? 0) + chance.normal();
      unit.push(`rider ${rider}`);
      period.push(week);
      price.push(value);
      outcome.push(2 * own + (weekly[week] ?? 0) + slope * value + (week % 2) * wave + chance.normal());
    }
  }
  return { outcome, regressors: designOf({ price }), unit, period };
}

describe('panels', () => {
  test("an unbalanced panel with two kinds of effects is R's regression with a dummy each", async () => {
    const panel = riders(chanceOf(41), 12, 9, 0.7);
    const result = answered(withinEstimates({ ...panel, counted: 'all' }));
    const g = groupsOf(panel.unit).codes;
    const variables = { y: panel.outcome, x: panel.regressors.columns[0] ?? [], g, w: panel.period };
    const theirs = await r.numbers(
      `fit <- lm(y ~ x + factor(g) + factor(w)); X <- model.matrix(fit); u <- X * resid(fit)
       B <- solve(crossprod(X)); n <- nrow(X); G <- length(unique(g))
       V <- G / (G - 1) * (n - 1) / (n - ncol(X)) * B %*% crossprod(rowsum(u, g)) %*% B
       c(coef(fit)[2], sqrt(V[2, 2]), df.residual(fit))`,
      variables,
    );
    const [price] = result.estimates;
    expectNear([price?.estimate ?? 0, price?.standardError ?? 0, result.fit.residualDf], theirs);
  });

  test('intervals hold the truth in 93 to 97 of 100 worlds', () => {
    const coverage = coverageOf(1_000, 42, (chance) => {
      const result = answered(withinEstimates(riders(chance, 50, 6, 0.7)));
      return [named(result.estimates, 'price'), 0.7];
    });
    expectCoverage(coverage);
  });

  test('nothing is found where nothing is', () => {
    const share = falsePositives(1_000, 43, (chance) => {
      const result = answered(withinEstimates(riders(chance, 150, 4, 0)));
      return named(result.estimates, 'price').pValue;
    });
    expectFivePercent(share);
  });

  test('a price that never varied within riders is refused, by name', () => {
    const panel = riders(chanceOf(44), 10, 5, 1);
    const fixed = groupsOf(panel.unit).codes;
    expect(withinEstimates({ ...panel, regressors: designOf({ fare: fixed }) })).toMatchObject({
      reason: 'no_variation',
      message: expect.stringContaining('fare'),
    });
    // One price for everybody: told from riders, but not from weeks.
    const shared = designOf({ fare: panel.period.map((week) => (week < 3 ? 2 : 2.5)) });
    expect(withinEstimates({ ...panel, regressors: shared })).toMatchObject({ reason: 'no_variation' });
    expect(withinEstimates({ outcome: panel.outcome, unit: panel.unit, regressors: shared })).toHaveProperty(
      'n',
    );
  });

  test('riders seen once are left out, and told of', () => {
    const panel = riders(chanceOf(45), 20, 6, 1);
    const more: Panel = {
      outcome: [...Array.from(panel.outcome), 9, -9],
      regressors: designOf({ price: [...(panel.regressors.columns[0] ?? []), 3, 1] }),
      unit: [...Array.from(panel.unit, String), 'alone', 'alone too'],
      period: [...panel.period, 0, 1],
    };
    const [with_, without] = [answered(withinEstimates(more)), answered(withinEstimates(panel))];
    expect(with_.estimates).toEqual(without.estimates);
    expect(with_.warnings.join()).toContain('2 observations stand alone');
  });

  test('effects within clusters are not counted unless asked for', () => {
    const panel = riders(chanceOf(46), 20, 6, 1);
    const [few, all] = (['across clusters', 'all'] as const).map(
      (counted) => answered(withinEstimates({ ...panel, counted })).estimates[0]?.standardError ?? 0,
    );
    const n = panel.outcome.length;
    expectNear([(few ?? 0) * Math.sqrt((n - 6) / (n - 26))], [all ?? 0], 1e-12);
  });

  test('effects of two kinds have one parameter less for each part that hangs together', () => {
    const parts = [groupsOf([0, 0, 1, 2, 2]), groupsOf(['a', 'b', 'b', 'c', 'd'])];
    expect(parametersOf(parts)).toBe(3 + 4 - 2);
  });

  test('means of all groups are gone from what is left, whatever the weights', () => {
    const seeds = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(seeds, (seed) => {
        const chance = chanceOf(seed);
        const labels = [0, 1].map((kind) =>
          groupsOf(
            Array.from({ length: 60 }, (_, i) => (kind === 0 ? i % 10 : Math.floor(6 * chance.uniform()))),
          ),
        );
        const weights = Float64Array.from({ length: 60 }, () => 0.1 + chance.uniform());
        const rest = answered(absorb(chance.normals(60), labels, weights));
        for (const { codes, count } of labels) {
          for (let group = 0; group < count; group++) {
            const sum = rest.reduce(
              (all, value, i) => (codes[i] === group ? all + value * (weights[i] ?? 0) : all),
              0,
            );
            expect(Math.abs(sum)).toBeLessThan(1e-9);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('counts', () => {
  /** Weekly payments of riders, many of them zero. */
  function counts(chance: Chance, count: number, weeks: number, slope: number) {
    const [unit, period]: [string[], number[]] = [[], []];
    const [price, outcome]: [number[], number[]] = [[], []];
    for (let rider = 0; rider < count; rider++) {
      const own = 0.7 * chance.normal();
      for (let week = 0; week < weeks; week++) {
        const value = 0.5 * own + 0.5 * chance.normal();
        unit.push(`rider ${rider}`);
        period.push(week);
        price.push(value);
        // Twice a count of half the mean: more spread out than Poisson's, which must not matter.
        outcome.push(2 * chance.poisson(0.5 * Math.exp(0.3 + own + 0.2 * (week % 3) + slope * value)));
      }
    }
    return { outcome, regressors: designOf({ price }), effects: [unit, period], clusters: unit };
  }

  test("without effects it is R's glm, with robust errors those of its formula", async () => {
    const chance = chanceOf(51);
    const x = chance.normals(80);
    const y = x.map((value) => chance.poisson(Math.exp(0.2 + 0.6 * value)));
    const g = x.map((_, i) => i % 11);
    const regressors = designOf({ constant: constant(80), x });
    const result = answered(poissonEstimates({ outcome: y, regressors, effects: [], clusters: g }));
    const theirs = await r.numbers(
      `fit <- glm(y ~ x, family = poisson, epsilon = 1e-14, maxit = 100); X <- model.matrix(fit)
       B <- vcov(fit); u <- X * (y - fitted(fit))
       V <- 11 / 10 * 79 / 78 * B %*% crossprod(rowsum(u, g)) %*% B
       c(coef(fit), sqrt(diag(V)), deviance(fit))`,
      { y, x, g },
    );
    const { estimates } = result;
    const errors = estimates.map(({ standardError }) => standardError);
    expectNear([...estimates.map(({ estimate }) => estimate), ...errors, result.deviance], theirs);
  });

  test("with effects of riders and weeks it is R's glm with a dummy each", async () => {
    const data = counts(chanceOf(52), 15, 8, -0.5);
    const result = answered(poissonEstimates(data));
    const [unit = [], week = []] = data.effects;
    const g = groupsOf(unit).codes;
    const kept = 'keep <- g %in% g[y > 0]; y <- y[keep]; x <- x[keep]; g <- g[keep]; w <- w[keep]';
    const theirs = await r.numbers(
      `${kept}
       fit <- glm(y ~ x + factor(g) + factor(w), family = poisson, epsilon = 1e-14, maxit = 100)
       X <- model.matrix(fit); u <- X * (y - fitted(fit)); B <- solve(crossprod(X, X * fitted(fit)))
       n <- nrow(X); G <- length(unique(g)); k <- 1 + length(unique(w)) - 1
       V <- G / (G - 1) * (n - 1) / (n - k) * B %*% crossprod(rowsum(u, g)) %*% B
       c(coef(fit)[2], sqrt(V[2, 2]), deviance(fit))`,
      { y: data.outcome, x: data.regressors.columns[0] ?? [], g, w: week.map(Number) },
    );
    const [price] = result.estimates;
    expectNear([price?.estimate ?? 0, price?.standardError ?? 0, result.deviance], theirs);
  });

  test('intervals hold the truth in 93 to 97 of 100 worlds', () => {
    const coverage = coverageOf(400, 53, (chance) => {
      const result = answered(poissonEstimates(counts(chance, 60, 6, -0.4)));
      return [named(result.estimates, 'price'), -0.4];
    });
    expectCoverage(coverage);
  });

  test('nothing is found where nothing is', () => {
    const found = falsePositives(1_000, 54, (chance) => {
      const result = answered(poissonEstimates(counts(chance, 60, 3, 0)));
      return named(result.estimates, 'price').pValue;
    });
    expectFivePercent(found);
  });

  test('riders without any payment tell nothing and are told of', () => {
    const data = counts(chanceOf(55), 20, 6, -0.5);
    const [unit = [], week = []] = data.effects;
    const before = answered(poissonEstimates(data));
    const more = {
      outcome: [...data.outcome, 0, 0, 0],
      regressors: designOf({ price: [...(data.regressors.columns[0] ?? []), 1, 2, 3] }),
      effects: [[...unit, 'idle', 'idle', 'idle'].map(String), [...week.map(Number), 0, 1, 2]],
      clusters: [...unit, 'idle', 'idle', 'idle'].map(String),
    };
    const after = answered(poissonEstimates(more));
    expectNear([after.estimates[0]?.estimate ?? 0], [before.estimates[0]?.estimate ?? 1], 1e-9);
    expect(after.warnings.join()).toContain('zero throughout');
    expect(after.n).toBe(before.n);
  });

  test('a regressor that tells zeros perfectly is refused, by name', () => {
    const outcome = [0, 0, 0, 1, 2, 3, 2, 1];
    const regressors = designOf({
      constant: constant(8),
      free: [1, 1, 1, 0, 0, 0, 0, 0],
      z: [1, 2, 3, 4, 3, 2, 1, 1],
    });
    expect(poissonEstimates({ outcome, regressors, effects: [] })).toMatchObject({
      reason: 'separated',
      message: expect.stringContaining('free'),
    });
  });

  test.each([
    ['out_of_domain', [1, 2, -1, 4]],
    ['no_variation', [0, 0, 0, 0]],
    ['not_finite', [1, Number.NaN, 2, 3]],
  ])('%s: %o', (reason, outcome) => {
    const regressors = designOf({ constant: constant(4), x: [1, 2, 4, 3] });
    expect(poissonEstimates({ outcome, regressors, effects: [] })).toMatchObject({ reason });
  });

  test('a currency is no effect: counts times a factor have the same slopes', () => {
    const data = counts(chanceOf(56), 20, 6, -0.5);
    const [one, many] = [1, 1000].map((factor) =>
      answered(poissonEstimates({ ...data, outcome: data.outcome.map((value) => value * factor) })),
    );
    const told = (result: typeof one): number[] =>
      (result?.estimates ?? []).flatMap(({ estimate, standardError }) => [estimate, standardError]);
    expectNear(told(many), told(one), 1e-7);
  });
});
