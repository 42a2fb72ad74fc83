/** Quantiles of ascending values, by linear interpolation: type 7 of Hyndman and Fan (1996), as R's and NumPy's default. */

/** A value and how often it stands. */
export interface CountedValue {
  readonly value: number;
  readonly count: number;
}

export interface QuantileRow {
  /** From 0 to 1. */
  readonly quantile: number;
  /** To 4 decimals. */
  readonly value: number;
}

/** Ascending values by their index, from 0. */
export interface Ascending {
  readonly length: number;
  at(index: number): number;
}

const QUANTILES = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

/** Counted values, ascending, as the list of all of them. */
export function ascendingOf(counted: readonly CountedValue[]): Ascending {
  const ends: number[] = [];
  let length = 0;
  for (const { count } of counted) {
    length += count;
    ends.push(length);
  }
  return {
    length,
    at: (index) => {
      let low = 0;
      let high = ends.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (index < (ends[middle] ?? 0)) high = middle;
        else low = middle + 1;
      }
      return counted[low]?.value ?? 0;
    },
  };
}

/** Quantiles are told apart to so many parts of 1: a whole number, in which a place among the values is exact. */
const PARTS = 10_000;

/** Undefined where there is no value. `quantile` has four decimals at the most. */
export function quantileOf(ascending: Ascending, quantile: number): number | undefined {
  if (ascending.length === 0) return undefined;
  const place = (ascending.length - 1) * Math.round(quantile * PARTS);
  const [index, rest] = [Math.floor(place / PARTS), place % PARTS];
  const low = ascending.at(index);
  return rest === 0 ? low : low + (rest * (ascending.at(index + 1) - low)) / PARTS;
}

/** The usual quantiles; none where there is no value. */
export function quantilesOf(ascending: Ascending, scale: (value: number) => number): QuantileRow[] {
  return QUANTILES.flatMap((quantile) => {
    const value = quantileOf(ascending, quantile);
    return value === undefined ? [] : [{ quantile, value: toDecimals(scale(value), 4) }];
  });
}

/** The double nearest to the value's decimals, half away from zero: right for any size, where × 10⁴ passes 2⁵³ too. */
export function toDecimals(value: number, decimals: number): number {
  // JSON and people know no zero below zero.
  return Number(value.toFixed(decimals)) + 0;
}
