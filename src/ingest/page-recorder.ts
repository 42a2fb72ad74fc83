/**
 * A page of the rows that another system lists (the provider's API, the portal's table): checked, and recorded by the
 * door; what cannot be a payment goes to quarantine.
 */
import type { ProviderItem } from '../bytemark/envelope.js';
import { notificationOf } from '../bytemark/notification.js';
import { formatJson } from '../bytemark/payload.js';
import type { AdjustmentClaim, AdjustmentKindTable } from '../domain/adjustment.js';
import { ERASED } from '../domain/erasure.js';
import type { Problem } from '../domain/errors.js';
import { type Delivery, judge, type Source } from '../domain/outcome.js';
import { conflictProblems, fromRow, type PaymentRules } from '../domain/payment.js';
import type { Store } from '../store/dialect.js';
import { paymentsByIds } from '../store/payments.js';
import type { Commit, Entry, Settlement } from './door.js';
import { type NameRider, type Prepared, prepare } from './intake.js';
import { ListedAdjustments } from './listed-adjustments.js';
import { type QuarantineEntry, quarantineEntry } from './quarantine-entry.js';
import { NOT_AN_OBJECT } from './record.js';
import { refusedByDatabase } from './record-adjustment.js';
import type { RowTally } from './row-tally.js';
import type { SealKey } from './seal.js';
import type { UnitCheck } from './unit-check.js';

export interface PageEffects {
  readonly commit: Commit;
  readonly store: Store;
  readonly rules: PaymentRules;
  readonly nameRider: NameRider;
  readonly sealKey: SealKey;
  readonly quarantineDays: number;
  readonly adjustmentKinds?: AdjustmentKindTable | undefined;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export interface PageSource {
  readonly source: Source;
  /** Compares everything, and records nothing. */
  readonly dryRun: boolean;
  /** What to throw where none of the first rows is a payment: the text tells why, and the settings are to be named. */
  readonly hopeless: (why: string) => Error;
}

/** Entries of a transaction. */
const BATCH_ENTRIES = 1_000;
/** So many rows, none of which is a payment, mean that the settings are wrong rather than the rows. */
const HOPELESS_ROWS = 10;

interface Judged {
  readonly item: ProviderItem;
  readonly prepared: Prepared;
}

export class PageRecorder {
  readonly #effects: PageEffects;
  readonly #tally: RowTally;
  readonly #units: UnitCheck;
  readonly #from: PageSource;
  readonly #adjustments: ListedAdjustments;

  /** @param effects with the rules by which the rows are read */
  constructor(effects: PageEffects, tally: RowTally, units: UnitCheck, from: PageSource) {
    this.#effects = effects;
    this.#adjustments = new ListedAdjustments({ ...effects, source: from.source });
    this.#tally = tally;
    this.#units = units;
    this.#from = from;
  }

