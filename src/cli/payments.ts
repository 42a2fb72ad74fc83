/** `farelog payments`: the recorded payments, newest first. */
import type { Command } from 'commander';
import { parseMoment } from '../analytics/range.js';
import { AppError } from '../domain/errors.js';
import { toRecord } from '../domain/payment.js';
import { listPayments } from '../store/payments.js';
import {
  auditCommand,
  type CommonOptions,
  money,
  newCommand,
  printJson,
  printTable,
  wholeNumber,
  withApp,
} from './command.js';

interface Options extends CommonOptions {
  readonly user?: string;
  readonly type?: string;
  readonly order?: number;
  readonly from?: string;
  readonly to?: string;
  readonly minPrice?: string;
  readonly maxPrice?: string;
  readonly limit: number;
}

function price(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new AppError('usage', `${name} must be an amount such as 2.50.`);
}

/** What the audit keeps of the options. */
function askedFor({ database, json, ...filter }: Options): object {
  return filter;
}

export function paymentsCommand(): Command {
  return newCommand(
    'payments',
    'List recorded payments, newest first.',
    'farelog payments --type credit_card --limit 20',
  )
    .option('--user <id>', "a rider's stored id (pseudonym)")
    .option('--type <type>', 'payment type')
    .option('--order <id>', 'order id', wholeNumber)
    .option('--from <when>', 'from this date (reporting zone) or instant, inclusive')
    .option('--to <when>', 'up to this date or instant, exclusive')
    .option('--min-price <amount>', 'lowest price, in currency units')
    .option('--max-price <amount>', 'highest price, in currency units')
    .option('--limit <n>', 'how many at most', wholeNumber, 100)
    .action((options: Options) =>
      withApp(options, async (app) => {
        const { zone, currency } = app.config;
        const rows = await listPayments(
          app.store,
          {
            userId: options.user,
            paymentType: options.type,
            orderId: options.order,
            from: options.from === undefined ? undefined : parseMoment('--from', options.from, zone),
            to: options.to === undefined ? undefined : parseMoment('--to', options.to, zone),
            minPrice: price('--min-price', options.minPrice),
            maxPrice: price('--max-price', options.maxPrice),
          },
          options.limit,
        );
        await auditCommand(app, 'riders.read', 'farelog payments', askedFor(options));
        const records = rows.map(toRecord);
        if (options.json) return printJson({ rows: records, currency: currency.code });
        printTable(
          ['payment', 'rider', 'order', 'type', `price ${currency.code}`, 'logged on (UTC)'],
          records.map((record) => [
            String(record.payment_id),
            record.user_id,
            String(record.order_id),
            record.payment_type,
            money(record.total_price, currency.digits),
            record.logged_on,
          ]),
        );
      }),
    );
}
