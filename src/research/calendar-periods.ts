/** Payments by the days, weeks and months of the calendar, those that the period observed cuts among them. */
import { dateOf, firstDayOf, firstDayOfWeek, monthOf, weekOf } from './days.js';
import { at } from './numeric/vectors.js';
import type { Observations } from './observations.js';

export type PeriodName = 'day' | 'week' | 'month';

export interface Periods {
  /** `YYYY-MM` of a month; otherwise the first day. */
  readonly names: readonly string[];
  /** The first days. */
  readonly days: readonly number[];
  /** Of each payment, from 0. */
  readonly index: Int32Array;
}

interface Cut {
  /** Number of the period that holds a day. */
  readonly of: (day: number) => number;
  readonly firstDay: (period: number) => number;
}

const CUTS: Readonly<Record<PeriodName, Cut>> = {
  day: { of: (day) => day, firstDay: (period) => period },
  week: { of: weekOf, firstDay: firstDayOfWeek },
  month: { of: monthOf, firstDay: firstDayOf },
};

/** From the period of the first payment to that of the last one. */
export function calendarPeriods({ day }: Pick<Observations, 'day'>, period: PeriodName): Periods {
  const cut = CUTS[period];
  const [first, last] = endsOf(day);
  const index = new Int32Array(day.length);
  const start = cut.of(first);
  // Made once a day, asked for each payment.
  const placeOf = Int32Array.from({ length: last - first + 1 }, (_, i) => cut.of(first + i) - start);
  for (let i = 0; i < day.length; i++) index[i] = at(placeOf, at(day, i) - first);
  const days = Array.from({ length: cut.of(last) - start + 1 }, (_, i) => cut.firstDay(start + i));
  return { days, names: days.map((own) => dateOf(own).slice(0, period === 'month' ? 7 : 10)), index };
}

/** Not the first and the last one: where clocks go back at midnight, days are not in the order of seconds. */
function endsOf(day: Int32Array): [number, number] {
  let [first, last] = [at(day, 0), at(day, 0)];
  for (const own of day) {
    if (own < first) first = own;
    if (own > last) last = own;
  }
  return [first, last];
}

/** Places of the payments of each period. */
export function byPeriod({ index, days }: Periods): Int32Array[] {
  const counts = new Int32Array(days.length);
  for (const period of index) counts[period] = at(counts, period) + 1;
  const places = Array.from(counts, (count) => new Int32Array(count));
  const next = new Int32Array(days.length);
  for (const [i, period] of index.entries()) {
    const own = places[period];
    if (own !== undefined) own[at(next, period)] = i;
    next[period] = at(next, period) + 1;
  }
  return places;
}
