/** The whole report of a period: the source's `generatePaymentReport`, and what finance needs beside it. */
import { AppError } from '../domain/errors.js';
import { averageOf, minorToNumber } from '../domain/money.js';
import type { Span } from '../domain/time.js';
import { loggedEnds } from '../store/facts.js';
import { countLeftOut } from '../store/quarantine.js';
import type { Ledger } from './ledger.js';
import { totalsByType } from './methods.js';
import { weekProfile } from './profile.js';
import { OPEN_END, spanBefore } from './range.js';
import { restatements } from './restatements.js';
import { type RiderPosition, type RiderTotals, ridersBySpend, riderTotals } from './riders.js';
import { revenueTrends } from './trends.js';

/** Headline figures; money in currency units, exact; the average to 4 decimals; instants as ISO 8601 with offset. */
export interface ReportSummary {
  readonly total_transactions: number;
  readonly unique_users: number;
  readonly total_revenue: number;
  readonly avg_transaction: number;
  /** Null where the period has no payment. */
  readonly first_transaction: string | null;
  readonly latest_transaction: string | null;
}

/** A day of the reporting zone; days without payments are rows of zeros. */
export interface ReportDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly daily_transactions: number;
  readonly daily_revenue: number;
}

export interface ReportRider {
  /** The stored id: a pseudonym. */
  readonly user_id: string;
  readonly transaction_count: number;
  readonly total_spent: number;
}

export interface ReportMethod {
  readonly payment_type: string;
  readonly usage_count: number;
  readonly method_revenue: number;
  readonly avg_amount: number;
}

/**
 * Deliveries that came in within the period and are in no figure, since they could not become payments. As of a
 * capture, those that had come in before the next one, each as it stands now.
 */
export interface LeftOut {
  /** `invalid`, `conflict` or `unreadable`. */
  readonly reason: string;
  /** `open`, `discarded` or `expired`. */
  readonly status: string;
  readonly deliveries: number;
}

/** Why a past day changed: what was captured for it after an earlier capture. */
export interface Restatement {
  /** YYYY-MM-DD in the reporting zone. */
  readonly date: string;
  readonly late_transactions: number;
  readonly late_revenue: number;
  /** By source, most payments first. */
  readonly sources: readonly { readonly source: string; readonly transactions: number }[];
  /** In words: "Tuesday 2026-11-17 rose by 12.00 USD: 3 late payments (2 webhook, 1 import)". */
  readonly reason: string;
}

/** Payments of a weekday and hour of the reporting zone. */
export interface ProfileCell {
  /** 0 = Sunday … 6 = Saturday. */
  readonly weekday: number;
  /** 0 … 23. */
  readonly hour: number;
  readonly transactions: number;
  readonly revenue: number;
}

export interface PaymentReport {
  readonly summary: ReportSummary;
  readonly trends: readonly ReportDay[];
  /** Riders by spend, one page; absent for who may not see riders. */
  readonly userAnalysis?: readonly ReportRider[];
  /** Where the next page of riders begins; null on the last. Absent with `userAnalysis`. */
  readonly next_cursor?: string | null;
  readonly paymentMethods: readonly ReportMethod[];
  /** Payments by weekday and hour, all 168 cells. */
  readonly profile: readonly ProfileCell[];
  /** The headline figures of the period of equal length just before; null where the period has no end. */
  readonly before: ReportSummary | null;
  readonly left_out: readonly LeftOut[];
  /** What changed since an earlier capture, where one was asked about. */
  readonly restated?: readonly Restatement[];
  /** First instant of the period, and its end (exclusive; null: open), with offset. */
  readonly from: string;
  readonly to: string | null;
  readonly zone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Every figure counts up to this capture, and when that one came in (null: none has). */
  readonly as_of: number;
  readonly as_of_received_at: string | null;
}

