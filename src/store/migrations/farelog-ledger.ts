/**
 * The ledger: payments added up into blocks by section and period, the journal of those not added yet, and the
 * numbers under which blocks know payment types and riders. It takes the place of the revenue and rider rollups,
 * which are dropped: they held nothing but sums of payments, and the ledger is made from the payments at once.
 */
import type { Knex } from 'knex';
import { dialectOf } from '../dialect.js';
import { FIRST_ROLLUPS, MYSQL_OPTIONS, tablesFor } from './farelog-tables.js';

export const name = '20261124000200_farelog_ledger';

/** `payments` and `minor` say what a block adds up to, so that plain SQL can hold the ledger against the table. */
const SQLITE = {
  farelog_journal: `(
    payment_id INTEGER NOT NULL PRIMARY KEY,
    month INTEGER NOT NULL
  ) STRICT`,
  farelog_ledger: `(
    section TEXT NOT NULL,
    period INTEGER NOT NULL,
    version INTEGER NOT NULL,
    payments INTEGER NOT NULL,
    minor INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (section, period)
  ) STRICT`,
  farelog_ledger_keys: `(
    kind TEXT NOT NULL,
    no INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (kind, no),
    UNIQUE (kind, name)
  ) STRICT`,
};

/** Names are bytes: a collation would take capitals or trailing spaces for equal. */
const MYSQL = {
  farelog_journal: `(
    payment_id INT UNSIGNED NOT NULL PRIMARY KEY,
    month INT NOT NULL,
    KEY farelog_journal_month (month)
  ) ${MYSQL_OPTIONS}`,
  farelog_ledger: `(
    section VARCHAR(8) NOT NULL,
    period INT NOT NULL,
    version BIGINT NOT NULL,
    payments BIGINT NOT NULL,
    minor BIGINT NOT NULL,
    data LONGBLOB NOT NULL,
    PRIMARY KEY (section, period)
  ) ${MYSQL_OPTIONS}`,
  farelog_ledger_keys: `(
    kind VARCHAR(8) NOT NULL,
    no INT NOT NULL,
    name VARBINARY(1024) NOT NULL,
    PRIMARY KEY (kind, no),
    UNIQUE KEY farelog_ledger_keys_name (kind, name)
  ) ${MYSQL_OPTIONS}`,
};

export async function up(knex: Knex): Promise<void> {
  const sqlite = dialectOf(knex) === 'sqlite';
  for (const [table, definition] of Object.entries(sqlite ? SQLITE : MYSQL)) {
    await knex.raw(`CREATE TABLE IF NOT EXISTS ${table} ${definition}`);
  }
  if (sqlite) await knex.raw('CREATE INDEX IF NOT EXISTS farelog_journal_month ON farelog_journal (month)');
  for (const table of FIRST_ROLLUPS) await knex.schema.dropTableIfExists(table);
}

/** The tables of before come back empty; whichever program comes next makes its sums anew, since the version differs. */
export async function down(knex: Knex): Promise<void> {
  await knex('farelog_meta').where('name', 'rollup_version').update({ value: '0' });
  for (const table of Object.keys(MYSQL).reverse()) await knex.schema.dropTableIfExists(table);
  const tables = tablesFor(knex);
  for (const table of FIRST_ROLLUPS) await knex.raw(`CREATE TABLE IF NOT EXISTS ${table} ${tables[table]}`);
}
