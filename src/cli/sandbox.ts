/** `farelog sandbox`: a provider to try Farelog with before the real one, and the kit of an acceptance. */
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseMoment } from '../analytics/range.js';
import { Sandbox, type SandboxOptions } from '../bytemark/sandbox/sandbox.js';
import type { WorldOptions } from '../bytemark/sandbox/world.js';
import { type Config, loadConfig } from '../config.js';
import { bucketStart } from '../domain/bucket.js';
import { AppError } from '../domain/errors.js';
import type { MoneyUnit } from '../domain/money.js';
import type { Span } from '../domain/time.js';
import { webhookScheme } from '../secrets.js';
import { type CommonOptions, loadDotEnv, newCommand, printJson, share, wholeNumber } from './command.js';

interface Options extends CommonOptions {
  readonly port: number;
  readonly url?: string;
  readonly remote?: boolean;
  readonly seed?: number;
  readonly from?: string;
  readonly days: number;
  readonly daily: number;
  readonly firstId: number;
  readonly lost: number;
  readonly late: number;
  readonly duplicated: number;
  readonly altered: number;
  readonly wrongUnit: number;
  readonly unlisted: number;
  readonly listedTwice: number;
  readonly refunded: number;
  readonly refundsLost: number;
  readonly listedLate: number;
  readonly disorder: number;
  readonly outage: readonly string[];
  readonly rotateAfter: number;
  readonly internalAtZero?: boolean;
  readonly unit: MoneyUnit;
  readonly tokenSeconds: number;
  readonly apiErrors: number;
}

const HELP = `
It gives tokens at /oauth/token and lists /api/payments, /api/orders and /api/passes. Its controls:
  POST /sandbox/deliver   send the webhooks: {"what": "on_time"}, or those that are late: {"what": "late"}
  POST /sandbox/release   list the payments that were held back by --listed-late
  POST /sandbox/edit      change a listed row: {"payment_id": 7, "amount": "9.00"}
  POST /sandbox/faults    trouble of the API: {"answers": {"status": 429, "count": 3, "retry_after_s": 1}},
                          {"outage_ms": 5000}, {"expire_tokens": true}, {"move_rows": {"by": 1, "count": 2}},
                          {"broken": 1}, {"clear": true}
  GET  /sandbox/manifest  what is true, and every planted difference: kind, payment, field
  GET  /sandbox/state     tokens given, webhooks delivered and how they were answered

An acceptance with it, step by step: docs/go-live.md`;

const collect = (text: string, before: readonly string[]): string[] => [...before, text];

export function sandboxCommand(): Command {
  return newCommand(
    'sandbox',
    'Run a provider on this machine: its API, its webhooks, and whatever may go wrong with them.',
    'farelog sandbox --seed 7 --days 7 --lost 0.05 --duplicated 0.1 --altered 0.02 --disorder 500',
  )
    .option('--port <n>', 'where to listen; 0 takes a free one', wholeNumber, 4400)
    .option('--url <url>', 'where webhooks go (default: the address of the settings)')
    .option('--remote', 'allow webhooks to an address that is not on this machine')
    .option('--seed <n>', 'the same seed is the same provider (default: a new one)', wholeNumber)
    .option('--from <moment>', 'when its payments begin (default: --days before today)')
    .option('--days <n>', 'days of payments', wholeNumber, 7)
    .option('--daily <n>', 'payments of a day', wholeNumber, 500)
    .option('--first-id <n>', 'payment id of the first payment', wholeNumber, 1_000_000_000)
    .option('--lost <share>', 'webhooks that never come', share, 0)
    .option('--late <share>', 'webhooks that wait to be asked for', share, 0)
    .option('--duplicated <share>', 'webhooks that come twice', share, 0)
    .option('--altered <share>', 'webhooks of which one field differs from the API', share, 0)
    .option('--wrong-unit <share>', 'webhooks whose amount counts minor units', share, 0)
    .option('--unlisted <share>', 'payments that the API never lists', share, 0)
    .option('--listed-twice <share>', 'payments that the API lists twice', share, 0)
    .option('--refunded <share>', 'payments of which half is given back', share, 0)
    .option('--refunds-lost <share>', 'of those, how many webhooks of refunds are lost', share, 0)
    .option(
      '--listed-late <share>',
      'payments without webhook that the API lists once they are released',
      share,
      0,
    )
    .option('--disorder <n>', 'webhooks are shuffled within blocks of n', wholeNumber, 1)
    .option(
      '--outage <from/to>',
      'webhooks of payments in that span are lost; may be given again',
      collect,
      [],
    )
    .option('--rotate-after <share>', 'the share of webhooks after which the second secret signs', share, 1)
    .option('--internal-at-zero', 'the API lists what was paid in coins or tokens at nothing')
    .addOption(
      new Option('--unit <unit>', 'what the amounts of the API count')
        .choices(['major', 'minor'])
        .default('major'),
    )
    .option('--token-seconds <n>', 'how long a token lives', wholeNumber, 3600)
    .option('--api-errors <share>', 'requests of lists that end with 429, 500 or 503', share, 0)
    .addHelpText('after', HELP)
    .action(runSandbox);
}

