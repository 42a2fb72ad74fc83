/** Answers about riders as bars over time. */
import type { RevenueTrend } from 'farelog/documents/chart-trends.ts';
import type { Got } from '../../api/client.ts';
import type { RiderSpending } from '../../api/riders.ts';
import { suitingPeriod } from '../overview/trend.ts';

export type ActivityAnswer = Got<'/api/v1/analytics/riders'>;
export type ActivityRow = ActivityAnswer['rows'][number];

/** Riders are not counted by the hour. */
export const RIDER_PERIODS = ['daily', 'weekly', 'monthly'] as const;
export type RiderPeriod = (typeof RIDER_PERIODS)[number];

/** More days than these are too many bars to be drawn. */
const MAX_DAYS: Readonly<Record<RiderPeriod, number>> = {
  daily: 1_500,
  weekly: 10_000,
  monthly: Number.POSITIVE_INFINITY,
};

export function suitingRiderPeriod(days: number): RiderPeriod {
  const period = suitingPeriod(days);
  return period === 'hourly' ? 'daily' : period;
}

/** What was asked for, unless it is too fine for the range. */
export function riderPeriodFor(asked: string | null, days: number): RiderPeriod {
  const period = RIDER_PERIODS.find((one) => one === asked);
  return period !== undefined && days <= MAX_DAYS[period] ? period : suitingRiderPeriod(days);
}

/** Those who return stand on the axis, and who is new on them. */
export const ACTIVITY_NAMES = ['Returning', 'New'] as const;

export function activityTrend({ rows, period, to }: ActivityAnswer, now: number): RevenueTrend {
  const [returning, fresh] = ACTIVITY_NAMES;
  return {
    period,
    starts: rows.map(({ starts_at }) => starts_at),
    series: [
      { name: returning, values: rows.map(({ returning_riders }) => returning_riders) },
      { name: fresh, values: rows.map(({ new_riders }) => new_riders) },
    ],
    isUnfinished: to === null || Date.parse(to) > now,
  };
}

export interface Month {
  /** YYYY-MM-01. */
  readonly date: string;
  readonly payments: number;
  readonly spent: number;
}

/** Every month from a rider's first to the last, those without a payment too: a gap is told by a gap. */
export function monthsOf(monthly: RiderSpending['monthly']): Month[] {
  const [first, last] = [monthly[0], monthly.at(-1)];
  if (first === undefined || last === undefined) return [];
  const numberOf = ({ year, month }: { year: number; month: number }): number => year * 12 + month - 1;
  const known = new Map(monthly.map((one) => [numberOf(one), one]));
  const start = numberOf(first);
  return Array.from({ length: numberOf(last) - start + 1 }, (_, index) => {
    const number = start + index;
    const found = known.get(number);
    const year = String(Math.floor(number / 12)).padStart(4, '0');
    return {
      date: `${year}-${String((number % 12) + 1).padStart(2, '0')}-01`,
      payments: found?.transactions ?? 0,
      spent: found?.monthly_total ?? 0,
    };
  });
}

export function monthTrend(months: readonly Month[]): RevenueTrend {
  return {
    period: 'monthly',
    starts: months.map(({ date }) => date),
    series: [{ name: 'Spent', values: months.map(({ spent }) => spent) }],
    isUnfinished: false,
  };
}
