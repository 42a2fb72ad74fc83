import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Knex } from 'knex';
import { describe, expect, test } from 'vitest';
import type { App } from '../../src/app.js';
import { readMeta } from '../../src/store/meta.js';
import {
  downWouldDropPayments,
  migrateDown,
  migrateUp,
  migrationStatus,
  rollbackTo,
} from '../../src/store/migrate.js';
import { farelogMigrations } from '../../src/store/migrations/source.js';
import {
  DATABASES,
  describeOn,
  describeOnServers,
  freshSqliteUrl,
  openTestKnex,
  type TestDatabase,
} from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { expectLedgerEqualsRawRows } from '../support/ledger.js';
import { failureOf } from '../support/promises.js';

const PAYMENTS = 'hntb_bytemark_order_payments';
const NAMES = [
  '20250407031131_hntb_bytemark_order_payments',
  '20261124000000_farelog_tables',
  '20261124000100_farelog_payment_indexes',
  '20261124000200_farelog_ledger',
  '20261124000300_farelog_audit',
  '20261124000400_farelog_sessions',
  '20261125000100_farelog_journal_entries',
  '20261125000700_farelog_erasures',
  '20261125000800_farelog_reconciliations',
  '20261125000900_farelog_adjustments',
  '20261125001100_farelog_calendar',
  '20261125001200_farelog_schedule',
  '20261125001300_farelog_releases',
];
const [FIRST = '', , INDEXES = ''] = NAMES;
const ROW = {
  payment_id: 7,
  user_id: 'someone',
  order_id: 8,
  payment_type: 'credit_card',
  total_price: 0.1,
  logged_on: '2025-04-07 03:11:31',
  created_on: '2025-04-07 03:11:32',
  modified_on: '2025-04-07 03:11:33',
};

/** The source document's own `up`, letter by letter but for its error path. */
async function sourceUp(knex: Knex, tableName: string): Promise<void> {
  await knex.schema.createTable(tableName, (table) => {
    table.integer('payment_id').unsigned().primary();
    table.string('user_id', 256).notNullable();
    table.integer('order_id').notNullable();
    table.string('payment_type', 32).notNullable();
    table.double('total_price').notNullable();
    table.dateTime('logged_on').notNullable().comment('The time that logged the bytemark pass');
    table.dateTime('created_on').notNullable().defaultTo(knex.raw('CURRENT_TIMESTAMP'));
    table
      .dateTime('modified_on')
      .notNullable()
      .defaultTo(knex.raw('CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP'));
    table.unique(['payment_id'], { indexName: 'payment_id' });
  });
}

async function showCreateTable(knex: Knex, table: string): Promise<string> {
  const [rows] = await knex.raw('SHOW CREATE TABLE ??', [table]);
  return rows[0]['Create Table'];
}

/** Every object of the database with its definition, but for Knex's books. */
async function schemaOf(knex: Knex, dialect: TestDatabase['dialect']): Promise<Record<string, string>> {
  const schema: Record<string, string> = {};
  if (dialect === 'sqlite') {
    const rows: { name: string; sql: string | null }[] = await knex('sqlite_master').select('name', 'sql');
    for (const { name, sql } of rows) if (name !== 'sqlite_sequence') schema[name] = sql ?? '';
  } else {
    const [rows]: Record<string, string>[][] = await knex.raw('SHOW TABLES');
    for (const table of (rows ?? []).flatMap((row) => Object.values(row))) {
      schema[table] = (await showCreateTable(knex, table)).replace(/ AUTO_INCREMENT=\d+/, '');
    }
  }
  return Object.fromEntries(
    Object.entries(schema).filter(([name]) => !name.startsWith('farelog_migrations')),
  );
}

async function applied(knex: Knex): Promise<string[]> {
  return (await migrationStatus(knex)).filter((migration) => migration.applied).map(({ name }) => name);
}

/** The table as it stands after the first migration only. */
async function onlyTheFirst(knex: Knex): Promise<void> {
  expect(await knex.migrate.up(farelogMigrations)).toEqual([1, [FIRST]]);
}

