/** What a dataset's rows add up to, by local day and by local month, and by rider; money exactly. */
import { AppError } from '../../domain/errors.js';
import { ExactSum } from '../../domain/ledger.js';
import { monthOf, monthText } from '../days.js';
import type { Rows } from './cells.js';

/** A mark for each rider and type is kept, so that riders are counted once without remembering who they were. */
const MOST_TYPES = 200;

interface Totals {
  payments: number;
  riders: number;
  readonly revenue: ExactSum;
  readonly adjusted: ExactSum;
}

/** Types are numbers here, by which their names are found. */
class PeriodTotals {
  readonly #rows = new Map<number, (Totals | undefined)[]>();
  /** By type: the period in which a rider was last met. Payments' periods come ascending, and none is -1. */
  readonly #met: (Int32Array | undefined)[] = [];
  #period = -1;
  #types: (Totals | undefined)[] = [];

  constructor(readonly riders: number) {}

  payment(period: number, type: number, rider: number, price: number): void {
    const totals = this.#at(period, type);
    totals.payments++;
    totals.revenue.add(price);
    this.#met[type] ??= new Int32Array(this.riders).fill(-1);
    const met = this.#met[type];
    if (met[rider] === period) return;
    met[rider] = period;
    totals.riders++;
  }

  adjustment(period: number, type: number, amount: number): void {
    this.#at(period, type).adjusted.add(amount);
  }

  #at(period: number, type: number): Totals {
    if (period !== this.#period) {
      this.#period = period;
      this.#types = this.#rows.get(period) ?? [];
      this.#rows.set(period, this.#types);
    }
    const known = this.#types[type];
    if (known !== undefined) return known;
    const made = { payments: 0, riders: 0, revenue: new ExactSum(), adjusted: new ExactSum() };
    this.#types[type] = made;
    return made;
  }

  /** Rows in the order of period and type. */
  rows(names: readonly string[], first: (period: number) => string | number): Rows {
    const periods = [...this.#rows].sort(([a], [b]) => a - b);
    const sorted = periods.flatMap(([period, types]) =>
      types
        .flatMap((totals, type) =>
          totals === undefined ? [] : [{ period, type: names[type] ?? '', totals }],
        )
        .sort((a, b) => (a.type < b.type ? -1 : 1)),
    );
    const starts = sorted.map(({ period }) => first(period));
    return [
      starts.every((start) => typeof start === 'number') ? Int32Array.from(starts) : starts.map(String),
      sorted.map(({ type }) => type),
      Int32Array.from(sorted, ({ totals }) => totals.payments),
      Int32Array.from(sorted, ({ totals }) => totals.riders),
      sorted.map(({ totals }) => totals.revenue.value),
      sorted.map(({ totals }) => totals.adjusted.value),
      sorted.map(({ totals }) => totals.revenue.value + totals.adjusted.value),
    ];
  }
}

export class DatasetTotals {
  readonly #types = new Map<string, number>();
  readonly #days: PeriodTotals;
  readonly #months: PeriodTotals;
  readonly #payments: Int32Array;
  readonly #spent: Float64Array;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly revenue = new ExactSum();
  readonly adjusted = new ExactSum();
  payments = 0;
  adjustments = 0;
  #day = Number.NaN;
  #month = 0;

  constructor(readonly names: readonly string[]) {
    const riders = names.length;
    this.#days = new PeriodTotals(riders);
    this.#months = new PeriodTotals(riders);
    this.#payments = new Int32Array(riders);
    this.#spent = new Float64Array(riders);
    this.#first = new Int32Array(riders);
    this.#last = new Int32Array(riders);
  }

  /** Payments come in the order of time. */
  payment(day: number, type: string, rider: number, price: number): void {
    const number = this.#numberOf(type);
    this.#days.payment(day, number, rider, price);
    this.#months.payment(this.#monthOf(day), number, rider, price);
    this.revenue.add(price);
    this.payments++;
    if (this.#payments[rider] === 0) this.#first[rider] = day;
    this.#last[rider] = day;
    this.#payments[rider] = (this.#payments[rider] ?? 0) + 1;
    this.#spent[rider] = (this.#spent[rider] ?? 0) + price;
  }

  adjustment(day: number, type: string, amount: number): void {
    const number = this.#numberOf(type);
    this.#days.adjustment(day, number, amount);
    this.#months.adjustment(this.#monthOf(day), number, amount);
    this.adjusted.add(amount);
    this.adjustments++;
  }

  #numberOf(type: string): number {
    const known = this.#types.get(type);
    if (known !== undefined) return known;
    const number = this.#types.size;
    if (number >= MOST_TYPES)
      throw new AppError(
        'usage',
        `The period has more than ${MOST_TYPES} payment types. Choose a shorter one, or mend the types first.`,
      );
    this.#types.set(type, number);
    return number;
  }

  /** Rows come by the day, mostly. */
  #monthOf(day: number): number {
    if (day !== this.#day) {
      this.#day = day;
      this.#month = monthOf(day);
    }
    return this.#month;
  }

  daily(): Rows {
    return this.#days.rows([...this.#types.keys()], (day) => day);
  }

  monthly(): Rows {
    return this.#months.rows([...this.#types.keys()], monthText);
  }

  riders(): Rows {
    const unlessNone = (days: Int32Array): (number | null)[] =>
      Array.from(days, (day, rider) => (this.#payments[rider] === 0 ? null : day));
    return [
      Int32Array.from(this.names, (_, rider) => rider),
      this.names,
      this.#payments,
      this.#checkedSpent(),
      unlessNone(this.#first),
      unlessNone(this.#last),
    ];
  }

  /** One rider's spending stays far below 2⁵³; where it does not, it is refused rather than rounded. */
  #checkedSpent(): Float64Array {
    for (const spent of this.#spent) {
      if (!Number.isSafeInteger(spent))
        throw new AppError('invalid', 'A rider spent more than can be added up exactly.');
    }
    return this.#spent;
  }
}
