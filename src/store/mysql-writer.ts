/**
 * Commits batches on one MySQL connection: a handful of multi-row statements a transaction, rows in the order of
 * their keys so that concurrent writers lock them in one order.
 *
 * Duplicates are found by the key: the rows are inserted plainly, and only when the key refuses some of them (error
 * 1062, which undoes that statement alone) are the ones it holds read and left out. INSERT IGNORE is never used: it
 * would hide truncation too.
 */
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

/** What Farelog uses of a connection of mysql2 or mysql. */
export interface MysqlConnection {
  query(
    options: { sql: string; values?: readonly unknown[] },
    done: (error: Error | null, result: unknown) => void,
  ): unknown;
  /** Closes it at once, whatever it is doing. */
  destroy(): void;
}

/** How often the key may refuse rows of one batch, as other writers race for the same payments. */
const MAX_RACES = 5;

const SQL = {
  // Shared until COMMIT, so that an erasure waits for the batches that do not heed it, and later ones find it.
  erasures: 'SELECT version FROM farelog_erasures WHERE id = 1 LOCK IN SHARE MODE',
  insertPayments: `INSERT INTO ${PAYMENTS}
    (payment_id, user_id, order_id, payment_type, total_price, logged_on, created_on, modified_on) VALUES ?`,
  selectPayments: `SELECT payment_id, user_id, order_id, payment_type, total_price, CAST(logged_on AS CHAR) AS logged_on,
    CAST(created_on AS CHAR) AS created_on, CAST(modified_on AS CHAR) AS modified_on
    FROM ${PAYMENTS} WHERE payment_id IN (?)`,
  // Replaces the capture of a payment whose row another program deleted, which else could never come back.
  insertCaptures: `REPLACE INTO farelog_captures (payment_id, source, raw_method, reference, received_ms) VALUES ?`,
  insertJournal: 'INSERT INTO farelog_journal (month, payments, minor, facts) VALUES ?',
  insertAdjustments: `INSERT INTO farelog_adjustments
    (adjustment_id, payment_id, kind, amount_minor, adjusted_s, reason, source, received_ms) VALUES ?`,
  selectAdjustments: `SELECT adjustment_id, payment_id, kind, amount_minor, adjusted_s, reason, source, received_ms
    FROM farelog_adjustments WHERE adjustment_id IN (?)`,
  addCaptures: `INSERT INTO farelog_capture_hourly (hour_s, source, outcome, reason, shard, deliveries) VALUES ?
    ON DUPLICATE KEY UPDATE deliveries = deliveries + VALUES(deliveries)`,
  quarantine: `INSERT INTO farelog_quarantine
    (digest, source, reason, problems, sealed, status, attempts, first_seen_ms, last_seen_ms, expires_ms)
    VALUES (?, ?, ?, ?, ?, 'open', 1, ?, ?, ?)
    ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), attempts = attempts + 1, last_seen_ms = VALUES(last_seen_ms),
      sealed = IF(status = 'expired', VALUES(sealed), sealed),
      expires_ms = IF(status = 'expired', VALUES(expires_ms), expires_ms),
      status = IF(status = 'expired', 'open', status)`,
} as const;

const ER_DUP_ENTRY = 1062;