async function freshKnex(database: TestDatabase): Promise<Knex> {
  return openTestKnex(await database.freshUrl());
}

for (const database of DATABASES) {
  describeOn(database, () => {
    describe('up, down, status and rollback', () => {
      test('up applies what is pending, in order, and nothing the second time', async () => {
        const knex = await freshKnex(database);
        expect(await migrationStatus(knex)).toEqual(NAMES.map((name) => ({ name, applied: false })));
        expect(await migrateUp(knex)).toEqual(NAMES);
        expect(await migrationStatus(knex)).toEqual(NAMES.map((name) => ({ name, applied: true })));
        expect(await migrateUp(knex)).toEqual([]);
      });

      test('down undoes the newest, one at a time, and the last one drops the payments', async () => {
        const knex = await freshKnex(database);
        const empty = await schemaOf(knex, database.dialect);
        await migrateUp(knex);
        await knex(PAYMENTS).insert(ROW);
        for (const name of NAMES.slice(1).reverse()) {
          expect(await downWouldDropPayments(knex)).toBe(false);
          expect(await migrateDown(knex)).toEqual([name]);
        }
        expect(await downWouldDropPayments(knex)).toBe(true);
        expect(await migrateDown(knex)).toEqual([FIRST]);
        expect(await knex.schema.hasTable(PAYMENTS)).toBe(false);
        expect(await migrateDown(knex)).toEqual([]);
        expect(await schemaOf(knex, database.dialect)).toEqual(empty);
        expect(await migrateUp(knex)).toEqual(NAMES);
      });

      test('rollback keeps the migration it is given and undoes the later ones, leaving payments alone', async () => {
        const knex = await freshKnex(database);
        await onlyTheFirst(knex);
        const first = await schemaOf(knex, database.dialect);
        await migrateUp(knex);
        await knex(PAYMENTS).insert(ROW);
        expect(await rollbackTo(knex, '20250407031131')).toEqual(NAMES.slice(1).reverse());
        expect(await applied(knex)).toEqual([FIRST]);
        expect(await knex(PAYMENTS).select('payment_id')).toEqual([{ payment_id: 7 }]);
        expect(await schemaOf(knex, database.dialect)).toEqual(first);
        expect(await rollbackTo(knex, '20250407031131')).toEqual([]);
        await migrateUp(knex);
        expect(await rollbackTo(knex, '20261124000000')).toEqual(NAMES.slice(2).reverse());
      });

      test.each(['20250407', '20990101000000', 'latest', ''])(
        'rollback to %j is wrong usage, and the message lists what there is',
        async (timestamp) => {
          const knex = await freshKnex(database);
          await migrateUp(knex);
          const error = await failureOf(rollbackTo(knex, timestamp));
          expect(error).toMatchObject({ code: 'usage' });
          expect(String(error)).toContain(NAMES.map((name) => name.slice(0, 14)).join(', '));
          expect(await applied(knex)).toEqual(NAMES);
        },
      );
    });

    describe('a table that is there already', () => {
      test('is adopted when its columns match, its rows untouched', async () => {
        const knex = await freshKnex(database);
        await onlyTheFirst(knex);
        await knex(PAYMENTS).insert(ROW);
        await knex(PAYMENTS).insert({
          ...ROW,
          payment_id: 8,
          user_id: 'a ',
          total_price: 0.30000000000000004,
        });
        const before: unknown[] = await knex(PAYMENTS);
        const schemaBefore = (await schemaOf(knex, database.dialect))[PAYMENTS];
        await knex.schema.dropTable('farelog_migrations');
        await knex.schema.dropTable('farelog_migrations_lock');
        await onlyTheFirst(knex);
        expect(await knex(PAYMENTS)).toEqual(before);
        expect((await schemaOf(knex, database.dialect))[PAYMENTS]).toBe(schemaBefore);
        expect(await migrateUp(knex)).toEqual(NAMES.slice(1));
        expect(await knex(PAYMENTS)).toEqual(before);
      });

      test.each([
        ['one more', 'ADD COLUMN note VARCHAR(10)', 'note is varchar(10) null, not there'],
        ['one less', 'DROP COLUMN order_id', 'order_id is missing, not int'],
      ])('with %s column fails clearly, and nothing is changed or dropped', async (_, alter, says) => {
        const knex = await freshKnex(database);
        await onlyTheFirst(knex);
        await knex(PAYMENTS).insert(ROW);
        // The trigger of SQLite names the columns.
        if (database.dialect === 'sqlite') await knex.raw(`DROP TRIGGER ${PAYMENTS}_modified_on`);
        await knex.raw(`ALTER TABLE ${PAYMENTS} ${alter}`);
        await knex.schema.dropTable('farelog_migrations');
        const rows: unknown[] = await knex(PAYMENTS);
        const schema = await schemaOf(knex, database.dialect);
        const error = await failureOf(migrateUp(knex));
        expect(error).toMatchObject({ code: 'settings' });
        expect(String(error).toLowerCase()).toContain(says);
        expect(String(error)).toContain('Nothing was changed');
        expect(await schemaOf(knex, database.dialect)).toEqual(schema);
        expect(await knex(PAYMENTS)).toEqual(rows);
        expect(await applied(knex)).toEqual([]);
      });
    });

    describe('a crash in the middle', () => {
      test.each<[string, string[]]>([
        ['with the books gone', []],
        ['with some tables made', ['farelog_quarantine', 'farelog_meta', 'farelog_api_keys']],
        ['with no table of our own made', ['farelog_captures', 'farelog_meta']],
        ['with some tables of the ledger made', ['farelog_ledger_keys', 'farelog_journal']],
        ['with the audit and no head for it', ['farelog_audit_head']],
      ])('%s: up again completes the same schema and keeps rows', async (_, missing) => {
        const knex = await freshKnex(database);
        await migrateUp(knex);
        const whole = await schemaOf(knex, database.dialect);
        await knex(PAYMENTS).insert(ROW);
        for (const table of missing) await knex.schema.dropTable(table);
        await knex('farelog_migrations').delete();
        expect(await migrateUp(knex)).toEqual(NAMES);
        expect(await schemaOf(knex, database.dialect)).toEqual(whole);
        expect(await knex(PAYMENTS).select('payment_id')).toEqual([{ payment_id: 7 }]);
      });

      test('between two indexes: up again makes the missing one', async () => {
        const knex = await freshKnex(database);
        await migrateUp(knex);
        const whole = await schemaOf(knex, database.dialect);
        const on = database.dialect === 'sqlite' ? '' : ` ON ${PAYMENTS}`;
        await knex.raw(`DROP INDEX farelog_payments_order_id${on}`);
        await knex('farelog_migrations').where('name', INDEXES).delete();
        expect(await migrateUp(knex)).toEqual([INDEXES]);
        expect(await schemaOf(knex, database.dialect)).toEqual(whole);
      });

      test('after the table and before its second statement: up again makes what is missing', async () => {
        const knex = await freshKnex(database);
        await onlyTheFirst(knex);
        const whole = await schemaOf(knex, database.dialect);
        await knex(PAYMENTS).insert(ROW);
        await knex.raw(
          database.dialect === 'sqlite'
            ? `DROP TRIGGER ${PAYMENTS}_modified_on`
            : `ALTER TABLE ${PAYMENTS} DROP INDEX payment_id`,
        );
        await knex('farelog_migrations').delete();
        await onlyTheFirst(knex);
        expect(await schemaOf(knex, database.dialect)).toEqual(whole);
        expect(await knex(PAYMENTS).select('payment_id')).toEqual([{ payment_id: 7 }]);
      });

      test('a lock row that a killed migrator left behind is overcome', async () => {
        const knex = await freshKnex(database);
        await onlyTheFirst(knex);
        await knex('farelog_migrations_lock').update({ is_locked: 1 });
        expect(await migrateUp(knex)).toEqual(NAMES.slice(1));
        expect(await knex('farelog_migrations_lock').select('is_locked')).toEqual([{ is_locked: 0 }]);
      });
    });

    test("runs beside a service's own migrations, with books of their own", async () => {
      const knex = await freshKnex(database);
      const own: Knex.MigratorConfig = {
        migrationSource: {
          getMigrations: async () => ['20200101000000_theirs'],
          getMigrationName: (name: string) => name,
          getMigration: async () => ({
            up: (theirs: Knex) => theirs.schema.createTable('theirs', (table) => table.increments()),
            down: (theirs: Knex) => theirs.schema.dropTable('theirs'),
          }),
        },
      };
      await knex.migrate.latest(own);
      await knex.migrate.latest(farelogMigrations);
      expect(await knex('knex_migrations').select('name')).toEqual([{ name: '20200101000000_theirs' }]);
      expect(await applied(knex)).toEqual(NAMES);
      expect(await knex.migrate.latest(own)).toEqual([1, []]);
      await knex.migrate.rollback(own);
      expect(await knex.schema.hasTable('theirs')).toBe(false);
      expect(await migrateUp(knex)).toEqual([]);
      expect(await knex.schema.hasTable(PAYMENTS)).toBe(true);
    });
  });
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('two migrators at once apply each migration once', async () => {
      const url = await database.freshUrl();
      const knexes = [openTestKnex(url), openTestKnex(url), openTestKnex(url)];
      const ran = await Promise.all(knexes.map((knex) => migrateUp(knex)));
      expect(ran.flat().sort()).toEqual(NAMES);
      for (const knex of knexes) expect(await applied(knex)).toEqual(NAMES);
    });

    test('two processes that migrate at once apply each migration once', async () => {
      const url = await database.freshUrl();
      const script = fileURLToPath(new URL('../support/migrate-up.ts', import.meta.url));
      const migrate = async (): Promise<string[]> => {
        const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, url]);
        return JSON.parse(stdout);
      };
      const ran = await Promise.all([migrate(), migrate()]);
      expect(ran.flat().sort()).toEqual(NAMES);
      expect(await applied(openTestKnex(url))).toEqual(NAMES);
    });
  });
}

