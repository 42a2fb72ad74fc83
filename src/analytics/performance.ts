/** How long payments take to be captured, and what share of deliveries could not become payments. */
import type { Outcome, Source } from '../domain/outcome.js';
import type { Span } from '../domain/time.js';
import { captureRates } from '../store/capture-rollups.js';
import type { Ledger } from './ledger.js';
import { ascendingCounts, countsByType } from './prices.js';
import { ascendingOf, quantileOf, toDecimals } from './quantiles.js';

/**
 * Capture lag of one payment type: whole seconds from `logged_on` to capture, of live sources (webhook and API).
 * Imports and replays bring what is past and are left out.
 */
export interface ProcessingTime {
  readonly payment_type: string;
  /** To 4 decimals. */
  readonly avg_processing_seconds: number;
  readonly max_processing_seconds: number;
  readonly sample_size: number;
  readonly p50_processing_seconds: number;
  readonly p95_processing_seconds: number;
  readonly p99_processing_seconds: number;
}

/** Deliveries of one source that ended in one way, and their share of all deliveries of that source. */
export interface ErrorRate {
  readonly source: Source;
  /** `conflict`, `invalid` or `duplicate`; `recorded` is what went well. */
  readonly outcome: Outcome;
  /** The first problem as `field.code`; empty where there is none. */
  readonly reason: string;
  readonly deliveries: number;
  /** From 0 to 1, to 6 decimals. */
  readonly rate: number;
}

export interface PaymentPerformance {
  /** By average, shortest first. */
  readonly processingTimes: ProcessingTime[];
  /**
   * By source, then most deliveries first; counted by the hour of receipt, the first hour as a whole. As of a capture,
   * up to the next one, by whole hours: the hour of that capture as a whole too.
   */
  readonly errorRates: ErrorRate[];
}

const HOUR = 3600;

export async function paymentPerformance(ledger: Ledger, span: Span): Promise<PaymentPerformance> {
  return { processingTimes: await processingTimes(ledger, span), errorRates: await errorRates(ledger, span) };
}

async function processingTimes(ledger: Ledger, span: Span): Promise<ProcessingTime[]> {
  const rows = [...(await countsByType(ledger, 'lags', span))].map(([payment_type, counts]) => {
    const lags = ascendingCounts(counts);
    const ascending = ascendingOf(lags);
    const sum = lags.reduce((total, { value, count }) => total + value * count, 0);
    const at = (quantile: number): number => toDecimals(quantileOf(ascending, quantile) ?? 0, 4);
    return {
      payment_type,
      avg_processing_seconds: toDecimals(sum / ascending.length, 4),
      max_processing_seconds: lags.at(-1)?.value ?? 0,
      sample_size: ascending.length,
      p50_processing_seconds: at(0.5),
      p95_processing_seconds: at(0.95),
      p99_processing_seconds: at(0.99),
    };
  });
  return rows.sort(
    (a, b) =>
      a.avg_processing_seconds - b.avg_processing_seconds || (a.payment_type < b.payment_type ? -1 : 1),
  );
}

export function hourOf(second: number): number {
  return Math.floor(second / HOUR) * HOUR;
}

/** Where the hours end whose deliveries had come in when the last capture that counts was the newest. */
export async function endOfHours(ledger: Ledger): Promise<number> {
  const untilMs = await ledger.countsUntil();
  if (untilMs === undefined) return Number.POSITIVE_INFINITY;
  const { receivedMs } = await ledger.watermark();
  const own = receivedMs === null ? 0 : hourOf(receivedMs / 1000) + HOUR;
  return Math.max(own, hourOf(untilMs / 1000));
}

async function errorRates(ledger: Ledger, span: Span): Promise<ErrorRate[]> {
  const to = Math.min(span.to, await endOfHours(ledger));
  const rates = await captureRates(ledger.trx, { from: hourOf(span.from), to });
  const totals = new Map<string, number>();
  for (const { source, deliveries } of rates) totals.set(source, (totals.get(source) ?? 0) + deliveries);
  return rates
    .map(({ source, outcome, reason, deliveries }) => {
      const rate = toDecimals(deliveries / (totals.get(source) ?? 1), 6);
      return { source, outcome, reason, deliveries, rate };
    })
    .sort((a, b) => {
      if (a.source !== b.source) return a.source < b.source ? -1 : 1;
      return b.deliveries - a.deliveries || (a.reason < b.reason ? -1 : 1);
    });
}
