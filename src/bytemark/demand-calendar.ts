/**
 * How much is bought when: the week, the hours of a day, holidays, seasons, event days and the start of a month, for a
 * city like Houston. All of it is local time of the zone. Weights are invented; their order of size is a transit
 * agency's.
 */

import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { skipN } from 'pure-rand/utils/skipN';
import type { Zone } from '../domain/time.js';

/** Demand is constant within a slot; every zone's offset of today is a multiple of it. */
export const SLOT_S = 900;
const DAY_S = 86_400;
const SLOTS = DAY_S / SLOT_S;

/** Payments per second: of fares for the next rides, and of monthly passes. */
export interface Intensity {
  readonly fares: number;
  readonly passes: number;
  /** The part of the fares that an event draws, between 0 and 1. */
  readonly eventShare: number;
}

/** Monthly passes among all payments of an ordinary month. */
export const PASS_SHARE = 0.09;
/** Growth of demand and of riders, per second, as an exponent: about 0.8 % a month. */
export const GROWTH_PER_S = 0.008 / (30 * DAY_S);

/** Sunday first; an ordinary week is 7 in sum. */
const WEEK = normalised([0.42, 1, 1.04, 1.04, 1.02, 0.97, 0.55], 7);
/** January first. */
const SEASON = [0.97, 1.01, 1.03, 1.02, 1, 0.94, 0.92, 0.98, 1.04, 1.05, 1, 0.93];
/** Monthly passes by day of the month: the last two days are counted from the end. */
const MONTH_START = [4.2, 2.8, 1.9, 1.4];
const MONTH_END = 1.9;
const MONTH_MIDDLE = 0.72;

/** A bell around an hour of the day: hour, standard deviation in hours, weight. */
type Bell = readonly [hour: number, sd: number, weight: number];

const WORKDAY = dayCurve(0.04, [
  [7.2, 0.9, 0.34],
  [12.3, 2, 0.2],
  [17.1, 1.3, 0.34],
  [20.5, 1.6, 0.08],
]);
const DAY_OFF = dayCurve(0.06, [
  [11, 2.2, 0.3],
  [15, 2.8, 0.48],
  [21, 2, 0.16],
]);
const EVENING_EVENT = dayCurve(0, [
  [18.3, 0.8, 0.7],
  [22.4, 0.6, 0.3],
]);
const PASS_BUYING = dayCurve(0.05, [
  [6.8, 1, 0.4],
  [12.4, 1.2, 0.2],
  [19, 2.2, 0.35],
]);

/** Share of an ordinary day that is left on a holiday. */
const HOLIDAYS: ReadonlyMap<string, number> = new Map([
  ['01-01', 0.4],
  ['06-19', 0.8],
  ['07-04', 0.55],
  ['12-24', 0.65],
  ['12-25', 0.25],
  ['12-31', 0.8],
]);

function normalised(weights: readonly number[], total: number): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => (weight * total) / sum);
}

/** Weight of each quarter of an hour of a local day; 1 in sum. */
function dayCurve(flat: number, bells: readonly Bell[]): number[] {
  const weights = Array.from({ length: SLOTS }, (_, slot) => {
    const hour = (slot + 0.5) / 4;
    return bells.reduce((sum, [middle, sd, weight]) => {
      // The day is round: what is bought after midnight belongs to the late evening.
      const away = Math.abs(hour - middle);
      const distance = Math.min(away, 24 - away);
      return sum + (weight / sd) * Math.exp(-((distance / sd) ** 2) / 2);
    }, flat / 10);
  });
  return normalised(weights, 1);
}