  /** Warns by the prices so far where the unit may be another. */
  checkUnits(): void {
    for (const warning of this.#units.warnings()) this.#tally.warn(warning);
  }

  /** Records the rows of a page; they are durable when this returns. @throws AppError, and what `hopeless` gives */
  async take(items: readonly ProviderItem[]): Promise<void> {
    const { counts } = this.#tally;
    const now = this.#effects.clock();
    const judged = await Promise.all(items.map((item) => this.#judge(item, now)));
    this.#refuseHopeless(judged);
    counts.fetched += items.length;
    for (let at = 0; at < judged.length; at += BATCH_ENTRIES) {
      const some = judged.slice(at, at + BATCH_ENTRIES);
      if (this.#from.dryRun) await this.#compare(some);
      else await this.#record(some, now);
    }
    const told = items.flatMap(({ adjustments = [] }) => adjustments);
    if (told.length > 0 && !this.#from.dryRun) await this.#adjust(told, now);
  }

  /** Adjustments after their payments; what cannot be one goes to quarantine. */
  async #adjust(claims: readonly AdjustmentClaim[], now: number): Promise<void> {
    const refused = await this.#adjustments.take(claims);
    this.#tally.counts.adjustments = this.#adjustments.recorded;
    const { sealKey, quarantineDays, nameRider } = this.#effects;
    const { source } = this.#from;
    const entries = refused.map(({ claim, outcome, problems }) => {
      this.#tally.refuse(outcome, claim.payment_id, problems);
      const body = Buffer.from(formatJson({ ...claim, timestamp: claim.adjusted_on }));
      return quarantineEntry(body, outcome, problems, { source, sealKey, quarantineDays, nameRider, now });
    });
    if (entries.length > 0) await this.#effects.commit(await Promise.all(entries), 0);
  }

  async #judge(item: ProviderItem, now: number): Promise<Judged> {
    if (item.claim === undefined) return { item, prepared: { ok: false, problems: [NOT_AN_OBJECT] } };
    const { nameRider } = this.#effects;
    const prepared = await prepare(item.claim, this.#from.source, this.#effects.rules, nameRider, now);
    if (prepared.ok && this.#units.add(prepared.delivery.payment)) this.checkUnits();
    return { item, prepared };
  }

  /** Wrong names of fields would fill the quarantine with all payments of the other side. */
  #refuseHopeless(judged: readonly Judged[]): void {
    const { counts } = this.#tally;
    const isFirst = counts.fetched === counts.invalid;
    if (!isFirst || judged.length < HOPELESS_ROWS || judged.some(({ prepared }) => prepared.ok)) return;
    const first = judged[0]?.prepared;
    const problems = first?.ok === false ? first.problems : [];
    const why = problems.map(({ message }) => message).join('; ');
    throw this.#from.hopeless(`None of the first ${judged.length} rows is a payment (${why}).`);
  }

  async #record(judged: readonly Judged[], now: number): Promise<void> {
    const entries = judged.map(({ item, prepared }): Entry | Promise<Entry> => {
      if (prepared.ok) return { kind: 'payment', delivery: prepared.delivery };
      this.#tally.refuse('invalid', item.claim?.payment_id, prepared.problems);
      return this.#quarantine(item, 'invalid', prepared.problems, now);
    });
    const settlements = await this.#effects.commit(await Promise.all(entries), 0);
    const refused = judged.flatMap(({ item, prepared }, index): Promise<QuarantineEntry>[] => {
      const why = prepared.ok ? this.#settle(settlements[index]) : undefined;
      if (why === undefined) return [];
      this.#tally.refuse(why.outcome, item.claim?.payment_id, why.problems);
      return [this.#quarantine(item, why.outcome, why.problems, now)];
    });
    if (refused.length > 0) await this.#effects.commit(await Promise.all(refused), 0);
  }

  /** Counts what became of a payment; what is wrong where it was not kept. */
  #settle(settlement: Settlement | undefined) {
    const { counts } = this.#tally;
    const { currency } = this.#effects.rules;
    if (settlement?.kind === 'payment') {
      if (settlement.outcome === 'conflict') {
        const problems = conflictProblems(
          fromRow(settlement.row, currency),
          settlement.delivery.payment,
          currency,
        );
        return { outcome: 'conflict', problems } as const;
      }
      if (settlement.outcome === 'recorded') counts.recorded++;
      else counts.duplicates++;
      return undefined;
    }
    return refusedByDatabase(settlement);
  }

  /** What would become of them, without writing. */
  async #compare(judged: readonly Judged[]): Promise<void> {
    const { store } = this.#effects;
    const { currency } = this.#effects.rules;
    const deliveries: Delivery[] = [];
    for (const { item, prepared } of judged) {
      if (prepared.ok) deliveries.push(prepared.delivery);
      else this.#tally.refuse('invalid', item.claim?.payment_id, prepared.problems);
    }
    const ids = [...new Set(deliveries.map(({ payment }) => payment.payment_id))];
    const stored = (await paymentsByIds(store, ids)).map((row) => fromRow(row, currency));
    const existing = new Map(stored.map((payment) => [payment.payment_id, payment]));
    // Payments of an erased rider are told by what is left of them, as the door does.
    const compared = deliveries.map((delivery) =>
      existing.get(delivery.payment.payment_id)?.user_id === ERASED
        ? { ...delivery, payment: { ...delivery.payment, user_id: ERASED } }
        : delivery,
    );
    judge(compared, existing).forEach((outcome, index) => {
      const payment = compared[index]?.payment;
      if (payment === undefined) return;
      const stands = existing.get(payment.payment_id) ?? payment;
      if (outcome === 'recorded') this.#tally.counts.recorded++;
      else if (outcome === 'duplicate') this.#tally.counts.duplicates++;
      else this.#tally.refuse('conflict', payment.payment_id, conflictProblems(stands, payment, currency));
    });
  }

  #quarantine(
    { claim, raw }: ProviderItem,
    outcome: 'invalid' | 'conflict',
    problems: readonly Problem[],
    now: number,
  ): Promise<QuarantineEntry> {
    const { sealKey, quarantineDays, nameRider } = this.#effects;
    const text = claim === undefined ? formatJson(raw) : notificationOf(claim, this.#effects.rules);
    const reason = claim === undefined ? 'unreadable' : outcome;
    return quarantineEntry(Buffer.from(text), reason, problems, {
      source: this.#from.source,
      sealKey,
      quarantineDays,
      nameRider,
      now,
    });
  }
}
