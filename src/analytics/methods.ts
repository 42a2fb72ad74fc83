/** Which payment types brought in how much, and what changed against the period before. */
import { ExactSum } from '../domain/ledger.js';
import { averageOf, minorToNumber } from '../domain/money.js';
import type { Span } from '../domain/time.js';
import { adjustedByType, adjustedOf } from './adjusted.js';
import type { Ledger } from './ledger.js';
import { toDecimals } from './quantiles.js';
import { OPEN_END } from './range.js';
import type { Adjusted } from './report.js';

/** A row of the source's `analyzePaymentMethods`; money in currency units, exact; the average to 4 decimals. */
export interface MethodRow extends Adjusted {
  readonly payment_type: string;
  readonly transaction_count: number;
  readonly total_revenue: number;
  readonly avg_transaction_value: number;
}

/** A method with its share and, against the period of equal length just before, its change. */
export interface MethodComparison extends MethodRow {
  /** Of all revenue, from 0 to 1, to 6 decimals. */
  readonly revenue_share: number;
  readonly transaction_share: number;
  readonly previous_transaction_count: number;
  readonly previous_revenue: number;
  /** Relative: 0.1 is 10% more; null where there was no revenue before. */
  readonly revenue_change: number | null;
  /** Difference of the shares of revenue. */
  readonly share_change: number;
}

/** Payments and revenue of one payment type. */
export interface TypeTotal {
  readonly payment_type: string;
  readonly payments: number;
  readonly revenue_minor: bigint;
  /** What was adjusted within the span, of payments of whatever time. */
  readonly adjusted_minor: bigint;
}

/**
 * Payments and revenue by type, highest revenue first, among equals by name. A type that has adjustments alone is one
 * too, so that the rows add up to the whole.
 */
export async function totalsByType(ledger: Ledger, span: Span): Promise<TypeTotal[]> {
  const sums = new Map<number, { payments: number; readonly revenue: ExactSum }>();
  for (const { entries, from, to } of await ledger.slices('revenue', span)) {
    for (let at = from; at < to; at++) {
      const type = entries.key[at] ?? 0;
      const sum = sums.get(type) ?? { payments: 0, revenue: new ExactSum() };
      sum.payments += entries.count[at] ?? 0;
      sum.revenue.add(entries.sum[at] ?? 0);
      sums.set(type, sum);
    }
  }
  const adjusted = await adjustedByType(ledger, span);
  for (const type of adjusted.numbers) {
    if (!sums.has(type)) sums.set(type, { payments: 0, revenue: new ExactSum() });
  }
  const nameOf = await ledger.typeNames();
  return [...sums]
    .map(([type, { payments, revenue }]) => ({
      payment_type: nameOf(type),
      payments,
      revenue_minor: revenue.value,
      adjusted_minor: adjusted.of(type),
    }))
    .sort((a, b) => {
      if (a.revenue_minor !== b.revenue_minor) return a.revenue_minor < b.revenue_minor ? 1 : -1;
      return a.payment_type < b.payment_type ? -1 : 1;
    });
}

function toRow(total: TypeTotal, ledger: Ledger): MethodRow {
  const { payment_type, payments, revenue_minor, adjusted_minor } = total;
  return {
    payment_type,
    transaction_count: payments,
    total_revenue: minorToNumber(revenue_minor, ledger.currency),
    avg_transaction_value: averageOf(revenue_minor, payments, ledger.currency),
    ...adjustedOf(revenue_minor, adjusted_minor, ledger),
  };
}

/** Payment types by revenue, highest first; among equals by name. */
export async function paymentMethods(ledger: Ledger, span: Span): Promise<MethodRow[]> {
  return (await totalsByType(ledger, span)).map((total) => toRow(total, ledger));
}

/** The same rows, which are the source's, with shares and changes; a method that only the period before had is none. */
export async function comparedMethods(ledger: Ledger, span: Span, before: Span): Promise<MethodComparison[]> {
  const { currency } = ledger;
  const now = await totalsByType(ledger, span);
  const then = await totalsByType(ledger, before);
  const [revenue, revenueBefore] = [revenueOf(now), revenueOf(then)];
  const payments = now.reduce((sum, row) => sum + row.payments, 0);
  const earlier = new Map(then.map((row) => [row.payment_type, row]));
  return now.map((total) => {
    const previous = earlier.get(total.payment_type) ?? { payments: 0, revenue_minor: 0n };
    const share = shareOf(total.revenue_minor, revenue);
    return {
      ...toRow(total, ledger),
      revenue_share: share,
      transaction_share: shareOf(BigInt(total.payments), BigInt(payments)),
      previous_transaction_count: previous.payments,
      previous_revenue: minorToNumber(previous.revenue_minor, currency),
      revenue_change: changeOf(total.revenue_minor, previous.revenue_minor),
      share_change: toDecimals(share - shareOf(previous.revenue_minor, revenueBefore), 6),
    };
  });
}

function revenueOf(totals: readonly TypeTotal[]): bigint {
  return totals.reduce((sum, row) => sum + row.revenue_minor, 0n);
}

/** part ÷ whole to 6 decimals; 0 where there is no whole. */
export function shareOf(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : toDecimals(Number(part) / Number(whole), 6);
}

/** (now − before) ÷ before to 6 decimals; null where there was nothing before. */
export function changeOf(now: bigint, before: bigint): number | null {
  return before === 0n ? null : toDecimals(Number(now - before) / Number(before), 6);
}

/** Average price of each payment type over all time, in minor units: what a new feed's prices are held against. */
export async function averagePrices(ledger: Ledger): Promise<Map<string, number>> {
  const totals = await totalsByType(ledger, { from: 0, to: OPEN_END });
  const paid = totals.filter(({ payments }) => payments > 0);
  return new Map(paid.map((row) => [row.payment_type, Number(row.revenue_minor) / row.payments]));
}
