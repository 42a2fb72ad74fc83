import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRefusal } from '../../src/research/numeric/answer.js';
import {
  differenceInDifferences,
  type TwoByTwo,
  wildDifference,
} from '../../src/research/numeric/differences.js';
import { type EventPanel, eventStudy } from '../../src/research/numeric/event-study.js';
import { constant, designOf } from '../../src/research/numeric/least-squares.js';
import { wildBootstrap } from '../../src/research/numeric/wild-bootstrap.js';
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

/** Riders of two groups over four periods, the policy between the second and the third. Errors hang together by rider. */
function world(chance: Chance, riders: number, effect: number, share = 0.5): TwoByTwo {
  const data = {
    outcome: [] as number[],
    treated: [] as number[],
    after: [] as number[],
    clusters: [] as number[],
  };
  for (let rider = 0; rider < riders; rider++) {
    const treated = rider < riders * share ? 1 : 0;
    const [level, change] = [chance.normal(), 0.5 * chance.normal()];
    for (let period = 0; period < 4; period++) {
      const after = period >= 2 ? 1 : 0;
      data.outcome.push(3 + level + 2 * treated + after * (1 + change + treated * effect) + chance.normal());
      data.treated.push(treated);
      data.after.push(after);
      data.clusters.push(rider);
    }
  }
  return data;
}

