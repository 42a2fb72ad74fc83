/** The library's figures: their fields as the contract names them, and errors that name what is wrong. */
import { describe, expect, test } from 'vitest';
import { AppError, type BytemarkData, type Farelog, type Period } from '../../src/index.js';
import { openTestFarelog } from '../support/farelog.js';
import { failureOf } from '../support/promises.js';

const NOW = Date.parse('2025-04-07T12:00:00Z');

async function openWithPayments(): Promise<Farelog> {
  const farelog = await openTestFarelog({ databaseUrl: 'sqlite::memory:', clock: () => NOW });
  for (const [index, timestamp] of ['2025-03-31T12:00:00Z', '2025-04-07T11:00:00Z'].entries()) {
    const payment: BytemarkData = {
      payment_id: index + 1,
      order_id: 1,
      payment_method: 'coins',
      amount: '2.50',
      timestamp,
    };
    await farelog.processPaymentTransaction(payment, { research_id: `R-${index}` });
  }
  return farelog;
}

function keysOf(value: object | undefined): string[] {
  return Object.keys(value ?? {}).sort();
}

const ADJUSTED = ['adjustments', 'net_revenue'];
const ABOUT = ['as_of', 'as_of_received_at', 'currency', 'from', 'to', 'zone'];

describe('fields are those of the contract', () => {
  const RANGE = { from: '2025-02-01', to: '2025-05-01' };

  test('of methods', async () => {
    const { figures, analyzePaymentMethods } = await openWithPayments();
    const source = ['avg_transaction_value', 'payment_type', 'total_revenue', 'transaction_count'];
    const compared = ['previous_revenue', 'previous_transaction_count', 'revenue_change', 'revenue_share'];
    const row = [...source, ...compared, 'share_change', 'transaction_share', ...ADJUSTED].sort();
    expect(keysOf((await analyzePaymentMethods())[0])).toEqual(row);
    const answer = await figures.methods(RANGE);
    expect(keysOf(answer)).toEqual([...ABOUT, 'rows'].sort());
    expect(keysOf(answer.rows[0])).toEqual(row);
  });

  test.each<[Period, string, string | number]>([
    ['hourly', 'hour', '2025-04-07 06:00:00'],
    ['daily', 'date', '2025-04-07'],
    ['weekly', 'week', 202514],
    ['monthly', 'month', '2025-04'],
  ])('of %s trends', async (period, field, value) => {
    const { figures, analyzeRevenueTrends } = await openWithPayments();
    const row = [field, 'starts_at', 'transactions', 'revenue', 'avg_transaction_value', ...ADJUSTED];
    const earlier = ['previous_starts_at', 'previous_transactions', 'previous_revenue', 'revenue_change'];
    const plain = await analyzeRevenueTrends(period, { ...RANGE, fill: false });
    expect(keysOf(plain[0])).toEqual(row.toSorted());
    expect(plain.at(-1)).toMatchObject({ [field]: value, transactions: expect.any(Number) });
    const [empty] = await analyzeRevenueTrends(period, RANGE);
    expect(keysOf(empty)).toEqual(row.toSorted());
    expect(empty).toMatchObject({ transactions: 0, revenue: 0, avg_transaction_value: 0 });
    const [full] = await analyzeRevenueTrends(period, { ...RANGE, byType: true, compare: 'week' });
    expect(keysOf(full)).toEqual([...row, 'payment_type', ...earlier].sort());
    expect(keysOf(await figures.trends(period, RANGE))).toEqual([...ABOUT, 'rows'].sort());
  });

  test('of spending', async () => {
    const { figures, analyzeUserSpending } = await openWithPayments();
    const spending = await analyzeUserSpending('R-1');
    expect(keysOf(spending)).toEqual(['monthly', 'overview']);
    expect(keysOf(spending.overview)).toEqual([
      'adjustments',
      'avg_transaction',
      'first_payment',
      'latest_payment',
      'max_transaction',
      'min_transaction',
      'net_spent',
      'total_spent',
      'total_transactions',
    ]);
    expect(keysOf(spending.monthly[0])).toEqual([
      ...['adjustments', 'month', 'monthly_total', 'net_total', 'transactions', 'year'],
    ]);
    expect(keysOf(await figures.spending('R-1'))).toEqual([...ABOUT, 'monthly', 'overview'].sort());
  });

  test('of the report', async () => {
    const { figures, generatePaymentReport } = await openWithPayments();
    const report = await generatePaymentReport({ since: '0' });
    const without = ['before', 'left_out', 'paymentMethods', 'profile', 'restated', 'summary', 'trends'];
    expect(keysOf(report)).toEqual([...ABOUT, ...without, 'next_cursor', 'userAnalysis'].sort());
    const summary = [
      'adjustments',
      'avg_transaction',
      'first_transaction',
      'latest_transaction',
      'net_revenue',
      'total_revenue',
      'total_transactions',
      'unique_users',
    ];
    expect(keysOf(report.summary)).toEqual(summary);
    expect(keysOf(report.before ?? undefined)).toEqual(summary);
    expect(keysOf(report.trends[0])).toEqual([
      ...['adjustments', 'daily_revenue', 'daily_transactions', 'date', 'net_revenue'],
    ]);
    expect(keysOf(report.userAnalysis?.[0])).toEqual([
      ...['adjustments', 'net_spent', 'total_spent', 'transaction_count', 'user_id'],
    ]);
    expect(keysOf(report.paymentMethods[0])).toEqual([
      'adjustments',
      'avg_amount',
      'method_revenue',
      'net_revenue',
      'payment_type',
      'usage_count',
    ]);
    expect(report.profile).toHaveLength(168);
    expect(keysOf(report.profile[0])).toEqual(['hour', 'revenue', 'transactions', 'weekday']);
    expect(keysOf(report.restated?.[0])).toEqual([
      'adjustments',
      'date',
      'late_adjustments',
      'late_revenue',
      'late_transactions',
      'reason',
      'sources',
    ]);
    // For who may not see riders there are none, and no cursor that would name one.
    const aggregates = await figures.report({ riders: null, since: '0' });
    expect(keysOf(aggregates)).toEqual([...ABOUT, ...without].sort());
    expect(JSON.stringify(aggregates)).not.toContain('R-');
    expect(keysOf(await figures.report({}))).not.toContain('restated');
  });

  test('of performance, and of what has no verb of the source', async () => {
    const { figures, analyzePaymentPerformance } = await openWithPayments();
    const performance = await analyzePaymentPerformance();
    expect(keysOf(performance)).toEqual(['errorRates', 'processingTimes']);
    expect(keysOf(performance.processingTimes[0])).toEqual([
      'avg_processing_seconds',
      'max_processing_seconds',
      'p50_processing_seconds',
      'p95_processing_seconds',
      'p99_processing_seconds',
      'payment_type',
      'sample_size',
    ]);
    expect(keysOf(performance.errorRates[0])).toEqual(['deliveries', 'outcome', 'rate', 'reason', 'source']);
    expect(keysOf(await figures.performance({}))).toEqual([...ABOUT, 'errorRates', 'processingTimes'].sort());
    expect(keysOf((await figures.profile({})).rows[0])).toEqual([
      'hour',
      'revenue',
      'transactions',
      'weekday',
    ]);
    const [prices] = (await figures.prices({})).rows;
    expect(keysOf(prices)).toEqual([
      'avg_price',
      'distinct_prices',
      'most_paid',
      'payment_type',
      'quantiles',
      'transactions',
    ]);
    expect(keysOf(prices?.quantiles[0])).toEqual(['quantile', 'value']);
    expect(keysOf(prices?.most_paid[0])).toEqual(['price', 'transactions']);
    const distribution = await figures.spendingDistribution({});
    expect(keysOf(distribution)).toEqual(
      [...ABOUT, 'avg_spent', 'gini', 'lorenz', 'quantiles', 'riders', 'total_spent'].sort(),
    );
    expect(keysOf(distribution.lorenz[0])).toEqual(['riders_share', 'spending_share']);
    expect(keysOf((await figures.riderActivity('weekly', {})).rows[0])).toEqual([
      'new_riders',
      'returning_riders',
      'riders',
      'starts_at',
      'week',
    ]);
    expect(keysOf(await figures.topRiders({}))).toEqual([...ABOUT, 'next_cursor', 'rows'].sort());
  });
});