const ROLLUPS = ['farelog_revenue_hourly', 'farelog_rider_monthly'];
const LEDGER = ['farelog_journal', 'farelog_ledger', 'farelog_ledger_keys'];

async function hasTables(knex: Knex, tables: readonly string[]): Promise<boolean[]> {
  return Promise.all(tables.map((table) => knex.schema.hasTable(table)));
}

/** The database of the program before the ledger: 90 payments, all that it had added up of them, and its meta. */
async function withFirstRollups(knex: Knex): Promise<void> {
  for (const name of NAMES.slice(0, 3)) expect((await knex.migrate.up(farelogMigrations))[1]).toEqual([name]);
  const deliveries = Array.from({ length: 90 }, (_, index) => ({
    payment_id: index + 1,
    user_id: `rider-${index % 7}`,
    payment_type: index % 3 === 0 ? 'coins' : 'credit_card',
    hour: 13 + (index % 2),
    minor: 100 + index,
  }));
  for (const { payment_id, user_id, payment_type, hour, minor } of deliveries) {
    const logged_on = `2025-04-07 ${hour}:00:00`;
    await knex(PAYMENTS).insert({
      ...ROW,
      payment_id,
      user_id,
      payment_type,
      total_price: minor / 100,
      logged_on,
    });
    const capture = { source: 'webhook', raw_method: 'x', received_ms: RECEIVED_MS };
    await knex('farelog_captures').insert({ payment_id, ...capture });
  }
  // What these say is of no account, so they may be wrong.
  const sums = { payments: 1, min_minor: 1, max_minor: 1 };
  await knex('farelog_revenue_hourly').insert({
    starts_s: 0,
    payment_type: 'x',
    shard: 0,
    revenue_minor: 1,
    ...sums,
  });
  await knex('farelog_rider_monthly').insert({
    user_id: 'x',
    month: 1,
    spent_minor: 1,
    first_s: 0,
    last_s: 0,
    ...sums,
  });
  const hour_s = RECEIVED_MS / 1000;
  await knex('farelog_capture_hourly').insert([
    { hour_s, source: 'webhook', outcome: 'recorded', reason: '', shard: 3, deliveries: 90 },
    { hour_s, source: 'webhook', outcome: 'duplicate', reason: '', shard: 3, deliveries: 5 },
  ]);
  await knex('farelog_meta').insert([
    { name: 'reporting_zone', value: 'America/Chicago' },
    { name: 'currency', value: 'USD' },
    { name: 'rollup_version', value: '1' },
  ]);
}
const RECEIVED_MS = Date.parse('2025-04-07T15:00:00Z');
/** 100 + 101 + … + 189. */
const REVENUE_MINOR = '13005';

