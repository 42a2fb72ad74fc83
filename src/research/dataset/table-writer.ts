/**
 * Writes a table as Parquet and CSV, a file each, or a file each for every local month of the period. Rows come in pieces,
 * each of one month, months ascending; a month's files are finished when the next one begins.
 */
import type { Currency } from '../../domain/money.js';
import { dayOf, monthOf, monthText } from '../days.js';
import { HashedFile, type WrittenFile } from '../hashed-file.js';
import { type Rows, sizeOf } from './cells.js';
import { CsvFile } from './csv-file.js';
import { ParquetFile } from './parquet-file.js';
import { TABLES, type TableName } from './tables.js';

/** The files of a table, or of one month of it. */
export interface TablePart {
  readonly table: TableName;
  /** Local month `YYYY-MM`; null where a table has none. */
  readonly month: string | null;
  readonly rows: number;
  readonly parquet: string;
  readonly csv: string;
}

interface OpenPart {
  readonly month: string | null;
  readonly parquet: ParquetFile;
  readonly csv: CsvFile<WrittenFile>;
  rows: number;
}

/** Months as `days.ts` numbers them. */
export interface Months {
  readonly first: number;
  readonly last: number;
}

/** The months that a period of local dates touches. */
export const monthsOf = (from: string, to: string): Months => ({
  first: monthOf(dayOf(from)),
  last: monthOf(dayOf(to) - 1),
});

export class TableWriter {
  #open: OpenPart | undefined;
  /** The month that has no files yet. */
  #next: number;
  readonly parts: TablePart[] = [];
  readonly files: WrittenFile[] = [];

  /** @param months of which each has files, empty ones too; absent: the table has none */
  constructor(
    readonly folder: string,
    readonly name: TableName,
    readonly currency: Currency,
    readonly months?: Months,
  ) {
    this.#next = months?.first ?? 0;
  }

  /** Rows of a table without months. */
  write(rows: Rows): void {
    this.#open ??= this.#begin(null);
    this.#append(this.#open, rows);
  }

  writeMonth(month: number, rows: Rows): void {
    if (month < this.#next - 1) throw new Error('months came in disorder');
    this.#append(this.#turnTo(month), rows);
  }

  /** Finishes the last files. */
  end(): void {
    if (this.months !== undefined) this.#turnTo(this.months.last);
    this.#finish();
  }

  abandon(): void {
    this.#open?.parquet.abandon();
    this.#open?.csv.abandon();
    this.#open = undefined;
  }

  #turnTo(month: number): OpenPart {
    let open = this.#open;
    while (open === undefined || this.#next <= month) {
      this.#finish();
      open = this.#begin(monthText(this.#next++));
      this.#open = open;
    }
    return open;
  }

  #append(part: OpenPart, rows: Rows): void {
    if (sizeOf(rows) === 0) return;
    part.parquet.write(rows);
    part.csv.write(rows);
    part.rows += sizeOf(rows);
  }

  #begin(month: string | null): OpenPart {
    const table = TABLES[this.name];
    const { parquet, csv } = pathsOf(this.name, month);
    return {
      month,
      parquet: new ParquetFile(this.folder, parquet, table, this.currency),
      csv: new CsvFile(new HashedFile(this.folder, csv), table, this.currency),
      rows: 0,
    };
  }

  #finish(): void {
    const part = this.#open;
    if (part === undefined) return;
    this.#open = undefined;
    this.files.push(part.parquet.end(), part.csv.end());
    this.parts.push({
      table: this.name,
      month: part.month,
      rows: part.rows,
      ...pathsOf(this.name, part.month),
    });
  }
}

/** `month=2025-04` is what engines take for a column of the table (Hive's way to lay out a table). */
function pathsOf(table: TableName, month: string | null): { parquet: string; csv: string } {
  if (month === null) return { parquet: `${table}/${table}.parquet`, csv: `csv/${table}.csv` };
  return { parquet: `${table}/month=${month}/${table}.parquet`, csv: `csv/${table}/${table}-${month}.csv` };
}
