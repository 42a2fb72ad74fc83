/** Recording adjustments: a claim goes in, and comes back with what became of it and how its payment now stands. */
import type { AdjustmentFields } from '../bytemark/adjustment-payload.js';
import {
  type AdjustmentClaim,
  type AdjustmentRules,
  adjustmentConflict,
  checkAdjustment,
} from '../domain/adjustment.js';
import { type AdjustmentRecord, toAdjustmentRecord } from '../domain/adjustment-record.js';
import type { Problem } from '../domain/errors.js';
import type { AdjustmentDelivery, Source } from '../domain/outcome.js';
import type { PaymentStanding } from '../store/adjustments.js';
import type { Batcher } from './batcher.js';
import type { Settlement } from './door.js';

/** An adjustment that is kept, recorded now or before. */
export interface KeptAdjustment {
  readonly outcome: 'recorded' | 'duplicate';
  readonly adjustment: AdjustmentRecord;
  /** Whether its payment is here; until then it waits and counts in no figure. */
  readonly counted: boolean;
  /** Whether more was taken back of its payment than that had cost. It is kept and counts all the same. */
  readonly over_adjusted: boolean;
}

export interface RefusedDeliveryAnswer {
  readonly outcome: 'conflict' | 'invalid';
  readonly problems: readonly Problem[];
  readonly quarantine_id?: number;
}

export type AdjustmentAnswer = KeptAdjustment | RefusedDeliveryAnswer;

/** Whether more was taken back than was paid. */
export function isOverAdjusted({
  price_minor,
  adjusted_minor,
}: Pick<PaymentStanding, 'price_minor' | 'adjusted_minor'>): boolean {
  return price_minor + adjusted_minor < 0;
}

export interface AdjustmentOptions {
  readonly rules: AdjustmentRules;
  /** What a feed calls the fields. */
  readonly fields: AdjustmentFields;
  /** The payment as it stands; undefined where it is not here. */
  readonly standingOf: (paymentId: number) => Promise<PaymentStanding | undefined>;
}

const ADJUSTMENT_BYTES = 300;

/** @param now milliseconds since 1970: the time of receipt */
export async function recordAdjustment(
  claim: AdjustmentClaim,
  source: Source,
  now: number,
  batcher: Pick<Batcher, 'submit'>,
  { rules, standingOf }: AdjustmentOptions,
): Promise<AdjustmentAnswer> {
  const checked = checkAdjustment(claim, rules, now);
  if (!checked.ok) return { outcome: 'invalid', problems: checked.problems };
  const delivery: AdjustmentDelivery = { adjustment: checked.adjustment, source, received_ms: now };
  const settlement = await batcher.submit({ kind: 'adjustment', delivery }, ADJUSTMENT_BYTES);
  if (settlement.kind !== 'adjustment') return refusedByDatabase(settlement);
  const { outcome, standing } = settlement;
  if (outcome === 'conflict') {
    const problems = adjustmentConflict(standing.adjustment, delivery.adjustment, rules.currency);
    return { outcome, problems };
  }
  const payment = await standingOf(standing.adjustment.payment_id);
  return {
    outcome,
    adjustment: toAdjustmentRecord(standing, rules.currency),
    counted: payment !== undefined,
    over_adjusted: payment !== undefined && isOverAdjusted(payment),
  };
}

/** What the database refuses, though it was found valid. */
export function refusedByDatabase(
  settlement: Settlement | undefined,
): RefusedDeliveryAnswer & { readonly outcome: 'invalid' } {
  const cause = settlement?.kind === 'impossible' ? settlement.message : 'it was not settled';
  const message = `body cannot be stored by this database: ${cause}`;
  return { outcome: 'invalid', problems: [{ field: 'body', code: 'refused_by_database', message }] };
}
