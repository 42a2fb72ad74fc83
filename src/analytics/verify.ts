/**
 * The proof of the promise on any database at any time: every rollup against the raw rows, month by month of the
 * reporting zone so that memory is bounded by a month, all from one state of the database.
 */
import type { Knex } from 'knex';
import { monthOf, monthRange } from '../domain/bucket.js';
import { fromRow } from '../domain/payment.js';
import { type CaptureRollup, type RevenueRollup, type RiderRollup, RollupFold } from '../domain/rollup.js';
import { fromSqlText, toIso } from '../domain/time.js';
import { capturesAfter, type PagePosition, paymentSpan, paymentsAfter } from '../store/payments.js';
import {
  recordedCaptures,
  revenueRollups,
  revenueSpan,
  riderMonths,
  riderRollups,
  type Span,
} from '../store/rollups.js';
import type { Reader } from './totals.js';

const CHUNK_ROWS = 20_000;
/** Differences that are listed; all are counted. */
const MAX_LISTED = 100;

/** A rollup row that does not equal the raw rows. */
export interface Drift {
  readonly rollup: 'revenue' | 'rider' | 'capture';
  readonly key: string;
  /** From the raw rows; absent where no payment belongs to this key. */
  readonly expected: string | null;
  /** In the rollup; absent where it has no such row. */
  readonly found: string | null;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly payments: number;
  /** Exact, in minor units, as decimal text. */
  readonly revenue_minor: string;
  readonly rollup_rows: number;
  readonly drifts: number;
  readonly first_drifts: readonly Drift[];
}

class Findings {
  payments = 0;
  revenue = 0n;
  rows = 0;
  drifts = 0;
  readonly first: Drift[] = [];

  compare<Row>(
    rollup: Drift['rollup'],
    expected: readonly Row[],
    found: readonly Row[],
    keyOf: (row: Row) => string,
  ): void {
    const left = new Map(found.map((row) => [keyOf(row), show(row)]));
    this.rows += left.size;
    for (const row of expected) {
      const key = keyOf(row);
      const stands = left.get(key) ?? null;
      left.delete(key);
      if (stands !== show(row)) this.#note({ rollup, key, expected: show(row), found: stands });
    }
    for (const [key, stands] of left) this.#note({ rollup, key, expected: null, found: stands });
  }

  #note(drift: Drift): void {
    this.drifts++;
    if (this.first.length < MAX_LISTED) this.first.push(drift);
  }
}

function show(row: unknown): string {
  return JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

const revenueKey = (row: RevenueRollup): string => `${toIso(row.starts_s)} ${row.payment_type}`;
const riderKey = (row: RiderRollup): string => `${row.user_id} ${row.month}`;
const captureKey = (row: CaptureRollup): string => `${toIso(row.hour_s)} ${row.source}`;

/** Compares every rollup with the raw rows. */
export function verifyRollups(
  reader: Reader,
  onProgress?: (payments: number) => void,
): Promise<VerifyReport> {
  return reader.store.snapshot(async (trx) => {
    const findings = new Findings();
    for (const month of await monthsOf(reader, trx)) {
      await verifyMonth(reader, trx, month, findings);
      onProgress?.(findings.payments);
    }
    await verifyCaptures(reader, trx, findings);
    return {
      ok: findings.drifts === 0,
      payments: findings.payments,
      revenue_minor: String(findings.revenue),
      rollup_rows: findings.rows,
      drifts: findings.drifts,
      first_drifts: findings.first,
    };
  });
}

/** Every month that has payments, revenue rollups or rider rollups. */
async function monthsOf({ store, calendar }: Reader, trx: Knex): Promise<number[]> {
  const months = new Set(await riderMonths(trx));
  const payments = await paymentSpan(store, trx);
  const rollups = await revenueSpan(trx);
  const spans: Span[] = [];
  if (payments !== undefined)
    spans.push({ from: fromSqlText(payments.first), to: fromSqlText(payments.last) });
  if (rollups !== undefined) spans.push(rollups);
  for (const { from, to } of spans) {
    let month = monthOf(from, calendar.zone);
    while (monthRange(month, calendar.zone).start <= to) {
      months.add(month);
      month = monthOf(monthRange(month, calendar.zone).end, calendar.zone);
    }
  }
  return [...months].sort((a, b) => a - b);
}

async function verifyMonth(reader: Reader, trx: Knex, month: number, findings: Findings): Promise<void> {
  const { start, end } = monthRange(month, reader.calendar.zone);
  const span = { from: start, to: end };
  const fold = new RollupFold(reader.calendar);
  for (let after: PagePosition | undefined; ; ) {
    const rows = await paymentsAfter(reader.store, trx, span, after, CHUNK_ROWS);
    const last = rows.at(-1);
    if (last === undefined) break;
    for (const row of rows) {
      const payment = fromRow(row, reader.currency);
      fold.addPayment(payment);
      findings.revenue += BigInt(payment.price_minor);
    }
    findings.payments += rows.length;
    after = { loggedOn: last.logged_on, paymentId: last.payment_id };
  }
  const { revenue, riders } = fold.take();
  findings.compare('revenue', revenue, await revenueRollups(trx, span), revenueKey);
  findings.compare('rider', riders, await riderRollups(trx, month), riderKey);
}

async function verifyCaptures({ calendar }: Reader, trx: Knex, findings: Findings): Promise<void> {
  const fold = new RollupFold(calendar);
  for (let last = 0; ; ) {
    const rows = await capturesAfter(trx, last, CHUNK_ROWS);
    const newest = rows.at(-1);
    if (newest === undefined) break;
    for (const row of rows) fold.addCapture(row.received_ms, row.source, 'recorded', '');
    last = newest.sequence;
  }
  findings.compare('capture', fold.take().captures, await recordedCaptures(trx), captureKey);
}
