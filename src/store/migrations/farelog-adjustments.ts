/**
 * Adjustments: refunds, voids and corrections. They name no rider; whose they are is told by their payment. `posted` is
 * whether the ledger's blocks hold it; one that is not counts as soon as its payment is there. The ledger's sections
 * have longer names from here on.
 */
import type { Knex } from 'knex';
import { dialectOf } from '../dialect.js';
import { MYSQL_OPTIONS } from './farelog-tables.js';

export const name = '20261125000900_farelog_adjustments';

const TABLE = 'farelog_adjustments';

const SQLITE = `CREATE TABLE IF NOT EXISTS ${TABLE} (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    adjustment_id TEXT NOT NULL UNIQUE,
    payment_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    adjusted_s INTEGER NOT NULL,
    reason TEXT,
    source TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    posted INTEGER NOT NULL DEFAULT 0
  ) STRICT`;

const MYSQL = `CREATE TABLE IF NOT EXISTS ${TABLE} (
    sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    adjustment_id VARCHAR(64) NOT NULL,
    payment_id INT UNSIGNED NOT NULL,
    kind VARCHAR(16) NOT NULL,
    amount_minor BIGINT NOT NULL,
    adjusted_s BIGINT NOT NULL,
    reason VARCHAR(255) NULL,
    source VARCHAR(16) NOT NULL,
    received_ms BIGINT NOT NULL,
    posted TINYINT NOT NULL DEFAULT 0,
    UNIQUE KEY ${TABLE}_id (adjustment_id),
    KEY ${TABLE}_payment (payment_id),
    KEY ${TABLE}_at (adjusted_s, sequence),
    KEY ${TABLE}_open (posted, adjusted_s),
    KEY ${TABLE}_received (received_ms)
  ) ${MYSQL_OPTIONS}`;

const SQLITE_INDEXES = [
  `${TABLE}_payment ON ${TABLE} (payment_id)`,
  `${TABLE}_at ON ${TABLE} (adjusted_s, sequence)`,
  `${TABLE}_open ON ${TABLE} (posted, adjusted_s)`,
  `${TABLE}_received ON ${TABLE} (received_ms)`,
];

const OF_ADJUSTMENTS = ['adjustments', 'rider_adjustments'];

export async function up(knex: Knex): Promise<void> {
  const isSqlite = dialectOf(knex) === 'sqlite';
  await knex.raw(isSqlite ? SQLITE : MYSQL);
  if (isSqlite) for (const index of SQLITE_INDEXES) await knex.raw(`CREATE INDEX IF NOT EXISTS ${index}`);
  else await knex.raw('ALTER TABLE farelog_ledger MODIFY section VARCHAR(32) NOT NULL');
}

export async function down(knex: Knex): Promise<void> {
  await knex('farelog_ledger').whereIn('section', OF_ADJUSTMENTS).delete();
  if (dialectOf(knex) !== 'sqlite')
    await knex.raw('ALTER TABLE farelog_ledger MODIFY section VARCHAR(8) NOT NULL');
  await knex.schema.dropTableIfExists(TABLE);
}
