/** What becomes of a delivery, and how a batch of deliveries is judged against what the database holds. */
import { type Adjustment, differingAdjustmentFields } from './adjustment.js';
import type { Problem } from './errors.js';
import { differingFields, type Payment } from './payment.js';

/** How deliveries come in; a capture keeps it. */
export const SOURCES = ['webhook', 'api', 'import', 'sync', 'pull', 'replay'] as const;
export type Source = (typeof SOURCES)[number];

/** Sources that tell of a payment when it is made; the others bring what is past. */
export function isLive(source: Source): boolean {
  return source === 'webhook' || source === 'api';
}

export const OUTCOMES = ['recorded', 'duplicate', 'conflict', 'invalid'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type PaymentOutcome = Exclude<Outcome, 'invalid'>;

/** Where, when and under which words a payment was captured. */
export interface Capture {
  readonly source: Source;
  readonly raw_method: string;
  readonly reference: string | null;
  readonly received_ms: number;
}

/** A valid payment on its way into the database. */
export interface Delivery {
  readonly payment: Payment;
  readonly capture: Capture;
}

/** A valid adjustment on its way into the database. */
export interface AdjustmentDelivery {
  readonly adjustment: Adjustment;
  readonly source: Source;
  readonly received_ms: number;
}

export type QuarantineReason = 'invalid' | 'conflict' | 'unreadable';

/** A signed delivery that cannot become a payment, sealed for a person to look at. */
export interface QuarantinedDelivery {
  /** Keyed digest of the raw bytes: the same bytes again are the same quarantined delivery. */
  readonly digest: string;
  readonly source: Source;
  readonly reason: QuarantineReason;
  readonly problems: readonly Problem[];
  /** The raw bytes, encrypted. */
  readonly sealed: Uint8Array;
  readonly received_ms: number;
  readonly expires_ms: number;
}

/** A delivery answered with its problems and not kept; it counts in the error rates. */
export interface RefusedDelivery {
  readonly source: Source;
  readonly outcome: 'conflict' | 'invalid';
  readonly reason: string;
  readonly received_ms: number;
}

/** What one transaction commits. */
export interface Batch {
  readonly deliveries: readonly Delivery[];
  readonly adjustments?: readonly AdjustmentDelivery[];
  readonly quarantined: readonly QuarantinedDelivery[];
  readonly refused: readonly RefusedDelivery[];
  /** The number of erasures that are heeded in it; absent: none. With any other the store refuses the batch. */
  readonly erasures?: number;
}

/** The first delivery of each payment id, ascending by id, so that transactions lock rows in one order. */
export function firstOfEachPayment(deliveries: readonly Delivery[]): Delivery[] {
  const firsts = firstOfEach(deliveries, ({ payment }) => payment.payment_id);
  return firsts.sort((a, b) => a.payment.payment_id - b.payment.payment_id);
}

/** The same of adjustments, by their names. */
export function firstOfEachAdjustment(deliveries: readonly AdjustmentDelivery[]): AdjustmentDelivery[] {
  const firsts = firstOfEach(deliveries, ({ adjustment }) => adjustment.adjustment_id);
  return firsts.sort((a, b) => (a.adjustment.adjustment_id < b.adjustment.adjustment_id ? -1 : 1));
}

function firstOfEach<T, Id>(deliveries: readonly T[], idOf: (delivery: T) => Id): T[] {
  const firsts = new Map<Id, T>();
  for (const delivery of deliveries) {
    const id = idOf(delivery);
    if (!firsts.has(id)) firsts.set(id, delivery);
  }
  return [...firsts.values()];
}

/**
 * Each delivery's outcome, in order: the first delivery of a payment that the database did not hold is recorded;
 * every other is a duplicate or a conflict, compared with what stands.
 * @param existing payments the database held before this batch, by id; all others of the batch were inserted
 */
export function judge(
  deliveries: readonly Delivery[],
  existing: ReadonlyMap<number, Payment>,
): PaymentOutcome[] {
  const payments = deliveries.map(({ payment }) => payment);
  return judgeEach(payments, existing, ({ payment_id }) => payment_id, differingFields);
}

/** The same of adjustments, by their names. */
export function judgeAdjustments(
  deliveries: readonly AdjustmentDelivery[],
  existing: ReadonlyMap<string, Adjustment>,
): PaymentOutcome[] {
  const adjustments = deliveries.map(({ adjustment }) => adjustment);
  return judgeEach(adjustments, existing, ({ adjustment_id }) => adjustment_id, differingAdjustmentFields);
}

function judgeEach<T, Id>(
  items: readonly T[],
  existing: ReadonlyMap<Id, T>,
  idOf: (item: T) => Id,
  differences: (stored: T, received: T) => readonly string[],
): PaymentOutcome[] {
  const standing = new Map(existing);
  return items.map((item) => {
    const stands = standing.get(idOf(item));
    if (stands === undefined) {
      standing.set(idOf(item), item);
      return 'recorded';
    }
    return differences(stands, item).length === 0 ? 'duplicate' : 'conflict';
  });
}
