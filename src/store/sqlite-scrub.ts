/**
 * What was deleted from a SQLite file may lie in it still: in the write-ahead log, in free pages, and in the unused
 * part of pages that were split before. `secure_delete` writes over what an erasure itself takes out; whether there is
 * more is found by looking for it in the file's bytes, and then the file is made anew (VACUUM).
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type Database from 'better-sqlite3';

const READ_BYTES = 4 * 1024 * 1024;

/** Deliveries wait meanwhile for the thread that does this, so it does not wait long for readers. */
const WAIT_MS = 1_000;

/** More texts than these are not looked for one by one: the file is made anew without looking. */
const MOST_SEARCHED = 20;

/** @returns false where something may lie there still, since others were reading or writing; it can be tried again */
export function scrubFile(db: Database.Database, file: string, erased: readonly string[]): boolean {
  const before = db.pragma('busy_timeout', { simple: true });
  db.pragma(`busy_timeout = ${WAIT_MS}`);
  try {
    if (!isWrittenBack(db)) return false;
    const searched = erased.slice(0, MOST_SEARCHED);
    if (searched.length === erased.length && !holdsAny(file, searched)) return true;
    db.exec('VACUUM');
    return isWrittenBack(db) && !holdsAny(file, searched);
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  } finally {
    db.pragma(`busy_timeout = ${Number(before)}`);
  }
}

/** Whether the log went into the file and is empty; readers of an older state keep it from that. */
function isWrittenBack(db: Database.Database): boolean {
  const [checkpoint] = checkpointed(db.pragma('wal_checkpoint(TRUNCATE)'));
  return checkpoint?.busy === 0;
}

function checkpointed(rows: unknown): { busy?: unknown }[] {
  return Array.isArray(rows) ? rows : [];
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code));
}

/** Whether a file holds any of the texts; read in pieces that overlap by the longest of them. */
export function holdsAny(file: string, texts: readonly string[]): boolean {
  const needles = texts.map((text) => Buffer.from(text, 'utf8'));
  const overlap = Math.max(0, ...needles.map((needle) => needle.length - 1));
  const buffer = Buffer.alloc(READ_BYTES + overlap);
  const descriptor = openIfThere(file);
  if (descriptor === undefined) return false;
  try {
    for (let kept = 0; ; ) {
      const read = readSync(descriptor, buffer, kept, READ_BYTES, null);
      if (read === 0) return false;
      const held = buffer.subarray(0, kept + read);
      if (needles.some((needle) => held.includes(needle))) return true;
      kept = Math.min(overlap, held.length);
      held.copy(buffer, 0, held.length - kept);
    }
  } finally {
    closeSync(descriptor);
  }
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
