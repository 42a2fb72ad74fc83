/** From a database address, or a platform's own Knex, to an open store. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import knexFactory, { type Knex } from 'knex';
import { AppError } from '../domain/errors.js';
import { dialectOf, type Reporting, type Store } from './dialect.js';
import { MysqlStore } from './mysql.js';
import { runStatement } from './mysql-writer.js';
import { SqliteStore } from './sqlite.js';

/** Capture counts carry one of this many shards, so that writers of several instances seldom meet on a row. */
const SHARDS = 16;
const MAX_CONNECTIONS = 10;

/** How long the main thread itself may be held up by another process's lock; after that it waits asynchronously. */
const MAIN_LOCK_WAIT_MS = 50;

/** Knex would print failed connections on stdout, into a command's output; the caller is told by the failure. */
const SILENT = { debug() {}, warn() {}, error() {}, deprecate() {} };

/** Errors then quote a statement with its placeholders, not with its values, which may be riders. */
const NO_VALUES = { compileSqlOnError: false };

/**
 * Opens a Knex instance for a database address:
 * `sqlite:./data/farelog.db`, `sqlite::memory:`, or `mysql://user:password@host:3306/database`, which takes
 * `?ssl-mode=REQUIRED|VERIFY_CA|VERIFY_IDENTITY`, `ssl-ca=FILE`, `ssl-cert=FILE`, `ssl-key=FILE`, `socket=FILE`.
 */
