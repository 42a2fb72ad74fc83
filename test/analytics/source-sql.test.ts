/**
 * Figures against the source document's own queries, copied as they stand there, on the same rows. Their NOW() is the
 * injected clock (SET timestamp) and their session is in UTC, as is the reporting zone. What is exact is worked out
 * from the payments as well.
 */
import fc from 'fast-check';
import knexFactory, { type Knex } from 'knex';
import { expect, onTestFinished, test } from 'vitest';
import type { App } from '../../src/app.js';
import type { Delivery } from '../../src/domain/outcome.js';
import type { BytemarkData, Farelog } from '../../src/index.js';
import { describeOnServers, type TestServer } from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, openTestFarelog, recordAll } from '../support/farelog.js';
import { emptyBooks, post } from '../support/figures.js';
import { DAY, FIELD, isoOf, PERIODS, secondOf } from '../support/local-calendar.js';
import * as plain from '../support/plain-figures.js';
import { expectFigures } from '../support/same-figures.js';

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

  // User spending pattern analysis
  analyzeUserSpending: async (userId: string): Promise<{ overview: SourceRow; monthly: SourceRow[] }> => {
    const spendingData = await knex('hntb_bytemark_order_payments')
      .where('user_id', userId)
      .select(
        knex.raw('COUNT(*) as total_transactions'),
        knex.raw('SUM(total_price) as total_spent'),
        knex.raw('AVG(total_price) as avg_transaction'),
        knex.raw('MIN(total_price) as min_transaction'),
        knex.raw('MAX(total_price) as max_transaction'),
        knex.raw('MIN(logged_on) as first_payment'),
        knex.raw('MAX(logged_on) as latest_payment'),
      )
      .first();

    const monthlySpending = await knex('hntb_bytemark_order_payments')
      .where('user_id', userId)
      .select(
        knex.raw('YEAR(logged_on) as year'),
        knex.raw('MONTH(logged_on) as month'),
        knex.raw('COUNT(*) as transactions'),
        knex.raw('SUM(total_price) as monthly_total'),
      )
      .groupBy('year', 'month')
      .orderBy(['year', 'month']);

    return { overview: spendingData, monthly: monthlySpending };
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

  // Generate detailed payment analysis report
  generatePaymentReport: async (reportConfig: { dateRange: [string, string] }): Promise<SourceReport> => {
    const report: Partial<Record<keyof SourceReport, unknown>> = {
      summary: {},
      trends: {},
      userAnalysis: {},
      paymentMethods: {},
    };

    // Overall summary statistics
    report.summary = await knex('hntb_bytemark_order_payments')
      .select(
        knex.raw('COUNT(*) as total_transactions'),
        knex.raw('COUNT(DISTINCT user_id) as unique_users'),
        knex.raw('SUM(total_price) as total_revenue'),
        knex.raw('AVG(total_price) as avg_transaction'),
        knex.raw('MIN(logged_on) as first_transaction'),
        knex.raw('MAX(logged_on) as latest_transaction'),
      )
      .whereBetween('logged_on', reportConfig.dateRange)
      .first();

    // Revenue trends over time
    report.trends = await knex('hntb_bytemark_order_payments')
      .select(knex.raw('DATE(logged_on) as date'))
      .count('* as daily_transactions')
      .sum('total_price as daily_revenue')
      .whereBetween('logged_on', reportConfig.dateRange)
      .groupBy(knex.raw('DATE(logged_on)'))
      .orderBy('date');

    // User segmentation analysis
    report.userAnalysis = await knex('hntb_bytemark_order_payments')
      .select('user_id')
      .count('* as transaction_count')
      .sum('total_price as total_spent')
      .whereBetween('logged_on', reportConfig.dateRange)
      .groupBy('user_id')
      .orderBy('total_spent', 'desc');

    // Payment method breakdown
    report.paymentMethods = await knex('hntb_bytemark_order_payments')
      .select('payment_type')
      .count('* as usage_count')
      .sum('total_price as method_revenue')
      .avg('total_price as avg_amount')
      .whereBetween('logged_on', reportConfig.dateRange)
      .groupBy('payment_type')
      .orderBy('method_revenue', 'desc');

    return report as SourceReport;
  },

  // Performance and efficiency metrics
  analyzePaymentPerformance: async (): Promise<SourceRow[]> => {
    // Payment processing time analysis
    const processingTimes = await knex('hntb_bytemark_order_payments')
      .select(
        knex.raw('payment_type'),
        knex.raw('AVG(TIMESTAMPDIFF(SECOND, created_on, logged_on)) as avg_processing_seconds'),
        knex.raw('MAX(TIMESTAMPDIFF(SECOND, created_on, logged_on)) as max_processing_seconds'),
        knex.raw('COUNT(*) as sample_size'),
      )
      .where('logged_on', '>=', knex.raw('DATE_SUB(NOW(), INTERVAL 30 DAY)'))
      .groupBy('payment_type')
      .orderBy('avg_processing_seconds');

    return processingTimes;
  },
});

