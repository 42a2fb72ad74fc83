/** An opened Farelog for tests: secrets of its own, a silent logger, closed after the test. */
import type { Knex } from 'knex';
import { onTestFinished } from 'vitest';
import { type App, type AppOptions, openApp } from '../../src/app.js';
import type { Environment } from '../../src/config.js';
import type { Delivery, PaymentOutcome } from '../../src/domain/outcome.js';
import { type Farelog, type Logger, type OpenOptions, openFarelog } from '../../src/index.js';

/** What signs webhooks for a Farelog with `TEST_SETTINGS`. */
export const WEBHOOK_SECRET = Buffer.from('a webhook secret of the tests');

/** Every secret is given, so that nothing is written into a data folder. */
export const TEST_SETTINGS: Environment = {
  FARELOG_WEBHOOK_SECRETS: `whsec_${WEBHOOK_SECRET.toString('base64')}`,
  FARELOG_PSEUDONYM_KEY: 'a pseudonym key of the tests',
  FARELOG_SEAL_KEY: 'a seal key of the tests',
};

export const SILENT: Logger = { info() {}, warn() {}, error() {}, debug() {} };

export async function openTestApp(options: AppOptions): Promise<App> {
  const environment = { ...TEST_SETTINGS, ...options.environment };
  const app = await openApp({ logger: SILENT, ...options, environment });
  onTestFinished(() => app.close());
  return app;
}

export async function openTestFarelog(options: OpenOptions): Promise<Farelog> {
  const settings = { ...TEST_SETTINGS, ...options.settings };
  const farelog = await openFarelog({ logger: SILENT, ...options, settings });
  onTestFinished(() => farelog.close());
  return farelog;
}

const BATCH = 500;

/** Records deliveries through the app's own door; returns their outcomes in order. */
export async function recordAll(
  app: App,
  deliveries: readonly Delivery[],
): Promise<(PaymentOutcome | 'impossible')[]> {
  const { commit } = await app.writeSide();
  const outcomes: (PaymentOutcome | 'impossible')[] = [];
  for (let at = 0; at < deliveries.length; at += BATCH) {
    const entries = deliveries
      .slice(at, at + BATCH)
      .map((delivery) => ({ kind: 'payment', delivery }) as const);
    for (const settled of await commit(entries, 0))
      outcomes.push(settled.kind === 'payment' ? settled.outcome : 'impossible');
  }
  return outcomes;
}

/** Empties payments, captures and all that is counted of them, for the next run of a property; names keep numbers. */
export async function emptyTables(knex: Knex): Promise<void> {
  for (const table of [
    'hntb_bytemark_order_payments',
    'farelog_captures',
    'farelog_journal',
    'farelog_ledger',
    'farelog_ledger_keys',
    'farelog_capture_hourly',
    'farelog_adjustments',
  ]) {
    await knex(table).delete();
  }
}
