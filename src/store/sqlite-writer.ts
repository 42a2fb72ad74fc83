/**
 * Commits batches on one SQLite connection, synchronously: statements prepared once, one transaction a batch.
 *
 * It is hosted by a thread of its own (`sqlite-thread.ts`), so that neither fsync nor another process's lock holds
 * up the event loop; a database in memory, which only its own connection can see, is written in place.
 */
import type Database from 'better-sqlite3';
import { type AuditEvent, type AuditLink, chainAfter } from '../domain/audit.js';
import { type CaptureRollup, foldBatch } from '../domain/capture-rollup.js';
import { factOf, journalEntries } from '../domain/journal.js';
import {
  type AdjustmentDelivery,
  type Batch,
  type Delivery,
  firstOfEachAdjustment,
  firstOfEachPayment,
  judge,
  judgeAdjustments,
  type QuarantinedDelivery,
} from '../domain/outcome.js';
import { fromRow, type PaymentRow, toRow } from '../domain/payment.js';
import { type AdjustmentRow, fromAdjustmentRow } from './adjustment-rows.js';
import { type BatchResult, PAYMENTS, type Reporting, refuseStale } from './dialect.js';

/** SQLite has one writer; its counts need but one shard. */
const SHARD = 0;

const SQL = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  insertPayment: `INSERT INTO ${PAYMENTS}
    (payment_id, user_id, order_id, payment_type, total_price, logged_on, created_on, modified_on)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (payment_id) DO NOTHING`,
  selectPayment: `SELECT payment_id, user_id, order_id, payment_type, total_price, logged_on, created_on, modified_on
    FROM ${PAYMENTS} WHERE payment_id = ?`,
  // Replaces the capture of a payment whose row another program deleted, which else could never come back.
  insertCapture: `REPLACE INTO farelog_captures (payment_id, source, raw_method, reference, received_ms)
    VALUES (?, ?, ?, ?, ?)`,
  insertJournal: 'INSERT INTO farelog_journal (month, payments, minor, facts) VALUES (?, ?, ?, ?)',
  insertAdjustment: `INSERT INTO farelog_adjustments
    (adjustment_id, payment_id, kind, amount_minor, adjusted_s, reason, source, received_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (adjustment_id) DO NOTHING`,
  selectAdjustment: `SELECT adjustment_id, payment_id, kind, amount_minor, adjusted_s, reason, source, received_ms
    FROM farelog_adjustments WHERE adjustment_id = ?`,
  addCaptures: `INSERT INTO farelog_capture_hourly (hour_s, source, outcome, reason, shard, deliveries)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET deliveries = deliveries + excluded.deliveries`,
  quarantine: `INSERT INTO farelog_quarantine
    (digest, source, reason, problems, sealed, status, attempts, first_seen_ms, last_seen_ms, expires_ms)
    VALUES (?, ?, ?, ?, ?, 'open', 1, ?, ?, ?)
    ON CONFLICT (digest) DO UPDATE SET attempts = attempts + 1, last_seen_ms = excluded.last_seen_ms,
      sealed = CASE status WHEN 'expired' THEN excluded.sealed ELSE sealed END,
      expires_ms = CASE status WHEN 'expired' THEN excluded.expires_ms ELSE expires_ms END,
      status = CASE status WHEN 'expired' THEN 'open' ELSE status END
    RETURNING id`,
  erasures: 'SELECT version FROM farelog_erasures WHERE id = 1',
  auditHead: 'SELECT sequence, hash FROM farelog_audit_head WHERE id = 1',
  insertAudit: `INSERT INTO farelog_audit (sequence, at_ms, actor, action, operation, filter, previous_hash, hash)
    VALUES (:sequence, :at_ms, :actor, :action, :operation, :filter, :previous_hash, :hash)`,
  moveAuditHead: 'UPDATE farelog_audit_head SET sequence = :sequence, hash = :hash WHERE id = 1',
} as const;

function prepare(db: Database.Database) {
  return {
    begin: db.prepare(SQL.begin),
    commit: db.prepare(SQL.commit),
    rollback: db.prepare(SQL.rollback),
    erasures: db.prepare<[], { version: number }>(SQL.erasures),
    insertPayment: db.prepare(SQL.insertPayment),
    selectPayment: db.prepare<[number], PaymentRow>(SQL.selectPayment),
    insertCapture: db.prepare(SQL.insertCapture),
    insertJournal: db.prepare(SQL.insertJournal),
    addCaptures: db.prepare(SQL.addCaptures),
    quarantine: db.prepare<unknown[], { id: number }>(SQL.quarantine),
  };
}

