/** How prices are spread, of all payments and of each type. */
import { averageOf, minorToNumber } from '../domain/money.js';
import type { Span } from '../domain/time.js';
import type { Ledger } from './ledger.js';
import { ascendingOf, type CountedValue, type QuantileRow, quantilesOf } from './quantiles.js';

export interface PriceCount {
  readonly price: number;
  readonly transactions: number;
}

export interface PriceDistribution {
  /** Null: of all types together. */
  readonly payment_type: string | null;
  readonly transactions: number;
  readonly avg_price: number;
  readonly quantiles: QuantileRow[];
  /** The prices paid most often, at most 100, ascending. */
  readonly most_paid: PriceCount[];
  /** How many different prices were paid. */
  readonly distinct_prices: number;
}

const MOST_PAID = 100;

/** All types together first, then each type by its name. */
export async function priceDistribution(ledger: Ledger, span: Span): Promise<PriceDistribution[]> {
  const byType = await countsByType(ledger, 'prices', span);
  const all = new Map<number, number>();
  for (const counts of byType.values()) {
    for (const [price, count] of counts) all.set(price, (all.get(price) ?? 0) + count);
  }
  const types = [...byType].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    distributionOf(null, all, ledger),
    ...types.map(([type, counts]) => distributionOf(type, counts, ledger)),
  ];
}

/** Values of a section (price in minor units, or lag in seconds) and how often they stand, by payment type. */
export async function countsByType(
  ledger: Ledger,
  section: 'prices' | 'lags',
  span: Span,
): Promise<Map<string, Map<number, number>>> {
  const byNumber = new Map<number, Map<number, number>>();
  for (const { entries, from, to } of await ledger.slices(section, span, true)) {
    for (let at = from; at < to; at++) {
      const type = entries.key[at] ?? 0;
      const counts = byNumber.get(type) ?? new Map<number, number>();
      byNumber.set(type, counts);
      const value = entries.value[at] ?? 0;
      counts.set(value, (counts.get(value) ?? 0) + (entries.count[at] ?? 0));
    }
  }
  const nameOf = await ledger.typeNames();
  return new Map([...byNumber].map(([type, counts]) => [nameOf(type), counts]));
}

/** Counted values in ascending order. */
export function ascendingCounts(counts: ReadonlyMap<number, number>): CountedValue[] {
  return [...counts].sort(([a], [b]) => a - b).map(([value, count]) => ({ value, count }));
}

function distributionOf(
  paymentType: string | null,
  counts: ReadonlyMap<number, number>,
  { currency }: Ledger,
): PriceDistribution {
  const ascending = ascendingCounts(counts);
  const transactions = ascending.reduce((sum, { count }) => sum + count, 0);
  const revenue = ascending.reduce((sum, { value, count }) => sum + BigInt(value) * BigInt(count), 0n);
  const mostPaid = ascending.toSorted((a, b) => b.count - a.count || a.value - b.value).slice(0, MOST_PAID);
  return {
    payment_type: paymentType,
    transactions,
    avg_price: averageOf(revenue, transactions, currency),
    quantiles: quantilesOf(ascendingOf(ascending), (minor) => minor / 10 ** currency.digits),
    most_paid: mostPaid
      .sort((a, b) => a.value - b.value)
      .map(({ value, count }) => ({ price: minorToNumber(value, currency), transactions: count })),
    distinct_prices: ascending.length,
  };
}
