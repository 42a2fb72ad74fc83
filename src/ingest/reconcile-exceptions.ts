/** Exceptions of a run on their way to the list of items: each once, by its source, kind and payment. */
import type { Currency } from '../domain/money.js';
import type { ExceptionKind, Pairing } from '../domain/reconciliation.js';
import {
  differencesOf,
  type ItemDetails,
  type ItemStatus,
  sentenceOf,
  shownPayment,
  statusAfter,
  withoutRiders,
} from '../domain/reconciliation-item.js';
import type { Store } from '../store/dialect.js';
import { type ItemRow, itemsByKeys, saveItems } from '../store/reconciliations.js';
import type { ReconciliationSource } from './reconcile-records.js';
import type { ShownException } from './reconcile-report.js';

export interface Exception {
  readonly kind: ExceptionKind;
  readonly payment_id: number | null;
  /** What tells it from others where it names no payment. */
  readonly digest?: string;
  readonly at_s: number | null;
  readonly details: ItemDetails;
  /** Where it is settled already. */
  readonly status?: ItemStatus;
}

/** So many are shown by the run itself. */
export const SHOWN_EXCEPTIONS = 1_000;

/** @param at the second by which it lies in the span */
export function exceptionOf(
  kind: ExceptionKind,
  paymentId: number,
  pairing: Pairing,
  at: number,
  currency: Currency,
  why?: string,
): Exception {
  const payment = pairing.here ?? pairing.there?.payment ?? null;
  const details: ItemDetails = {
    fields: differencesOf(pairing, currency),
    payment: payment === null ? null : shownPayment(payment, currency),
    ...(kind === 'duplicate_there' ? { times: 1 } : {}),
    ...(why === undefined ? {} : { why }),
  };
  return { kind, payment_id: paymentId, at_s: at, details };
}

export class Exceptions {
  readonly shown: ShownException[] = [];
  /** Of all that were told, how many wait for a person. */
  open = 0;
  count = 0;
  readonly #store: Store;
  readonly #source: ReconciliationSource;
  /** Null: a dry run, which keeps nothing. */
  readonly #run: number | null;

  constructor(store: Store, source: ReconciliationSource, run: number | null) {
    this.#store = store;
    this.#source = source;
    this.#run = run;
  }

  /** Keeps them; they are durable when this returns. */
  async add(exceptions: readonly Exception[], now: number): Promise<void> {
    if (exceptions.length === 0) return;
    const once = this.#once(exceptions);
    const run = this.#run;
    const statuses =
      run === null
        ? this.#judge(once, await itemsByKeys(this.#store.knex, [...once.keys()]), now)
        : await this.#store.write(async (trx) => {
            const before = await itemsByKeys(trx, [...once.keys()]);
            const judged = this.#judge(once, before, now);
            const rows = [...once].map(([key, exception]) =>
              this.#rowOf(key, exception, judged.get(key) ?? 'open', before.get(key), run, now),
            );
            await saveItems(trx, rows);
            return judged;
          });
    for (const [key, exception] of once) this.#show(exception, statuses.get(key) ?? 'open');
  }

  /** Of a payment that is listed three times, one exception tells of both that are too many. */
  #once(exceptions: readonly Exception[]): Map<string, Exception> {
    const once = new Map<string, Exception>();
    for (const exception of exceptions) {
      const { kind, payment_id, digest } = exception;
      const key = `${this.#source}:${kind}:${digest ?? payment_id}`;
      const before = once.get(key);
      const times = (before?.details.times ?? 0) + (exception.details.times ?? 0);
      once.set(key, before === undefined ? exception : { ...before, details: { ...before.details, times } });
    }
    return once;
  }

  #judge(
    exceptions: ReadonlyMap<string, Exception>,
    before: ReadonlyMap<string, ItemRow>,
    now: number,
  ): Map<string, ItemStatus> {
    const judged = [...exceptions].map(
      ([key, { status, details }]) =>
        [key, status ?? statusAfter(before.get(key), textOf(details), now)] as const,
    );
    return new Map(judged);
  }

  #rowOf(
    key: string,
    { kind, payment_id, at_s, details }: Exception,
    status: ItemStatus,
    before: ItemRow | undefined,
    run: number,
    now: number,
  ): Omit<ItemRow, 'id'> {
    const isDecided = status === 'accepted' || status === 'ignored';
    return {
      item_key: key,
      source: this.#source,
      kind,
      payment_id,
      at_s,
      details: textOf(details),
      status,
      first_run: run,
      last_run: run,
      first_seen_ms: now,
      last_seen_ms: now,
      until_ms: isDecided ? (before?.until_ms ?? null) : null,
      reason: isDecided ? (before?.reason ?? null) : null,
      decided_by: isDecided ? (before?.decided_by ?? null) : null,
      decided_ms: isDecided ? (before?.decided_ms ?? null) : null,
    };
  }

  #show({ kind, payment_id, details }: Exception, status: ItemStatus): void {
    this.count++;
    if (status === 'open') this.open++;
    if (this.shown.length < SHOWN_EXCEPTIONS)
      this.shown.push({ kind, payment_id, status, sentence: sentenceOf(kind, details), ...details });
  }
}

/** As it is kept: without riders. */
function textOf(details: ItemDetails): string {
  return JSON.stringify({ ...details, fields: withoutRiders(details.fields) });
}
