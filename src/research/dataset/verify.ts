/**
 * Whether a dataset is what was built. Three questions, the next only where the one before found nothing: are the files
 * those of the checksums; do they say what such a dataset says (its descriptor, its columns, CSV and Parquet the same
 * rows); and do its sums come out of its rows.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { SchemaElement } from 'hyparquet';
import { messageOf } from '../../domain/errors.js';
import { formatMinor } from '../../domain/money.js';
import { Zone } from '../../domain/time.js';
import { dateOf, monthOf, monthText } from '../days.js';
import { type Rows, sizeOf } from './cells.js';
import { CsvFile, type Sink } from './csv-file.js';
import { DESCRIPTOR } from './descriptor.js';
import { type DatasetFolder, differingFiles, readFolder } from './folder.js';
import { MANIFEST, type Manifest } from './manifest.js';
import { ParquetSource } from './parquet-columns.js';
import { schemaOf } from './parquet-file.js';
import { readGroups } from './read-rows.js';
import type { TablePart } from './table-writer.js';
import { TABLES, type TableName } from './tables.js';
import { quotingTexts } from './texts.js';
import { DatasetTotals } from './totals.js';

export interface DatasetProblem {
  readonly path: string;
  readonly problem: 'changed' | 'missing' | 'not_in_checksums' | 'version' | 'schema' | 'rows' | 'totals';
  readonly detail: string;
}

export interface DatasetVerification {
  readonly ok: boolean;
  readonly folder: string;
  readonly version: string;
  readonly files: number;
  readonly payments: number;
  readonly problems: readonly DatasetProblem[];
}

export interface VerifyDatasetOptions {
  /** The version that it must have, as it was noted or cited. */
  readonly expected?: string | undefined;
  readonly onProgress?: ((done: string) => void) | undefined;
}

/** @throws AppError `not_found` where there is no dataset, `invalid` where its manifest or checksums cannot be read */
export async function verifyDataset(
  folder: string,
  { expected, onProgress = () => undefined }: VerifyDatasetOptions = {},
): Promise<DatasetVerification> {
  const dataset = await readFolder(folder);
  const { manifest, version, checksums } = dataset;
  const problems: DatasetProblem[] = [];
  if (expected !== undefined && expected !== version)
    problems.push({ path: '', problem: 'version', detail: `the version is ${version}, not ${expected}` });
  for (const { path, problem } of await differingFiles(dataset, (files) => onProgress(`${files} files`)))
    problems.push({ path, problem, detail: DIFFERENCES[problem] });
  if (problems.length === 0) problems.push(...(await differingTexts(dataset)));
  if (problems.length === 0) problems.push(...(await new Contents(dataset, onProgress).check()));
  const { payments } = manifest;
  return { ok: problems.length === 0, folder, version, files: checksums.size, payments, problems };
}

const DIFFERENCES = {
  changed: 'its bytes are not those of its checksum',
  missing: 'it has a checksum and is not there',
  not_in_checksums: 'it has no checksum, so the build did not make it',
} as const;

/** Files that quote the version and quote another, and a descriptor that describes other tables. */
async function differingTexts({ folder, manifest, version }: DatasetFolder): Promise<DatasetProblem[]> {
  const problems: DatasetProblem[] = [];
  for (const [path, expected] of quotingTexts(manifest, version)) {
    const text = await readFile(join(folder, path), 'utf8');
    if (!text.includes(version))
      problems.push({ path, problem: 'version', detail: `it does not quote the version ${version}` });
    else if (path === DESCRIPTOR && !isDeepStrictEqual(structureOf(text), structureOf(expected)))
      problems.push({ path, problem: 'schema', detail: 'its tables are not those of the codebook' });
  }
  return problems;
}

/** JSON without what is only said of it: words may be put better by a later Farelog. */
function structureOf(json: string): unknown {
  try {
    return JSON.parse(json, (key, value: unknown) => (WORDS.has(key) ? undefined : value));
  } catch {
    return undefined;
  }
}

const WORDS: ReadonlySet<string> = new Set(['title', 'description']);

/** Keeps a digest and nothing else. */
class Digest implements Sink<string> {
  readonly #hash = createHash('sha256');

  write(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  end(): string {
    return this.#hash.digest('hex');
  }

  abandon(): void {}
}

/** Reads every table once, in the order in which the build has written them. */
class Contents {
  readonly #problems: DatasetProblem[] = [];
  readonly #zone: Zone | undefined;
  #payments = 0;
  #lastSecond = 0;

  constructor(
    readonly dataset: DatasetFolder,
    readonly onProgress: (done: string) => void,
  ) {
    this.#zone = Zone.of(dataset.manifest.zone);
  }

  async check(): Promise<DatasetProblem[]> {
    const { manifest } = this.dataset;
    const riders = await this.#rowsOf('riders');
    const totals = new DatasetTotals(Array.from<unknown>(riders[1] ?? []).map(String));
    await this.#each('payments', (rows, part) => this.#addPayments(totals, rows, part));
    await this.#each('adjustments', (rows) => addAdjustments(totals, rows));
    for (const name of ['calendar', 'passes'] as const) await this.#each(name, () => undefined);
    if (this.#problems.length > 0) return this.#problems;
    this.#compareSums(manifest, totals);
    this.#compareRows('riders', totals.riders(), riders);
    this.#compareRows('daily', totals.daily(), await this.#rowsOf('daily'));
    this.#compareRows('monthly', totals.monthly(), await this.#rowsOf('monthly'));
    return this.#problems;
  }

  #tell(path: string, problem: DatasetProblem['problem'], detail: string): void {
    this.#problems.push({ path, problem, detail });
  }

