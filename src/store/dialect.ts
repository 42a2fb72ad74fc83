/** The one seam between Farelog and its databases: what a dialect must do, and how its errors are read. */
import type { Knex } from 'knex';
import type { AuditEvent } from '../domain/audit.js';
import type { CaptureRollup } from '../domain/capture-rollup.js';
import type { LedgerCalendar } from '../domain/ledger.js';
import type { Currency } from '../domain/money.js';
import type { AdjustmentDelivery, Batch, PaymentOutcome } from '../domain/outcome.js';
import type { PaymentRow } from '../domain/payment.js';
import type { TimeLimit } from './time-limit.js';

export type Dialect = 'sqlite' | 'mysql';

/** What payments are counted with. */
export interface Reporting {
  readonly calendar: LedgerCalendar;
  readonly currency: Currency;
}

/** What one committed transaction did. */
export interface BatchResult {
  /** One per delivery, in order. */
  readonly outcomes: readonly PaymentOutcome[];
  /** Rows the database held before the batch, for its duplicates and conflicts. */
  readonly existing: readonly PaymentRow[];
  /** One per adjustment, in order; absent where there was none. */
  readonly adjustmentOutcomes?: readonly PaymentOutcome[];
  /** Adjustments the database held before the batch, for its duplicates and conflicts. */
  readonly existingAdjustments?: readonly AdjustmentDelivery[];
  /** One id per quarantined delivery, in order. */
  readonly quarantineIds: readonly number[];
}

/**
 * What a failed transaction means for the caller.
 * - `retry`: nothing was written; the same transaction may succeed at once (deadlock, lock timeout, lost race).
 * - `lost`: the connection broke, at COMMIT with unknown outcome; the same transaction, tried again, finds out.
 * - `unavailable`: the database cannot take it now (down, full, read only).
 * - `refused`: the database refuses this very data; trying again cannot help.
 */
export type FailureKind = 'retry' | 'lost' | 'unavailable' | 'refused';

/** The code of an error whose batch was prepared before an erasure that has been committed since. */
const STALE_ERASURES = 'FARELOG_STALE_ERASURES';

/** @throws where a batch heeds other erasures than there are */
export function refuseStale(batch: Batch, erasures: unknown): void {
  if (Number(erasures ?? 0) === (batch.erasures ?? 0)) return;
  const error = new Error('riders were erased since this batch was prepared');
  throw Object.assign(error, { code: STALE_ERASURES });
}

/** Whether nothing was written because riders were erased meanwhile: the batch is to be prepared again. */
export function isStale(error: unknown): boolean {
  return error instanceof Error && 'code' in error && isStaleCode(error.code);
}

/** Errors lose their class on the way from a thread, but not their code. */
export function isStaleCode(code: unknown): boolean {
  return code === STALE_ERASURES;
}

export interface Store {
  readonly dialect: Dialect;
  /** For reads, migrations and administration; payments and captures are written by `commit` only. */
  readonly knex: Knex;
  /** How many batches can be committed side by side. */
  readonly writers: number;
  /** Commits one batch in one transaction, with `writer` (from 0) naming the shard of its own for capture counts. */
  commit(batch: Batch, writer: number): Promise<BatchResult>;
  /** Appends to the audit's chain in a transaction of its own. */
  appendAudit(events: readonly AuditEvent[]): Promise<void>;
  /** Runs `work` in a transaction, again where that can help; for administration. */
  write<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs reads that all see one state of the database, whatever is committed meanwhile.
   * @throws AppError `too_slow` where they take longer than `limit`
   */
  snapshot<T>(work: (trx: Knex.Transaction) => Promise<T>, limit?: TimeLimit): Promise<T>;
  /** Holds off every writer, empties the ledger, lets `work` make it again, and makes all of it visible at once. */
  rebuild(work: (rebuild: Rebuild) => Promise<void>): Promise<void>;
  /**
   * Takes what was erased off the disk, as far as this database leaves it lying about.
   * @returns false where it may lie there still, since others were reading or writing
   */
  scrub(erased: readonly string[]): Promise<boolean>;
  classify(error: unknown): FailureKind;
  /** SQL for a column of UTC text `YYYY-MM-DD HH:MM:SS`, whatever the driver makes of dates. */
  textOf(column: string): string;
  close(): Promise<void>;
}

/** The inside of a rebuild's transaction. */
export interface Rebuild {
  readonly trx: Knex;
  addCaptures(rows: readonly CaptureRollup[]): Promise<void>;
}

export const PAYMENTS = 'hntb_bytemark_order_payments';

/** The dialect of a Knex instance; undefined for one that Farelog does not speak. */
export function dialectOf(knex: Knex): Dialect | undefined {
  const client: unknown = knex.client.config.client;
  if (client === 'better-sqlite3') return 'sqlite';
  if (client === 'mysql2' || client === 'mysql') return 'mysql';
  return undefined;
}
