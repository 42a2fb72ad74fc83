/**
 * The service under three kinds of store, as a process of its own:
 *   farelog    what `farelog start` runs
 *   source     the source document's way: look-up, insert and three upserts, each by itself
 *   storeless  signature, parsing, checks and pseudonym, and no store: the ceiling
 * Prints its port when it listens.
 */
import type { Knex } from 'knex';
import { openApp } from '../dist/app.js';
import { claimFromWebhook, parseJson } from '../dist/bytemark/payload.js';
import type { Delivery } from '../dist/domain/outcome.js';
import { type PaymentRow, toRecord, toRow } from '../dist/domain/payment.js';
import type { Service } from '../dist/http/service.js';
import { prepare } from '../dist/ingest/intake.js';
import type { RecordAnswer } from '../dist/ingest/record.js';
import { serverOf } from '../dist/serve.js';

type Keep = (row: PaymentRow, delivery: Delivery) => Promise<PaymentRow>;

const TABLE = 'hntb_bytemark_order_payments';

/** The caches that the source's `updatePaymentAnalytics` names. */
async function createSourceCaches(knex: Knex): Promise<void> {
  await knex.schema.createTable('daily_revenue_cache', (table) => {
    table.date('day').primary();
    table.double('revenue').notNullable();
  });
  await knex.schema.createTable('payment_method_stats', (table) => {
    table.string('payment_type', 32).primary();
    table.integer('payments').notNullable();
    table.double('revenue').notNullable();
  });
  await knex.schema.createTable('user_spending_profiles', (table) => {
    table.string('user_id', 255).primary();
    table.integer('payments').notNullable();
    table.double('spent').notNullable();
  });
}

function sourceWay(knex: Knex): Keep {
  const add = (
    table: string,
    key: string,
    sums: Record<string, number>,
    keyValue: string,
  ): Promise<unknown> => {
    const merged = Object.fromEntries(
      Object.entries(sums).map(([column, value]) => [
        column,
        knex.raw('?? + ?', [`${table}.${column}`, value]),
      ]),
    );
    return knex(table)
      .insert({ [key]: keyValue, ...sums })
      .onConflict(key)
      .merge(merged);
  };
  return async (row) => {
    const existing: PaymentRow | undefined = await knex(TABLE).where('payment_id', row.payment_id).first();
    if (existing !== undefined) return existing;
    const { payment_id, user_id, order_id, payment_type, total_price, logged_on } = row;
    await knex(TABLE).insert({ payment_id, user_id, order_id, payment_type, total_price, logged_on });
    await add('daily_revenue_cache', 'day', { revenue: total_price }, logged_on.slice(0, 10));
    await add('payment_method_stats', 'payment_type', { payments: 1, revenue: total_price }, payment_type);
    await add('user_spending_profiles', 'user_id', { payments: 1, spent: total_price }, user_id);
    return row;
  };
}

const app = await openApp({});
const kind = process.argv[2];
const { recorder, nameRider } = await app.writeSide();

function recordBy(keep: Keep): Service['recorder'] {
  const recordWebhook = async (body: Buffer): Promise<RecordAnswer> => {
    const parsed = parseJson(body);
    const claim = parsed.ok ? claimFromWebhook(parsed.value) : undefined;
    if (claim === undefined) return { outcome: 'invalid', problems: [] };
    const prepared = await prepare(claim, 'webhook', app.rules, nameRider, Date.now());
    if (!prepared.ok) return { outcome: 'invalid', problems: prepared.problems };
    const row = toRow(prepared.delivery.payment, Math.floor(Date.now() / 1000), app.config.currency);
    return { outcome: 'recorded', payment: toRecord(await keep(row, prepared.delivery)) };
  };
  return {
    recordWebhook,
    recordRecord: recorder.recordRecord,
    recordAdjustment: recorder.recordAdjustment,
    replay: recorder.replay,
  };
}

if (kind === 'source') await createSourceCaches(app.store.knex);
const recorders: Record<string, () => Service['recorder']> = {
  farelog: () => recorder,
  source: () => recordBy(sourceWay(app.store.knex)),
  storeless: () => recordBy(async (row) => row),
};
const chosen = recorders[kind ?? ''];
if (chosen === undefined) throw new Error(`bench/server takes one of ${Object.keys(recorders).join(', ')}`);

const server = await serverOf(app, { recorder: chosen(), metricsAccess: 'off' });
await server.listen({ host: '127.0.0.1', port: 0 });
const address = server.server.address();
console.log(typeof address === 'object' ? address?.port : 0);
process.once('SIGTERM', () => {
  void server.close().then(() => app.close());
});
