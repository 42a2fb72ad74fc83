/** Recording: a webhook's bytes or a caller's claims go in, and come back with what became of them. */
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
import type { SealKey } from './seal.js';

/** What became of one delivery. A conflict or an invalid one has its problems and, where it was kept, its place. */
export type RecordAnswer =
  | { readonly outcome: 'recorded' | 'duplicate'; readonly payment: PaymentRecord }
  | {
      readonly outcome: 'conflict' | 'invalid';
      readonly problems: readonly Problem[];
      readonly quarantine_id?: number;
    };

export interface RecorderOptions {
  readonly batcher: Pick<Batcher, 'submit'>;
  readonly rules: PaymentRules;
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
    const claim = claimFromWebhook(parsed.value);
    if (claim === undefined) return this.#quarantine(body, 'unreadable', [NOT_AN_OBJECT]);
    const answer = await this.#recordClaim(claim, 'webhook', this.#options.nameRider);
    if ('payment' in answer) return answer;
    return this.#quarantine(body, answer.outcome, answer.problems);
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
  ): Promise<RecordAnswer> {
    const claim = claimFromRecord(value);
    const answer: RecordAnswer =
      claim === undefined
        ? { outcome: 'invalid', problems: [NOT_AN_OBJECT] }
        : await this.#recordClaim(claim, source, nameRider);
    if (!('payment' in answer)) {
      const reason = reasonOf(answer.outcome, answer.problems[0]);
      const item = { source, outcome: answer.outcome, reason, received_ms: this.#options.clock() };
      await this.#options.batcher.submit({ kind: 'refused', item }, PAYMENT_BYTES);
    }
    return answer;
  }

  /** Records the bytes of a quarantined delivery again; on problems it stays where it is. */
  async replay(body: Buffer): Promise<RecordAnswer> {
    const parsed = parseJson(body);
    if (!parsed.ok) return { outcome: 'invalid', problems: [parsed.problem] };
    const claim = claimFromWebhook(parsed.value);
    if (claim === undefined) return { outcome: 'invalid', problems: [NOT_AN_OBJECT] };
    const { nameRider } = this.#options;
    return this.#recordClaim(claim, 'replay', (id) => (id === ERASED ? ERASED : nameRider(id)));
  }

  async #recordClaim(claim: PaymentClaim, source: Source, nameRider: NameRider): Promise<RecordAnswer> {
    const { rules, clock, batcher } = this.#options;
    const prepared = await prepare(claim, source, rules, nameRider, clock());
    if (!prepared.ok) return { outcome: 'invalid', problems: prepared.problems };
    const { delivery } = prepared;
    const settlement = await batcher.submit({ kind: 'payment', delivery }, bytesOf(delivery));
    return this.#answer(settlement);
  }

  #answer(settlement: Settlement): RecordAnswer {
    if (settlement.kind === 'payment') return this.#judged(settlement);
    const cause = settlement.kind === 'impossible' ? settlement.message : 'the payment was not settled';
    const message = `body cannot be stored by this database: ${cause}`;
    return { outcome: 'invalid', problems: [{ field: 'body', code: 'refused_by_database', message }] };
  }

  #judged({ delivery, outcome, row }: Extract<Settlement, { kind: 'payment' }>): RecordAnswer {
    if (outcome !== 'conflict') return { outcome, payment: toRecord(row) };
    const { currency } = this.#options;
    return { outcome, problems: conflictProblems(fromRow(row, currency), delivery.payment, currency) };
  }

  async #quarantine(
    body: Buffer,
    reason: QuarantineReason,
    problems: readonly Problem[],
  ): Promise<RecordAnswer> {
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
