/**
 * Counts with zeros: Poisson pseudo-likelihood, right wherever the mean is exp(effects + regressors), whatever else the
 * counts' distribution is. Reweighted least squares with the fixed effects taken out anew in each round.
 */
import { absorb, keepWhile, parametersAcross } from './absorb.js';
import { type Estimates, isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
import { type Covariance, clustered, estimatesOf, hc1 } from './covariance.js';
import { type Groups, groupsOf, type Labels, pickLabels, sumsBy } from './groups.js';
import { type Design, type Fit, leastSquares } from './least-squares.js';
import { absorbDesign, rowsOf } from './panel.js';
import { at, columnOf, dot, meanOf, pickValues, sumOf } from './vectors.js';

export interface Counts {
  /** Zero or more; need not be whole. */
  readonly outcome: ArrayLike<number>;
  /** With a constant where there are no effects. */
  readonly regressors: Design;
  /** At most two kinds of fixed effects, as rider and week. */
  readonly effects: readonly Labels[];
  /** Without them errors are robust, but observations independent. */
  readonly clusters?: Labels;
}

export interface PoissonEstimates extends Estimates {
  readonly deviance: number;
  readonly iterations: number;
  /** Expected counts of the observations that were used. */
  readonly means: Float64Array;
  readonly fit: Fit;
  readonly covariance: Covariance;
}

const MAX_ITERATIONS = 200;
const SETTLED = 1e-10;
/** Where predictions have settled and a coefficient still moves by so much, it moves for ever. */
const STILL_MOVING = 1e-3;

export function poissonEstimates(counts: Counts, level = LEVEL): PoissonEstimates | Refusal {
  const refusal = refuseCounts(counts);
  if (refusal !== undefined) return refusal;
  const all = Array.from(counts.outcome, (_, i) => i);
  const kept = keepWhile(counts.effects, all, (group, rows) => {
    const sums = sumsBy(group, pickValues(counts.outcome, rows));
    return (code) => at(sums, code) > 0;
  });
  const outcome = pickValues(counts.outcome, kept);
  const groups = counts.effects.map((labels) => groupsOf(pickLabels(labels, kept)));
  const solution = reweight(outcome, rowsOf(counts.regressors, kept), groups);
  if (isRefusal(solution)) return solution;
  const { fit } = solution;
  const labels = counts.clusters && pickLabels(counts.clusters, kept);
  const covariance = labels === undefined ? hc1(fit) : clusteredAcross(fit, groups, labels);
  if (isRefusal(covariance)) return covariance;
  const estimates = estimatesOf(fit, covariance, 'Poisson pseudo-likelihood', level);
  const zero = all.length - kept.length;
  const warnings =
    zero === 0 ? [] : [`${zero} observations are of groups that are zero throughout, and tell nothing.`];
  return { ...estimates, warnings: [...estimates.warnings, ...warnings], covariance, ...solution };
}

/** Effects within clusters do not count: they are no parameters that clusters share. */
function clusteredAcross(fit: Fit, groups: readonly Groups[], labels: Labels): Covariance | Refusal {
  return clustered(fit, labels, fit.names.length + parametersAcross(groups, groupsOf(labels)));
}

function refuseCounts({ outcome, effects }: Counts): Refusal | undefined {
  if (effects.length > 2) throw new RangeError('at most two kinds of effects can be taken out');
  const values = Array.from(outcome);
  if (values.some((value) => !Number.isFinite(value))) {
    return refuse('not_finite', 'The outcome holds values that are no finite numbers.');
  }
  if (values.some((value) => value < 0)) return refuse('out_of_domain', 'The outcome holds negative counts.');
  if (values.some((value) => value > 0)) return undefined;
  return refuse('no_variation', 'The outcome is zero throughout.');
}

type Solution = Pick<PoissonEstimates, 'deviance' | 'iterations' | 'means' | 'fit'>;

function reweight(outcome: Float64Array, regressors: Design, groups: readonly Groups[]): Solution | Refusal {
  const mean = meanOf(outcome);
  let linear: Float64Array = outcome.map((value) => Math.log((value + mean) / 2));
  let before: Float64Array | undefined;
  for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration++) {
    const round = weightedRound(outcome, linear, regressors, groups);
    if (isRefusal(round)) return round;
    const { fit } = round;
    const means = round.linear.map(Math.exp);
    const moved = movedBy(linear, round.linear, means);
    linear = round.linear;
    if (moved < SETTLED) {
      const separated = stillMoving(regressors, fit.coefficients, before);
      if (separated !== undefined) return refuseSeparated(separated);
      const residuals = means.map((mean, i) => (at(outcome, i) - mean) / Math.sqrt(mean));
      return {
        fit: { ...fit, residuals },
        means,
        deviance: devianceOf(outcome, means),
        iterations: iteration,
      };
    }
    before = fit.coefficients;
  }
  return refuse('not_converged', `The predictions did not settle in ${MAX_ITERATIONS} iterations.`);
}

/** How far predictions moved, in units of their logarithm; those that are nearly zero hardly count. */
function movedBy(before: Float64Array, after: Float64Array, means: Float64Array): number {
  const squares = means.map((mean, i) => mean * (at(after, i) - at(before, i)) ** 2);
  return Math.sqrt(sumOf(squares) / sumOf(means));
}

/** A regressor whose coefficient moves although predictions have settled. */
function stillMoving(
  { names, columns }: Design,
  coefficients: Float64Array,
  before: Float64Array | undefined,
): string | undefined {
  return names.find((_, j) => {
    const move = Math.abs(at(coefficients, j) - at(before ?? [], j));
    return move * spreadOf(columns[j] ?? []) > STILL_MOVING;
  });
}

function refuseSeparated(name: string): Refusal {
  return refuse(
    'separated',
    `${name} tells a part of the zeros perfectly, so its effect is without end; leave it out, or those observations.`,
  );
}

/** Weighted least squares of the linearised outcome; `linear` is what it predicts, effects among it. */
function weightedRound(
  outcome: Float64Array,
  linear: Float64Array,
  regressors: Design,
  groups: readonly Groups[],
): { readonly fit: Fit; readonly linear: Float64Array } | Refusal {
  const weights = linear.map(Math.exp);
  const working = columnOf(outcome.length, (i) => at(linear, i) + at(outcome, i) / at(weights, i) - 1);
  const rest = absorb(working, groups, weights);
  if (isRefusal(rest)) return rest;
  const design = absorbDesign(regressors, groups, weights);
  if (isRefusal(design)) return design;
  const roots = weights.map(Math.sqrt);
  const weighted = (column: Float64Array): Float64Array => column.map((value, i) => value * at(roots, i));
  const fit = leastSquares(weighted(rest), { names: design.names, columns: design.columns.map(weighted) });
  if (isRefusal(fit)) return fit;
  return { fit, linear: working.map((value, i) => value - at(fit.residuals, i) / at(roots, i)) };
}

function spreadOf(column: ArrayLike<number>): number {
  const mean = meanOf(column);
  const spread = columnOf(column.length, (i) => at(column, i) - mean);
  return Math.sqrt(dot(spread, spread) / spread.length) || Math.abs(mean);
}

function devianceOf(outcome: Float64Array, means: Float64Array): number {
  return (
    2 *
    sumOf(
      outcome.map((value, i) => {
        const mean = at(means, i);
        return value === 0 ? mean : value * Math.log(value / mean) - (value - mean);
      }),
    )
  );
}
