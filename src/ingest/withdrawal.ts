/**
 * Withdrawing from research: another act than erasure. The rider's payments stay, with the rider, in every operational
 * figure; research that is released later leaves them out. It can be taken back.
 */
import type { AuditAction } from '../domain/audit.js';
import { toIso } from '../domain/time.js';
import { appendAudit } from '../store/audit.js';
import type { Store } from '../store/dialect.js';
import { holdErasures } from '../store/erasures.js';
import { addWithdrawn, listWithdrawn, removeWithdrawn } from '../store/withdrawals.js';
import { type AskedBy, type ErasureContext, namedRiders, type RiderRequest } from './erasure.js';

export interface WithdrawalReport {
  readonly riders: number;
  /** Of those, how many this changed. */
  readonly changed: number;
}

type WithdrawalContext = Pick<ErasureContext, 'store' | 'nameRider' | 'clock' | 'erased'>;

export function withdrawRiders(
  context: WithdrawalContext,
  request: RiderRequest,
  by: AskedBy,
): Promise<WithdrawalReport> {
  return change(context, request, { ...by, action: 'riders.withdraw' });
}

export function restoreRiders(
  context: WithdrawalContext,
  request: RiderRequest,
  by: AskedBy,
): Promise<WithdrawalReport> {
  return change(context, request, { ...by, action: 'riders.restore' });
}

async function change(
  { store, nameRider, clock, erased }: WithdrawalContext,
  request: RiderRequest,
  event: AskedBy & { readonly action: AuditAction },
): Promise<WithdrawalReport> {
  const riders = await namedRiders(request, nameRider);
  for (;;) {
    await erased.refresh();
    // Of an erased rider nothing is kept, not even this.
    const known = riders.filter((rider) => !erased.isErased(rider));
    const now = clock();
    const changed = await store.write(async (trx) => {
      if ((await holdErasures(trx)) !== erased.version) return undefined;
      const some =
        event.action === 'riders.withdraw'
          ? await addWithdrawn(trx, known, now)
          : await removeWithdrawn(trx, known);
      const filter = JSON.stringify({ riders: riders.length, changed: some });
      await appendAudit(trx, [{ ...event, filter, at_ms: now }]);
      return some;
    });
    // Undefined: riders were erased meanwhile, perhaps these.
    if (changed !== undefined) return { riders: riders.length, changed };
  }
}

export interface WithdrawnPage {
  readonly rows: { readonly user_id: string; readonly withdrawn_at: string }[];
  /** The `after` of the next page; null on the last. */
  readonly next: string | null;
}

/** Who has withdrawn, a page in the order of the stored ids. */
export async function withdrawnRiders(store: Store, limit: number, after?: string): Promise<WithdrawnPage> {
  const rows = await listWithdrawn(store.knex, limit + 1, after);
  const page = rows.slice(0, limit);
  return {
    rows: page.map(({ user_id, withdrawn_ms }) => ({
      user_id,
      withdrawn_at: toIso(Math.floor(withdrawn_ms / 1000)),
    })),
    next: rows.length > limit ? (page.at(-1)?.user_id ?? null) : null,
  };
}
