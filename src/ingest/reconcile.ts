/**
 * Reconciliation: the provider's records held against the payments here, one by one.
 *
 * First the provider's records are read, a window of its API or a piece of a file at a time, and each is compared with the
 * payment here of the same id, wherever its time lies. Then the payments here of the span are read, and those that the
 * provider has not named are missing there. So memory holds one piece, and a bit of each id that the provider listed.
 *
 * What is missing here is recorded by the one door, whose outcome decides: a webhook that came meanwhile makes it a
 * duplicate. Nothing else of a payment is ever changed. Exceptions are kept as they are found, under a name of their own,
 * so that the same one in a later run is the same item. An item that a run looked for and did not find is closed, unless
 * the provider's list did not come whole. A run that is cut off leaves the items that it has kept; the next one goes over
 * all of it again.
 */
import { basename } from 'node:path';
import type { AdjustmentClaim, AdjustmentKindTable } from '../domain/adjustment.js';
import { AppError } from '../domain/errors.js';
import type { Delivery } from '../domain/outcome.js';
import { fromRow, type Payment, type PaymentRules } from '../domain/payment.js';
import { Comparison, type Pairing } from '../domain/reconciliation.js';
import type { AdjustedById, Listed } from '../domain/reconciliation-prices.js';
import { ReconciliationTotals } from '../domain/reconciliation-totals.js';
import { type Span, toIso, type Zone } from '../domain/time.js';
import { adjustedOfPayments } from '../store/adjustments.js';
import type { Store } from '../store/dialect.js';
import { listPayments, pagesOfPayments, paymentsByIds } from '../store/payments.js';
import { closeAgreed, countOpen, finishRun, startRun } from '../store/reconciliations.js';
import type { Commit } from './door.js';
import type { NameRider } from './intake.js';
import { ListedAdjustments } from './listed-adjustments.js';
import { type Exception, Exceptions, exceptionOf, SHOWN_EXCEPTIONS } from './reconcile-exceptions.js';
import { keepFailure, nothingListed } from './reconcile-failure.js';
import { MissingHere } from './reconcile-missing.js';
import { idOf, type ReadRecord, RecordReader } from './reconcile-reading.js';
import { type ProviderRecords, type RecordsPiece, windowText } from './reconcile-records.js';
import type {
  ReconciliationProgress,
  ReconciliationReport,
  ReconciliationSummary,
} from './reconcile-report.js';
import { type Piece, unreadableOf } from './reconcile-unreadable.js';
import type { SealKey } from './seal.js';

export interface ReconcileOptions {
  readonly span: Span;
  /** How long one side may be behind the other. */
  readonly pendingS: number;
  /** Compares everything, and neither records nor keeps anything. */
  readonly dryRun: boolean;
}

export interface ReconcileEffects {
  readonly adjustmentKinds?: AdjustmentKindTable | undefined;
  readonly records: ProviderRecords;
  readonly store: Store;
  readonly commit: Commit;
  readonly rules: PaymentRules;
  readonly zone: Zone;
  readonly nameRider: NameRider;
  readonly sealKey: SealKey;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ReconciliationProgress) => void) | undefined;
  /** Told at once what the report's warnings tell at the end. */
  readonly onWarning?: ((warning: string) => void) | undefined;
  /** Told the run's id before anything is read; not of a dry run, which has none. */
  readonly onStarted?: ((id: number) => void) | undefined;
}

/** Payments here that are read at once. */
const PAGE_ROWS = 5_000;

/** @throws AppError `usage`, `unavailable`; ProviderError. The next run goes over all of it again. */
export async function reconcile(
  options: ReconcileOptions,
  effects: ReconcileEffects,
): Promise<ReconciliationReport> {
  const { store, records, clock } = effects;
  const { from, to } = options.span;
  if (from >= to) throw new AppError('usage', '--from must be before --to.');
  if (from >= Math.floor(clock() / 1000))
    throw new AppError('usage', `--from ${toIso(from)} is not in the past.`);
  const { source } = records;
  const name = source === 'file' ? basename(records.name) : records.name;
  const started = { source, name: name.slice(0, 512), from_s: from, to_s: to, started_ms: clock() };
  const id = options.dryRun ? null : await store.write((trx) => startRun(trx, started));
  if (id === null) return new Reconciling(options, effects, name, id).run();
  effects.onStarted?.(id);
  try {
    return await new Reconciling(options, effects, name, id).run();
  } catch (error) {
    await keepFailure(id, error, effects);
    throw error;
  }
}

