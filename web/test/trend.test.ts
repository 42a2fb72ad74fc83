/** From the server's rows to lines, exactly; and what the chart makes of them. */
import { bucketLabels, revenueOverTime, type SeriesTheme } from 'farelog/documents/chart-trends.ts';
import { describe, expect, test } from 'vitest';
import {
  MAX_TYPES,
  OTHER_TYPES,
  periodFor,
  suitingPeriod,
  type TrendsAnswer,
  trendOf,
} from '../src/pages/overview/trend.ts';

const USD = { code: 'USD', digits: 2 };
const NOW = Date.parse('2026-03-10T15:00:00Z');

type Row = TrendsAnswer['rows'][number];

function answer(rows: readonly Partial<Row>[], to: string | null = null): TrendsAnswer {
  return {
    rows: rows.map((row) => ({
      starts_at: '',
      transactions: 1,
      revenue: 0,
      avg_transaction_value: 0,
      adjustments: 0,
      net_revenue: 0,
      ...row,
    })),
    period: 'daily',
    from: '2026-03-09T00:00:00-05:00',
    to,
    zone: 'America/Chicago',
    currency: 'USD',
    as_of: 9,
    as_of_received_at: null,
  };
}

const day = (date: number): string => `2026-03-${String(date).padStart(2, '0')}T00:00:00-05:00`;

describe('rows', () => {
  test('of all types are one line', () => {
    const trend = trendOf(
      answer([
        { starts_at: day(9), revenue: 10.1 },
        { starts_at: day(10), revenue: 20.2 },
      ]),
      USD,
      NOW,
      '',
    );
    expect(trend.series).toEqual([{ name: 'Revenue', values: [10.1, 20.2] }]);
    expect(trend.earlier).toBeUndefined();
    expect(trend.isUnfinished).toBe(true);
  });

  test('split by type are a line each, the largest first, and add up to the cent', () => {
    const types = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    const rows = types.flatMap((payment_type, index) =>
      [9, 10].map((date) => ({
        starts_at: day(date),
        payment_type,
        revenue: (index + 1) / 10,
        previous_starts_at: day(2),
        previous_revenue: 0.1,
      })),
    );
    const { series, buckets, earlier } = trendOf(answer(rows, day(10)), USD, NOW, 'A week earlier');
    expect(series).toHaveLength(MAX_TYPES);
    expect(series[0]).toEqual({ name: 'J', values: [1, 1] });
    expect(series.at(-1)).toEqual({ name: OTHER_TYPES, values: [0.6, 0.6] });
    // 0.1 + 0.2 + … in floating point is 5.500000000000001.
    expect(buckets.map(({ revenue }) => revenue)).toEqual([5.5, 5.5]);
    expect(earlier).toEqual({ name: 'A week earlier', values: [1, 1] });
  });

  test('of a range that has ended have no bucket that goes on', () => {
    expect(trendOf(answer([{ starts_at: day(9) }], day(10)), USD, NOW, '').isUnfinished).toBe(false);
  });
});

describe('the size of a bucket', () => {
  test('suits the length', () => {
    expect([0.4, 1, 3, 7, 92, 180, 700, 2_000].map(suitingPeriod)).toEqual([
      'hourly',
      'hourly',
      'hourly',
      'daily',
      'daily',
      'weekly',
      'weekly',
      'monthly',
    ]);
  });

  test('is the one that was asked for, unless that is too fine or none', () => {
    expect(periodFor('hourly', 30)).toBe('hourly');
    expect(periodFor('hourly', 400)).toBe('weekly');
    expect(periodFor('minutely', 30)).toBe('daily');
    expect(periodFor(null, 1)).toBe('hourly');
  });
});

describe('the chart', () => {
  const theme: SeriesTheme = {
    ink: '#111',
    quiet: '#555',
    gridLine: '#ddd',
    paper: '#fff',
    accent: '#00f',
    accentSoft: '#99f',
    heat: [],
    series: ['#1', '#2', '#3'],
    fontFamily: 'sans-serif',
  };
  const starts = Array.from({ length: 14 }, (_, index) => day(index + 1));
  const values = starts.map((_, index) => index);
  const base = { period: 'daily', starts, isUnfinished: false } as const;
  const typesOf = (trend: Parameters<typeof revenueOverTime>[0], widthPx = 900) =>
    [revenueOverTime(trend, String, theme, widthPx).option.series ?? []].flat().map(({ type }) => type);

  test('draws bars where there is room, areas where there is none, and the earlier time as a line', () => {
    const series = [{ name: 'Revenue', values }];
    expect(typesOf({ ...base, series })).toEqual(['bar']);
    expect(typesOf({ ...base, series }, 80)).toEqual(['line']);
    expect(typesOf({ ...base, series, earlier: { name: 'A week earlier', values } })).toEqual([
      'bar',
      'line',
    ]);
  });

  test('has weekends in the softer colour, and what goes on paler', () => {
    const { option } = revenueOverTime(
      { ...base, series: [{ name: 'Revenue', values }], isUnfinished: true },
      String,
      theme,
      900,
    );
    const [bars] = [option.series ?? []].flat();
    const data = [bars?.data].flat();
    // 2026-03-01 was a Sunday.
    expect(data[0]).toMatchObject({ itemStyle: { color: '#99f', opacity: 1 } });
    expect(data[1]).toMatchObject({ itemStyle: { color: '#00f', opacity: 1 } });
    expect(data.at(-1)).toMatchObject({ itemStyle: { opacity: 0.55 } });
  });

  test('has labels a round number of buckets apart, on round hours and months', () => {
    expect([...bucketLabels(starts, 'daily', 400).values()]).toEqual(['Mar 1', 'Mar 8']);
    const hours = Array.from(
      { length: 24 },
      (_, hour) => `2026-03-10T${String((hour + 5) % 24).padStart(2, '0')}:00:00-05:00`,
    );
    expect([...bucketLabels(hours, 'hourly', 300).values()]).toEqual(['06:00', '12:00', '18:00', 'Mar 10']);
    const months = ['2025-11', '2025-12', '2026-01', '2026-02'].map((month) => `${month}-01T00:00:00-06:00`);
    expect([...bucketLabels(months, 'monthly', 900).values()]).toEqual(['Nov', 'Dec', '2026', 'Feb']);
  });
});
