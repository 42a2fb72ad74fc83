/** What an erasure changes in the payments and their captures, the tombstones of erased riders, and how many erasures there were. */
import type { Knex } from 'knex';
import { ERASED, type ErasureKeys } from '../domain/erasure.js';
import { AppError } from '../domain/errors.js';
import { dialectOf, PAYMENTS, type Store } from './dialect.js';
import { readMeta } from './meta.js';
import { whereExactly } from './payments.js';

const ERASURES = 'farelog_erasures';
const TOMBSTONES = 'farelog_tombstones';

/** Parameters of one statement are limited; so are the rows that Knex inserts at once in SQLite. */
const CHUNK = 400;

/** How many erasures there were. */
export async function erasureVersion(knex: Knex): Promise<number> {
  const row: { version: number } | undefined = await knex(ERASURES).select('version').first();
  return Number(row?.version ?? 0);
}

/**
 * Counts one more. As the first write of its transaction it waits for every commit that is under way and holds off all
 * others until this transaction ends; those then find that they were prepared too early.
 */
export async function raiseErasures(trx: Knex): Promise<void> {
  await trx(ERASURES).where('id', 1).increment('version', 1);
}

/** How many erasures there were; no other begins before this transaction ends. */
export async function holdErasures(trx: Knex.Transaction): Promise<number> {
  // On SQLite this write is what holds them off.
  await trx(ERASURES)
    .where('id', 1)
    .update({ version: trx.ref('version') });
  return erasureVersion(trx);
}

/** How many erasures there were, and the tombstones of all, as of one moment. */
export function readTombstones(store: Store): Promise<{ version: number; digests: Set<string> }> {
  return store.snapshot(async (trx) => {
    const version = await erasureVersion(trx);
    return { version, digests: version === 0 ? new Set<string>() : await tombstoneDigests(trx) };
  });
}

/** The tombstones of all erased riders. */
export async function tombstoneDigests(knex: Knex): Promise<Set<string>> {
  const rows: { digest: string }[] = await knex(TOMBSTONES).select('digest');
  return new Set(rows.map(({ digest }) => digest));
}

/** @throws AppError `settings` where the tombstones were made with another key, and so name nobody */
export async function requireTombstoneKey(knex: Knex, { id }: Pick<ErasureKeys, 'id'>): Promise<void> {
  const { tombstone_key_id: made } = await readMeta(knex);
  if (made === undefined || made === id) return;
  throw new AppError(
    'settings',
    'Riders were erased from this database under another pseudonym key; with the one at hand they would not be known ' +
      'again. Set FARELOG_PSEUDONYM_KEY (or restore its file in the data folder) to the one of then.',
  );
}

/** Adds tombstones; those that stand already are left. Returns how many are new. */
export async function addTombstones(trx: Knex, digests: readonly string[]): Promise<number> {
  let added = 0;
  for (let at = 0; at < digests.length; at += CHUNK) {
    const some = digests.slice(at, at + CHUNK);
    const rows: { digest: string }[] = await trx(TOMBSTONES).select('digest').whereIn('digest', some);
    const standing = new Set(rows.map(({ digest }) => digest));
    const missing = some.filter((digest) => !standing.has(digest)).map((digest) => ({ digest }));
    if (missing.length > 0) await trx(TOMBSTONES).insert(missing);
    added += missing.length;
  }
  return added;
}

/** Ids of a rider's payments. */
export async function paymentsOfRider(store: Store, knex: Knex, userId: string): Promise<number[]> {
  const query = knex(`${PAYMENTS} as p`).select('p.payment_id');
  whereExactly(store, query, 'p.user_id', userId);
  const rows: { payment_id: number }[] = await query.orderBy('p.payment_id');
  return rows.map((row) => row.payment_id);
}

/**
 * Takes the rider out of payments and the reference, which may be an order's or an event's name at the provider, out of
 * their captures. `modified_on` becomes the beginning of the day, as text: who copies rows by it learns of the
 * erasure within a day's overlap, and the exact second would still hold one rider's payments together.
 */
export async function takeRiderOut(trx: Knex, paymentIds: readonly number[], day: string): Promise<void> {
  const sqlite = dialectOf(trx) === 'sqlite';
  const later = sqlite ? 'max(created_on, ?)' : 'GREATEST(created_on, ?)';
  for (let at = 0; at < paymentIds.length; at += CHUNK) {
    const ids = paymentIds.slice(at, at + CHUNK);
    await trx(PAYMENTS)
      .whereIn('payment_id', ids)
      .update({ user_id: ERASED, modified_on: trx.raw(later, [day]) });
    // A trigger of SQLite has set the time of now where the two were equal; this update leaves it alone.
    if (sqlite)
      await trx(PAYMENTS)
        .whereIn('payment_id', ids)
        .update({ modified_on: trx.raw(later, [day]) });
    await trx('farelog_captures').whereIn('payment_id', ids).update({ reference: null });
  }
}

/** From here to `leaveTraces` SQLite writes zeros over what it deletes; elsewhere these do nothing. */
export async function leaveNoTraces(trx: Knex): Promise<void> {
  if (dialectOf(trx) === 'sqlite') await trx.raw('PRAGMA secure_delete = ON');
}

export async function leaveTraces(trx: Knex): Promise<void> {
  if (dialectOf(trx) === 'sqlite') await trx.raw('PRAGMA secure_delete = OFF');
}
