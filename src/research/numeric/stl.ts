/**
 * Season, trend and remainder of a series, by loess (Cleveland, Cleveland, McRae and Terpenning 1990), with the defaults
 * of R's `stl`. Twice in turn: the season is smoothed from each place of the cycle over the years, less what of it is
 * level; the trend is smoothed from what is left. Robust: values far from both count less and less.
 */
import { type Basis, type Refusal, refuse } from './answer.js';
import { type Smoother, smooth, smoothAt } from './loess.js';
import { medianOf } from './quantiles.js';
import { allFinite, at, columnOf, meanOf } from './vectors.js';

export interface Decomposition extends Basis {
  readonly seasonal: Float64Array;
  readonly trend: Float64Array;
  readonly remainder: Float64Array;
  /** From 1 to 0, for how much each value counted; 1 where not robust. */
  readonly weights: Float64Array;
}

export interface StlOptions {
  /** Periods of one cycle, as 12 months. */
  readonly period: number;
  /** Cycles that the season of one is smoothed from; `periodic`: the season is the same in every cycle. */
  readonly seasonalWindow: number | 'periodic';
  readonly robust?: boolean;
}

interface Plan {
  readonly period: number;
  readonly seasonal: Smoother;
  readonly trend: Smoother;
  readonly lowPass: Smoother;
}

export function stl(values: ArrayLike<number>, options: StlOptions): Decomposition | Refusal {
  const { period, seasonalWindow, robust = false } = options;
  const n = values.length;
  if (!(Number.isInteger(period) && period >= 2)) throw new RangeError('the period is a whole number from 2');
  if (n < 2 * period + 1) {
    return refuse(
      'too_few',
      `${n} values are fewer than two cycles of ${period} and one more; a season shows in no fewer.`,
    );
  }
  if (!allFinite(values))
    return refuse('not_finite', 'The series has gaps, or values that are no finite numbers.');
  const series = Float64Array.from(values);
  const plan = planOf(n, period, seasonalWindow);
  let state: State = { seasonal: new Float64Array(n), trend: new Float64Array(n) };
  let weights: Float64Array | undefined;
  for (let outer = 0; outer <= (robust ? 15 : 0); outer++) {
    if (outer > 0) weights = robustnessOf(series, state);
    for (let inner = 0; inner < (robust ? 1 : 2); inner++) state = step(series, state.trend, plan, weights);
  }
  const { trend } = state;
  const seasonal = seasonalWindow === 'periodic' ? meansOfCycle(state.seasonal, period) : state.seasonal;
  const remainder = columnOf(n, (i) => at(series, i) - at(seasonal, i) - at(trend, i));
  const method = `STL (period ${period}, season ${seasonalWindow}${robust ? ', robust' : ''})`;
  return {
    method,
    n,
    clusters: null,
    warnings: [],
    seasonal,
    trend,
    remainder,
    weights: weights ?? new Float64Array(n).fill(1),
  };
}

const nextOdd = (value: number): number => {
  const whole = Math.round(value);
  return whole % 2 === 0 ? whole + 1 : whole;
};

function planOf(n: number, period: number, window: number | 'periodic'): Plan {
  const seasonalWindow = window === 'periodic' ? 10 * n + 1 : nextOdd(Math.max(3, window));
  const trendWindow = nextOdd(Math.ceil((1.5 * period) / (1 - 1.5 / seasonalWindow)));
  const lowPassWindow = nextOdd(period);
  const jumpOf = (length: number): number => Math.ceil(length / 10);
  return {
    period,
    seasonal: { window: seasonalWindow, degree: 0, jump: jumpOf(seasonalWindow) },
    trend: { window: Math.max(3, trendWindow), degree: 1, jump: jumpOf(trendWindow) },
    lowPass: { window: Math.max(3, lowPassWindow), degree: 1, jump: jumpOf(lowPassWindow) },
  };
}

interface State {
  readonly seasonal: Float64Array;
  readonly trend: Float64Array;
}

function step(series: Float64Array, trend: Float64Array, plan: Plan, weights?: Float64Array): State {
  const { period } = plan;
  const cycles = smoothCycles(
    series.map((value, i) => value - at(trend, i)),
    plan,
    weights,
  );
  const averaged = movingMean(movingMean(movingMean(cycles, period), period), 3);
  const level = smooth(averaged, plan.lowPass);
  const seasonal = columnOf(series.length, (i) => at(cycles, period + i) - at(level, i));
  const deseasonalised = series.map((value, i) => value - at(seasonal, i));
  return { seasonal, trend: smooth(deseasonalised, plan.trend, weights) };
}

/** Each place of the cycle smoothed over the cycles, and one cycle more at either end. */
function smoothCycles(
  values: Float64Array,
  { period, seasonal }: Plan,
  weights?: Float64Array,
): Float64Array {
  const result = new Float64Array(values.length + 2 * period);
  for (let place = 0; place < period; place++) {
    const own = values.filter((_, i) => i % period === place);
    const robustness = weights?.filter((_, i) => i % period === place);
    const count = own.length;
    const inner = smooth(own, seasonal, robustness);
    const first = { from: 0, to: Math.min(seasonal.window, count) - 1 };
    const last = { from: Math.max(0, count - seasonal.window), to: count - 1 };
    result[place] = smoothAt(own, -1, first, seasonal, robustness) ?? at(inner, 0);
    for (const [cycle, value] of inner.entries()) result[(cycle + 1) * period + place] = value;
    result[(count + 1) * period + place] =
      smoothAt(own, count, last, seasonal, robustness) ?? at(inner, count - 1);
  }
  return result;
}

function movingMean(values: Float64Array, length: number): Float64Array {
  return columnOf(values.length - length + 1, (from) => meanOf(values.subarray(from, from + length)));
}

/** Bisquare weights by distance from season and trend, in six medians of it. */
function robustnessOf(series: Float64Array, { seasonal, trend }: State): Float64Array {
  const distances = series.map((value, i) => Math.abs(value - at(seasonal, i) - at(trend, i)));
  const farthest = 6 * medianOf(distances);
  return distances.map((distance) => {
    if (distance <= 0.001 * farthest) return 1;
    return distance <= 0.999 * farthest ? (1 - (distance / farthest) ** 2) ** 2 : 0;
  });
}

function meansOfCycle(seasonal: Float64Array, period: number): Float64Array {
  const means = columnOf(period, (place) => meanOf(seasonal.filter((_, i) => i % period === place)));
  return seasonal.map((_, i) => at(means, i % period));
}
