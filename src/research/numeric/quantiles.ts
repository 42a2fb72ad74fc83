/** Quantiles of numbers, type 7 of Hyndman and Fan (1996), as R's and NumPy's default. */
import { at } from './vectors.js';

/** Of ascending values. */
export function quantile(ascending: ArrayLike<number>, probability: number): number {
  const place = (ascending.length - 1) * probability;
  const low = at(ascending, Math.floor(place));
  return low + (place - Math.floor(place)) * (at(ascending, Math.ceil(place)) - low);
}

/** Fewer are sorted as fast. */
const MANY = 4_096;
/** Whole numbers are counted where there are no more different ones than so many. */
const MAX_RANGE = 4_194_304;

/** Many whole numbers of a narrow range, as seconds or cents, are counted in place of compared: some ten times as fast. */
export function ascendingOf(values: ArrayLike<number>): Float64Array {
  const ascending = Float64Array.from(values);
  if (ascending.length < MANY) return ascending.sort();
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of ascending) {
    if (!Number.isInteger(value)) return ascending.sort();
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (!(most - least < MAX_RANGE)) return ascending.sort();
  const counts = new Int32Array(most - least + 1);
  for (const value of ascending) counts[value - least] = at(counts, value - least) + 1;
  let from = 0;
  for (const [i, count] of counts.entries()) {
    if (count === 0) continue;
    ascending.fill(least + i, from, from + count);
    from += count;
  }
  return ascending;
}

export const medianOf = (values: ArrayLike<number>): number => quantile(ascendingOf(values), 0.5);
