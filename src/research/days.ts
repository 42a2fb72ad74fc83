/** Local days as whole numbers since 1970-01-01, and the weeks and months that hold them. */
import type { Zone } from '../domain/time.js';

const DAY_S = 86_400;
const DAY_MS = 1000 * DAY_S;

/** `YYYY-MM-DD` of a day. */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** The day of `YYYY-MM-DD`. */
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

/** The local day of an instant. */
export const localDay = (second: number, zone: Zone): number => Math.floor(zone.localOf(second) / DAY_S);

/** Months since the year 0: months that follow each other are one apart. */
export function monthOf(day: number): number {
  const date = new Date(day * DAY_MS);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** `YYYY-MM` of such a month. */
export const monthText = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

/** The first day of such a month. */
export const firstDayOf = (month: number): number => dayOf(`${monthText(month)}-01`);

/** 1970-01-04 was a Sunday. */
const FIRST_SUNDAY = 3;

/** Weeks from Sunday to Saturday, as those of the figures; the one that 1970-01-04 begins is 0. */
export const weekOf = (day: number): number => Math.floor((day - FIRST_SUNDAY) / 7);

/** The Sunday that begins such a week. */
export const firstDayOfWeek = (week: number): number => week * 7 + FIRST_SUNDAY;
