/** The databases that the contract of the store is tested on; each test gets a fresh one. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { describe, inject, onTestFinished } from 'vitest';
import { LedgerCalendar } from '../../src/domain/ledger.js';
import type { Currency } from '../../src/domain/money.js';
import type { Dialect, Reporting, Store } from '../../src/store/dialect.js';
import { migrateUp } from '../../src/store/migrate.js';
import { openKnex, openStore } from '../../src/store/open.js';
import { MARIADB_MISSING } from './mariadb.js';
import { zoneOf } from './zones.js';

export const USD: Currency = { code: 'USD', digits: 2 };

export const CHICAGO = zoneOf('America/Chicago');

export function chicagoReporting(): Reporting {
  return { calendar: new LedgerCalendar(CHICAGO), currency: USD };
}

export interface TestDatabase {
  readonly name: 'sqlite file' | 'sqlite memory' | 'mariadb' | 'mysql';
  readonly dialect: Dialect;
  /** Address of a new, empty database that is gone after the test. */
  freshUrl(): Promise<string>;
}

/** A database that a server of the run keeps. */
export interface TestServer extends TestDatabase {
  readonly name: 'mariadb' | 'mysql';
  /** Runs one statement as root, outside every pool. */
  asRoot(sql: string): Promise<RowDataPacket[]>;
}

const MARIADB = testServer('mariadb');

/** MariaDB always; MySQL too where `FARELOG_TEST_MYSQL` names a system that `test/compat/mysql.sh` made. */
export const SERVERS: readonly TestServer[] = [
  MARIADB,
  ...(process.env.FARELOG_TEST_MYSQL === undefined ? [] : [testServer('mysql')]),
];

export const DATABASES: readonly TestDatabase[] = [
  { name: 'sqlite file', dialect: 'sqlite', freshUrl: async () => freshSqliteUrl() },
  { name: 'sqlite memory', dialect: 'sqlite', freshUrl: async () => 'sqlite::memory:' },
  ...SERVERS,
];

function testServer(name: TestServer['name']): TestServer {
  const asRoot = async (sql: string): Promise<RowDataPacket[]> => {
    const connection = await createConnection(adminUrlOf(name));
    try {
      const [rows] = await connection.query<RowDataPacket[]>(sql);
      return rows;
    } finally {
      await connection.end();
    }
  };
  const freshUrl = async (): Promise<string> => {
    const url = new URL(adminUrlOf(name));
    const database = `farelog_${randomBytes(6).toString('hex')}`;
    await asRoot(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
    onTestFinished(async () => {
      await asRoot(`DROP DATABASE ${database}`);
    });
    url.pathname = `/${database}`;
    return url.href;
  };
  return { name, dialect: 'mysql', freshUrl, asRoot };
}

function adminUrlOf(name: TestServer['name']): string {
  const url = inject(name === 'mysql' ? 'mysqlUrl' : 'mariadbUrl');
  if (url === null) throw new Error(MARIADB_MISSING);
  return url;
}

export function freshSqliteUrl(): string {
  const folder = mkdtempSync(join(tmpdir(), 'farelog-sqlite-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return `sqlite:${join(folder, 'farelog.db')}`;
}

/** Declares tests on one database; where MariaDB is missing its tests are skipped, under a name that says so. */
export function describeOn(database: TestDatabase, tests: () => void): void {
  const missing = database.name === 'mariadb' && inject('mariadbUrl') === null;
  describe.skipIf(missing)(missing ? `${database.name}: ${MARIADB_MISSING}` : `on ${database.name}`, tests);
}

/** Declares tests that need a server, on each that the run has. */
export function describeOnServers(tests: (server: TestServer) => void): void {
  for (const server of SERVERS) describeOn(server, () => tests(server));
}

/** Declares tests that are of MariaDB alone. */
export function describeOnMariadb(tests: () => void): void {
  describeOn(MARIADB, tests);
}

export const freshMariadbUrl = MARIADB.freshUrl;
export const onAdminConnection = MARIADB.asRoot;

/** A Knex on the address, closed after the test. */
export function openTestKnex(url: string): Knex {
  const knex = openKnex(url);
  onTestFinished(() => knex.destroy());
  return knex;
}

/** A store on the address, closed after the test. `instance` tells stores apart that share a database. */
export function openTestStore(url: string, instance = 'one', reporting = chicagoReporting()): Store {
  const store = openStore(openKnex(url), reporting, { writers: 2, instance, ownsKnex: true });
  onTestFinished(() => store.close());
  return store;
}

/** A store on a fresh, migrated database. */
export async function freshStore(database: TestDatabase): Promise<Store> {
  const store = openTestStore(await database.freshUrl());
  await migrateUp(store.knex);
  return store;
}
