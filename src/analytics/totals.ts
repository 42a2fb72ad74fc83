/**
 * Totals of any span, exact: whole buckets from the rollups, and the ends that lie inside a bucket from the payments
 * themselves, all read from one state of the database.
 */
import type { Knex } from 'knex';
import type { Currency } from '../domain/money.js';
import { fromRow, type Payment } from '../domain/payment.js';
import type { RollupCalendar } from '../domain/rollup.js';
import type { Store } from '../store/dialect.js';
import { newestSequence, paymentsWithin } from '../store/payments.js';
import {
  type BucketTotal,
  revenueByBucket,
  revenueByType,
  type Span,
  type TypeTotal,
} from '../store/rollups.js';

export interface Reader {
  readonly store: Store;
  readonly calendar: RollupCalendar;
  readonly currency: Currency;
}

/** Rows, and the newest capture they count. */
export interface Counted<Row> {
  readonly rows: Row[];
  readonly as_of: number;
}

interface Parts {
  /** Whole buckets; undefined where the span lies within one. */
  readonly whole: Span | undefined;
  readonly ends: readonly Span[];
}

/** Splits a span at the bucket borders of the rollups. */
export function splitSpan(span: Span, calendar: RollupCalendar): Parts {
  const { grainS } = calendar;
  const from = Math.ceil(span.from / grainS) * grainS;
  const to = Math.floor(span.to / grainS) * grainS;
  if (from >= to) return { whole: undefined, ends: [span] };
  const ends = [
    { from: span.from, to: from },
    { from: to, to: span.to },
  ].filter((end) => end.from < end.to);
  return { whole: { from, to }, ends };
}

async function read<Row>(
  { store, calendar, currency }: Reader,
  span: Span,
  fromRollups: (knex: Knex, whole: Span) => Promise<Row[]>,
  addPayments: (rows: Row[], payments: Payment[]) => Row[],
): Promise<Counted<Row>> {
  return store.snapshot(async (trx) => {
    const as_of = await newestSequence(trx);
    const { whole, ends } = splitSpan(span, calendar);
    const rows = whole === undefined ? [] : await fromRollups(trx, whole);
    const payments: Payment[] = [];
    for (const end of ends) {
      for (const row of await paymentsWithin(store, trx, end)) payments.push(fromRow(row, currency));
    }
    return { rows: payments.length === 0 ? rows : addPayments(rows, payments), as_of };
  });
}

/** Payments and revenue by type, in no order. */
export function totalsByType(reader: Reader, span: Span): Promise<Counted<TypeTotal>> {
  return read(reader, span, revenueByType, (rows, payments) => {
    const totals = new Map(rows.map((row) => [row.payment_type, row]));
    for (const { payment_type, price_minor } of payments) {
      const sum = totals.get(payment_type) ?? { payment_type, payments: 0, revenue_minor: 0n };
      const revenue_minor = sum.revenue_minor + BigInt(price_minor);
      totals.set(payment_type, { payment_type, payments: sum.payments + 1, revenue_minor });
    }
    return [...totals.values()];
  });
}

/** Payments and revenue by the rollups' bucket, ascending. */
export function totalsByBucket(reader: Reader, span: Span): Promise<Counted<BucketTotal>> {
  return read(reader, span, revenueByBucket, (rows, payments) => {
    const totals = new Map(rows.map((row) => [row.starts_s, row]));
    for (const { logged_s, price_minor } of payments) {
      const starts_s = reader.calendar.bucketOf(logged_s);
      const sum = totals.get(starts_s) ?? { starts_s, payments: 0, revenue_minor: 0n };
      const revenue_minor = sum.revenue_minor + BigInt(price_minor);
      totals.set(starts_s, { starts_s, payments: sum.payments + 1, revenue_minor });
    }
    return [...totals.values()].sort((a, b) => a.starts_s - b.starts_s);
  });
}
