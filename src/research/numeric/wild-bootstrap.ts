/**
 * Wild cluster bootstrap (Cameron, Gelbach and Miller 2008) for one coefficient, where clusters are too few for clustered
 * errors: residuals under the null keep or flip their sign by whole clusters, and the t values that come of it are what
 * chance does. The interval holds all values that the test does not reject.
 *
 * All of it is linear in the value under test, so that a draw is five numbers whatever that value is (Roodman and others
 * 2019), and an interval costs little more than a test.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { type Basis, type Interval, isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
import { tQuantile } from './distributions.js';
import { type Groups, groupsOf, type Labels } from './groups.js';
import { type Design, leastSquares } from './least-squares.js';
import { addScaled, at, columnOf, dot, product, sumOf } from './vectors.js';

export type WildWeights = 'rademacher' | 'webb';

export interface WildOptions {
  readonly random: RandomGenerator;
  readonly draws?: number;
  readonly level?: number;
  /** By default Webb's six points for fewer than 12 clusters, of which signs alone give too few worlds. */
  readonly weights?: WildWeights;
}

export interface WildResult extends Basis, Interval {
  readonly name: string;
  readonly estimate: number;
  /** Clustered (CR1), for comparison. */
  readonly standardError: number;
  readonly pValue: number;
  readonly draws: number;
}

const DRAWS = 999;
const FEWEST_FOR_SIGNS = 12;

const POINTS: Record<WildWeights, readonly number[]> = {
  rademacher: [-1, 1],
  webb: [-Math.sqrt(1.5), -1, -Math.sqrt(0.5), Math.sqrt(0.5), 1, Math.sqrt(1.5)],
};

/** Values of a numerator n₀ − β n₁ and a squared denominator s₀ − 2 β s₁ + β² s₂. */
interface Ratio {
  readonly n0: number;
  readonly n1: number;
  readonly s0: number;
  readonly s1: number;
  readonly s2: number;
}

export function wildBootstrap(
  outcome: ArrayLike<number>,
  design: Design,
  name: string,
  clusters: Labels,
  options: WildOptions,
): WildResult | Refusal {
  const { random, draws = DRAWS, level = LEVEL } = options;
  const groups = groupsOf(clusters);
  if (groups.count < 3)
    return refuse('too_few', `${groups.count} clusters are too few to draw anything from.`);
  const weights = options.weights ?? (groups.count < FEWEST_FOR_SIGNS ? 'webb' : 'rademacher');
  const parts = partsOf(outcome, design, name, groups);
  if (isRefusal(parts)) return parts;
  const { estimate, whole, factor } = parts;
  const points = POINTS[weights];
  const drawn = Array.from({ length: draws }, () =>
    ratioOf(
      parts,
      columnOf(groups.count, () => at(points, uniformInt(random, 0, points.length - 1))),
    ),
  );
  // The error of the estimate itself does not depend on the null.
  const standardError = Math.sqrt(factor * dot(parts.unrestricted, parts.unrestricted)) / whole;
  const pValueAt = (value: number): number => {
    const observed = Math.abs(estimate - value) / standardError;
    return (
      drawn.filter((ratio) => Math.abs(tOf(ratio, value, factor)) >= observed * (1 - 1e-12)).length / draws
    );
  };
  const step = tQuantile((1 + level) / 2, groups.count - 1) * standardError;
  const lower = endOf(pValueAt, estimate, -step, 1 - level);
  const upper = endOf(pValueAt, estimate, step, 1 - level);
  const open =
    Number.isFinite(lower) && Number.isFinite(upper)
      ? []
      : ['The clusters are too few for an end of the interval.'];
  return {
    method: `wild cluster bootstrap (${weights}, null imposed)`,
    n: outcome.length,
    clusters: groups.count,
    warnings: open,
    name,
    estimate,
    standardError,
    pValue: pValueAt(0),
    draws,
    lower,
    upper,
    level,
  };
}

interface Parts {
  readonly estimate: number;
  /** d̃′d̃ of the regressor with the others taken out. */
  readonly whole: number;
  readonly factor: number;
  /** By cluster: d̃′y and d̃′d̃. */
  readonly outcome: Float64Array;
  readonly own: Float64Array;
  /** By cluster and cluster: what the others' refit takes from the first when the second is drawn. */
  readonly refitOutcome: readonly Float64Array[];
  readonly refitOwn: readonly Float64Array[];
  /** By cluster: d̃ × residual of the full regression. */
  readonly unrestricted: Float64Array;
}