async function runSandbox(options: Options): Promise<void> {
  loadDotEnv();
  const config = loadConfig(process.env);
  const sandbox = openSandbox(optionsOf(options, config));
  // Other commands start faster without the server.
  const { sandboxServer } = await import('../bytemark/sandbox/server.js');
  const server = sandboxServer(sandbox);
  const url = await server.listen({ host: '127.0.0.1', port: options.port });
  announce(url, sandbox, options);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  sandbox.stop();
  await server.close();
}

function openSandbox(options: SandboxOptions): Sandbox {
  if (options.rotateAfter < 1 && options.scheme.secrets.length < 2) {
    const message = '--rotate-after needs two secrets: FARELOG_WEBHOOK_SECRETS=OLD,NEW.';
    throw new AppError('usage', message);
  }
  try {
    return new Sandbox(options);
  } catch (error) {
    if (error instanceof RangeError)
      throw new AppError('usage', `The sandbox cannot be made: ${error.message}.`);
    throw error;
  }
}

function optionsOf(options: Options, config: Config): SandboxOptions {
  const { provider } = config;
  return {
    world: worldOptions(options, config),
    credentials: {
      clientId: provider?.clientId ?? 'sandbox',
      clientSecret: provider?.clientSecret ?? randomBytes(16).toString('hex'),
      owner: provider?.owner ?? null,
    },
    tokenSeconds: options.tokenSeconds,
    apiErrors: options.apiErrors,
    unit: options.unit,
    webhookUrl: options.url ?? `http://${config.host}:${config.port}/webhooks/bytemark`,
    scheme: webhookScheme(config),
    rotateAfter: options.rotateAfter,
    allowRemote: options.remote === true,
    clock: Date.now,
  };
}

function worldOptions(options: Options, config: Config): WorldOptions {
  const { zone, currency } = config;
  const nowS = Math.floor(Date.now() / 1000);
  const from =
    options.from === undefined
      ? bucketStart('daily', nowS, zone) - options.days * 86_400
      : parseMoment('--from', options.from, zone);
  const { lost, altered, unlisted } = options;
  return {
    seed: options.seed ?? randomInt(2 ** 31),
    // Nothing of it lies in the future.
    span: { from, to: Math.min(nowS, from + options.days * 86_400) },
    zone,
    currency,
    dailyPayments: options.daily,
    firstPaymentId: options.firstId,
    refunded: options.refunded,
    refundsLost: options.refundsLost,
    shares: {
      lost,
      altered,
      unlisted,
      wrong_unit: options.wrongUnit,
      listed_twice: options.listedTwice,
      listed_late: options.listedLate,
    },
    late: options.late,
    duplicated: options.duplicated,
    disorder: options.disorder,
    outages: options.outage.map((text) => readOutage(text, config)),
    internalAtZero: options.internalAtZero === true,
  };
}

function readOutage(text: string, { zone }: Config): Span {
  const [from, to, ...rest] = text.split('/');
  if (from === undefined || to === undefined || rest.length > 0)
    throw new InvalidArgumentError('--outage must be like 2026-01-05T12:00:00Z/2026-01-05T14:00:00Z.');
  return { from: parseMoment('--outage', from, zone), to: parseMoment('--outage', to, zone) };
}

/** The address, and the settings by which Farelog finds it. */
function announce(url: string, sandbox: Sandbox, options: Options): void {
  const { credentials, webhookUrl, world, unit } = sandbox.options;
  const settings = {
    FARELOG_BYTEMARK_URL: url,
    FARELOG_BYTEMARK_CLIENT_ID: credentials.clientId,
    FARELOG_BYTEMARK_CLIENT_SECRET: credentials.clientSecret,
    ...(unit === 'minor' ? { FARELOG_BYTEMARK_UNIT: unit } : {}),
  };
  if (options.json) {
    printJson({ url, seed: world.seed, webhook_url: webhookUrl, settings });
    return;
  }
  console.log(`The sandbox is ready at ${url}`);
  console.log(`  seed        ${world.seed}`);
  console.log(`  webhooks    to ${webhookUrl}, when POST ${url}/sandbox/deliver asks for them`);
  console.log(`  manifest    ${url}/sandbox/manifest`);
  console.log('  settings for Farelog:');
  for (const [name, value] of Object.entries(settings)) console.log(`    ${name}=${value}`);
  console.log('  stop        Ctrl+C');
}
