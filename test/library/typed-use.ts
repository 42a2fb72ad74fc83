/**
 * A consumer of the library, checked by the compiler and never run: every exported type is used as a platform in
 * strict TypeScript would use it. What must not compile stands in `Not…` types, which are `true` only where it fails.
 */
import type { Knex } from 'knex';
import {
  type About,
  type Answer,
  AppError,
  type BytemarkData,
  type Drift,
  type ErrorCode,
  type ErrorRate,
  type Farelog,
  type FigureRequest,
  type Figures,
  farelogMigrations,
  type Logger,
  type MethodComparison,
  type MethodRow,
  normalizePaymentType,
  type OpenOptions,
  openFarelog,
  type PaymentData,
  type PaymentPerformance,
  type PaymentRecord,
  type PaymentReport,
  type Period,
  type Problem,
  type ProcessingTime,
  type RangeRequest,
  type RecordAnswer,
  type Restatement,
  type RiderPageRequest,
  type SpendingMonth,
  type SpendingOverview,
  type TransactionFilters,
  type TrendRow,
  type UserSpending,
  type VerifyReport,
  type WebhookDelivery,
} from '../../src/index.js';

/** A logger of the kind a platform has: more methods, looser parameters. */
class PlatformLogger {
  readonly lines: unknown[][] = [];
  info(...line: unknown[]): void {
    this.lines.push(line);
  }
  warn(...line: unknown[]): void {
    this.lines.push(line);
  }
  error(...line: unknown[]): void {
    this.lines.push(line);
  }
  debug(...line: unknown[]): void {
    this.lines.push(line);
  }
  fatal(...line: unknown[]): void {
    this.lines.push(line);
  }
}

export async function openAsAPlatformDoes(knex: Knex): Promise<Farelog> {
  await knex.migrate.latest(farelogMigrations);
  const logger: Logger = new PlatformLogger();
  const options: OpenOptions = {
    knex,
    logger,
    settings: { FARELOG_REPORT_TIMEZONE: 'America/Chicago', FARELOG_CURRENCY: process.env.CURRENCY },
    mapBytemarkUserToResearchId: async (providerUserId) => `R-${providerUserId.length}`,
    clock: () => 0,
    migrate: false,
  };
  return openFarelog(options);
}

/** A request of node:http or Express fits as it comes. */
export function deliveryOf(request: import('node:http').IncomingMessage, body: Buffer): WebhookDelivery {
  return { headers: request.headers, body };
}

const STATUS: Partial<Record<ErrorCode, number>> = { bad_signature: 401, busy: 503, unavailable: 503 };

export async function answerWebhook(farelog: Farelog, delivery: WebhookDelivery): Promise<[number, unknown]> {
  try {
    const answer: RecordAnswer = await farelog.processBytemarkWebhook(delivery);
    switch (answer.outcome) {
      case 'recorded':
        return [201, 'payment' in answer ? answer.payment : answer.adjustment];
      case 'duplicate':
        return [200, 'payment' in answer ? answer.payment : answer.adjustment];
      case 'conflict':
      case 'invalid':
        return [202, { problems: answer.problems, id: answer.quarantine_id ?? null }];
    }
  } catch (error) {
    if (error instanceof AppError) return [STATUS[error.code] ?? 500, error.problems];
    throw error;
  }
}

export async function useEveryVerb(farelog: Farelog): Promise<unknown[]> {
  const data: PaymentData = {
    payment_id: 1,
    user_id: 17,
    order_id: 1,
    payment_type: normalizePaymentType('apple_pay'),
    total_price: '2.50',
    logged_on: new Date(),
  };
  const bytemark: BytemarkData = {
    payment_id: 1,
    order_id: 1,
    payment_method: 'apple_pay',
    amount: 2.5,
    timestamp: '2025-04-07T03:11:31Z',
  };
  farelog.validatePaymentData(data);
  farelog.validatePaymentData({ anything: 'at all' });
  const filters: TransactionFilters = {
    userId: 'R-1',
    paymentType: 'coins',
    orderId: 1,
    dateRange: ['2025-04-07', new Date()],
    priceRange: { min: 1, max: 2 },
    limit: 10,
  };
  const records: PaymentRecord[] = await farelog.getPaymentTransactions(filters);
  const range: RangeRequest = { from: '2025-04-01', to: undefined };
  const methods: MethodRow[] = await farelog.analyzePaymentMethods(range);
  const period: Period = 'weekly';
  const trends: TrendRow[] = await farelog.analyzeRevenueTrends(period, { ...range, fill: false });
  const report: VerifyReport = await farelog.verify();
  const drift: Drift | undefined = report.first_drifts[0];
  const rebuilt: number = await farelog.rebuild();
  const problem: Problem = { field: 'body', code: 'own', message: 'a platform may make one' };
  await farelog.close();
  return [
    await farelog.insertPaymentSafely(data),
    await farelog.processPaymentTransaction(bytemark, { research_id: 'R-1' }),
    farelog.normalizePaymentType('coins').toUpperCase(),
    records.map((record) => record.total_price.toFixed(2) + record.logged_on.slice(0, 10)),
    methods.map((row) => row.total_revenue + row.transaction_count + row.avg_transaction_value),
    trends.map((row) => [row.hour ?? row.date ?? row.week ?? row.month, row.starts_at, row.revenue]),
    [drift?.rollup, drift?.key, drift?.expected, drift?.found],
    rebuilt,
    problem,
    await farelog.analyzePaymentMethods(30),
    await farelog.analyzePaymentMethods(),
    await farelog.analyzeRevenueTrends(),
  ];
}