async function expectRight(app: App): Promise<void> {
  expect(await app.verify()).toMatchObject({ ok: true, payments: 90, revenue_minor: REVENUE_MINOR });
  await expectLedgerEqualsRawRows(app.store);
  const { rows } = await app.figures.methods({ from: '2025-04-07', to: '2025-04-08' });
  expect(rows.map(({ payment_type, transaction_count }) => [payment_type, transaction_count])).toEqual([
    ['credit_card', 60],
    ['coins', 30],
  ]);
  expect(rows.reduce((sum, row) => sum + Math.round(row.total_revenue * 100), 0)).toBe(Number(REVENUE_MINOR));
  expect(await app.store.knex('farelog_capture_hourly').where('outcome', 'duplicate')).toHaveLength(1);
  expect((await readMeta(app.store.knex)).rollup_version).toBe('3');
}

for (const database of DATABASES) {
  describeOn(database, () => {
    describe('from the first rollups to the ledger', () => {
      test('opening makes the ledger of what is there, and the rollups are gone', async () => {
        const knex = await freshKnex(database);
        await withFirstRollups(knex);
        const app = await openTestApp({ knex });
        expect(await hasTables(knex, [...ROLLUPS, ...LEDGER])).toEqual([false, false, true, true, true]);
        await expectRight(app);
        expect(await recordAll(app, [delivery({ payment_id: 91 })])).toEqual(['recorded']);
        await expectLedgerEqualsRawRows(app.store);
      });

      test('a changed zone is refused as ever, and what was refused opens with the old one', async () => {
        const knex = await freshKnex(database);
        await withFirstRollups(knex);
        const environment = { FARELOG_REPORT_TIMEZONE: 'UTC' };
        expect(await failureOf(openTestApp({ knex, environment }))).toMatchObject({ code: 'settings' });
        await expectRight(await openTestApp({ knex }));
      });

      test.each<[string, (knex: Knex) => Promise<unknown>]>([
        ['before anything', async () => undefined],
        [
          'before the old tables were dropped',
          (knex) =>
            knex.schema.createTable('farelog_journal', (table) => {
              table.integer('payment_id').unsigned().primary();
              table.integer('month').notNullable();
            }),
        ],
        ['between the old tables', (knex) => knex.schema.dropTable('farelog_revenue_hourly')],
        [
          'between the journal of before and the new one',
          async (knex) => {
            await migrateUp(knex);
            await rollbackTo(knex, '20261124000400');
            await knex.schema.dropTable('farelog_journal');
          },
        ],
        [
          'before it was booked',
          async (knex) => {
            await migrateUp(knex);
            await knex('farelog_migrations').whereIn('name', NAMES.slice(3)).delete();
          },
        ],
        ['before the ledger was made', (knex) => migrateUp(knex)],
      ])('a crash %s: opening again completes it', async (_, crash) => {
        const knex = await freshKnex(database);
        await withFirstRollups(knex);
        await crash(knex);
        const app = await openTestApp({ knex });
        await expectRight(app);
        expect(await applied(knex)).toEqual(NAMES);
        expect(await hasTables(knex, [...ROLLUPS, ...LEDGER])).toEqual([false, false, true, true, true]);
      });

      test('down brings the old tables back, and up again leaves no empty ledger', async () => {
        const knex = await freshKnex(database);
        await withFirstRollups(knex);
        const before = await schemaOf(knex, database.dialect);
        await expectRight(await openTestApp({ knex }));
        const after = await schemaOf(knex, database.dialect);
        expect(await rollbackTo(knex, '20261124000100')).toEqual(NAMES.slice(3).reverse());
        expect(await schemaOf(knex, database.dialect)).toEqual(before);
        // The program of before sees another version than its own, and makes its rollups anew.
        expect((await readMeta(knex)).rollup_version).not.toBe('1');
        expect(await migrateUp(knex)).toEqual(NAMES.slice(3));
        expect(await schemaOf(knex, database.dialect)).toEqual(after);
        await expectRight(await openTestApp({ knex }));
      });
    });
  });
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('two that open a database of the first rollups at once both have its ledger right', async () => {
      const url = await database.freshUrl();
      await withFirstRollups(openTestKnex(url));
      const apps = await Promise.all([openTestApp({ databaseUrl: url }), openTestApp({ databaseUrl: url })]);
      for (const app of apps) await expectRight(app);
    });
  });
}

