/** `farelog analyze`: figures. */
import { type Command, Option } from 'commander';
import type { About, FigureRequest } from '../analytics/figures.js';
import { EARLIER, type Earlier } from '../analytics/trends.js';
import type { App } from '../app.js';
import { BUCKET_FIELD, PERIODS, type Period } from '../domain/bucket.js';
import {
  type CommonOptions,
  money,
  newCommand,
  newGroup,
  printJson,
  printTable,
  wholeNumber,
  withApp,
} from './command.js';

export interface RangeOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly days?: number;
  readonly asOf?: string;
}

/** @param days the default; null: all time */
export function withRange(command: Command, days: number | null): Command {
  return withAsOf(
    command
      .option('--from <when>', 'from this date (reporting zone) or instant, inclusive')
      .option('--to <when>', 'up to this date or instant, exclusive')
      .option('--days <n>', `the last n times 24 hours (default ${days ?? 'all time'})`, wholeNumber),
  );
}

function withAsOf(command: Command): Command {
  return command.option(
    '--as-of <capture>',
    'as figures stood then: the sequence of a capture, or an instant; counted from the payments, so slower',
  );
}

export function requestOf({ from, to, days, asOf }: RangeOptions): FigureRequest {
  return { from, to, days, asOf };
}

type Cell = string | number | null;

/** A figure's command: asks for the figure, and prints it as JSON or as tables with what it says about itself. */
function figure<Options extends RangeOptions, Result extends About>(
  command: Command,
  ask: (app: App, options: Options) => Promise<Result>,
  print: (result: Result, app: App, options: Options) => void,
): Command {
  return command.action((options: Options) =>
    withApp(options, async (app) => {
      const result = await ask(app, options);
      if (options.json) return printJson(result);
      print(result, app, options);
      printAbout(result);
    }),
  );
}

/** Below a table: which zone, and up to which capture. */
export function printAbout({ zone, as_of, as_of_received_at }: About): void {
  const received = as_of_received_at === null ? '' : `, received ${as_of_received_at}`;
  console.log(`\n${zone}; counted up to capture ${as_of}${received}`);
}

function percent(share: number | null): string {
  return share === null ? '' : `${(share * 100).toFixed(1)}%`;
}

function methodsCommand(): Command {
  const command = newCommand(
    'methods',
    'Payments and revenue by payment type, with share and change against the period before.',
    'farelog analyze methods --days 30',
  );
  return figure(
    withRange(command, 30),
    (app, options) => app.figures.methods(requestOf(options)),
    ({ rows }, { config: { currency } }) =>
      printTable(
        ['payment type', 'payments', `revenue ${currency.code}`, 'average', 'share', 'before', 'change'],
        rows.map((row): Cell[] => [
          row.payment_type,
          row.transaction_count,
          money(row.total_revenue, currency.digits),
          row.avg_transaction_value.toFixed(4),
          percent(row.revenue_share),
          money(row.previous_revenue, currency.digits),
          percent(row.revenue_change),
        ]),
      ),
  );
}

interface TrendCommandOptions extends RangeOptions {
  readonly period: Period;
  readonly fill: boolean;
  readonly byType?: boolean;
  readonly compare?: Earlier;
}

function periodOption(periods: readonly Period[]): Option {
  return new Option('--period <period>', 'size of a bucket').choices(periods).default('daily');
}

