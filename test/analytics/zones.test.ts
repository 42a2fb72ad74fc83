/**
 * Figures in the reporting zone: days of daylight saving, ranges, empty buckets. What is right is worked out here a
 * second time, from the runtime's own calendar (Intl) and a fold of the payments themselves.
 */
import fc from 'fast-check';
import knexFactory, { type Knex } from 'knex';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { App } from '../../src/app.js';
import type { Delivery } from '../../src/domain/outcome.js';
import type { Period, RangeRequest, TrendRow } from '../../src/index.js';
import {
  DATABASES,
  describeOn,
  describeOnMariadb,
  freshMariadbUrl,
  freshSqliteUrl,
} from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { emptyTables, openTestApp, recordAll } from '../support/farelog.js';

const PERIODS: readonly Period[] = ['hourly', 'daily', 'weekly', 'monthly'];
const FIELD = { hourly: 'hour', daily: 'date', weekly: 'week', monthly: 'month' } as const;
const NOW = Date.parse('2026-06-01T12:34:56Z');
const HOUR = 3_600;
const DAY = 86_400;
/** Every offset of the zones here is a multiple of this. */
const QUARTER = 900;

function secondOf(instant: string): number {
  return Date.parse(instant) / 1000;
}

/** The local calendar by the runtime's own formatting. */
function calendarOf(zone: string) {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    timeZoneName: 'longOffset',
  });
  const known = new Map<number, { date: string; hour: string; offset: string }>();
  const at = (second: number) => {
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
  return {
    offsetAt: (second: number): string => at(second).offset,
    /** The bucket's name as the source's query gives it. */
    label: (period: Period, second: number): string | number => {
      const { date, hour } = at(second);
      if (period === 'hourly') return `${date} ${hour}:00:00`;
      if (period === 'daily') return date;
      return period === 'weekly' ? sundayWeek(date) : date.slice(0, 7);
    },
    /** Tells buckets apart: an hour that comes twice has two offsets. */
    key: (period: Period, second: number): string => {
      const { date, hour, offset } = at(second);
      if (period === 'hourly') return `${date} ${hour} ${offset}`;
      return period === 'weekly' ? String(sundayWeek(date)) : date.slice(0, period === 'daily' ? 10 : 7);
    },
  };
}

/** YEARWEEK in MySQL's default mode, by counting: the week's number is how many Sundays the year has had so far. */
function sundayWeek(date: string): number {
  const day = new Date(`${date}T00:00:00Z`);
  while (day.getUTCDay() !== 0) day.setUTCDate(day.getUTCDate() - 1);
  const year = day.getUTCFullYear();
  let sundays = 0;
  for (; day.getUTCFullYear() === year; day.setUTCDate(day.getUTCDate() - 7)) sundays++;
  return year * 100 + sundays;
}

interface ExpectedRow {
  readonly label: string | number;
  readonly transactions: number;
  readonly minor: bigint;
}

/** The rows that a range must have: a fold of the payments, and with `fill` every bucket up to now. */
function expectedRows(
  zone: string,
  period: Period,
  span: { from: number; to: number },
  payments: readonly Delivery[],
  fill: boolean,
): ExpectedRow[] {
  const calendar = calendarOf(zone);
  const counted = payments
    .map(({ payment }) => payment)
    .filter(({ logged_s }) => logged_s >= span.from && logged_s < span.to)
    .sort((a, b) => a.logged_s - b.logged_s);
  const instants = counted.map(({ logged_s }) => logged_s);
  if (fill) {
    const last = Math.min(span.to - 1, NOW / 1000);
    for (let at = span.from; at <= last; at += QUARTER - (at % QUARTER)) instants.push(at);
    instants.sort((a, b) => a - b);
  }
  const rows = new Map<string, ExpectedRow>();
  for (const at of instants) {
    const label = calendar.label(period, at);
    rows.set(calendar.key(period, at), { label, transactions: 0, minor: 0n });
  }
  for (const { logged_s, price_minor } of counted) {
    const key = calendar.key(period, logged_s);
    const row = rows.get(key);
    if (row === undefined) throw new Error('a payment lies in a bucket that no instant named');
    const { label, transactions, minor } = row;
    rows.set(key, { label, transactions: transactions + 1, minor: minor + BigInt(price_minor) });
  }
  return [...rows.values()];
}

function dollars(minor: bigint): number {
  return Number(`${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`);
}