/** What a caller without types may ask: refused by a promise that names it, never thrown at once. */
const WRONG: readonly [string, (farelog: Farelog) => Promise<unknown>, RegExp][] = [
  ['days of 0', (farelog) => farelog.analyzePaymentMethods(0), /^days must be a whole number from 1 to/],
  ['days of 1.5', (farelog) => farelog.analyzePaymentPerformance(1.5), /^days must be/],
  [
    'days and from',
    (farelog) => farelog.analyzePaymentMethods({ days: 1, from: '2025-01-01' }),
    /days.*from/,
  ],
  ['from', (farelog) => farelog.analyzePaymentMethods({ from: 'May' }), /^from must be a date such as/],
  ['to', (farelog) => farelog.analyzeRevenueTrends('daily', { to: 'May' }), /^to must be a date such as/],
  ['asOf', (farelog) => farelog.analyzePaymentMethods({ asOf: 'now' }), /^as-of must be a date such as/],
  ['asOf to come', (farelog) => farelog.analyzePaymentMethods({ asOf: '3' }), /^as-of 3 is not captured yet/],
  [
    'since to come',
    (farelog) => farelog.generatePaymentReport({ since: '3' }),
    /^since 3 is not captured yet/,
  ],
  ['period', (farelog) => farelog.analyzeRevenueTrends(untyped('yearly')), /^period must be one of hourly, /],
  [
    "period of an object's own name",
    (farelog) => farelog.analyzeRevenueTrends(untyped('toString')),
    /^period must be one of hourly, daily, weekly, monthly\.$/,
  ],
  [
    'period of riders',
    (farelog) => farelog.figures.riderActivity('hourly', {}),
    /^period must be one of daily, weekly, monthly\.$/,
  ],
  [
    'compare',
    (farelog) => farelog.analyzeRevenueTrends('daily', { compare: untyped('decade') }),
    /^compare must be one of week, month, year\.$/,
  ],
  ['limit', (farelog) => farelog.generatePaymentReport({ limit: 0 }), /^limit must be a whole number/],
  ['cursor', (farelog) => farelog.generatePaymentReport({ cursor: 'x' }), /^cursor must be the next_cursor/],
  [
    'the first of dateRange',
    (farelog) => farelog.generatePaymentReport({ dateRange: ['May', '2025-04-01'] }),
    /^dateRange\[0\] must be a date such as/,
  ],
  [
    'the last of dateRange',
    (farelog) => farelog.generatePaymentReport({ dateRange: ['2025-04-01', new Date('May')] }),
    /^dateRange\[1\] must be a date such as/,
  ],
  [
    'dateRange the wrong way round',
    (farelog) => farelog.generatePaymentReport({ dateRange: ['2025-04-02', '2025-04-01'] }),
    /^dateRange\[0\] must not lie after dateRange\[1\]/,
  ],
];

