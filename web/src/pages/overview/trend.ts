/** Rows of the server's trends as the lines of a chart, and how large a bucket suits a range. */
import { marksOn } from 'farelog/documents/chart-marks.ts';
import type { RevenueTrend, TrendPeriod, TrendSeries } from 'farelog/documents/chart-trends.ts';
import { typeInWords } from 'farelog/documents/names.ts';
import { type Currency, minorToNumber, numberToMinor } from 'farelog/domain/money.ts';
import type { CalendarEntry } from '../../api/calendar.ts';
import type { Got } from '../../api/client.ts';

export type TrendsAnswer = Got<'/api/v1/analytics/trends'>;

export const PERIODS = ['hourly', 'daily', 'weekly', 'monthly'] as const satisfies readonly TrendPeriod[];

/** The most of each that is worth drawing. */
const MAX_DAYS: Readonly<Record<TrendPeriod, number>> = {
  hourly: 100,
  daily: 1_500,
  weekly: 10_000,
  monthly: Number.POSITIVE_INFINITY,
};

/** So many buckets that the shape is seen, and so few that each is. */
export function suitingPeriod(days: number): TrendPeriod {
  if (days <= 3.1) return 'hourly';
  if (days <= 92.1) return 'daily';
  return days <= 731 ? 'weekly' : 'monthly';
}

/** What was asked for, unless it is too fine for the range. */
export function periodFor(asked: string | null, days: number): TrendPeriod {
  const period = PERIODS.find((one) => one === asked);
  return period !== undefined && days <= MAX_DAYS[period] ? period : suitingPeriod(days);
}

/** With more types than colours, the smallest are told together. */
export const MAX_TYPES = 8;
export const OTHER_TYPES = 'Other types';

export interface TrendBucketSum {
  readonly starts_at: string;
  readonly payments: number;
  readonly revenue: number;
  /** What was adjusted within it; below zero where money went back. */
  readonly adjustments: number;
  readonly net: number;
  /** Of the same bucket of the earlier time. */
  readonly earlier: { readonly starts_at: string; readonly revenue: number } | undefined;
}

export interface Trend extends RevenueTrend {
  /** All types together, in the order of time. */
  readonly buckets: readonly TrendBucketSum[];
}

interface BucketCount {
  payments: number;
  minor: number;
  adjustedMinor: number;
  earlierMinor: number;
  earlierStart: string | undefined;
}

export function trendOf(
  { rows, period, to }: TrendsAnswer,
  currency: Currency,
  now: number,
  earlierName: string,
  entries: readonly CalendarEntry[] = [],
): Trend {
  const buckets = new Map<string, BucketCount>();
  const types = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const bucket = buckets.get(row.starts_at) ?? {
      payments: 0,
      minor: 0,
      adjustedMinor: 0,
      earlierMinor: 0,
      earlierStart: row.previous_starts_at,
    };
    buckets.set(row.starts_at, bucket);
    const minor = numberToMinor(row.revenue, currency);
    bucket.payments += row.transactions;
    bucket.minor += minor;
    bucket.adjustedMinor += numberToMinor(row.adjustments, currency);
    bucket.earlierMinor += numberToMinor(row.previous_revenue ?? 0, currency);
    if (row.payment_type === undefined) continue;
    const type = types.get(row.payment_type) ?? new Map<string, number>();
    types.set(row.payment_type, type.set(row.starts_at, minor));
  }
  const starts = [...buckets.keys()];
  const amount = (minor: number): number => minorToNumber(minor, currency);
  const sums = [...buckets].map(([starts_at, bucket]) => ({
    starts_at,
    payments: bucket.payments,
    revenue: amount(bucket.minor),
    adjustments: amount(bucket.adjustedMinor),
    net: amount(bucket.minor + bucket.adjustedMinor),
    earlier:
      bucket.earlierStart === undefined
        ? undefined
        : { starts_at: bucket.earlierStart, revenue: amount(bucket.earlierMinor) },
  }));
  const whole: TrendSeries = { name: 'Revenue', values: sums.map(({ revenue }) => revenue) };
  const isCompared = sums.some(({ earlier }) => earlier !== undefined);
  return {
    period,
    starts,
    series: types.size === 0 ? [whole] : seriesOf(types, starts, amount),
    earlier: isCompared
      ? { name: earlierName, values: sums.map(({ earlier }) => earlier?.revenue ?? 0) }
      : undefined,
    marks: marksOn(entries, starts, period),
    isUnfinished: to === null || Date.parse(to) > now,
    buckets: sums,
  };
}

/** One a type, the largest first, so that the largest stand on the axis. */
function seriesOf(
  types: ReadonlyMap<string, ReadonlyMap<string, number>>,
  starts: readonly string[],
  amount: (minor: number) => number,
): TrendSeries[] {
  const total = (type: ReadonlyMap<string, number>): number => [...type.values()].reduce((a, b) => a + b, 0);
  const sorted = [...types].sort(([, a], [, b]) => total(b) - total(a));
  const own = sorted.length > MAX_TYPES ? sorted.slice(0, MAX_TYPES - 1) : sorted;
  const rest = sorted.slice(own.length);
  const named = own.map(([name, type]) => ({
    name: typeInWords(name),
    values: starts.map((start) => amount(type.get(start) ?? 0)),
  }));
  if (rest.length === 0) return named;
  const values = starts.map((start) =>
    amount(rest.reduce((sum, [, type]) => sum + (type.get(start) ?? 0), 0)),
  );
  return [...named, { name: OTHER_TYPES, values }];
}
