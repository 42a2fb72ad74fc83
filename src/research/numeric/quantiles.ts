/** Quantiles of numbers, type 7 of Hyndman and Fan (1996), as R's and NumPy's default. */
import { at } from './vectors.js';

/** Of ascending values. */
export function quantile(ascending: ArrayLike<number>, probability: number): number {
  const place = (ascending.length - 1) * probability;
  const low = at(ascending, Math.floor(place));
  return low + (place - Math.floor(place)) * (at(ascending, Math.ceil(place)) - low);
}

export const ascendingOf = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort();

export const medianOf = (values: ArrayLike<number>): number => quantile(ascendingOf(values), 0.5);
