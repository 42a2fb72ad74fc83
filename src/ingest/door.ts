/**
 * The one door: nothing else writes payments, captures, journal, adjustments or quarantine (posting and rebuilding apart, which make
 * the ledger). A batch goes in as one transaction and comes out as one settlement per entry.
 *
 * Deadlocks, lock waits and lost connections are tried again as whole transactions, a bounded number of times. A
 * COMMIT whose answer was lost is one of them: tried again, the key finds the rows that were committed, and they are
 * acknowledged because they were read, never because they were sent. Data that the database refuses is narrowed
 * down by halves, so that one bad row cannot hold up its neighbours.
 *
 * Erased riders lose their identity here, by the tombstones as they are known; the transaction itself refuses a batch
 * that knows of fewer erasures than there are, and it is then prepared again.
 */
import { ERASED } from '../domain/erasure.js';
import { AppError, messageOf } from '../domain/errors.js';
import type { Currency } from '../domain/money.js';
import type {
  AdjustmentDelivery,
  Batch,
  Delivery,
  PaymentOutcome,
  QuarantinedDelivery,
  RefusedDelivery,
} from '../domain/outcome.js';
import { type PaymentRow, toRow } from '../domain/payment.js';
import { type BatchResult, isStale, type Store } from '../store/dialect.js';
import { type Erased, NOBODY_ERASED } from './erased.js';
import { realTiming, type Timing } from './timing.js';

export type Entry =
  | { readonly kind: 'payment'; readonly delivery: Delivery }
  | { readonly kind: 'adjustment'; readonly delivery: AdjustmentDelivery }
  | {
      readonly kind: 'quarantine';
      readonly item: QuarantinedDelivery;
      /** The stored id of the rider whom the bytes name, and what is sealed instead should that one be erased. */
      readonly rider?: string | undefined;
      readonly withoutRider?: () => Uint8Array;
    }
  | { readonly kind: 'refused'; readonly item: RefusedDelivery };

/** What became of an entry; it is durable when this is told. */
export type Settlement =
  | {
      readonly kind: 'payment';
      readonly outcome: PaymentOutcome;
      /** What was compared or recorded: without its rider where that one is erased. */
      readonly delivery: Delivery;
      /** The row that stands in the table. */
      readonly row: PaymentRow;
    }
  | {
      readonly kind: 'adjustment';
      readonly outcome: PaymentOutcome;
      readonly delivery: AdjustmentDelivery;
      /** The adjustment that stands in the table. */
      readonly standing: AdjustmentDelivery;
    }
  | { readonly kind: 'quarantine'; readonly id: number }
  | { readonly kind: 'refused' }
  /** The database refuses this very entry; nothing of it is stored. */
  | { readonly kind: 'impossible'; readonly message: string };

export interface DoorOptions {
  readonly store: Store;
  readonly currency: Currency;
  /** Tries of one transaction before it is given up as unavailable. */
  readonly maxTries: number;
  /** Who is erased; without it a database from which riders were erased takes nothing. */
  readonly erased?: Erased;
  readonly onRetry?: (error: unknown) => void;
  /** Told after each transaction: how many payments it recorded, and how many adjustments. */
  readonly onCommitted?: (recorded: number, adjustments: number) => void;
  readonly timing?: Timing;
}

export type Commit = (entries: readonly Entry[], writer: number) => Promise<readonly Settlement[]>;

/** The first wait before a further try; each later one is longer, and all have jitter. */
const FIRST_BACKOFF_MS = 5;
const MAX_BACKOFF_MS = 500;
/** Erasures that may come between a batch and its commit, which are no failures. */
const MAX_STALE = 100;

/** Opens the door on a store: the function that commits a batch of entries, in order. */
export function openDoor(options: DoorOptions): Commit {
  const { store, erased = NOBODY_ERASED, timing = realTiming } = options;
  const commit: Commit = async (given, writer) => {
    for (let tries = 1, stale = 0; ; tries++) {
      const entries = withoutErased(given, erased);
      const batch: Batch = { ...batchOf(entries), erasures: erased.version };
      try {
        const result = await store.commit(batch, writer);
        options.onCommitted?.(recordedIn(result.outcomes), recordedIn(result.adjustmentOutcomes ?? []));
        return settle(entries, batch, result, options.currency);
      } catch (error) {
        if (isStale(error) && stale++ < MAX_STALE) {
          tries--;
          await erased.refresh();
          continue;
        }
        const kind = store.classify(error);
        if (kind === 'refused') return narrowDown(given, writer, error);
        if (kind === 'unavailable' || tries >= options.maxTries) throw unavailable(error);
        options.onRetry?.(error);
      }
      const backoff = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1));
      const wait = backoff * (0.5 + timing.random());
      await new Promise<void>((resolve) => timing.after(wait, resolve));
    }
  };
  const narrowDown = async (
    entries: readonly Entry[],
    writer: number,
    error: unknown,
  ): Promise<readonly Settlement[]> => {
    if (entries.length === 1) return [{ kind: 'impossible', message: messageOf(error) }];
    const middle = entries.length >> 1;
    const first = await commit(entries.slice(0, middle), writer);
    return [...first, ...(await commit(entries.slice(middle), writer))];
  };
  return commit;
}

