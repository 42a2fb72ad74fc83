/**
 * Recency, frequency and money in quintiles. The rule for ties: a score is 1 more than the fifths of riders that are
 * strictly below, so equal riders have equal scores whatever their order. Where many are equal, quintiles are of
 * different sizes, and some may be empty.
 */
import { type Refusal, refuse } from './answer.js';
import { ascendingOf } from './quantiles.js';
import { allFinite, at, columnOf } from './vectors.js';

export interface RiderValues {
  /** Since the last payment: the fewer, the higher the score. */
  readonly daysSince: ArrayLike<number>;
  readonly payments: ArrayLike<number>;
  readonly spent: ArrayLike<number>;
}

/** Of each rider, scores from 1 to 5, 5 for the most recent, most frequent, most spending. */
export interface RfmScores {
  readonly recency: Uint8Array;
  readonly frequency: Uint8Array;
  readonly monetary: Uint8Array;
}

export function rfmScores({ daysSince, payments, spent }: RiderValues): RfmScores | Refusal {
  const n = daysSince.length;
  if (payments.length !== n || spent.length !== n)
    throw new RangeError('riders have values of different number');
  if (n < 5) return refuse('too_few', `Quintiles need five riders; there are ${n}.`);
  if (![daysSince, payments, spent].every(allFinite)) {
    return refuse('not_finite', 'Days, payments and amounts must be finite numbers.');
  }
  return {
    recency: quintilesOf(columnOf(n, (i) => -at(daysSince, i))),
    frequency: quintilesOf(payments),
    monetary: quintilesOf(spent),
  };
}

/** From 1 to 5, by the rule for ties. */
export function quintilesOf(values: ArrayLike<number>): Uint8Array {
  const ascending = ascendingOf(values);
  const scores = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    scores[i] = 1 + Math.floor((5 * countBelow(ascending, at(values, i))) / ascending.length);
  }
  return scores;
}

function countBelow(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(ascending, middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
