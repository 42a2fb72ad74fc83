/** Gathers what the database tells, by a connection that only looks. */
import type { Knex } from 'knex';
import { figuresOf } from '../analytics/figures.js';
import type { Reader } from '../analytics/ledger.js';
import { LedgerCache } from '../analytics/ledger-cache.js';
import type { Config } from '../config.js';
import { AppError, messageOf } from '../domain/errors.js';
import { LedgerCalendar } from '../domain/ledger.js';
import { pseudonymKey } from '../domain/pseudonym.js';
import { isOverdue, type JobState } from '../domain/schedule.js';
import { leaseMarginMs } from '../ingest/lease.js';
import { presentPseudonymSecret } from '../secrets.js';
import { listApiKeys } from '../store/api-keys.js';
import { newestCapture } from '../store/captures.js';
import {
  appliedMigrations,
  capturedSince,
  lastWebhookHour,
  mysqlCondition,
  oldestInJournal,
  openQuarantine,
  sqliteCondition,
  totals,
} from '../store/condition.js';
import { journalSize } from '../store/journal.js';
import { changedSettings, readMeta } from '../store/meta.js';
import { MIGRATION_NAMES } from '../store/migrations/source.js';
import { openKnexToLook, openStore, sqliteFile } from '../store/open.js';
import { readSchedule } from '../store/schedule.js';
import type { ContentFacts, DatabaseFacts, JobFact, MysqlFacts, SchemaFacts, SqliteFacts } from './facts.js';

const WEEK_MS = 7 * 86_400_000;

export async function gatherDatabase(config: Config, nowMs: () => number): Promise<DatabaseFacts> {
  let knex: Knex;
  try {
    knex = openKnexToLook(config.databaseUrl);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') {
      return { state: 'absent', path: sqliteFile(config.databaseUrl) ?? '' };
    }
    return { state: 'down', error: messageOf(error) };
  }
  const calendar = new LedgerCalendar(config.zone);
  const { currency } = config;
  try {
    const store = openStore(knex, { calendar, currency }, { ...config, ownsKnex: true });
    const server = store.dialect === 'sqlite' ? await sqlite(knex) : await mysql(knex, nowMs);
    const schema = await schemaFacts(knex);
    const cache = new LedgerCache(config.limits.ledgerCacheBytes);
    const reader = { store, calendar, currency, cache };
    const contents =
      schema.pending.length > 0
        ? null
        : await contentFacts(reader, config, nowMs).catch((error: unknown) => ({ error: messageOf(error) }));
    return { state: 'up', server, schema, contents };
  } catch (error) {
    return { state: 'down', error: messageOf(error) };
  } finally {
    await knex.destroy();
  }
}

async function sqlite(knex: Knex): Promise<SqliteFacts> {
  return { dialect: 'sqlite', ...(await sqliteCondition(knex)) };
}

async function mysql(knex: Knex, nowMs: () => number): Promise<MysqlFacts> {
  // The first statement also connects, which would count as time on the way.
  await mysqlCondition(knex);
  const before = nowMs();
  const { global, session, clockMs, bytes } = await mysqlCondition(knex);
  return {
    dialect: 'mysql',
    global: Object.fromEntries(global),
    session: Object.fromEntries(session),
    clockAheadMs: Math.round(clockMs - before),
    bytes,
  };
}

async function schemaFacts(knex: Knex): Promise<SchemaFacts> {
  const applied = await appliedMigrations(knex);
  return {
    pending: MIGRATION_NAMES.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !MIGRATION_NAMES.includes(name)),
  };
}

async function contentFacts(reader: Reader, config: Config, nowMs: () => number): Promise<ContentFacts> {
  const { store, currency } = reader;
  const { alarm, reason } = await figuresOf(reader, nowMs).silence();
  const secret = presentPseudonymSecret(config);
  return store.snapshot(async (trx) => {
    const meta = await readMeta(trx);
    const newest = await newestCapture(trx);
    const waiting = await journalSize(trx);
    const money = await totals(store, trx, currency);
    const keys = await listApiKeys(trx);
    return {
      ...money,
      changedSettings: changedSettings(meta, config.zone.name, currency.code),
      journal: { payments: waiting, oldestMs: await oldestInJournal(trx, waiting, newest.sequence) },
      newestCaptureMs: newest.receivedMs,
      paymentsLastWeek: await capturedSince(trx, newest.sequence, nowMs() - WEEK_MS),
      lastWebhookHourS: await lastWebhookHour(trx),
      silence: { alarm, reason },
      quarantine: await openQuarantine(trx),
      ridersNamedBy: meta.pseudonym_key_id ?? null,
      pseudonymKeyId: secret === undefined ? null : pseudonymKey(secret).id,
      keys: keys.map((key) => ({
        name: key.name,
        role: key.role,
        expiresMs: key.expires_ms,
        revoked: key.revoked_ms !== null,
      })),
      jobs: jobFacts(await readSchedule(trx), config.schedule, nowMs()),
    };
  });
}

function jobFacts(
  states: readonly JobState[],
  { times, leaseMs }: Config['schedule'],
  nowMs: number,
): JobFact[] {
  return states.flatMap((state) => {
    const here = times[state.name];
    if (here === undefined) return [];
    const overdueMs = isOverdue(state, nowMs, leaseMarginMs(leaseMs)) ? state.due_ms : null;
    const { name, timing, failures, last_message, last_done_ms } = state;
    const last = { lastMessage: last_message, lastDoneMs: last_done_ms };
    return [{ name, schedule: here.text, scheduleInUse: timing, failures, overdueMs, ...last }];
  });
}
