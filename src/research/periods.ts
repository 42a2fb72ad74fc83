/** Periods of whole local days, by which observations are counted. */
import { firstDayOf, monthOf } from './days.js';
import { at } from './numeric/vectors.js';

export const GRAINS = ['day', 'week', 'month'] as const;
export type Grain = (typeof GRAINS)[number];

/** Whole periods, one behind the other. What is not of a whole one is of none. */
export interface Periods {
  readonly grain: Grain;
  readonly count: number;
  /** Their first days, ascending, and the day after the last one. */
  readonly bounds: Int32Array;
}

/** The period of a day; −1 for none. Made once, asked for each payment. */
export function periodLookup({ bounds, count }: Periods): (day: number) => number {
  const [first, last] = [at(bounds, 0), at(bounds, count)];
  if (count === 0) return () => -1;
  const places = new Int32Array(last - first);
  for (let period = 0; period < count; period++) {
    places.fill(period, at(bounds, period) - first, at(bounds, period + 1) - first);
  }
  return (day) => (day >= first && day < last ? (places[day - first] ?? -1) : -1);
}

/** Days, or weeks of seven days from the anchor on, both ways: so no week has days of before and after an event. */
function equalPeriods(grain: Grain, length: number, anchor: number, from: number, to: number): Periods {
  const first = anchor + Math.ceil((from - anchor) / length) * length;
  const count = Math.max(0, Math.floor((to - first) / length));
  return { grain, count, bounds: Int32Array.from({ length: count + 1 }, (_, i) => first + i * length) };
}

function months(from: number, to: number): Periods {
  const bounds: number[] = [];
  for (let month = monthOf(from); firstDayOf(month) <= to; month++) {
    if (firstDayOf(month) >= from) bounds.push(firstDayOf(month));
  }
  return { grain: 'month', count: Math.max(0, bounds.length - 1), bounds: Int32Array.from(bounds) };
}

/** The whole periods from day `from` to before day `to`. */
export function periodsOf(grain: Grain, from: number, to: number, anchor = from): Periods {
  if (grain === 'month') return months(from, to);
  return equalPeriods(grain, grain === 'day' ? 1 : 7, anchor, from, to);
}
