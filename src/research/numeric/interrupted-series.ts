/**
 * One series with an event in it, as a fare change: trend, months and what else is known are held fast, and what is
 * left of the difference between before and after is the effect. Prais and Winsten come first: under persistent errors
 * Newey and West's intervals are far too narrow in short series. Nothing tells the effect from whatever else happened
 * at that time.
 */
import { type Estimates, isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
import { automaticLag, type Covariance, classical, estimatesOf, neweyWest } from './covariance.js';
import { groupsOf, type Labels } from './groups.js';
import { constant, type Design, leastSquares, predict } from './least-squares.js';
import { autocorrelation, praisWinsten } from './prais-winsten.js';
import { at, columnOf } from './vectors.js';

/** Fewer points than this do not tell how errors follow each other. */
export const FEW_POINTS = 12;

export interface InterruptedSeries {
  /** In the order of time, without gaps; a logarithm makes effects shares. */
  readonly outcome: ArrayLike<number>;
  /** Index of the first period after the event. */
  readonly firstAfter: number;
  /** The season of each period, as its month. */
  readonly season?: Labels;
  /** What else moved it. */
  readonly covariates?: Design;
  /** Whether the trend too may change at the event. */
  readonly changeOfTrend?: boolean;
  /** Of Newey and West; by default a cycle of the seasons, or their rule of thumb. */
  readonly lag?: number;
  /** Corrects ρ for its bias in short series; see `praisWinsten`. */
  readonly correctRho?: boolean;
}

export interface InterruptedEstimates extends Estimates {
  /** The same by least squares alone, with classical and with Newey and West's errors. */
  readonly leastSquares: Estimates;
  readonly neweyWest: Estimates;
  /** Null where the points were too few for it. */
  readonly praisWinsten: Estimates | null;
  /** Of an error to the one before. */
  readonly rho: number;
  readonly fitted: Float64Array;
  /** What would have been without the event. */
  readonly counterfactual: Float64Array;
  readonly residuals: Float64Array;
}

/** Terms that move no faster than the errors may. */
const SLOW = new Set(['constant', 'trend', 'event', 'trend after event', 'after its end']);

const WARNING =
  'Without a comparison group this is descriptive: whatever else changed at that time is in it.';

export function interruptedSeries(series: InterruptedSeries, level = LEVEL): InterruptedEstimates | Refusal {
  const { outcome, firstAfter } = series;
  const n = outcome.length;
  if (firstAfter < 2 || firstAfter > n - 2) {
    return refuse(
      'not_identified',
      `The event is at period ${firstAfter} of ${n}; at least two periods must lie before it and two after.`,
    );
  }
  const design = designOfSeries(series);
  const fit = leastSquares(outcome, design);
  if (isRefusal(fit)) return fit;
  const lag = series.lag ?? (series.season === undefined ? automaticLag(n) : groupsOf(series.season).count);
  const byErrors = (covariance: Covariance): Estimates =>
    estimatesOf(fit, covariance, 'segmented regression, least squares', level);
  const plain = byErrors(classical(fit));
  const shared = { leastSquares: plain, neweyWest: byErrors(neweyWest(fit, Math.min(lag, n - 1))) };
  if (n < FEW_POINTS) {
    const few = `Only ${n} points: how errors follow each other cannot be told, so intervals take them as independent.`;
    const rho = autocorrelation(fit.residuals);
    const told = { ...plain, warnings: [few, WARNING] };
    return { ...told, ...shared, praisWinsten: null, rho, ...linesOf(series, design, fit.coefficients) };
  }
  const slow = design.names.filter((name) => SLOW.has(name)).length;
  const followed = praisWinsten(outcome, design, series.correctRho === true ? { level, slow } : { level });
  if (isRefusal(followed)) return followed;
  const { method, estimates, rho } = followed;
  const told = {
    method: `segmented regression, ${method}`,
    n,
    clusters: null,
    estimates,
    warnings: [WARNING],
  };
  return {
    ...told,
    ...shared,
    praisWinsten: told,
    rho,
    ...linesOf(series, design, followed.fit.coefficients),
  };
}

/** Constant, trend, event (and its trend), all seasons but the first, covariates. */
function designOfSeries({
  outcome,
  firstAfter,
  season,
  covariates,
  changeOfTrend,
}: InterruptedSeries): Design {
  const n = outcome.length;
  const named: [string, Float64Array][] = [
    ['constant', constant(n)],
    ['trend', columnOf(n, (i) => i)],
    ['event', columnOf(n, (i) => (i >= firstAfter ? 1 : 0))],
  ];
  if (changeOfTrend === true) {
    named.push(['trend after event', columnOf(n, (i) => Math.max(0, i - firstAfter))]);
  }
  if (season !== undefined) {
    const { codes, count } = groupsOf(season);
    const nameOf = (code: number): string => `season ${season[codes.indexOf(code)]}`;
    for (let code = 1; code < count; code++) {
      named.push([nameOf(code), columnOf(n, (i) => (at(codes, i) === code ? 1 : 0))]);
    }
  }
  for (const [j, column] of (covariates?.columns ?? []).entries()) {
    named.push([covariates?.names[j] ?? '', column]);
  }
  return { names: named.map(([name]) => name), columns: named.map(([, column]) => column) };
}

type Lines = Pick<InterruptedEstimates, 'fitted' | 'counterfactual' | 'residuals'>;

function linesOf({ outcome }: InterruptedSeries, design: Design, coefficients: Float64Array): Lines {
  const fitted = predict(design, coefficients);
  const without = coefficients.map((value, j) =>
    /^(event|trend after event)$/.test(design.names[j] ?? '') ? 0 : value,
  );
  const residuals = columnOf(outcome.length, (i) => at(outcome, i) - at(fitted, i));
  return { fitted, counterfactual: predict(design, without), residuals };
}
