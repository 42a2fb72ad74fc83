/** A frozen dataset as observations: from its Parquet files straight into columns of numbers. */
import { join } from 'node:path';
import type { CalendarEntry } from '../../domain/calendar.js';
import { Numbered } from '../numbered.js';
import type { Observations, ObservedAdjustments, ObservedUses } from '../observations.js';
import { readCalendar } from './calendar-file.js';
import { type DatasetFolder, readFolder, requireSound } from './folder.js';
import { type ColumnTarget, readColumns } from './parquet-columns.js';
import type { TableName } from './tables.js';

export interface OpenDatasetOptions {
  /** Reads every file and compares its checksum first; by default the files are believed. */
  readonly verify?: boolean;
}

/** Milliseconds of the file's times in a second. */
const MS = 1000;

/**
 * Opens the dataset in a folder.
 * @throws AppError `not_found` where there is none, `invalid` where it is not what was built
 */
export async function openDataset(folder: string, options: OpenDatasetOptions = {}): Promise<Observations> {
  const dataset = await readFolder(folder);
  if (options.verify === true) await requireSound(dataset);
  const { manifest, version } = dataset;
  const types = new Numbered();
  const payments = await readPayments(dataset, types);
  const adjustments = await readAdjustments(dataset, types);
  const uses = await readUses(dataset);
  return {
    provenance: { kind: 'dataset', study: manifest.study, version, sequence: manifest.sequence },
    zone: manifest.zone,
    currency: manifest.currency,
    from: manifest.from,
    to: manifest.to,
    ...payments,
    riders: await readRiders(dataset),
    types: types.texts,
    adjustments,
    calendar: await readEntries(dataset),
    ...(uses && { uses }),
  };
}

type PaymentColumns = Pick<Observations, 'size' | 'rider' | 'type' | 'day' | 'second' | 'price' | 'lag'>;

async function readPayments(dataset: DatasetFolder, types: Numbered): Promise<PaymentColumns> {
  const size = rowsOf(dataset, 'payments');
  const columns = {
    rider: new Int32Array(size),
    type: new Uint16Array(size),
    day: new Int32Array(size),
    second: new Float64Array(size),
    price: new Float64Array(size),
    lag: new Float64Array(size),
  };
  await readTable(dataset, 'payments', [
    { name: 'rider_no', into: columns.rider },
    { name: 'payment_type', into: columns.type, names: types },
    { name: 'local_date', into: columns.day },
    { name: 'logged_on', into: columns.second, divisor: MS },
    { name: 'price', into: columns.price },
    { name: 'capture_lag_s', into: columns.lag },
  ]);
  return { size, ...columns };
}

async function readAdjustments(dataset: DatasetFolder, types: Numbered): Promise<ObservedAdjustments> {
  const size = rowsOf(dataset, 'adjustments');
  const columns = {
    rider: new Int32Array(size),
    type: new Uint16Array(size),
    day: new Int32Array(size),
    amount: new Float64Array(size),
  };
  await readTable(dataset, 'adjustments', [
    { name: 'rider_no', into: columns.rider },
    { name: 'payment_type', into: columns.type, names: types },
    { name: 'local_date', into: columns.day },
    { name: 'amount', into: columns.amount },
  ]);
  return { size, ...columns };
}

/** Undefined where the dataset was built without. */
async function readUses(dataset: DatasetFolder): Promise<ObservedUses | undefined> {
  if (!dataset.manifest.tables.some(({ table }) => table === 'passes')) return undefined;
  const size = rowsOf(dataset, 'passes');
  const columns = { rider: new Int32Array(size), day: new Int32Array(size) };
  await readTable(dataset, 'passes', [
    { name: 'rider_no', into: columns.rider },
    { name: 'local_date', into: columns.day },
  ]);
  return { size, ...columns };
}

async function readRiders(dataset: DatasetFolder): Promise<readonly string[]> {
  const names = new Numbered();
  // Rows are in the order of the numbers, and no pseudonym comes twice: a text's number is its rider's.
  const into = new Int32Array(rowsOf(dataset, 'riders'));
  await readTable(dataset, 'riders', [{ name: 'rider', into, names }]);
  return names.texts;
}

async function readEntries({ folder, manifest }: DatasetFolder): Promise<CalendarEntry[]> {
  const entries: CalendarEntry[] = [];
  for (const part of manifest.tables) {
    if (part.table === 'calendar')
      entries.push(...(await readCalendar(join(folder, part.parquet), manifest.currency)));
  }
  return entries;
}

function rowsOf({ manifest }: DatasetFolder, table: TableName): number {
  return manifest.tables.reduce((sum, part) => sum + (part.table === table ? part.rows : 0), 0);
}

/** All months of a table, one after the other. */
async function readTable(
  { folder, manifest }: DatasetFolder,
  table: TableName,
  targets: readonly ColumnTarget[],
): Promise<void> {
  let at = 0;
  for (const part of manifest.tables) {
    if (part.table === table) at += await readColumns(join(folder, part.parquet), targets, at);
  }
}
