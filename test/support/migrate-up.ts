/** Another process: migrates the database it is given and prints what it applied, as JSON. */
import { migrateUp } from '../../src/store/migrate.js';
import { openKnex } from '../../src/store/open.js';

const knex = openKnex(process.argv[2] ?? '');
process.stdout.write(JSON.stringify(await migrateUp(knex)));
await knex.destroy();
