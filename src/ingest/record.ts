/** Recording: a webhook's bytes or a caller's claims go in, of payments and of adjustments, and come back with what became of them. */
import { adjustmentFromRecord, adjustmentFromWebhook } from '../bytemark/adjustment-payload.js';
import { claimFromRecord, claimFromWebhook, parseJson } from '../bytemark/payload.js';
import { reasonOf } from '../domain/capture-rollup.js';
import { ERASED } from '../domain/erasure.js';
import type { Problem } from '../domain/errors.js';
import type { Currency } from '../domain/money.js';
import type { Delivery, QuarantineReason, Source } from '../domain/outcome.js';
import {
  conflictProblems,
  fromRow,
  type PaymentClaim,
  type PaymentRecord,
  type PaymentRules,
  toRecord,
} from '../domain/payment.js';
import type { Batcher } from './batcher.js';
import type { Settlement } from './door.js';
import { type NameRider, prepare } from './intake.js';
import { quarantineEntry } from './quarantine-entry.js';
import {
  type AdjustmentAnswer,
  type AdjustmentOptions,
  type KeptAdjustment,
  type RefusedDeliveryAnswer,
  recordAdjustment,
  refusedByDatabase,
} from './record-adjustment.js';
import type { SealKey } from './seal.js';

/** What became of a payment. A conflict or an invalid one has its problems and, where it was kept, its place. */
export type PaymentAnswer =
  | { readonly outcome: 'recorded' | 'duplicate'; readonly payment: PaymentRecord }
  | RefusedDeliveryAnswer;

/** What became of one delivery, which may tell of a payment or of an adjustment. */
export type RecordAnswer = PaymentAnswer | KeptAdjustment;

/** Whether something is stored of it, now or before. */
export function isKept(answer: RecordAnswer): answer is Exclude<RecordAnswer, RefusedDeliveryAnswer> {
  return !('problems' in answer);
}

export interface RecorderOptions {
  readonly batcher: Pick<Batcher, 'submit'>;
  readonly rules: PaymentRules;
  readonly adjustments: AdjustmentOptions;
  readonly currency: Currency;
  readonly nameRider: NameRider;
  readonly sealKey: SealKey;
  readonly quarantineDays: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** About what a payment adds to a transaction beside its texts. */
const PAYMENT_BYTES = 200;
export const NOT_AN_OBJECT: Problem = {
  field: 'body',
  code: 'not_an_object',
  message: 'body must be a JSON object',
};

export class Recorder {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Records a delivery whose signature was verified. What cannot become a payment is quarantined, never lost. */
  async recordWebhook(body: Buffer): Promise<RecordAnswer> {
    const parsed = parseJson(body);
    if (!parsed.ok) return this.#quarantine(body, 'unreadable', [parsed.problem]);
    const answer = await this.#recordPayload(parsed.value, 'webhook', this.#options.nameRider);
    if (answer === undefined) return this.#quarantine(body, 'unreadable', [NOT_AN_OBJECT]);
    return isKept(answer) ? answer : this.#quarantine(body, answer.outcome, answer.problems);
  }

  /** Records what a notification tells of; undefined where it is no object. */
  async #recordPayload(
    payload: unknown,
    source: Source,
    nameRider: NameRider,
  ): Promise<RecordAnswer | undefined> {
    const { batcher, clock, adjustments } = this.#options;
    const adjusting = adjustmentFromWebhook(payload, adjustments.rules.adjustmentKinds, adjustments.fields);
    if (adjusting !== undefined) return recordAdjustment(adjusting, source, clock(), batcher, adjustments);
    const claim = claimFromWebhook(payload);
    return claim === undefined ? undefined : this.#recordClaim(claim, source, nameRider);
  }

