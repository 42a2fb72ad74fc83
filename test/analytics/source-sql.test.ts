/**
 * Figures against the source document's own queries, copied as they stand there, on the same rows. Their NOW() is the
 * injected clock (SET timestamp) and their session is in UTC, as is the reporting zone.
 */
import fc from 'fast-check';
import knexFactory, { type Knex } from 'knex';
import { expect, onTestFinished, test } from 'vitest';
import type { BytemarkData, Farelog, MethodRow, Period, TrendRow } from '../../src/index.js';
import { describeOnMariadb, freshMariadbUrl } from '../support/databases.js';
import { emptyTables, openTestFarelog } from '../support/farelog.js';

/** The source document's queries, to the letter but for `knex`, which is an argument. */
const source = (knex: Knex) => ({
  // Payment method distribution analysis
  analyzePaymentMethods: async (timeframe = 30): Promise<SourceRow[]> => {
    return await knex('hntb_bytemark_order_payments')
      .select('payment_type')
      .count('* as transaction_count')
      .sum('total_price as total_revenue')
      .avg('total_price as avg_transaction_value')
      .where('logged_on', '>=', knex.raw(`DATE_SUB(NOW(), INTERVAL ${timeframe} DAY)`))
      .groupBy('payment_type')
      .orderBy('total_revenue', 'desc');
  },

  // Revenue trend analysis
  analyzeRevenueTrends: async (period = 'daily'): Promise<SourceRow[]> => {
    let dateFormat: string;
    let groupBy: string;

    switch (period) {
      case 'hourly':
        dateFormat = 'DATE_FORMAT(logged_on, "%Y-%m-%d %H:00:00")';
        groupBy = 'hour';
        break;
      case 'daily':
        dateFormat = 'DATE(logged_on)';
        groupBy = 'date';
        break;
      case 'weekly':
        dateFormat = 'YEARWEEK(logged_on)';
        groupBy = 'week';
        break;
      case 'monthly':
        dateFormat = 'DATE_FORMAT(logged_on, "%Y-%m")';
        groupBy = 'month';
        break;
      default:
        dateFormat = 'DATE(logged_on)';
        groupBy = 'date';
    }

    return await knex('hntb_bytemark_order_payments')
      .select(knex.raw(`${dateFormat} as ${groupBy}`))
      .count('* as transactions')
      .sum('total_price as revenue')
      .avg('total_price as avg_transaction_value')
      .where('logged_on', '>=', knex.raw('DATE_SUB(NOW(), INTERVAL 90 DAY)'))
      .groupBy(knex.raw(dateFormat))
      .orderBy(groupBy);
  },
});

/** What Knex knows of a row of theirs. */
type SourceRow = Readonly<Record<string, string | number>>;

const PERIODS: readonly Period[] = ['hourly', 'daily', 'weekly', 'monthly'];
const FIELD = { hourly: 'hour', daily: 'date', weekly: 'week', monthly: 'month' } as const;
const DAY = 86_400;

interface RandomPayment {
  readonly minor: number;
  readonly second: number;
  readonly method: string;
  readonly rider: string;
}

interface Scene {
  /** Seconds since 1970. */
  readonly now: number;
  readonly days: number;
  readonly payments: readonly RandomPayment[];
}

/** Payments all over the source's windows, and right at their edges: to the second, and within the same hour. */
function anyScene(): fc.Arbitrary<Scene> {
  const base = Date.UTC(2024, 0, 1) / 1000;
  const anyNow = fc.oneof(
    fc.integer({ min: base, max: base + 1_000 * DAY }),
    fc.integer({ min: 0, max: 1_000 * 24 }).map((hour) => base + hour * 3_600),
    fc.constantFrom('2025-01-01T00:00:00Z', '2024-12-31T23:59:59Z', '2024-03-01T00:00:00Z').map(secondOf),
  );
  return fc
    .record({ now: anyNow, days: fc.oneof(fc.constant(30), fc.integer({ min: 1, max: 120 })) })
    .chain(({ now, days }) => {
      const edge = fc.constantFrom(...[days, 30, 90].map((back) => now - back * DAY));
      const near = fc.constantFrom(-3_600, -1_799, -60, -1, 0, 1, 2, 59, 1_800, 3_599, 3_600);
      const second = fc.oneof(
        fc.tuple(edge, near).map(([at, by]) => at + by),
        fc.integer({ min: now - 130 * DAY, max: now }),
        fc.integer({ min: now - 2 * DAY, max: now }),
        fc.constantFrom(now, now + 60),
      );
      const payment = fc.record({
        minor: fc.oneof(
          fc.constantFrom(1, 10, 30, 250, 275, 99_999_999),
          fc.integer({ min: 1, max: 20_000 }),
        ),
        second,
        method: fc.constantFrom('credit_card', 'apple_pay', 'google_pay', 'coins', 'Cheque', 'DEBIT_CARD'),
        rider: fc.constantFrom('r1', 'r2', 'r3'),
      });
      return fc.record({
        now: fc.constant(now),
        days: fc.constant(days),
        payments: fc.array(payment, { maxLength: 80 }),
      });
    });
}

