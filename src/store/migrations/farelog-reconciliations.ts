/** Runs of reconciliation and what they found. Neither holds a rider: where riders differ, only that they do. */
import type { Knex } from 'knex';
import { dialectOf } from '../dialect.js';
import { MYSQL_OPTIONS } from './farelog-tables.js';

export const name = '20261125000800_farelog_reconciliations';

type Tables = Readonly<Record<string, string>>;

const SQLITE: Tables = {
  farelog_reconciliations: `(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    from_s INTEGER NOT NULL,
    to_s INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    finished_ms INTEGER,
    report TEXT
  ) STRICT`,
  farelog_reconciliation_items: `(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    item_key TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    payment_id INTEGER,
    at_s INTEGER,
    details TEXT NOT NULL,
    status TEXT NOT NULL,
    first_run INTEGER NOT NULL,
    last_run INTEGER NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    until_ms INTEGER,
    reason TEXT,
    decided_by TEXT,
    decided_ms INTEGER
  ) STRICT`,
};

const MYSQL: Tables = {
  farelog_reconciliations: `(
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    source VARCHAR(8) NOT NULL,
    name VARCHAR(512) NOT NULL,
    from_s BIGINT NOT NULL,
    to_s BIGINT NOT NULL,
    started_ms BIGINT NOT NULL,
    finished_ms BIGINT NULL,
    report MEDIUMTEXT NULL
  ) ${MYSQL_OPTIONS}`,
  farelog_reconciliation_items: `(
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    item_key VARCHAR(128) NOT NULL,
    source VARCHAR(8) NOT NULL,
    kind VARCHAR(32) NOT NULL,
    payment_id INT UNSIGNED NULL,
    at_s BIGINT NULL,
    details TEXT NOT NULL,
    status VARCHAR(16) NOT NULL,
    first_run BIGINT UNSIGNED NOT NULL,
    last_run BIGINT UNSIGNED NOT NULL,
    first_seen_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL,
    until_ms BIGINT NULL,
    reason VARCHAR(1000) NULL,
    decided_by VARCHAR(128) NULL,
    decided_ms BIGINT NULL,
    UNIQUE KEY farelog_reconciliation_items_key (item_key),
    KEY farelog_reconciliation_items_status (status, id),
    KEY farelog_reconciliation_items_at (source, at_s)
  ) ${MYSQL_OPTIONS}`,
};

const SQLITE_INDEXES = [
  'farelog_reconciliation_items_status ON farelog_reconciliation_items (status, id)',
  'farelog_reconciliation_items_at ON farelog_reconciliation_items (source, at_s)',
];

export async function up(knex: Knex): Promise<void> {
  const isSqlite = dialectOf(knex) === 'sqlite';
  for (const [table, definition] of Object.entries(isSqlite ? SQLITE : MYSQL))
    await knex.raw(`CREATE TABLE IF NOT EXISTS ${table} ${definition}`);
  if (isSqlite) for (const index of SQLITE_INDEXES) await knex.raw(`CREATE INDEX IF NOT EXISTS ${index}`);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of Object.keys(SQLITE)) await knex.schema.dropTableIfExists(table);
}
