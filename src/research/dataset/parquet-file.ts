/** A table's rows as Parquet: pieces of rows ("row groups") one after the other, so that memory holds one of them. */
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Currency } from '../../domain/money.js';
import { HashedFile, type WrittenFile } from '../hashed-file.js';
import { type Cells, type Rows, sizeOf } from './cells.js';
import type { Column, Table } from './tables.js';

/** Digits of a decimal that 64 bits hold. */
const DECIMAL_DIGITS = 18;

type Shape = Omit<SchemaElement, 'name' | 'repetition_type'>;

function shapeOf({ type }: Column, currency: Currency): Shape {
  const [precision, scale] = [DECIMAL_DIGITS, currency.digits];
  switch (type) {
    case 'integer':
      return { type: 'INT32' };
    case 'timestamp':
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MILLIS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      };
    case 'date':
      return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } };
    case 'money':
      return {
        type: 'INT64',
        converted_type: 'DECIMAL',
        logical_type: { type: 'DECIMAL', precision, scale },
        precision,
        scale,
      };
    case 'text':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
  }
}

/** The schema of a table's files. */
export function schemaOf(table: Table, currency: Currency): SchemaElement[] {
  const columns = table.columns.map(
    (column): SchemaElement => ({
      name: column.name,
      ...shapeOf(column, currency),
      repetition_type: column.nullable === true ? 'OPTIONAL' : 'REQUIRED',
    }),
  );
  return [{ name: table.name, num_children: columns.length }, ...columns];
}

/** What the library buffers goes into the file after each row group. */
class FileWriter extends ByteWriter {
  constructor(readonly file: HashedFile) {
    super(1 << 20);
  }

  flush(): void {
    this.file.write(this.getBytes());
    this.index = 0;
  }

  override finish(): void {
    this.flush();
  }
}

export class ParquetFile {
  readonly #file: HashedFile;
  readonly #writer: ParquetWriter;

  constructor(
    folder: string,
    path: string,
    readonly table: Table,
    currency: Currency,
  ) {
    this.#file = new HashedFile(folder, path);
    this.#writer = new ParquetWriter({
      writer: new FileWriter(this.#file),
      schema: schemaOf(table, currency),
      codec: 'SNAPPY',
      // No version in it: the same rows are the same bytes whichever version writes them.
      createdBy: 'farelog',
    });
  }

  /** One row group. */
  write(rows: Rows): void {
    const columnData = this.table.columns.map((column, at) => ({
      name: column.name,
      data: physical(column, rows[at] ?? []),
      // Plain numbers are read as they lie there, many times faster than those of a dictionary.
      ...(column.type === 'text' ? {} : { encoding: 'PLAIN' as const }),
      statistics: column.ordered === true,
    }));
    this.#writer.write({ columnData, rowGroupSize: Math.max(1, sizeOf(rows)) });
  }

  end(): WrittenFile {
    this.#writer.finish();
    return this.#file.end();
  }

  abandon(): void {
    this.#file.abandon();
  }
}

type Physical = Int32Array | BigInt64Array | (string | number | bigint | null)[];

function physical({ type, nullable }: Column, cells: Cells): Physical {
  if (type === 'timestamp' || type === 'money') return wide(cells, type === 'timestamp' ? 1000 : 1, nullable);
  if (cells instanceof Int32Array) return cells;
  return Array.from<string | number | bigint | null>(cells);
}

function wide(cells: Cells, factor: number, nullable = false): Physical {
  if (nullable) {
    return Array.from<string | number | bigint | null>(cells).map((cell) =>
      cell === null ? null : BigInt(cell) * BigInt(factor),
    );
  }
  const values = new BigInt64Array(cells.length);
  for (let at = 0; at < values.length; at++) {
    const cell = cells[at];
    values[at] = typeof cell === 'number' ? BigInt(cell * factor) : BigInt(cell ?? 0) * BigInt(factor);
  }
  return values;
}
