/** Farelog on SQLite, the embedded default: write-ahead log, `synchronous=FULL`, one writer. */
import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { Knex } from 'knex';
import type { AuditEvent } from '../domain/audit.js';
import type { Batch } from '../domain/outcome.js';
import {
  type BatchResult,
  type FailureKind,
  isStaleCode,
  type Rebuild,
  type Reporting,
  type Store,
} from './dialect.js';
import { emptyLedger } from './ledger.js';
import { LOCK_WAIT_MS, SqliteThread } from './sqlite-thread.js';
import { SqliteWriter } from './sqlite-writer.js';
import { Deadline, type TimeLimit } from './time-limit.js';

export class SqliteStore implements Store {
  readonly dialect = 'sqlite';
  readonly writers = 1;
  readonly knex: Knex;
  readonly #ownsKnex: boolean;
  readonly #reporting: Reporting;
  /** Undefined for a database in memory, which only Knex's one connection can see. */
  readonly #thread: SqliteThread | undefined;
  readonly #inPlace = new WeakMap<Database.Database, SqliteWriter>();

  constructor(knex: Knex, reporting: Reporting, ownsKnex: boolean) {
    this.knex = knex;
    this.#ownsKnex = ownsKnex;
    this.#reporting = reporting;
    const file: unknown = knex.client.connectionSettings?.filename;
    const onDisk = typeof file === 'string' && file !== '' && !file.includes(':memory:');
    this.#thread = onDisk ? new SqliteThread(file, reporting) : undefined;
  }

  async commit(batch: Batch): Promise<BatchResult> {
    if (this.#thread !== undefined) return this.#thread.commit(batch);
    return this.#inMemory((writer) => writer.commit(batch));
  }

  /** By the writer thread too: two connections that write by turns would mostly wait for each other's lock. */
  async appendAudit(events: readonly AuditEvent[]): Promise<void> {
    if (this.#thread !== undefined) return this.#thread.appendAudit(events);
    return this.#inMemory((writer) => writer.appendAudit(events));
  }

  async #inMemory<T>(write: (writer: SqliteWriter) => T): Promise<T> {
    const db: Database.Database = await this.knex.client.acquireConnection();
    try {
      return write(this.#writerOn(db));
    } finally {
      await this.knex.client.releaseConnection(db);
    }
  }

  #writerOn(db: Database.Database): SqliteWriter {
    const writer = this.#inPlace.get(db) ?? new SqliteWriter(db, this.#reporting);
    this.#inPlace.set(db, writer);
    return writer;
  }

  async write<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    const deadline = performance.now() + LOCK_WAIT_MS;
    for (;;) {
      try {
        return await this.knex.transaction(work);
      } catch (error) {
        if (this.classify(error) !== 'retry' || performance.now() > deadline) throw error;
        await sleep(10 + Math.random() * 40);
      }
    }
  }

  snapshot<T>(work: (trx: Knex.Transaction) => Promise<T>, limit?: TimeLimit): Promise<T> {
    if (limit === undefined) return this.knex.transaction(work);
    const deadline = new Deadline(limit);
    return this.knex.transaction(async (trx) => {
      deadline.watchStatements(trx);
      deadline.watchRows(trx, await trx.client.acquireConnection());
      try {
        return await work(trx);
      } catch (error) {
        throw deadline.explain(error);
      }
    });
  }

  rebuild(work: (rebuild: Rebuild) => Promise<void>): Promise<void> {
    return this.write(async (trx) => {
      // The first statement writes, so the transaction holds the write lock from here to its end.
      await emptyLedger(trx);
      const db: Database.Database = await trx.client.acquireConnection();
      const writer = this.#writerOn(db);
      await work({ trx, addCaptures: async (rows) => writer.addCaptures(rows) });
    });
  }

  classify(error: unknown): FailureKind {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (/^SQLITE_(BUSY|LOCKED)/.test(code) || isStaleCode(code)) return 'retry';
    if (/^SQLITE_IOERR/.test(code) || code === 'FARELOG_THREAD_ENDED') return 'lost';
    if (/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(code)) return 'refused';
    return 'unavailable';
  }

  /** By the writer thread, since a large file takes its time; what comes meanwhile waits there. */
  async scrub(erased: readonly string[]): Promise<boolean> {
    return this.#thread === undefined || this.#thread.scrub(erased);
  }

  textOf(column: string): string {
    return column;
  }

  async close(): Promise<void> {
    await this.#thread?.close();
    if (this.#ownsKnex) await this.knex.destroy();
  }
}
