/**
 * The migrations as a Knex migration source. Inside an existing service they keep their own books, in the table
 * `farelog_migrations`, so that neither side's list disturbs the other's:
 *
 *     await knex.migrate.latest(farelogMigrations)
 */
import type { Knex } from 'knex';
import * as farelogAdjustments from './farelog-adjustments.js';
import * as farelogAudit from './farelog-audit.js';
import * as farelogCalendar from './farelog-calendar.js';
import * as farelogErasures from './farelog-erasures.js';
import * as farelogJournalEntries from './farelog-journal-entries.js';
import * as farelogLedger from './farelog-ledger.js';
import * as farelogReconciliations from './farelog-reconciliations.js';
import * as farelogReleases from './farelog-releases.js';
import * as farelogSchedule from './farelog-schedule.js';
import * as farelogSessions from './farelog-sessions.js';
import * as farelogTables from './farelog-tables.js';
import * as orderPayments from './order-payments.js';
import * as paymentIndexes from './payment-indexes.js';

interface Migration extends Knex.Migration {
  readonly name: string;
}

const MIGRATIONS: readonly Migration[] = [
  orderPayments,
  farelogTables,
  paymentIndexes,
  farelogLedger,
  farelogAudit,
  farelogSessions,
  farelogJournalEntries,
  farelogErasures,
  farelogReconciliations,
  farelogAdjustments,
  farelogCalendar,
  farelogSchedule,
  farelogReleases,
];

/** In the order in which they are applied. */
export const MIGRATION_NAMES: readonly string[] = MIGRATIONS.map(({ name }) => name);

class FarelogMigrationSource implements Knex.MigrationSource<Migration> {
  async getMigrations(): Promise<Migration[]> {
    return [...MIGRATIONS];
  }

  getMigrationName(migration: Migration): string {
    return migration.name;
  }

  async getMigration(migration: Migration): Promise<Knex.Migration> {
    return migration;
  }
}

/** The configuration for `knex.migrate`; MySQL commits each DDL statement by itself, so each step can run again. */
export const farelogMigrations: Knex.MigratorConfig = {
  migrationSource: new FarelogMigrationSource(),
  tableName: 'farelog_migrations',
  disableTransactions: true,
};
