/**
 * Recency, frequency and money in quintiles. The rule for ties: a score is 1 more than the fifths of riders that are
 * strictly below, so equal riders have equal scores whatever their order. Where many are equal, quintiles are of
 * different sizes, and some may be empty.
 */
import { type Refusal, refuse } from './answer.js';
import { ascendingOf } from './quantiles.js';
import { allFinite, at } from './vectors.js';

export interface RiderValues {
  /** Since the last payment: the fewer, the higher the score. */
  readonly daysSince: ArrayLike<number>;
  readonly payments: ArrayLike<number>;
  readonly spent: ArrayLike<number>;
}

/** Scores from 1 to 5, 5 for the most recent, most frequent, most spending. */
export interface RfmScore {
  readonly recency: number;
  readonly frequency: number;
  readonly monetary: number;
}

export function rfmScores({ daysSince, payments, spent }: RiderValues): RfmScore[] | Refusal {
  const n = daysSince.length;
  if (payments.length !== n || spent.length !== n)
    throw new RangeError('riders have values of different number');
  if (n < 5) return refuse('too_few', `Quintiles need five riders; there are ${n}.`);
  if (![daysSince, payments, spent].every(allFinite)) {
    return refuse('not_finite', 'Days, payments and amounts must be finite numbers.');
  }
  const recency = quintilesOf(Array.from(daysSince, (days) => -days));
  const frequency = quintilesOf(payments);
  const monetary = quintilesOf(spent);
  return recency.map((score, i) => ({
    recency: score,
    frequency: at(frequency, i),
    monetary: at(monetary, i),
  }));
}

/** From 1 to 5, by the rule for ties. */
export function quintilesOf(values: ArrayLike<number>): number[] {
  const ascending = ascendingOf(values);
  return Array.from(values, (value) => 1 + Math.floor((5 * countBelow(ascending, value)) / ascending.length));
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