describeOnServers((server) => {
  test("the table is what the source document's own migration makes", async () => {
    const [ours, theirs] = [openTestKnex(await server.freshUrl()), openTestKnex(await server.freshUrl())];
    await onlyTheFirst(ours);
    await sourceUp(theirs, PAYMENTS);
    expect(await showCreateTable(ours, PAYMENTS)).toBe(await showCreateTable(theirs, PAYMENTS));
    expect(await showCreateTable(ours, PAYMENTS)).toContain(
      "COMMENT 'The time that logged the bytemark pass'",
    );
  });

  test("the table that the source document's migration made is adopted as it is", async () => {
    const knex = openTestKnex(await server.freshUrl());
    await sourceUp(knex, PAYMENTS);
    await knex(PAYMENTS).insert(ROW);
    const [before, rows] = [await showCreateTable(knex, PAYMENTS), await knex(PAYMENTS)];
    await onlyTheFirst(knex);
    expect(await showCreateTable(knex, PAYMENTS)).toBe(before);
    expect(await knex(PAYMENTS)).toEqual(rows);
  });

  test.each([
    [
      'a longer text',
      'MODIFY payment_type VARCHAR(64) NOT NULL',
      'payment_type is varchar(64), not varchar(32)',
    ],
    [
      'a decimal price',
      'MODIFY total_price DECIMAL(10,2) NOT NULL',
      'total_price is decimal(10,2), not double',
    ],
    ['a nullable column', 'MODIFY order_id INT NULL', 'order_id is int null, not int'],
    ['a signed key', 'MODIFY payment_id INT NOT NULL', 'payment_id is int, not int unsigned'],
  ])('a table with %s is not adopted, and stays as it is', async (_, change, says) => {
    const knex = openTestKnex(await server.freshUrl());
    await sourceUp(knex, PAYMENTS);
    await knex.raw(`ALTER TABLE ${PAYMENTS} ${change}`);
    await knex(PAYMENTS).insert(ROW);
    const before = await showCreateTable(knex, PAYMENTS);
    await expect(migrateUp(knex)).rejects.toThrow(says);
    expect(await showCreateTable(knex, PAYMENTS)).toBe(before);
    expect(await knex(PAYMENTS).select('payment_id')).toEqual([{ payment_id: 7 }]);
  });

  test('modified_on follows a change of a value, in UTC, and created_on does not', async () => {
    const knex = openTestKnex(await server.freshUrl());
    await migrateUp(knex);
    await knex(PAYMENTS).insert(ROW);
    await knex(PAYMENTS).update({ order_id: ROW.order_id });
    expect(await knex(PAYMENTS).first()).toMatchObject({ modified_on: ROW.modified_on });
    await knex(PAYMENTS).update({ order_id: 9 });
    const row = await knex(PAYMENTS).first();
    expect(row.created_on).toBe(ROW.created_on);
    expect(row.modified_on > ROW.modified_on).toBe(true);
  });
});

