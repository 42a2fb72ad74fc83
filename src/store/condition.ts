/** The condition of a database and of what it holds, for the doctor: reads alone, and nothing that needs a migration. */
import type { Knex } from 'knex';
import type { Currency } from '../domain/money.js';
import type { JobState } from '../domain/schedule.js';
import { newestCapture, receivedAt, sequenceAt } from './captures.js';
import { PAYMENTS, type Store } from './dialect.js';
import { journalSize } from './journal.js';
import { readSchedule } from './schedule.js';

/** Names of the migrations that were applied; empty where Farelog was never here. */
export async function appliedMigrations(knex: Knex): Promise<string[]> {
  if (!(await knex.schema.hasTable('farelog_migrations'))) return [];
  const rows: { name: string }[] = await knex('farelog_migrations').select('name').orderBy('id');
  return rows.map(({ name }) => name);
}

export interface SqliteCondition {
  readonly version: string;
  readonly journalMode: string;
  readonly bytes: number;
}

export async function sqliteCondition(knex: Knex): Promise<SqliteCondition> {
  const [version] = await knex.raw('SELECT sqlite_version() AS value');
  const [mode] = await knex.raw('PRAGMA journal_mode');
  const [pages] = await knex.raw('PRAGMA page_count');
  const [size] = await knex.raw('PRAGMA page_size');
  return {
    version: String(version.value),
    journalMode: String(mode.journal_mode),
    bytes: Number(pages.page_count) * Number(size.page_size),
  };
}

export interface MysqlCondition {
  /** The server's variables, names in lower case; those a server does not know are missing. */
  readonly global: ReadonlyMap<string, string>;
  /** As Farelog's own sessions have them. */
  readonly session: ReadonlyMap<string, string>;
  /** The server's clock, in milliseconds since 1970. */
  readonly clockMs: number;
  readonly bytes: number;
}

const VARIABLES = [
  'version',
  'version_comment',
  'innodb_flush_log_at_trx_commit',
  'innodb_flush_method',
  'innodb_doublewrite',
  'log_bin',
  'sync_binlog',
  'sql_mode',
  'time_zone',
  'transaction_isolation',
  'tx_isolation',
  'wait_timeout',
  'max_allowed_packet',
  'read_only',
  'wsrep_on',
] as const;

export async function mysqlCondition(knex: Knex): Promise<MysqlCondition> {
  const list = VARIABLES.map((name) => `'${name}'`).join(', ');
  const variables = async (scope: 'GLOBAL' | 'SESSION'): Promise<Map<string, string>> => {
    const [rows = []]: { Variable_name: string; Value: string }[][] = await knex.raw(
      `SHOW ${scope} VARIABLES WHERE Variable_name IN (${list})`,
    );
    return new Map(rows.map((row) => [row.Variable_name.toLowerCase(), row.Value]));
  };
  const [clock] = await knex.raw('SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS CHAR) AS ms');
  const [size] = await knex.raw(
    'SELECT SUM(data_length + index_length) AS bytes FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  return {
    global: await variables('GLOBAL'),
    session: await variables('SESSION'),
    clockMs: Number(clock[0].ms),
    bytes: Number(size[0].bytes ?? 0),
  };
}

/** Payments and what they cost in minor units, as decimal text since a sum may pass 2⁵³. */
export interface CountedMoney {
  readonly payments: number;
  readonly minor: string;
}

export interface Totals {
  readonly table: CountedMoney;
  /** The ledger's blocks of days, and the journal. */
  readonly ledger: CountedMoney;
}

/** One pass over the payments: the totals that `verify` looks into entry by entry. */
export async function totals(store: Store, knex: Knex, { digits }: Currency): Promise<Totals> {
  const integer = store.dialect === 'sqlite' ? 'INTEGER' : 'SIGNED';
  const text = store.dialect === 'sqlite' ? 'TEXT' : 'CHAR';
  const minor = `CAST(ROUND(p.total_price * ${10 ** digits}) AS ${integer})`;
  const sums = [
    knex.raw('COUNT(*) AS payments'),
    knex.raw(`CAST(COALESCE(SUM(${minor}), 0) AS ${text}) AS minor`),
  ];
  const table = await knex(`${PAYMENTS} as p`).first(sums);
  const journal = await knex('farelog_journal').first([
    knex.raw('COALESCE(SUM(payments), 0) AS payments'),
    knex.raw(`CAST(COALESCE(SUM(minor), 0) AS ${text}) AS minor`),
  ]);
  const blocks = await knex('farelog_ledger')
    .where('section', 'revenue')
    // Periods of days have eight digits, those of months six.
    .where('period', '>=', 1_000_000)
    .first([
      knex.raw('COALESCE(SUM(payments), 0) AS payments'),
      knex.raw(`CAST(COALESCE(SUM(minor), 0) AS ${text}) AS minor`),
    ]);
  return {
    table: { payments: Number(table.payments), minor: String(table.minor) },
    ledger: {
      payments: Number(blocks.payments) + Number(journal.payments),
      minor: String(BigInt(blocks.minor) + BigInt(journal.minor)),
    },
  };
}

/**
 * When the payment that has waited longest in the journal came in, at the latest: entries do not tell, but so many
 * payments cannot all be younger than as many captures. Null where none waits.
 */
export async function oldestInJournal(
  knex: Knex,
  waiting: number,
  newestSequence: number,
): Promise<number | null> {
  return waiting === 0 ? null : receivedAt(knex, newestSequence - waiting + 1);
}

/** Payments captured since an instant. */
export async function capturedSince(knex: Knex, newestSequence: number, ms: number): Promise<number> {
  return Math.max(0, newestSequence - (await sequenceAt(knex, ms)));
}

/** The last hour in which a webhook was accepted, in seconds since 1970; null where none ever was. */
export async function lastWebhookHour(knex: Knex): Promise<number | null> {
  const row = await knex('farelog_capture_hourly')
    .where('source', 'webhook')
    .whereIn('outcome', ['recorded', 'duplicate'])
    .max({ hour: 'hour_s' })
    .first();
  return row?.hour == null ? null : Number(row.hour);
}

/** What lies in the database, for the metrics: cheap enough to be asked for every few seconds. */
export interface Stock {
  readonly journalPayments: number;
  readonly openQuarantine: number;
  /** Null where nothing was ever captured. */
  readonly newestCaptureMs: number | null;
  readonly jobs: readonly JobState[];
}

export async function readStock(knex: Knex): Promise<Stock> {
  const { receivedMs } = await newestCapture(knex);
  const { deliveries } = await openQuarantine(knex);
  return {
    journalPayments: await journalSize(knex),
    openQuarantine: deliveries,
    newestCaptureMs: receivedMs,
    jobs: await readSchedule(knex),
  };
}

export interface OpenQuarantine {
  readonly deliveries: number;
  /** Null where there are none. */
  readonly oldestMs: number | null;
  readonly firstExpiryMs: number | null;
}

/** What waits in quarantine for somebody to decide. */
export async function openQuarantine(knex: Knex): Promise<OpenQuarantine> {
  const row = await knex('farelog_quarantine')
    .where('status', 'open')
    .count({ deliveries: '*' })
    .min({ oldest: 'first_seen_ms', expiry: 'expires_ms' })
    .first();
  return {
    deliveries: Number(row?.deliveries ?? 0),
    oldestMs: row?.oldest == null ? null : Number(row.oldest),
    firstExpiryMs: row?.expiry == null ? null : Number(row.expiry),
  };
}