/** What Knex knows of a row of theirs. */
type SourceRow = Readonly<Record<string, string | number | null>>;

interface SourceReport {
  readonly summary: SourceRow;
  readonly trends: SourceRow[];
  readonly userAnalysis: SourceRow[];
  readonly paymentMethods: SourceRow[];
}

interface Scene {
  /** Seconds since 1970. */
  readonly now: number;
  readonly days: number;
  readonly deliveries: readonly Delivery[];
  /** First and last second of the report. */
  readonly ends: readonly [number, number];
}

const TYPES = ['credit_card', 'mobile_payment', 'coins', 'other', 'debit_card'];
const RIDERS = ['r1', 'r2', 'r3', 'r4', 'r5', 'r6'];

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
      const month = new Date(now * 1000).toISOString().slice(0, 7);
      const edge = fc.constantFrom(
        ...[days, 30, 90].map((back) => now - back * DAY),
        secondOf(`${month}-01T00:00:00Z`),
        secondOf(`${month.slice(0, 4)}-01-01T00:00:00Z`),
      );
      const near = fc.constantFrom(-3_600, -1_799, -60, -1, 0, 1, 2, 59, 1_800, 3_599, 3_600);
      const second = fc.oneof(
        fc.tuple(edge, near).map(([at, by]) => at + by),
        fc.integer({ min: now - 130 * DAY, max: now }),
        fc.integer({ min: now - 2 * DAY, max: now }),
        fc.constantFrom(now, now + 60),
      );
      const payment = fc.record({
        price_minor: fc.oneof(
          fc.constantFrom(1, 10, 30, 250, 275, 99_999_999),
          fc.integer({ min: 1, max: 20_000 }),
        ),
        logged_s: second,
        payment_type: fc.constantFrom(...TYPES),
        user_id: fc.constantFrom(...RIDERS),
        source: fc.constantFrom('webhook', 'api'),
        lag_s: fc.oneof(fc.integer({ min: -60, max: 90 }), fc.integer({ min: 0, max: 90 * DAY })),
      });
      return fc.record({
        now: fc.constant(now),
        days: fc.constant(days),
        deliveries: fc.array(payment, { maxLength: 80 }).map((payments) =>
          payments.map(({ lag_s, ...one }, index) => {
            const received_ms = (one.logged_s + lag_s) * 1000 + (index % 1_000);
            return delivery({ ...one, payment_id: index + 1, received_ms });
          }),
        ),
        ends: fc.tuple(second, second).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
      });
    });
}

interface Together {
  readonly farelog: Farelog;
  /** A second process on the same database, which records and posts. */
  readonly app: App;
  /** The source's queries on one connection, in UTC. */
  readonly source: ReturnType<typeof source>;
  setNow(second: number): Promise<void>;
}