export interface ReportOptions {
  readonly span: Span;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Riders of a page, or null for a report without riders. */
  readonly riders: { readonly limit: number; readonly after?: RiderPosition | undefined } | null;
  /** The capture since which changes are told. */
  readonly since?: number | undefined;
}

/** The whole report, all of one state of the database. */
export async function paymentReport(ledger: Ledger, options: ReportOptions): Promise<PaymentReport> {
  const { span, now, since } = options;
  const { currency, calendar } = ledger;
  const { zone } = calendar;
  const totals = await riderTotals(ledger, span);
  const before = spanBefore(span, now);
  const trends = await revenueTrends(ledger, { period: 'daily', span, now });
  const methods = await totalsByType(ledger, span);
  const watermark = await ledger.watermark();
  const until = watermark.receivedMs;
  return {
    summary: await summaryOf(ledger, span, totals),
    trends: trends.map(({ date = '', transactions, revenue }) => ({
      date,
      daily_transactions: transactions,
      daily_revenue: revenue,
    })),
    ...(await ridersOf(ledger, totals, options)),
    paymentMethods: methods.map(({ payment_type, payments, revenue_minor }) => ({
      payment_type,
      usage_count: payments,
      method_revenue: minorToNumber(revenue_minor, currency),
      avg_amount: averageOf(revenue_minor, payments, currency),
    })),
    profile: await weekProfile(ledger, span),
    before:
      before.from === before.to ? null : await summaryOf(ledger, before, await riderTotals(ledger, before)),
    left_out: await leftOut(ledger, span),
    ...(since === undefined ? {} : { restated: await restatements(ledger, span, since) }),
    from: zone.toIso(span.from),
    to: span.to === OPEN_END ? null : zone.toIso(span.to),
    zone: zone.name,
    currency: currency.code,
    as_of: watermark.sequence,
    as_of_received_at: until === null ? null : zone.toIso(Math.floor(until / 1000)),
  };
}

async function leftOut(ledger: Ledger, span: Span): Promise<LeftOut[]> {
  const untilMs = (await ledger.countsUntil()) ?? Number.POSITIVE_INFINITY;
  return countLeftOut(ledger.trx, { fromMs: span.from * 1000, toMs: Math.min(span.to * 1000, untilMs) });
}

async function summaryOf(ledger: Ledger, span: Span, riders: RiderTotals): Promise<ReportSummary> {
  const { store, trx, currency, calendar, upTo } = ledger;
  const types = await totalsByType(ledger, span);
  const payments = types.reduce((sum, row) => sum + row.payments, 0);
  const revenue = types.reduce((sum, row) => sum + row.revenue_minor, 0n);
  const ends = await loggedEnds(store, trx, { span, upTo });
  return {
    total_transactions: payments,
    unique_users: riders.riders,
    total_revenue: minorToNumber(revenue, currency),
    avg_transaction: averageOf(revenue, payments, currency),
    first_transaction: ends === undefined ? null : calendar.zone.toIso(ends.first),
    latest_transaction: ends === undefined ? null : calendar.zone.toIso(ends.last),
  };
}

async function ridersOf(ledger: Ledger, totals: RiderTotals, { riders }: ReportOptions) {
  if (riders === null) return {};
  const { rows, next } = await ridersBySpend(ledger, totals, riders.limit, riders.after);
  return { userAnalysis: rows, next_cursor: next === null ? null : encodeRiderCursor(next) };
}

/** A cursor is the place of a page's last rider; it tells nothing that the row does not. */
export function encodeRiderCursor({ spent, userId }: RiderPosition): string {
  return Buffer.from(`${spent}|${userId}`, 'utf8').toString('base64url');
}

/** @throws AppError `usage` where it is none */
export function decodeRiderCursor(cursor: string): RiderPosition {
  const [, spent, userId] =
    /^(-?\d{1,30})\|(.+)$/su.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (spent === undefined || userId === undefined) {
    throw new AppError('usage', 'cursor must be the next_cursor of an earlier page.');
  }
  return { spent: BigInt(spent), userId };
}
