/**
 * Rows as CSV by RFC 4180, safe to open in a spreadsheet. It stands with the reports because the service, the commands
 * and report documents, all of which are above, write the same figures with it.
 *
 * A cell's type decides: text that a spreadsheet would run as a formula gets an apostrophe before it, a number never,
 * since -2.5 must stay a number. Text that already has apostrophes before such a sign gets one more, so that taking one
 * away always gives the text back, as the import does.
 */
import { stringify } from 'csv-stringify/sync';
import { harmlessText } from '../domain/formula.js';

export type Cell = string | number | boolean | null | undefined;

/** Names of those fields of a row that fit into a cell. */
export type Column<Row> = {
  [Name in keyof Row & string]-?: Row[Name] extends Cell ? Name : never;
}[keyof Row & string];

export interface Table<Row extends object> {
  /** In their order; each is a field of the row, and its heading. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
}

/** A table as CSV with its heading, or as further lines of one that has it. Absent values are empty cells. */
export function csvText<Row extends object>(table: Table<Row>, heading = true): string {
  return stringify([...table.rows], {
    columns: [...table.columns],
    header: heading,
    record_delimiter: 'windows',
    // Of line breaks the library quotes only its own, CR LF together.
    quoted_match: /[\r\n]/,
    cast: { string: harmlessText, number: String, boolean: String },
  });
}