/** Runs one statement; arrays of rows expand to `(…), (…)`, everything else is bound as a scalar. */
export function runStatement(
  connection: MysqlConnection,
  sql: string,
  values: readonly unknown[] = [],
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query({ sql, values }, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
}

/** One transaction: payments, captures, journal, adjustments and counts, and what goes to quarantine. The caller rolls back on error. */
export async function commitBatch(
  connection: MysqlConnection,
  batch: Batch,
  reporting: Reporting,
  shard: number,
): Promise<BatchResult> {
  await runStatement(connection, 'START TRANSACTION');
  refuseStale(batch, versionIn(await runStatement(connection, SQL.erasures)));
  const existing = await insertPayments(connection, firstOfEachPayment(batch.deliveries), reporting);
  const held = new Map(existing.map((row) => [row.payment_id, fromRow(row, reporting.currency)]));
  const outcomes = judge(batch.deliveries, held);
  const recorded = batch.deliveries.filter((_, index) => outcomes[index] === 'recorded');
  if (recorded.length > 0) {
    const captures = recorded.map(({ payment, capture }) => {
      const { source, raw_method, reference, received_ms } = capture;
      return [payment.payment_id, source, raw_method, reference, received_ms];
    });
    await runStatement(connection, SQL.insertCaptures, [captures]);
    const journal = journalEntries(recorded.map(factOf), reporting.calendar);
    const entries = journal.map(({ month, payments, minor, facts }) => [
      month,
      payments,
      String(minor),
      facts,
    ]);
    await runStatement(connection, SQL.insertJournal, [entries]);
  }
  const adjusted = batch.adjustments === undefined ? undefined : await adjust(connection, batch.adjustments);
  const quarantineIds: number[] = [];
  for (const item of batch.quarantined) quarantineIds.push(await quarantine(connection, item));
  await addCaptures(connection, foldBatch(batch, outcomes, adjusted?.adjustmentOutcomes), shard);
  await runStatement(connection, 'COMMIT');
  return { outcomes, existing, quarantineIds, ...adjusted };
}

function versionIn(rows: unknown): unknown {
  const [row]: readonly { version?: unknown }[] = Array.isArray(rows) ? rows : [];
  return row?.version;
}

/** Inserts by the key; returns the rows that were there already. */
function insertPayments(
  connection: MysqlConnection,
  firsts: readonly Delivery[],
  { currency }: Reporting,
): Promise<PaymentRow[]> {
  const rows = firsts.map(({ payment, capture }) =>
    toRow(payment, Math.floor(capture.received_ms / 1000), currency),
  );
  return insertNew(rows, {
    idOf: ({ payment_id }) => payment_id,
    insert: (some) => runStatement(connection, SQL.insertPayments, [some.map((row) => Object.values(row))]),
    select: (ids) => selectPayments(connection, ids),
  });
}

async function adjust(connection: MysqlConnection, deliveries: readonly AdjustmentDelivery[]) {
  const existingAdjustments = await insertNew(firstOfEachAdjustment(deliveries), {
    idOf: ({ adjustment }) => adjustment.adjustment_id,
    insert: (some) => runStatement(connection, SQL.insertAdjustments, [some.map(adjustmentValues)]),
    select: (ids) => selectAdjustments(connection, ids),
  });
  const held = new Map(
    existingAdjustments.map(({ adjustment }) => [adjustment.adjustment_id, adjustment] as const),
  );
  return { adjustmentOutcomes: judgeAdjustments(deliveries, held), existingAdjustments };
}

interface Keyed<Row, Id> {
  readonly idOf: (row: Row) => Id;
  readonly insert: (rows: readonly Row[]) => Promise<unknown>;
  readonly select: (ids: readonly Id[]) => Promise<readonly Row[]>;
}

/** Inserts by the key; where it refuses, without those that are there, which it returns. */
async function insertNew<Row, Id>(
  given: readonly Row[],
  { idOf, insert, select }: Keyed<Row, Id>,
): Promise<Row[]> {
  const existing: Row[] = [];
  let rows = given;
  for (let race = 0; rows.length > 0; race++) {
    try {
      await insert(rows);
      return existing;
    } catch (error) {
      if (numberOf(error) !== ER_DUP_ENTRY || race === MAX_RACES) throw error;
    }
    const held = await select(rows.map(idOf));
    const ids = new Set(held.map(idOf));
    existing.push(...held);
    rows = rows.filter((row) => !ids.has(idOf(row)));
  }
  return existing;
}

function adjustmentValues({ adjustment, source, received_ms }: AdjustmentDelivery): unknown[] {
  const { adjustment_id, payment_id, kind, amount_minor, adjusted_s, reason } = adjustment;
  return [adjustment_id, payment_id, kind, amount_minor, adjusted_s, reason, source, received_ms];
}

async function selectPayments(connection: MysqlConnection, ids: readonly number[]): Promise<PaymentRow[]> {
  const result = await runStatement(connection, SQL.selectPayments, [ids]);
  return Array.isArray(result) ? result : [];
}

async function selectAdjustments(
  connection: MysqlConnection,
  ids: readonly string[],
): Promise<AdjustmentDelivery[]> {
  const result = await runStatement(connection, SQL.selectAdjustments, [ids]);
  const rows: readonly AdjustmentRow[] = Array.isArray(result) ? result : [];
  return rows.map(fromAdjustmentRow);
}

async function quarantine(connection: MysqlConnection, item: QuarantinedDelivery): Promise<number> {
  const result = await runStatement(connection, SQL.quarantine, [
    item.digest,
    item.source,
    item.reason,
    JSON.stringify(item.problems),
    Buffer.from(item.sealed),
    item.received_ms,
    item.received_ms,
    item.expires_ms,
  ]);
  return typeof result === 'object' && result !== null && 'insertId' in result ? Number(result.insertId) : 0;
}

/** Adds to the counts that stand, within the caller's transaction. */
export async function addCaptures(
  connection: MysqlConnection,
  rows: readonly CaptureRollup[],
  shard: number,
): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map((row) => [row.hour_s, row.source, row.outcome, row.reason, shard, row.deliveries]);
  await runStatement(connection, SQL.addCaptures, [values]);
}

/** The server's error number; errors are told apart by it, never by their text. */
export function numberOf(error: unknown): number | undefined {
  return error instanceof Error && 'errno' in error && typeof error.errno === 'number'
    ? error.errno
    : undefined;
}
