/**
 * The adjustments: as the ledger counts them, as people look them up, and which of them the blocks hold.
 *
 * An adjustment counts where its payment is there, and in figures as of an earlier capture where both had come in by
 * then. One that waits for its payment therefore begins to count in the payment's own transaction, with nothing done.
 */
import type { Knex } from 'knex';
import { CORRECTING_PREFIX } from '../domain/adjustment.js';
import type { AdjustmentFact } from '../domain/ledger.js';
import { type Currency, numberToMinor } from '../domain/money.js';
import type { AdjustedHere } from '../domain/reconciliation-prices.js';
import type { Span } from '../domain/time.js';
import { PAYMENTS, type Store } from './dialect.js';
import { whereExactly } from './payments.js';
import { whereInTime } from './time-limit.js';

const ADJUSTMENTS = 'farelog_adjustments';
/** Rows read at a time, and parameters of one statement. */
const CHUNK_ROWS = 20_000;
const MANY_IDS = 5_000;

/** An adjustment that counts, with its place in the table. */
export interface CountedAdjustment extends AdjustmentFact {
  readonly sequence: number;
}

/** Up to where an earlier state of the figures goes. */
export interface EarlierReceipt {
  /** The newest capture that counts. */
  readonly sequence: number;
  /** Before when adjustments had to come in, in milliseconds since 1970. */
  readonly beforeMs: number;
}

export interface AdjustmentFilter {
  readonly span?: Span | undefined;
  /** Those alone that no block holds. */
  readonly open?: boolean | undefined;
  readonly earlier?: EarlierReceipt | undefined;
  /** Only those that did not count in this state: they came in since, or their payment did. */
  readonly since?: EarlierReceipt | undefined;
}

type FactRow = Record<'sequence' | 'adjusted_s' | 'amount_minor', number | string> &
  Pick<AdjustmentFact, 'payment_type' | 'user_id'>;

function fromFactRow(row: FactRow): CountedAdjustment {
  return {
    sequence: Number(row.sequence),
    adjusted_s: Number(row.adjusted_s),
    payment_type: row.payment_type,
    user_id: row.user_id,
    amount_minor: Number(row.amount_minor),
  };
}

function counted(knex: Knex, { span, open, earlier, since }: AdjustmentFilter): Knex.QueryBuilder {
  const query = knex(`${ADJUSTMENTS} as a`)
    .join(`${PAYMENTS} as p`, 'p.payment_id', 'a.payment_id')
    .select('a.sequence', 'a.adjusted_s', 'a.amount_minor', 'p.payment_type', 'p.user_id');
  whereInTime(query, knex, 'a.sequence');
  if (open === true) query.where('a.posted', 0);
  if (span !== undefined) query.where('a.adjusted_s', '>=', span.from).where('a.adjusted_s', '<', span.to);
  if (earlier === undefined && since === undefined) return query;
  query.leftJoin('farelog_captures as c', 'c.payment_id', 'a.payment_id');
  if (earlier !== undefined) {
    query.where('a.received_ms', '<', earlier.beforeMs).where((either) => {
      either.whereNull('c.sequence').orWhere('c.sequence', '<=', earlier.sequence);
    });
  }
  if (since !== undefined) {
    query.where((either) => {
      either.where('a.received_ms', '>=', since.beforeMs).orWhere('c.sequence', '>', since.sequence);
    });
  }
  return query;
}

/** Those that count, in the order of time, a chunk at a time. */
export async function* streamAdjustments(
  knex: Knex,
  filter: AdjustmentFilter,
): AsyncGenerator<CountedAdjustment[]> {
  for (let after: CountedAdjustment | undefined; ; ) {
    const query = counted(knex, filter);
    if (after !== undefined) whereAfter(query, after);
    const rows: FactRow[] = await query.orderBy(['a.adjusted_s', 'a.sequence']).limit(CHUNK_ROWS);
    const facts = rows.map(fromFactRow);
    if (facts.length > 0) yield facts;
    if (facts.length < CHUNK_ROWS) return;
    after = facts.at(-1);
  }
}

function whereAfter(query: Knex.QueryBuilder, { adjusted_s, sequence }: CountedAdjustment): void {
  query.where('a.adjusted_s', '>=', adjusted_s).where((either) => {
    either.where('a.adjusted_s', '>', adjusted_s).orWhere('a.sequence', '>', sequence);
  });
}

/** All that count. */
export async function countedAdjustments(knex: Knex, filter: AdjustmentFilter): Promise<CountedAdjustment[]> {
  const found: CountedAdjustment[] = [];
  for await (const some of streamAdjustments(knex, filter)) found.push(...some);
  return found;
}

/** Those that count of one rider's payments, by the stored id. */
export async function riderAdjustments(
  store: Store,
  knex: Knex,
  userId: string,
  filter: AdjustmentFilter,
): Promise<CountedAdjustment[]> {
  const query = counted(knex, filter);
  whereExactly(store, query, 'p.user_id', userId);
  const rows: FactRow[] = await query;
  return rows.map(fromFactRow);
}