function secondOf(instant: string): number {
  return Date.parse(instant) / 1000;
}

interface Together {
  readonly farelog: Farelog;
  /** The source's Knex: one connection, in UTC. */
  readonly knex: Knex;
  readonly source: ReturnType<typeof source>;
  setNow(second: number): Promise<void>;
}

async function openTogether(): Promise<Together> {
  const url = await freshMariadbUrl();
  let now = Date.now();
  const farelog = await openTestFarelog({
    databaseUrl: url,
    settings: { FARELOG_REPORT_TIMEZONE: 'UTC' },
    clock: () => now,
  });
  const knex = knexFactory({
    client: 'mysql2',
    connection: { uri: url, dateStrings: true },
    pool: { min: 1, max: 1 },
  });
  onTestFinished(() => knex.destroy());
  await knex.raw("SET time_zone = '+00:00'");
  return {
    farelog,
    knex,
    source: source(knex),
    setNow: async (second) => {
      now = second * 1000;
      await knex.raw('SET timestamp = ?', [second]);
    },
  };
}

async function record(farelog: Farelog, payments: readonly RandomPayment[]): Promise<void> {
  const answers = await Promise.all(
    payments.map(({ minor, second, method, rider }, index) => {
      const data: BytemarkData = {
        payment_id: index + 1,
        order_id: index + 1,
        payment_method: method,
        amount: exactNumber(BigInt(minor), 2).toFixed(2),
        timestamp: new Date(second * 1000),
      };
      return farelog.processPaymentTransaction(data, { research_id: rider });
    }),
  );
  expect(answers.map(({ outcome }) => outcome)).toEqual(payments.map(() => 'recorded'));
}

/** The double nearest to an exact decimal. */
function exactNumber(count: bigint, digits: number): number {
  const text = String(count).padStart(digits + 1, '0');
  return Number(`${text.slice(0, -digits)}.${text.slice(-digits)}`);
}

function sumOf(payments: readonly RandomPayment[]): bigint {
  return payments.reduce((sum, { minor }) => sum + BigInt(minor), 0n);
}

/** cents ÷ count in dollars to 4 decimals, half up. */
function averageOf(payments: readonly RandomPayment[]): number {
  const count = BigInt(payments.length);
  return exactNumber((sumOf(payments) * 200n + count) / (2n * count), 4);
}

/** How far a sum of that many doubles may be off. */
function floatError(revenue: number, count: number): number {
  return Math.abs(revenue) * (count + 1) * Number.EPSILON;
}

function expectNear(actual: number, expected: number, error: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(error);
}

const TYPE: Readonly<Record<string, string>> = {
  credit_card: 'credit_card',
  apple_pay: 'mobile_payment',
  google_pay: 'mobile_payment',
  coins: 'coins',
  Cheque: 'other',
  DEBIT_CARD: 'debit_card',
};

function expectMethodsAgree(
  ours: readonly MethodRow[],
  theirs: readonly SourceRow[],
  payments: readonly RandomPayment[],
): void {
  const byType = new Map(theirs.map((row) => [row.payment_type, row]));
  expect(ours.map((row) => row.payment_type).sort()).toEqual([...byType.keys()].sort());
  ours.forEach((row, index) => {
    const same = byType.get(row.payment_type);
    const counted = payments.filter(({ method }) => TYPE[method] === row.payment_type);
    const error = floatError(row.total_revenue, row.transaction_count);
    expect(row.transaction_count).toBe(same?.transaction_count);
    expectNear(row.total_revenue, Number(same?.total_revenue), error);
    expectNear(row.avg_transaction_value, Number(same?.avg_transaction_value), 0.000_05 + error);
    expect(row.total_revenue).toBe(exactNumber(sumOf(counted), 2));
    expect(row.avg_transaction_value).toBe(averageOf(counted));
    // Ties aside, each place of the list is the same; sums that are equal may stand either way round.
    const there = theirs[index];
    if (there?.payment_type !== row.payment_type)
      expectNear(Number(there?.total_revenue), row.total_revenue, error);
  });
}