export function openKnex(databaseUrl: string): Knex {
  if (databaseUrl.startsWith('sqlite:')) return openSqliteKnex(sqliteFile(databaseUrl));
  if (/^(mysql|mariadb):\/\//.test(databaseUrl)) return openMysqlKnex(databaseUrl);
  throw wrongUrl('must begin with sqlite: or mysql://');
}

/**
 * The same for looking alone: nothing is created, migrated or written, and no file is left behind.
 *
 * Where a write-ahead log stands beside an SQLite file, it is in use or was left by a crash, and the file is opened
 * read-only, so that closing does not write the log back. Where none does, opening makes one for a moment even for
 * reading, and only a connection that may write takes it away again.
 * @throws AppError `not_found` where the SQLite file is not there
 */
export function openKnexToLook(databaseUrl: string): Knex {
  if (!databaseUrl.startsWith('sqlite:')) return openKnex(databaseUrl);
  const filename = sqliteFile(databaseUrl);
  if (filename === undefined) return openKnex(databaseUrl);
  if (!existsSync(filename)) throw new AppError('not_found', `There is no database at ${filename}.`);
  return knexFactory({
    client: 'better-sqlite3',
    log: SILENT,
    connection: { filename, options: { readonly: existsSync(`${filename}-wal`) } },
    useNullAsDefault: true,
    pool: {
      min: 0,
      max: 1,
      afterCreate(db: Database, done: (error: Error | null, db: Database) => void) {
        db.pragma('query_only = ON');
        done(null, db);
      },
    },
  });
}

/** The file of an SQLite address; undefined for another database, or one in memory. */
export function sqliteFile(databaseUrl: string): string | undefined {
  if (!databaseUrl.startsWith('sqlite:')) return undefined;
  const path = databaseUrl.slice('sqlite:'.length);
  if (path === '') throw wrongUrl('names no file');
  return path === ':memory:' ? undefined : resolve(path.replace(/^\/\//, ''));
}

const OWN_SETTING = 'FARELOG_DATABASE_URL';

/** @param setting what gave the address */
function wrongUrl(why: string, setting = OWN_SETTING): AppError {
  const example =
    setting === OWN_SETTING
      ? 'sqlite:./data/farelog.db or mysql://user:password@127.0.0.1:3306/farelog'
      : 'mysql://user:password@127.0.0.1:3306/portal';
  return new AppError('settings', `${setting} ${why}; for instance ${example}.`);
}

function openSqliteKnex(file: string | undefined): Knex {
  const inMemory = file === undefined;
  const filename = file ?? ':memory:';
  if (!inMemory) mkdirSync(dirname(filename), { recursive: true, mode: 0o700 });
  return knexFactory({
    client: 'better-sqlite3',
    log: SILENT,
    ...NO_VALUES,
    connection: { filename },
    useNullAsDefault: true,
    pool: {
      min: 0,
      max: inMemory ? 1 : MAX_CONNECTIONS,
      ...(inMemory ? { idleTimeoutMillis: 2 ** 31 - 1 } : {}),
      afterCreate(db: Database, done: (error: Error | null, db: Database) => void) {
        db.pragma('journal_mode = WAL');
        db.pragma('synchronous = FULL');
        db.pragma(`busy_timeout = ${MAIN_LOCK_WAIT_MS}`);
        done(null, db);
      },
    },
  });
}

interface MysqlUse {
  /** The setting that gave the address, for errors. */
  readonly setting?: string;
  /** Statements for each new connection, after those that all have. */
  readonly statements?: readonly string[];
}

/**
 * Opens a MySQL of another service, whose sessions can't write, whatever is asked of them: the server refuses it.
 * @param setting what gave the address, for errors
 */
export function openKnexReadOnly(databaseUrl: string, setting: string): Knex {
  if (!/^(mysql|mariadb):\/\//.test(databaseUrl)) throw wrongUrl('must begin with mysql://', setting);
  return openMysqlKnex(databaseUrl, { setting, statements: ['SET SESSION TRANSACTION READ ONLY'] });
}

function openMysqlKnex(databaseUrl: string, { setting, statements = [] }: MysqlUse = {}): Knex {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : undefined;
  const database = decodeURIComponent(url?.pathname.slice(1) ?? '');
  if (url === undefined || database === '') throw wrongUrl('names no database', setting);
  const socket = url.searchParams.get('socket');
  return knexFactory({
    client: 'mysql2',
    log: SILENT,
    ...NO_VALUES,
    connection: {
      ...(socket === null ? { host: url.hostname, port: Number(url.port || 3306) } : { socketPath: socket }),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database,
      charset: 'utf8mb4',
      timezone: 'Z',
      dateStrings: true,
      connectTimeout: 5_000,
      ...tlsOf(url, setting),
    },
    acquireConnectionTimeout: 5_000,
    pool: {
      min: 0,
      max: MAX_CONNECTIONS,
      afterCreate: (connection: MysqlPoolConnection, done: Done) =>
        setUpMysqlConnection(connection, statements).then(
          () => done(null, connection),
          (error: unknown) => done(error, connection),
        ),
    },
  });
}

/** The mysql client's own names for TLS; without them the connection is in the clear. */
function tlsOf({ hostname: host, searchParams: parameters }: URL, setting?: string): { ssl?: object } {
  const mode = (parameters.get('ssl-mode') ?? 'DISABLED').toUpperCase();
  if (mode === 'DISABLED') return {};
  if (!['REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'].includes(mode)) {
    throw wrongUrl(
      `has ssl-mode=${mode}, which is none of DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY`,
      setting,
    );
  }
  // The driver would check a server that is named by its address against the name localhost.
  if (mode === 'VERIFY_IDENTITY' && isIP(host.replace(/^\[|\]$/g, '')) !== 0) {
    throw wrongUrl(
      `has ssl-mode=VERIFY_IDENTITY and the address ${host}; give the name that the certificate has`,
      setting,
    );
  }
  const file = (name: string): Buffer | undefined => {
    const path = parameters.get(name);
    return path === null ? undefined : readFileSync(path);
  };
  return {
    ssl: {
      rejectUnauthorized: mode !== 'REQUIRED',
      verifyIdentity: mode === 'VERIFY_IDENTITY',
      ca: file('ssl-ca'),
      cert: file('ssl-cert'),
      key: file('ssl-key'),
    },
  };
}

type MysqlPoolConnection = Parameters<typeof runStatement>[0];

type Done = (error: unknown, connection: MysqlPoolConnection) => void;

async function setUpMysqlConnection(
  connection: MysqlPoolConnection,
  statements: readonly string[],
): Promise<void> {
  const settings = [
    "time_zone = '+00:00'",
    "sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
    'innodb_lock_wait_timeout = 10',
  ];
  await runStatement(connection, `SET SESSION ${settings.join(', ')}`);
  await runStatement(connection, 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  for (const statement of statements) await runStatement(connection, statement);
}

export interface StoreOptions {
  /** Batches committed side by side on MySQL. */
  readonly writers: number;
  /** After these a transaction on MySQL that has no answer is taken for lost. */
  readonly commitTimeoutMs?: number | undefined;
  /** Tells instances apart that share a database; by default host name and process. */
  readonly instance?: string | undefined;
  /** Whether closing the store closes Knex too. */
  readonly ownsKnex: boolean;
}

/** The store on an open Knex. Opens nothing yet: the first use does. */
export function openStore(knex: Knex, reporting: Reporting, options: StoreOptions): Store {
  const dialect = dialectOf(knex);
  if (dialect === 'sqlite') return new SqliteStore(knex, reporting, options.ownsKnex);
  if (dialect === 'mysql') return new MysqlStore(knex, reporting, { ...options, shard: shardOf(options) });
  throw new AppError('settings', 'Farelog needs a Knex with the client mysql2, mysql or better-sqlite3.');
}

function shardOf({ instance, writers }: StoreOptions): number {
  const name = instance ?? hostname();
  const hash = createHash('sha256').update(name).digest().readUInt32BE(0);
  return (hash % Math.max(1, Math.floor(SHARDS / writers))) * writers;
}
