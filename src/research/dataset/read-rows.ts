/** A table's rows as they were written, read from its Parquet file a group of rows at a time. */
import { Numbered } from '../numbered.js';
import type { Cells, Rows } from './cells.js';
import type { ParquetSource } from './parquet-columns.js';
import type { Column, Table } from './tables.js';

/** Milliseconds of a file's times in a second. */
const MS = 1000;

export async function* readGroups(source: ParquetSource, table: Table): AsyncGenerator<Rows> {
  for (const { from, to } of source.groups) {
    const rows: Cells[] = [];
    for (const column of table.columns) rows.push(await readCells(source, column, from, to));
    yield rows;
  }
}

async function readCells(source: ParquetSource, column: Column, from: number, to: number): Promise<Cells> {
  const { name, type, nullable } = column;
  const into = new Float64Array(to - from);
  const names = type === 'text' ? new Numbered() : undefined;
  const divisor = type === 'timestamp' ? MS : 1;
  await source.read({ name, into, divisor, ...(names && { names }) }, 0, from, to);
  if (names !== undefined) return Array.from(into, (number) => names.texts[number] ?? null);
  return nullable === true ? Array.from(into, (value) => (Number.isNaN(value) ? null : value)) : into;
}
