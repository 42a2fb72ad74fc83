/** Rows of the server's trends, split by type, as shares of each bucket's whole. */
import type { RevenueTrend, TrendSeries } from 'farelog/documents/chart-trends.ts';
import { typeInWords } from 'farelog/documents/names.ts';
import type { TrendsAnswer } from '../overview/trend.ts';

export const MEASURES = ['revenue', 'payments'] as const;
export type Measure = (typeof MEASURES)[number];

/** With more types than colours, the smallest are told together. */
const MAX_SERIES = 8;
const OTHER_TYPES = 'Other types';

export interface Shares extends RevenueTrend {
  /** Of each bucket, the whole that its shares are of. */
  readonly wholes: readonly number[];
}

export function sharesOf({ rows, period, to }: TrendsAnswer, measure: Measure, now: number): Shares {
  const starts = [...new Set(rows.map(({ starts_at }) => starts_at))];
  const places = new Map(starts.map((start, place) => [start, place]));
  const wholes = starts.map(() => 0);
  const types = new Map<string, number[]>();
  for (const row of rows) {
    const place = places.get(row.starts_at) ?? 0;
    const value = measure === 'revenue' ? row.revenue : row.transactions;
    wholes[place] = (wholes[place] ?? 0) + value;
    if (row.payment_type === undefined || value === 0) continue;
    const values = types.get(row.payment_type) ?? starts.map(() => 0);
    values[place] = (values[place] ?? 0) + value;
    types.set(row.payment_type, values);
  }
  return {
    period,
    starts,
    wholes,
    series: largestFirst(types).map(({ name, values }) => ({
      name,
      values: values.map((value, place) => shareOf(value, wholes[place] ?? 0)),
    })),
    isUnfinished: to === null || Date.parse(to) > now,
  };
}

const shareOf = (value: number, whole: number): number => (whole === 0 ? 0 : value / whole);
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** One a type, the largest on the axis, and the smallest together where there are too many to tell apart. */
function largestFirst(types: ReadonlyMap<string, readonly number[]>): TrendSeries[] {
  const sorted = [...types]
    .map(([type, values]) => ({ name: typeInWords(type), values }))
    .sort((a, b) => sum(b.values) - sum(a.values));
  if (sorted.length <= MAX_SERIES) return sorted;
  const [own, rest] = [sorted.slice(0, MAX_SERIES - 1), sorted.slice(MAX_SERIES - 1)];
  const values = own[0]?.values.map((_, place) => sum(rest.map((one) => one.values[place] ?? 0))) ?? [];
  return [...own, { name: OTHER_TYPES, values }];
}
