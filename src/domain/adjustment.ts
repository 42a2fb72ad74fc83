/** Adjustments: what was given back or put right after a payment. The payment's own row stays as it is. */

/** `refund`: money given back; `void`: the payment did not come about; `correction`: its price was wrong. */
export const ADJUSTMENT_KINDS = ['refund', 'void', 'correction'] as const;
export type AdjustmentKind = (typeof ADJUSTMENT_KINDS)[number];

export interface Adjustment {
  /** The provider's name of it, or one made here; never two adjustments of one name. 1…64 characters. */
  readonly adjustment_id: string;
  readonly payment_id: number;
  readonly kind: AdjustmentKind;
  /** What it changes of the revenue, in minor units: below zero where money goes back. Never zero. */
  readonly amount_minor: number;
  /** When it came about, whole seconds since 1970. It counts at this time, not at that of its payment. */
  readonly adjusted_s: number;
  readonly reason: string | null;
}
