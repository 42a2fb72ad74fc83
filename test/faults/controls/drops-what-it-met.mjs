/** A wrong variant: the source document's own migration, whose error path drops the table that was there before. */
import { openKnex } from '../../../dist/store/open.js';

const tableName = 'hntb_bytemark_order_payments';

async function up(knex) {
  try {
    await knex.schema.createTable(tableName, (table) => {
      table.integer('payment_id').unsigned().primary();
      table.string('user_id', 256).notNullable();
      table.integer('order_id').notNullable();
      table.string('payment_type', 32).notNullable();
      table.double('total_price').notNullable();
      table.dateTime('logged_on').notNullable();
      table.dateTime('created_on').notNullable().defaultTo(knex.raw('CURRENT_TIMESTAMP'));
      table.dateTime('modified_on').notNullable().defaultTo(knex.raw('CURRENT_TIMESTAMP'));
      table.unique(['payment_id'], { indexName: 'payment_id' });
    });
  } catch (e) {
    await knex.schema.dropTableIfExists(tableName);
    throw new Error(e);
  }
}

const knex = openKnex(process.env.FARELOG_DATABASE_URL);
try {
  await up(knex);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await knex.destroy();
}
