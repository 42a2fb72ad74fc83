/** The ledger's tables: blocks by section and period, and the numbers under which blocks know types and riders. */
import type { Knex } from 'knex';
import { type Entries, type Section, totalsOf } from '../domain/ledger.js';
import { encodeEntries } from '../domain/ledger-bytes.js';
import { dialectOf } from './dialect.js';

const LEDGER = 'farelog_ledger';
const KEYS = 'farelog_ledger_keys';

/** What a rebuild writes. */
export const LEDGER_TABLES = [
  LEDGER,
  KEYS,
  'farelog_journal',
  'farelog_capture_hourly',
  'farelog_adjustments',
] as const;

/** Parameters of one statement are limited; in SQLite, so are the rows of an INSERT as Knex writes it, to 500. */
const CHUNK = 1_000;
const INSERT_ROWS = 400;

/** Empties what a rebuild makes again from payments and captures; other outcomes have no rows to make them from. */
export async function emptyLedger(trx: Knex): Promise<void> {
  await trx(LEDGER).delete();
  await trx('farelog_journal').delete();
  await trx('farelog_capture_hourly').where({ outcome: 'recorded', reason: '' }).delete();
}

const VERSION = 'ledger_version';

/** How often the ledger was written: what was read of it is of now as long as this stands. */
export async function ledgerVersion(knex: Knex): Promise<number> {
  const row: { value: string } | undefined = await knex('farelog_meta').where('name', VERSION).first();
  return Math.trunc(Number(row?.value ?? 0));
}

/**
 * Raises the version from the one that was seen. As the first write of its transaction it also holds off every other
 * writer of the ledger until this one ends, of this process or another; false where one has come between.
 */
export async function claimVersion(trx: Knex, seen: number): Promise<boolean> {
  const raised = await trx('farelog_meta')
    .where({ name: VERSION, value: String(seen) })
    .update({ value: String(seen + 1) });
  return raised === 1;
}

/** Raises the version, whatever it is; returns the new one. Holds off other writers of the ledger in the same way. */
export async function nextVersion(trx: Knex): Promise<number> {
  await trx('farelog_meta')
    .where('name', VERSION)
    .update({ value: trx.raw('CAST(value + 1 AS CHAR)') });
  return ledgerVersion(trx);
}

/** Versions of a section's blocks whose period lies between two, both included; ascending. */
export async function blockVersions(
  knex: Knex,
  section: Section,
  from: number,
  to: number,
): Promise<{ period: number; version: number }[]> {
  const rows: { period: number; version: number }[] = await knex(LEDGER)
    .select('period', 'version')
    .where({ section })
    .where('period', '>=', from)
    .where('period', '<=', to)
    .orderBy('period');
  return rows.map((row) => ({ period: Number(row.period), version: Number(row.version) }));
}

export interface StoredBlock {
  readonly period: number;
  readonly version: number;
  /** What the entries add up to, for plain SQL. */
  readonly payments: number;
  readonly minor: bigint;
  readonly data: Buffer;
}

/** The blocks of the given periods that are there. */
export async function readBlocks(
  knex: Knex,
  section: Section,
  periods: readonly number[],
): Promise<StoredBlock[]> {
  const found: StoredBlock[] = [];
  for (let at = 0; at < periods.length; at += CHUNK) {
    const rows: (Omit<StoredBlock, 'minor'> & { minor: string })[] = await knex(LEDGER)
      .select('period', 'version', 'payments', knex.raw('CAST(minor AS CHAR) AS minor'), 'data')
      .where({ section })
      .whereIn('period', periods.slice(at, at + CHUNK));
    for (const { period, version, payments, minor, data } of rows) {
      found.push({
        period: Number(period),
        version: Number(version),
        payments: Number(payments),
        minor: BigInt(minor),
        data,
      });
    }
  }
  return found;
}

