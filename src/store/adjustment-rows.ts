/** A row of the adjustments as a database gives it. */
import type { Adjustment } from '../domain/adjustment.js';
import type { AdjustmentDelivery, Source } from '../domain/outcome.js';

export interface AdjustmentRow extends Adjustment {
  readonly source: Source;
  readonly received_ms: number;
}

/** Drivers give large integers as numbers or as text. */
export function fromAdjustmentRow(row: AdjustmentRow): AdjustmentDelivery {
  return {
    adjustment: {
      adjustment_id: row.adjustment_id,
      payment_id: Number(row.payment_id),
      kind: row.kind,
      amount_minor: Number(row.amount_minor),
      adjusted_s: Number(row.adjusted_s),
      reason: row.reason,
    },
    source: row.source,
    received_ms: Number(row.received_ms),
  };
}
