/** The shape of the whole report of a period: the source's `generatePaymentReport`, and what finance needs beside it. */
import type { CalendarEntry } from '../domain/calendar.js';
import type { Source } from '../domain/outcome.js';

/** Beside a gross sum; money in currency units, exact. `adjustments` is below zero where money went back. */
export interface Adjusted {
  readonly adjustments: number;
  readonly net_revenue: number;
}

/** Headline figures; money in currency units, exact; the average to 4 decimals; instants as ISO 8601 with offset. */
export interface ReportSummary extends Adjusted {
  readonly total_transactions: number;
  readonly unique_users: number;
  readonly total_revenue: number;
  readonly avg_transaction: number;
  /** Null where the period has no payment. */
  readonly first_transaction: string | null;
  readonly latest_transaction: string | null;
}

/** A day of the reporting zone; days without payments are rows of zeros. */
export interface ReportDay extends Adjusted {
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
  /** What was adjusted within the range, and both together. */
  readonly adjustments: number;
  readonly net_spent: number;
}

export interface ReportMethod extends Adjusted {
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
  readonly status: 'open' | 'replayed' | 'discarded' | 'expired';
  readonly deliveries: number;
}

/** Why a past day changed: what was captured for it after an earlier capture. */
export interface Restatement {
  /** YYYY-MM-DD in the reporting zone. */
  readonly date: string;
  readonly late_transactions: number;
  readonly late_revenue: number;
  /** Adjustments of the day that count since, and what they come to. */
  readonly late_adjustments: number;
  readonly adjustments: number;
  /** By source, most payments first. */
  readonly sources: { readonly source: Source; readonly transactions: number }[];
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

/** What every answer says about itself; instants as ISO 8601 with offset. */
export interface About {
  /** First instant of the range. */
  readonly from: string;
  /** Its end, exclusive; null where it has none. */
  readonly to: string | null;
  readonly zone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** The sequence of the newest capture that is counted. */
  readonly as_of: number;
  /** When that one came in; null where there is none. */
  readonly as_of_received_at: string | null;
}

export interface PaymentReport extends About {
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
  /** Entries of the calendar that begin or end within the period; absent where there are none. */
  readonly calendar?: readonly CalendarEntry[];
  /** What changed since an earlier capture, where one was asked about. */
  readonly restated?: readonly Restatement[];
}