/** Rows against a fold of the payments, and each start against the calendar: its offset, its bucket, its first second. */
function expectRows(
  zone: string,
  period: Period,
  actual: readonly TrendRow[],
  expected: readonly ExpectedRow[],
): void {
  expect(actual.map((row) => [row[FIELD[period]], row.transactions, row.revenue])).toEqual(
    expected.map(({ label, transactions, minor }) => [label, transactions, dollars(minor)]),
  );
  const calendar = calendarOf(zone);
  for (const row of actual) {
    const start = secondOf(row.starts_at);
    expect(row.starts_at.slice(19)).toBe(calendar.offsetAt(start));
    expect(calendar.label(period, start)).toBe(row[FIELD[period]]);
    expect(calendar.key(period, start - 1)).not.toBe(calendar.key(period, start));
  }
}

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
  return (await app.trends(period, request, fill)).rows;
}

/** One payment a minute, a cent more each time, over three days around one. */
function paymentAMinute(day: string): Delivery[] {
  const noon = secondOf(`${day}T12:00:00Z`);
  return Array.from({ length: 4 * 1_440 }, (_, minute) =>
    delivery({
      payment_id: minute + 1,
      price_minor: minute + 1,
      logged_s: noon - 2 * DAY + minute * 60 + (minute % 60),
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

for (const database of DATABASES) {
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
        expect(dollars(cents)).toBe(daily[0]?.revenue);
        const oddHours = new Set(one.odd.map(([hour]) => hour));
        const isOdd = (row: TrendRow): boolean => oddHours.has(row.hour ?? '');
        expect(hourly.filter(isOdd).map((row) => [row.hour, row.starts_at, row.transactions])).toEqual(
          one.odd,
        );
        expect(hourly.filter((row) => !isOdd(row) && row.transactions !== 60)).toEqual([]);
        const span = { from: secondOf(one.startsAt), to: secondOf(one.startsAt) + one.payments * 60 };
        for (const period of PERIODS) {
          const expected = expectedRows(one.zone, period, span, payments, true);
          expectRows(one.zone, period, await trendsOf(app, period, range), expected);
        }
        const { rows } = await app.methods(range);
        expect(rows).toMatchObject([{ transaction_count: one.payments, total_revenue: daily[0]?.revenue }]);
      });
    });

    describe('any range', () => {
      test.each([
        'UTC',
        'America/Chicago',
        'Australia/Lord_Howe',
        'Asia/Kathmandu',
        'Asia/Kolkata',
        'Pacific/Chatham',
        'America/St_Johns',
      ])('equals a fold of its payments in %s', async (zone) => {
        const app = await appIn(zone, await database.freshUrl());
        await fc.assert(
          fc.asyncProperty(anyQuestion, async ({ payments, span, period, fill }) => {
            await emptyTables(app.store.knex);
            await recordAll(app, payments);
            const request = { from: isoOf(span.from), to: isoOf(span.to) };
            const rows = await trendsOf(app, period, request, fill);
            expectRows(zone, period, rows, expectedRows(zone, period, span, payments, fill));
            expectMethods((await app.methods(request)).rows, span, payments);
          }),
          { numRuns: 25 },
        );
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
        expect((await app.methods({ from, to })).rows).toMatchObject([
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
        expect((await app.methods({ to })).rows).toMatchObject([{ transaction_count: 1 }]);
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
        expect((await app.methods(request)).rows).toMatchObject([{ transaction_count: 2 }]);
      });
    });

    test('empty buckets are rows of zeros, and absent where they are not wanted', async () => {
      const app = await appIn('America/Chicago', await database.freshUrl());
      const zero = { transactions: 0, revenue: 0, avg_transaction_value: 0 };
      const range = { from: '2025-04-06', to: '2025-04-09' };
      const dates = ['2025-04-06', '2025-04-07', '2025-04-08'];
      const day = (date: string) => ({ date, starts_at: `${date}T00:00:00-05:00`, ...zero });
      expect(await trendsOf(app, 'daily', range)).toEqual(dates.map(day));
      expect(await trendsOf(app, 'daily', range, false)).toEqual([]);
      await recordAll(app, [delivery({ logged_s: secondOf('2025-04-07T12:00:00Z') })]);
      const full = { ...day('2025-04-07'), transactions: 1, revenue: 2.5, avg_transaction_value: 2.5 };
      expect(await trendsOf(app, 'daily', range)).toEqual([day('2025-04-06'), full, day('2025-04-08')]);
      expect(await trendsOf(app, 'daily', range, false)).toEqual([full]);
    });
  });
}

interface Question {
  readonly payments: readonly Delivery[];
  readonly span: { readonly from: number; readonly to: number };
  readonly period: Period;
  readonly fill: boolean;
}

