/**
 * Exact: which sums of unknowns follow from the equations, by elimination over the whole numbers modulo a prime. What
 * follows over the rationals follows modulo the prime too, unless the prime divides a pivot, which a 26-bit one does with
 * a chance of about 1 in 10 million each.
 */
const PRIME = 67_108_859;

type Row = Map<number, number>;
/** The column of what is known, on the right. */
const RIGHT = -1;

const modulo = (value: number): number => ((value % PRIME) + PRIME) % PRIME;

function inverse(value: number): number {
  let [a, b, x, y] = [value, PRIME, 1, 0];
  while (b !== 0) {
    const quotient = Math.floor(a / b);
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return modulo(x);
}

export class Elimination {
  /** Rows by their pivot, each beginning with 1. */
  readonly #rows = new Map<number, Row>();

  /** That the unknowns add up to `total`. */
  add(unknowns: readonly number[], total: number): void {
    const row = this.#reduce(unknowns, total);
    const pivot = [...row.keys()].find((column) => column !== RIGHT);
    if (pivot === undefined) return;
    const scale = inverse(row.get(pivot) ?? 1);
    for (const [column, value] of row) row.set(column, (value * scale) % PRIME);
    this.#rows.set(pivot, row);
  }

  /** What the unknowns add up to, where it follows; a count below zero, or over 33 million, would come out wrong. */
  solve(unknowns: readonly number[]): number | undefined {
    const row = this.#reduce(unknowns, 0);
    for (const column of row.keys()) if (column !== RIGHT) return undefined;
    return modulo(-(row.get(RIGHT) ?? 0));
  }

  #reduce(unknowns: readonly number[], total: number): Row {
    const row: Row = new Map(unknowns.map((column) => [column, 1]));
    row.set(RIGHT, modulo(total));
    // A column that was taken out may come back with a later row, so it is looked for until there is none.
    const open = [...row.keys()];
    for (let column = open.pop(); column !== undefined; column = open.pop()) {
      const factor = row.get(column) ?? 0;
      const pivot = column === RIGHT || factor === 0 ? undefined : this.#rows.get(column);
      if (pivot === undefined) continue;
      for (const [other, value] of pivot) {
        const before = row.get(other);
        const after = modulo((before ?? 0) - ((factor * value) % PRIME));
        if (after === 0 && other !== RIGHT) row.delete(other);
        else {
          row.set(other, after);
          if (before === undefined) open.push(other);
        }
      }
    }
    return row;
  }
}
