/** Adjustments as they are answered. */
import type { AdjustmentKind } from './adjustment.js';
import { type Currency, minorToNumber } from './money.js';
import type { AdjustmentDelivery, Source } from './outcome.js';
import { toIso } from './time.js';

/** An adjustment as it is answered: money as a number of currency units, times as ISO 8601 in UTC. */
export interface AdjustmentRecord {
  readonly adjustment_id: string;
  readonly payment_id: number;
  readonly kind: AdjustmentKind;
  readonly amount: number;
  readonly adjusted_on: string;
  readonly reason: string | null;
  readonly source: Source;
  readonly created_on: string;
}

/** One in a list: whether its payment is here. */
export interface ListedAdjustment extends AdjustmentRecord {
  readonly counted: boolean;
}

export function toAdjustmentRecord(delivery: AdjustmentDelivery, currency: Currency): AdjustmentRecord {
  const { adjustment, source, received_ms } = delivery;
  return {
    adjustment_id: adjustment.adjustment_id,
    payment_id: adjustment.payment_id,
    kind: adjustment.kind,
    amount: minorToNumber(adjustment.amount_minor, currency),
    adjusted_on: toIso(adjustment.adjusted_s),
    reason: adjustment.reason,
    source,
    created_on: toIso(Math.floor(received_ms / 1000)),
  };
}