async function openTogether(server: TestServer): Promise<Together> {
  const url = await server.freshUrl();
  let now = Date.now();
  const clock = () => now;
  const settings = { FARELOG_REPORT_TIMEZONE: 'UTC' };
  const farelog = await openTestFarelog({ databaseUrl: url, settings, clock });
  const app = await openTestApp({ databaseUrl: url, environment: settings, clock });
  const knex = knexFactory({
    client: 'mysql2',
    connection: { uri: url, dateStrings: true },
    pool: { min: 1, max: 1 },
  });
  onTestFinished(() => knex.destroy());
  await knex.raw("SET time_zone = '+00:00'");
  return {
    farelog,
    app,
    source: source(knex),
    setNow: async (second) => {
      now = second * 1000;
      await knex.raw('SET timestamp = ?', [second]);
    },
  };
}

/** How far a sum of that many doubles may be off. */
function floatError(revenue: number, count: number): number {
  return Math.abs(revenue) * (count + 1) * Number.EPSILON;
}

/** A row of theirs: its money within the error of its floating point, all else the same. */
function expectSameRow(
  ours: Readonly<Record<string, unknown>>,
  theirs: SourceRow | undefined,
  fields: {
    readonly same: readonly string[];
    readonly sum: string;
    readonly avg?: string;
    readonly count: string;
  },
): void {
  const pick = (row: Readonly<Record<string, unknown>> | undefined) =>
    fields.same.map((field) => row?.[field]);
  expect(pick(ours)).toEqual(pick(theirs));
  expect(ours[fields.count]).toBe(Number(theirs?.[fields.count]));
  const [sum, count] = [Number(ours[fields.sum]), Number(ours[fields.count])];
  const error = floatError(sum, count);
  expect(Math.abs(sum - Number(theirs?.[fields.sum]))).toBeLessThanOrEqual(error);
  if (fields.avg === undefined) return;
  const apart = Math.abs(Number(ours[fields.avg]) - Number(theirs?.[fields.avg]));
  expect(apart).toBeLessThanOrEqual(0.000_05 + error);
}

/** Rows by falling sums: the same rows, in the same places but for sums that are equal within the error. */
function expectSameRanking(
  ours: readonly object[],
  theirs: readonly SourceRow[],
  fields: Parameters<typeof expectSameRow>[2] & { readonly key: string },
): void {
  const rows = ours.map((row) => ({ ...row }) as Record<string, unknown>);
  const byKey = new Map(theirs.map((row) => [row[fields.key], row]));
  expect(rows.map((row) => row[fields.key]).sort()).toEqual([...byKey.keys()].sort());
  rows.forEach((row, index) => {
    expectSameRow(row, byKey.get(String(row[fields.key])), fields);
    const there = theirs[index];
    const [one, other] = [Number(row[fields.sum]), Number(there?.[fields.sum])];
    if (there?.[fields.key] !== row[fields.key])
      expect(Math.abs(one - other)).toBeLessThanOrEqual(floatError(one, Number(row[fields.count])));
  });
}

/** Theirs is a DATETIME in UTC. */
function isoText(text: string | number | null | undefined): string | null {
  return typeof text === 'string' ? `${text.replace(' ', 'T')}+00:00` : null;
}

const METHODS = {
  key: 'payment_type',
  same: ['payment_type'],
  count: 'transaction_count',
  sum: 'total_revenue',
  avg: 'avg_transaction_value',
} as const;

async function expectTrends({ farelog, source }: Together, books: plain.Books): Promise<void> {
  const range = { from: books.now - 90 * DAY, to: plain.NO_END };
  for (const period of PERIODS) {
    const ours = await farelog.analyzeRevenueTrends(period, { fill: false });
    const theirs = await source.analyzeRevenueTrends(period);
    expect(ours).toHaveLength(theirs.length);
    const fields = {
      same: [FIELD[period]],
      count: 'transactions',
      sum: 'revenue',
      avg: 'avg_transaction_value',
    };
    ours.forEach((row, index) => {
      expectSameRow({ ...row }, theirs[index], fields);
    });
    expectFigures(ours, plain.trends(books, period, range, { fill: false }));
    const filled = await farelog.analyzeRevenueTrends(period);
    expect(filled.filter(({ transactions }) => transactions > 0)).toEqual(ours);
  }
}