function trendsCommand(): Command {
  const command = newCommand(
    'trends',
    'Revenue by hour, day, week or month of the reporting zone.',
    'farelog analyze trends --period weekly --from 2026-01-01 --compare year',
  )
    .addOption(periodOption(PERIODS))
    .option('--no-fill', 'leave out buckets without payments')
    .option('--by-type', 'one row a bucket and payment type')
    .addOption(new Option('--compare <earlier>', 'beside the same bucket a … earlier').choices(EARLIER));
  return figure<TrendCommandOptions, Awaited<ReturnType<App['figures']['trends']>> & { period: Period }>(
    withRange(command, 90),
    async (app, options) => {
      const { period, fill, byType, compare } = options;
      return {
        period,
        ...(await app.figures.trends(period, { ...requestOf(options), fill, byType, compare })),
      };
    },
    ({ rows }, { config: { currency } }, { period, byType, compare }) => {
      const field = BUCKET_FIELD[period];
      printTable(
        [
          field,
          'starts at',
          ...(byType ? ['payment type'] : []),
          'payments',
          `revenue ${currency.code}`,
          'average',
          ...(compare ? [`a ${compare} earlier`, 'change'] : []),
        ],
        rows.map((row): Cell[] => [
          String(row[field] ?? ''),
          row.starts_at,
          ...(byType ? [row.payment_type ?? ''] : []),
          row.transactions,
          money(row.revenue, currency.digits),
          row.avg_transaction_value.toFixed(4),
          ...(compare
            ? [money(row.previous_revenue ?? 0, currency.digits), percent(row.revenue_change ?? null)]
            : []),
        ]),
      );
    },
  );
}

function spendingCommand(): Command {
  const command = newCommand(
    'spending',
    "One rider's spending, over all time and by month.",
    'farelog analyze spending k1_0123456789abcdef0123456789abcdef',
  ).argument('<user-id>', "the rider's stored id (pseudonym)");
  return withRange(command, null).action((userId: string, options: RangeOptions) =>
    withApp(options, async (app) => {
      const spending = await app.figures.spending(userId, requestOf(options));
      if (options.json) return printJson(spending);
      const { currency } = app.config;
      const { overview, monthly } = spending;
      const amount = (value: number | null): string => (value === null ? '' : money(value, currency.digits));
      printTable(
        ['payments', `spent ${currency.code}`, 'average', 'lowest', 'highest', 'first', 'latest'],
        [
          [
            overview.total_transactions,
            amount(overview.total_spent),
            overview.avg_transaction.toFixed(4),
            amount(overview.min_transaction),
            amount(overview.max_transaction),
            overview.first_payment,
            overview.latest_payment,
          ],
        ],
      );
      console.log();
      printTable(
        ['month', 'payments', `spent ${currency.code}`],
        monthly.map((row): Cell[] => [
          `${row.year}-${String(row.month).padStart(2, '0')}`,
          row.transactions,
          amount(row.monthly_total),
        ]),
      );
      printAbout(spending);
    }),
  );
}

