/** Scheduled work: one row a job, with its lease. The rows are there from the beginning, so nobody races to make them. */
import type { Knex } from 'knex';
import { dialectOf } from '../dialect.js';
import { MYSQL_OPTIONS } from './farelog-tables.js';

export const name = '20261125001200_farelog_schedule';

const JOBS = ['pull', 'sync', 'reconcile'];

const SQLITE = `(
  name TEXT NOT NULL PRIMARY KEY,
  timing TEXT,
  due_ms INTEGER,
  retry_ms INTEGER,
  failures INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  holder TEXT,
  started_ms INTEGER,
  lease_until_ms INTEGER,
  last_holder TEXT,
  last_started_ms INTEGER,
  last_finished_ms INTEGER,
  last_outcome TEXT,
  last_message TEXT,
  last_done_ms INTEGER
) STRICT`;

const MYSQL = `(
  name VARCHAR(32) NOT NULL PRIMARY KEY,
  timing VARCHAR(255) NULL,
  due_ms BIGINT NULL,
  retry_ms BIGINT NULL,
  failures INT UNSIGNED NOT NULL,
  fence BIGINT UNSIGNED NOT NULL,
  holder VARCHAR(255) NULL,
  started_ms BIGINT NULL,
  lease_until_ms BIGINT NULL,
  last_holder VARCHAR(255) NULL,
  last_started_ms BIGINT NULL,
  last_finished_ms BIGINT NULL,
  last_outcome VARCHAR(16) NULL,
  last_message VARCHAR(1000) NULL,
  last_done_ms BIGINT NULL
) ${MYSQL_OPTIONS}`;

export async function up(knex: Knex): Promise<void> {
  const definition = dialectOf(knex) === 'sqlite' ? SQLITE : MYSQL;
  await knex.raw(`CREATE TABLE IF NOT EXISTS farelog_schedule ${definition}`);
  const rows: { name: string }[] = await knex('farelog_schedule').select('name');
  const missing = JOBS.filter((job) => !rows.some((row) => row.name === job));
  if (missing.length > 0)
    await knex('farelog_schedule').insert(missing.map((job) => ({ name: job, failures: 0, fence: 0 })));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('farelog_schedule');
}