describe('the table on SQLite', () => {
  async function migrated(): Promise<Knex> {
    const knex = openTestKnex(freshSqliteUrl());
    await migrateUp(knex);
    return knex;
  }

  test.each([
    ['user_id', 'someone else'],
    ['order_id', 9],
    ['payment_type', 'other'],
    ['total_price', 0.2],
    ['logged_on', '2025-01-01 00:00:00'],
    ['created_on', '2025-01-01 00:00:00'],
    ['payment_id', 9],
  ])('modified_on follows a change of %s, as ON UPDATE CURRENT_TIMESTAMP does', async (column, value) => {
    const knex = await migrated();
    await knex(PAYMENTS).insert(ROW);
    await knex(PAYMENTS).update({ [column]: value });
    const row = await knex(PAYMENTS).first();
    expect(row[column]).toBe(value);
    expect(row.modified_on).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(row.modified_on > ROW.modified_on).toBe(true);
  });

  test('modified_on stays when an update changes nothing', async () => {
    const knex = await migrated();
    await knex(PAYMENTS).insert(ROW);
    await knex(PAYMENTS).update({ order_id: ROW.order_id, user_id: ROW.user_id });
    expect(await knex(PAYMENTS).first()).toEqual(ROW);
  });

  test('modified_on given explicitly is kept', async () => {
    const knex = await migrated();
    await knex(PAYMENTS).insert(ROW);
    await knex(PAYMENTS).update({ order_id: 9, modified_on: '2025-06-01 00:00:00' });
    expect(await knex(PAYMENTS).first()).toMatchObject({ order_id: 9, modified_on: '2025-06-01 00:00:00' });
  });

  test('created_on and modified_on default to now, as UTC text', async () => {
    const knex = await migrated();
    const { created_on: _, modified_on: __, ...rest } = ROW;
    await knex(PAYMENTS).insert(rest);
    const row = await knex(PAYMENTS).first();
    expect(row.created_on).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(row.modified_on).toBe(row.created_on);
  });

  test.each([
    ['a key below 0', { payment_id: -1 }],
    ['a key over INT UNSIGNED', { payment_id: 4_294_967_296 }],
    ['a rider over 256 characters', { user_id: 'u'.repeat(257) }],
    ['an order over INT', { order_id: 2_147_483_648 }],
    ['a type over 32 characters', { payment_type: 'p'.repeat(33) }],
    ['no price', { total_price: null }],
    ['no time', { logged_on: null }],
    ['the same key again', { payment_id: 8 }],
  ])('refuses %s, as MySQL does', async (_, change) => {
    const knex = await migrated();
    await knex(PAYMENTS).insert({ ...ROW, payment_id: 8 });
    await expect(knex(PAYMENTS).insert({ ...ROW, ...change })).rejects.toMatchObject({
      code: expect.stringMatching(/^SQLITE_CONSTRAINT/),
    });
  });

  test("can be altered by Knex's own means, which read its definition", async () => {
    const knex = await migrated();
    await knex(PAYMENTS).insert(ROW);
    await knex.schema.alterTable(PAYMENTS, (table) => table.string('note', 10));
    await knex.schema.alterTable(PAYMENTS, (table) => table.dropColumn('note'));
    expect(await knex(PAYMENTS)).toEqual([ROW]);
  });

  test('counts characters, not bytes', async () => {
    const knex = await migrated();
    await knex(PAYMENTS).insert({ ...ROW, user_id: '🚌'.repeat(256), payment_type: 'é'.repeat(32) });
    expect(await knex(PAYMENTS).select('payment_id')).toEqual([{ payment_id: 7 }]);
  });
});
