/**
 * Difference in differences: what changed for those whom a policy met, less what changed for those whom it did not. It is
 * the policy's effect if both would have changed alike without it, which the event study looks at.
 */
import { type Estimate, type Estimates, isRefusal, LEVEL, named, type Refusal, refuse } from './answer.js';
import { clustered, estimatesOf } from './covariance.js';
import { groupsOf, type Labels } from './groups.js';
import { constant, type Design, leastSquares } from './least-squares.js';
import { at, columnOf } from './vectors.js';
import { type WildOptions, type WildResult, wildBootstrap } from './wild-bootstrap.js';

/** One observation a unit and period, or several. */
export interface TwoByTwo {
  readonly outcome: ArrayLike<number>;
  /** 1 for those whom the policy met. */
  readonly treated: ArrayLike<number>;
  /** 1 for the time after it. */
  readonly after: ArrayLike<number>;
  /** What was assigned as a whole, as a rider or a district. */
  readonly clusters: Labels;
}

export interface TwoByTwoEstimates extends Estimates {
  readonly effect: Estimate;
  /** Mean outcomes: [untreated before, untreated after, treated before, treated after]. */
  readonly means: readonly [number, number, number, number];
}

const EFFECT = 'treated × after';

export function differenceInDifferences(data: TwoByTwo, level = LEVEL): TwoByTwoEstimates | Refusal {
  const refusal = refuseGroups(data);
  if (refusal !== undefined) return refusal;
  const fit = leastSquares(data.outcome, designOfTwo(data));
  if (isRefusal(fit)) return fit;
  const covariance = clustered(fit, data.clusters);
  if (isRefusal(covariance)) return covariance;
  const estimates = estimatesOf(fit, covariance, 'difference in differences 2×2', level);
  const [base, treated, after, both] = Array.from(fit.coefficients);
  const [a = 0, b = 0, c = 0, d = 0] = [base, after, treated, both];
  return {
    ...estimates,
    effect: named(estimates.estimates, EFFECT),
    means: [a, a + b, a + c, a + b + c + d],
  };
}

/** The effect with the interval for few clusters. */
export function wildDifference(data: TwoByTwo, options: WildOptions): WildResult | Refusal {
  return refuseGroups(data) ?? wildBootstrap(data.outcome, designOfTwo(data), EFFECT, data.clusters, options);
}

function designOfTwo({ outcome, treated, after }: TwoByTwo): Design {
  const n = outcome.length;
  return {
    names: ['constant', 'treated', 'after', EFFECT],
    columns: [
      constant(n),
      Float64Array.from(treated),
      Float64Array.from(after),
      columnOf(n, (i) => at(treated, i) * at(after, i)),
    ],
  };
}

/** Each side needs two clusters, seen on both sides of the event. */
function refuseGroups({ treated, after, clusters }: TwoByTwo): Refusal | undefined {
  const { codes } = groupsOf(clusters);
  for (const side of [0, 1]) {
    for (const time of [0, 1]) {
      const seen = new Set(codes.filter((_, i) => at(treated, i) === side && at(after, i) === time));
      if (seen.size >= 2) continue;
      const who = `${side === 1 ? 'treated' : 'untreated'} clusters ${time === 1 ? 'after' : 'before'} the event`;
      return refuse(
        'too_few',
        `There are ${seen.size} ${who}; at least two are needed to tell chance from effect.`,
      );
    }
  }
  return undefined;
}
