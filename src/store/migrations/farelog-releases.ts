/** What has left the team: a row a release, with its settings and the checksum of its files. It holds no rider. */
import type { Knex } from 'knex';
import { dialectOf } from '../dialect.js';
import { MYSQL_OPTIONS } from './farelog-tables.js';

export const name = '20261125001300_farelog_releases';

const SQLITE = `CREATE TABLE IF NOT EXISTS farelog_releases (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    recipient TEXT NOT NULL,
    purpose TEXT NOT NULL,
    study TEXT NOT NULL,
    dataset_version TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    from_date TEXT NOT NULL,
    to_date TEXT NOT NULL,
    settings TEXT NOT NULL,
    contents TEXT NOT NULL,
    sha256 TEXT NOT NULL
  ) STRICT`;

const MYSQL = `CREATE TABLE IF NOT EXISTS farelog_releases (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(63) NOT NULL,
    at_ms BIGINT NOT NULL,
    actor VARCHAR(128) NOT NULL,
    recipient VARCHAR(200) NOT NULL,
    purpose VARCHAR(1000) NOT NULL,
    study VARCHAR(200) NOT NULL,
    dataset_version VARCHAR(64) NOT NULL,
    as_of BIGINT NOT NULL,
    from_date VARCHAR(10) NOT NULL,
    to_date VARCHAR(10) NOT NULL,
    settings MEDIUMTEXT NOT NULL,
    contents TEXT NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    UNIQUE KEY farelog_releases_name (name)
  ) ${MYSQL_OPTIONS}`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(dialectOf(knex) === 'sqlite' ? SQLITE : MYSQL);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('farelog_releases');
}
