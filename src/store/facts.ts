/** Payments with their captures, as the ledger counts them: within a span, or all in the order of time. */
import type { Knex } from 'knex';
import type { Fact } from '../domain/ledger.js';
import { type Currency, numberToMinor } from '../domain/money.js';
import { isLive, type Source } from '../domain/outcome.js';
import { fromSqlText, LAST_SECOND, type Span, toSqlText } from '../domain/time.js';
import { PAYMENTS, type Store } from './dialect.js';
import { whereExactly } from './payments.js';
import { whereInTime } from './time-limit.js';

/** Rows read at a time: memory is bounded by this, not by the table. */
const CHUNK_ROWS = 20_000;

interface FactRow {
  readonly payment_id: number;
  readonly user_id: string;
  readonly payment_type: string;
  readonly total_price: number;
  readonly logged_on: string;
  /** Null for a payment that another program wrote; absent where captures were not read. */
  readonly source?: Source | null;
  readonly received_ms?: number | null;
}

/** A fact with its payment, for paging. */
export interface PaymentFact extends Fact {
  readonly payment_id: number;
}

function columns(store: Store, knex: Knex, captures: boolean): (string | Knex.Raw)[] {
  return [
    'p.payment_id',
    'p.user_id',
    'p.payment_type',
    'p.total_price',
    knex.raw(`${store.textOf('p.logged_on')} AS logged_on`),
    ...(captures ? ['c.source', 'c.received_ms'] : []),
  ];
}

function toFact(row: FactRow, currency: Currency): PaymentFact {
  const logged_s = fromSqlText(row.logged_on);
  const { source, received_ms } = row;
  const live = source != null && received_ms != null && isLive(source);
  return {
    payment_id: row.payment_id,
    logged_s,
    payment_type: row.payment_type,
    user_id: row.user_id,
    price_minor: numberToMinor(row.total_price, currency),
    lag_s: live ? Math.floor(Number(received_ms) / 1000) - logged_s : null,
  };
}

/** Which payments of a span; captures after `upTo` do not count, and rows without capture always do. */
export interface FactFilter {
  readonly span: Span;
  readonly upTo?: number | undefined;
  /** False where lags are not asked for: the captures, which tell them, are then not read. */
  readonly lags?: boolean | undefined;
}

function factsQuery(store: Store, knex: Knex, upTo: number | undefined, lags = true): Knex.QueryBuilder {
  const query = knex(`${PAYMENTS} as p`).select(columns(store, knex, lags || upTo !== undefined));
  if (upTo !== undefined) whereCapturedBy(query, knex, upTo);
  else if (lags) query.leftJoin('farelog_captures as c', 'c.payment_id', 'p.payment_id');
  return query;
}

function whereCapturedBy(query: Knex.QueryBuilder, knex: Knex, upTo: number): void {
  whereInTime(query, knex, 'p.payment_id');
  query.leftJoin('farelog_captures as c', 'c.payment_id', 'p.payment_id').where((either) => {
    either.whereNull('c.sequence').orWhere('c.sequence', '<=', upTo);
  });
}

function whereWithin(query: Knex.QueryBuilder, { from, to }: Span): void {
  query.where('p.logged_on', '>=', toSqlText(from));
  if (to <= LAST_SECOND) query.where('p.logged_on', '<', toSqlText(to));
}

function whereAfter(query: Knex.QueryBuilder, { logged_s, payment_id }: PaymentFact): void {
  const text = toSqlText(logged_s);
  query.where('p.logged_on', '>=', text).where((either) => {
    either.where('p.logged_on', '>', text).orWhere('p.payment_id', '>', payment_id);
  });
}

/** A chunk in the order of time and id, after the last one of the chunk before. */
async function factsAfter(
  store: Store,
  knex: Knex,
  currency: Currency,
  { span, upTo, lags }: FactFilter,
  after: PaymentFact | undefined,
): Promise<PaymentFact[]> {
  const query = factsQuery(store, knex, upTo, lags);
  whereWithin(query, span);
  if (after !== undefined) whereAfter(query, after);
  const rows: FactRow[] = await query.orderBy(['p.logged_on', 'p.payment_id']).limit(CHUNK_ROWS);
  return rows.map((row) => toFact(row, currency));
}

/** All facts of a filter in the order of time, a chunk at a time: memory is bounded by the chunk. */
export async function* streamFacts(
  store: Store,
  knex: Knex,
  currency: Currency,
  filter: FactFilter,
): AsyncGenerator<PaymentFact[]> {
  for (let after: PaymentFact | undefined; ; ) {
    const facts = await factsAfter(store, knex, currency, filter, after);
    if (facts.length > 0) yield facts;
    if (facts.length < CHUNK_ROWS) return;
    after = facts.at(-1);
  }
}

/** One rider's payments in the order of time. */
export async function* riderPayments(
  store: Store,
  knex: Knex,
  currency: Currency,
  userId: string,
  { span, upTo }: FactFilter,
): AsyncGenerator<PaymentFact> {
  for (let after: PaymentFact | undefined; ; ) {
    const query = factsQuery(store, knex, upTo);
    whereExactly(store, query, 'p.user_id', userId);
    whereWithin(query, span);
    if (after !== undefined) whereAfter(query, after);
    const rows: FactRow[] = await query.orderBy(['p.logged_on', 'p.payment_id']).limit(CHUNK_ROWS);
    for (const row of rows) yield toFact(row, currency);
    const last = rows.at(-1);
    if (last === undefined || rows.length < CHUNK_ROWS) return;
    after = toFact(last, currency);
  }
}

/** First and last `logged_on` of a filter in seconds since 1970; undefined where it has no payment. */
export async function loggedEnds(
  store: Store,
  knex: Knex,
  { span, upTo }: FactFilter,
): Promise<{ first: number; last: number } | undefined> {
  const end = async (order: 'asc' | 'desc'): Promise<number | undefined> => {
    const query = knex(`${PAYMENTS} as p`).select(knex.raw(`${store.textOf('p.logged_on')} AS logged_on`));
    whereWithin(query, span);
    if (upTo !== undefined) whereCapturedBy(query, knex, upTo);
    const rows: { logged_on: string }[] = await query.orderBy('p.logged_on', order).limit(1);
    return rows[0] === undefined ? undefined : fromSqlText(rows[0].logged_on);
  };
  const [first, last] = [await end('asc'), await end('desc')];
  return first === undefined || last === undefined ? undefined : { first, last };
}

export interface LateFact extends PaymentFact {
  readonly source: Source;
}

/** Payments of a span that were captured after `since`, and up to `upTo` where that is given, as they were captured. */
export async function* factsCapturedAfter(
  store: Store,
  knex: Knex,
  currency: Currency,
  { span, upTo }: FactFilter,
  since: number,
): AsyncGenerator<LateFact> {
  for (let last = since; ; ) {
    const query = knex('farelog_captures as c')
      .join(`${PAYMENTS} as p`, 'p.payment_id', 'c.payment_id')
      .select(...columns(store, knex, true), 'c.sequence')
      .where('c.sequence', '>', last);
    whereInTime(query, knex, 'c.sequence');
    whereWithin(query, span);
    if (upTo !== undefined) query.where('c.sequence', '<=', upTo);
    const rows: (FactRow & { source: Source; sequence: number })[] = await query
      .orderBy('c.sequence')
      .limit(CHUNK_ROWS);
    for (const row of rows) yield { ...toFact(row, currency), source: row.source };
    const newest = rows.at(-1);
    if (newest === undefined || rows.length < CHUNK_ROWS) return;
    last = Number(newest.sequence);
  }
}
