/**
 * Moves of units from state to state, period after period, pooled. Moves of one unit hang together, so the error of each
 * share comes from how units differ (linearisation), and Wilson's interval is of as many independent moves as they make.
 * Where each unit moves once, that is plain Wilson.
 */
import { isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
import { type Share, wilson } from './shares.js';
import { at } from './vectors.js';

/** Of a unit that is not there yet. */
export const ABSENT = 255;

export interface StateHistory {
  readonly units: number;
  readonly periods: number;
  /** Unit after unit, the state in each period. */
  readonly values: Uint8Array;
}

/** What a move is counted as: by row of where it began and column of where it went. */
export interface MoveTable {
  readonly rows: number;
  readonly columns: number;
  /** −1: of no row. */
  readonly rowOf: (from: number) => number;
  readonly columnOf: (from: number, to: number) => number;
}

export interface PooledShare extends Share {
  readonly standardError: number;
}

export interface PooledRow {
  readonly moves: number;
  /** Units that made one. */
  readonly units: number;
  /** By column; together they are 1. */
  readonly to: readonly PooledShare[] | Refusal;
}

/** Each state by each other. */
export const squareMoves = (states: number): MoveTable => ({
  rows: states,
  columns: states,
  rowOf: (from) => from,
  columnOf: (_, to) => to,
});

/** @param keep which units are counted */
export function pooledMoves(
  { units, periods, values }: StateHistory,
  table: MoveTable,
  keep: (unit: number) => boolean = () => true,
  level = LEVEL,
): PooledRow[] {
  const { rows, columns } = table;
  const sums = sumsOf(rows, columns);
  const own = new Float64Array(rows * columns);
  for (let unit = 0; unit < units; unit++) {
    if (!keep(unit)) continue;
    let moved = false;
    for (let place = unit * periods + 1; place < (unit + 1) * periods; place++) {
      const [from, to] = [at(values, place - 1), at(values, place)];
      const row = from === ABSENT || to === ABSENT ? -1 : table.rowOf(from);
      if (row < 0) continue;
      const cell = row * columns + table.columnOf(from, to);
      own[cell] = at(own, cell) + 1;
      moved = true;
    }
    if (moved) addUnit(sums, own, columns);
  }
  return Array.from({ length: rows }, (_, row) => rowOf(sums, row, columns, level));
}

/** Of each cell the moves, the sum of their squares and of products with the row's; of each row the same. */
interface Sums {
  readonly moves: Float64Array;
  readonly squares: Float64Array;
  readonly crosses: Float64Array;
  readonly rowMoves: Float64Array;
  readonly rowSquares: Float64Array;
  readonly rowUnits: Float64Array;
}

const sumsOf = (rows: number, columns: number): Sums => ({
  moves: new Float64Array(rows * columns),
  squares: new Float64Array(rows * columns),
  crosses: new Float64Array(rows * columns),
  rowMoves: new Float64Array(rows),
  rowSquares: new Float64Array(rows),
  rowUnits: new Float64Array(rows),
});

/** Adds what a unit did, and clears it. */
function addUnit(sums: Sums, own: Float64Array, columns: number): void {
  for (let row = 0; row < sums.rowMoves.length; row++) {
    let all = 0;
    for (let column = 0; column < columns; column++) all += at(own, row * columns + column);
    if (all === 0) continue;
    sums.rowMoves[row] = at(sums.rowMoves, row) + all;
    sums.rowSquares[row] = at(sums.rowSquares, row) + all * all;
    sums.rowUnits[row] = at(sums.rowUnits, row) + 1;
    for (let cell = row * columns; cell < (row + 1) * columns; cell++) {
      const count = at(own, cell);
      if (count === 0) continue;
      sums.moves[cell] = at(sums.moves, cell) + count;
      sums.squares[cell] = at(sums.squares, cell) + count * count;
      sums.crosses[cell] = at(sums.crosses, cell) + count * all;
      own[cell] = 0;
    }
  }
}

function rowOf(sums: Sums, row: number, columns: number, level: number): PooledRow {
  const [moves, units] = [at(sums.rowMoves, row), at(sums.rowUnits, row)];
  if (units < 2) {
    const to = refuse('too_few', 'A share with an error needs two that were in this state.');
    return { moves, units, to };
  }
  const to: PooledShare[] = [];
  for (let cell = row * columns; cell < (row + 1) * columns; cell++) {
    const share = at(sums.moves, cell) / moves;
    const squares =
      at(sums.squares, cell) - 2 * share * at(sums.crosses, cell) + share ** 2 * at(sums.rowSquares, row);
    const variance = ((units / (units - 1)) * Math.max(0, squares)) / moves ** 2;
    const isVarying = share > 0 && share < 1 && variance > 0;
    const effective = isVarying ? (share * (1 - share)) / variance + 1 : units;
    const own = wilson(share * effective, effective, level);
    if (isRefusal(own)) return { moves, units, to: own };
    to.push({ ...own, share, count: at(sums.moves, cell), standardError: Math.sqrt(variance) });
  }
  return { moves, units, to };
}
