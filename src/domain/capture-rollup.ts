/**
 * Deliveries counted by the hour of their receipt, whatever became of them. The same fold serves live commits and
 * rebuilds, and its result is added to what stands, so that any order and any grouping gives the same counts.
 */
import type { AdjustmentDelivery, Batch, Outcome, PaymentOutcome, Source } from './outcome.js';

/** Deliveries of one source and outcome within one UTC hour of their receipt. */
export interface CaptureRollup {
  readonly hour_s: number;
  readonly source: Source;
  readonly outcome: Outcome;
  /** Why, for `invalid` and `conflict`; of an adjustment that was recorded or came again, that it is one; else empty. */
  readonly reason: string;
  deliveries: number;
}

/** Adds deliveries up by hour, source, outcome and reason; `take` gives the rows in the order of their key. */
export class CaptureFold {
  readonly #rows = new Map<string, CaptureRollup>();

  add(receivedMs: number, source: Source, outcome: Outcome, reason: string): void {
    const hour = Math.floor(receivedMs / 3_600_000) * 3600;
    const key = `${hour}\0${source}\0${outcome}\0${reason}`;
    const row = this.#rows.get(key);
    if (row === undefined) this.#rows.set(key, { hour_s: hour, source, outcome, reason, deliveries: 1 });
    else row.deliveries += 1;
  }

  take(): CaptureRollup[] {
    return [...this.#rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }
}

/** In the place of a reason. It keeps them apart from payments, whose captures the counts must equal. */
const OF_ADJUSTMENT = 'adjustment';

/** What a judged batch adds: every delivery by its outcome. */
export function foldBatch(
  batch: Batch,
  outcomes: readonly PaymentOutcome[],
  ofAdjustments: readonly PaymentOutcome[] = [],
): CaptureRollup[] {
  const fold = new CaptureFold();
  const add = (
    { received_ms, source }: Pick<AdjustmentDelivery, 'received_ms' | 'source'>,
    outcome: PaymentOutcome | undefined,
    reason: string,
  ): void => {
    // A conflict counts when it is quarantined or refused, which knows why.
    if (outcome !== undefined && outcome !== 'conflict') fold.add(received_ms, source, outcome, reason);
  };
  batch.deliveries.forEach(({ capture }, index) => {
    add(capture, outcomes[index], '');
  });
  batch.adjustments?.forEach((delivery, index) => {
    add(delivery, ofAdjustments[index], OF_ADJUSTMENT);
  });
  for (const item of batch.quarantined) {
    const outcome = item.reason === 'conflict' ? 'conflict' : 'invalid';
    fold.add(item.received_ms, item.source, outcome, reasonOf(item.reason, item.problems[0]));
  }
  for (const item of batch.refused) fold.add(item.received_ms, item.source, item.outcome, item.reason);
  return fold.take();
}

/** A short, bounded name for why: the first problem as `field.code`. */
export function reasonOf(reason: string, problem: { field: string; code: string } | undefined): string {
  return problem === undefined ? reason : `${problem.field}.${problem.code}`;
}
