/**
 * Writes a table as Parquet and CSV, a file each, or a file each for every local month. Rows come in pieces, each of one
 * month, months ascending; a month's files are finished when the next one begins.
 */
import type { Currency } from '../../domain/money.js';
import { type Rows, sizeOf } from './cells.js';
import { CsvFile } from './csv-file.js';
import type { WrittenFile } from './hashed-file.js';
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
  readonly csv: CsvFile;
  rows: number;
}

export class TableWriter {
  #open: OpenPart | undefined;
  readonly parts: TablePart[] = [];
  readonly files: WrittenFile[] = [];

  constructor(
    readonly folder: string,
    readonly name: TableName,
    readonly currency: Currency,
  ) {}

  write(rows: Rows, month: string | null = null): void {
    if (this.#open?.month !== month) this.#finish();
    this.#open ??= this.#begin(month);
    if (sizeOf(rows) === 0) return;
    this.#open.parquet.write(rows);
    this.#open.csv.write(rows);
    this.#open.rows += sizeOf(rows);
  }

  /** Finishes the last files. */
  end(): void {
    this.#finish();
  }

  abandon(): void {
    this.#open?.parquet.abandon();
    this.#open?.csv.abandon();
    this.#open = undefined;
  }

  #begin(month: string | null): OpenPart {
    const table = TABLES[this.name];
    const { parquet, csv } = pathsOf(this.name, month);
    return {
      month,
      parquet: new ParquetFile(this.folder, parquet, table, this.currency),
      csv: new CsvFile(this.folder, csv, table, this.currency),
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
