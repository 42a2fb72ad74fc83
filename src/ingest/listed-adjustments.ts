/** Adjustments of a list, the provider's or a file's: checked, and recorded by the same door, each once. */
import {
  type AdjustmentCheck,
  type AdjustmentClaim,
  type AdjustmentKindTable,
  adjustmentConflict,
  adjustmentKinds,
  checkAdjustment,
} from '../domain/adjustment.js';
import type { Problem } from '../domain/errors.js';
import type { Source } from '../domain/outcome.js';
import type { PaymentRules } from '../domain/payment.js';
import type { Commit, Entry, Settlement } from './door.js';
import { refusedByDatabase } from './record-adjustment.js';

export interface ListedAdjustmentsEffects {
  readonly commit: Commit;
  /** By which the list is read. */
  readonly rules: PaymentRules;
  readonly adjustmentKinds?: AdjustmentKindTable | undefined;
  readonly clock: () => number;
  readonly source: Source;
}

export interface RefusedAdjustment {
  readonly claim: AdjustmentClaim;
  readonly outcome: 'invalid' | 'conflict';
  readonly problems: readonly Problem[];
}

/** Entries of a transaction. */
const BATCH_ENTRIES = 1_000;
const KNOWN_KINDS = adjustmentKinds();

export class ListedAdjustments {
  listed = 0;
  recorded = 0;
  duplicates = 0;
  readonly #effects: ListedAdjustmentsEffects;

  constructor(effects: ListedAdjustmentsEffects) {
    this.#effects = effects;
  }

  /** The sum of those that a record tells of its payment, each once; undefined where it tells of none, or one is invalid. */
  sumOf(claims: readonly AdjustmentClaim[], paymentId: number): number | undefined {
    const sums = new Map<string, number>();
    for (const claim of claims) {
      const checked = this.#check(claim, this.#effects.clock());
      if (!checked.ok) return undefined;
      const { adjustment_id, payment_id, amount_minor } = checked.adjustment;
      if (payment_id === paymentId) sums.set(adjustment_id, amount_minor);
    }
    return sums.size === 0 ? undefined : [...sums.values()].reduce((sum, one) => sum + one, 0);
  }

  #check(claim: AdjustmentClaim, now: number): AdjustmentCheck {
    const { rules, adjustmentKinds: kinds = KNOWN_KINDS } = this.#effects;
    return checkAdjustment(claim, { ...rules, adjustmentKinds: kinds }, now);
  }

  /** Records them; they are durable when this returns. Returns those that could not be recorded. */
  async take(claims: readonly AdjustmentClaim[]): Promise<RefusedAdjustment[]> {
    const { clock, commit, source } = this.#effects;
    const refused: RefusedAdjustment[] = [];
    this.listed += claims.length;
    for (let at = 0; at < claims.length; at += BATCH_ENTRIES) {
      const now = clock();
      const valid: AdjustmentClaim[] = [];
      const entries: Entry[] = [];
      for (const claim of claims.slice(at, at + BATCH_ENTRIES)) {
        const checked = this.#check(claim, now);
        if (!checked.ok) refused.push({ claim, outcome: 'invalid', problems: checked.problems });
        else {
          const { adjustment } = checked;
          entries.push({ kind: 'adjustment', delivery: { adjustment, source, received_ms: now } });
          valid.push(claim);
        }
      }
      if (entries.length === 0) continue;
      const settlements = await commit(entries, 0);
      valid.forEach((claim, index) => {
        const why = this.#settle(settlements[index]);
        if (why !== undefined) refused.push({ claim, ...why });
      });
    }
    return refused;
  }

  #settle(settlement: Settlement | undefined): Omit<RefusedAdjustment, 'claim'> | undefined {
    if (settlement?.kind !== 'adjustment') return refusedByDatabase(settlement);
    const { outcome, standing, delivery } = settlement;
    if (outcome === 'recorded') this.recorded++;
    else if (outcome === 'duplicate') this.duplicates++;
    else {
      const { currency } = this.#effects.rules;
      return { outcome, problems: adjustmentConflict(standing.adjustment, delivery.adjustment, currency) };
    }
    return undefined;
  }
}
