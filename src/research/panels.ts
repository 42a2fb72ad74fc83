/**
 * Payments counted into tables: segment × period, and rider × period. One pass over the columns, no object a payment.
 * A rider's periods in which nothing was paid are zeros that stand there; so all riders have the same periods. Where
 * riders come into the data over time, `entries.ts` says from when on theirs count.
 */
import { at } from './numeric/vectors.js';
import type { Observations } from './observations.js';
import { type Periods, periodLookup } from './periods.js';
import type { Segmentation } from './segments.js';

export const OUTCOMES = ['payments', 'revenue'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What becomes of outcomes in words: revenue is net, each adjustment on its own day. */
export const OUTCOME_WORDS: Record<Outcome, string> = {
  payments: 'payments',
  revenue: 'revenue, net of adjustments, each on its own day',
};

/** Payments of this type alone; null: of all. */
export type TypeFilter = number | null;

/** By segment, then by period. Minor units. */
export interface SegmentSeries {
  readonly payments: readonly Float64Array[];
  /** As it was paid. */
  readonly gross: readonly Float64Array[];
  /** With adjustments. */
  readonly net: readonly Float64Array[];
}

const tableOf = (rows: number, columns: number): Float64Array[] =>
  Array.from({ length: rows }, () => new Float64Array(columns));

function add(row: Float64Array | undefined, column: number, value: number): void {
  if (row !== undefined) row[column] = at(row, column) + value;
}

export function segmentSeries(
  { size, rider, type, day, price, adjustments }: Observations,
  { names, of }: Segmentation,
  periods: Periods,
  only: TypeFilter = null,
): SegmentSeries {
  const [payments, gross, net] = [0, 1, 2].map(() => tableOf(names.length, periods.count));
  const series = { payments: payments ?? [], gross: gross ?? [], net: net ?? [] };
  const periodOf = periodLookup(periods);
  for (let i = 0; i < size; i++) {
    const [period, segment] = [periodOf(at(day, i)), at(of, at(rider, i))];
    if (period < 0 || segment < 0 || (only !== null && at(type, i) !== only)) continue;
    add(series.payments[segment], period, 1);
    add(series.gross[segment], period, at(price, i));
    add(series.net[segment], period, at(price, i));
  }
  for (let i = 0; i < adjustments.size; i++) {
    const [period, segment] = [periodOf(at(adjustments.day, i)), at(of, at(adjustments.rider, i))];
    if (period < 0 || segment < 0 || (only !== null && at(adjustments.type, i) !== only)) continue;
    add(series.net[segment], period, at(adjustments.amount, i));
  }
  return series;
}

/** Different riders who paid, by segment and period. */
export function ridersPaying(
  { size, rider, type, day, riders }: Observations,
  { names, of }: Segmentation,
  periods: Periods,
  only: TypeFilter = null,
): Float64Array[] {
  const counts = tableOf(names.length, periods.count);
  const periodOf = periodLookup(periods);
  // Days ascend, so a rider's periods do: the last one counted tells whether this one was.
  const last = new Int32Array(riders.length).fill(-1);
  for (let i = 0; i < size; i++) {
    const who = at(rider, i);
    const [period, segment] = [periodOf(at(day, i)), at(of, who)];
    if (period < 0 || segment < 0 || (only !== null && at(type, i) !== only) || last[who] === period)
      continue;
    last[who] = period;
    add(counts[segment], period, 1);
  }
  return counts;
}

export interface RiderTable {
  readonly rows: number;
  readonly periods: number;
  /** Row after row. Minor units, or payments. */
  readonly values: Float64Array;
}

/** Outcome of the riders that have a row, with zeros where they paid nothing. `rowOf` is by rider's number, −1: none. */
export function riderTable(
  { size, rider, type, day, price, adjustments }: Observations,
  periods: Periods,
  { rowOf, rows }: { readonly rowOf: Int32Array; readonly rows: number },
  outcome: Outcome,
  only: TypeFilter = null,
): RiderTable {
  const values = new Float64Array(rows * periods.count);
  const periodOf = periodLookup(periods);
  for (let i = 0; i < size; i++) {
    const [period, row] = [periodOf(at(day, i)), at(rowOf, at(rider, i))];
    if (period < 0 || row < 0 || (only !== null && at(type, i) !== only)) continue;
    add(values, row * periods.count + period, outcome === 'payments' ? 1 : at(price, i));
  }
  if (outcome === 'payments') return { rows, periods: periods.count, values };
  for (let i = 0; i < adjustments.size; i++) {
    const [period, row] = [periodOf(at(adjustments.day, i)), at(rowOf, at(adjustments.rider, i))];
    if (period < 0 || row < 0 || (only !== null && at(adjustments.type, i) !== only)) continue;
    add(values, row * periods.count + period, at(adjustments.amount, i));
  }
  return { rows, periods: periods.count, values };
}

/** Rows for the riders whom the rule keeps, in the order of their numbers. */
export function rowsFor(
  riders: number,
  keep: (rider: number) => boolean,
): { readonly rowOf: Int32Array; readonly rows: number } {
  const rowOf = new Int32Array(riders).fill(-1);
  let rows = 0;
  for (let who = 0; who < riders; who++) if (keep(who)) rowOf[who] = rows++;
  return { rowOf, rows };
}
