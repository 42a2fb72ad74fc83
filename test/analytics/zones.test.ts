/**
 * Figures in the reporting zone: days of daylight saving, ranges, empty buckets. What is right is worked out a second
 * time, from the runtime's own calendar (Intl) and the list of payments.
 */
import knexFactory, { type Knex } from 'knex';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { App } from '../../src/app.js';
import type { Delivery } from '../../src/domain/outcome.js';
import type { Period, RangeRequest, TrendRow } from '../../src/index.js';
import { DATABASES, describeOn, describeOnServers, freshSqliteUrl } from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { POSTINGS, post } from '../support/figures.js';
import { DAY, HOUR, isoOf, PERIODS, secondOf } from '../support/local-calendar.js';
import * as plain from '../support/plain-figures.js';
import { expectFigures } from '../support/same-figures.js';

const NOW = Date.parse('2026-06-01T12:34:56Z');

function appIn(zone: string, databaseUrl: string): Promise<App> {
  return openTestApp({
    databaseUrl,
    environment: { FARELOG_REPORT_TIMEZONE: zone },
    clock: () => NOW,
  });
}

async function trendsOf(
  app: App,
  period: Period,
  request: RangeRequest,
  fill?: boolean,
): Promise<TrendRow[]> {
  return (await app.figures.trends(period, { ...request, fill })).rows;
}

/** One payment a minute, a cent more each time, over three days around one. */
function paymentAMinute(day: string): Delivery[] {
  const noon = secondOf(`${day}T12:00:00Z`);
  return Array.from({ length: 4 * 1_440 }, (_, minute) =>
    delivery({
      payment_id: minute + 1,
      price_minor: minute + 1,
      user_id: `rider-${minute % 7}`,
      logged_s: noon - 2 * DAY + minute * 60 + (minute % 60),
      received_ms: (noon - 2 * DAY + minute * 60 + 60 + (minute % 50)) * 1000,
    }),
  );
}

interface DayCase {
  readonly zone: string;
  readonly day: string;
  readonly next: string;
  readonly payments: number;
  readonly hours: number;
  readonly startsAt: string;
  /** Hours of that day that are not whole or come twice: name, start, payments. */
  readonly odd: readonly (readonly [string, string, number])[];
}

const DAYS: readonly DayCase[] = [
  {
    zone: 'America/Chicago',
    day: '2025-03-09',
    next: '2025-03-10',
    payments: 1_380,
    hours: 23,
    startsAt: '2025-03-09T00:00:00-06:00',
    odd: [],
  },
  {
    zone: 'America/Chicago',
    day: '2025-11-02',
    next: '2025-11-03',
    payments: 1_500,
    hours: 25,
    startsAt: '2025-11-02T00:00:00-05:00',
    odd: [
      ['2025-11-02 01:00:00', '2025-11-02T01:00:00-05:00', 60],
      ['2025-11-02 01:00:00', '2025-11-02T01:00:00-06:00', 60],
    ],
  },
  {
    zone: 'Australia/Lord_Howe',
    day: '2025-10-05',
    next: '2025-10-06',
    payments: 1_410,
    hours: 24,
    startsAt: '2025-10-05T00:00:00+10:30',
    odd: [['2025-10-05 02:00:00', '2025-10-05T02:30:00+11:00', 30]],
  },
  {
    zone: 'Australia/Lord_Howe',
    day: '2025-04-06',
    next: '2025-04-07',
    payments: 1_470,
    hours: 25,
    startsAt: '2025-04-06T00:00:00+11:00',
    odd: [
      ['2025-04-06 01:00:00', '2025-04-06T01:00:00+11:00', 60],
      ['2025-04-06 01:00:00', '2025-04-06T01:30:00+10:30', 30],
    ],
  },
  {
    zone: 'Asia/Kathmandu',
    day: '2025-03-09',
    next: '2025-03-10',
    payments: 1_440,
    hours: 24,
    startsAt: '2025-03-09T00:00:00+05:45',
    odd: [],
  },
  {
    zone: 'UTC',
    day: '2025-03-09',
    next: '2025-03-10',
    payments: 1_440,
    hours: 24,
    startsAt: '2025-03-09T00:00:00+00:00',
    odd: [],
  },
];

