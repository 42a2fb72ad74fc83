/**
 * The local calendar of a zone worked out a second time: from the runtime's own formatting (Intl), never from the
 * product's zones and buckets. Every offset and every change of the clocks is taken to lie on a quarter of an hour,
 * as they do in the zones and years of the tests.
 */
import type { Period } from '../../src/index.js';

export const HOUR = 3_600;
export const DAY = 86_400;
/** Every offset of the zones here is a multiple of this. */
export const QUARTER = 900;

export const PERIODS: readonly Period[] = ['hourly', 'daily', 'weekly', 'monthly'];
export const FIELD = { hourly: 'hour', daily: 'date', weekly: 'week', monthly: 'month' } as const;

export function secondOf(instant: string): number {
  return Date.parse(instant) / 1000;
}

export function isoOf(second: number): string {
  return new Date(second * 1000).toISOString();
}

interface Local {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** HH. */
  readonly hour: string;
  /** ±HH:MM. */
  readonly offset: string;
}

export interface LocalCalendar {
  readonly zone: string;
  offsetAt(second: number): string;
  /** YYYY-MM-DD. */
  dateOf(second: number): string;
  /** Wall-clock time as ISO 8601 with offset. */
  isoOf(second: number): string;
  /** 0 = Sunday … 6, and 0 … 23. */
  cellOf(second: number): { readonly weekday: number; readonly hour: number };
  /** The bucket's name as the source's query gives it. */
  label(period: Period, second: number): string | number;
  /** Tells buckets apart: an hour that comes twice has two offsets. */
  key(period: Period, second: number): string;
  /** First second of the bucket that holds an instant. */
  startOf(period: Period, second: number): number;
  /** First second of the bucket after it. */
  endOf(period: Period, second: number): number;
  /** First second of the date YYYY-MM-DD. */
  startOfDate(date: string): number;
  /** The first instant whose wall clock shows this, or the first after a gap; `local` is YYYY-MM-DDTHH:MM:SS. */
  instantOf(local: string): number;
}

const calendars = new Map<string, LocalCalendar>();

/** The calendar of a zone; the same one each time, since it remembers what the runtime told. */
export function calendarOf(zone: string): LocalCalendar {
  const known = calendars.get(zone) ?? makeCalendar(zone);
  calendars.set(zone, known);
  return known;
}

function localsOf(zone: string): (second: number) => Local {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    timeZoneName: 'longOffset',
  });
  const known = new Map<number, Local>();
  return (second) => {
    const quarter = Math.floor(second / QUARTER);
    const before = known.get(quarter);
    if (before !== undefined) return before;
    const parts = new Map(format.formatToParts(second * 1000).map(({ type, value }) => [type, value]));
    const name = parts.get('timeZoneName')?.slice('GMT'.length) ?? '';
    const local = {
      date: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
      hour: parts.get('hour') ?? '',
      offset: name === '' ? '+00:00' : name,
    };
    known.set(quarter, local);
    return local;
  };
}

function offsetSeconds(offset: string): number {
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  return (offset.startsWith('-') ? -1 : 1) * (hours * HOUR + minutes * 60);
}

function makeCalendar(zone: string): LocalCalendar {
  const at = localsOf(zone);
  const label = (period: Period, second: number): string | number => {
    const { date, hour } = at(second);
    if (period === 'hourly') return `${date} ${hour}:00:00`;
    if (period === 'daily') return date;
    return period === 'weekly' ? sundayWeek(date) : date.slice(0, 7);
  };
  const key = (period: Period, second: number): string => {
    const { offset } = at(second);
    return period === 'hourly' ? `${label(period, second)} ${offset}` : String(label(period, second));
  };
  const local = (second: number): string => {
    const { offset } = at(second);
    return `${isoOf(second + offsetSeconds(offset)).slice(0, 19)}`;
  };
  /** Quarter by quarter: whole hours of search, each of them known after the first time. */
  const instantOf = (wanted: string): number => {
    let second = secondOf(`${wanted.slice(0, 13)}:00:00Z`) - 15 * HOUR;
    while (local(second + QUARTER - 1) < wanted) second += QUARTER;
    const within = secondOf(`${wanted}Z`) - secondOf(`${local(second)}Z`);
    return within >= 0 && within < QUARTER ? second + within : second;
  };
  const startOfDate = (date: string): number => instantOf(`${date}T00:00:00`);
  const starts = new Map<string, number>();
  const startOf = (period: Period, second: number): number => {
    const bucket = `${period} ${key(period, second)}`;
    const known = starts.get(bucket);
    if (known !== undefined) return known;
    let start = startOfDate(firstDate(period, at(second).date));
    if (period === 'hourly') {
      start = second - (second % QUARTER);
      while (key(period, start - QUARTER) === key(period, second)) start -= QUARTER;
    }
    starts.set(bucket, start);
    return start;
  };
  const endOf = (period: Period, second: number): number => {
    if (period !== 'hourly') return startOfDate(nextDate(period, firstDate(period, at(second).date)));
    let end = second - (second % QUARTER) + QUARTER;
    while (key(period, end) === key(period, second)) end += QUARTER;
    return end;
  };
  return {
    zone,
    offsetAt: (second) => at(second).offset,
    dateOf: (second) => at(second).date,
    isoOf: (second) => `${local(second)}${at(second).offset}`,
    cellOf: (second) => {
      const { date, hour } = at(second);
      return { weekday: new Date(`${date}T00:00:00Z`).getUTCDay(), hour: Number(hour) };
    },
    label,
    key,
    startOf,
    endOf,
    startOfDate,
    instantOf,
  };
}

function plusDays(date: string, days: number): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

function firstDate(period: Period, date: string): string {
  if (period === 'monthly') return `${date.slice(0, 7)}-01`;
  if (period !== 'weekly') return date;
  return plusDays(date, -new Date(`${date}T00:00:00Z`).getUTCDay());
}

function nextDate(period: Period, first: string): string {
  if (period === 'daily') return plusDays(first, 1);
  if (period === 'weekly') return plusDays(first, 7);
  return `${plusDays(first, 31).slice(0, 7)}-01`;
}

/** YEARWEEK in MySQL's default mode, by counting: the week's number is how many Sundays the year has had so far. */
export function sundayWeek(date: string): number {
  const day = new Date(`${date}T00:00:00Z`);
  while (day.getUTCDay() !== 0) day.setUTCDate(day.getUTCDate() - 1);
  const year = day.getUTCFullYear();
  let sundays = 0;
  for (; day.getUTCFullYear() === year; day.setUTCDate(day.getUTCDate() - 7)) sundays++;
  return year * 100 + sundays;
}