/** Every period that has a block of a section; ascending. */
export async function blockPeriods(knex: Knex, section: Section): Promise<number[]> {
  const rows: { period: number }[] = await knex(LEDGER).select('period').where({ section }).orderBy('period');
  return rows.map((row) => Number(row.period));
}

/** A block as it is stored. */
export interface BlockRow {
  readonly section: Section;
  readonly period: number;
  readonly version: number;
  readonly payments: number;
  readonly minor: string;
  readonly data: Buffer;
}

export function blockRow(section: Section, period: number, version: number, entries: Entries): BlockRow {
  const { payments, minor } = totalsOf(entries);
  return { section, period, version, payments, minor: String(minor), data: encodeEntries(entries) };
}

export async function saveBlock(trx: Knex, row: BlockRow): Promise<void> {
  await trx(LEDGER)
    .insert(row)
    .onConflict(['section', 'period'])
    .merge(['version', 'payments', 'minor', 'data']);
}

/** What a number stands for. */
export type KeyKind = 'type' | 'rider';

/** A name as the database compares it: bytes on MySQL, where text would take capitals for equal. */
function nameOf(knex: Knex, name: string): string | Buffer {
  return dialectOf(knex) === 'sqlite' ? name : Buffer.from(name, 'utf8');
}

interface KeyRow {
  readonly no: number;
  readonly name: string | Buffer;
}

function fromRows(rows: readonly KeyRow[]): [string, number][] {
  return rows.map(({ no, name }) => [String(name), Number(no)]);
}

/** The numbers of those names that have one. */
export async function keyNumbers(
  knex: Knex,
  kind: KeyKind,
  names: readonly string[],
): Promise<Map<string, number>> {
  const found: [string, number][] = [];
  for (let at = 0; at < names.length; at += CHUNK) {
    const some = names.slice(at, at + CHUNK).map((name) => nameOf(knex, name));
    const rows: KeyRow[] = await knex(KEYS).select('no', 'name').where({ kind }).whereIn('name', some);
    found.push(...fromRows(rows));
  }
  return new Map(found);
}

/** Every name of a kind with its number. */
export async function allKeys(knex: Knex, kind: KeyKind): Promise<Map<string, number>> {
  const rows: KeyRow[] = await knex(KEYS).select('no', 'name').where({ kind });
  return new Map(fromRows(rows));
}

/** The names of those numbers. */
export async function keyNames(
  knex: Knex,
  kind: KeyKind,
  numbers: readonly number[],
): Promise<Map<number, string>> {
  const found: [number, string][] = [];
  for (let at = 0; at < numbers.length; at += CHUNK) {
    const some = numbers.slice(at, at + CHUNK);
    const rows: KeyRow[] = await knex(KEYS).select('no', 'name').where({ kind }).whereIn('no', some);
    found.push(...fromRows(rows).map(([name, no]): [number, string] => [no, name]));
  }
  return new Map(found);
}

/** The number that the next new name of a kind gets; numbers begin at 0, and those of erased riders are gaps. */
export async function nextKeyNumber(knex: Knex, kind: KeyKind): Promise<number> {
  const row = await knex(KEYS).where({ kind }).max({ no: 'no' }).first();
  return row?.no === null || row?.no === undefined ? 0 : Number(row.no) + 1;
}

export async function insertKeys(
  trx: Knex,
  kind: KeyKind,
  keys: readonly (readonly [name: string, no: number])[],
): Promise<void> {
  for (let at = 0; at < keys.length; at += INSERT_ROWS) {
    const rows = keys
      .slice(at, at + INSERT_ROWS)
      .map(([name, no]) => ({ kind, no, name: nameOf(trx, name) }));
    await trx(KEYS).insert(rows);
  }
}

/** Forgets the names of numbers that no block holds any more. */
export async function deleteKeys(trx: Knex, kind: KeyKind, numbers: readonly number[]): Promise<void> {
  for (let at = 0; at < numbers.length; at += CHUNK) {
    const some = numbers.slice(at, at + CHUNK);
    await trx(KEYS).where({ kind }).whereIn('no', some).delete();
  }
}
