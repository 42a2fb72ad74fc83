/** Reading the rollups; they are written by the dialects' writers, in the payments' own transactions. */
import type { Knex } from 'knex';
import type { CaptureRollup, RevenueRollup, RiderRollup } from '../domain/rollup.js';

const REVENUE = 'farelog_revenue_hourly';
const RIDERS = 'farelog_rider_monthly';
const CAPTURES = 'farelog_capture_hourly';

export const ROLLUP_TABLES = [REVENUE, RIDERS, CAPTURES] as const;

/** Empties what a rebuild makes again from payments and captures; other outcomes have no rows to make them from. */
export async function emptyRollups(trx: Knex): Promise<void> {
  await trx(REVENUE).delete();
  await trx(RIDERS).delete();
  await trx(CAPTURES).where('outcome', 'recorded').delete();
}

/** Seconds since 1970, from inclusive, to exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Sums as text, since a driver's numbers would round what is over 2⁵³. */
function sumOf(knex: Knex, column: string, as: string): Knex.Raw {
  return knex.raw('CAST(SUM(??) AS CHAR) AS ??', [column, as]);
}

export interface TypeTotal {
  readonly payment_type: string;
  readonly payments: number;
  readonly revenue_minor: bigint;
}

export async function revenueByType(knex: Knex, span: Span): Promise<TypeTotal[]> {
  const rows: { payment_type: string; payments: string; revenue_minor: string }[] = await knex(REVENUE)
    .select(
      'payment_type',
      sumOf(knex, 'payments', 'payments'),
      sumOf(knex, 'revenue_minor', 'revenue_minor'),
    )
    .where('starts_s', '>=', span.from)
    .where('starts_s', '<', span.to)
    .groupBy('payment_type');
  return rows.map((row) => ({
    payment_type: row.payment_type,
    payments: Number(row.payments),
    revenue_minor: BigInt(row.revenue_minor),
  }));
}

export interface BucketTotal {
  readonly starts_s: number;
  readonly payments: number;
  readonly revenue_minor: bigint;
}

export async function revenueByBucket(knex: Knex, span: Span): Promise<BucketTotal[]> {
  const rows: { starts_s: number; payments: string; revenue_minor: string }[] = await knex(REVENUE)
    .select('starts_s', sumOf(knex, 'payments', 'payments'), sumOf(knex, 'revenue_minor', 'revenue_minor'))
    .where('starts_s', '>=', span.from)
    .where('starts_s', '<', span.to)
    .groupBy('starts_s')
    .orderBy('starts_s');
  return rows.map((row) => ({
    starts_s: Number(row.starts_s),
    payments: Number(row.payments),
    revenue_minor: BigInt(row.revenue_minor),
  }));
}

/** Revenue rollups with their shards added up, for `verify`. */
export async function revenueRollups(knex: Knex, span: Span): Promise<RevenueRollup[]> {
  const rows: Record<keyof RevenueRollup, string>[] = await knex(REVENUE)
    .select(
      'starts_s',
      'payment_type',
      sumOf(knex, 'payments', 'payments'),
      sumOf(knex, 'revenue_minor', 'revenue_minor'),
    )
    .min({ min_minor: 'min_minor' })
    .max({ max_minor: 'max_minor' })
    .where('starts_s', '>=', span.from)
    .where('starts_s', '<', span.to)
    .groupBy('starts_s', 'payment_type');
  return rows.map((row) => ({
    starts_s: Number(row.starts_s),
    payment_type: row.payment_type,
    payments: Number(row.payments),
    revenue_minor: BigInt(row.revenue_minor),
    min_minor: Number(row.min_minor),
    max_minor: Number(row.max_minor),
  }));
}

/** Rider rollups of one month, for `verify`. */
export async function riderRollups(knex: Knex, month: number): Promise<RiderRollup[]> {
  const rows: Record<keyof RiderRollup, string>[] = await knex(RIDERS)
    .select('user_id', 'month', 'payments', 'min_minor', 'max_minor', 'first_s', 'last_s')
    .select(knex.raw('CAST(spent_minor AS CHAR) AS spent_minor'))
    .where('month', month);
  return rows.map((row) => ({
    user_id: row.user_id,
    month: Number(row.month),
    payments: Number(row.payments),
    spent_minor: BigInt(row.spent_minor),
    min_minor: Number(row.min_minor),
    max_minor: Number(row.max_minor),
    first_s: Number(row.first_s),
    last_s: Number(row.last_s),
  }));
}

/** Months that have rider rollups, ascending. */
export async function riderMonths(knex: Knex): Promise<number[]> {
  const rows: { month: number }[] = await knex(RIDERS).distinct('month').orderBy('month');
  return rows.map((row) => Number(row.month));
}

/** First and last bucket with revenue; undefined where there is none. */
export async function revenueSpan(knex: Knex): Promise<Span | undefined> {
  const row = await knex(REVENUE).min({ low: 'starts_s' }).max({ high: 'starts_s' }).first();
  if (row?.low === null || row?.low === undefined) return undefined;
  return { from: Number(row.low), to: Number(row.high) };
}

/** Recorded deliveries by hour and source with their shards added up, for `verify`. */
export async function recordedCaptures(knex: Knex): Promise<CaptureRollup[]> {
  const rows: { hour_s: string; source: CaptureRollup['source']; deliveries: string }[] = await knex(CAPTURES)
    .select('hour_s', 'source', sumOf(knex, 'deliveries', 'deliveries'))
    .where('outcome', 'recorded')
    .groupBy('hour_s', 'source');
  return rows.map((row) => ({
    hour_s: Number(row.hour_s),
    source: row.source,
    outcome: 'recorded',
    reason: '',
    deliveries: Number(row.deliveries),
  }));
}