export class SqliteWriter {
  readonly #db: Database.Database;
  readonly #reporting: Reporting;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(db: Database.Database, reporting: Reporting) {
    this.#db = db;
    this.#reporting = reporting;
    this.#statements = prepare(db);
  }

  /** One transaction: payments, captures, journal, adjustments and counts, and what goes to quarantine. Throws with nothing written. */
  commit(batch: Batch): BatchResult {
    return this.#transact(() => this.#write(batch));
  }

  /** One transaction: rows of the audit behind the last one. Its statements are few and seldom, so made each time. */
  appendAudit(events: readonly AuditEvent[]): void {
    this.#transact(() => {
      const head = this.#db.prepare<[], AuditLink>(SQL.auditHead).get();
      if (head === undefined) throw new Error('farelog_audit_head has lost its row');
      const rows = chainAfter(head, events);
      const insert = this.#db.prepare(SQL.insertAudit);
      for (const row of rows) insert.run(row);
      const last = rows.at(-1);
      if (last !== undefined) this.#db.prepare(SQL.moveAuditHead).run(last);
    });
  }

  #transact<T>(write: () => T): T {
    this.#statements.begin.run();
    try {
      const result = write();
      this.#statements.commit.run();
      return result;
    } catch (error) {
      if (this.#db.inTransaction) this.#statements.rollback.run();
      throw error;
    }
  }

  #write(batch: Batch): BatchResult {
    const { calendar, currency } = this.#reporting;
    refuseStale(batch, this.#statements.erasures.get()?.version);
    const existing: PaymentRow[] = [];
    for (const first of firstOfEachPayment(batch.deliveries)) {
      const held = this.#insertPayment(first);
      if (held !== undefined) existing.push(held);
    }
    const held = new Map(existing.map((row) => [row.payment_id, fromRow(row, currency)]));
    const outcomes = judge(batch.deliveries, held);
    const recorded = batch.deliveries.filter((_, index) => outcomes[index] === 'recorded');
    for (const { payment, capture } of recorded) {
      const { source, raw_method, reference, received_ms } = capture;
      this.#statements.insertCapture.run(payment.payment_id, source, raw_method, reference, received_ms);
    }
    for (const { month, payments, minor, facts } of journalEntries(recorded.map(factOf), calendar)) {
      this.#statements.insertJournal.run(month, payments, minor, facts);
    }
    const adjusted = batch.adjustments === undefined ? undefined : this.#adjust(batch.adjustments);
    const quarantineIds = batch.quarantined.map((item) => this.#quarantine(item));
    this.addCaptures(foldBatch(batch, outcomes, adjusted?.adjustmentOutcomes));
    return { outcomes, existing, quarantineIds, ...adjusted };
  }

  /** Seldom, so its statements are made each time. */
  #adjust(deliveries: readonly AdjustmentDelivery[]) {
    const insert = this.#db.prepare(SQL.insertAdjustment);
    const select = this.#db.prepare<[string], AdjustmentRow>(SQL.selectAdjustment);
    const existingAdjustments: AdjustmentDelivery[] = [];
    for (const { adjustment, source, received_ms } of firstOfEachAdjustment(deliveries)) {
      const { adjustment_id, payment_id, kind, amount_minor, adjusted_s, reason } = adjustment;
      const { changes } = insert.run(
        ...[adjustment_id, payment_id, kind, amount_minor, adjusted_s, reason, source, received_ms],
      );
      const held = changes === 1 ? undefined : select.get(adjustment_id);
      if (held !== undefined) existingAdjustments.push(fromAdjustmentRow(held));
    }
    const held = new Map(
      existingAdjustments.map(({ adjustment }) => [adjustment.adjustment_id, adjustment] as const),
    );
    return { adjustmentOutcomes: judgeAdjustments(deliveries, held), existingAdjustments };
  }

  /** Inserts by the key; returns the row that was there already, if one was. */
  #insertPayment({ payment, capture }: Delivery): PaymentRow | undefined {
    const row = toRow(payment, Math.floor(capture.received_ms / 1000), this.#reporting.currency);
    const { changes } = this.#statements.insertPayment.run(
      row.payment_id,
      row.user_id,
      row.order_id,
      row.payment_type,
      row.total_price,
      row.logged_on,
      row.created_on,
      row.modified_on,
    );
    if (changes === 1) return undefined;
    return this.#statements.selectPayment.get(row.payment_id);
  }

  #quarantine(item: QuarantinedDelivery): number {
    const { digest, source, reason, received_ms, expires_ms } = item;
    const problems = JSON.stringify(item.problems);
    const sealed = Buffer.from(item.sealed);
    const row = this.#statements.quarantine.get(
      digest,
      source,
      reason,
      problems,
      sealed,
      received_ms,
      received_ms,
      expires_ms,
    );
    return row?.id ?? 0;
  }

  /** Adds to the counts that stand, within the caller's transaction. */
  addCaptures(rows: readonly CaptureRollup[]): void {
    for (const { hour_s, source, outcome, reason, deliveries } of rows) {
      this.#statements.addCaptures.run(hour_s, source, outcome, reason, SHARD, deliveries);
    }
  }
}
