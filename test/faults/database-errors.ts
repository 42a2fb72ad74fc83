/**
 * Failures as the databases themselves make them, each with what it must mean for whoever wanted to write. Every case
 * gets a store on a migrated database, leaves it as good as it was, and returns what was thrown.
 */
import { closeSync, copyFileSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Knex } from 'knex';
import { createConnection } from 'mysql2/promise';
import type { FailureKind, Store } from '../../src/store/dialect.js';
import { openTestKnex } from '../support/databases.js';
import { batchOf, delivery } from '../support/deliveries.js';
import { failureOf, until } from '../support/promises.js';
import { temporaryFolder } from '../support/service.js';
import { startMysqlProxy } from './mysql-proxy.js';
import { runOn, selectFrom } from './raw-statements.js';

export interface Place {
  readonly url: string;
  readonly store: Store;
  readonly knex: Knex;
}

export interface FailureCase {
  readonly name: string;
  readonly means: FailureKind;
  readonly provoke: (place: Place) => Promise<unknown>;
}

const PAYMENTS = 'hntb_bytemark_order_payments';
const PAYMENT = `INSERT INTO ${PAYMENTS} (payment_id, user_id, order_id, payment_type, total_price, logged_on)`;

/** A statement on the store's own connections. */
function statement(sql: string): FailureCase['provoke'] {
  return ({ knex }) => failureOf(knex.raw(sql).then());
}

/** Several statements on one of its connections, of which the last one fails. */
function onOne(...statements: readonly string[]): FailureCase['provoke'] {
  return async ({ knex }) => {
    const trx = await knex.transaction();
    try {
      for (const sql of statements.slice(0, -1)) await trx.raw(sql);
      return await failureOf(trx.raw(statements.at(-1) ?? '').then());
    } finally {
      await trx.rollback();
    }
  };
}

function committing(changes: Parameters<typeof delivery>[0]): FailureCase['provoke'] {
  return ({ store }) => failureOf(store.commit(batchOf([delivery(changes)]), 0));
}

const TWO_ROWS = "INSERT INTO farelog_meta (name, value) VALUES ('one', '0'), ('two', '0')";

/** Rows that are there to be locked; made as often as they are needed. */
const HELD = "REPLACE INTO farelog_meta (name, value) VALUES ('first', '0'), ('second', '0')";

function touch(name: string): string {
  return `UPDATE farelog_meta SET value = CONCAT(value, '1') WHERE name = '${name}'`;
}

async function deadlock({ knex }: Place): Promise<unknown> {
  await knex.raw(HELD);
  const [one, two] = [await knex.transaction(), await knex.transaction()];
  await one.raw(touch('first'));
  await two.raw(touch('second'));
  const crossing = await Promise.allSettled([
    one.raw(touch('second')).then(),
    two.raw(touch('first')).then(),
  ]);
  await Promise.all([one.rollback(), two.rollback()]);
  return crossing.find((result) => result.status === 'rejected')?.reason;
}

async function lockTimeout({ knex }: Place): Promise<unknown> {
  await knex.raw(HELD);
  const [holder, waiter] = [await knex.transaction(), await knex.transaction()];
  await holder.raw(touch('first'));
  await waiter.raw('SET SESSION innodb_lock_wait_timeout = 1');
  const failure = await failureOf(waiter.raw(touch('first')).then());
  await waiter.raw('SET SESSION innodb_lock_wait_timeout = DEFAULT');
  await Promise.all([holder.rollback(), waiter.rollback()]);
  return failure;
}

/** A statement that waits for a lock is ended by its server: itself alone, or with its connection. */
function killed(how: 'KILL' | 'KILL QUERY'): FailureCase['provoke'] {
  return async ({ url, knex }) => {
    await knex.raw(HELD);
    const [holder, waiter] = [await knex.transaction(), await knex.transaction()];
    await holder.raw(touch('first'));
    const failing = failureOf(waiter.raw(touch('first')).then());
    const database = new URL(url).pathname.slice(1);
    const id = await until(async () => {
      const sql = `SELECT id AS id FROM information_schema.processlist WHERE db = '${database}' AND info LIKE 'UPDATE farelog%'`;
      return (await selectFrom(url, sql))[0]?.id;
    });
    await runOn(url, [`${how} ${id}`]);
    const failure = await failing;
    await holder.rollback();
    await waiter.rollback().catch(() => undefined);
    return failure;
  };
}