/** A holiday's share of the local date; 1 on every other day. */
function holidayShare(date: Date): number {
  const fixed = HOLIDAYS.get(date.toISOString().slice(5, 10));
  if (fixed !== undefined) return fixed;
  const month = date.getUTCMonth() + 1;
  const day = date.getUTCDate();
  const nth = Math.ceil(day / 7);
  const weekday = date.getUTCDay();
  if (weekday === 1 && month === 1 && nth === 3) return 0.8;
  if (weekday === 1 && month === 5 && day > 24) return 0.5;
  if (weekday === 1 && month === 9 && nth === 1) return 0.5;
  if (weekday === 4 && month === 11 && nth === 4) return 0.3;
  if (weekday === 5 && month === 11 && day >= 23 && day <= 29) return 0.7;
  return 1;
}

/** The rodeo takes the evenings of most of March; other events come about twice a month. */
function eventSize(date: Date, chance: number, size: number): number {
  const rodeo = date.getUTCMonth() === 2 && date.getUTCDate() >= 3 && date.getUTCDate() <= 22;
  if (rodeo) return 0.12 + 0.1 * size;
  return chance < 0.07 ? 0.12 + 0.25 * size : 0;
}

function monthBump(date: Date): number {
  const start = MONTH_START[date.getUTCDate() - 1];
  if (start !== undefined) return start;
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.getUTCDate() >= lastDay - 1 ? MONTH_END : MONTH_MIDDLE;
}

/** Draws that belong to a local day whatever else is drawn: the same day is alike in any range. */
function drawsOfDay(seed: number, day: number, count: number): number[] {
  const random = xoroshiro128plus(seed ^ Math.imul(day + 1, 0x9e3779b1));
  skipN(random, 32);
  return Array.from({ length: count }, () => uniformFloat64(random));
}

interface LocalDay {
  readonly fares: number;
  readonly passes: number;
  readonly event: number;
  readonly curve: readonly number[];
}

function localDay(seed: number, day: number): LocalDay {
  const date = new Date(day * DAY_S * 1000);
  const [weather = 0, storm = 0, chance = 0, size = 0] = drawsOfDay(seed, day, 4);
  const holiday = holidayShare(date);
  const weekday = date.getUTCDay();
  const isDayOff = weekday === 0 || weekday === 6 || holiday < 0.75;
  const mood = (0.94 + 0.12 * weather) * (storm < 0.008 ? 0.6 : 1);
  const season = SEASON[date.getUTCMonth()] ?? 1;
  return {
    fares: (WEEK[weekday] ?? 1) * holiday * mood * season,
    passes: monthBump(date) * (isDayOff ? 0.75 : 1.1) * mood,
    event: eventSize(date, chance, size),
    curve: isDayOff ? DAY_OFF : WORKDAY,
  };
}

/** Demand over time, as a function of the seed, the instant and nothing else. */
export class DemandCalendar {
  #day = Number.NaN;
  #localDay: LocalDay = { fares: 0, passes: 0, event: 0, curve: [] };

  /**
   * @param dailyPayments mean payments per day of an ordinary week around `originS`
   * @param originS seconds since 1970 from which demand grows
   */
  constructor(
    readonly seed: number,
    readonly zone: Zone,
    readonly dailyPayments: number,
    readonly originS: number,
  ) {}

  /** The slot of an instant (seconds since 1970): constant demand from its start until `SLOT_S` later. */
  intensityAt(second: number): Intensity {
    const local = this.zone.localOf(second);
    const day = Math.floor(local / DAY_S);
    if (day !== this.#day) {
      this.#localDay = localDay(this.seed, day);
      this.#day = day;
    }
    const { fares, passes, event, curve } = this.#localDay;
    const slot = Math.floor((local - day * DAY_S) / SLOT_S);
    const perSecond = (this.dailyPayments * Math.exp(GROWTH_PER_S * (second - this.originS))) / SLOT_S;
    const ordinary = fares * (curve[slot] ?? 0);
    const drawn = event * (EVENING_EVENT[slot] ?? 0);
    return {
      fares: perSecond * (1 - PASS_SHARE) * (ordinary + drawn),
      passes: perSecond * PASS_SHARE * passes * (PASS_BUYING[slot] ?? 0),
      eventShare: drawn === 0 ? 0 : drawn / (ordinary + drawn),
    };
  }
}
