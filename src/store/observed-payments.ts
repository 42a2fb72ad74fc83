/**
 * Payments for research, many at a time: columns, since ten million objects would take longer than the reading.
 *
 * SQLite is read by one statement that walks the index of time; its connection is the snapshot's own and can run no other
 * statement until the walk ends. MySQL is read by chunks, as everywhere.
 */
import type Database from 'better-sqlite3';
import type { Knex } from 'knex';
import { type Currency, numberToMinor } from '../domain/money.js';
import { isLive, type Source } from '../domain/outcome.js';
import { fromSqlText, LAST_SECOND, type Span, toSqlText } from '../domain/time.js';
import { PAYMENTS, type Store } from './dialect.js';
import { streamFacts } from './facts.js';

const BATCH_ROWS = 10_000;

/** Payments in the order of (second, payment), as many as `size`; the arrays are used again for the next batch. */
export interface PaymentBatch {
  readonly size: number;
  readonly paymentId: Float64Array;
  readonly userId: readonly string[];
  readonly paymentType: readonly string[];
  /** Seconds since 1970. */
  readonly second: Float64Array;
  /** Minor units. */
  readonly price: Float64Array;
  /** Seconds to capture, of live sources; NaN for all others. */
  readonly lag: Float64Array;
}

export interface ObservedFilter {
  readonly span: Span;
  /** Captures after this one do not count; rows without capture always do. Undefined: all count. */
  readonly upTo: number | undefined;
}

class Batch {
  size = 0;
  readonly paymentId = new Float64Array(BATCH_ROWS);
  readonly userId: string[] = new Array<string>(BATCH_ROWS).fill('');
  readonly paymentType: string[] = new Array<string>(BATCH_ROWS).fill('');
  readonly second = new Float64Array(BATCH_ROWS);
  readonly price = new Float64Array(BATCH_ROWS);
  readonly lag = new Float64Array(BATCH_ROWS);

  add(
    paymentId: number,
    userId: string,
    paymentType: string,
    second: number,
    price: number,
    lag: number,
  ): void {
    const at = this.size++;
    this.paymentId[at] = paymentId;
    this.userId[at] = userId;
    this.paymentType[at] = paymentType;
    this.second[at] = second;
    this.price[at] = price;
    this.lag[at] = lag;
  }

  get isFull(): boolean {
    return this.size === BATCH_ROWS;
  }
}

/** All payments of a filter, read within a snapshot. */
export function observePayments(
  store: Store,
  trx: Knex,
  currency: Currency,
  filter: ObservedFilter,
): AsyncGenerator<PaymentBatch> {
  return store.dialect === 'sqlite'
    ? observeSqlite(trx, currency, filter)
    : observeByChunks(store, trx, currency, filter);
}

/** In the order of the statement's columns. */
type SqliteRow = readonly [number, string, string, number, string, Source | null, number | null];

async function* observeSqlite(
  trx: Knex,
  currency: Currency,
  { span, upTo }: ObservedFilter,
): AsyncGenerator<PaymentBatch> {
  const db: Database.Database = await trx.client.acquireConnection();
  const captured = upTo === undefined ? '' : 'AND (c.sequence IS NULL OR c.sequence <= ?)';
  const rows = db
    .prepare<unknown[], SqliteRow>(
      `SELECT p.payment_id, p.user_id, p.payment_type, p.total_price, p.logged_on, c.source, c.received_ms
       FROM ${PAYMENTS} AS p LEFT JOIN farelog_captures AS c ON c.payment_id = p.payment_id
       WHERE p.logged_on >= ? AND p.logged_on < ? ${captured}
       ORDER BY p.logged_on, p.payment_id`,
    )
    .raw()
    .iterate(toSqlText(span.from), endText(span.to), ...(upTo === undefined ? [] : [upTo]));
  const clock = new TextClock();
  const batch = new Batch();
  for (const [paymentId, userId, paymentType, price, loggedOn, source, receivedMs] of rows) {
    const second = clock.read(loggedOn);
    const live = source !== null && receivedMs !== null && isLive(source);
    const lag = live ? Math.floor(receivedMs / 1000) - second : Number.NaN;
    batch.add(paymentId, userId, paymentType, second, numberToMinor(price, currency), lag);
    if (!batch.isFull) continue;
    yield batch;
    batch.size = 0;
  }
  if (batch.size > 0) yield batch;
}

/** After every text of a time, where the span goes past the last one that there is. */
function endText(to: number): string {
  return to > LAST_SECOND ? '9999-12-31 23:59:60' : toSqlText(to);
}

/** Reads the table's text of times; those that come one after the other are mostly of one day. */
class TextClock {
  #day = '';
  #midnight = 0;

  read(text: string): number {
    const day = text.slice(0, 10);
    if (day !== this.#day) {
      this.#day = day;
      this.#midnight = fromSqlText(`${day} 00:00:00`);
    }
    const two = (at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;
    return this.#midnight + two(11) * 3600 + two(14) * 60 + two(17);
  }
}

async function* observeByChunks(
  store: Store,
  trx: Knex,
  currency: Currency,
  filter: ObservedFilter,
): AsyncGenerator<PaymentBatch> {
  const batch = new Batch();
  for await (const facts of streamFacts(store, trx, currency, filter)) {
    for (const { payment_id, user_id, payment_type, logged_s, price_minor, lag_s } of facts) {
      batch.add(payment_id, user_id, payment_type, logged_s, price_minor, lag_s ?? Number.NaN);
      if (!batch.isFull) continue;
      yield batch;
      batch.size = 0;
    }
  }
  if (batch.size > 0) yield batch;
}

/** Stored ids of all who paid, in no order. */
export async function observeRiders(
  store: Store,
  trx: Knex,
  { span, upTo }: ObservedFilter,
): Promise<string[]> {
  // The sign keeps SQLite from the index of time: it would look up each payment's row, where the index of riders has all.
  const time = trx.raw(store.dialect === 'sqlite' ? '+p.logged_on' : 'p.logged_on');
  const query = trx(`${PAYMENTS} as p`)
    .where(time, '>=', toSqlText(span.from))
    .where(time, '<', endText(span.to));
  if (upTo !== undefined) {
    query.leftJoin('farelog_captures as c', 'c.payment_id', 'p.payment_id').where((either) => {
      either.whereNull('c.sequence').orWhere('c.sequence', '<=', upTo);
    });
  }
  if (store.dialect === 'sqlite') {
    const rows: { user_id: string }[] = await query.distinct('p.user_id');
    return rows.map(({ user_id }) => user_id);
  }
  // The table's collation may take two ids for one; their bytes are told apart.
  const rows: { hex: string }[] = await query.distinct(
    trx.raw('HEX(CONVERT(p.user_id USING utf8mb4)) AS hex'),
  );
  return rows.map(({ hex }) => Buffer.from(hex, 'hex').toString('utf8'));
}
