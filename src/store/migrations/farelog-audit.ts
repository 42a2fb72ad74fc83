/**
 * The audit's chain and its head. The head is the one row that every append locks, so that instances append one after
 * the other; it also tells of rows that were taken off the end.
 */
import type { Knex } from 'knex';
import { BEFORE_THE_FIRST } from '../../domain/audit.js';
import { dialectOf } from '../dialect.js';

export const name = '20261124000300_farelog_audit';

type Tables = Readonly<Record<string, string>>;

const SQLITE: Tables = {
  farelog_audit: `(
    sequence INTEGER NOT NULL PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    operation TEXT NOT NULL,
    filter TEXT NOT NULL,
    previous_hash TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL
  ) STRICT`,
  farelog_audit_head: `(
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT`,
};

const MYSQL_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

const MYSQL: Tables = {
  farelog_audit: `(
    sequence BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    actor VARCHAR(128) NOT NULL,
    action VARCHAR(32) NOT NULL,
    operation VARCHAR(128) NOT NULL,
    filter TEXT NOT NULL,
    previous_hash CHAR(64) NOT NULL,
    hash CHAR(64) NOT NULL,
    UNIQUE KEY farelog_audit_previous_hash (previous_hash)
  ) ${MYSQL_OPTIONS}`,
  farelog_audit_head: `(
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    sequence BIGINT UNSIGNED NOT NULL,
    hash CHAR(64) NOT NULL
  ) ${MYSQL_OPTIONS}`,
};

export async function up(knex: Knex): Promise<void> {
  const tables = dialectOf(knex) === 'sqlite' ? SQLITE : MYSQL;
  for (const [table, definition] of Object.entries(tables)) {
    await knex.raw(`CREATE TABLE IF NOT EXISTS ${table} ${definition}`);
  }
  const head = await knex('farelog_audit_head').select('id').first();
  if (head === undefined) await knex('farelog_audit_head').insert({ id: 1, ...BEFORE_THE_FIRST });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['farelog_audit_head', 'farelog_audit']) await knex.schema.dropTableIfExists(table);
}