/** What a platform's finance page and its nightly job ask, with the type of every answer written out. */
export async function useEveryFigure(farelog: Farelog, userId: string): Promise<unknown[]> {
  const { figures }: { figures: Figures } = farelog;
  const april: FigureRequest = { from: '2025-04-01', to: '2025-05-01', asOf: undefined };
  const compared: MethodComparison[] = await farelog.analyzePaymentMethods(april);
  const spending: UserSpending = await farelog.analyzeUserSpending(userId);
  const overview: SpendingOverview = spending.overview;
  const months: SpendingMonth[] = spending.monthly;
  const trends: TrendRow[] = await farelog.analyzeRevenueTrends('daily', {
    ...april,
    byType: true,
    compare: 'year',
  });
  const report: PaymentReport = await farelog.generatePaymentReport({
    dateRange: ['2025-04-01', new Date()],
    since: '17',
    limit: 10,
  });
  const restated: readonly Restatement[] = report.restated ?? [];
  const performance: PaymentPerformance = await farelog.analyzePaymentPerformance(7);
  const times: ProcessingTime[] = performance.processingTimes;
  const rates: ErrorRate[] = performance.errorRates;
  const methods: Answer<MethodComparison> = await figures.methods({ days: 30 });
  const about: About = await figures.spending(userId, { asOf: '2025-04-01' });
  const page: RiderPageRequest = { limit: 50, cursor: report.next_cursor ?? undefined };
  const riders = await figures.topRiders({ ...april, ...page });
  const weeks = await figures.riderActivity('weekly', april);
  return [
    compared.map((row) => row.revenue_share + (row.revenue_change ?? 0)),
    [
      overview.total_spent,
      overview.first_payment?.slice(0, 10),
      months.map((row) => row.year * 100 + row.month),
    ],
    trends.map((row) => [row.payment_type, row.previous_starts_at, row.previous_revenue, row.revenue_change]),
    [report.summary.unique_users, report.before?.total_revenue, report.userAnalysis?.[0]?.user_id],
    restated.map(({ reason, sources }) => [reason, sources[0]?.source]),
    [times[0]?.p95_processing_seconds, rates[0]?.rate],
    [methods.as_of, methods.to ?? 'open', about.as_of_received_at],
    [riders.next_cursor, riders.rows[0]?.total_spent, weeks.rows[0]?.new_riders],
    (await figures.profile(april)).rows.map((cell) => cell.weekday * 24 + cell.hour),
    (await figures.prices(april)).rows.map((row) => [row.payment_type, row.quantiles[0]?.value]),
    (await figures.spendingDistribution(april)).lorenz.map((point) => point.spending_share),
    (await figures.restatements({ ...april, since: '17' })).rows.length,
    (await figures.averagePrices()).get('coins')?.toFixed(2),
    (await figures.report({ ...april, riders: null })).left_out[0]?.deliveries,
  ];
}

type IsNot<Value, Type> = [Value] extends [Type] ? false : true;

/** Each of these mistakes must not compile. */
export const REFUSED: readonly true[] = [
  true satisfies IsNot<{ databaseURL: string }, Required<Pick<OpenOptions, 'databaseUrl'>>>,
  true satisfies IsNot<'yearly', Period>,
  true satisfies IsNot<Omit<PaymentData, 'order_id'>, PaymentData>,
  true satisfies IsNot<{ payment_id: string }, Pick<PaymentData, 'payment_id'>>,
  true satisfies IsNot<{ logged_on: number }, Pick<PaymentData, 'logged_on'>>,
  true satisfies IsNot<{ info(message: string): void }, Logger>,
  true satisfies IsNot<{ body: object; headers: Record<string, string> }, WebhookDelivery>,
  true satisfies IsNot<RecordAnswer, { payment: PaymentRecord }>,
  true satisfies IsNot<{ since: number }, Parameters<Figures['restatements']>[0]>,
  true satisfies IsNot<FigureRequest, Parameters<Figures['restatements']>[0]>,
  true satisfies IsNot<{ compare: 'decade' }, Parameters<Farelog['analyzeRevenueTrends']>[1]>,
  true satisfies IsNot<{ dateRange: readonly [string] }, Parameters<Farelog['generatePaymentReport']>[0]>,
  true satisfies IsNot<TrendRow['revenue_change'], number>,
  true satisfies IsNot<About['to'], string>,
  true satisfies IsNot<SpendingOverview['min_transaction'], number>,
];
