/** Observations made by hand: what a study reads, from a few words a payment. */
import type { CalendarEntry } from '../../src/domain/calendar.js';
import { dayOf } from '../../src/research/days.js';
import type { Observations } from '../../src/research/observations.js';

export interface ObservedPayment {
  readonly rider: string;
  readonly date: string;
  readonly type?: string;
  /** Minor units. */
  readonly price?: number;
  /** Seconds after midnight UTC. */
  readonly second?: number;
  /** Seconds to capture; without it, not of a live source. */
  readonly lag?: number;
}

export type ObservedMore = Partial<Pick<Observations, 'from' | 'to' | 'calendar'>>;

export const NO_ADJUSTMENTS: Observations['adjustments'] = {
  size: 0,
  rider: new Int32Array(),
  type: new Uint16Array(),
  day: new Int32Array(),
  amount: new Float64Array(),
};

/** Days are UTC's; from the first payment's to the day after the last one's, where no dates are given. */
export function observed(payments: readonly ObservedPayment[], more: ObservedMore = {}): Observations {
  const at = ({ date, second = 43_200 }: ObservedPayment): number => dayOf(date) * 86_400 + second;
  const ordered = [...payments].sort((a, b) => at(a) - at(b));
  const riders = [...new Set(ordered.map(({ rider }) => rider))];
  const types = [...new Set(ordered.map(({ type = 'credit_card' }) => type))];
  const numberOf = new Map(riders.map((rider, number) => [rider, number]));
  const column = (value: (payment: ObservedPayment) => number): Float64Array =>
    Float64Array.from(ordered, value);
  const [first, last] = [ordered[0]?.date ?? '2026-01-01', ordered.at(-1)?.date ?? '2026-01-01'];
  return {
    provenance: { kind: 'dataset', study: 'hand', version: 'made-by-hand', sequence: ordered.length },
    zone: 'UTC',
    currency: { code: 'USD', digits: 2 },
    from: first,
    to: new Date((dayOf(last) + 1) * 86_400_000).toISOString().slice(0, 10),
    size: ordered.length,
    rider: Int32Array.from(column(({ rider }) => numberOf.get(rider) ?? -1)),
    riders,
    type: Uint16Array.from(column(({ type = 'credit_card' }) => types.indexOf(type))),
    types,
    day: Int32Array.from(column(({ date }) => dayOf(date))),
    second: column(at),
    price: column(({ price = 250 }) => price),
    lag: column(({ lag = Number.NaN }) => lag),
    adjustments: NO_ADJUSTMENTS,
    calendar: [],
    ...more,
  };
}

let entries = 0;

export function calendarEntry(
  entry: Partial<CalendarEntry> & Pick<CalendarEntry, 'starts_on'>,
): CalendarEntry {
  entries += 1;
  return {
    entry_id: entries,
    kind: 'fare',
    name: 'Fare rise',
    ends_before: null,
    payment_type: null,
    price_before_minor: null,
    price_after_minor: null,
    note: null,
    ...entry,
  };
}