describe('difference in differences', () => {
  test('a hand-made table: 5 − 4 beside 9 − 4', () => {
    const cells = [
      [0, 0, 4],
      [0, 1, 5],
      [1, 0, 4],
      [1, 1, 9],
    ] as const;
    const rows = cells.flatMap(([treated, after, mean]) =>
      [-1, 1].map((error, rider) => ({
        treated,
        after,
        outcome: mean + error,
        cluster: `${treated} ${rider}`,
      })),
    );
    const { effect, means, clusters } = answered(
      differenceInDifferences({
        outcome: rows.map((row) => row.outcome),
        treated: rows.map((row) => row.treated),
        after: rows.map((row) => row.after),
        clusters: rows.map((row) => row.cluster),
      }),
    );
    expect(effect.estimate).toBeCloseTo(4, 12);
    for (const [i, mean] of [4, 5, 4, 9].entries()) expect(means[i]).toBeCloseTo(mean, 12);
    expect(clusters).toBe(4);
  });

  test('intervals hold the truth: 2,000 worlds of 60 riders', () => {
    const coverage = coverageOf(2_000, 71, (chance) => [
      answered(differenceInDifferences(world(chance, 60, -0.8))).effect,
      -0.8,
    ]);
    expectCoverage(coverage);
  });

  test('no effect is found in 5 of 100 worlds without one', () => {
    const share = falsePositives(
      1_000,
      72,
      (chance) => answered(differenceInDifferences(world(chance, 80, 0))).effect.pValue,
    );
    expectFivePercent(share);
  });

  test('fewer than 30 clusters: a warning that names the way out', () => {
    const { warnings } = answered(differenceInDifferences(world(chanceOf(73), 20, 1)));
    expect(warnings.join()).toMatch(/Only 20 clusters.*wild cluster bootstrap/);
    expect(answered(differenceInDifferences(world(chanceOf(73), 30, 1))).warnings).toEqual([]);
  });

  test.each([
    ['one treated rider', (data: TwoByTwo) => data.clusters, 1 / 20, 'treated clusters before'],
    ['one untreated rider', (data: TwoByTwo) => data.clusters, 19 / 20, 'untreated clusters before'],
    ['one cluster a side', (data: TwoByTwo) => data.treated, 0.5, 'untreated clusters before'],
  ])('%s is refused', (_, clusters, share, words) => {
    const data = world(chanceOf(74), 20, 1, share);
    expect(differenceInDifferences({ ...data, clusters: clusters(data) })).toMatchObject({
      reason: 'too_few',
      message: expect.stringContaining(words),
    });
  });

  test('scale and order do not matter', () => {
    const seeds = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.001, max: 1_000, noNaN: true }), (seed, factor) => {
        const data = world(chanceOf(seed), 12, 1);
        const reversed = (values: ArrayLike<number | string>): number[] =>
          Array.from(values, Number).reverse();
        const plain = answered(differenceInDifferences(data)).effect;
        const other = answered(
          differenceInDifferences({
            outcome: reversed(data.outcome).map((value) => value * factor),
            treated: reversed(data.treated),
            after: reversed(data.after),
            clusters: reversed(data.clusters),
          }),
        ).effect;
        expectNear([other.estimate / factor, other.statistic], [plain.estimate, plain.statistic], 1e-7);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the wild cluster bootstrap', () => {
  test('is what drawing worlds one by one gives', () => {
    // A plain program for the same thing: residuals under the null, a weight by cluster, refit, t value.
    const chance = chanceOf(81);
    // Regressors differ between clusters, so that refitting the mean matters.
    const clusters = Array.from({ length: 72 }, (_, i) => i % 9);
    const x = Float64Array.from(clusters, (cluster) => 0.5 * cluster + chance.normal());
    const outcome = x.map((value, i) => 1 + 0.1 * value + ((clusters[i] ?? 0) % 3) * 0.4 + chance.normal());
    const design = designOf({ constant: constant(72), x });
    const options = { random: chanceOf(5).random, draws: 999, weights: 'webb' } as const;
    const fast = answered(wildBootstrap(outcome, design, 'x', clusters, options));
    const random = chanceOf(5);
    const mean = outcome.reduce((sum, value) => sum + value, 0) / 72;
    const tOf = (values: Float64Array): number => {
      const { estimate, error } = plainSlope(values, x, clusters);
      return estimate / error;
    };
    const observed = Math.abs(tOf(outcome));
    let beyond = 0;
    for (let draw = 0; draw < 999; draw++) {
      const weights = Array.from({ length: 9 }, () => WEBB[random.uniformInt(0, 5)] ?? 0);
      const drawn = outcome.map((value, i) => mean + (value - mean) * (weights[clusters[i] ?? 0] ?? 0));
      if (Math.abs(tOf(drawn)) >= observed * (1 - 1e-12)) beyond += 1;
    }
    const { estimate, error } = plainSlope(outcome, x, clusters);
    expectNear([fast.estimate, fast.standardError], [estimate, error], 1e-10);
    expect(fast.pValue).toBeCloseTo(beyond / 999, 12);
    expect(fast.pValue).toBeGreaterThan(0.05);
    expect(fast.pValue).toBeLessThan(0.8);
  });

  test.each(['rademacher', 'webb'] as const)('%s: intervals of 12 clusters hold the truth', (weights) => {
    const coverage = coverageOf(1_000, 82, (chance) => {
      const data = world(chance, 14, 0.5);
      return [answered(wildDifference(data, { random: chance.random, draws: 399, weights })), 0.5];
    });
    expectCoverage(coverage);
  });

  test('no effect is found in 5 of 100 worlds of few clusters, where clustered errors find more', () => {
    const uneven = (chance: Chance): TwoByTwo => world(chance, 14, 0, 0.3);
    const share = falsePositives(1_000, 83, (chance) => {
      const answer = answered(wildDifference(uneven(chance), { random: chance.random, draws: 399 }));
      return answer.pValue;
    });
    expectFivePercent(share);
    const plain = falsePositives(
      1_000,
      83,
      (chance) => answered(differenceInDifferences(uneven(chance))).effect.pValue,
    );
    expect(plain).toBeGreaterThan(share);
  });

  test('the same seed gives the same interval; the value at its end is just not rejected', () => {
    const data = world(chanceOf(84), 16, 1);
    const run = () => answered(wildDifference(data, { random: chanceOf(7).random }));
    expect(run()).toEqual(run());
    const { lower, upper } = run();
    for (const [end, inside] of [
      [lower, 1e-6],
      [upper, -1e-6],
    ] as const) {
      const pAt = (value: number): number => {
        const outcome = Array.from(
          data.outcome,
          (y, i) => y - value * (data.treated[i] ?? 0) * (data.after[i] ?? 0),
        );
        return answered(wildDifference({ ...data, outcome }, { random: chanceOf(7).random })).pValue;
      };
      expect(pAt(end + inside)).toBeGreaterThanOrEqual(0.05);
      expect(pAt(end - inside)).toBeLessThan(0.05);
    }
  });

  test('two clusters are refused; a name that is not there is a mistake of the code', () => {
    const design = designOf({ constant: constant(6), x: [1, 2, 3, 4, 5, 7] });
    const [y, options] = [[1, 2, 4, 3, 5, 6], { random: chanceOf(1).random }];
    expect(wildBootstrap(y, design, 'x', [1, 1, 1, 2, 2, 2], options)).toMatchObject({ reason: 'too_few' });
    expect(() => wildBootstrap(y, design, 'z', [1, 1, 2, 2, 3, 3], options)).toThrow(RangeError);
  });
});

const WEBB = [-1.5, -1, -0.5, 0.5, 1, 1.5].map((square) => Math.sign(square) * Math.sqrt(Math.abs(square)));

/** A slope and its clustered error, written out. */
function plainSlope(
  y: Float64Array,
  x: Float64Array,
  clusters: readonly number[],
): { estimate: number; error: number } {
  const n = y.length;
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / n;
  const [mx, my] = [mean(x), mean(y)];
  const square = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  const estimate = x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] ?? 0) - my), 0) / square;
  const scores = new Map<number, number>();
  for (const [i, cluster] of clusters.entries()) {
    const residual = (y[i] ?? 0) - my - estimate * ((x[i] ?? 0) - mx);
    scores.set(cluster, (scores.get(cluster) ?? 0) + ((x[i] ?? 0) - mx) * residual);
  }
  const groups = scores.size;
  const meat = [...scores.values()].reduce((sum, score) => sum + score ** 2, 0);
  const factor = (groups / (groups - 1)) * ((n - 1) / (n - 2));
  return { estimate, error: Math.sqrt(factor * meat) / square };
}