async function usedAfterItsEnd({ url, knex }: Place): Promise<unknown> {
  const trx = await knex.transaction();
  const [rows] = await trx.raw('SELECT CONNECTION_ID() AS id');
  await runOn(url, [`KILL ${rows[0].id}`]);
  await failureOf(trx.raw('SELECT 1').then());
  const failure = await failureOf(trx.raw('SELECT 1').then());
  await trx.rollback().catch(() => undefined);
  return failure;
}

async function cutOff({ url }: Place): Promise<unknown> {
  const proxy = await startMysqlProxy(url);
  const knex = openTestKnex(proxy.url);
  proxy.decide = (sql) => (sql.includes('cut me off') ? { kind: 'cut before' } : undefined);
  return failureOf(knex.raw("SELECT 'cut me off'").then());
}

/** A connection that is not let in. */
function connecting(change: (url: URL) => void): FailureCase['provoke'] {
  return ({ url }) => {
    const other = new URL(url);
    change(other);
    return failureOf(openTestKnex(other.href).raw('SELECT 1').then());
  };
}

const PASSWORD = 'of-the-test';

/** Works as a user of few rights, who is gone afterwards. */
function asUser(
  rights: (database: string) => readonly string[],
  options: string,
  work: (url: string, adminUrl: string) => Promise<unknown>,
): FailureCase['provoke'] {
  return async ({ url }) => {
    const other = new URL(url);
    const database = other.pathname.slice(1);
    [other.username, other.password] = [`u_${database.slice(-12)}`, PASSWORD];
    const user = `'${other.username}'@'%'`;
    const grants = rights(database).map((right) => `GRANT ${right} TO ${user}`);
    await runOn(url, [`CREATE USER ${user} IDENTIFIED BY '${PASSWORD}' ${options}`, ...grants]);
    try {
      return await work(other.href, url);
    } finally {
      await runOn(url, [`DROP USER ${user}`]);
    }
  };
}

async function onReadOnlyServer(url: string, adminUrl: string): Promise<unknown> {
  await runOn(adminUrl, ['SET GLOBAL read_only = 1']);
  try {
    return await failureOf(openTestKnex(url).raw(TWO_ROWS).then());
  } finally {
    await runOn(adminUrl, ['SET GLOBAL read_only = 0']);
  }
}

async function onceMoreThanAllowed(url: string): Promise<unknown> {
  const first = await createConnection(url);
  try {
    return await failureOf(openTestKnex(url).raw('SELECT 1').then());
  } finally {
    await first.end();
  }
}

const DIGITS = `(SELECT 0 AS n ${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `UNION ALL SELECT ${n}`).join(' ')})`;
const MANY = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
  .map((name) => `${DIGITS} ${name}`)
  .join(' CROSS JOIN ');

async function tooSlow({ knex }: Place): Promise<unknown> {
  const trx = await knex.transaction();
  const [rows] = await trx.raw('SELECT VERSION() AS version');
  const mariadb = /mariadb/i.test(String(rows[0].version));
  await trx.raw(mariadb ? 'SET SESSION max_statement_time = 0.05' : 'SET SESSION max_execution_time = 50');
  const failure = await failureOf(trx.raw(`SELECT MAX(a.n * b.n + c.n * i.n) FROM ${MANY}`).then());
  await trx.raw(`SET SESSION ${mariadb ? 'max_statement_time' : 'max_execution_time'} = 0`);
  await trx.rollback();
  return failure;
}

async function refusedByTrigger({ url, store }: Place): Promise<unknown> {
  await runOn(url, [refusingTrigger(url, 11)]);
  const failure = await failureOf(store.commit(batchOf([delivery({ order_id: 11 })]), 0));
  await runOn(url, ['DROP TRIGGER refusing']);
  return failure;
}

/** A trigger of another program that refuses payments of one order. */
export function refusingTrigger(url: string, order: number): string {
  return url.startsWith('sqlite:')
    ? `CREATE TRIGGER refusing BEFORE INSERT ON ${PAYMENTS} WHEN new.order_id = ${order}
        BEGIN SELECT RAISE(ABORT, 'nicht bei uns'); END`
    : `CREATE TRIGGER refusing BEFORE INSERT ON ${PAYMENTS} FOR EACH ROW
        IF new.order_id = ${order} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'nicht bei uns'; END IF`;
}

