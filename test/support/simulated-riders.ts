/** Worlds of riders who pay by chance, with what is planted in them known. */
import type { CalendarEntry } from '../../src/domain/calendar.js';
import { dateOf, dayOf } from '../../src/research/days.js';
import type { Observations } from '../../src/research/observations.js';
import type { Chance } from './chance.js';
import { NO_ADJUSTMENTS } from './observations.js';

export interface World {
  readonly riders: number;
  readonly weeks: number;
  /** The week in which the price changes. */
  readonly event: number;
  /** Payments a week of a rider of middling habit. */
  readonly rate?: number;
  readonly priceBefore?: number;
  readonly priceAfter?: number;
  /** Log-arc elasticity of a rider's payments. */
  readonly elasticity?: (rider: number) => number;
  /** By rider, the payment type used throughout. */
  readonly type?: (rider: number) => string;
  /** Whether the price changes for this rider. */
  readonly met?: (rider: number) => boolean;
  /** The week from which on a rider is there at all. */
  readonly joins?: (rider: number) => number;
  /** All riders together, by week: a season, a trend, a shock. */
  readonly swing?: (week: number) => number;
  readonly entry?: Partial<CalendarEntry> | null;
}

/** A Monday. */
export const WORLD_FROM = '2026-01-05';

export const eventDate = ({ event }: Pick<World, 'event'>): string => dateOf(dayOf(WORLD_FROM) + 7 * event);

/** Observations in the order of time. Each rider has a habit of their own. */
export function simulateRiders(chance: Chance, world: World): Observations {
  const { riders, weeks, event, rate = 2, priceBefore = 200, priceAfter = 250 } = world;
  const { elasticity = () => 0, type = () => 'credit_card', met = () => true, joins = () => 0 } = world;
  const start = dayOf(WORLD_FROM);
  const days = Array.from({ length: 7 * weeks }, (): [number, number][] => []);
  for (let rider = 0; rider < riders; rider++) {
    const habit = rate * Math.exp(0.5 * chance.normal() - 0.125);
    const answer = (priceAfter / priceBefore) ** elasticity(rider);
    for (let week = joins(rider); week < weeks; week++) {
      const dear = week >= event && met(rider);
      const mean = habit * (week >= event ? answer : 1) * (world.swing?.(week) ?? 1);
      const count = chance.poisson(mean);
      for (let i = 0; i < count; i++) {
        days[7 * week + chance.uniformInt(0, 6)]?.push([rider, dear ? priceAfter : priceBefore]);
      }
    }
  }
  const rows = days.flatMap((own, day) => own.map(([rider, price]) => ({ rider, price, day: start + day })));
  const types = [...new Set(Array.from({ length: riders }, (_, rider) => type(rider)))];
  return {
    provenance: { kind: 'dataset', study: 'simulated', version: 'simulated', sequence: rows.length },
    zone: 'UTC',
    currency: { code: 'USD', digits: 2 },
    from: WORLD_FROM,
    to: dateOf(start + 7 * weeks),
    size: rows.length,
    rider: Int32Array.from(rows, (row) => row.rider),
    riders: Array.from({ length: riders }, (_, rider) => `rider ${rider}`),
    type: Uint16Array.from(rows, (row) => types.indexOf(type(row.rider))),
    types,
    day: Int32Array.from(rows, (row) => row.day),
    second: Float64Array.from(rows, (row) => row.day * 86_400 + 43_200),
    price: Float64Array.from(rows, (row) => row.price),
    lag: new Float64Array(rows.length).fill(Number.NaN),
    adjustments: NO_ADJUSTMENTS,
    calendar: world.entry === null ? [] : [entryOf(world, priceBefore, priceAfter)],
  };
}

const entryOf = (world: World, before: number, after: number): CalendarEntry => ({
  entry_id: 1,
  kind: 'fare',
  name: 'Fare rise',
  starts_on: eventDate(world),
  ends_before: null,
  payment_type: null,
  price_before_minor: before,
  price_after_minor: after,
  note: null,
  ...world.entry,
});
