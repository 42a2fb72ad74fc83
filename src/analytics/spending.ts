/** One rider's spending, from that rider's own payments by their index. */
import { ERASED } from '../domain/erasure.js';
import { AppError } from '../domain/errors.js';
import { ExactSum } from '../domain/ledger.js';
import { averageOf, minorToNumber } from '../domain/money.js';
import type { Span } from '../domain/time.js';
import { riderPayments } from '../store/facts.js';
import { adjustedOfRider } from './adjusted.js';
import type { Ledger } from './ledger.js';

/** The source's overview; money in currency units, exact; instants with offset. Null where nothing was ever paid. */
export interface SpendingOverview {
  readonly total_transactions: number;
  readonly total_spent: number;
  /** What was adjusted within the range, below zero where money went back, and both together. */
  readonly adjustments: number;
  readonly net_spent: number;
  readonly avg_transaction: number;
  readonly min_transaction: number | null;
  readonly max_transaction: number | null;
  readonly first_payment: string | null;
  readonly latest_payment: string | null;
}

/** A month of the reporting zone in which the rider paid, or in which something of it was adjusted. */
export interface SpendingMonth {
  readonly year: number;
  readonly month: number;
  readonly transactions: number;
  readonly monthly_total: number;
  readonly adjustments: number;
  readonly net_total: number;
}

export interface UserSpending {
  readonly overview: SpendingOverview;
  readonly monthly: SpendingMonth[];
}

/**
 * The source's `analyzeUserSpending` of a rider's stored id.
 * @throws AppError `usage` for the word for erased riders, whose payments are no one rider's
 */
export async function userSpending(ledger: Ledger, userId: string, span: Span): Promise<UserSpending> {
  if (userId === ERASED) {
    throw new AppError('usage', `"${ERASED}" is no rider: it stands in payments of riders who were erased.`);
  }
  const { store, trx, currency, calendar, upTo } = ledger;
  const months = new Map<number, { payments: number; readonly spent: ExactSum }>();
  const spent = new ExactSum();
  let payments = 0;
  let [first, latest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for await (const { logged_s, price_minor } of riderPayments(store, trx, currency, userId, { span, upTo })) {
    const month = calendar.monthOf(logged_s);
    const sum = months.get(month) ?? { payments: 0, spent: new ExactSum() };
    months.set(month, sum);
    sum.payments++;
    sum.spent.add(price_minor);
    payments++;
    spent.add(price_minor);
    first = Math.min(first, logged_s);
    latest = Math.max(latest, logged_s);
    least = Math.min(least, price_minor);
    most = Math.max(most, price_minor);
  }
  const adjusted = await adjustedOfRider(ledger, userId, span);
  for (const month of adjusted.numbers) {
    if (!months.has(month)) months.set(month, { payments: 0, spent: new ExactSum() });
  }
  const none = payments === 0;
  return {
    overview: {
      total_transactions: payments,
      total_spent: minorToNumber(spent.value, currency),
      adjustments: minorToNumber(adjusted.total, currency),
      net_spent: minorToNumber(spent.value + adjusted.total, currency),
      avg_transaction: averageOf(spent.value, payments, currency),
      min_transaction: none ? null : minorToNumber(least, currency),
      max_transaction: none ? null : minorToNumber(most, currency),
      first_payment: none ? null : calendar.zone.toIso(first),
      latest_payment: none ? null : calendar.zone.toIso(latest),
    },
    monthly: [...months]
      .sort(([a], [b]) => a - b)
      .map(([month, sum]) => ({
        year: Math.floor(month / 100),
        month: month % 100,
        transactions: sum.payments,
        monthly_total: minorToNumber(sum.spent.value, currency),
        adjustments: minorToNumber(adjusted.of(month), currency),
        net_total: minorToNumber(sum.spent.value + adjusted.of(month), currency),
      })),
  };
}
