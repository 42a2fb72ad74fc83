/** Intervals by drawing anew: what the estimate would have been with other riders of the same kind. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { type Interval, LEVEL } from './answer.js';
import { normalQuantile, normalTails } from './distributions.js';
import { quantile } from './quantiles.js';
import { columnOf, meanOf, sumOf, varianceOf } from './vectors.js';

export interface BootstrapOptions {
  readonly random: RandomGenerator;
  readonly draws?: number;
  readonly level?: number;
}

export interface BootstrapInterval extends Interval {
  readonly estimate: number;
  readonly standardError: number;
  readonly draws: number;
  readonly method: string;
}

/** A statistic of those units whose numbers are drawn, some of them several times. */
export type Statistic = (units: Int32Array) => number;

const DRAWS = 1_999;

/** More units than this make the accelerated interval, which is squared in them, dear and hardly different. */
const MAX_ACCELERATED = 2_000;

/** The accelerated interval, or that of percentiles where there are many units. */
export const bootstrapInterval = (
  n: number,
  statistic: Statistic,
  options: BootstrapOptions,
): BootstrapInterval =>
  n > MAX_ACCELERATED
    ? percentileInterval(n, statistic, options)
    : acceleratedInterval(n, statistic, options);

/** Ends at the quantiles of the draws. */
export function percentileInterval(
  n: number,
  statistic: Statistic,
  options: BootstrapOptions,
): BootstrapInterval {
  const { level = LEVEL } = options;
  const drawn = draw(n, statistic, options);
  const tail = (1 - level) / 2;
  return intervalOf('bootstrap (percentile)', n, statistic, drawn, [tail, 1 - tail], level);
}

/** Bias-corrected and accelerated (Efron 1987): quantiles moved for bias and skewness. Needs n more evaluations. */
export function acceleratedInterval(
  n: number,
  statistic: Statistic,
  options: BootstrapOptions,
): BootstrapInterval {
  const { level = LEVEL } = options;
  const drawn = draw(n, statistic, options);
  const estimate = statistic(everyone(n));
  const below = drawn.filter((value) => value < estimate).length;
  const equal = drawn.filter((value) => value === estimate).length;
  const bias = normalQuantile((below + equal / 2) / drawn.length);
  const acceleration = accelerationOf(n, statistic);
  const moved = (tail: number): number => {
    const z = bias + normalQuantile(tail);
    return normalTails(bias + z / (1 - acceleration * z)).lower;
  };
  const tail = (1 - level) / 2;
  const ends = Number.isFinite(bias)
    ? ([moved(tail), moved(1 - tail)] as const)
    : ([tail, 1 - tail] as const);
  return intervalOf('bootstrap (BCa)', n, statistic, drawn, ends, level);
}

/** From the estimates without one unit each. */
function accelerationOf(n: number, statistic: Statistic): number {
  const others = Int32Array.from({ length: n - 1 }, (_, i) => i + 1);
  const without = columnOf(n, (left) => {
    if (left > 0) others[left - 1] = left - 1;
    return statistic(others);
  });
  const mean = meanOf(without);
  const cubes = sumOf(without.map((value) => (mean - value) ** 3));
  const squares = sumOf(without.map((value) => (mean - value) ** 2));
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

function draw(n: number, statistic: Statistic, { random, draws = DRAWS }: BootstrapOptions): Float64Array {
  const units = new Int32Array(n);
  return columnOf(draws, () => {
    for (let i = 0; i < n; i++) units[i] = uniformInt(random, 0, n - 1);
    return statistic(units);
  });
}

const everyone = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

function intervalOf(
  method: string,
  n: number,
  statistic: Statistic,
  drawn: Float64Array,
  [low, high]: readonly [number, number],
  level: number,
): BootstrapInterval {
  const ascending = drawn.toSorted();
  return {
    method,
    estimate: statistic(everyone(n)),
    standardError: Math.sqrt(varianceOf(drawn)),
    draws: drawn.length,
    lower: quantile(ascending, low),
    upper: quantile(ascending, high),
    level,
  };
}
