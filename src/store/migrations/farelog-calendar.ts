/** The fare and policy calendar. Dates are local ones of the reporting zone, as text; prices are minor units. */
import type { Knex } from 'knex';
import { dialectOf } from '../dialect.js';
import { MYSQL_OPTIONS } from './farelog-tables.js';

export const name = '20261125001100_farelog_calendar';

const SQLITE = `(
  entry_id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  ends_before TEXT,
  payment_type TEXT,
  price_before_minor INTEGER,
  price_after_minor INTEGER,
  note TEXT
) STRICT`;

const MYSQL = `(
  entry_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind VARCHAR(16) NOT NULL,
  name VARCHAR(128) NOT NULL,
  starts_on CHAR(10) NOT NULL,
  ends_before CHAR(10) NULL,
  payment_type VARCHAR(32) NULL,
  price_before_minor BIGINT NULL,
  price_after_minor BIGINT NULL,
  note VARCHAR(1000) NULL
) ${MYSQL_OPTIONS}`;

export async function up(knex: Knex): Promise<void> {
  const definition = dialectOf(knex) === 'sqlite' ? SQLITE : MYSQL;
  await knex.raw(`CREATE TABLE IF NOT EXISTS farelog_calendar ${definition}`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('farelog_calendar');
}