function partsOf(outcome: ArrayLike<number>, design: Design, name: string, groups: Groups): Parts | Refusal {
  const place = design.names.indexOf(name);
  if (place < 0) throw new RangeError(`no column is named ${name}`);
  const others: Design = {
    names: design.names.filter((_, j) => j !== place),
    columns: design.columns.filter((_, j) => j !== place),
  };
  const full = leastSquares(outcome, design);
  if (isRefusal(full)) return full;
  const byOthers = leastSquares(outcome, others);
  if (isRefusal(byOthers)) return byOthers;
  const regressor = leastSquares(design.columns[place] ?? [], others);
  if (isRefusal(regressor)) return regressor;
  const [y, d] = [byOthers.residuals, regressor.residuals];
  const crossWith = (values: Float64Array): Float64Array[] => crossBy(groups, others.columns, values);
  // d̃_h′X_h (X′X)⁻¹, by cluster.
  const left = product(transposed(crossWith(d)), regressor.inverse);
  const own = crossBy(groups, [d], d)[0] ?? new Float64Array();
  return {
    estimate: at(full.coefficients, place),
    whole: sumOf(own),
    factor: (groups.count / (groups.count - 1)) * ((full.n - 1) / full.residualDf),
    outcome: crossBy(groups, [d], y)[0] ?? own,
    own,
    refitOutcome: product(left, crossWith(y)),
    refitOwn: product(left, crossWith(d)),
    unrestricted: crossBy(groups, [d], full.residuals)[0] ?? own,
  };
}

/** By column: sums of column × values over each cluster. */
function crossBy(groups: Groups, columns: readonly Float64Array[], values: Float64Array): Float64Array[] {
  return columns.map((column) => {
    const sums = new Float64Array(groups.count);
    for (const [i, code] of groups.codes.entries()) {
      sums[code] = at(sums, code) + at(column, i) * at(values, i);
    }
    return sums;
  });
}

const transposed = (rows: readonly Float64Array[]): Float64Array[] =>
  Array.from({ length: rows[0]?.length ?? 0 }, (_, j) => Float64Array.from(rows, (row) => at(row, j)));

function ratioOf({ outcome, own, refitOutcome, refitOwn, whole }: Parts, drawn: Float64Array): Ratio {
  const [n0, n1] = [dot(outcome, drawn), dot(own, drawn)];
  const scoresOf = (values: Float64Array, refit: readonly Float64Array[], moved: number): Float64Array => {
    const scores = values.map((value, h) => value * at(drawn, h) - dot(refit[h] ?? [], drawn));
    addScaled(scores, -moved / whole, own);
    return scores;
  };
  const [byOutcome, byOwn] = [scoresOf(outcome, refitOutcome, n0), scoresOf(own, refitOwn, n1)];
  return { n0, n1, s0: dot(byOutcome, byOutcome), s1: dot(byOutcome, byOwn), s2: dot(byOwn, byOwn) };
}

/** The t value of a draw when `value` is taken for the truth. */
function tOf({ n0, n1, s0, s1, s2 }: Ratio, value: number, factor: number): number {
  const square = factor * (s0 - 2 * value * s1 + value * value * s2);
  return square > 0 ? (n0 - value * n1) / Math.sqrt(square) : 0;
}

/** Where p falls to `alpha`, on the side that `step` points to; endless where it never does. */
function endOf(pValueAt: (value: number) => number, estimate: number, step: number, alpha: number): number {
  let [inside, outside] = [estimate, estimate + step];
  for (let round = 0; pValueAt(outside) >= alpha; round++) {
    if (round === 40) return step * Number.POSITIVE_INFINITY;
    [inside, outside] = [outside, outside + 2 ** round * step];
  }
  for (let round = 0; round < 40; round++) {
    const middle = (inside + outside) / 2;
    if (pValueAt(middle) >= alpha) inside = middle;
    else outside = middle;
  }
  return (inside + outside) / 2;
}
