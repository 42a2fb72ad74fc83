/** Which payment types brought in how much. */
import { averageOf, minorToNumber } from '../domain/money.js';
import type { Span } from '../store/rollups.js';
import { OPEN_END } from './range.js';
import { type Counted, type Reader, totalsByType } from './totals.js';

/** A row of the source's `analyzePaymentMethods`; money in currency units, exact; the average to 4 decimals. */
export interface MethodRow {
  readonly payment_type: string;
  readonly transaction_count: number;
  readonly total_revenue: number;
  readonly avg_transaction_value: number;
}

/** Payment types by revenue, highest first; among equals by name. */
export async function paymentMethods(reader: Reader, span: Span): Promise<Counted<MethodRow>> {
  const { rows, as_of } = await totalsByType(reader, span);
  const { currency } = reader;
  const sorted = rows.toSorted((a, b) => {
    if (a.revenue_minor !== b.revenue_minor) return a.revenue_minor < b.revenue_minor ? 1 : -1;
    return a.payment_type < b.payment_type ? -1 : 1;
  });
  return {
    as_of,
    rows: sorted.map(({ payment_type, payments, revenue_minor }) => ({
      payment_type,
      transaction_count: payments,
      total_revenue: minorToNumber(revenue_minor, currency),
      avg_transaction_value: averageOf(revenue_minor, payments, currency),
    })),
  };
}

/** Average price of each payment type over all time, in minor units: what a new feed's prices are held against. */
export async function averagePrices(reader: Reader): Promise<Map<string, number>> {
  const { rows } = await totalsByType(reader, { from: 0, to: OPEN_END });
  return new Map(rows.map((row) => [row.payment_type, Number(row.revenue_minor) / row.payments]));
}
