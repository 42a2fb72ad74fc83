/** Plain vectors. A column is one variable, an entry one observation. */

/** Entry `index`; NaN outside, so that a wrong index spoils the result instead of passing for a zero. */
export const at = (values: ArrayLike<number>, index: number): number => values[index] ?? Number.NaN;

export function dot(a: ArrayLike<number>, b: ArrayLike<number>, from = 0): number {
  let sum = 0;
  for (let i = from; i < a.length; i++) sum += at(a, i) * at(b, i);
  return sum;
}

export const sumOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += at(values, i);
  return sum;
};

export const meanOf = (values: ArrayLike<number>): number => sumOf(values) / values.length;

/** Adds `factor` × `values` to `target`. */
export function addScaled(target: Float64Array, factor: number, values: ArrayLike<number>, from = 0): void {
  for (let i = from; i < target.length; i++) target[i] = at(target, i) + factor * at(values, i);
}

/** A new column of `length` entries. */
export const columnOf = (length: number, entry: (index: number) => number): Float64Array => {
  const column = new Float64Array(length);
  for (let i = 0; i < length; i++) column[i] = entry(i);
  return column;
};

/** By n − 1; NaN for fewer than two. */
export function varianceOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (at(values, i) - mean) ** 2;
  return sum / (values.length - 1);
}

/** Whether every entry is a number that can be counted with. */
export function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** Rows of a square matrix of zeros. */
export const squareOf = (size: number): Float64Array[] =>
  Array.from({ length: size }, () => new Float64Array(size));

export const cell = (rows: readonly Float64Array[], row: number, column: number): number =>
  rows[row]?.[column] ?? Number.NaN;

/** a × b for matrices given by rows. */
export function product(a: readonly Float64Array[], b: readonly Float64Array[]): Float64Array[] {
  const width = b[0]?.length ?? 0;
  return a.map((row) => {
    const result = new Float64Array(width);
    for (const [k, factor] of row.entries()) addScaled(result, factor, b[k] ?? []);
    return result;
  });
}

export const pickValues = (values: ArrayLike<number>, kept: readonly number[]): Float64Array =>
  Float64Array.from(kept, (i) => at(values, i));
