/** `farelog simulate`: a sender of signed webhooks from an invented city, to try a service with. */
import { randomInt } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { type BytemarkPayment, Demand } from '../bytemark/demand.js';
import { disturb, type PlannedDelivery } from '../bytemark/disturbance.js';
import { demoEffects } from '../bytemark/effects.js';
import { type SendTotals, send } from '../bytemark/sender.js';
import { type Config, loadConfig } from '../config.js';
import { bucketStart } from '../domain/bucket.js';
import { toIso } from '../domain/time.js';
import { webhookScheme } from '../secrets.js';
import {
  type CommonOptions,
  EXIT,
  loadDotEnv,
  newCommand,
  printJson,
  progressLine,
  share,
  wholeNumber,
} from './command.js';

interface Options extends CommonOptions {
  readonly url?: string;
  readonly count?: number;
  readonly rate?: number;
  readonly days: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly invalid: number;
  readonly disorder: number;
  readonly seed?: number;
  readonly firstId?: number;
  readonly connections: number;
  readonly effects?: boolean;
  readonly remote?: boolean;
}

const DEFAULT_COUNT = 1_000;
/** Ids far from a real provider's, a million for each seed. */
const FIRST_ID = 2_000_000_000;
const IDS_OF_A_SEED = 1_000_000;
const SEEDS_WITH_OWN_IDS = 2_000;

function rate(text: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('must be a number over 0.');
}

export function simulateCommand(): Command {
  return newCommand(
    'simulate',
    'Send signed webhooks of invented riders to a service on this machine.',
    'farelog simulate --count 5000 --duplicates 0.1 --conflicts 0.01 --invalid 0.01 --disorder 50 --seed 7',
  )
    .option('--url <url>', 'the webhook address (default: the one of the settings)')
    .option('--count <n>', `payments to make (default ${DEFAULT_COUNT}, or no end with --rate)`, wholeNumber)
    .option('--rate <n>', 'deliveries per second (default: as fast as they are taken)', rate)
    .option('--days <n>', 'days up to now over which --count payments are spread', wholeNumber, 7)
    .option('--duplicates <share>', 'deliveries sent again, per payment', share, 0.1)
    .option('--conflicts <share>', 'deliveries that contradict an earlier one, per payment', share, 0)
    .option('--invalid <share>', 'deliveries that cannot be a payment, per payment', share, 0)
    .option('--disorder <n>', 'deliveries are shuffled within blocks of n', wholeNumber, 1)
    .option(
      '--seed <n>',
      'the same seed sends the same payments on the same day (default: a new one)',
      wholeNumber,
    )
    .option(
      '--first-id <n>',
      'payment id of the first payment (default: by the seed, from 2000000000)',
      wholeNumber,
    )
    .option('--connections <n>', 'deliveries under way at once', wholeNumber, 16)
    .option(
      '--effects',
      "plant the demo's free-fare week, new way to pay and fare rise on days 10, 20 and 60 of --days; fewer than --count are made then",
    )
    .option('--remote', 'allow an address that is not on this machine')
    .action(simulate);
}

async function simulate(options: Options): Promise<void> {
  loadDotEnv();
  const config = loadConfig(process.env);
  const seed = options.seed ?? randomInt(SEEDS_WITH_OWN_IDS);
  const aborting = new AbortController();
  process.once('SIGINT', () => aborting.abort());
  const progress = progressLine();
  let answered = 0;
  const totals = await send({
    url: options.url ?? `http://${config.host}:${config.port}/webhooks/bytemark`,
    scheme: webhookScheme(config),
    deliveries: plan({ ...options, seed }, config),
    concurrency: options.connections,
    allowRemote: options.remote === true,
    signal: aborting.signal,
    ...(options.rate === undefined ? {} : { ratePerS: options.rate }),
    onResult: () => {
      answered++;
      if (answered % 100 === 0) progress.show(`${answered.toLocaleString('en-US')} deliveries answered`);
    },
  });
  progress.done();
  if (options.json) printJson({ seed, ...totals });
  else printTotals(seed, totals);
  if (totals.accepted < totals.deliveries) process.exitCode = EXIT.failed;
}

/** The deliveries: `--count` payments over the last days, or as they come from now on, without end. */
function plan(options: Options & { readonly seed: number }, config: Config): Iterable<PlannedDelivery> {
  const { seed, duplicates, conflicts, invalid, disorder, days } = options;
  const nowS = Math.floor(Date.now() / 1000);
  const endless = options.count === undefined && options.rate !== undefined;
  const count = options.count ?? DEFAULT_COUNT;
  const startS = endless ? nowS : bucketStart('daily', nowS, config.zone) - days * 86_400;
  const demand = new Demand({
    seed,
    startS,
    zone: config.zone,
    currency: config.currency,
    dailyPayments: endless ? 20_000 : Math.max(1, count / days),
    firstPaymentId: options.firstId ?? FIRST_ID + (seed % SEEDS_WITH_OWN_IDS) * IDS_OF_A_SEED,
    effects: options.effects ? demoEffects(toIso(config.zone.localOf(startS)).slice(0, 10)) : [],
    zeroFares: config.acceptZeroFares,
  });
  const payments = endless
    ? fromNowOn(demand)
    : options.effects
      ? demand.until(nowS)
      : countedUntil(demand, nowS, count);
  return disturb(payments, { seed, duplicates, conflicts, invalid, disorder: Math.max(1, disorder) });
}

function* fromNowOn(demand: Demand): Generator<BytemarkPayment> {
  for (;;) yield demand.paymentAt(Date.now() / 1000);
}

/** As many payments as were asked for: those that the calendar brings until now, and then some of this moment. */
function* countedUntil(demand: Demand, nowS: number, count: number): Generator<BytemarkPayment> {
  let made = 0;
  for (const payment of demand.until(nowS)) {
    if (made === count) return;
    made++;
    yield payment;
  }
  for (; made < count; made++) yield demand.paymentAt(nowS);
}

function printTotals(seed: number, totals: SendTotals): void {
  const number = (value: number): string => value.toLocaleString('en-US');
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${number(count)} ${name}`)
      .join(', ');
  const perSecond = Math.round(totals.deliveries / Math.max(totals.seconds, 0.001));
  console.log(
    `Sent      ${number(totals.deliveries)} deliveries (${list(totals.kinds)}), ${number(perSecond)}/s`,
  );
  console.log(`Answered  ${list(totals.statuses)}`);
  console.log(`Became    ${list(totals.outcomes)}`);
  console.log(`Seed      ${seed}`);
  console.log(
    `Latency   p50 ${totals.latency.p50Ms.toFixed(1)} ms, p99 ${totals.latency.p99Ms.toFixed(1)} ms`,
  );
}
