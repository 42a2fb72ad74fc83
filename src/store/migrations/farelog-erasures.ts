/**
 * Erased and withdrawn riders. `farelog_erasures` has one row, the number of erasures so far: a commit that was prepared
 * with an earlier one is refused, so that no payment slips in with the identity of a rider who was erased meanwhile.
 */
import type { Knex } from 'knex';
import { dialectOf } from '../dialect.js';
import { MYSQL_OPTIONS } from './farelog-tables.js';

export const name = '20261125000700_farelog_erasures';

type Tables = Readonly<Record<string, string>>;

const SQLITE: Tables = {
  farelog_erasures: `(
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
  ) STRICT`,
  farelog_tombstones: `(digest TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID`,
  farelog_withdrawn_riders: `(
    user_id TEXT NOT NULL PRIMARY KEY,
    withdrawn_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
};

const MYSQL: Tables = {
  farelog_erasures: `(
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    version BIGINT UNSIGNED NOT NULL
  ) ${MYSQL_OPTIONS}`,
  farelog_tombstones: `(digest CHAR(64) NOT NULL PRIMARY KEY) ${MYSQL_OPTIONS}`,
  farelog_withdrawn_riders: `(
    user_id VARCHAR(256) NOT NULL PRIMARY KEY,
    withdrawn_ms BIGINT NOT NULL
  ) ${MYSQL_OPTIONS}`,
};

export async function up(knex: Knex): Promise<void> {
  const tables = dialectOf(knex) === 'sqlite' ? SQLITE : MYSQL;
  for (const [table, definition] of Object.entries(tables)) {
    await knex.raw(`CREATE TABLE IF NOT EXISTS ${table} ${definition}`);
  }
  const row = await knex('farelog_erasures').select('id').first();
  if (row === undefined) await knex('farelog_erasures').insert({ id: 1, version: 0 });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of Object.keys(SQLITE)) await knex.schema.dropTableIfExists(table);
}
