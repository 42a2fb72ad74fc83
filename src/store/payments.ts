/** Reading the payments table: by filter and page, by id, by time and as a whole. */
import type { Knex } from 'knex';
import type { Source } from '../domain/outcome.js';
import type { PaymentRow } from '../domain/payment.js';
import { toSqlText } from '../domain/time.js';
import { PAYMENTS, type Store } from './dialect.js';
import { type TimeLimit, whereInTime } from './time-limit.js';

const IDS_OF_A_STATEMENT = 1_000;

/** Which payments; spans are seconds since 1970, from inclusive, to exclusive; prices in currency units. */
export interface PaymentFilter {
  readonly userId?: string | undefined;
  readonly paymentType?: string | undefined;
  readonly orderId?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
}

/** The last row of a page: the next page begins after it. */
export interface PagePosition {
  readonly loggedOn: string;
  readonly paymentId: number;
}

function columns(store: Store, knex: Knex): (string | Knex.Raw)[] {
  const text = (column: string): Knex.Raw => knex.raw(`${store.textOf(`p.${column}`)} AS ${column}`);
  return [
    'p.payment_id',
    'p.user_id',
    'p.order_id',
    'p.payment_type',
    'p.total_price',
    text('logged_on'),
    text('created_on'),
    text('modified_on'),
  ];
}

/** Equality as the code sees it: the table's collation may take capitals and accents for equal. */
export function whereExactly(store: Store, query: Knex.QueryBuilder, column: string, value: string): void {
  query.where(column, value);
  if (store.dialect !== 'mysql') return;
  const bytes = 'CAST(CONVERT(?? USING utf8mb4) AS BINARY) = CAST(CONVERT(? USING utf8mb4) AS BINARY)';
  query.whereRaw(bytes, [column, value]);
}

/** One page, newest `logged_on` first and among equals the highest id: every row once, whatever arrives meanwhile. */
export async function listPayments(
  store: Store,
  filter: PaymentFilter,
  limit: number,
  after?: PagePosition,
  timeLimit?: TimeLimit,
): Promise<PaymentRow[]> {
  const list = (knex: Knex): Promise<PaymentRow[]> => listOn(store, knex, filter, limit, after);
  return timeLimit === undefined ? list(store.knex) : store.snapshot(list, timeLimit);
}

async function listOn(
  store: Store,
  knex: Knex,
  filter: PaymentFilter,
  limit: number,
  after: PagePosition | undefined,
): Promise<PaymentRow[]> {
  const query = knex(`${PAYMENTS} as p`).select(columns(store, knex));
  whereInTime(query, knex, 'p.payment_id');
  if (filter.userId !== undefined) whereExactly(store, query, 'p.user_id', filter.userId);
  if (filter.paymentType !== undefined) whereExactly(store, query, 'p.payment_type', filter.paymentType);
  if (filter.orderId !== undefined) query.where('p.order_id', filter.orderId);
  if (filter.from !== undefined) query.where('p.logged_on', '>=', toSqlText(filter.from));
  if (filter.to !== undefined) query.where('p.logged_on', '<', toSqlText(filter.to));
  if (filter.minPrice !== undefined) query.where('p.total_price', '>=', filter.minPrice);
  if (filter.maxPrice !== undefined) query.where('p.total_price', '<=', filter.maxPrice);
  if (after !== undefined) {
    query.where('p.logged_on', '<=', after.loggedOn).where((either) => {
      either.where('p.logged_on', '<', after.loggedOn).orWhere('p.payment_id', '<', after.paymentId);
    });
  }
  return query
    .orderBy([
      { column: 'p.logged_on', order: 'desc' },
      { column: 'p.payment_id', order: 'desc' },
    ])
    .limit(limit);
}

/** Every matching payment in the same order, page by page, each read when it is asked for. */
export async function* pagesOfPayments(
  store: Store,
  filter: PaymentFilter,
  rowsPerPage: number,
  after?: PagePosition,
  timeLimit?: TimeLimit,
): AsyncGenerator<PaymentRow[], void> {
  let position = after;
  for (;;) {
    const rows = await listPayments(store, filter, rowsPerPage, position, timeLimit);
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerPage) return;
    position = positionOf(last);
  }
}

export function positionOf(row: PaymentRow): PagePosition {
  return { loggedOn: row.logged_on, paymentId: row.payment_id };
}

export interface CaptureRow {
  readonly sequence: number;
  readonly source: Source;
  readonly raw_method: string;
  readonly reference: string | null;
  readonly received_ms: number;
}

/** One payment with its capture, which rows that other programs wrote do not have. */
export async function findPayment(
  store: Store,
  paymentId: number,
): Promise<{ row: PaymentRow; capture: CaptureRow | null } | undefined> {
  const { knex } = store;
  const row: PaymentRow | undefined = await knex(`${PAYMENTS} as p`)
    .select(columns(store, knex))
    .where('p.payment_id', paymentId)
    .first();
  if (row === undefined) return undefined;
  const capture: CaptureRow | undefined = await knex('farelog_captures')
    .select('sequence', 'source', 'raw_method', 'reference', 'received_ms')
    .where('payment_id', paymentId)
    .first();
  if (capture === undefined) return { row, capture: null };
  const { sequence, received_ms } = capture;
  return { row, capture: { ...capture, sequence: Number(sequence), received_ms: Number(received_ms) } };
}

/** Those of some payments that are here, in any order. Drivers limit how many ids one statement may hold. */
export async function paymentsByIds(store: Store, ids: readonly number[]): Promise<PaymentRow[]> {
  const { knex } = store;
  const rows: PaymentRow[] = [];
  for (let at = 0; at < ids.length; at += IDS_OF_A_STATEMENT) {
    const some = ids.slice(at, at + IDS_OF_A_STATEMENT);
    const found: PaymentRow[] = await knex(`${PAYMENTS} as p`)
      .select(columns(store, knex))
      .whereIn('p.payment_id', some);
    rows.push(...found);
  }
  return rows;
}

/** First and last `logged_on`, as UTC text; undefined where the table is empty. */
export async function paymentSpan(
  store: Store,
  knex: Knex,
): Promise<{ first: string; last: string } | undefined> {
  const ends: { first: string | null; last: string | null } | undefined = await knex(`${PAYMENTS} as p`)
    .select(knex.raw(`${store.textOf('MIN(p.logged_on)')} AS ??`, ['first']))
    .select(knex.raw(`${store.textOf('MAX(p.logged_on)')} AS ??`, ['last']))
    .first();
  if (ends === undefined || ends.first === null || ends.last === null) return undefined;
  return { first: ends.first, last: ends.last };
}

/** Whether the table holds any payment; cheap, unlike a count. */
export async function hasPayments(knex: Knex): Promise<boolean> {
  return (await knex(PAYMENTS).select('payment_id').first()) !== undefined;
}

/** A chunk of all captures in the order of their sequence: source and time only. */
export async function capturesAfter(
  knex: Knex,
  afterSequence: number,
  limit: number,
): Promise<{ sequence: number; source: Source; received_ms: number }[]> {
  const rows: { sequence: number; source: Source; received_ms: number }[] = await knex('farelog_captures')
    .select('sequence', 'source', 'received_ms')
    .where('sequence', '>', afterSequence)
    .orderBy('sequence')
    .limit(limit);
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    source: row.source,
    received_ms: Number(row.received_ms),
  }));
}

/** The highest payment id; 0 where there is no payment. */
export async function newestPaymentId(knex: Knex): Promise<number> {
  const row = await knex(PAYMENTS).max({ id: 'payment_id' }).first();
  return Number(row?.id ?? 0);
}
