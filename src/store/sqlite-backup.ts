/**
 * A copy of an SQLite database while it is being written: one state of it, whole and checked, or no file at all.
 *
 * `VACUUM INTO` copies under a read transaction, so writers go on; the copying by pages that SQLite also has begins
 * anew whenever another process commits, and under steady payments would never end. What it writes is not flushed, so
 * that is done here, before the copy gets its name.
 */
import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { AppError } from '../domain/errors.js';

export interface Backup {
  readonly file: string;
  readonly bytes: number;
}

/** @throws AppError `usage` where the target is there already, `unavailable` where the copy is not sound */
export function backUpSqlite(file: string, target: string): Backup {
  if (!existsSync(file)) throw new AppError('not_found', `There is no database at ${file}.`);
  if (existsSync(target)) throw taken(target);
  const draft = `${target}.${process.pid}.part`;
  // Payments are nobody else's to read; what is there and empty, SQLite fills and leaves its mode.
  closeSync(openSync(draft, 'wx', 0o600));
  try {
    copy(file, draft);
    check(draft);
    flush(draft);
    // A link never replaces what has come there meanwhile.
    linkSync(draft, target);
    flush(dirname(target));
  } catch (error) {
    throw error instanceof Error && 'code' in error && error.code === 'EEXIST' ? taken(target) : error;
  } finally {
    rmSync(draft, { force: true });
  }
  return { file: target, bytes: statSync(target).size };
}

function taken(target: string): AppError {
  return new AppError('usage', `${target} is there already. Name another file: a backup never replaces one.`);
}

const LOCK_WAIT_MS = 60_000;

function copy(file: string, draft: string): void {
  // As in `openKnexToLook`: neither writes a log back that is there, nor leaves one that was not.
  const db = new Database(file, { readonly: existsSync(`${file}-wal`), timeout: LOCK_WAIT_MS });
  try {
    db.prepare('VACUUM INTO ?').run(draft);
  } finally {
    db.close();
  }
}

function check(draft: string): void {
  // Not read-only: on such a connection SQLite leaves out the constraints.
  const db = new Database(draft);
  try {
    const told = db.pragma('integrity_check', { simple: true });
    if (told === 'ok') return;
    throw new AppError(
      'unavailable',
      `The copy is not sound, and was not kept: ${told}. See docs/backup.md.`,
    );
  } finally {
    db.close();
  }
}

function flush(path: string): void {
  const opened = openSync(path, 'r');
  fsyncSync(opened);
  closeSync(opened);
}
