/**
 * What was adjusted within a span, by type, bucket or rider, for the figures that stand beside it: gross is what the
 * payments of the span cost, adjustments are those that came about within it, net is both together.
 */
import { ExactSum } from '../domain/ledger.js';
import { minorToNumber } from '../domain/money.js';
import type { Span } from '../domain/time.js';
import { riderAdjustments } from '../store/adjustments.js';
import type { Ledger } from './ledger.js';
import type { Adjusted } from './report.js';

/** The two figures that stand beside a gross sum. */
export function adjustedOf(
  grossMinor: bigint,
  adjustedMinor: bigint,
  { currency }: Pick<Ledger, 'currency'>,
): Adjusted {
  return {
    adjustments: minorToNumber(adjustedMinor, currency),
    net_revenue: minorToNumber(grossMinor + adjustedMinor, currency),
  };
}

/** Sums of adjustments by the number of a type or of a rider. */
export class AdjustedSums {
  readonly #sums = new Map<number, ExactSum>();

  add(no: number, minor: number): void {
    const sum = this.#sums.get(no) ?? new ExactSum();
    this.#sums.set(no, sum);
    sum.add(minor);
  }

  of(no: number): bigint {
    return this.#sums.get(no)?.value ?? 0n;
  }

  get numbers(): number[] {
    return [...this.#sums.keys()];
  }

  get total(): bigint {
    return [...this.#sums.values()].reduce((sum, { value }) => sum + value, 0n);
  }
}

/** By the number of the payments' type. */
export async function adjustedByType(ledger: Ledger, span: Span): Promise<AdjustedSums> {
  return sumsOf(ledger, 'adjustments', span);
}

/** By the number of the rider. Of erased riders it is the word's. */
export function adjustedByRider(ledger: Ledger, span: Span): Promise<AdjustedSums> {
  return sumsOf(ledger, 'rider_adjustments', span);
}

async function sumsOf(
  ledger: Ledger,
  section: 'adjustments' | 'rider_adjustments',
  span: Span,
): Promise<AdjustedSums> {
  const sums = new AdjustedSums();
  for (const { entries, from, to } of await ledger.slices(section, span, true)) {
    for (let at = from; at < to; at++) sums.add(entries.key[at] ?? 0, entries.sum[at] ?? 0);
  }
  return sums;
}

/** One rider's adjustments of a span, by month (YYYYMM). */
export async function adjustedOfRider(ledger: Ledger, userId: string, span: Span): Promise<AdjustedSums> {
  const { store, trx, calendar } = ledger;
  const months = new AdjustedSums();
  for (const { adjusted_s, amount_minor } of await riderAdjustments(
    store,
    trx,
    userId,
    ledger.adjustmentsOf(span),
  )) {
    months.add(calendar.monthOf(adjusted_s), amount_minor);
  }
  return months;
}
