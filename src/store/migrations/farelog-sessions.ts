/** Sessions of browsers: whoever holds the token may what its key may, until one of them ends. */
import type { Knex } from 'knex';
import { dialectOf } from '../dialect.js';
import { MYSQL_OPTIONS } from './farelog-tables.js';

export const name = '20261124000400_farelog_sessions';

const SQLITE = `(
    hash TEXT NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`;

const MYSQL = `(
    hash CHAR(64) NOT NULL PRIMARY KEY,
    key_id VARCHAR(32) NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL
  ) ${MYSQL_OPTIONS}`;

export async function up(knex: Knex): Promise<void> {
  const definition = dialectOf(knex) === 'sqlite' ? SQLITE : MYSQL;
  await knex.raw(`CREATE TABLE IF NOT EXISTS farelog_sessions ${definition}`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('farelog_sessions');
}
