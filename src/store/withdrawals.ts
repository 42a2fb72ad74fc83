/** Riders who have withdrawn from research: their payments stay, and what is released later leaves them out. */
import type { Knex } from 'knex';

const WITHDRAWN = 'farelog_withdrawn_riders';

const CHUNK = 400;

export interface WithdrawnRider {
  readonly user_id: string;
  readonly withdrawn_ms: number;
}

/** Adds riders; those who have withdrawn already keep their time. Returns how many are new. */
export async function addWithdrawn(trx: Knex, userIds: readonly string[], now: number): Promise<number> {
  let added = 0;
  for (let at = 0; at < userIds.length; at += CHUNK) {
    const some = userIds.slice(at, at + CHUNK);
    const rows: { user_id: string }[] = await trx(WITHDRAWN).select('user_id').whereIn('user_id', some);
    const standing = new Set(rows.map(({ user_id }) => user_id));
    const missing = some.filter((userId) => !standing.has(userId));
    const inserted = missing.map((user_id) => ({ user_id, withdrawn_ms: now }));
    if (inserted.length > 0) await trx(WITHDRAWN).insert(inserted);
    added += missing.length;
  }
  return added;
}

/** Takes riders off the list; returns how many were on it. */
export async function removeWithdrawn(trx: Knex, userIds: readonly string[]): Promise<number> {
  let removed = 0;
  for (let at = 0; at < userIds.length; at += CHUNK) {
    const some = userIds.slice(at, at + CHUNK);
    removed += await trx(WITHDRAWN).whereIn('user_id', some).delete();
  }
  return removed;
}

/** A page in the order of the stored ids, after `after`. */
export async function listWithdrawn(knex: Knex, limit: number, after?: string): Promise<WithdrawnRider[]> {
  const query = knex(WITHDRAWN).select('user_id', 'withdrawn_ms').orderBy('user_id').limit(limit);
  if (after !== undefined) query.where('user_id', '>', after);
  const rows: WithdrawnRider[] = await query;
  return rows.map((row) => ({ ...row, withdrawn_ms: Number(row.withdrawn_ms) }));
}

/** The stored ids of all. */
export async function allWithdrawn(knex: Knex): Promise<Set<string>> {
  const rows: { user_id: string }[] = await knex(WITHDRAWN).select('user_id');
  return new Set(rows.map(({ user_id }) => user_id));
}