  /** Rows of a table that has one file and is small. */
  async #rowsOf(name: TableName): Promise<Rows> {
    const groups: Rows[] = [];
    await this.#each(name, (rows) => {
      groups.push(rows);
    });
    return groups[0] ?? TABLES[name].columns.map(() => []);
  }

  /** Hands over every group of rows of a table, and holds its files against its columns, its counts and its CSV. */
  async #each(name: TableName, take: (rows: Rows, part: TablePart) => void): Promise<void> {
    const { manifest } = this.dataset;
    for (const part of manifest.tables.filter(({ table }) => table === name)) {
      try {
        await this.#checkPart(part, take);
      } catch (error) {
        this.#tell(part.parquet, 'schema', `it cannot be read: ${messageOf(error)}`);
      }
      this.onProgress(`${part.table} ${part.month ?? ''}`);
    }
  }

  async #checkPart(part: TablePart, take: (rows: Rows, part: TablePart) => void): Promise<void> {
    const { folder, manifest, checksums } = this.dataset;
    const table = TABLES[part.table];
    const source = await ParquetSource.open(join(folder, part.parquet));
    try {
      const columns = source.metadata.schema.slice(1).map(shapeOf);
      const expected = schemaOf(table, manifest.currency).slice(1).map(shapeOf);
      if (!isDeepStrictEqual(columns, expected)) {
        this.#tell(part.parquet, 'schema', 'its columns are not those of the codebook');
        return;
      }
      if (source.rows !== part.rows)
        this.#tell(part.parquet, 'rows', `it has ${source.rows} rows, and the manifest says ${part.rows}`);
      const csv = new CsvFile(new Digest(), table, manifest.currency);
      for await (const rows of readGroups(source, table)) {
        csv.write(rows);
        take(rows, part);
      }
      if (csv.end() !== checksums.get(part.csv))
        this.#tell(part.csv, 'rows', `its rows are not those of ${part.parquet}`);
    } finally {
      await source.close();
    }
  }

  #addPayments(totals: DatasetTotals, rows: Rows, { parquet: path, month }: TablePart): void {
    const [number = [], second = [], day = [], rider = [], type = [], price = []] = rows;
    for (let at = 0; at < sizeOf(rows); at++) {
      const [instant, date] = [Number(second[at]), Number(day[at])];
      this.#payments++;
      if (Number(number[at]) !== this.#payments || instant < this.#lastSecond) {
        this.#tell(path, 'rows', `payment ${number[at]} is out of order`);
        return;
      }
      this.#lastSecond = instant;
      const local = this.#zone === undefined ? date * 86_400 : this.#zone.localOf(instant);
      if (Math.floor(local / 86_400) !== date || monthText(monthOf(date)) !== month) {
        this.#tell(path, 'rows', `payment ${number[at]} was not made on ${dateOf(date)}`);
        return;
      }
      totals.payment(date, String(type[at]), Number(rider[at]), Number(price[at]));
    }
  }

  #compareSums(manifest: Manifest, totals: DatasetTotals): void {
    const { currency } = manifest;
    const money = (minor: bigint): string => formatMinor(minor, currency);
    for (const [what, said, found] of [
      ['payments', String(manifest.payments), String(totals.payments)],
      ['riders', String(manifest.riders), String(totals.names.length)],
      ['revenue', money(BigInt(manifest.revenue_minor)), money(totals.revenue.value)],
      ['adjustments', String(manifest.adjustments), String(totals.adjustments)],
      ['adjusted', money(BigInt(manifest.adjusted_minor)), money(totals.adjusted.value)],
    ] as const)
      if (said !== found) this.#tell(MANIFEST, 'totals', `${what} is ${said}, and its rows come to ${found}`);
  }

  #compareRows(name: TableName, expected: Rows, found: Rows): void {
    const path = this.dataset.manifest.tables.find(({ table }) => table === name)?.parquet ?? name;
    for (const [index, column] of TABLES[name].columns.entries()) {
      const [own, other] = [expected[index] ?? [], found[index] ?? []];
      for (let at = 0; at < Math.max(own.length, other.length); at++) {
        if (plain(own[at]) === plain(other[at])) continue;
        this.#tell(path, 'totals', `${column.name} of row ${at + 1} is not what the rows come to`);
        break;
      }
    }
  }
}

function addAdjustments(totals: DatasetTotals, rows: Rows): void {
  const [, day = [], , type = [], , amount = []] = rows;
  for (let at = 0; at < sizeOf(rows); at++)
    totals.adjustment(Number(day[at]), String(type[at]), Number(amount[at]));
}

/** What a column is, without what a file adds when it is read. */
function shapeOf({ name, type, repetition_type, converted_type, precision, scale }: SchemaElement): object {
  return { name, type, repetition_type, converted_type, precision, scale };
}

const plain = (cell: number | bigint | string | null | undefined): number | string | null =>
  typeof cell === 'bigint' ? Number(cell) : (cell ?? null);
