/**
 * Generalised extreme Studentised deviate test (Rosner 1983): how many of at most so many values are too far out to be of
 * a normal distribution with the rest. Taking out one by one and looking back: two outliers can hide each other.
 */
import { type Basis, LEVEL, type Refusal, refuse } from './answer.js';
import { tQuantile } from './distributions.js';
import { allFinite, at, meanOf, varianceOf } from './vectors.js';

export interface DeviateStep {
  /** Place of the value that is farthest from the mean of those left. */
  readonly index: number;
  readonly value: number;
  /** Its distance in standard deviations. */
  readonly statistic: number;
  /** What that must exceed. */
  readonly critical: number;
}

export interface Outliers extends Basis {
  readonly steps: readonly DeviateStep[];
  /** Places of the outliers, the farthest first. */
  readonly outliers: readonly number[];
}

export function generalisedEsd(values: ArrayLike<number>, most: number, level = LEVEL): Outliers | Refusal {
  const n = values.length;
  if (!allFinite(values)) return refuse('not_finite', 'The series holds values that are no finite numbers.');
  if (n < 15 || most > n / 2) {
    return refuse(
      'too_few',
      `${n} values cannot tell of ${most} outliers: at least 15 values, and twice as many as outliers.`,
    );
  }
  const left = new Set(Array.from({ length: n }, (_, i) => i));
  const steps: DeviateStep[] = [];
  for (let i = 1; i <= most; i++) {
    const step = farthest(values, [...left], criticalOf(n, i, level));
    if (step === undefined) break;
    left.delete(step.index);
    steps.push(step);
  }
  const count = steps.findLastIndex(({ statistic, critical }) => statistic > critical) + 1;
  return {
    method: `generalised ESD, at most ${most} outliers`,
    n,
    clusters: null,
    warnings: n < 25 ? [`With ${n} values the critical values are approximate.`] : [],
    steps,
    outliers: steps.slice(0, count).map(({ index }) => index),
  };
}

/** Undefined where the values left are all the same. */
function farthest(
  values: ArrayLike<number>,
  left: readonly number[],
  critical: number,
): DeviateStep | undefined {
  const own = left.map((i) => at(values, i));
  const mean = meanOf(own);
  const deviation = Math.sqrt(varianceOf(own));
  if (!(deviation > 0)) return undefined;
  const distances = own.map((value) => Math.abs(value - mean));
  const place = distances.indexOf(Math.max(...distances));
  const index = at(left, place);
  return { index, value: at(values, index), statistic: at(distances, place) / deviation, critical };
}

function criticalOf(n: number, i: number, level: number): number {
  const df = n - i - 1;
  const t = tQuantile(1 - (1 - level) / (2 * (n - i + 1)), df);
  return ((n - i) * t) / Math.sqrt((df + t * t) * (n - i + 1));
}