describe('event study', () => {
  function panel(chance: Chance, effect: number, drift = 0, riders = 50, periods = 8): EventPanel {
    const rows = Array.from({ length: riders }, (_, rider) => {
      const [level, treated] = [chance.normal(), rider % 2];
      return Array.from({ length: periods }, (_, period) => ({
        unit: `rider ${rider}`,
        period,
        treated,
        outcome:
          level + 0.3 * period + treated * (drift * period + (period >= 5 ? effect : 0)) + chance.normal(),
      }));
    }).flat();
    return {
      outcome: rows.map((row) => row.outcome),
      unit: rows.map((row) => row.unit),
      period: rows.map((row) => row.period),
      treated: rows.map((row) => row.treated),
      event: 5,
    };
  }

  test('an effect is found in the periods after, none before, none at the placebo date', () => {
    const study = answered(eventStudy(panel(chanceOf(97), 2)));
    expect(study.effects.map(({ since }) => since)).toEqual([-5, -4, -3, -2, 0, 1, 2]);
    for (const { since, lower } of study.effects) {
      if (since >= 0) expect(lower).toBeGreaterThan(0);
    }
    expect(answered(study.preTrends).pValue).toBeGreaterThan(0.05);
    const placebo = answered(study.placebo);
    expect(placebo.lower < 0 && placebo.upper > 0).toBe(true);
    const average = answered(study.average);
    expect(average.lower < 2 && average.upper > 2).toBe(true);
  });

  test('groups that were on different ways already: no effect is told, and why', () => {
    const study = answered(eventStudy(panel(chanceOf(92), 0, 0.6)));
    expect(answered(study.preTrends).pValue).toBeLessThan(0.001);
    expect(study.average).toMatchObject({ reason: 'pre_trends' });
    expect(answered(study.placebo).pValue).toBeLessThan(0.05);
  });

  test('far periods are taken together where a window is named', () => {
    const { effects } = answered(eventStudy(panel(chanceOf(93), 2), { before: 3, after: 1 }));
    expect(effects.map(({ since }) => since)).toEqual([-3, -2, 0, 1]);
  });

  test('intervals hold the truth, and pre-trends are found in 5 of 100 worlds without them', () => {
    let [held, worlds, found] = [0, 0, 0];
    const chance = chanceOf(94);
    for (let i = 0; i < 1_000; i++) {
      const study = answered(eventStudy(panel(chance, 1, 0, 120, 6)));
      const first = study.effects.find(({ since }) => since === 0);
      if (first !== undefined && first.lower <= 1 && first.upper >= 1) held += 1;
      if (answered(study.preTrends).pValue < 0.05) found += 1;
      worlds += 1;
    }
    expectCoverage(held / worlds);
    expectFivePercent(found / worlds);
  });

  test('an event outside of the data, or nobody untreated, is refused', () => {
    const data = panel(chanceOf(95), 1);
    expect(eventStudy({ ...data, event: 0 })).toMatchObject({ reason: 'not_identified' });
    expect(eventStudy({ ...data, event: 9 })).toMatchObject({ reason: 'not_identified' });
    const all = new Array(data.outcome.length).fill(1);
    expect(eventStudy({ ...data, treated: all })).toMatchObject({ reason: 'not_identified' });
  });

  test('an event in the second period leaves nothing to look back at', () => {
    const study = answered(eventStudy({ ...panel(chanceOf(96), 1), event: 1 }));
    expect(isRefusal(study.preTrends)).toBe(true);
    expect(study.placebo).toMatchObject({ reason: 'too_few' });
  });
});
