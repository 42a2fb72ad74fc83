/**
 * The writer thread of an SQLite file, and its handle on the main thread.
 *
 * The thread holds the only writing connection of this process and commits one batch at a time (or rows of the audit),
 * in the order in which they were posted. Modes: running → (an I/O error closes the connection; the next batch opens it again) → closed.
 * Should the thread itself die, everything it had not answered is rejected as unknown and the next batch starts a new
 * thread. Trade-off: a batch is copied between threads, some microseconds a payment, and in return fsync, checkpoints
 * and other processes' locks (waited for up to 5 s) never hold up the event loop.
 */
import { extname } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { AuditEvent } from '../domain/audit.js';
import { messageOf } from '../domain/errors.js';
import { LedgerCalendar } from '../domain/ledger.js';
import { currencyOf } from '../domain/money.js';
import type { Batch } from '../domain/outcome.js';
import { Zone } from '../domain/time.js';
import type { BatchResult, Reporting } from './dialect.js';
import { scrubFile } from './sqlite-scrub.js';
import {
  type PackedBatch,
  type PackedResult,
  packBatch,
  packResult,
  unpackBatch,
  unpackResult,
} from './sqlite-wire.js';
import { SqliteWriter } from './sqlite-writer.js';

/** How long a transaction waits for another process's lock before it gives up as busy. */
export const LOCK_WAIT_MS = 5_000;

/** Pages the log may grow to before it is written back into the file: fewer, larger write-backs. */
const CHECKPOINT_PAGES = 16_000;
const CACHE_KIB = 65_536;

/** Settings of every connection. FULL: a committed transaction survives a power cut. */
export function openSqlite(file: string, lockWaitMs: number): Database.Database {
  const db = new Database(file, { timeout: lockWaitMs });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.pragma(`cache_size = -${CACHE_KIB}`);
  return db;
}

interface ThreadData {
  readonly farelogSqliteThread: true;
  readonly file: string;
  readonly zone: string;
  /** Known already where the thread is started; finding it out anew would cost it some tens of milliseconds. */
  readonly grainS: number;
  readonly currency: string;
}

/** Rows for the audit, instead of a batch. */
interface AuditMessage {
  readonly audit: readonly AuditEvent[];
}

/** What was erased and must not be found in the file any more. */
interface ScrubMessage {
  readonly scrub: readonly string[];
}

type Message = PackedBatch | AuditMessage | ScrubMessage;

type Answer =
  /** Null where nothing but its being done is told; of a scrub, whether it is clean. */
  | { readonly ok: true; readonly result: PackedResult | boolean | null }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** A failure in the thread, with SQLite's own code, since errors lose their class on the way. */
export class SqliteThreadError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Waiting {
  readonly resolve: (result: PackedResult | boolean | null) => void;
  readonly reject: (error: Error) => void;
}

export class SqliteThread {
  readonly #data: ThreadData;
  #worker: Worker | undefined;
  #waiting: Waiting[] = [];

  constructor(file: string, reporting: Reporting) {
    const { calendar, currency } = reporting;
    const { zone, grainS } = calendar;
    this.#data = { farelogSqliteThread: true, file, zone: zone.name, grainS, currency: currency.code };
  }

  async commit(batch: Batch): Promise<BatchResult> {
    const result = await this.#post(packBatch(batch));
    if (result === null || typeof result === 'boolean') throw new Error('the writer thread gave no result');
    return unpackResult(result);
  }

  async appendAudit(audit: readonly AuditEvent[]): Promise<void> {
    await this.#post({ audit });
  }

  async scrub(erased: readonly string[]): Promise<boolean> {
    return (await this.#post({ scrub: erased })) === true;
  }

  #post(message: Message): Promise<PackedResult | boolean | null> {
    const worker = this.#running();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      worker.postMessage(message);
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage(null);
    await ended;
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    // This very module, as .js where it is compiled and as .ts under a TypeScript loader.
    const module = new URL(`./sqlite-thread${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(module, { workerData: this.#data });
    worker.on('message', (answer: Answer) => {
      const waiting = this.#waiting.shift();
      if (answer.ok) waiting?.resolve(answer.result);
      else waiting?.reject(new SqliteThreadError(answer.code, answer.message));
    });
    worker.on('error', (error: Error) => this.#ended(worker, error.message));
    worker.on('exit', () => this.#ended(worker, 'the writer thread ended'));
    this.#worker = worker;
    return worker;
  }

  #ended(worker: Worker, message: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(new SqliteThreadError('FARELOG_THREAD_ENDED', message));
  }
}

/** Codes after which a connection is no longer trusted: what it holds in memory may not be what the disk holds. */
function isBroken(code: string): boolean {
  return /^SQLITE_(IOERR|CORRUPT|NOTADB|CANTOPEN)/.test(code);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
}

function runThread(data: ThreadData): void {
  const zone = Zone.of(data.zone);
  const currency = currencyOf(data.currency);
  if (zone === undefined || currency === undefined)
    throw new Error('the writer thread got no zone or currency');
  const reporting: Reporting = { calendar: new LedgerCalendar(zone, data.grainS), currency };
  let open: { db: Database.Database; writer: SqliteWriter } | undefined;
  const connect = (): { db: Database.Database; writer: SqliteWriter } => {
    const db = openSqlite(data.file, LOCK_WAIT_MS);
    try {
      return { db, writer: new SqliteWriter(db, reporting) };
    } catch (error) {
      db.close();
      throw error;
    }
  };
  const write = ({ db, writer }: { db: Database.Database; writer: SqliteWriter }, message: Message) => {
    if ('scrub' in message) return scrubFile(db, data.file, message.scrub);
    if (!('audit' in message)) return packResult(writer.commit(unpackBatch(message)));
    writer.appendAudit(message.audit);
    return null;
  };
  const answer = (message: Message): Answer => {
    try {
      open ??= connect();
      return { ok: true, result: write(open, message) };
    } catch (error) {
      const code = codeOf(error);
      if (isBroken(code)) {
        open?.db.close();
        open = undefined;
      }
      return { ok: false, code, message: messageOf(error) };
    }
  };
  parentPort?.on('message', (message: Message | null) => {
    if (message !== null) {
      parentPort?.postMessage(answer(message));
      return;
    }
    open?.db.close();
    parentPort?.close();
  });
}

function isThreadData(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'farelogSqliteThread' in data;
}

if (!isMainThread && isThreadData(workerData)) runThread(workerData);
