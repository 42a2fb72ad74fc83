/**
 * Correcting what reconciliation found: an adjustment is recorded by the door that brings the payment to what the
 * provider says. Where the price differs it is a correction by the difference that was shown; where the payment is
 * missing there it is a void of what is left of it.
 *
 * Nothing is corrected twice. A payment that is as the provider has it gets no adjustment, so whoever was cut off tries
 * again; one that is neither as it was shown nor as the provider has it is refused, since something else came between.
 * An adjustment is named for its payment and for how many that has: of two who correct one payment at once, by whatever
 * items, one is recorded, and the other looks again.
 */
import { CORRECTING_PREFIX } from '../domain/adjustment.js';
import { AppError } from '../domain/errors.js';
import { type Currency, formatMinor, parsePrice } from '../domain/money.js';
import type { AdjustmentDelivery } from '../domain/outcome.js';
import type { FieldDifference, ItemDetails } from '../domain/reconciliation-item.js';
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
const MAX_TRIES = 5;

export interface CorrectionRequest {
  readonly items: readonly ItemRow[];
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Called once, when nothing is refused and before anything is recorded. */
  readonly audit: () => Promise<void>;
}

/** Records what corrects them: all, or none. They are durable when this returns. */
export async function recordCorrections(
  store: Store,
  correcting: Correcting,
  { items, reason, now, audit }: CorrectionRequest,
): Promise<void> {
  const told = [...reason].slice(0, MAX_ADJUSTMENT_REASON).join('');
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const corrections = await correctionsOf(store, items, correcting.currency);
    const deliveries = corrections.map((correction): AdjustmentDelivery => {
      const adjustment = { ...correction, adjusted_s: Math.floor(now / 1000), reason: told };
      return { adjustment, source: 'api', received_ms: now };
    });
    if (tries === 0) await audit();
    if (await commitAll(deliveries, correcting.commit)) return;
  }
  const message = 'Payments that are corrected here are adjusted by others at the same time. Try again.';
  throw new AppError('unavailable', message);
}

/** Whether all of them stand as they were delivered. */
async function commitAll(deliveries: readonly AdjustmentDelivery[], commit: Commit): Promise<boolean> {
  if (deliveries.length === 0) return true;
  const settled = await commit(
    deliveries.map((delivery) => ({ kind: 'adjustment', delivery })),
    0,
  );
  const impossible = settled.find(({ kind }) => kind === 'impossible');
  if (impossible?.kind === 'impossible')
    throw new AppError('unavailable', `The database refuses a correction: ${impossible.message}.`);
  return settled.every((one) => one.kind === 'adjustment' && one.outcome !== 'conflict');
}

/** What is to be adjusted; of a payment of several items once, where they say the same of it. */
async function correctionsOf(store: Store, items: readonly ItemRow[], currency: Currency) {
  const targets = new Map<number, number>();
  const corrections = [];
  for (const item of items) {
    const { id, kind, payment_id } = item;
    const price = priceIn(item);
    if (payment_id === null || price === undefined) throw unfit(id, kind);
    const there = minorOf(price.there, currency);
    const target = targets.get(payment_id);
    if (target === there) continue;
    if (target !== undefined) throw torn(payment_id);
    targets.set(payment_id, there);
    const standing = await paymentStanding(store.knex, payment_id, currency);
    if (standing === undefined)
      throw new AppError('conflict', `Payment ${payment_id} of item ${id} is not here. Nothing was decided.`);
    const net = standing.price_minor + standing.adjusted_minor;
    const amount_minor = there - net;
    if (amount_minor === 0) continue;
    if (price.here !== null && minorOf(price.here, currency) !== net)
      throw changed(id, payment_id, price.here, formatMinor(net, currency));
    const adjustment_id = `${CORRECTING_PREFIX}${payment_id}-${standing.adjustments}`;
    const isVoid = kind === 'missing_there' && amount_minor < 0;
    const of = isVoid ? ('void' as const) : ('correction' as const);
    corrections.push({ adjustment_id, payment_id, kind: of, amount_minor });
  }
  return corrections;
}

/** Both prices as they were shown; of what is missing there whatever is left here, against nothing. */
function priceIn({ kind, details: text }: ItemRow): Pick<FieldDifference, 'here' | 'there'> | undefined {
  if (kind === 'missing_there') return { here: null, there: '0' };
  if (kind !== 'differs') return undefined;
  const { fields }: ItemDetails = JSON.parse(text);
  const found = fields.find(({ field }) => field === 'total_price' || field === 'net_price');
  return found?.there == null || found.here === null ? undefined : found;
}

function minorOf(text: string | null, currency: Currency): number {
  const price = parsePrice(text, 'major', currency);
  if (!price.ok) throw new Error(`an item was kept with the price ${text}`);
  return price.minor;
}

function torn(paymentId: number): AppError {
  const message = `These items say different prices of payment ${paymentId}: correct by one, and decide the other by itself. Nothing was decided.`;
  return new AppError('conflict', message);
}

function changed(id: number, paymentId: number, shown: string, net: string): AppError {
  const message = `Payment ${paymentId} of item ${id} was ${shown} with its adjustments when it was compared, and is ${net} now. Reconcile again, and look at it once more. Nothing was decided.`;
  return new AppError('conflict', message);
}

function unfit(id: number, kind: string): AppError {
  const message = `Item ${id} (${kind}) cannot be corrected: a correction mends a price that differs, or a payment that is missing there. Nothing was decided.`;
  return new AppError('conflict', message);
}
