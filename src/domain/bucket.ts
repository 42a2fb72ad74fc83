/** Buckets of the reporting zone: which hour, day, week or month an instant belongs to, and when that starts. */
import { toIso, type Zone } from './time.js';

export type Period = 'hourly' | 'daily' | 'weekly' | 'monthly';
export const PERIODS: readonly Period[] = ['hourly', 'daily', 'weekly', 'monthly'];

/** The name under which the source's query returns each period's bucket. */
export const BUCKET_FIELD = {
  hourly: 'hour',
  daily: 'date',
  weekly: 'week',
  monthly: 'month',
} as const satisfies Record<Period, string>;

const HOUR = 3600;
const DAY = 86_400;

/** First second of the bucket that holds `second`. */
export function bucketStart(period: Period, second: number, zone: Zone): number {
  const local = zone.localOf(second);
  if (period !== 'hourly') {
    const start = zone.startOf(localBucketStart(period, local));
    // Where clocks went back over midnight just after it, the new day goes on: what has begun does not end twice.
    const next = nextBucketStart(period, start, zone);
    return second < next ? start : next;
  }
  // After a change of offset in the middle of an hour, that hour's second stretch is a bucket of its own.
  return Math.max(second - modulo(local, HOUR), zone.offsetSince(second));
}

function localBucketStart(period: Exclude<Period, 'hourly'>, local: number): number {
  const day = Math.floor(local / DAY);
  if (period === 'daily') return day * DAY;
  // 1970-01-01 was a Thursday; MySQL's default week starts on Sunday.
  if (period === 'weekly') return (day - modulo(day + 4, 7)) * DAY;
  const date = new Date(local * 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 1000;
}

/** First second of the bucket after the one that starts at `start`. */
export function nextBucketStart(period: Period, start: number, zone: Zone): number {
  if (period === 'hourly') {
    const end = start + HOUR - modulo(zone.localOf(start), HOUR);
    const changed = zone.offsetSince(end - 1);
    return changed > start ? changed : end;
  }
  const local = localBucketStart(period, zone.localOf(start));
  if (period === 'daily') return zone.startOf(local + DAY);
  if (period === 'weekly') return zone.startOf(local + 7 * DAY);
  const date = new Date(local * 1000);
  return zone.startOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / 1000);
}

/** The bucket's name as the source's query gives it: hour, date, YEARWEEK (default mode) or month. */
export function bucketLabel(period: Period, start: number, zone: Zone): string | number {
  const local = zone.localOf(start);
  const text = toIso(local);
  if (period === 'hourly') return `${text.slice(0, 10)} ${text.slice(11, 13)}:00:00`;
  if (period === 'daily') return text.slice(0, 10);
  if (period === 'weekly') return yearWeek(local);
  return text.slice(0, 7);
}

/**
 * MySQL's YEARWEEK(date) in its default mode 0: weeks start on Sunday, and week 1 is the first with a Sunday in the
 * year, so a week belongs to the year of its Sunday. `local` is wall-clock seconds.
 */
export function yearWeek(local: number): number {
  const sunday = new Date(localBucketStart('weekly', local) * 1000);
  const year = sunday.getUTCFullYear();
  const dayOfYear = (sunday.getTime() - Date.UTC(year, 0, 1)) / (DAY * 1000);
  return year * 100 + Math.floor(dayOfYear / 7) + 1;
}

/** Local month of an instant as the number YYYYMM. */
export function monthOf(second: number, zone: Zone): number {
  const date = new Date(zone.localOf(second) * 1000);
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
}

/** First second and end (exclusive) of the local month YYYYMM. */
export function monthRange(month: number, zone: Zone): { start: number; end: number } {
  const year = Math.floor(month / 100);
  const index = (month % 100) - 1;
  return {
    start: zone.startOf(Date.UTC(year, index, 1) / 1000),
    end: zone.startOf(Date.UTC(year, index + 1, 1) / 1000),
  };
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
