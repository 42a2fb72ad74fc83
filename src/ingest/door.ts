/**
 * The one door: nothing else writes payments, captures, journal or quarantine (posting and rebuilding apart, which make
 * the ledger). A batch goes in as one transaction and comes out as one settlement per entry.
 *
 * Deadlocks, lock waits and lost connections are tried again as whole transactions, a bounded number of times. A
 * COMMIT whose answer was lost is one of them: tried again, the key finds the rows that were committed, and they are
 * acknowledged because they were read, never because they were sent. Data that the database refuses is narrowed
 * down by halves, so that one bad row cannot hold up its neighbours.
 */
import { AppError, messageOf } from '../domain/errors.js';
import type { Currency } from '../domain/money.js';
import type {
  Batch,
  Delivery,
  PaymentOutcome,
  QuarantinedDelivery,
  RefusedDelivery,
} from '../domain/outcome.js';
import { type PaymentRow, toRow } from '../domain/payment.js';
import type { BatchResult, Store } from '../store/dialect.js';
import { realTiming, type Timing } from './timing.js';

export type Entry =
  | { readonly kind: 'payment'; readonly delivery: Delivery }
  | { readonly kind: 'quarantine'; readonly item: QuarantinedDelivery }
  | { readonly kind: 'refused'; readonly item: RefusedDelivery };

/** What became of an entry; it is durable when this is told. */
export type Settlement =
  | {
      readonly kind: 'payment';
      readonly outcome: PaymentOutcome;
      /** The row that stands in the table. */
      readonly row: PaymentRow;
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
  readonly onRetry?: (error: unknown) => void;
  /** Told after each transaction: how many payments it recorded. */
  readonly onCommitted?: (recorded: number) => void;
  readonly timing?: Timing;
}

export type Commit = (entries: readonly Entry[], writer: number) => Promise<readonly Settlement[]>;

/** The first wait before a further try; each later one is longer, and all have jitter. */
const FIRST_BACKOFF_MS = 5;
const MAX_BACKOFF_MS = 500;

/** Opens the door on a store: the function that commits a batch of entries, in order. */
export function openDoor(options: DoorOptions): Commit {
  const { store, timing = realTiming } = options;
  const commit: Commit = async (entries, writer) => {
    const batch = batchOf(entries);
    for (let tries = 1; ; tries++) {
      try {
        const result = await store.commit(batch, writer);
        options.onCommitted?.(result.outcomes.filter((outcome) => outcome === 'recorded').length);
        return settle(entries, result, options.currency);
      } catch (error) {
        const kind = store.classify(error);
        if (kind === 'refused') return narrowDown(entries, writer, error);
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

function batchOf(entries: readonly Entry[]): Batch {
  const deliveries: Delivery[] = [];
  const quarantined: QuarantinedDelivery[] = [];
  const refused: RefusedDelivery[] = [];
  for (const entry of entries) {
    if (entry.kind === 'payment') deliveries.push(entry.delivery);
    else if (entry.kind === 'quarantine') quarantined.push(entry.item);
    else refused.push(entry.item);
  }
  return { deliveries, quarantined, refused };
}

function settle(entries: readonly Entry[], result: BatchResult, currency: Currency): Settlement[] {
  const standing = standingRows(entries, result, currency);
  let payment = 0;
  let quarantined = 0;
  return entries.map((entry) => {
    if (entry.kind === 'refused') return { kind: 'refused' };
    if (entry.kind === 'quarantine')
      return { kind: 'quarantine', id: result.quarantineIds[quarantined++] ?? 0 };
    const { delivery } = entry;
    return {
      kind: 'payment',
      outcome: result.outcomes[payment++] ?? 'recorded',
      // Made when it is asked for: an import never does.
      get row() {
        return standing(delivery);
      },
    };
  });
}

/** The row that stands for a delivery's payment: one from before the batch, or that of its first delivery in it. */
function standingRows(
  entries: readonly Entry[],
  result: BatchResult,
  currency: Currency,
): (delivery: Delivery) => PaymentRow {
  const before = new Map(result.existing.map((row) => [row.payment_id, row]));
  let firsts: Map<number, Delivery> | undefined;
  return (delivery) => {
    const id = delivery.payment.payment_id;
    const existing = before.get(id);
    if (existing !== undefined) return existing;
    firsts ??= new Map(
      batchOf(entries)
        .deliveries.toReversed()
        .map((one) => [one.payment.payment_id, one]),
    );
    const { payment, capture } = firsts.get(id) ?? delivery;
    return toRow(payment, Math.floor(capture.received_ms / 1000), currency);
  };
}
