/** Riders as a study names them, now; and the key under which a release names them anew. */
import { hkdfSync } from 'node:crypto';
import type { Knex } from 'knex';
import { ERASED, erasureKeys, tombstoneOf } from '../../domain/erasure.js';
import { studyKey, studyPseudonymOf } from '../../domain/study-pseudonym.js';
import type { Store } from '../../store/dialect.js';
import { tombstoneDigests } from '../../store/erasures.js';
import { observeRiders } from '../../store/observed-payments.js';
import { allWithdrawn } from '../../store/withdrawals.js';

/**
 * Names riders in one release: derived from the pseudonyms' secret and the release's name, which no other has. Without the
 * secret nobody can join two releases; with it one can tell a recipient which name to delete.
 */
export function releaseKey(secret: string, release: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `farelog riders of the release\0${release}`, 32));
}

/**
 * Reads the study's names of all who have payments, have not withdrawn and are not erased: of an erased rider rows may
 * have come again by another program.
 */
export function ridersInStudy(
  store: Store,
  secret: string,
  study: string,
): (trx: Knex) => Promise<ReadonlySet<string>> {
  return async (trx) => {
    const key = studyKey(secret, study);
    const withdrawn = await allWithdrawn(trx);
    const tombstones = await tombstoneDigests(trx);
    const keys = erasureKeys(secret);
    const isOut = (rider: string): boolean =>
      rider === ERASED ||
      withdrawn.has(rider) ||
      (tombstones.size > 0 && tombstones.has(tombstoneOf(rider, keys)));
    const all = { span: { from: 0, to: Number.MAX_SAFE_INTEGER }, upTo: undefined };
    const names = new Set<string>();
    for (const rider of await observeRiders(store, trx, all))
      if (!isOut(rider)) names.add(studyPseudonymOf(rider, key));
    return names;
  };
}
