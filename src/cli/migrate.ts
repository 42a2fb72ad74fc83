/** `farelog migrate`: the database's schema, step by step. */
import type { Command } from 'commander';
import { loadConfig } from '../config.js';
import { AppError } from '../domain/errors.js';
import {
  downWouldDropPayments,
  migrateDown,
  migrateUp,
  migrationStatus,
  rollbackTo,
} from '../store/migrate.js';
import { openKnex } from '../store/open.js';
import { type CommonOptions, loadDotEnv, newCommand, newGroup, printJson, printTable } from './command.js';

type Knex = ReturnType<typeof openKnex>;

async function withKnex<T>(options: CommonOptions, work: (knex: Knex) => Promise<T>): Promise<T> {
  loadDotEnv();
  const { database } = options;
  const environment =
    database === undefined ? process.env : { ...process.env, FARELOG_DATABASE_URL: database };
  const knex = openKnex(loadConfig(environment).databaseUrl);
  try {
    return await work(knex);
  } finally {
    await knex.destroy();
  }
}

function report(options: CommonOptions, verb: string, names: readonly string[]): void {
  if (options.json) printJson({ [verb]: names });
  else if (names.length === 0) console.log('Nothing to do.');
  else for (const name of names) console.log(`${verb} ${name}`);
}

async function refuseToDrop(knex: Knex, force: boolean | undefined): Promise<void> {
  if (force || !(await downWouldDropPayments(knex))) return;
  throw new AppError(
    'usage',
    'This would drop hntb_bytemark_order_payments with its payments. Add --force if that is meant; there is no way back.',
  );
}

export function migrateCommand(): Command {
  const command = newGroup('migrate', 'Bring the database schema up, or back.', 'farelog migrate up');
  command.addCommand(
    newCommand('up', 'Apply what is pending.', 'farelog migrate up').action((options: CommonOptions) =>
      withKnex(options, async (knex) => report(options, 'applied', await migrateUp(knex))),
    ),
  );
  command.addCommand(
    newCommand('down', 'Undo the newest migration.', 'farelog migrate down')
      .option('--force', 'even where that drops payments')
      .action((options: CommonOptions & { force?: boolean }) =>
        withKnex(options, async (knex) => {
          await refuseToDrop(knex, options.force);
          report(options, 'undone', await migrateDown(knex));
        }),
      ),
  );
  command.addCommand(
    newCommand('status', 'List migrations.', 'farelog migrate status').action((options: CommonOptions) =>
      withKnex(options, async (knex) => {
        const rows = await migrationStatus(knex);
        if (options.json) printJson({ rows });
        else
          printTable(
            ['migration', 'state'],
            rows.map(({ name, applied }) => [name, applied ? 'applied' : 'pending']),
          );
      }),
    ),
  );
  command.addCommand(
    newCommand(
      'rollback',
      'Undo every migration later than a timestamp, newest first.',
      'farelog migrate rollback --to 20250407031131',
    )
      .requiredOption('--to <timestamp>', 'the 14 digits of the migration to go back to; it stays applied')
      .action((options: CommonOptions & { to: string }) =>
        withKnex(options, async (knex) => report(options, 'undone', await rollbackTo(knex, options.to))),
      ),
  );
  return command;
}
