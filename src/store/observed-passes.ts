/** Uses of passes, as the platform's own table beside the payments has them. Farelog reads it and never writes it. */
import type { Knex } from 'knex';
import { AppError } from '../domain/errors.js';
import { fromSqlText, type Span, toSqlText } from '../domain/time.js';
import type { Store } from './dialect.js';

const PASSES = 'hntb_bytemark_pass';
const CHUNK_ROWS = 20_000;

export interface ObservedPass {
  /** As the payments name riders, where the platform names both alike. */
  readonly user_id: string;
  /** Seconds since 1970. */
  readonly used_s: number;
}

/**
 * Those of a span, in the order of their ids, a chunk at a time.
 * @throws AppError `usage` where the database has no such table
 */
export async function* observePasses(
  store: Store,
  trx: Knex,
  { from, to }: Span,
): AsyncGenerator<ObservedPass[]> {
  if (!(await trx.schema.hasTable(PASSES)))
    throw new AppError(
      'usage',
      `passes: there is no table ${PASSES} in this database. Build the dataset without passes, or where the platform has them.`,
    );
  for (let after = 0; ; ) {
    const rows: { bytemark_pass_id: number; user_id: string; used_on: string }[] = await trx(PASSES)
      .select('bytemark_pass_id', 'user_id', trx.raw(`${store.textOf('logged_on')} AS used_on`))
      .where('bytemark_pass_id', '>', after)
      .where('logged_on', '>=', toSqlText(from))
      .where('logged_on', '<', toSqlText(to))
      .orderBy('bytemark_pass_id')
      .limit(CHUNK_ROWS);
    yield rows.map(({ user_id, used_on }) => ({ user_id, used_s: fromSqlText(used_on) }));
    if (rows.length < CHUNK_ROWS) return;
    after = Number(rows.at(-1)?.bytemark_pass_id ?? 0);
  }
}
