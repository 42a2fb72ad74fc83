/**
 * The table of the source document, to the letter: other programs read and write it. On MySQL it is made by the very
 * calls of the source's migration. A table that is there already is adopted when its columns match, and no row of it
 * is touched; the source's error path, which drops whatever stands there, is not taken over.
 */
import type { Knex } from 'knex';
import { AppError } from '../../domain/errors.js';
import { dialectOf, PAYMENTS } from '../dialect.js';

export const name = '20250407031131_hntb_bytemark_order_payments';

export async function up(knex: Knex): Promise<void> {
  if (await knex.schema.hasTable(PAYMENTS)) return adopt(knex);
  if (dialectOf(knex) === 'sqlite') return createOnSqlite(knex);
  try {
    await createOnMysql(knex);
  } catch (error) {
    // Only what this very run created: a table that another migrator made meanwhile has error 1050.
    if (errorNumber(error) !== 1050) await knex.schema.dropTableIfExists(PAYMENTS);
    throw error;
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable(PAYMENTS);
}

async function createOnMysql(knex: Knex): Promise<void> {
  await knex.schema.createTable(PAYMENTS, (table) => {
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

/**
 * The nearest SQLite has: declared lengths are checked, and triggers do what MySQL does by itself. The
 * definition holds no comment, since Knex reads definitions to alter tables and knows none.
 */
async function createOnSqlite(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE ${PAYMENTS} (
      payment_id INTEGER NOT NULL PRIMARY KEY CHECK (payment_id BETWEEN 0 AND 4294967295),
      user_id VARCHAR(256) NOT NULL CHECK (length(user_id) <= 256),
      order_id INTEGER NOT NULL CHECK (order_id BETWEEN -2147483648 AND 2147483647),
      payment_type VARCHAR(32) NOT NULL CHECK (length(payment_type) <= 32),
      total_price DOUBLE NOT NULL,
      logged_on DATETIME NOT NULL,
      created_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
      modified_on DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
    )`);
  await createTriggers(knex);
}

/** What MySQL does by itself: modified_on changes with its row, and a DATETIME is kept in one form. */
async function createTriggers(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TRIGGER IF NOT EXISTS ${PAYMENTS}_modified_on AFTER UPDATE ON ${PAYMENTS}
    WHEN new.modified_on IS old.modified_on AND (
      new.payment_id IS NOT old.payment_id OR new.user_id IS NOT old.user_id OR new.order_id IS NOT old.order_id
      OR new.payment_type IS NOT old.payment_type OR new.total_price IS NOT old.total_price
      OR new.logged_on IS NOT old.logged_on OR new.created_on IS NOT old.created_on)
    BEGIN
      UPDATE ${PAYMENTS} SET modified_on = CURRENT_TIMESTAMP WHERE payment_id = new.payment_id;
    END`);
  await knex.raw(`
    CREATE TRIGGER IF NOT EXISTS ${PAYMENTS}_logged_on AFTER INSERT ON ${PAYMENTS}
    WHEN typeof(new.logged_on) <> 'text' OR new.logged_on NOT GLOB '????-??-?? ??:??:??'
    BEGIN
      UPDATE ${PAYMENTS} SET logged_on = CASE typeof(new.logged_on)
        WHEN 'text' THEN datetime(new.logged_on) ELSE datetime(new.logged_on / 1000, 'unixepoch') END
      WHERE payment_id = new.payment_id;
    END`);
}

const MYSQL_COLUMNS: Readonly<Record<string, string>> = {
  payment_id: 'int unsigned',
  user_id: 'varchar(256)',
  order_id: 'int',
  payment_type: 'varchar(32)',
  total_price: 'double',
  logged_on: 'datetime',
  created_on: 'datetime',
  modified_on: 'datetime',
};

async function adopt(knex: Knex): Promise<void> {
  const found = dialectOf(knex) === 'sqlite' ? await sqliteColumns(knex) : await mysqlColumns(knex);
  const expected = dialectOf(knex) === 'sqlite' ? SQLITE_COLUMNS : MYSQL_COLUMNS;
  const wrong = Object.keys({ ...expected, ...found }).filter((column) => expected[column] !== found[column]);
  if (wrong.length > 0) {
    const list = wrong.map(
      (column) => `${column} is ${found[column] ?? 'missing'}, not ${expected[column] ?? 'there'}`,
    );
    throw new AppError(
      'settings',
      `The table ${PAYMENTS} is there already with other columns (${list.join('; ')}). ` +
        'Nothing was changed. Rename that table, or point FARELOG_DATABASE_URL at another database.',
    );
  }
  // A migrator that was killed between its two statements left the table without the second.
  if (dialectOf(knex) === 'mysql') await addMissingUniqueIndex(knex);
  else await createTriggers(knex);
}

async function addMissingUniqueIndex(knex: Knex): Promise<void> {
  const [indexes] = await knex.raw(`SHOW INDEX FROM ${PAYMENTS} WHERE Key_name = 'payment_id'`);
  if (Array.isArray(indexes) && indexes.length === 0) {
    await knex.schema.alterTable(PAYMENTS, (table) =>
      table.unique(['payment_id'], { indexName: 'payment_id' }),
    );
  }
}

async function mysqlColumns(knex: Knex): Promise<Record<string, string>> {
  const rows: { name: string; type: string; nullable: string }[] = await knex('information_schema.columns')
    .select({ name: 'column_name', type: 'column_type', nullable: 'is_nullable' })
    .where('table_schema', knex.raw('database()'))
    .where('table_name', PAYMENTS);
  // MySQL 8 has no display widths; MariaDB and MySQL 5.7 write int(10) unsigned.
  const plain = (row: { type: string; nullable: string }): string =>
    row.type.replace(/^int\(\d+\)/, 'int') + (row.nullable === 'YES' ? ' null' : '');
  return Object.fromEntries(rows.map((row) => [row.name, plain(row)]));
}

const SQLITE_COLUMNS: Readonly<Record<string, string>> = {
  payment_id: 'INTEGER',
  user_id: 'VARCHAR(256)',
  order_id: 'INTEGER',
  payment_type: 'VARCHAR(32)',
  total_price: 'DOUBLE',
  logged_on: 'DATETIME',
  created_on: 'DATETIME',
  modified_on: 'DATETIME',
};

async function sqliteColumns(knex: Knex): Promise<Record<string, string>> {
  const rows: { name: string; type: string; notnull: number }[] = await knex.raw(
    `PRAGMA table_info(${PAYMENTS})`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.type + (row.notnull === 1 ? '' : ' null')]));
}

function errorNumber(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'errno' in error ? error.errno : undefined;
}
