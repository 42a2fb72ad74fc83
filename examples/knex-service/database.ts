/** This service's own database: its Knex, with the driver's own defaults, and its own migrations. */
import knexFactory, { type Knex } from 'knex';

/** `DATABASE_URL` is `mysql://user:password@host:3306/database` or `sqlite:FILE`. */
export function openDatabase(url: string): Knex {
  if (url.startsWith('sqlite:')) {
    const filename = url.slice('sqlite:'.length);
    return knexFactory({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true });
  }
  return knexFactory({ client: 'mysql2', connection: url, pool: { min: 0, max: 4 } });
}

interface OwnMigration extends Knex.Migration {
  readonly name: string;
}

const riders: OwnMigration = {
  name: '20240901120000_riders',
  up: (knex) =>
    knex.schema.createTable('riders', (table) => {
      table.string('bytemark_user_id', 64).primary();
      table.string('research_id', 36).notNullable().unique();
    }),
  down: (knex) => knex.schema.dropTable('riders'),
};

/** Kept in the table `knex_migrations`, as ever; Farelog's keep their books in `farelog_migrations`. */
export const ownMigrations: Knex.MigratorConfig = {
  migrationSource: {
    getMigrations: async () => [riders],
    getMigrationName: (migration: OwnMigration) => migration.name,
    getMigration: async (migration: OwnMigration) => migration,
  },
};
