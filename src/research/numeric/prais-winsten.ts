/**
 * Regression with errors that follow the one before (AR(1)), by Prais and Winsten's transformation, or without the first
 * observation, by Cochrane and Orcutt's. ρ and coefficients are found in turn until ρ settles.
 */
import { type Estimates, isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
import { type Covariance, classical, estimatesOf } from './covariance.js';
import { type Design, type Fit, leastSquares, predict } from './least-squares.js';
import { at, columnOf } from './vectors.js';

export interface PraisWinsten extends Estimates {
  /** Of an error to the one before. */
  readonly rho: number;
  readonly iterations: number;
  /** Observed − predicted, on the scale of the outcome. */
  readonly residuals: Float64Array;
  readonly fit: Fit;
  readonly covariance: Covariance;
}

export interface AutoregressiveOptions {
  readonly level?: number;
  /** What becomes of the first observation, which has none before it. Dropping it wastes much where there are few. */
  readonly first?: 'kept' | 'dropped';
  /** ρ is settled where it changes by less. */
  readonly tolerance?: number;
  /**
   * Slow regressors, as constant, trend and step, for whose sake ρ is estimated too low: by about (k + (k + 2) ρ) / n
   * (Kendall 1954; Marriott and Pope 1954, for a constant). Given, it is corrected for that once it has settled, since in
   * short series intervals are too narrow otherwise.
   */
  readonly slow?: number;
}

const METHODS = {
  kept: 'Prais–Winsten AR(1), iterated',
  dropped: 'Cochrane–Orcutt AR(1), iterated',
} as const;
const MAX_ITERATIONS = 500;

export function praisWinsten(
  outcome: ArrayLike<number>,
  design: Design,
  options: AutoregressiveOptions = {},
): PraisWinsten | Refusal {
  const { level = LEVEL, first = 'kept', tolerance = 1e-10, slow } = options;
  const from = first === 'kept' ? 0 : 1;
  let fit = leastSquares(outcome, design);
  let rho = 0;
  for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration++) {
    if (isRefusal(fit)) return fit;
    const residuals = residualsOf(outcome, design, fit.coefficients);
    const next = autocorrelation(residuals);
    if (!(Math.abs(next) < 1)) {
      return refuse(
        'not_converged',
        'The errors do not fade (ρ is 1 or more): take differences of the series.',
      );
    }
    const settled = Math.abs(next - rho) < tolerance;
    rho = settled && slow !== undefined ? corrected(next, outcome.length, slow) : next;
    const columns = design.columns.map((column) => transform(column, rho).subarray(from));
    fit = leastSquares(transform(outcome, rho).subarray(from), { names: design.names, columns });
    if (!settled) continue;
    if (isRefusal(fit)) return fit;
    const covariance = classical(fit);
    return {
      ...estimatesOf(
        fit,
        covariance,
        slow === undefined ? METHODS[first] : `${METHODS[first]}, ρ corrected for its bias`,
        level,
      ),
      rho,
      iterations: iteration,
      residuals: residualsOf(outcome, design, fit.coefficients),
      fit,
      covariance,
    };
  }
  return refuse('not_converged', `ρ did not settle in ${MAX_ITERATIONS} iterations.`);
}

/** Below 1, since errors that never fade have no interval. */
const MAX_RHO = 0.99;

const corrected = (rho: number, n: number, slow: number): number =>
  n - slow - 2 > 0 ? Math.min(MAX_RHO, Math.max(rho, (n * rho + slow) / (n - slow - 2))) : rho;

function residualsOf(outcome: ArrayLike<number>, design: Design, coefficients: Float64Array): Float64Array {
  const predicted = predict(design, coefficients);
  return columnOf(outcome.length, (i) => at(outcome, i) - at(predicted, i));
}

/** The slope of each entry on the one before. */
export function autocorrelation(values: ArrayLike<number>): number {
  let [cross, square] = [0, 0];
  for (let i = 1; i < values.length; i++) {
    cross += at(values, i) * at(values, i - 1);
    square += at(values, i - 1) ** 2;
  }
  return square === 0 ? 0 : cross / square;
}

function transform(values: ArrayLike<number>, rho: number): Float64Array {
  return columnOf(values.length, (i) =>
    i === 0 ? Math.sqrt(1 - rho * rho) * at(values, 0) : at(values, i) - rho * at(values, i - 1),
  );
}
