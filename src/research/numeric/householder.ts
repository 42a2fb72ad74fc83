/** Householder's QR decomposition of a tall matrix, given and kept by columns. */
import { addScaled, at, cell, dot, squareOf } from './vectors.js';

export interface Qr {
  /** Reflection j is the identity less v v′, v being zero above j. */
  readonly reflections: readonly Float64Array[];
  /** Rows of the upper triangle. */
  readonly upper: readonly Float64Array[];
}

/** The first column that is a combination of those before it. */
export interface Dependent {
  readonly dependent: number;
}

/**
 * A column is called dependent where less than `tolerance` of its length is left when what the columns before it explain
 * is taken out. A share of its own length: so units do not matter.
 */
export function decompose(columns: readonly Float64Array[], tolerance: number): Qr | Dependent {
  const upper = squareOf(columns.length);
  const reflections: Float64Array[] = [];
  for (const [j, column] of columns.entries()) {
    const rest = column.slice();
    const length = Math.sqrt(dot(rest, rest));
    for (const [i, reflection] of reflections.entries()) reflect(rest, reflection, i);
    const left = Math.sqrt(dot(rest, rest, j));
    if (!(left > tolerance * length) || j >= rest.length) return { dependent: j };
    const pivot = at(rest, j);
    const diagonal = pivot > 0 ? -left : left;
    for (let i = 0; i < j; i++) (upper[i] ?? rest)[j] = at(rest, i);
    (upper[j] ?? rest)[j] = diagonal;
    rest.fill(0, 0, j);
    rest[j] = pivot - diagonal;
    // v is scaled so that v′v is 2.
    const scale = 1 / Math.sqrt(left * (left + Math.abs(pivot)));
    for (let i = j; i < rest.length; i++) rest[i] = at(rest, i) * scale;
    reflections.push(rest);
  }
  return { reflections, upper };
}

function reflect(target: Float64Array, reflection: Float64Array, from: number): void {
  addScaled(target, -dot(reflection, target, from), reflection, from);
}

/** Q′ × values. */
export function rotate({ reflections }: Qr, values: ArrayLike<number>): Float64Array {
  const rotated = Float64Array.from(values);
  for (const [j, reflection] of reflections.entries()) reflect(rotated, reflection, j);
  return rotated;
}

/** Q × values. */
export function rotateBack({ reflections }: Qr, values: ArrayLike<number>): Float64Array {
  const rotated = Float64Array.from(values);
  for (const [j, reflection] of [...reflections.entries()].reverse()) reflect(rotated, reflection, j);
  return rotated;
}

/** Solves R x = the first entries of `rotated`. */
export function solveUpper({ upper }: Qr, rotated: ArrayLike<number>): Float64Array {
  const size = upper.length;
  const solution = new Float64Array(size);
  for (let i = size - 1; i >= 0; i--) {
    let value = at(rotated, i);
    for (let j = i + 1; j < size; j++) value -= cell(upper, i, j) * at(solution, j);
    solution[i] = value / cell(upper, i, i);
  }
  return solution;
}

/** (X′X)⁻¹ = R⁻¹ R⁻¹′. */
export function inverseCross(qr: Qr): Float64Array[] {
  const size = qr.upper.length;
  /** Columns of R⁻¹. */
  const inverse = squareOf(size).map((unit, j) => {
    unit[j] = 1;
    return solveUpper(qr, unit);
  });
  const result = squareOf(size);
  for (const column of inverse) {
    for (const [i, row] of result.entries()) addScaled(row, at(column, i), column);
  }
  return result;
}