/** The earliest that count and are in no block. */
export async function adjustmentsToPost(knex: Knex, limit: number): Promise<CountedAdjustment[]> {
  const rows: FactRow[] = await counted(knex, { open: true }).orderBy('a.adjusted_s').limit(limit);
  return rows.map(fromFactRow);
}

export async function markPosted(trx: Knex, sequences: readonly number[]): Promise<void> {
  for (let at = 0; at < sequences.length; at += MANY_IDS) {
    await trx(ADJUSTMENTS)
      .whereIn('sequence', sequences.slice(at, at + MANY_IDS))
      .update({ posted: 1 });
  }
}

/** After a rebuild the blocks hold all that count, and no others. */
export async function markAllPosted(trx: Knex): Promise<void> {
  const exists = `EXISTS (SELECT 1 FROM ${PAYMENTS} AS p WHERE p.payment_id = ${ADJUSTMENTS}.payment_id)`;
  await trx(ADJUSTMENTS).update({ posted: trx.raw(`CASE WHEN ${exists} THEN 1 ELSE 0 END`) });
}

/** First and last second of an adjustment; undefined where there is none. */
export async function adjustmentEnds(knex: Knex): Promise<{ first: number; last: number } | undefined> {
  const row = await knex(ADJUSTMENTS).min({ first: 'adjusted_s' }).max({ last: 'adjusted_s' }).first();
  if (row?.first == null || row.last == null) return undefined;
  return { first: Number(row.first), last: Number(row.last) };
}

/** How many wait for their payment. */
export async function waitingAdjustments(knex: Knex): Promise<number> {
  const row = await knex(`${ADJUSTMENTS} as a`)
    .leftJoin(`${PAYMENTS} as p`, 'p.payment_id', 'a.payment_id')
    .where('a.posted', 0)
    .whereNull('p.payment_id')
    .count({ waiting: '*' })
    .first();
  return Number(row?.waiting ?? 0);
}

/** Whether any came in at or after an instant (milliseconds since 1970). */
export async function adjustedSince(knex: Knex, ms: number): Promise<boolean> {
  return (await knex(ADJUSTMENTS).select('sequence').where('received_ms', '>=', ms).first()) !== undefined;
}

type AdjustedRow = Readonly<Record<'payment_id' | 'sum' | 'corrected', number | string>> & {
  readonly latest: number | string | null;
};

/** What was adjusted of some payments, by their ids; those without any are left out. */
export async function adjustedOfPayments(
  knex: Knex,
  paymentIds: readonly number[],
): Promise<Map<number, AdjustedHere>> {
  const sums = new Map<number, AdjustedHere>();
  const isCorrecting = knex.raw('adjustment_id LIKE ?', [`${CORRECTING_PREFIX}%`]);
  if ((await knex(ADJUSTMENTS).select('sequence').first()) === undefined) return sums;
  for (let at = 0; at < paymentIds.length; at += MANY_IDS) {
    const rows: AdjustedRow[] = await knex(ADJUSTMENTS)
      .select(
        'payment_id',
        knex.raw('SUM(CASE WHEN ? THEN amount_minor ELSE 0 END) AS corrected', [isCorrecting]),
        knex.raw('MAX(CASE WHEN ? THEN NULL ELSE adjusted_s END) AS latest', [isCorrecting]),
      )
      .sum({ sum: 'amount_minor' })
      .whereIn('payment_id', paymentIds.slice(at, at + MANY_IDS))
      .groupBy('payment_id');
    for (const { payment_id, sum, corrected, latest } of rows) {
      const latest_s = latest === null ? null : Number(latest);
      sums.set(Number(payment_id), { sum_minor: Number(sum), corrected_minor: Number(corrected), latest_s });
    }
  }
  return sums;
}

export interface PaymentStanding {
  readonly price_minor: number;
  /** The sum of its adjustments, and how many they are. */
  readonly adjusted_minor: number;
  readonly adjustments: number;
}

/** Undefined where the payment is not here. */
export async function paymentStanding(
  knex: Knex,
  paymentId: number,
  currency: Currency,
): Promise<PaymentStanding | undefined> {
  const payment = await knex(PAYMENTS).select('total_price').where('payment_id', paymentId).first();
  if (payment === undefined) return undefined;
  const row = await knex(ADJUSTMENTS)
    .sum({ sum: 'amount_minor' })
    .count({ count: '*' })
    .where('payment_id', paymentId)
    .first();
  return {
    price_minor: numberToMinor(Number(payment.total_price), currency),
    adjusted_minor: Number(row?.sum ?? 0),
    adjustments: Number(row?.count ?? 0),
  };
}

/** What is told of an adjustment may name its rider. */
export async function forgetReasons(trx: Knex, paymentIds: readonly number[]): Promise<void> {
  for (let at = 0; at < paymentIds.length; at += MANY_IDS) {
    await trx(ADJUSTMENTS)
      .whereIn('payment_id', paymentIds.slice(at, at + MANY_IDS))
      .whereNotNull('reason')
      .update({ reason: null });
  }
}