async function expectSpending({ farelog, source }: Together, books: plain.Books): Promise<void> {
  for (const rider of [...RIDERS, 'nobody']) {
    const ours = await farelog.analyzeUserSpending(rider);
    const { overview, monthly } = await source.analyzeUserSpending(rider);
    expectSameRow({ ...ours.overview }, overview, {
      same: ['min_transaction', 'max_transaction'],
      count: 'total_transactions',
      sum: 'total_spent',
      avg: 'avg_transaction',
    });
    expect(ours.overview.first_payment).toBe(isoText(overview.first_payment));
    expect(ours.overview.latest_payment).toBe(isoText(overview.latest_payment));
    expect(ours.monthly).toHaveLength(monthly.length);
    ours.monthly.forEach((row, index) => {
      expectSameRow({ ...row }, monthly[index], {
        same: ['year', 'month'],
        count: 'transactions',
        sum: 'monthly_total',
      });
    });
    expectFigures(ours, plain.spending(books, rider));
  }
}

async function expectReport(together: Together, books: plain.Books, ends: Scene['ends']): Promise<void> {
  const [first, last] = ends;
  const ours = await together.farelog.generatePaymentReport({ dateRange: [isoOf(first), isoOf(last)] });
  const sqlText = (second: number): string => isoOf(second).slice(0, 19).replace('T', ' ');
  const theirs = await together.source.generatePaymentReport({ dateRange: [sqlText(first), sqlText(last)] });
  expectSameRow({ ...ours.summary }, theirs.summary, {
    same: ['unique_users'],
    count: 'total_transactions',
    sum: 'total_revenue',
    avg: 'avg_transaction',
  });
  expect(ours.summary.first_transaction).toBe(isoText(theirs.summary.first_transaction));
  expect(ours.summary.latest_transaction).toBe(isoText(theirs.summary.latest_transaction));
  const days = ours.trends.filter(({ daily_transactions }) => daily_transactions > 0);
  expect(days).toHaveLength(theirs.trends.length);
  days.forEach((row, index) => {
    expectSameRow({ ...row }, theirs.trends[index], {
      same: ['date'],
      count: 'daily_transactions',
      sum: 'daily_revenue',
    });
  });
  expectSameRanking(ours.userAnalysis ?? [], theirs.userAnalysis, {
    key: 'user_id',
    same: ['user_id'],
    count: 'transaction_count',
    sum: 'total_spent',
  });
  expectSameRanking(ours.paymentMethods, theirs.paymentMethods, {
    key: 'payment_type',
    same: ['payment_type'],
    count: 'usage_count',
    sum: 'method_revenue',
    avg: 'avg_amount',
  });
  const { from, to, zone, currency, as_of, as_of_received_at, ...report } = ours;
  expect([from, to, zone, currency]).toEqual([
    isoText(sqlText(first)),
    isoText(sqlText(last + 1)),
    'UTC',
    'USD',
  ]);
  expect([as_of > 0, as_of_received_at !== null]).toEqual(Array(2).fill(books.deliveries.length > 0));
  expectFigures(report, plain.report(books, { from: first, to: last + 1 }));
}

/** Theirs is `logged_on` minus capture, so below zero for what is captured live; ours is the time that capture took. */
async function expectPerformance({ farelog, source }: Together, books: plain.Books): Promise<void> {
  const range = { from: books.now - 30 * DAY, to: plain.NO_END };
  const { processingTimes: ours, errorRates } = await farelog.analyzePaymentPerformance();
  const theirs = await source.analyzePaymentPerformance();
  expect(ours.map((row) => row.payment_type).sort()).toEqual(theirs.map((row) => row.payment_type).sort());
  for (const row of ours) {
    const same = theirs.find(({ payment_type }) => payment_type === row.payment_type);
    expect(row.sample_size).toBe(same?.sample_size);
    // MariaDB gives an average of whole numbers to 4 decimals, too.
    expect(Math.abs(row.avg_processing_seconds + Number(same?.avg_processing_seconds))).toBeLessThan(
      0.000_15,
    );
    const lags = plain
      .within(books, range)
      .filter(({ payment }) => payment.payment_type === row.payment_type)
      .map(plain.lagOf);
    expect(0 - Number(same?.max_processing_seconds)).toBe(Math.min(...lags));
    expect(row.max_processing_seconds).toBe(Math.max(...lags));
  }
  const averages = theirs.map((row) => -Number(row.avg_processing_seconds)).reverse();
  ours.forEach((row, index) => {
    expect(Math.abs(row.avg_processing_seconds - (averages[index] ?? 0))).toBeLessThan(0.000_15);
  });
  expectFigures(ours, plain.processingTimes(books, range));
  expectFigures(errorRates, plain.recordedRates(books, range));
}

