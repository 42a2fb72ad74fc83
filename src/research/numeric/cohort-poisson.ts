/**
 * Poisson pseudo-likelihood of riders over periods, with an effect of each rider and each period, at the cost of cohorts:
 * riders who have the same periods and regressors share all but their size, so their sums give the same coefficients, and
 * what remains of a regressor when the effects are taken out is the same for all of them. A rider's part in the clustered
 * errors is then a sum over that rider's payments alone; zeros add nothing. The same numbers as `poissonEstimates` of the
 * whole panel, zeros and all.
 */
import { isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
import { type Covariance, estimatesOf, fewClusters } from './covariance.js';
import type { Design } from './least-squares.js';
import { type PoissonEstimates, poissonEstimates } from './poisson.js';
import { addScaled, at, product, squareOf } from './vectors.js';

export interface CohortCounts {
  /** By cell, a cohort in a period: what all of its riders have together. Each cohort and period has some. */
  readonly outcome: Float64Array;
  readonly regressors: Design;
  readonly cohort: Int32Array;
  /** Without it periods have no effects. */
  readonly period?: Int32Array;
  /** Riders who have something in the panel, numbered from 0. */
  readonly riders: number;
  /** Their cells, zeros counted. */
  readonly cells: number;
  /** Tells each part: this much of that cell is this rider's. */
  readonly parts: (visit: (rider: number, cell: number, amount: number) => void) => void;
}

export type CohortEstimates = Omit<PoissonEstimates, 'means' | 'deviance'>;

export function cohortPoisson(counts: CohortCounts, level = LEVEL): CohortEstimates | Refusal {
  const { outcome, regressors, cohort, period, riders, cells } = counts;
  if (riders < 2)
    return refuse('too_few', `${riders} riders cannot tell chance from effect; two are needed.`);
  const effects = period === undefined ? [cohort] : [cohort, period];
  const sums = poissonEstimates({ outcome, regressors, effects }, level);
  if (isRefusal(sums)) return sums;
  if (sums.means.length !== outcome.length) throw new RangeError('a cohort or a period is zero throughout');
  // Regressors as they are when the effects are taken out, without the weights of the fit.
  const rests = sums.fit.columns.map((column) =>
    column.map((value, i) => value / Math.sqrt(at(sums.means, i))),
  );
  const width = rests.length;
  const scores = rests.map(() => new Float64Array(riders));
  counts.parts((rider, cell, amount) => {
    for (let j = 0; j < width; j++) {
      const own = scores[j];
      if (own !== undefined) own[rider] = at(own, rider) + at(rests[j] ?? [], cell) * amount;
    }
  });
  const meat = squareOf(width);
  for (const [j, row] of meat.entries()) {
    for (const [k, other] of scores.entries()) {
      let sum = 0;
      const own = scores[j] ?? other;
      for (let rider = 0; rider < riders; rider++) sum += at(own, rider) * at(other, rider);
      row[k] = sum;
    }
  }
  const periods = period === undefined ? 1 : new Set(period).size;
  const parameters = width + periods - 1;
  const factor = (riders / (riders - 1)) * ((cells - 1) / (cells - parameters));
  const covariance: Covariance = {
    method: 'clustered errors (CR1)',
    matrix: product(product(sums.fit.inverse, meat), sums.fit.inverse).map((row) => {
      const scaled = new Float64Array(width);
      addScaled(scaled, factor, row);
      return scaled;
    }),
    df: riders - 1,
    clusters: riders,
    warnings: fewClusters(riders),
  };
  const fit = { names: sums.fit.names, coefficients: sums.fit.coefficients, n: cells };
  const method = `Poisson pseudo-likelihood, effects of riders${period === undefined ? '' : ' and periods'}`;
  const told = estimatesOf(fit, covariance, method, level);
  return { ...told, fit: sums.fit, covariance, iterations: sums.iterations };
}
