/** The whole report, made. */
import { datesOf } from '../domain/calendar.js';
import { AppError } from '../domain/errors.js';
import { averageOf, minorToNumber } from '../domain/money.js';
import type { Span } from '../domain/time.js';
import { calendarEntries } from '../store/calendar.js';
import { loggedEnds } from '../store/facts.js';
import { countLeftOut } from '../store/quarantine.js';
import { aboutOf } from './about.js';
import { adjustedOf } from './adjusted.js';
import type { Ledger } from './ledger.js';
import { totalsByType } from './methods.js';
import { weekProfile } from './profile.js';
import { spanBefore } from './range.js';
import type { LeftOut, PaymentReport, ReportSummary } from './report.js';
import { type EarlierState, restatements } from './restatements.js';
import { type RiderTotals, riderTotals } from './rider-totals.js';
import { type RiderPosition, ridersBySpend } from './riders.js';
import { revenueTrends } from './trends.js';

export interface ReportOptions {
  readonly span: Span;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Riders of a page, or null for a report without riders. */
  readonly riders: { readonly limit: number; readonly after?: RiderPosition | undefined } | null;
  /** Since when changes are told. */
  readonly since?: EarlierState | undefined;
}

/** The whole report, all of one state of the database. */
export async function paymentReport(ledger: Ledger, options: ReportOptions): Promise<PaymentReport> {
  const { span, now, since } = options;
  const { currency } = ledger;
  const totals = await riderTotals(ledger, span);
  const before = spanBefore(span, now);
  const trends = await revenueTrends(ledger, { period: 'daily', span, now });
  const methods = await totalsByType(ledger, span);
  return {
    summary: await summaryOf(ledger, span, totals),
    trends: trends.map(({ date = '', transactions, revenue, adjustments, net_revenue }) => ({
      date,
      daily_transactions: transactions,
      daily_revenue: revenue,
      adjustments,
      net_revenue,
    })),
    ...(await ridersOf(ledger, totals, options)),
    paymentMethods: methods.map(({ payment_type, payments, revenue_minor, adjusted_minor }) => ({
      payment_type,
      usage_count: payments,
      method_revenue: minorToNumber(revenue_minor, currency),
      avg_amount: averageOf(revenue_minor, payments, currency),
      ...adjustedOf(revenue_minor, adjusted_minor, ledger),
    })),
    profile: await weekProfile(ledger, span),
    before:
      before.from === before.to ? null : await summaryOf(ledger, before, await riderTotals(ledger, before)),
    left_out: await leftOut(ledger, span),
    ...(await calendarOf(ledger, span, now)),
    ...(since === undefined ? {} : { restated: await restatements(ledger, span, since) }),
    ...(await aboutOf(ledger, span)),
  };
}

/** What was changed for riders, up to now: the marks of the report's charts. */
async function calendarOf({ trx, calendar }: Ledger, span: Span, now: number) {
  const to = Math.min(span.to, Math.max(span.from, Math.floor(now / 1000)) + 1);
  const dates = datesOf({ from: span.from, to }, calendar.zone);
  const entries = await calendarEntries(trx, dates);
  const marks = entries.filter(
    ({ starts_on, ends_before }) => starts_on >= dates.from || ends_before !== null,
  );
  return marks.length === 0 ? {} : { calendar: marks };
}

async function leftOut(ledger: Ledger, span: Span): Promise<LeftOut[]> {
  const untilMs = (await ledger.countsUntil()) ?? Number.POSITIVE_INFINITY;
  return countLeftOut(ledger.trx, { fromMs: span.from * 1000, toMs: Math.min(span.to * 1000, untilMs) });
}

/** Payments, revenue, adjustments and riders of a span, exact. */
export interface Headline {
  readonly payments: number;
  readonly revenue_minor: bigint;
  readonly adjusted_minor: bigint;
  readonly riders: number;
}

export async function headlineOf(ledger: Ledger, span: Span, { riders }: RiderTotals): Promise<Headline> {
  const types = await totalsByType(ledger, span);
  return {
    payments: types.reduce((sum, row) => sum + row.payments, 0),
    revenue_minor: types.reduce((sum, row) => sum + row.revenue_minor, 0n),
    adjusted_minor: types.reduce((sum, row) => sum + row.adjusted_minor, 0n),
    riders,
  };
}

async function summaryOf(ledger: Ledger, span: Span, totals: RiderTotals): Promise<ReportSummary> {
  const { store, trx, currency, calendar, upTo } = ledger;
  const headline = await headlineOf(ledger, span, totals);
  const { payments, revenue_minor: revenue, riders } = headline;
  const ends = await loggedEnds(store, trx, { span, upTo });
  return {
    total_transactions: payments,
    unique_users: riders,
    total_revenue: minorToNumber(revenue, currency),
    ...adjustedOf(revenue, headline.adjusted_minor, ledger),
    avg_transaction: averageOf(revenue, payments, currency),
    first_transaction: ends === undefined ? null : calendar.zone.toIso(ends.first),
    latest_transaction: ends === undefined ? null : calendar.zone.toIso(ends.last),
  };
}

async function ridersOf(ledger: Ledger, totals: RiderTotals, { riders, span }: ReportOptions) {
  if (riders === null) return {};
  const { rows, next } = await ridersBySpend(ledger, { span, totals }, riders.limit, riders.after);
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
