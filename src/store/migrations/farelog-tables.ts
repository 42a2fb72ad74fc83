/**
 * Farelog's own tables. Text that is grouped or looked up has a binary collation, so that the database tells apart
 * what the code tells apart. Times are whole seconds (`_s`) or milliseconds (`_ms`) since 1970 in UTC; money is
 * integer minor units (`_minor`).
 */
import type { Knex } from 'knex';
import { dialectOf } from '../dialect.js';

export const name = '20261124000000_farelog_tables';

type Tables = Readonly<Record<string, string>>;

const SQLITE: Tables = {
  farelog_captures: `(
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    payment_id INTEGER NOT NULL UNIQUE,
    source TEXT NOT NULL,
    raw_method TEXT NOT NULL,
    reference TEXT,
    received_ms INTEGER NOT NULL
  ) STRICT`,
  farelog_revenue_hourly: `(
    starts_s INTEGER NOT NULL,
    payment_type TEXT NOT NULL,
    shard INTEGER NOT NULL,
    payments INTEGER NOT NULL,
    revenue_minor INTEGER NOT NULL,
    min_minor INTEGER NOT NULL,
    max_minor INTEGER NOT NULL,
    PRIMARY KEY (starts_s, payment_type, shard)
  ) STRICT, WITHOUT ROWID`,
  farelog_rider_monthly: `(
    user_id TEXT NOT NULL,
    month INTEGER NOT NULL,
    payments INTEGER NOT NULL,
    spent_minor INTEGER NOT NULL,
    min_minor INTEGER NOT NULL,
    max_minor INTEGER NOT NULL,
    first_s INTEGER NOT NULL,
    last_s INTEGER NOT NULL,
    PRIMARY KEY (user_id, month)
  ) STRICT, WITHOUT ROWID`,
  farelog_capture_hourly: `(
    hour_s INTEGER NOT NULL,
    source TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    shard INTEGER NOT NULL,
    deliveries INTEGER NOT NULL,
    PRIMARY KEY (hour_s, source, outcome, reason, shard)
  ) STRICT, WITHOUT ROWID`,
  farelog_quarantine: `(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    reason TEXT NOT NULL,
    problems TEXT NOT NULL,
    sealed BLOB,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
  ) STRICT`,
  farelog_api_keys: `(
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER,
    revoked_ms INTEGER
  ) STRICT, WITHOUT ROWID`,
  farelog_meta: `(name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`,
};

export const MYSQL_OPTIONS = 'ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

const MYSQL: Tables = {
  farelog_captures: `(
    sequence BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    payment_id INT UNSIGNED NOT NULL,
    source VARCHAR(16) NOT NULL,
    raw_method VARCHAR(255) NOT NULL,
    reference VARCHAR(255),
    received_ms BIGINT NOT NULL,
    UNIQUE KEY farelog_captures_payment_id (payment_id)
  ) ${MYSQL_OPTIONS}`,
  farelog_revenue_hourly: `(
    starts_s BIGINT NOT NULL,
    payment_type VARCHAR(32) NOT NULL,
    shard SMALLINT NOT NULL,
    payments BIGINT NOT NULL,
    revenue_minor BIGINT NOT NULL,
    min_minor BIGINT NOT NULL,
    max_minor BIGINT NOT NULL,
    PRIMARY KEY (starts_s, payment_type, shard)
  ) ${MYSQL_OPTIONS}`,
  farelog_rider_monthly: `(
    user_id VARCHAR(256) NOT NULL,
    month INT NOT NULL,
    payments BIGINT NOT NULL,
    spent_minor BIGINT NOT NULL,
    min_minor BIGINT NOT NULL,
    max_minor BIGINT NOT NULL,
    first_s BIGINT NOT NULL,
    last_s BIGINT NOT NULL,
    PRIMARY KEY (user_id, month)
  ) ${MYSQL_OPTIONS}`,
  farelog_capture_hourly: `(
    hour_s BIGINT NOT NULL,
    source VARCHAR(16) NOT NULL,
    outcome VARCHAR(16) NOT NULL,
    reason VARCHAR(64) NOT NULL,
    shard SMALLINT NOT NULL,
    deliveries BIGINT NOT NULL,
    PRIMARY KEY (hour_s, source, outcome, reason, shard)
  ) ${MYSQL_OPTIONS}`,
  farelog_quarantine: `(
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    digest CHAR(64) NOT NULL,
    source VARCHAR(16) NOT NULL,
    reason VARCHAR(16) NOT NULL,
    problems TEXT NOT NULL,
    sealed MEDIUMBLOB,
    status VARCHAR(16) NOT NULL,
    attempts BIGINT NOT NULL,
    first_seen_ms BIGINT NOT NULL,
    last_seen_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    UNIQUE KEY farelog_quarantine_digest (digest)
  ) ${MYSQL_OPTIONS}`,
  farelog_api_keys: `(
    id VARCHAR(32) NOT NULL PRIMARY KEY,
    name VARCHAR(128) NOT NULL,
    role VARCHAR(16) NOT NULL,
    hash CHAR(64) NOT NULL,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT,
    revoked_ms BIGINT,
    UNIQUE KEY farelog_api_keys_hash (hash)
  ) ${MYSQL_OPTIONS}`,
  farelog_meta: `(name VARCHAR(64) NOT NULL PRIMARY KEY, value TEXT NOT NULL) ${MYSQL_OPTIONS}`,
};

/** The first rollups, which the ledger has replaced. */
export const FIRST_ROLLUPS = ['farelog_revenue_hourly', 'farelog_rider_monthly'] as const;

/** Each table's definition in the dialect of a Knex. */
export function tablesFor(knex: Knex): Tables {
  return dialectOf(knex) === 'sqlite' ? SQLITE : MYSQL;
}

export async function up(knex: Knex): Promise<void> {
  for (const [table, definition] of Object.entries(tablesFor(knex))) {
    await knex.raw(`CREATE TABLE IF NOT EXISTS ${table} ${definition}`);
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const table of Object.keys(tablesFor(knex)).reverse()) await knex.schema.dropTableIfExists(table);
}
