/** Deliveries for tests: a valid default, altered by what a test is about. */
import type { Adjustment } from '../../src/domain/adjustment.js';
import type {
  AdjustmentDelivery,
  Batch,
  Capture,
  Delivery,
  QuarantinedDelivery,
} from '../../src/domain/outcome.js';
import type { Payment } from '../../src/domain/payment.js';
import type { BatchResult, Store } from '../../src/store/dialect.js';

/** 2025-04-07T03:11:31Z. */
export const SAMPLE_S = 1_743_995_491;

export function delivery(changes: Partial<Payment & Capture> = {}): Delivery {
  const all = {
    payment_id: 1,
    user_id: 'rider-1',
    order_id: 11,
    payment_type: 'credit_card',
    price_minor: 250,
    logged_s: SAMPLE_S,
    source: 'webhook',
    raw_method: 'credit_card',
    reference: null,
    received_ms: SAMPLE_S * 1000 + 1_500,
    ...changes,
  } as const;
  const { payment_id, user_id, order_id, payment_type, price_minor, logged_s } = all;
  const { source, raw_method, reference, received_ms } = all;
  return {
    payment: { payment_id, user_id, order_id, payment_type, price_minor, logged_s },
    capture: { source, raw_method, reference, received_ms },
  };
}

/** A refund of the default payment, a day later. */
export function adjusting(
  changes: Partial<Adjustment & Omit<AdjustmentDelivery, 'adjustment'>> = {},
): AdjustmentDelivery {
  const all = {
    adjustment_id: 'refund-1',
    payment_id: 1,
    kind: 'refund',
    amount_minor: -100,
    adjusted_s: SAMPLE_S + 86_400,
    reason: 'the bus did not come',
    source: 'webhook',
    received_ms: (SAMPLE_S + 86_400) * 1000 + 1_500,
    ...changes,
  } as const;
  const { source, received_ms, ...adjustment } = all;
  return { adjustment, source, received_ms };
}

export function quarantined(changes: Partial<QuarantinedDelivery> = {}): QuarantinedDelivery {
  return {
    digest: 'd'.repeat(64),
    source: 'webhook',
    reason: 'invalid',
    problems: [{ field: 'total_price', code: 'negative', message: 'total_price must be over 0' }],
    sealed: new Uint8Array([0, 1, 2, 253, 254, 255]),
    received_ms: SAMPLE_S * 1000,
    expires_ms: SAMPLE_S * 1000 + 86_400_000,
    ...changes,
  };
}

export function batchOf(
  deliveries: readonly Delivery[],
  rest: Partial<Omit<Batch, 'deliveries'>> = {},
): Batch {
  const { quarantined: items = [], refused = [], ...others } = rest;
  return { deliveries, quarantined: items, refused, ...others };
}

export function commit(store: Store, ...deliveries: readonly Delivery[]): Promise<BatchResult> {
  return store.commit(batchOf(deliveries), 0);
}

const MAX_TRIES = 100;

/** Commits as the batcher does: again where the store says that it can help. */
export async function commitUntilTaken(store: Store, batch: Batch, writer: number): Promise<BatchResult> {
  for (let tries = 1; ; tries++) {
    try {
      return await store.commit(batch, writer);
    } catch (error) {
      if (store.classify(error) !== 'retry' || tries === MAX_TRIES) throw error;
    }
  }
}