function unavailable(error: unknown): AppError {
  return new AppError(
    'unavailable',
    'The database cannot take payments now; nothing of this was kept. Send it again.',
    {
      cause: error,
    },
  );
}

function recordedIn(outcomes: readonly PaymentOutcome[]): number {
  return outcomes.filter((outcome) => outcome === 'recorded').length;
}

function batchOf(entries: readonly Entry[]): Omit<Batch, 'erasures'> {
  const deliveries: Delivery[] = [];
  const adjustments: AdjustmentDelivery[] = [];
  const quarantined: QuarantinedDelivery[] = [];
  const refused: RefusedDelivery[] = [];
  for (const entry of entries) {
    if (entry.kind === 'payment') deliveries.push(entry.delivery);
    else if (entry.kind === 'adjustment') adjustments.push(entry.delivery);
    else if (entry.kind === 'quarantine') quarantined.push(entry.item);
    else refused.push(entry.item);
  }
  return { deliveries, ...(adjustments.length === 0 ? {} : { adjustments }), quarantined, refused };
}

function settle(
  entries: readonly Entry[],
  batch: Batch,
  result: BatchResult,
  currency: Currency,
): Settlement[] {
  const standing = standingRows(batch, result, currency);
  const standingAdjustment = standingAdjustments(batch, result);
  let payment = 0;
  let adjustment = 0;
  let quarantined = 0;
  return entries.map((entry) => {
    if (entry.kind === 'refused') return { kind: 'refused' };
    if (entry.kind === 'quarantine')
      return { kind: 'quarantine', id: result.quarantineIds[quarantined++] ?? 0 };
    if (entry.kind === 'adjustment') {
      const outcome = result.adjustmentOutcomes?.[adjustment++] ?? 'recorded';
      const { kind, delivery } = entry;
      return { kind, outcome, delivery, standing: standingAdjustment(delivery) };
    }
    return new SettledPayment(result.outcomes[payment++] ?? 'recorded', entry.delivery, standing);
  });
}

/** A class: objects with a getter of their own would be a function more for each row of an import. */
class SettledPayment {
  readonly kind = 'payment';

  constructor(
    readonly outcome: PaymentOutcome,
    readonly delivery: Delivery,
    private readonly standing: (delivery: Delivery) => PaymentRow,
  ) {}

  /** Made when it is asked for: an import never does. */
  get row(): PaymentRow {
    return this.standing(this.delivery);
  }
}

/** The row that stands for a delivery's payment: one from before the batch, or that of its first delivery in it. */
function standingRows(
  { deliveries }: Batch,
  result: BatchResult,
  currency: Currency,
): (delivery: Delivery) => PaymentRow {
  const before = new Map(result.existing.map((row) => [row.payment_id, row]));
  let firsts: Map<number, Delivery> | undefined;
  return (delivery) => {
    const id = delivery.payment.payment_id;
    const existing = before.get(id);
    if (existing !== undefined) return existing;
    firsts ??= new Map(deliveries.toReversed().map((one) => [one.payment.payment_id, one]));
    const { payment, capture } = firsts.get(id) ?? delivery;
    return toRow(payment, Math.floor(capture.received_ms / 1000), currency);
  };
}

/** The adjustment that stands for a delivery's name: one from before the batch, or the first in it. */
function standingAdjustments(
  { adjustments = [] }: Batch,
  { existingAdjustments = [] }: BatchResult,
): (delivery: AdjustmentDelivery) => AdjustmentDelivery {
  const inOrder = [...existingAdjustments, ...adjustments];
  const standing = new Map(inOrder.toReversed().map((one) => [one.adjustment.adjustment_id, one]));
  return (delivery) => standing.get(delivery.adjustment.adjustment_id) ?? delivery;
}

/** The entries with erased riders taken out: of payments the rider, of quarantined bytes what names one. */
function withoutErased(entries: readonly Entry[], erased: Erased): readonly Entry[] {
  if (erased.version === 0) return entries;
  return entries.map((entry) => {
    if (entry.kind === 'payment')
      return erased.isErased(entry.delivery.payment.user_id) ? anonymous(entry) : entry;
    if (entry.kind !== 'quarantine' || entry.rider === undefined || !erased.isErased(entry.rider))
      return entry;
    const sealed = entry.withoutRider?.() ?? new Uint8Array();
    return { kind: 'quarantine', item: { ...entry.item, sealed } };
  });
}

function anonymous({ delivery }: Extract<Entry, { kind: 'payment' }>): Entry {
  const { payment, capture } = delivery;
  return {
    kind: 'payment',
    delivery: {
      payment: { ...payment, user_id: ERASED },
      // At the provider an order's or an event's name leads to its rider.
      capture: { ...capture, reference: null },
    },
  };
}
