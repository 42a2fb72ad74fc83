/**
 * Correcting what reconciliation found: an adjustment is recorded by the door that brings the payment to what the
 * provider says. Where the price differs it is a correction by the difference; where the payment is missing there it
 * is a void of what is left of it. Both are against the payment with its adjustments, so nothing is corrected twice.
 *
 * An adjustment is named for its item and for the run that saw it last: two who correct the same item at once record
 * one, and so does one who was cut off and tries again.
 */
import { AppError } from '../domain/errors.js';
import { type Currency, parsePrice } from '../domain/money.js';
import type { AdjustmentDelivery } from '../domain/outcome.js';
import type { ItemDetails } from '../domain/reconciliation-item.js';
import { paymentStanding } from '../store/adjustments.js';
import type { Store } from '../store/dialect.js';
import type { ItemRow } from '../store/reconciliations.js';
import type { Commit } from './door.js';

export interface Correcting {
  readonly commit: Commit;
  readonly currency: Currency;
}

/** A reason of an adjustment is shorter than that of a decision. */
const MAX_ADJUSTMENT_REASON = 255;

/** Records what corrects them: all, or none. They are durable when this returns. */
export async function recordCorrections(
  store: Store,
  { commit, currency }: Correcting,
  items: readonly ItemRow[],
  reason: string,
  now: number,
): Promise<void> {
  const deliveries: AdjustmentDelivery[] = [];
  for (const item of items) {
    const correction = await correctionOf(store, item, currency);
    if (correction === undefined) continue;
    const adjustment = {
      ...correction,
      adjustment_id: `reconciliation-${item.id}-${item.last_run}`,
      adjusted_s: Math.floor(now / 1000),
      reason: [...reason].slice(0, MAX_ADJUSTMENT_REASON).join(''),
    };
    deliveries.push({ adjustment, source: 'api', received_ms: now });
  }
  if (deliveries.length === 0) return;
  const settled = await commit(
    deliveries.map((delivery) => ({ kind: 'adjustment', delivery })),
    0,
  );
  const impossible = settled.find(({ kind }) => kind === 'impossible');
  if (impossible?.kind === 'impossible')
    throw new AppError('unavailable', `The database refuses a correction: ${impossible.message}.`);
}

/** What is to be adjusted; undefined where the payment already is as the provider has it. */
async function correctionOf(store: Store, item: ItemRow, currency: Currency) {
  const { id, kind, payment_id } = item;
  if (payment_id === null || (kind !== 'differs' && kind !== 'missing_there')) throw unfit(id, kind);
  const standing = await paymentStanding(store.knex, payment_id, currency);
  if (standing === undefined)
    throw new AppError('conflict', `Payment ${payment_id} of item ${id} is not here. Nothing was decided.`);
  const net = standing.price_minor + standing.adjusted_minor;
  const there = kind === 'missing_there' ? 0 : priceThere(item, currency);
  if (there === undefined) throw unfit(id, kind);
  const amount_minor = there - net;
  if (amount_minor === 0) return undefined;
  const isVoid = kind === 'missing_there' && amount_minor < 0;
  return { payment_id, kind: isVoid ? ('void' as const) : ('correction' as const), amount_minor };
}

function priceThere({ details: text }: ItemRow, currency: Currency): number | undefined {
  const details: ItemDetails = JSON.parse(text);
  const there = details.fields.find(({ field }) => field === 'total_price')?.there;
  const price = parsePrice(there ?? undefined, 'major', currency);
  return price.ok ? price.minor : undefined;
}

function unfit(id: number, kind: string): AppError {
  const message = `Item ${id} (${kind}) cannot be corrected: a correction mends a price that differs, or a payment that is missing there. Nothing was decided.`;
  return new AppError('conflict', message);
}