// One SQLite is like the other here.
for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    describe('a payment a minute', () => {
      test.each(DAYS)('is $payments payments in $hours hours on $day in $zone', async (one) => {
        const app = await appIn(one.zone, await database.freshUrl());
        const payments = paymentAMinute(one.day);
        await recordAll(app, payments);
        const range = { from: one.day, to: one.next };
        const daily = await trendsOf(app, 'daily', range);
        expect(daily).toMatchObject([{ date: one.day, starts_at: one.startsAt, transactions: one.payments }]);
        const hourly = await trendsOf(app, 'hourly', range);
        expect(hourly).toHaveLength(one.hours);
        expect(hourly.reduce((sum, row) => sum + row.transactions, 0)).toBe(one.payments);
        const cents = hourly.reduce((sum, row) => sum + BigInt(Math.round(row.revenue * 100)), 0n);
        expect(plain.moneyOf(cents, 2)).toBe(daily[0]?.revenue);
        const oddHours = new Set(one.odd.map(([hour]) => hour));
        const isOdd = (row: TrendRow): boolean => oddHours.has(row.hour ?? '');
        expect(hourly.filter(isOdd).map((row) => [row.hour, row.starts_at, row.transactions])).toEqual(
          one.odd,
        );
        expect(hourly.filter((row) => !isOdd(row) && row.transactions !== 60)).toEqual([]);
        const from = secondOf(one.startsAt);
        const books = { zone: one.zone, digits: 2, deliveries: payments, now: NOW / 1000 };
        const posting = POSTINGS[DAYS.indexOf(one) % POSTINGS.length] ?? 'none';
        await post(app, posting, payments.length);
        await expectAllOf(app, books, range, { from, to: from + one.payments * 60 });
        const profile = (await app.figures.profile(range)).rows.filter((row) => row.transactions > 0);
        expect(profile).toHaveLength(new Set(hourly.map((row) => row.hour)).size);
        expect(profile.reduce((sum, row) => sum + row.transactions, 0)).toBe(one.payments);
        const twoDays = { from: one.day, to: isoOf(from + one.payments * 60 + HOUR) };
        expect((await app.figures.riderActivity('daily', twoDays)).rows.map((row) => row.riders)).toEqual([
          7, 7,
        ]);
        const { summary, trends } = await app.figures.report(range);
        expect(summary).toMatchObject({ total_transactions: one.payments, unique_users: 7 });
        expect(trends).toEqual([
          {
            date: one.day,
            daily_transactions: one.payments,
            daily_revenue: daily[0]?.revenue,
            ...plain.unadjusted(daily[0]?.revenue ?? 0),
          },
        ]);
        const { rows } = await app.figures.methods(range);
        expect(rows).toMatchObject([{ transaction_count: one.payments, total_revenue: daily[0]?.revenue }]);
      });
    });

    describe('a range', () => {
      const edges = (): Delivery[] =>
        ['2025-04-07T04:59:59Z', '2025-04-07T05:00:00Z', '2025-04-08T04:59:59Z', '2025-04-08T05:00:00Z'].map(
          (instant, index) =>
            delivery({ payment_id: index + 1, price_minor: 10 ** index, logged_s: secondOf(instant) }),
        );

      test.each([
        ['dates of the reporting zone', '2025-04-07', '2025-04-08'],
        ['instants in UTC', '2025-04-07T05:00:00Z', '2025-04-08T05:00:00Z'],
        ['instants with an offset', '2025-04-07T00:00:00-05:00', '2025-04-08T07:00:00+02:00'],
        ['a date and an instant', '2025-04-07', '2025-04-08T05:00:00Z'],
      ])('of %s includes its from and excludes its to', async (_, from, to) => {
        const app = await appIn('America/Chicago', await database.freshUrl());
        await recordAll(app, edges());
        expect(await trendsOf(app, 'daily', { from, to })).toMatchObject([
          { date: '2025-04-07', transactions: 2, revenue: 1.1 },
        ]);
        expect((await app.figures.methods({ from, to })).rows).toMatchObject([
          { transaction_count: 2, total_revenue: 1.1 },
        ]);
      });

      test('without an end goes on after now, since a clock may be ahead', async () => {
        const app = await appIn('UTC', await database.freshUrl());
        await recordAll(app, [delivery({ logged_s: NOW / 1000 + 59 * 60 })]);
        const rows = await trendsOf(app, 'hourly', { from: '2026-06-01T11:59:59Z' });
        expect(rows.map((row) => [row.hour, row.transactions])).toEqual([
          ['2026-06-01 11:00:00', 0],
          ['2026-06-01 12:00:00', 0],
          ['2026-06-01 13:00:00', 1],
        ]);
      });

      test('without a from begins the default number of days before its end', async () => {
        const app = await appIn('UTC', await database.freshUrl());
        const end = secondOf('2025-04-07T03:11:31Z');
        const at = (days: number, by: number): Delivery =>
          delivery({ payment_id: days * 2 + by + 1, logged_s: end - days * DAY - 1 + by });
        await recordAll(app, [at(30, 0), at(30, 1), at(90, 0), at(90, 1)]);
        const to = '2025-04-07T03:11:31Z';
        expect((await app.figures.methods({ to })).rows).toMatchObject([{ transaction_count: 1 }]);
        const daily = await trendsOf(app, 'daily', { to }, false);
        expect(daily.reduce((sum, row) => sum + row.transactions, 0)).toBe(3);
      });

      test('that lies within one bucket counts its own payments only', async () => {
        const app = await appIn('UTC', await database.freshUrl());
        const hour = secondOf('2025-04-07T03:00:00Z');
        const payments = [0, 600, 601, 1_200, 3_599].map((by, index) =>
          delivery({ payment_id: index + 1, logged_s: hour + by }),
        );
        await recordAll(app, payments);
        const request = { from: '2025-04-07T03:10:00Z', to: '2025-04-07T03:20:00Z' };
        expect(await trendsOf(app, 'hourly', request)).toMatchObject([
          { hour: '2025-04-07 03:00:00', transactions: 2 },
        ]);
        expect((await app.figures.methods(request)).rows).toMatchObject([{ transaction_count: 2 }]);
      });
    });

    test('empty buckets are rows of zeros, and absent where they are not wanted', async () => {
      const app = await appIn('America/Chicago', await database.freshUrl());
      const zero = { transactions: 0, revenue: 0, avg_transaction_value: 0, ...plain.unadjusted(0) };
      const range = { from: '2025-04-06', to: '2025-04-09' };
      const dates = ['2025-04-06', '2025-04-07', '2025-04-08'];
      const day = (date: string) => ({ date, starts_at: `${date}T00:00:00-05:00`, ...zero });
      expect(await trendsOf(app, 'daily', range)).toEqual(dates.map(day));
      expect(await trendsOf(app, 'daily', range, false)).toEqual([]);
      await recordAll(app, [delivery({ logged_s: secondOf('2025-04-07T12:00:00Z') })]);
      const full = {
        ...day('2025-04-07'),
        ...{ transactions: 1, revenue: 2.5, avg_transaction_value: 2.5, net_revenue: 2.5 },
      };
      expect(await trendsOf(app, 'daily', range)).toEqual([day('2025-04-06'), full, day('2025-04-08')]);
      expect(await trendsOf(app, 'daily', range, false)).toEqual([full]);
    });
  });
}

