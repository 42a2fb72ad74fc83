/** Trends beside the same bucket a week, a month or a year earlier: which bucket that is, by vectors. */
import { expect, test } from 'vitest';
import type { FigureRequest, Period } from '../../src/index.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { POSTINGS, post } from '../support/figures.js';
import { calendarOf, isoOf, secondOf } from '../support/local-calendar.js';
import type { EarlierName } from '../support/plain-figures.js';
import { unadjusted } from '../support/plain-figures.js';

const NOW = secondOf('2026-01-15T12:34:56Z');

function openIn(zone: string) {
  return openTestApp({
    databaseUrl: 'sqlite::memory:',
    environment: { FARELOG_REPORT_TIMEZONE: zone },
    clock: () => NOW * 1000,
  });
}

const CHICAGO = 'America/Chicago';

test.each<[string, Period, EarlierName, string, string]>([
  [CHICAGO, 'daily', 'week', '2025-03-16', '2025-03-09T00:00:00-06:00'],
  [CHICAGO, 'daily', 'month', '2025-03-31', '2025-02-28T00:00:00-06:00'],
  [CHICAGO, 'daily', 'month', '2024-03-31', '2024-02-29T00:00:00-06:00'],
  [CHICAGO, 'daily', 'month', '2025-01-31', '2024-12-31T00:00:00-06:00'],
  [CHICAGO, 'daily', 'month', '2025-05-31', '2025-04-30T00:00:00-05:00'],
  [CHICAGO, 'daily', 'year', '2024-02-29', '2023-02-28T00:00:00-06:00'],
  [CHICAGO, 'daily', 'year', '2025-02-28', '2024-02-28T00:00:00-06:00'],
  [CHICAGO, 'daily', 'year', '2025-03-10', '2024-03-10T00:00:00-06:00'],
  // 2025-01-05 is a Sunday, and so is 2023-12-31, whose week holds 2024-01-05.
  [CHICAGO, 'weekly', 'year', '2025-01-05', '2023-12-31T00:00:00-06:00'],
  [CHICAGO, 'weekly', 'week', '2025-01-05', '2024-12-29T00:00:00-06:00'],
  [CHICAGO, 'monthly', 'month', '2025-01-01', '2024-12-01T00:00:00-06:00'],
  [CHICAGO, 'monthly', 'year', '2025-02-01', '2024-02-01T00:00:00-06:00'],
  [CHICAGO, 'monthly', 'week', '2025-02-01', '2025-01-01T00:00:00-06:00'],
  [CHICAGO, 'hourly', 'week', '2025-04-07T05:00:00Z', '2025-03-31T00:00:00-05:00'],
  // The clock skips 02:00 of 9 March, so that hour's place is taken by the next.
  [CHICAGO, 'hourly', 'week', '2025-03-16T07:00:00Z', '2025-03-09T03:00:00-05:00'],
  // Of the two hours at 01:00 of 2 November it is the first, for both as well.
  [CHICAGO, 'hourly', 'week', '2025-11-09T07:00:00Z', '2025-11-02T01:00:00-05:00'],
  [CHICAGO, 'hourly', 'month', '2025-11-02T06:00:00Z', '2025-10-02T01:00:00-05:00'],
  [CHICAGO, 'hourly', 'month', '2025-11-02T07:00:00Z', '2025-10-02T01:00:00-05:00'],
  ['Australia/Lord_Howe', 'hourly', 'week', '2025-10-11T15:00:00Z', '2025-10-05T02:30:00+11:00'],
  ['Asia/Kathmandu', 'daily', 'year', '2025-03-01', '2024-03-01T00:00:00+05:45'],
  ['America/St_Johns', 'daily', 'month', '2025-12-02', '2025-11-02T00:00:00-02:30'],
])('in %s, %s buckets: a %s before %s is %s', async (zone, period, compare, from, then) => {
  const app = await openIn(zone);
  const start = secondOf(then);
  const first = from.includes('T') ? secondOf(from) : calendarOf(zone).startOfDate(from);
  await recordAll(app, [
    delivery({ payment_id: 1, logged_s: start - 1, price_minor: 1 }),
    delivery({ payment_id: 2, logged_s: start, price_minor: 200 }),
    delivery({ payment_id: 3, logged_s: start + 1_799, price_minor: 300 }),
  ]);
  for (const posting of POSTINGS) {
    await post(app, posting, 3);
    const { rows } = await app.figures.trends(period, { from, to: isoOf(first + 1), compare });
    expect(rows).toMatchObject([
      {
        previous_starts_at: then,
        previous_transactions: 2,
        previous_revenue: 5,
        transactions: 0,
        revenue: 0,
        revenue_change: -1,
      },
    ]);
  }
});

test('the earlier bucket is told as a whole, though the span cuts this one at both its ends', async () => {
  const app = await openIn('UTC');
  const at = (payment_id: number, instant: string, price_minor: number) =>
    delivery({ payment_id, price_minor, logged_s: secondOf(instant) });
  await recordAll(app, [
    at(1, '2025-03-31T00:00:00Z', 100),
    at(2, '2025-03-31T23:59:59Z', 200),
    at(3, '2025-04-07T11:59:59Z', 400),
    at(4, '2025-04-07T12:00:00Z', 800),
    at(5, '2025-04-07T18:00:00Z', 1_600),
  ]);
  const request: FigureRequest = { from: '2025-04-07T12:00:00Z', to: '2025-04-07T18:00:00Z' };
  expect((await app.figures.trends('daily', { ...request, compare: 'week' })).rows).toEqual([
    {
      date: '2025-04-07',
      starts_at: '2025-04-07T00:00:00+00:00',
      transactions: 1,
      revenue: 8,
      avg_transaction_value: 8,
      ...unadjusted(8),
      previous_starts_at: '2025-03-31T00:00:00+00:00',
      previous_transactions: 2,
      previous_revenue: 3,
      revenue_change: 1.666667,
    },
  ]);
});

test('no revenue then makes no change, and equal revenue the change 0', async () => {
  const app = await openIn('UTC');
  const at = (payment_id: number, instant: string) =>
    delivery({ payment_id, logged_s: secondOf(instant), price_minor: 250 });
  await recordAll(app, [at(1, '2025-04-01T00:00:00Z'), at(2, '2025-04-08T00:00:00Z')]);
  const { rows } = await app.figures.trends('daily', {
    from: '2025-04-08',
    to: '2025-04-10',
    compare: 'week',
  });
  expect(rows.map((row) => [row.date, row.previous_revenue, row.revenue_change])).toEqual([
    ['2025-04-08', 2.5, 0],
    ['2025-04-09', 0, null],
  ]);
});
