/** Who is left out of research, as of one state of the database: riders who have withdrawn, and riders who were erased. */
import type { Knex } from 'knex';
import { ERASED, erasureKeys, tombstoneOf } from '../domain/erasure.js';
import { requireTombstoneKey, tombstoneDigests } from '../store/erasures.js';
import { allWithdrawn } from '../store/withdrawals.js';

export type LeftOut = 'erased' | 'withdrawn';

/** Why a rider, by the stored id, is left out; undefined for one who is not. */
export type WhyLeftOut = (userId: string) => LeftOut | undefined;

/**
 * Of an erased rider rows may have come again by another program: the tombstones tell.
 * @throws AppError `settings` where the tombstones were made with another key, and so name nobody
 */
export async function leftOutRiders(trx: Knex, secret: () => string): Promise<WhyLeftOut> {
  const withdrawn = await allWithdrawn(trx);
  const isErased = await erasedIn(trx, secret);
  return (userId) => {
    if (userId === ERASED) return 'erased';
    if (withdrawn.has(userId)) return 'withdrawn';
    return isErased(userId) ? 'erased' : undefined;
  };
}

async function erasedIn(trx: Knex, secret: () => string): Promise<(userId: string) => boolean> {
  const tombstones = await tombstoneDigests(trx);
  if (tombstones.size === 0) return () => false;
  const keys = erasureKeys(secret());
  await requireTombstoneKey(trx, keys);
  return (userId) => tombstones.has(tombstoneOf(userId, keys));
}
