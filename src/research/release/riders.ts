/** Who may be in a release, now; and the key under which it names riders anew. */
import { hkdfSync } from 'node:crypto';
import type { Knex } from 'knex';
import { ERASED, erasureKeys, tombstoneOf } from '../../domain/erasure.js';
import { AppError } from '../../domain/errors.js';
import { studyKey, studyPseudonymOf } from '../../domain/study-pseudonym.js';
import type { Store } from '../../store/dialect.js';
import { tombstoneDigests } from '../../store/erasures.js';
import { readMeta } from '../../store/meta.js';
import { observeRiders } from '../../store/observed-payments.js';
import { allWithdrawn } from '../../store/withdrawals.js';
import type { Provenance } from '../observations.js';

/**
 * Names riders in one release: derived from the pseudonyms' secret and the release's name, which no other has. Without the
 * secret nobody can join two releases; with it one can tell a recipient which name to delete.
 */
export function releaseKey(secret: string, release: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `farelog riders of the release\0${release}`, 32));
}

/** Riders as observations of some provenance name them. */
export interface RidersNow {
  /** All who have payments, have not withdrawn and are not erased: of an erased rider rows may have come again by another program. */
  readonly here: () => Promise<ReadonlySet<string>>;
  readonly withdrawn: (trx: Knex) => Promise<ReadonlySet<string>>;
}

export function ridersNow(store: Store, secret: string, provenance: Provenance): RidersNow {
  const key = provenance.kind === 'dataset' ? studyKey(secret, provenance.study) : undefined;
  const nameOf = (rider: string): string => (key === undefined ? rider : studyPseudonymOf(rider, key));
  const all = { span: { from: 0, to: Number.MAX_SAFE_INTEGER }, upTo: undefined };
  return {
    here: () =>
      store.snapshot(async (trx) => {
        const withdrawn = await allWithdrawn(trx);
        const isErased = await erasedIn(trx, secret);
        const riders = await observeRiders(store, trx, all);
        return new Set(riders.filter((one) => !withdrawn.has(one) && !isErased(one)).map(nameOf));
      }),
    withdrawn: async (trx) => new Set([...(await allWithdrawn(trx))].map(nameOf)),
  };
}

/** @throws AppError `settings` where the tombstones were made with another key, and so name nobody */
async function erasedIn(trx: Knex, secret: string): Promise<(rider: string) => boolean> {
  const tombstones = await tombstoneDigests(trx);
  if (tombstones.size === 0) return (rider) => rider === ERASED;
  const keys = erasureKeys(secret);
  const { tombstone_key_id: made } = await readMeta(trx);
  if (made !== undefined && made !== keys.id)
    throw new AppError(
      'settings',
      'Riders were erased from this database under another pseudonym key, so that nobody can tell here whether they are in ' +
        'the release. Set FARELOG_PSEUDONYM_KEY (or restore its file in the data folder) to the one of then.',
    );
  return (rider) => rider === ERASED || tombstones.has(tombstoneOf(rider, keys));
}
