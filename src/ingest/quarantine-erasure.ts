/** Riders taken out of quarantined bytes: what a payment could still be made of stays, under the word for erased riders. */
import type { Knex } from 'knex';
import { AppError } from '../domain/errors.js';
import { replaceSealed, sealedAfter } from '../store/quarantine.js';
import type { NameRider } from './intake.js';
import { payloadWithoutRider, riderInPayload } from './payload-rider.js';
import { type SealKey, seal, unseal } from './seal.js';

const CHUNK_ROWS = 200;

/** Opens every delivery whose bytes are kept; changes those that name one of the riders, by their stored ids. */
export async function takeOutOfQuarantine(
  trx: Knex,
  key: SealKey,
  nameRider: NameRider,
  riders: ReadonlySet<string>,
): Promise<{ changed: number; unopened: number }> {
  const counts = { changed: 0, unopened: 0 };
  for (let last = 0; ; ) {
    const rows = await sealedAfter(trx, last, CHUNK_ROWS);
    for (const { id, sealed } of rows) {
      const body = opened(sealed, key);
      if (body === undefined) counts.unopened++;
      const rider = body === undefined ? undefined : await riderOf(body, nameRider);
      if (body === undefined || rider === undefined || !riders.has(rider)) continue;
      const without = payloadWithoutRider(body);
      await replaceSealed(trx, id, without === undefined ? null : seal(without, key));
      counts.changed++;
    }
    const newest = rows.at(-1);
    if (newest === undefined) return counts;
    last = newest.id;
  }
}

/** The stored id of the rider whom bytes name; undefined where they name none, or none that the platform knows. */
export async function riderOf(body: Uint8Array, nameRider: NameRider): Promise<string | undefined> {
  const userId = riderInPayload(body);
  if (userId === undefined) return undefined;
  try {
    return await nameRider(userId);
  } catch {
    // The platform's own mapping may refuse ids that are not its own.
    return undefined;
  }
}

function opened(sealed: Uint8Array, key: SealKey): Buffer | undefined {
  try {
    return unseal(sealed, key);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
