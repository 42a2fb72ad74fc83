/** What commits add up to: aggregates alone, no rider and no payment. */
import { type Currency, minorToNumber, numberToMinor } from './money.js';
import type { Source } from './outcome.js';
import { fromSqlText, toIso } from './time.js';

/** A captured payment; its fields are null where its row has been deleted since. */
export interface CapturedPayment {
  readonly sequence: number;
  readonly source: Source;
  readonly payment_type: string | null;
  readonly total_price: number | null;
  /** UTC text. */
  readonly logged_on: string | null;
}

interface Sum {
  readonly payments: number;
  /** In currency units, made from the exact integer. */
  readonly revenue: number;
}

export interface FeedCommit extends Sum {
  /** The newest capture that has been told of. */
  readonly as_of: number;
  /** ISO 4217. */
  readonly currency: string;
  /** By name. */
  readonly by_type: readonly (Sum & { readonly payment_type: string })[];
  readonly by_source: readonly (Sum & { readonly source: string })[];
  /** ISO 8601 in UTC. */
  readonly latest_logged_on: string;
}

/** Exact sums by a name. */
class Tally {
  readonly #sums = new Map<string, { payments: number; minor: bigint }>();

  add(name: string, minor: bigint): void {
    const sum = this.#sums.get(name) ?? { payments: 0, minor: 0n };
    this.#sums.set(name, { payments: sum.payments + 1, minor: sum.minor + minor });
  }

  rows(currency: Currency): { name: string; payments: number; revenue: number }[] {
    return [...this.#sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { payments, minor }]) => ({ name, payments, revenue: minorToNumber(minor, currency) }));
  }
}

/** Adds captures up; undefined where none of their payments stands. */
export function commitOf(
  captures: readonly CapturedPayment[],
  as_of: number,
  currency: Currency,
): FeedCommit | undefined {
  const types = new Tally();
  const sources = new Tally();
  let payments = 0;
  let total = 0n;
  let latest = '';
  for (const { source, payment_type, total_price, logged_on } of captures) {
    if (payment_type === null || total_price === null || logged_on === null) continue;
    const minor = BigInt(numberToMinor(total_price, currency));
    types.add(payment_type, minor);
    sources.add(source, minor);
    payments++;
    total += minor;
    if (logged_on > latest) latest = logged_on;
  }
  if (payments === 0) return undefined;
  return {
    as_of,
    payments,
    revenue: minorToNumber(total, currency),
    currency: currency.code,
    by_type: types.rows(currency).map(({ name, ...sum }) => ({ payment_type: name, ...sum })),
    by_source: sources.rows(currency).map(({ name, ...sum }) => ({ source: name, ...sum })),
    latest_logged_on: toIso(fromSqlText(latest)),
  };
}
