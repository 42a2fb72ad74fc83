/** `farelog analyze`: figures. */
import { type Command, Option } from 'commander';
import { EARLIER, type Earlier } from '../analytics/trends.js';
import type { App } from '../app.js';
import { BUCKET_FIELD, PERIODS, type Period } from '../domain/bucket.js';
import { distributionCommand, ridersCommand, spendingCommand } from './analyze-riders.js';
import { money, newCommand, newGroup, printTable } from './command.js';
import {
  type Cell,
  figure,
  percent,
  periodOption,
  quantileName,
  type RangeOptions,
  requestOf,
  withRange,
} from './figure-command.js';

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
        [
          ...['payment type', 'payments', `revenue ${currency.code}`, 'adjustments', 'net'],
          ...['average', 'share', 'before', 'change'],
        ],
        rows.map((row): Cell[] => [
          row.payment_type,
          row.transaction_count,
          money(row.total_revenue, currency.digits),
          money(row.adjustments, currency.digits),
          money(row.net_revenue, currency.digits),
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
          'adjustments',
          'net',
          'average',
          ...(compare ? [`a ${compare} earlier`, 'change'] : []),
        ],
        rows.map((row): Cell[] => [
          String(row[field] ?? ''),
          row.starts_at,
          ...(byType ? [row.payment_type ?? ''] : []),
          row.transactions,
          money(row.revenue, currency.digits),
          money(row.adjustments, currency.digits),
          money(row.net_revenue, currency.digits),
          row.avg_transaction_value.toFixed(4),
          ...(compare
            ? [money(row.previous_revenue ?? 0, currency.digits), percent(row.revenue_change ?? null)]
            : []),
        ]),
      );
    },
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