/** A value as a caller in JavaScript gives it. */
function untyped<T>(value: unknown): T {
  return value as T;
}

describe('a question that has no answer', () => {
  test.each(WRONG)('is refused for its %s', async (_, ask, message) => {
    const farelog = await openWithPayments();
    const failure = await failureOf(ask(farelog));
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
  });
});

describe('a dateRange', () => {
  test('of one second is that second, as BETWEEN is', async () => {
    const farelog = await openWithPayments();
    const second = '2025-04-07T11:00:00Z';
    const { summary } = await farelog.generatePaymentReport({ dateRange: [second, second] });
    expect(summary.total_transactions).toBe(1);
  });

  test.each(['UTC', 'America/Chicago', 'Asia/Kathmandu'])(
    'up to the last second there can be is one, in %s',
    async (zone) => {
      const farelog = await openTestFarelog({
        databaseUrl: 'sqlite::memory:',
        settings: { FARELOG_REPORT_TIMEZONE: zone },
        clock: () => NOW,
      });
      await farelog.processPaymentTransaction(
        { payment_id: 1, order_id: 1, payment_method: 'coins', amount: 1, timestamp: '2025-04-07T11:00:00Z' },
        { research_id: 'R' },
      );
      await farelog.rebuild();
      for (const last of ['9999-12-31T23:59:59Z', '9999-12-31T23:59:58Z', '9999-12-31']) {
        const dateRange = ['2000-01-01', last] as const;
        expect((await farelog.generatePaymentReport({ dateRange })).summary).toMatchObject({
          total_transactions: 1,
          unique_users: 1,
        });
        expect(await farelog.getPaymentTransactions({ dateRange })).toHaveLength(1);
      }
      expect(await farelog.analyzePaymentMethods(36_500)).toHaveLength(1);
    },
  );
});
