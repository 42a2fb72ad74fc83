/**
 * Rows as columns on their way into files. Numbers mean what the column's type says: seconds since 1970, days since 1970,
 * minor units. A column without empty cells comes as a typed array where it can.
 */
import type { Table } from './tables.js';

export type Cells =
  | Int32Array
  | Float64Array
  | readonly (number | null)[]
  | readonly bigint[]
  | readonly (string | null)[];

/** As many columns as the table has, in its order, all of one length. */
export type Rows = readonly Cells[];

export function sizeOf(rows: Rows): number {
  return rows[0]?.length ?? 0;
}

/** Rows of values as columns. */
export function toRows(
  table: Table,
  records: readonly (readonly (string | number | bigint | null)[])[],
): Rows {
  return table.columns.map((column, at) => {
    if (column.type === 'text') return records.map((record) => textCell(record[at]));
    return records.map((record) => numberCell(record[at]));
  });
}

function textCell(value: string | number | bigint | null | undefined): string | null {
  return value == null ? null : String(value);
}

function numberCell(value: string | number | bigint | null | undefined): number | null {
  return value == null ? null : Number(value);
}
