/** What a method answers: an estimate that says what it rests on, or a refusal that says why there is none. */
import { tQuantile, tTwoSided } from './distributions.js';

export type RefusalReason =
  /** A column is a combination of others. */
  | 'collinear'
  /** Iterations did not settle. */
  | 'not_converged'
  /** A value that is no finite number. */
  | 'not_finite'
  /** What is asked for cannot be told from something else, as an effect that starts with the data. */
  | 'not_identified'
  /** Treated and untreated differed before the event. */
  | 'pre_trends'
  /** Nothing varies, as a price that never changed. */
  | 'no_variation'
  /** A value that the method has no meaning for, as a negative count. */
  | 'out_of_domain'
  /** A group or regressor predicts zeros perfectly, so that its effect is without end. */
  | 'separated'
  /** Too few observations, clusters or periods. */
  | 'too_few';

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** What is missing, and what would help. */
  readonly message: string;
}

export const refuse = (reason: RefusalReason, message: string): Refusal => ({
  kind: 'refused',
  reason,
  message,
});

export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'refused';
}

/** The confidence that is meant where none is named. */
export const LEVEL = 0.95;

export interface Interval {
  readonly lower: number;
  readonly upper: number;
  /** Confidence, as 0.95. */
  readonly level: number;
}

export interface Estimate extends Interval {
  readonly name: string;
  readonly estimate: number;
  readonly standardError: number;
  /** Estimate / standard error. */
  readonly statistic: number;
  /** Degrees of freedom of the t distribution that the interval and p are of; Infinity: the normal. */
  readonly df: number;
  /** Two-sided, of the estimate being zero. */
  readonly pValue: number;
}

/** What stands beside every estimate. */
export interface Basis {
  readonly method: string;
  /** Observations that were used. */
  readonly n: number;
  /** Groups whose members' errors may hang together; null where observations count as independent. */
  readonly clusters: number | null;
  readonly warnings: readonly string[];
}

export interface Estimates extends Basis {
  readonly estimates: readonly Estimate[];
}

/** A test of one or more restrictions. */
export interface TestResult extends Basis {
  readonly statistic: number;
  readonly df: number;
  /** Of the denominator, where the statistic is an F; Infinity where it is a χ². */
  readonly residualDf: number;
  readonly pValue: number;
}

export function estimateOf(
  name: string,
  estimate: number,
  standardError: number,
  df: number,
  level = LEVEL,
): Estimate {
  const margin = tQuantile((1 + level) / 2, df) * standardError;
  const statistic = estimate / standardError;
  return {
    name,
    estimate,
    standardError,
    statistic,
    df,
    pValue: tTwoSided(statistic, df),
    lower: estimate - margin,
    upper: estimate + margin,
    level,
  };
}

/** A change of a logarithm, as the share that it is. */
export function asShare(own: Estimate): Estimate {
  const factor = Math.exp(own.estimate);
  return {
    ...own,
    estimate: factor - 1,
    standardError: factor * own.standardError,
    lower: Math.exp(own.lower) - 1,
    upper: Math.exp(own.upper) - 1,
  };
}

/** The estimate of that name. Asking for one that is not there is a mistake of the code. */
export function named(estimates: readonly Estimate[], name: string): Estimate {
  const found = estimates.find((estimate) => estimate.name === name);
  if (found === undefined) throw new RangeError(`no estimate is named ${name}`);
  return found;
}