export const MYSQL_FAILURES: readonly FailureCase[] = [
  { name: 'duplicate key', means: 'retry', provoke: onOne(TWO_ROWS, TWO_ROWS) },
  { name: 'deadlock', means: 'retry', provoke: deadlock },
  { name: 'lock timeout', means: 'retry', provoke: lockTimeout },
  { name: 'statement took too long', means: 'retry', provoke: tooSlow },
  { name: 'connection killed', means: 'lost', provoke: killed('KILL') },
  { name: 'statement killed', means: 'lost', provoke: killed('KILL QUERY') },
  { name: 'connection used after its end', means: 'lost', provoke: usedAfterItsEnd },
  { name: 'connection cut', means: 'lost', provoke: cutOff },
  { name: 'nobody listens', means: 'unavailable', provoke: connecting((url) => (url.port = '1')) },
  {
    name: 'unknown database',
    means: 'unavailable',
    provoke: connecting((url) => (url.pathname = '/no_such_database')),
  },
  {
    name: 'access denied',
    means: 'unavailable',
    provoke: connecting((url) => (url.username = 'nobody')),
  },
  {
    name: 'no right to the database',
    means: 'unavailable',
    provoke: asUser(
      () => [],
      '',
      (url) => failureOf(openTestKnex(url).raw('SELECT 1').then()),
    ),
  },
  {
    name: 'no right to the table',
    means: 'unavailable',
    provoke: asUser(
      (database) => [`SELECT ON ${database}.*`],
      '',
      (url) => failureOf(openTestKnex(url).raw(TWO_ROWS).then()),
    ),
  },
  {
    name: "too many of a user's connections",
    means: 'unavailable',
    provoke: asUser(
      (database) => [`ALL ON ${database}.*`],
      'WITH MAX_USER_CONNECTIONS 1',
      onceMoreThanAllowed,
    ),
  },
  {
    name: 'read-only server',
    means: 'unavailable',
    provoke: asUser((database) => [`SELECT, INSERT ON ${database}.*`], '', onReadOnlyServer),
  },
  {
    name: 'read-only transaction',
    means: 'unavailable',
    provoke: onOne('COMMIT', 'START TRANSACTION READ ONLY', TWO_ROWS),
  },
  { name: 'missing table', means: 'unavailable', provoke: statement('SELECT * FROM no_such_table') },
  {
    name: 'table full',
    means: 'unavailable',
    provoke: onOne(
      'SET SESSION max_heap_table_size = 16384',
      'CREATE TABLE small (text CHAR(250)) ENGINE = MEMORY',
      `INSERT INTO small SELECT REPEAT('x', 250) FROM ${DIGITS} a CROSS JOIN ${DIGITS} b CROSS JOIN ${DIGITS} c`,
    ),
  },
  { name: 'text too long', means: 'refused', provoke: committing({ raw_method: 'x'.repeat(256) }) },
  { name: 'number out of range', means: 'refused', provoke: committing({ order_id: 2 ** 31 }) },
  {
    name: 'null',
    means: 'refused',
    provoke: statement("INSERT INTO farelog_meta (name, value) VALUES ('one', NULL)"),
  },
  {
    name: 'not a number',
    means: 'refused',
    provoke: statement(`${PAYMENT} VALUES (1, 'u', 'eleven', 'other', 1, '2025-01-01 00:00:00')`),
  },
  {
    name: 'not a time',
    means: 'refused',
    provoke: statement(`${PAYMENT} VALUES (1, 'u', 11, 'other', 1, 'yesterday')`),
  },
  { name: 'refused by a trigger', means: 'refused', provoke: refusedByTrigger },
  {
    name: 'check constraint',
    means: 'refused',
    provoke: onOne('CREATE TABLE checked (n INT, CHECK (n > 0))', 'INSERT INTO checked VALUES (-1)'),
  },
];

function fileOf({ url }: Place): string {
  return url.slice('sqlite:'.length);
}

async function busy(place: Place): Promise<unknown> {
  const other = new Database(fileOf(place));
  other.exec('BEGIN IMMEDIATE');
  const failure = await statement(TWO_ROWS)(place);
  other.close();
  return failure;
}