  /** Records one adjustment that a caller gives directly, in the record's field names. Nothing is quarantined. */
  async recordAdjustment(value: unknown, source: Source): Promise<AdjustmentAnswer> {
    const { batcher, clock, adjustments } = this.#options;
    const claim = adjustmentFromRecord(value);
    const answer: AdjustmentAnswer =
      claim === undefined
        ? { outcome: 'invalid', problems: [NOT_AN_OBJECT] }
        : await recordAdjustment(claim, source, clock(), batcher, adjustments);
    if ('problems' in answer) await this.#refused(answer, source);
    return answer;
  }

  /** Counts what was answered with its problems and not kept. */
  async #refused({ outcome, problems }: RefusedDeliveryAnswer, source: Source): Promise<void> {
    const reason = reasonOf(outcome, problems[0]);
    const item = { source, outcome, reason, received_ms: this.#options.clock() };
    await this.#options.batcher.submit({ kind: 'refused', item }, PAYMENT_BYTES);
  }

  /**
   * Records one payment that a caller gives directly, in the table's field names. The caller gets its problems back;
   * nothing is quarantined.
   * @param nameRider the rider's stored name; by default this Farelog's own way
   */
  async recordRecord(
    value: unknown,
    source: Source,
    nameRider: NameRider = this.#options.nameRider,
  ): Promise<PaymentAnswer> {
    const claim = claimFromRecord(value);
    const answer: PaymentAnswer =
      claim === undefined
        ? { outcome: 'invalid', problems: [NOT_AN_OBJECT] }
        : await this.#recordClaim(claim, source, nameRider);
    if ('problems' in answer) await this.#refused(answer, source);
    return answer;
  }

  /** Records the bytes of a quarantined delivery again; on problems it stays where it is. */
  async replay(body: Buffer): Promise<RecordAnswer> {
    const parsed = parseJson(body);
    if (!parsed.ok) return { outcome: 'invalid', problems: [parsed.problem] };
    const { nameRider } = this.#options;
    const name: NameRider = (id) => (id === ERASED ? ERASED : nameRider(id));
    const answer = await this.#recordPayload(parsed.value, 'replay', name);
    return answer ?? { outcome: 'invalid', problems: [NOT_AN_OBJECT] };
  }

  async #recordClaim(claim: PaymentClaim, source: Source, nameRider: NameRider): Promise<PaymentAnswer> {
    const { rules, clock, batcher } = this.#options;
    const prepared = await prepare(claim, source, rules, nameRider, clock());
    if (!prepared.ok) return { outcome: 'invalid', problems: prepared.problems };
    const { delivery } = prepared;
    const settlement = await batcher.submit({ kind: 'payment', delivery }, bytesOf(delivery));
    return this.#answer(settlement);
  }

  #answer(settlement: Settlement): PaymentAnswer {
    return settlement.kind === 'payment' ? this.#judged(settlement) : refusedByDatabase(settlement);
  }

  #judged({ delivery, outcome, row }: Extract<Settlement, { kind: 'payment' }>): PaymentAnswer {
    if (outcome !== 'conflict') return { outcome, payment: toRecord(row) };
    const { currency } = this.#options;
    return { outcome, problems: conflictProblems(fromRow(row, currency), delivery.payment, currency) };
  }

  async #quarantine(
    body: Buffer,
    reason: QuarantineReason,
    problems: readonly Problem[],
  ): Promise<RefusedDeliveryAnswer> {
    const { sealKey, clock, quarantineDays, batcher, nameRider } = this.#options;
    const how = { source: 'webhook', sealKey, quarantineDays, nameRider, now: clock() } as const;
    const entry = await quarantineEntry(body, reason, problems, how);
    const settlement = await batcher.submit(entry, PAYMENT_BYTES + entry.item.sealed.length);
    const outcome = reason === 'conflict' ? 'conflict' : 'invalid';
    return settlement.kind === 'quarantine'
      ? { outcome, problems, quarantine_id: settlement.id }
      : { outcome, problems };
  }
}

function bytesOf({ payment, capture }: Delivery): number {
  const texts = payment.user_id.length + capture.raw_method.length + (capture.reference?.length ?? 0);
  return PAYMENT_BYTES + texts;
}
