/** Who may be in a release, now; and the key under which it names riders anew. */
import { hkdfSync } from 'node:crypto';
import type { Knex } from 'knex';
import { studyKey, studyPseudonymOf } from '../../domain/study-pseudonym.js';
import type { Store } from '../../store/dialect.js';
import { observeRiders } from '../../store/observed-payments.js';
import { allWithdrawn } from '../../store/withdrawals.js';
import { leftOutRiders } from '../left-out-riders.js';
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
  /** All who have payments, have not withdrawn and are not erased. */
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
        const whyLeftOut = await leftOutRiders(trx, () => secret);
        const riders = await observeRiders(store, trx, all);
        return new Set(riders.filter((rider) => whyLeftOut(rider) === undefined).map(nameOf));
      }),
    withdrawn: async (trx) => new Set([...(await allWithdrawn(trx))].map(nameOf)),
  };
}