/** Changes of the clocks in these zones, a year's end and plain days. */
const AROUND_S = [
  '2025-03-09T08:00:00Z',
  '2025-11-02T07:00:00Z',
  '2025-10-04T15:30:00Z',
  '2025-04-05T15:00:00Z',
  '2025-09-27T14:00:00Z',
  '2025-03-09T05:30:00Z',
  '2025-12-31T23:45:00Z',
  '2025-06-15T12:00:00Z',
].map(secondOf);

/** Payments around an instant, many in the same hours, and a range whose ends lie anywhere, also on payments. */
const anyQuestion: fc.Arbitrary<Question> = fc.constantFrom(...AROUND_S).chain((around) => {
  const instant = fc.oneof(
    fc.integer({ min: around - 4 * HOUR, max: around + 4 * HOUR }),
    fc.integer({ min: around - 12 * DAY, max: around + 12 * DAY }),
    fc.integer({ min: -40, max: 40 }).map((quarters) => around + quarters * QUARTER),
  );
  const payment = fc.record({
    logged_s: instant,
    price_minor: fc.integer({ min: 1, max: 100_000 }),
    payment_type: fc.constantFrom('credit_card', 'coins', 'other'),
  });
  return fc
    .record({
      changes: fc.array(payment, { maxLength: 60 }),
      ends: fc.tuple(instant, instant).filter(([one, other]) => one !== other),
      period: fc.constantFrom(...PERIODS),
      fill: fc.boolean(),
    })
    .map(({ changes, ends: [one, other], period, fill }) => ({
      payments: changes.map((change, index) => delivery({ ...change, payment_id: index + 1 })),
      span: { from: Math.min(one, other), to: Math.max(one, other) },
      period,
      fill,
    }));
});

function isoOf(second: number): string {
  return new Date(second * 1000).toISOString();
}

function expectMethods(
  rows: Awaited<ReturnType<App['methods']>>['rows'],
  { from, to }: { from: number; to: number },
  payments: readonly Delivery[],
): void {
  const sums = new Map<string, { count: number; minor: bigint }>();
  for (const { payment } of payments) {
    if (payment.logged_s < from || payment.logged_s >= to) continue;
    const sum = sums.get(payment.payment_type) ?? { count: 0, minor: 0n };
    sums.set(payment.payment_type, {
      count: sum.count + 1,
      minor: sum.minor + BigInt(payment.price_minor),
    });
  }
  const expected = [...sums].map(([type, { count, minor }]) => [type, count, dollars(minor)]);
  const actual = rows.map((row) => [row.payment_type, row.transaction_count, row.total_revenue]);
  expect(actual.toSorted()).toEqual(expected.toSorted());
  const revenues = rows.map((row) => row.total_revenue);
  expect(revenues).toEqual(revenues.toSorted((a, b) => b - a));
}

describeOnMariadb(() => {
  test('the same payments give the same bytes of JSON, whatever database, server zone or driver', async () => {
    const payments = paymentAMinute('2025-11-02');
    const platformKnex = async (sessionZone: string): Promise<Knex> => {
      const knex = knexFactory({
        client: 'mysql2',
        connection: await freshMariadbUrl(),
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
      { databaseUrl: await freshMariadbUrl() },
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
        for (const period of PERIODS) figures.push(await app.trends(period, range));
        figures.push(await app.methods(range));
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
      const { methods, trends } = await app();
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
    const { methods, trends } = await app();
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
    const { methods } = await app();
    await expect(async () => methods({ from, to })).rejects.toEqual(isUsage(/^from must lie before to/));
  });

  test('is refused for days together with from or to', async () => {
    const { methods, trends } = await app();
    await expect(async () => methods({ days: 30, from: '2025-04-07' })).rejects.toEqual(
      isUsage(/either days/),
    );
    await expect(async () => trends('daily', { days: 30, to: '2025-04-07' })).rejects.toEqual(
      isUsage(/either days/),
    );
  });

  test('is refused for more buckets than an answer may have, and answered for as many', async () => {
    const { trends } = await app();
    const to = '2025-04-07T00:00:00Z';
    const from = (hours: number): string => isoOf(secondOf(to) - hours * HOUR);
    expect((await trends('hourly', { from: from(20_000), to })).rows).toHaveLength(20_000);
    await expect(trends('hourly', { from: from(20_001), to })).rejects.toEqual(
      isUsage(/more than 20000 hour buckets; ask for a shorter one or a longer period/),
    );
    expect((await trends('hourly', { from: from(20_001), to }, false)).rows).toEqual([]);
  });
});
