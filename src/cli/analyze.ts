/** `farelog analyze`: figures. */
import { type Command, Option } from 'commander';
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

interface RangeOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly days?: number;
}

function withRange(command: Command, days: number): Command {
  return command
    .option('--from <when>', 'from this date (reporting zone) or instant, inclusive')
    .option('--to <when>', 'up to this date or instant, exclusive')
    .option('--days <n>', `the last n times 24 hours (default ${days})`, wholeNumber);
}

function methodsCommand(): Command {
  const command = newCommand(
    'methods',
    'Payments and revenue by payment type.',
    'farelog analyze methods --days 30',
  );
  return withRange(command, 30).action((options: RangeOptions) =>
    withApp(options, async (app) => {
      const { from, to, days } = options;
      const { rows, as_of } = await app.methods({ from, to, days });
      const { zone, currency } = app.config;
      if (options.json) return printJson({ rows, zone: zone.name, currency: currency.code, as_of });
      printTable(
        ['payment type', 'payments', `revenue ${currency.code}`, 'average'],
        rows.map((row) => [
          row.payment_type,
          row.transaction_count,
          money(row.total_revenue, currency.digits),
          row.avg_transaction_value.toFixed(4),
        ]),
      );
    }),
  );
}

function trendsCommand(): Command {
  const command = newCommand(
    'trends',
    'Revenue by hour, day, week or month of the reporting zone.',
    'farelog analyze trends --period weekly --from 2026-01-01',
  );
  return withRange(command, 90)
    .addOption(new Option('--period <period>', 'size of a bucket').choices(PERIODS).default('daily'))
    .option('--no-fill', 'leave out buckets without payments')
    .action((options: RangeOptions & { period: Period; fill: boolean }) =>
      withApp(options, async (app) => {
        const { from, to, days, period, fill } = options;
        const { rows, as_of } = await app.trends(period, { from, to, days }, fill);
        const { zone, currency } = app.config;
        if (options.json) return printJson({ rows, period, zone: zone.name, currency: currency.code, as_of });
        const field = BUCKET_FIELD[period];
        printTable(
          [field, 'starts at', 'payments', `revenue ${currency.code}`, 'average'],
          rows.map((row) => [
            String(row[field] ?? ''),
            row.starts_at,
            row.transactions,
            money(row.revenue, currency.digits),
            row.avg_transaction_value.toFixed(4),
          ]),
        );
      }),
    );
}

export function analyzeCommand(): Command {
  const command = newGroup(
    'analyze',
    'Figures from the recorded payments.',
    'farelog analyze trends --period monthly',
  );
  command.addCommand(methodsCommand());
  command.addCommand(trendsCommand());
  return command;
}
