/** The rows of a release: of its tables, with hidden cells all alike, and of its records. */
import { createHmac } from 'node:crypto';
import { harmlessText } from '../../domain/formula.js';
import { type Currency, formatMinor } from '../../domain/money.js';
import { bandOf, type Counts } from './counting.js';
import type { Measure } from './declaration.js';
import { cellOf, type Grid, type Lattice, namesOf } from './lattice.js';
import type { ReleasePayments } from './payments.js';

export interface Words {
  readonly types: readonly string[];
  readonly bandStarts: readonly number[];
  readonly currency: Currency;
}

type Columns = Pick<Grid['levels'], 'type' | 'price'> & { readonly time: string | null };

/** Columns that name a row's place. */
export function placeColumns({ time, type, price }: Columns): string[] {
  return [
    ...(time === null ? [] : [time]),
    ...(type ? ['payment_type'] : []),
    ...(price ? ['price_from', 'price_below'] : []),
  ];
}

function placeCells(
  { time, type, price }: Columns,
  names: { readonly time: string; readonly type: number; readonly band: number },
  { types, bandStarts, currency }: Words,
): string[] {
  const starts = [0, ...bandStarts];
  const [from = 0, below] = [starts[names.band], starts[names.band + 1]];
  return [
    ...(time === null ? [] : [names.time]),
    ...(type ? [harmlessText(types[names.type] ?? '')] : []),
    ...(price ? [formatMinor(from, currency), below === undefined ? '' : formatMinor(below, currency)] : []),
  ];
}

export const tableColumns = (grid: Grid, measures: readonly Measure[]): string[] => [
  ...placeColumns(grid.levels),
  ...measures,
  'suppressed',
];

/** Every cell there is, empty ones as zeros. */
export function* tableRows(
  lattice: Lattice,
  counts: Counts,
  index: number,
  shown: (cell: number) => boolean,
  measures: readonly Measure[],
  words: Words,
): Generator<string[]> {
  const [grid, of] = [lattice.grids[index], counts.grids[index]];
  if (grid === undefined || of === undefined) throw new RangeError(`no grid ${index}`);
  for (let cell = 0; cell < grid.cells; cell++) {
    const place = placeCells(grid.levels, namesOf(grid, cell), words);
    const value: Readonly<Record<Measure, () => string>> = {
      riders: () => String(of.riders[cell] ?? 0),
      payments: () => String(of.payments[cell] ?? 0),
      revenue: () => formatMinor(of.money[cell] ?? 0, words.currency),
    };
    const isShown = shown(cell);
    yield [...place, ...measures.map((name) => (isShown ? value[name]() : '')), isShown ? '0' : '1'];
  }
}

/** Names riders within one release: under another key the same rider has another name, and nobody joins the two. */
export function pseudonymIn(key: Buffer, rider: string): string {
  return createHmac('sha256', key).update(rider, 'utf8').digest('hex').slice(0, 32);
}

export interface ReleasedRecords {
  /** Payments in the order in which they are written, as their numbers. */
  readonly order: Int32Array;
  /** The cell of each payment in the records' grid; -1 where it is left out. */
  readonly cells: Int32Array;
}

/** Payments of shown cells, by cell and within it by rider's pseudonym: the order tells nothing more than the rows do. */
export function releasedRecords(
  observations: ReleasePayments,
  lattice: Lattice,
  grid: Grid,
  shown: (cell: number) => boolean,
  bandStarts: readonly number[],
  names: readonly string[] | undefined,
): ReleasedRecords {
  const { size, type, day, price, rider } = observations;
  const cells = new Int32Array(size);
  let count = 0;
  for (let at = 0; at < size; at++) {
    const stretch = lattice.stretchOf[(day[at] ?? 0) - lattice.firstDay] ?? 0;
    const cell = cellOf(grid, stretch, type[at] ?? 0, bandOf(price[at] ?? 0, bandStarts));
    cells[at] = shown(cell) ? cell : -1;
    if (shown(cell)) count++;
  }
  const rank = names === undefined ? undefined : ranksOf(names);
  const order = new Int32Array(count);
  let next = 0;
  for (let at = 0; at < size; at++) if ((cells[at] ?? -1) >= 0) order[next++] = at;
  order.sort(
    (a, b) =>
      (cells[a] ?? 0) - (cells[b] ?? 0) ||
      (rank?.[rider[a] ?? 0] ?? 0) - (rank?.[rider[b] ?? 0] ?? 0) ||
      a - b,
  );
  return { order, cells };
}

function ranksOf(names: readonly string[]): Int32Array {
  const order = names.map((_, index) => index).sort((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1));
  const ranks = new Int32Array(names.length);
  for (const [rank, index] of order.entries()) ranks[index] = rank;
  return ranks;
}

export function* recordRows(
  { rider }: ReleasePayments,
  grid: Grid,
  { order, cells }: ReleasedRecords,
  names: readonly string[] | undefined,
  words: Words,
): Generator<string[]> {
  let cell = -1;
  let place: string[] = [];
  for (const at of order) {
    if (cells[at] !== cell) {
      cell = cells[at] ?? -1;
      place = placeCells(grid.levels, namesOf(grid, cell), words);
    }
    yield names === undefined ? place : [...place, names[rider[at] ?? 0] ?? ''];
  }
}