function expectTrendsAgree(period: Period, ours: readonly TrendRow[], theirs: readonly SourceRow[]): void {
  const field = FIELD[period];
  expect(ours.map((row) => [row[field], row.transactions])).toEqual(
    theirs.map((row) => [row[field], row.transactions]),
  );
  ours.forEach((row, index) => {
    const same = theirs[index];
    const error = floatError(row.revenue, row.transactions);
    expectNear(row.revenue, Number(same?.revenue), error);
    expectNear(row.avg_transaction_value, Number(same?.avg_transaction_value), 0.000_05 + error);
  });
}

/** Each row's revenue and average against integer sums of the payments between its start and the next row's. */
function expectExact(rows: readonly TrendRow[], payments: readonly RandomPayment[], from: number): void {
  const starts = rows.map((row) => secondOf(row.starts_at));
  rows.forEach((row, index) => {
    const counted = payments.filter(
      ({ second }) =>
        second >= Math.max(from, starts[index] ?? 0) &&
        second < (starts[index + 1] ?? Number.POSITIVE_INFINITY),
    );
    expect(row.transactions).toBe(counted.length);
    expect(row.revenue).toBe(exactNumber(sumOf(counted), 2));
    expect(row.avg_transaction_value).toBe(averageOf(counted));
  });
}

describeOnMariadb(() => {
  test("methods equal the source's query over any window of days, and are exact", async () => {
    const { farelog, knex, source, setNow } = await openTogether();
    await fc.assert(
      fc.asyncProperty(anyScene(), async ({ now, days, payments }) => {
        await emptyTables(knex);
        await setNow(now);
        await record(farelog, payments);
        const counted = payments.filter(({ second }) => second >= now - days * DAY);
        expectMethodsAgree(
          await farelog.analyzePaymentMethods(days),
          await source.analyzePaymentMethods(days),
          counted,
        );
      }),
      { numRuns: 60 },
    );
  });

  test("trends equal the source's query in each of its periods, and are exact", async () => {
    const { farelog, knex, source, setNow } = await openTogether();
    await fc.assert(
      fc.asyncProperty(anyScene(), async ({ now, payments }) => {
        await emptyTables(knex);
        await setNow(now);
        await record(farelog, payments);
        const counted = payments.filter(({ second }) => second >= now - 90 * DAY);
        for (const period of PERIODS) {
          const ours = await farelog.analyzeRevenueTrends(period, { fill: false });
          expectTrendsAgree(period, ours, await source.analyzeRevenueTrends(period));
          expectExact(ours, counted, now - 90 * DAY);
          const filled = await farelog.analyzeRevenueTrends(period);
          expect(filled.filter(({ transactions }) => transactions > 0)).toEqual(ours);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("the defaults are the source's: 30 days of methods, 90 of daily trends, each to the second", async () => {
    const { farelog, source, setNow } = await openTogether();
    // Within an hour, so that the windows begin inside a bucket, part of which they leave out.
    const now = secondOf('2025-04-07T03:11:31Z');
    await setNow(now);
    const at = (second: number, minor: number): RandomPayment => ({
      minor,
      second,
      method: 'coins',
      rider: 'r',
    });
    await record(
      farelog,
      [30, 90].flatMap((days) => [-1, 0, 1].map((by) => at(now - days * DAY + by, days + by))),
    );
    const methods = await farelog.analyzePaymentMethods();
    expect(methods).toMatchObject([{ transaction_count: 2, total_revenue: 0.61 }]);
    expect(await source.analyzePaymentMethods()).toMatchObject([{ transaction_count: 2 }]);
    const trends = await farelog.analyzeRevenueTrends(undefined, { fill: false });
    const expected = [
      { date: '2025-01-07', transactions: 2, revenue: 1.81 },
      { date: '2025-03-08', transactions: 3, revenue: 0.9 },
    ];
    expect(trends).toMatchObject(expected);
    expectTrendsAgree('daily', trends, await source.analyzeRevenueTrends());
  });
});
