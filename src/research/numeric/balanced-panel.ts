/**
 * Panels in which every unit has every period, and units are treated or not: least squares with effects of units and
 * periods then are differences of means, and a unit's part in the clustered errors is its distance from its group's mean.
 * The same numbers as `eventStudy` and `withinEstimates` give, in one pass, for millions of cells.
 */
import { type Estimates, LEVEL, type Refusal, refuse } from './answer.js';
import { type Covariance, estimatesOf, fewClusters } from './covariance.js';
import { groupsOf, type Labels } from './groups.js';
import { at, squareOf } from './vectors.js';

export interface BalancedPanel {
  readonly units: number;
  readonly periods: number;
  /** Unit after unit. */
  readonly values: Float64Array;
  /** By unit: 1 treated, 0 not. */
  readonly treated: ArrayLike<number>;
  /** By unit; without it each unit is a cluster. */
  readonly clusters?: Labels;
}

/** A comparison of periods: weights that add up to zero, as +1 of one week and −1 of another. */
export interface Contrast {
  readonly name: string;
  readonly weights: Float64Array;
}

export interface ContrastEstimates extends Estimates {
  readonly coefficients: Float64Array;
  readonly covariance: Covariance;
  /** Mean of each period, of untreated and treated units. */
  readonly means: readonly [Float64Array, Float64Array];
}

/** Treated less untreated, by contrast, with clustered errors (CR1). `parameters`: regressors and effects of periods. */
export function contrastEstimates(
  panel: BalancedPanel,
  contrasts: readonly Contrast[],
  parameters = contrasts.length + panel.periods - 1,
  level = LEVEL,
): ContrastEstimates | Refusal {
  const { units, periods, treated } = panel;
  const clusters = panel.clusters === undefined ? undefined : groupsOf(panel.clusters);
  const count = clusters?.count ?? units;
  const sizes = sidesOf(panel);
  const refusal = refuseSides(panel, clusters?.codes);
  if (refusal !== undefined) return refusal;
  const means = meansOf(panel, sizes);
  const coefficients = Float64Array.from(contrasts, ({ weights }) =>
    weights.reduce((sum, weight, t) => sum + weight * (at(means[1], t) - at(means[0], t)), 0),
  );
  const scores = new Float64Array(count * contrasts.length);
  // Most contrasts are of few periods: only those that count are gone through.
  const places = contrasts.map(({ weights }) => {
    const counting = Array.from(weights.keys()).filter((t) => at(weights, t) !== 0);
    return Int32Array.from(counting);
  });
  for (let unit = 0; unit < units; unit++) {
    const side = at(treated, unit) === 1 ? 1 : 0;
    const sign = (side === 1 ? 1 : -1) / sizes[side];
    const base = (clusters === undefined ? unit : at(clusters.codes, unit)) * contrasts.length;
    for (const [k, { weights }] of contrasts.entries()) {
      let distance = 0;
      for (const t of places[k] ?? []) {
        distance += (weights[t] ?? 0) * ((panel.values[unit * periods + t] ?? 0) - (means[side][t] ?? 0));
      }
      scores[base + k] = at(scores, base + k) + sign * distance;
    }
  }
  const n = units * periods;
  const covariance: Covariance = {
    method: 'clustered errors (CR1)',
    matrix: crossOf(scores, count, contrasts.length, (count / (count - 1)) * ((n - 1) / (n - parameters))),
    df: count - 1,
    clusters: count,
    warnings: fewClusters(count),
  };
  const fit = { names: contrasts.map(({ name }) => name), coefficients, n };
  const told = estimatesOf(fit, covariance, 'least squares with effects of units and periods', level);
  return { ...told, coefficients, covariance, means };
}

function sidesOf({ units, treated }: BalancedPanel): [number, number] {
  const sizes: [number, number] = [0, 0];
  for (let unit = 0; unit < units; unit++) sizes[at(treated, unit) === 1 ? 1 : 0] += 1;
  return sizes;
}

function refuseSides({ units, treated }: BalancedPanel, codes: Int32Array | undefined): Refusal | undefined {
  const seen = [new Set<number>(), new Set<number>()];
  for (let unit = 0; unit < units; unit++) {
    const side = seen[at(treated, unit) === 1 ? 1 : 0];
    if (side !== undefined && side.size < 2) side.add(codes === undefined ? unit : at(codes, unit));
  }
  const short = seen.findIndex(({ size }) => size < 2);
  if (short < 0) return undefined;
  return refuse(
    'too_few',
    `There are ${seen[short]?.size} ${short === 1 ? 'treated' : 'untreated'} clusters; at least two are needed to tell chance from effect.`,
  );
}

function meansOf({ units, periods, values, treated }: BalancedPanel, sizes: readonly [number, number]) {
  const means: [Float64Array, Float64Array] = [new Float64Array(periods), new Float64Array(periods)];
  for (let unit = 0; unit < units; unit++) {
    const side = at(treated, unit) === 1 ? 1 : 0;
    const own = means[side];
    for (let t = 0; t < periods; t++) own[t] = (own[t] ?? 0) + (values[unit * periods + t] ?? 0);
  }
  for (const side of [0, 1] as const) {
    for (let t = 0; t < periods; t++) means[side][t] = at(means[side], t) / sizes[side];
  }
  return means;
}

/** Sums over clusters of score × score, times the factor. */
function crossOf(scores: Float64Array, count: number, width: number, factor: number): Float64Array[] {
  // Direct reads: a function that reads arrays of every kind would be most of the time here.
  const cross = new Float64Array(width * width);
  for (let start = 0; start < count * width; start += width) {
    for (let j = 0; j < width; j++) {
      const score = scores[start + j] ?? 0;
      if (score === 0) continue;
      const row = j * width;
      for (let k = j; k < width; k++) {
        cross[row + k] = (cross[row + k] ?? 0) + score * (scores[start + k] ?? 0);
      }
    }
  }
  return squareOf(width).map((row, j) =>
    row.map((_, k) => factor * at(cross, Math.min(j, k) * width + Math.max(j, k))),
  );
}

/** +1 of the period less the one beside which it is shown. */
export function beside(name: string, periods: number, period: number, reference: number): Contrast {
  const weights = new Float64Array(periods);
  weights[period] = 1;
  weights[reference] = at(weights, reference) - 1;
  return { name, weights };
}

/** Mean of the periods from `start` to before `end` less the mean of those from `from` to before `start`. */
export function afterLessBefore(
  name: string,
  periods: number,
  from: number,
  start: number,
  end: number,
): Contrast {
  const weights = new Float64Array(periods);
  weights.fill(-1 / (start - from), from, start);
  weights.fill(1 / (end - start), start, end);
  return { name, weights };
}
