/** Secondary indexes of the payments table: newest first, one rider, one order. Each can be made again. */
import type { Knex } from 'knex';
import { dialectOf, PAYMENTS } from '../dialect.js';

export const name = '20261124000100_farelog_payment_indexes';

const INDEXES: Readonly<Record<string, string>> = {
  farelog_payments_logged_on: 'logged_on, payment_id',
  farelog_payments_user_id: 'user_id, logged_on, payment_id',
  farelog_payments_order_id: 'order_id',
};

async function presentIndexes(knex: Knex): Promise<Set<string>> {
  if (dialectOf(knex) === 'sqlite') {
    const rows: { name: string }[] = await knex.raw(`PRAGMA index_list(${PAYMENTS})`);
    return new Set(rows.map((row) => row.name));
  }
  const rows: { name: string }[] = await knex('information_schema.statistics')
    .distinct({ name: 'index_name' })
    .where('table_schema', knex.raw('database()'))
    .where('table_name', PAYMENTS);
  return new Set(rows.map((row) => row.name));
}

export async function up(knex: Knex): Promise<void> {
  const present = await presentIndexes(knex);
  for (const [index, columns] of Object.entries(INDEXES)) {
    if (!present.has(index)) await knex.raw(`CREATE INDEX ${index} ON ${PAYMENTS} (${columns})`);
  }
}

export async function down(knex: Knex): Promise<void> {
  const present = await presentIndexes(knex);
  const on = dialectOf(knex) === 'sqlite' ? '' : ` ON ${PAYMENTS}`;
  for (const index of Object.keys(INDEXES)) {
    if (present.has(index)) await knex.raw(`DROP INDEX ${index}${on}`);
  }
}
