/**
 * Erasing riders: nothing that is stored leads to them any more, and they are known again by a tombstone alone, so that
 * what is delivered of them later loses its rider before it is stored. Payments and totals stay.
 *
 * A group of riders is erased in one transaction. Its first write waits for the commits that are under way and holds
 * off all others, and makes those fail that were prepared before it; the second does the same with posting. So there is
 * no moment at which a payment of theirs can slip in, whichever instance commits it. Trade-off: deliveries wait while a
 * group's blocks are written anew.
 */
import type { Knex } from 'knex';
import type { AuditEvent } from '../domain/audit.js';
import { ERASED, type ErasureKeys, tombstoneOf } from '../domain/erasure.js';
import { AppError } from '../domain/errors.js';
import { forgetReasons } from '../store/adjustments.js';
import { appendAudit } from '../store/audit.js';
import type { Store } from '../store/dialect.js';
import {
  addTombstones,
  leaveNoTraces,
  leaveTraces,
  paymentsOfRider,
  raiseErasures,
  takeRiderOut,
} from '../store/erasures.js';
import { nextVersion } from '../store/ledger.js';
import { writeMeta } from '../store/meta.js';
import { removeWithdrawn } from '../store/withdrawals.js';
import type { Erased } from './erased.js';
import type { NameRider } from './intake.js';
import { eraseFromJournal, moveToErased } from './ledger-erasure.js';
import { takeOutOfQuarantine } from './quarantine-erasure.js';
import type { SealKey } from './seal.js';

/** Riders by the provider's ids, by their stored ids (pseudonyms), or both. */
export interface RiderRequest {
  readonly userIds?: readonly string[] | undefined;
  readonly pseudonyms?: readonly string[] | undefined;
}

/** Who asks, for the audit. */
export type AskedBy = Pick<AuditEvent, 'actor' | 'operation'>;

export interface ErasureContext {
  readonly store: Store;
  readonly keys: () => ErasureKeys;
  readonly erased: Erased;
  readonly nameRider: NameRider;
  readonly sealKey: SealKey;
  readonly clock: () => number;
}

export interface ErasureReport {
  /** Different riders that were named. */
  readonly riders: number;
  /** Of those, how many were not erased before. */
  readonly newly_erased: number;
  /** Payments that lost their rider; they and their totals stay. */
  readonly payments: number;
  /** Quarantined deliveries that named one of them. */
  readonly quarantined: number;
  /** Quarantined deliveries that no key at hand opens, so that nobody can say whom they name. */
  readonly quarantine_unopened: number;
  /** Whether the database's own file holds nothing of them any more; false: others were using it, erase once more. */
  readonly scrubbed: boolean;
  readonly dry_run: boolean;
}

/** Riders of one transaction. */
const GROUP = 50;
export const MAX_RIDERS_AT_ONCE = 100_000;

/** The stored ids of the riders, each once. @throws AppError `usage` where there are none, or too many */
export async function namedRiders(
  { userIds = [], pseudonyms = [] }: RiderRequest,
  nameRider: NameRider,
): Promise<string[]> {
  const names = new Set(pseudonyms);
  for (const userId of userIds) names.add(await nameRider(userId));
  if (names.has(ERASED) || names.has(''))
    throw new AppError('usage', `Riders must be named by ids; "${ERASED}" and the empty text are none.`);
  if (names.size === 0) throw new AppError('usage', 'No rider is named.');
  if (names.size > MAX_RIDERS_AT_ONCE)
    throw new AppError('usage', `At most ${MAX_RIDERS_AT_ONCE} riders can be named at once.`);
  return [...names];
}

/** What erasing them would do to payments. */
export async function countErasure(context: ErasureContext, request: RiderRequest): Promise<ErasureReport> {
  const { store, nameRider } = context;
  const riders = await namedRiders(request, nameRider);
  let payments = 0;
  for (const rider of riders) payments += (await paymentsOfRider(store, store.knex, rider)).length;
  await context.erased.refresh();
  const newly = riders.filter((rider) => !context.erased.isErased(rider)).length;
  const nothing = { quarantined: 0, quarantine_unopened: 0, scrubbed: false };
  return { riders: riders.length, newly_erased: newly, payments, ...nothing, dry_run: true };
}

/** Erases riders, those who are already once more. The audit tells how many, and never whom. */
export async function eraseRiders(
  context: ErasureContext,
  request: RiderRequest,
  by: AskedBy,
  onProgress?: (riders: number) => void,
): Promise<ErasureReport> {
  const { store, erased } = context;
  const riders = await namedRiders(request, context.nameRider);
  // Tombstones of another key would be mixed with those of this one.
  await erased.refresh();
  const sum = { newly_erased: 0, payments: 0, quarantined: 0, quarantine_unopened: 0 };
  for (let at = 0; at < riders.length; at += GROUP) {
    const group = riders.slice(at, at + GROUP);
    const done = await store.write((trx) => eraseGroup(context, trx, group, by));
    sum.newly_erased += done.newly;
    sum.payments += done.payments;
    sum.quarantined += done.quarantined;
    sum.quarantine_unopened = done.unopened;
    onProgress?.(at + group.length);
  }
  await erased.refresh();
  return { riders: riders.length, ...sum, scrubbed: await store.scrub(riders), dry_run: false };
}

async function eraseGroup(context: ErasureContext, trx: Knex.Transaction, riders: string[], by: AskedBy) {
  const { store, nameRider, sealKey, clock } = context;
  const keys = context.keys();
  const now = clock();
  await raiseErasures(trx);
  await leaveNoTraces(trx);
  const version = await nextVersion(trx);
  const newly = await addTombstones(
    trx,
    riders.map((rider) => tombstoneOf(rider, keys)),
  );
  await writeMeta(trx, { tombstone_key_id: keys.id });
  const day = `${new Date(now).toISOString().slice(0, 10)} 00:00:00`;
  let payments = 0;
  for (const rider of riders) {
    const ids = await paymentsOfRider(store, trx, rider);
    await takeRiderOut(trx, ids, day);
    await forgetReasons(trx, ids);
    payments += ids.length;
  }
  await eraseFromJournal(trx, riders);
  await moveToErased(trx, version, riders);
  await removeWithdrawn(trx, riders);
  const { changed: quarantined, unopened } = await takeOutOfQuarantine(
    trx,
    sealKey,
    nameRider,
    new Set(riders),
  );
  const filter = JSON.stringify({ riders: riders.length, payments, quarantined });
  await appendAudit(trx, [{ ...by, action: 'riders.erase', filter, at_ms: now }]);
  await leaveTraces(trx);
  return { newly, payments, quarantined, unopened };
}
