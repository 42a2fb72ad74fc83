/** `farelog analyze …` about riders: one rider's spending, how many are new, how spending is spread. */
import type { Command } from 'commander';
import type { App } from '../app.js';
import { BUCKET_FIELD, type Period } from '../domain/bucket.js';
import { auditCommand, money, newCommand, printJson, printTable, withApp } from './command.js';
import {
  type Cell,
  figure,
  percent,
  periodOption,
  printAbout,
  quantileName,
  type RangeOptions,
  requestOf,
  withRange,
} from './figure-command.js';

export function spendingCommand(): Command {
  const command = newCommand(
    'spending',
    "One rider's spending, over all time and by month.",
    'farelog analyze spending k1_0123456789abcdef0123456789abcdef',
  ).argument('<user-id>', "the rider's stored id (pseudonym)");
  return withRange(command, null).action((userId: string, options: RangeOptions) =>
    withApp(options, async (app) => {
      const { database, json, ...asked } = options;
      await auditCommand(app, 'riders.read', 'farelog analyze spending', { user: userId, ...asked });
      const spending = await app.figures.spending(userId, requestOf(options));
      if (options.json) return printJson(spending);
      const { currency } = app.config;
      const { overview, monthly } = spending;
      const amount = (value: number | null): string => (value === null ? '' : money(value, currency.digits));
      printTable(
        [
          ...['payments', `spent ${currency.code}`, 'adjustments', 'net', 'average', 'lowest', 'highest'],
          ...['first', 'latest'],
        ],
        [
          [
            overview.total_transactions,
            amount(overview.total_spent),
            amount(overview.adjustments),
            amount(overview.net_spent),
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
        ['month', 'payments', `spent ${currency.code}`, 'adjustments', 'net'],
        monthly.map((row): Cell[] => [
          `${row.year}-${String(row.month).padStart(2, '0')}`,
          row.transactions,
          amount(row.monthly_total),
          amount(row.adjustments),
          amount(row.net_total),
        ]),
      );
      printAbout(spending);
    }),
  );
}

export function ridersCommand(): Command {
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

export function distributionCommand(): Command {
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
