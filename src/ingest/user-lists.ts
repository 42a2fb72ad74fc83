/** Lists of the portal's users, from CSV files: who counts, and who is a test account and when. */
import { readFileSync, statSync } from 'node:fs';
import { AppError } from '../domain/errors.js';
import { parseInstant, type Span, type Zone } from '../domain/time.js';
import { CsvReader, type CsvRecord, guessDelimiter } from './csv-records.js';
import { digestOf, type SealKey } from './seal.js';

/** From when until when a user is a test account: half-open, seconds since 1970. */
export type TestAccounts = ReadonlyMap<string, readonly Span[]>;

/** They are held in memory. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** @throws AppError `usage` naming the file and its line */
export function readUsers(file: string): ReadonlySet<string> {
  const users = new Set<string>();
  for (const [userId] of rowsOf(file, ['user_id'])) users.add(userId ?? '');
  return users;
}

/**
 * Reads `user_id,from,to`: an account is one for tests from `from` on and before `to`. An empty `from` means always until
 * then, an empty `to` until further notice. A date is its first moment.
 * @param zone of dates and of times without offset
 * @throws AppError `usage` naming the file and its line
 */
export function readTestAccounts(file: string, zone: Zone): TestAccounts {
  const accounts = new Map<string, Span[]>();
  let line = 1;
  for (const [userId = '', from = '', to = ''] of rowsOf(file, ['user_id', 'from', 'to'])) {
    line++;
    const span = {
      from: from === '' ? Number.NEGATIVE_INFINITY : moment(file, line, 'from', from, zone),
      to: to === '' ? Number.POSITIVE_INFINITY : moment(file, line, 'to', to, zone),
    };
    if (span.from >= span.to) throw new AppError('usage', `${file}: row ${line}: from must lie before to.`);
    const known = accounts.get(userId);
    if (known === undefined) accounts.set(userId, [span]);
    else known.push(span);
  }
  return accounts;
}

export function isTestAccount(accounts: TestAccounts, userId: string, second: number): boolean {
  return accounts.get(userId)?.some(({ from, to }) => from <= second && second < to) ?? false;
}

/** A digest of who counts and who is left out, keyed since an id alone could be guessed from it. */
export function usersKeyOf(
  table: object | null,
  users: ReadonlySet<string> | null,
  accounts: TestAccounts,
  key: SealKey,
): string {
  const listed = users === null ? null : [...users].sort();
  const text = JSON.stringify([table, listed, [...accounts].sort(([a], [b]) => (a < b ? -1 : 1))]);
  return digestOf('sync users', Buffer.from(text), key);
}

function moment(file: string, row: number, name: string, text: string, zone: Zone): number {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const instant = parseInstant(isDate ? `${text}T00:00:00Z` : text, { format: 'iso', zone });
  if (!instant.ok) throw new AppError('usage', `${file}: row ${row}: ${name} ${instant.message}.`);
  return isDate ? zone.startOf(instant.second) : instant.second;
}

/** The cells of the named columns, row by row. One that cannot be read is no row to be passed over: the list decides. */
function rowsOf(file: string, columns: readonly string[]): (string | undefined)[][] {
  const text = textOf(file);
  const reader = new CsvReader(guessDelimiter(text.split('\n', 1)[0] ?? ''));
  const [header, ...records] = [...reader.push(text), ...reader.end()];
  const names = header?.cells.map((name) => name.trim().toLowerCase()) ?? [];
  const at = columns.map((column) => names.indexOf(column));
  if (header === undefined || header.fault !== null || at.includes(-1))
    throw new AppError('usage', `${file} must begin with the header ${columns.join(',')}.`);
  return records.map((record: CsvRecord, index) => {
    const cells = at.map((column) => record.cells[column]?.trim());
    if (record.fault !== null || record.cells.length !== names.length || !cells[0])
      throw new AppError('usage', `${file}: row ${index + 2} is no row of ${columns.join(',')}.`);
    return cells;
  });
}

function textOf(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MAX_FILE_BYTES)
      throw new AppError('usage', `${file} has ${size} bytes; a list may have ${MAX_FILE_BYTES}.`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('usage', `${file} cannot be read as a file of UTF-8 text.`, { cause: error });
  }
}