/** Every figure of a range against what it must be. */
async function expectAllOf(
  { figures }: App,
  books: plain.Books,
  request: RangeRequest,
  range: plain.Range,
): Promise<void> {
  for (const period of PERIODS) {
    const { rows } = await figures.trends(period, request);
    expectFigures(rows, plain.trends(books, period, range));
    if (period === 'hourly') continue;
    const activity = await figures.riderActivity(period, request);
    expectFigures(activity.rows, plain.riderActivity(books, period, range));
  }
  const weekBefore = await figures.trends('hourly', { ...request, compare: 'week', byType: true });
  expectFigures(weekBefore.rows, plain.trends(books, 'hourly', range, { compare: 'week', byType: true }));
  expectFigures((await figures.methods(request)).rows, plain.methods(books, range));
  expectFigures((await figures.profile(request)).rows, plain.profile(books, range));
  expectFigures((await figures.prices(request)).rows, plain.prices(books, range));
  expectFigures((await figures.topRiders(request)).rows, plain.topRiders(books, range));
  const { processingTimes } = await figures.performance(request);
  expectFigures(processingTimes, plain.processingTimes(books, range));
  const { summary, before, trends, profile } = await figures.report(request);
  expectFigures({ summary, before, trends, profile }, pickReport(plain.report(books, range)));
}

function pickReport(report: object): object {
  const { summary, before, trends, profile } = report as Record<string, unknown>;
  return { summary, before, trends, profile };
}

