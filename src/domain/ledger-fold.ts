/** The fold of the ledger: facts of payments and of adjustments go in, blocks come out. Live commits and rebuilds share it. */
import {
  type AdjustmentFact,
  type Entries,
  type Entry,
  type Fact,
  isOfAdjustments,
  type LedgerCalendar,
  type LedgerKeys,
  mergeEntries,
  type Named,
  SECTIONS,
  type Section,
  SHAPES,
  toEntries,
  withoutBuckets,
} from './ledger.js';

/** The blocks that facts make, by section and period (day YYYYMMDD, or month YYYYMM). */
export type Blocks = ReadonlyMap<Section, ReadonlyMap<number, Entries>>;

/** Adds facts up into blocks of days and months: of all sections, or of those that are asked for. */
export class LedgerFold {
  readonly #rows: ReadonlyMap<Section, Map<number, Entry[]>>;

  constructor(
    readonly calendar: LedgerCalendar,
    readonly keys: LedgerKeys,
    sections: readonly Section[] = SECTIONS,
  ) {
    this.#rows = new Map(sections.map((section) => [section, new Map()]));
  }

  add(fact: Fact): void {
    const { logged_s, price_minor, lag_s } = fact;
    const { day, start } = this.calendar.dayOf(logged_s);
    const bucket = Math.floor((logged_s - start) / this.calendar.grainS);
    for (const [section, days] of this.#rows) {
      if (isOfAdjustments(section) || (section === 'lags' && lag_s === null)) continue;
      const shape = SHAPES[section];
      const key = this.#keyOf(section, fact);
      const value = section === 'lags' ? (lag_s ?? 0) : shape.value ? price_minor : 0;
      push(days, day, { bucket, key, value, count: 1, sum: shape.sum ? price_minor : 0 });
    }
  }

  addAdjustment(fact: AdjustmentFact): void {
    const { adjusted_s, amount_minor } = fact;
    const { day, start } = this.calendar.dayOf(adjusted_s);
    const bucket = Math.floor((adjusted_s - start) / this.calendar.grainS);
    for (const [section, days] of this.#rows) {
      if (!isOfAdjustments(section)) continue;
      push(days, day, { bucket, key: this.#keyOf(section, fact), value: 0, count: 1, sum: amount_minor });
    }
  }

  #keyOf(section: Section, { payment_type, user_id }: Named): number {
    return SHAPES[section].by === 'rider' ? this.keys.riderNo(user_id) : this.keys.typeNo(payment_type);
  }

  take(): Blocks {
    const blocks = new Map<Section, Map<number, Entries>>();
    for (const [section, days] of this.#rows) {
      const periods = new Map<number, Entries>();
      for (const [day, rows] of days) {
        const entries = toEntries(rows);
        periods.set(day, entries);
        if (!SHAPES[section].months) continue;
        const month = Math.floor(day / 100);
        const whole = withoutBuckets(entries);
        const stands = periods.get(month);
        periods.set(month, stands === undefined ? whole : mergeEntries(stands, whole));
      }
      blocks.set(section, periods);
    }
    return blocks;
  }
}

function push(days: Map<number, Entry[]>, day: number, entry: Entry): void {
  const rows = days.get(day);
  if (rows === undefined) days.set(day, [entry]);
  else rows.push(entry);
}