class Reconciling {
  readonly #options: ReconcileOptions;
  readonly #effects: ReconcileEffects;
  readonly #name: string;
  readonly #id: number | null;
  readonly #reader: RecordReader;
  readonly #missing: MissingHere;
  readonly #comparison: Comparison;
  readonly #adjustments: ListedAdjustments;
  readonly #totals: ReconciliationTotals;
  readonly #exceptions: Exceptions;
  readonly #warnings: string[] = [];
  readonly #incomplete: Span[] = [];
  readonly #pendingFrom: number;
  #read = 0;
  #compared = 0;

  constructor(options: ReconcileOptions, effects: ReconcileEffects, name: string, id: number | null) {
    const { rules, records, store, zone, clock } = effects;
    this.#options = options;
    this.#effects = effects;
    this.#name = name;
    this.#id = id;
    this.#reader = new RecordReader({ ...effects, rules });
    this.#missing = new MissingHere({
      ...effects,
      acceptZeroFares: rules.acceptZeroFares,
      dryRun: options.dryRun,
    });
    this.#pendingFrom = Math.floor(clock() / 1000) - options.pendingS;
    this.#comparison = new Comparison({ span: options.span, pendingFrom: this.#pendingFrom });
    const readBy = { ...rules, ...records.rules };
    this.#adjustments = new ListedAdjustments({ ...effects, rules: readBy, source: 'pull' });
    this.#totals = new ReconciliationTotals(zone, rules.currency);
    this.#exceptions = new Exceptions(store, records.source, id);
  }

  async run(): Promise<ReconciliationReport> {
    const { records, store, signal } = this.#effects;
    for await (const piece of records.pieces(signal)) await this.#takePiece(piece);
    await this.#refuseNothing();
    for await (const rows of pagesOfPayments(store, this.#options.span, PAGE_ROWS)) {
      signal?.throwIfAborted();
      const here = this.#paymentsOf(rows);
      await this.#settle(this.#comparison.remaining(here, await this.#adjustedOf(here)));
    }
    await this.#settle(this.#comparison.end());
    return this.#finish();
  }

  async #takePiece({ records, window, whole }: RecordsPiece): Promise<void> {
    if (!whole && window !== undefined) this.#didNotRead(window);
    const read = await Promise.all(records.map((record) => this.#reader.read(record)));
    if (this.#read === 0) this.#reader.refuseHopeless(read);
    this.#read += records.length;
    const listed: Listed[] = [];
    const unreadable: ReadRecord[] = [];
    for (const one of read) {
      if (!one.prepared.ok) {
        unreadable.push(one);
        continue;
      }
      const record = this.#listedOf(one, one.prepared.delivery);
      for (let time = 0; time < one.record.times; time++) listed.push(record);
    }
    const ids = [...listed.map(({ payment }) => payment.payment_id), ...unreadable.flatMap(idOf)];
    const rows = await paymentsByIds(
      this.#effects.store,
      [...new Set(ids)].sort((a, b) => a - b),
    );
    const here = this.#paymentsOf(rows);
    await this.#takeAdjustments(records.flatMap(({ adjustments = [] }) => adjustments));
    const adjusted = await this.#adjustedOf(here);
    await this.#settle(this.#comparison.pair(here, listed, adjusted));
    await this.#settleUnreadable(unreadable, { here, adjusted, window });
  }

  /** A dry run records no adjustments, so it compares none that are told. */
  #listedOf({ record: { adjustments = [] }, lacks }: ReadRecord, delivery: Delivery): Listed {
    const { payment } = delivery;
    const told = this.#options.dryRun ? [] : adjustments;
    const adjusted_minor = this.#adjustments.sumOf(told, payment.payment_id);
    const listed = { payment, lacks, adjusted_minor };
    this.#missing.remember(listed, delivery);
    return listed;
  }

  /** What is listed of adjustments and missing here is recorded before prices are compared, which may be net there. */
  async #takeAdjustments(claims: readonly AdjustmentClaim[]): Promise<void> {
    if (claims.length === 0 || this.#options.dryRun) return;
    for (const { claim, problems } of await this.#adjustments.take(claims)) {
      const why = problems.map(({ message }) => message).join('; ');
      this.#warn(
        `An adjustment of payment ${String(claim.payment_id)} is listed that is not recorded so: ${why}.`,
      );
    }
  }

  #didNotRead(window: Span): void {
    this.#incomplete.push(window);
    this.#comparison.didNotRead(window);
    this.#warn(
      `The window from ${windowText(window)} did not come whole, so nothing of it is called missing there, and no earlier exception is closed. ` +
        'If this repeats, total_count may count something else: then set FARELOG_BYTEMARK_TOTALS=ignore.',
    );
  }

  /** A provider that lists nothing has not lost everything: it was asked in a wrong way. */
  async #refuseNothing(): Promise<void> {
    const { store, records } = this.#effects;
    if (this.#read > 0 || (await listPayments(store, this.#options.span, 1)).length === 0) return;
    throw nothingListed(records.source, this.#options.span);
  }

  /** Adds up what was found, records what is missing here, and keeps the exceptions. */
  async #settle(pairings: readonly Pairing[]): Promise<void> {
    const exceptions: Exception[] = [];
    const missing: Pairing[] = [];
    for (const pairing of pairings) {
      this.#totals.add(pairing);
      if (pairing.category === 'missing_here') missing.push(pairing);
      else {
        const exception = this.#exceptionOf(pairing);
        if (exception !== undefined) exceptions.push(exception);
      }
    }
    this.#compared += pairings.length;
    for (const { pairing, why, isHere } of await this.#missing.settle(missing)) {
      const exception = this.#exceptionOf(pairing, why);
      if (exception !== undefined) exceptions.push(isHere ? { ...exception, status: 'recorded' } : exception);
    }
    await this.#exceptions.add(exceptions, this.#effects.clock());
    this.#tellProgress();
  }

  #exceptionOf(pairing: Pairing, why?: string): Exception | undefined {
    const { category, here, there } = pairing;
    const payment = here ?? there?.payment;
    if (category === 'matched' || category === 'pending' || category === 'internal_currency')
      return undefined;
    if (payment === undefined) return undefined;
    const { span } = this.#options;
    const isHereInSpan = here !== null && here.logged_s >= span.from && here.logged_s < span.to;
    const at = (isHereInSpan ? here : (there?.payment ?? here))?.logged_s ?? span.from;
    return exceptionOf(category, payment.payment_id, pairing, at, this.#effects.rules.currency, why);
  }

  async #settleUnreadable(unreadable: readonly ReadRecord[], piece: Piece): Promise<void> {
    const { records, sealKey, clock } = this.#effects;
    const { span } = this.#options;
    const parts = {
      source: records.source,
      reader: this.#reader,
      comparison: this.#comparison,
      span,
      sealKey,
    };
    const found = unreadableOf(unreadable, piece, parts);
    for (const { pairing } of found) this.#totals.add(pairing);
    this.#compared += found.length;
    await this.#exceptions.add(
      found.map(({ exception }) => exception),
      clock(),
    );
  }

  #adjustedOf(here: readonly Payment[]): Promise<AdjustedById> {
    const ids = here.map(({ payment_id }) => payment_id);
    return adjustedOfPayments(this.#effects.store.knex, ids);
  }

  #paymentsOf(rows: Awaited<ReturnType<typeof paymentsByIds>>): Payment[] {
    return rows.map((row) => fromRow(row, this.#effects.rules.currency));
  }

  async #finish(): Promise<ReconciliationReport> {
    const { store, clock, records } = this.#effects;
    const id = this.#id;
    const shown = this.#exceptions.shown;
    if (id === null) return { id, ...this.#summary(this.#exceptions.open, 0), exceptions: shown };
    const scope = { source: records.source, ...this.#options.span };
    const judged = { ...scope, to: Math.min(scope.to, this.#pendingFrom) };
    const summary = await store.write(async (trx) => {
      const closed = this.#incomplete.length > 0 ? 0 : await closeAgreed(trx, judged, id);
      const open = await countOpen(trx, scope, id);
      const finished = this.#summary(open, closed);
      await finishRun(trx, id, { finished_ms: clock(), report: JSON.stringify(finished) });
      return finished;
    });
    return { id, ...summary, exceptions: shown };
  }

  #summary(open: number, closed: number): ReconciliationSummary {
    const { records } = this.#effects;
    const { count } = this.#exceptions;
    if (count > SHOWN_EXCEPTIONS && this.#options.dryRun)
      this.#warn(`There are ${count} exceptions; the first ${SHOWN_EXCEPTIONS} are shown.`);
    const iso = ({ from, to }: Span) => ({ from: toIso(from), to: toIso(to) });
    return {
      source: records.source,
      name: this.#name,
      ...iso(this.#options.span),
      pending_from: toIso(this.#pendingFrom),
      dry_run: this.#options.dryRun,
      records_read: this.#read,
      counts: this.#totals.counts,
      recorded: this.#missing.recorded,
      adjustments_recorded: this.#adjustments.recorded,
      open,
      closed,
      totals: this.#totals.sum(),
      days: this.#totals.days(),
      incomplete: this.#incomplete.map(iso),
      warnings: this.#warnings,
      needs_attention: open > 0 || this.#incomplete.length > 0,
    };
  }

  #warn(warning: string): void {
    this.#warnings.push(warning);
    this.#effects.onWarning?.(warning);
  }

  #tellProgress(): void {
    const { count: exceptions } = this.#exceptions;
    this.#effects.onProgress?.({ read: this.#read, compared: this.#compared, exceptions });
  }
}