async function everything({ farelog }: Together, { days, ends }: Scene): Promise<string> {
  const [first, last] = ends;
  const answers: unknown[] = [await farelog.analyzePaymentMethods(days)];
  for (const period of PERIODS) answers.push(await farelog.analyzeRevenueTrends(period, { fill: false }));
  for (const rider of RIDERS) answers.push(await farelog.analyzeUserSpending(rider));
  answers.push(await farelog.generatePaymentReport({ dateRange: [isoOf(first), isoOf(last)] }));
  answers.push(await farelog.analyzePaymentPerformance());
  return JSON.stringify(answers);
}

describeOnServers((server) => {
  test("every verb equals the source's own query, and is exact, however far the ledger is posted", async () => {
    const together = await openTogether(server);
    const { farelog, app, source, setNow } = together;
    await fc.assert(
      fc.asyncProperty(anyScene(), async (scene) => {
        const { now, days, deliveries, ends } = scene;
        await emptyBooks(app);
        await setNow(now);
        await recordAll(app, deliveries);
        const before = await everything(together, scene);
        await post(app, 'half', deliveries.length);
        const halfway = await everything(together, scene);
        await post(app, 'all', deliveries.length);
        expect([halfway, await everything(together, scene)]).toEqual([before, before]);

        const books = { zone: 'UTC', digits: 2, deliveries, now };
        const methods = await farelog.analyzePaymentMethods(days);
        expectFigures(methods, plain.methods(books, { from: now - days * DAY, to: plain.NO_END }));
        expectSameRanking(methods, await source.analyzePaymentMethods(days), METHODS);
        await expectTrends(together, books);
        await expectSpending(together, books);
        await expectReport(together, books, ends);
        await expectPerformance(together, books);
      }),
      { numRuns: 25 },
    );
  });

  test("the defaults are the source's: 30 days of methods, 90 of daily trends, each to the second", async () => {
    const { farelog, source, setNow } = await openTogether(server);
    // Within an hour, so that the windows begin inside a bucket, part of which they leave out.
    const now = secondOf('2025-04-07T03:11:31Z');
    await setNow(now);
    const payments = [30, 90].flatMap((days) =>
      [-1, 0, 1].map((by): BytemarkData => {
        return {
          payment_id: days + by,
          order_id: 1,
          payment_method: 'coins',
          amount: `0.${days + by}`,
          timestamp: new Date((now - days * DAY + by) * 1000),
        };
      }),
    );
    for (const payment of payments) await farelog.processPaymentTransaction(payment, { research_id: 'r' });
    const methods = await farelog.analyzePaymentMethods();
    expect(methods).toMatchObject([{ transaction_count: 2, total_revenue: 0.61 }]);
    expect(await source.analyzePaymentMethods()).toMatchObject([{ transaction_count: 2 }]);
    const trends = await farelog.analyzeRevenueTrends(undefined, { fill: false });
    const expected = [
      { date: '2025-01-07', transactions: 2, revenue: 1.81 },
      { date: '2025-03-08', transactions: 3, revenue: 0.9 },
    ];
    expect(trends).toMatchObject(expected);
    expect(await source.analyzeRevenueTrends()).toMatchObject(
      expected.map(({ date, transactions }) => ({ date, transactions })),
    );
    expect(await farelog.analyzePaymentPerformance()).toMatchObject({
      processingTimes: [{ sample_size: 2 }],
    });
    expect(await source.analyzePaymentPerformance()).toMatchObject([{ sample_size: 2 }]);
    expect((await farelog.generatePaymentReport()).summary.total_transactions).toBe(2);
  });
});