describeOnServers((server) => {
  test('the same payments give the same bytes of JSON, whatever database, server zone or driver', async () => {
    const payments = paymentAMinute('2025-11-02');
    const platformKnex = async (sessionZone: string): Promise<Knex> => {
      const knex = knexFactory({
        client: 'mysql2',
        connection: await server.freshUrl(),
        pool: {
          min: 0,
          max: 2,
          afterCreate(
            connection: { query(sql: string, done: (error: unknown) => void): void },
            done: (error: unknown, connection: unknown) => void,
          ) {
            connection.query(`SET time_zone = '${sessionZone}'`, (error) => done(error, connection));
          },
        },
      });
      onTestFinished(() => knex.destroy());
      return knex;
    };
    const places = [
      { databaseUrl: freshSqliteUrl() },
      { databaseUrl: await server.freshUrl() },
      { knex: await platformKnex('-11:00') },
      { knex: await platformKnex('+12:45') },
    ];
    const texts: string[] = [];
    for (const place of places) {
      const app = await openTestApp({ ...place, clock: () => NOW });
      await recordAll(app, payments);
      const ranges = [
        { from: '2025-11-01', to: '2025-11-04' },
        { from: '2025-11-02T05:17:01Z', to: '2025-11-03T05:43:59Z' },
      ];
      const figures: unknown[] = [];
      for (const range of ranges) {
        for (const period of PERIODS) {
          figures.push(await app.figures.trends(period, { ...range, byType: true, compare: 'week' }));
          if (period !== 'hourly') figures.push(await app.figures.riderActivity(period, range));
        }
        figures.push(await app.figures.methods(range), await app.figures.profile(range));
        figures.push(await app.figures.prices(range), await app.figures.spendingDistribution(range));
        figures.push(await app.figures.topRiders(range), await app.figures.performance(range));
        figures.push(await app.figures.report({ ...range, since: '1000' }));
        figures.push(
          await app.figures.restatements({ ...range, since: '2025-11-02T12:00:00Z', asOf: '3000' }),
        );
        figures.push(await app.figures.spending('rider-3'));
      }
      texts.push(JSON.stringify(figures));
    }
    expect(texts[0]).toContain('"starts_at":"2025-11-02T01:00:00-06:00","transactions":60');
    expect(texts).toEqual(places.map(() => texts[0]));
  });
});

describe('a question that has no answer', () => {
  const app = (): Promise<App> => appIn('America/Chicago', 'sqlite::memory:');
  const isUsage = (message: RegExp) =>
    expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) });

  test.each([0, -1, 1.5, 36_501, Number.NaN, Number.POSITIVE_INFINITY])(
    'is refused for days of %s',
    async (days) => {
      const { methods, trends } = (await app()).figures;
      await expect(async () => methods({ days })).rejects.toEqual(isUsage(/^days must be/));
      await expect(async () => trends('daily', { days })).rejects.toEqual(isUsage(/^days must be/));
    },
  );

  test.each([
    '',
    'yesterday',
    '2025-02-30',
    '2025-13-01',
    '2025-4-7',
    '20250407',
    '2025-04-07T03:11:31',
    '2025-04-07T03:11:31+25:00',
    ' 2025-04-07',
    '1743995491',
  ])('is refused for a from or to of %j, named, with an example', async (text) => {
    const { methods, trends } = (await app()).figures;
    await expect(async () => methods({ from: text })).rejects.toEqual(
      isUsage(/^from must be .* such as 2025-04-07 \(in America\/Chicago\)/),
    );
    await expect(async () => trends('daily', { to: text })).rejects.toEqual(isUsage(/^to must be /));
  });

  test.each([
    ['2025-04-08', '2025-04-07'],
    ['2025-04-07', '2025-04-07'],
    ['2025-04-07', '2025-04-07T05:00:00Z'],
  ])('is refused where from %s does not lie before to %s', async (from, to) => {
    const { methods } = (await app()).figures;
    await expect(async () => methods({ from, to })).rejects.toEqual(isUsage(/^from must lie before to/));
  });

  test('is refused for days together with from or to', async () => {
    const { methods, trends } = (await app()).figures;
    await expect(async () => methods({ days: 30, from: '2025-04-07' })).rejects.toEqual(
      isUsage(/either days/),
    );
    await expect(async () => trends('daily', { days: 30, to: '2025-04-07' })).rejects.toEqual(
      isUsage(/either days/),
    );
  });

  test('is refused for more buckets than an answer may have, and answered for as many', async () => {
    const { trends } = (await app()).figures;
    const to = '2025-04-07T00:00:00Z';
    const from = (hours: number): string => isoOf(secondOf(to) - hours * HOUR);
    expect((await trends('hourly', { from: from(20_000), to })).rows).toHaveLength(20_000);
    await expect(trends('hourly', { from: from(20_001), to })).rejects.toEqual(
      isUsage(/more than 20000 hour buckets; ask for a shorter one or a longer period/),
    );
    expect((await trends('hourly', { from: from(20_001), to, fill: false })).rows).toEqual([]);
  });
});