function performanceCommand(): Command {
  const command = newCommand(
    'performance',
    'Seconds from payment to capture (live sources), and how deliveries ended.',
    'farelog analyze performance --days 7',
  );
  return figure(
    withRange(command, 30),
    (app, options) => app.figures.performance(requestOf(options)),
    ({ processingTimes, errorRates }) => {
      printTable(
        ['payment type', 'payments', 'average s', 'median s', 'p95 s', 'p99 s', 'longest s'],
        processingTimes.map((row): Cell[] => [
          row.payment_type,
          row.sample_size,
          row.avg_processing_seconds,
          row.p50_processing_seconds,
          row.p95_processing_seconds,
          row.p99_processing_seconds,
          row.max_processing_seconds,
        ]),
      );
      console.log();
      printTable(
        ['source', 'outcome', 'reason', 'deliveries', 'rate'],
        errorRates.map((row): Cell[] => [
          row.source,
          row.outcome,
          row.reason,
          row.deliveries,
          `${(row.rate * 100).toFixed(3)}%`,
        ]),
      );
    },
  );
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

function profileCommand(): Command {
  const command = newCommand(
    'profile',
    'Payments by weekday and hour of the reporting zone.',
    'farelog analyze profile --days 90',
  );
  return figure(
    withRange(command, 90),
    (app, options) => app.figures.profile(requestOf(options)),
    ({ rows }) =>
      printTable(
        ['hour', ...WEEKDAYS],
        Array.from({ length: 24 }, (_, hour): Cell[] => [
          `${String(hour).padStart(2, '0')}:00`,
          ...rows.filter((row) => row.hour === hour).map((row) => row.transactions),
        ]),
      ),
  );
}

function pricesCommand(): Command {
  const command = newCommand(
    'prices',
    'How prices are spread, of all payments and of each type.',
    'farelog analyze prices --days 30',
  );
  return figure(
    withRange(command, 30),
    (app, options) => app.figures.prices(requestOf(options)),
    ({ rows }, { config: { currency } }) =>
      printTable(
        ['payment type', 'payments', 'average', ...(rows[0]?.quantiles ?? []).map(quantileName)],
        rows.map((row): Cell[] => [
          row.payment_type ?? 'all',
          row.transactions,
          row.avg_price.toFixed(4),
          ...row.quantiles.map(({ value }) => money(value, currency.digits)),
        ]),
      ),
  );
}

function quantileName({ quantile }: { readonly quantile: number }): string {
  if (quantile === 0) return 'lowest';
  if (quantile === 0.5) return 'median';
  return quantile === 1 ? 'highest' : `${Math.round(quantile * 100)}%`;
}

function distributionCommand(): Command {
  const command = newCommand(
    'distribution',
    'How spending is spread over riders: quantiles, Lorenz curve, Gini coefficient.',
    'farelog analyze distribution --from 2026-01-01 --to 2026-02-01',
  );
  return figure(
    withRange(command, 30),
    (app, options) => app.figures.spendingDistribution(requestOf(options)),
    (result, { config: { currency } }) => {
      printTable(
        ['riders', `spent ${currency.code}`, 'average', 'Gini', ...result.quantiles.map(quantileName)],
        [
          [
            result.riders,
            money(result.total_spent, currency.digits),
            result.avg_spent.toFixed(4),
            result.gini,
            ...result.quantiles.map(({ value }) => money(value, currency.digits)),
          ],
        ],
      );
      console.log();
      printTable(
        ['of riders, least spending first', 'share of spending'],
        result.lorenz.map((point): Cell[] => [percent(point.riders_share), percent(point.spending_share)]),
      );
    },
  );
}

function ridersCommand(): Command {
  const command = newCommand(
    'riders',
    'New and returning riders by day, week or month.',
    'farelog analyze riders --period monthly --from 2026-01-01',
  ).addOption(periodOption(['daily', 'weekly', 'monthly']));
  return figure<RangeOptions & { period: Period }, Awaited<ReturnType<App['figures']['riderActivity']>>>(
    withRange(command, 90),
    (app, options) => app.figures.riderActivity(options.period, requestOf(options)),
    ({ rows }, _app, { period }) => {
      const field = BUCKET_FIELD[period];
      printTable(
        [field, 'starts at', 'riders', 'new', 'returning'],
        rows.map((row): Cell[] => [
          String(row[field] ?? ''),
          row.starts_at,
          row.riders,
          row.new_riders,
          row.returning_riders,
        ]),
      );
    },
  );
}

function restatementsCommand(): Command {
  const command = newCommand(
    'restatements',
    'Days that changed since an earlier capture, and why.',
    'farelog analyze restatements --since 2026-11-01 --from 2026-10-01 --to 2026-11-01',
  ).requiredOption('--since <capture>', 'the sequence of a capture, or an instant');
  return figure<RangeOptions & { since: string }, Awaited<ReturnType<App['figures']['restatements']>>>(
    withRange(command, 90),
    (app, options) => app.figures.restatements({ ...requestOf(options), since: options.since }),
    ({ rows }) => {
      for (const { reason } of rows) console.log(reason);
      if (rows.length === 0) console.log('Nothing has changed.');
    },
  );
}

export function analyzeCommand(): Command {
  const command = newGroup(
    'analyze',
    'Figures from the recorded payments.',
    'farelog analyze trends --period monthly',
  );
  const commands = [
    methodsCommand(),
    spendingCommand(),
    trendsCommand(),
    performanceCommand(),
    profileCommand(),
    pricesCommand(),
    distributionCommand(),
    ridersCommand(),
    restatementsCommand(),
  ];
  for (const figureCommand of commands) command.addCommand(figureCommand);
  return command;
}
