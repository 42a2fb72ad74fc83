/** Both sides of a reconciliation added up by day, payment type and category, so that every cent between them has a name. */
import { ExactSum } from './ledger.js';
import { type Currency, minorToNumber } from './money.js';
import type { Payment } from './payment.js';
import { CATEGORIES, type Category, type Pairing } from './reconciliation.js';
import { netOfListed } from './reconciliation-prices.js';
import { toIso, type Zone } from './time.js';

/** A day and payment type; money is in currency units, made from the exact integers. */
export interface ReconciledDay {
  /** Of the reporting zone. */
  readonly date: string;
  readonly payment_type: string;
  readonly payments_here: number;
  readonly total_here: number;
  readonly payments_there: number;
  readonly total_there: number;
  /** Here less there. */
  readonly difference: number;
  /** The parts of the difference, by category; those of 0 are left out. */
  readonly explained: Readonly<Partial<Record<Category, number>>>;
}

class Side {
  payments = 0;
  readonly sum = new ExactSum();

  add(price_minor: number): void {
    this.payments++;
    this.sum.add(price_minor);
  }
}

interface Cell {
  readonly here: Side;
  readonly there: Side;
}

export type CategoryCounts = Readonly<Record<Category, number>>;

/** What both sides have in all, and how many findings there are of each category. */
export interface ReconciledSum {
  readonly payments_here: number;
  readonly total_here: number;
  readonly payments_there: number;
  readonly total_there: number;
  readonly difference: number;
}

export class ReconciliationTotals {
  readonly counts: Record<Category, number> = zeros();
  readonly #zone: Zone;
  readonly #currency: Currency;
  /** By day since 1970 in the reporting zone, payment type and category. */
  readonly #days = new Map<number, Map<string, Map<Category, Cell>>>();

  constructor(zone: Zone, currency: Currency) {
    this.#zone = zone;
    this.#currency = currency;
  }

  add({ category, here, there, adjusted_minor = 0 }: Pairing): void {
    this.counts[category]++;
    if (here !== null) this.#cell(here, category).here.add(here.price_minor + adjusted_minor);
    if (there !== null) this.#cell(there.payment, category).there.add(netOfListed(there));
  }

  #cell({ logged_s, payment_type }: Payment, category: Category): Cell {
    const day = Math.floor(this.#zone.localOf(logged_s) / 86_400);
    const types = this.#days.get(day) ?? new Map<string, Map<Category, Cell>>();
    this.#days.set(day, types);
    const categories = types.get(payment_type) ?? new Map<Category, Cell>();
    types.set(payment_type, categories);
    const cell = categories.get(category) ?? { here: new Side(), there: new Side() };
    categories.set(category, cell);
    return cell;
  }

  /** Ascending by day and type. */
  days(): ReconciledDay[] {
    return [...this.#days]
      .sort(([a], [b]) => a - b)
      .flatMap(([day, types]) =>
        [...types]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([type, categories]) => {
            const date = toIso(day * 86_400).slice(0, 10);
            return {
              date,
              payment_type: type,
              ...this.#rowOf([...categories.values()]),
              ...this.#parts(categories),
            };
          }),
      );
  }

  sum(): ReconciledSum {
    const cells = [...this.#days.values()].flatMap((types) =>
      [...types.values()].flatMap((categories) => [...categories.values()]),
    );
    return this.#rowOf(cells);
  }

  #rowOf(cells: readonly Cell[]): ReconciledSum {
    const sums = { here: 0n, there: 0n };
    const payments = { here: 0, there: 0 };
    for (const { here, there } of cells) {
      sums.here += here.sum.value;
      sums.there += there.sum.value;
      payments.here += here.payments;
      payments.there += there.payments;
    }
    return {
      payments_here: payments.here,
      total_here: minorToNumber(sums.here, this.#currency),
      payments_there: payments.there,
      total_there: minorToNumber(sums.there, this.#currency),
      difference: minorToNumber(sums.here - sums.there, this.#currency),
    };
  }

  #parts(categories: ReadonlyMap<Category, Cell>): Pick<ReconciledDay, 'explained'> {
    const explained: Partial<Record<Category, number>> = {};
    for (const category of CATEGORIES) {
      const cell = categories.get(category);
      const minor = (cell?.here.sum.value ?? 0n) - (cell?.there.sum.value ?? 0n);
      if (minor !== 0n) explained[category] = minorToNumber(minor, this.#currency);
    }
    return { explained };
  }
}

function zeros(): Record<Category, number> {
  return {
    matched: 0,
    internal_currency: 0,
    pending: 0,
    missing_here: 0,
    missing_there: 0,
    differs: 0,
    duplicate_there: 0,
    unreadable_there: 0,
  };
}