/** What a transaction has read is no longer so when it wants to write. */
async function busySnapshot(place: Place): Promise<unknown> {
  const trx = await place.knex.transaction();
  await trx.raw('SELECT * FROM farelog_meta');
  const other = new Database(fileOf(place));
  other.exec(HELD);
  other.close();
  const failure = await failureOf(trx.raw("DELETE FROM farelog_meta WHERE name = 'first'").then());
  await trx.rollback();
  return failure;
}

async function full({ knex }: Place): Promise<unknown> {
  const trx = await knex.transaction();
  const [{ page_count: pages }] = await trx.raw('PRAGMA page_count');
  await trx.raw(`PRAGMA max_page_count = ${pages}`);
  const sql = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    INSERT INTO farelog_meta SELECT 'name ' || i, hex(randomblob(400)) FROM n`;
  const failure = await failureOf(trx.raw(sql).then());
  await trx.rollback();
  await knex.raw('PRAGMA max_page_count = 1000000');
  return failure;
}

async function readOnly({ knex }: Place): Promise<unknown> {
  const trx = await knex.transaction();
  await trx.raw('PRAGMA query_only = ON');
  const failure = await failureOf(trx.raw(TWO_ROWS).then());
  await trx.raw('PRAGMA query_only = OFF');
  await trx.rollback();
  return failure;
}

/** The pages after the first are overwritten. */
async function corrupt(place: Place): Promise<unknown> {
  const db = new Database(fileOf(place));
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  const file = join(temporaryFolder(), 'corrupt.db');
  copyFileSync(fileOf(place), file);
  const fd = openSync(file, 'r+');
  for (let page = 1; page < 20; page++) writeSync(fd, Buffer.alloc(4096, 0x5a), 0, 4096, page * 4096);
  closeSync(fd);
  return failureOf(openTestKnex(`sqlite:${file}`).raw('SELECT * FROM farelog_meta').then());
}

async function notADatabase(): Promise<unknown> {
  const file = join(temporaryFolder(), 'not-a-database.db');
  writeFileSync(file, 'This is a letter, and a long one. '.repeat(1_000));
  return failureOf(openTestKnex(`sqlite:${file}`).raw('SELECT 1').then());
}

export const SQLITE_FAILURES: readonly FailureCase[] = [
  { name: 'busy', means: 'retry', provoke: busy },
  { name: 'busy: another has written since', means: 'retry', provoke: busySnapshot },
  { name: 'full', means: 'unavailable', provoke: full },
  { name: 'read-only', means: 'unavailable', provoke: readOnly },
  { name: 'corrupt', means: 'unavailable', provoke: corrupt },
  { name: 'not a database', means: 'unavailable', provoke: notADatabase },
  {
    name: 'cannot be opened',
    means: 'unavailable',
    provoke: () => failureOf(openTestKnex(`sqlite:${temporaryFolder()}`).raw('SELECT 1').then()),
  },
  { name: 'missing table', means: 'unavailable', provoke: statement('SELECT * FROM no_such_table') },
  { name: 'duplicate key', means: 'refused', provoke: onOne(TWO_ROWS, TWO_ROWS) },
  { name: 'text too long', means: 'refused', provoke: committing({ user_id: 'x'.repeat(257) }) },
  { name: 'number out of range', means: 'refused', provoke: committing({ order_id: 2 ** 31 }) },
  {
    name: 'null',
    means: 'refused',
    provoke: statement("INSERT INTO farelog_meta (name, value) VALUES ('one', NULL)"),
  },
  {
    name: 'wrong type',
    means: 'refused',
    provoke: statement("INSERT INTO farelog_meta (name, value) VALUES ('one', x'00')"),
  },
  {
    name: 'not a number',
    means: 'refused',
    provoke: statement(`${PAYMENT} VALUES ('one', 'u', 11, 'other', 1, '2025-01-01 00:00:00')`),
  },
  {
    name: 'too big',
    means: 'refused',
    provoke: statement("INSERT INTO farelog_meta (name, value) VALUES ('one', hex(zeroblob(900000000)))"),
  },
  { name: 'refused by a trigger', means: 'refused', provoke: refusedByTrigger },
];
