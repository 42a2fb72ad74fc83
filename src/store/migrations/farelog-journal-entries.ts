/**
 * The journal holds what a commit recorded, an entry a month, instead of the ids of payments: a commit writes one row
 * more and not one a payment, and whoever reads the journal need not look the payments up. A journal of before is
 * dropped with all that it says: the version is taken back, so that the ledger is made anew from the payments.
 */
import type { Knex } from 'knex';
import { dialectOf } from '../dialect.js';
import { MYSQL_OPTIONS } from './farelog-tables.js';

export const name = '20261125000100_farelog_journal_entries';

const JOURNAL = 'farelog_journal';

const SQLITE = `CREATE TABLE IF NOT EXISTS ${JOURNAL} (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    month INTEGER NOT NULL,
    payments INTEGER NOT NULL,
    minor INTEGER NOT NULL,
    facts TEXT NOT NULL
  ) STRICT`;

/** Text in the character set of JSON; nothing compares it. */
const MYSQL = `CREATE TABLE IF NOT EXISTS ${JOURNAL} (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    month INT NOT NULL,
    payments INT NOT NULL,
    minor BIGINT NOT NULL,
    facts MEDIUMTEXT NOT NULL,
    KEY farelog_journal_month (month)
  ) ${MYSQL_OPTIONS}`;

const OF_BEFORE = {
  sqlite: `CREATE TABLE IF NOT EXISTS ${JOURNAL} (
    payment_id INTEGER NOT NULL PRIMARY KEY,
    month INTEGER NOT NULL
  ) STRICT`,
  mysql: `CREATE TABLE IF NOT EXISTS ${JOURNAL} (
    payment_id INT UNSIGNED NOT NULL PRIMARY KEY,
    month INT NOT NULL,
    KEY farelog_journal_month (month)
  ) ${MYSQL_OPTIONS}`,
};

const INDEX = `CREATE INDEX IF NOT EXISTS farelog_journal_month ON ${JOURNAL} (month)`;

/** What stands in the journal is in the payments too: the next program makes the ledger of those. */
async function dropJournalWith(knex: Knex, column: string): Promise<void> {
  // Neither where a migrator was killed after its drop. MySQL fails to tell the columns of no table.
  if (!(await knex.schema.hasTable(JOURNAL)) || !(await knex.schema.hasColumn(JOURNAL, column))) return;
  await knex('farelog_meta').where('name', 'rollup_version').update({ value: '0' });
  await knex.schema.dropTable(JOURNAL);
}

export async function up(knex: Knex): Promise<void> {
  const sqlite = dialectOf(knex) === 'sqlite';
  await dropJournalWith(knex, 'payment_id');
  await knex.raw(sqlite ? SQLITE : MYSQL);
  if (sqlite) await knex.raw(INDEX);
  // Postings claim the version that they saw, so there has to be one.
  const version = await knex('farelog_meta').where('name', 'ledger_version').first();
  if (version === undefined) await knex('farelog_meta').insert({ name: 'ledger_version', value: '0' });
}

export async function down(knex: Knex): Promise<void> {
  const sqlite = dialectOf(knex) === 'sqlite';
  await dropJournalWith(knex, 'facts');
  await knex.raw(sqlite ? OF_BEFORE.sqlite : OF_BEFORE.mysql);
  if (sqlite) await knex.raw(INDEX);
}
