/**
 * What must hold, whatever goes wrong. The laws look at the database from outside, by plain SQL and sums of their own,
 * and at what senders were told; of the code under test they use the reading of figures, and `verify`.
 *
 *  1. A payment that is answered `recorded` or `duplicate` is in the store when the answer leaves, with the content of
 *     this very delivery and with its capture; the record that is told is the row.
 *  2. The first content stands: a row never changes, nor goes.
 *  3. A payment is recorded by one committed transaction and no more.
 *  4. `conflict` is answered only where the row has another content; `invalid` only to what is no payment, or is refused
 *     by the database. A webhook's bytes are then in quarantine, sealed, when the answer leaves.
 *  5. Ledger and journal equal the payments in every section (`verify`); figures of any span equal plain sums.
 *  6. Counts of deliveries equal what was committed, by hour, source and outcome.
 *  7. Quarantine holds what was sent and could not be recorded, each once, with the committed attempts; nothing else.
 *  8. Nothing is invented: every row was sent, and has its capture; every capture has its row.
 *  9. A batch keeps its limits, the queue too; a writer commits one batch at a time.
 * 10. No transaction stays open, and no sender is told an error that says nothing.
 * 11. After the faults every sender is acknowledged; from then on by the first sending, and each process posts what it
 *     recorded. After stopping nothing is open, and a new process empties the journal.
 *
 * 1, 4, 9 and 10 are looked at in every step, 5 to 8 now and then and at the end, 11 at the end (`episode.ts`).
 */
import { Ledger, type Reader } from '../../src/analytics/ledger.js';
import { LedgerCache } from '../../src/analytics/ledger-cache.js';
import { totalsByType } from '../../src/analytics/methods.js';
import { riderTotals } from '../../src/analytics/rider-totals.js';
import { verifyLedger } from '../../src/analytics/verify.js';
import type { Batch } from '../../src/domain/outcome.js';
import type { Payment, PaymentRow } from '../../src/domain/payment.js';
import { toSqlText } from '../../src/domain/time.js';
import type { BatchLimits } from '../../src/ingest/batcher.js';
import type { RecordAnswer } from '../../src/ingest/record.js';
import { digestOf, unseal } from '../../src/ingest/seal.js';
import type { BatchResult } from '../../src/store/dialect.js';
import type { Database } from './database.js';
import { CALENDAR, CURRENCY, EPOCH_MS, SEAL_KEY } from './process.js';
import type { Chance } from './schedule.js';
import type { Message } from './senders.js';

const PAYMENTS = 'hntb_bytemark_order_payments';
const HOUR_MS = 3_600_000;

/** A row as this file compares it, in one line. */
function contentOf(
  row: Pick<PaymentRow, 'user_id' | 'order_id' | 'payment_type' | 'total_price' | 'logged_on'>,
) {
  const { user_id, order_id, payment_type, total_price, logged_on } = row;
  return `${user_id} ${order_id} ${payment_type} ${total_price} ${logged_on}`;
}

function contentSent(payment: Payment): string {
  const { user_id, order_id, payment_type, price_minor, logged_s } = payment;
  return contentOf({
    user_id,
    order_id,
    payment_type,
    total_price: price_minor / 100,
    logged_on: toSqlText(logged_s),
  });
}

function lookups(database: Database) {
  const { plain } = database;
  return {
    payment: plain<[number], PaymentRow & { captures: number }>(
      `SELECT p.*, (SELECT COUNT(*) FROM farelog_captures c WHERE c.payment_id = p.payment_id) AS captures
       FROM ${PAYMENTS} p WHERE payment_id = ?`,
    ),
    payments: plain<[], PaymentRow>(`SELECT * FROM ${PAYMENTS}`),
    quarantined: plain<[number], { digest: string; status: string; sealed: Buffer | null }>(
      'SELECT digest, status, sealed FROM farelog_quarantine WHERE id = ?',
    ),
    quarantine: plain<[], { digest: string; attempts: number }>(
      'SELECT digest, attempts FROM farelog_quarantine',
    ),
    counts: plain<[], { hour_s: number; source: string; outcome: string; deliveries: number }>(
      `SELECT hour_s, source, outcome, SUM(deliveries) AS deliveries FROM farelog_capture_hourly
       GROUP BY hour_s, source, outcome`,
    ),
    strays: plain<[], { captures: number; bare: number }>(
      `SELECT (SELECT COUNT(*) FROM farelog_captures WHERE payment_id NOT IN (SELECT payment_id FROM ${PAYMENTS})) AS captures,
        (SELECT COUNT(*) FROM ${PAYMENTS} WHERE payment_id NOT IN (SELECT payment_id FROM farelog_captures)) AS bare`,
    ),
    journal: plain<[], { rows: number }>('SELECT COALESCE(SUM(payments), 0) AS rows FROM farelog_journal'),
  };
}

export class Laws {
  /** The first law that was broken, and how. */
  violation: string | undefined;
  readonly #database: Database;
  readonly #limits: BatchLimits;
  readonly #lookups: ReturnType<typeof lookups>;
  readonly #reader: Reader;
  /** Contents of rows that were seen, by payment. */
  readonly #standing = new Map<number, string>();
  readonly #recorded = new Set<number>();
  readonly #counts = new Map<string, number>();
  readonly #attempts = new Map<string, number>();
  /** Digests of webhooks that may be in quarantine. */
  readonly #mayBeQuarantined = new Set<string>();

  constructor(database: Database, limits: BatchLimits) {
    this.#database = database;
    this.#limits = limits;
    this.#lookups = lookups(database);
    const cache = new LedgerCache(1_000_000);
    this.#reader = { store: database.store, calendar: CALENDAR, currency: CURRENCY, cache };
    database.onCommitted = (batch, result) => this.#committed(batch, result);
  }

  broken(law: string, details: string): void {
    this.violation ??= `${law}: ${details}`;
  }

  batchBegins(rows: number, isBusy: boolean): void {
    if (rows > this.#limits.maxRows) this.broken('9, limits', `a batch of ${rows}`);
    if (isBusy) this.broken('9, limits', 'a writer commits two batches at once');
  }

  queueStands(queued: number): void {
    if (queued > this.#limits.maxQueue) this.broken('9, limits', `${queued} wait`);
  }

  stepEnded(): void {
    if (this.#database.db.inTransaction)
      this.broken('10, open transaction', 'one is open between two events');
  }

  /** How many payments wait in the journal. */
  get journal(): number {
    return this.#lookups.journal.get()?.rows ?? 0;
  }

  /** An answer leaves the service. */
  answered(message: Message, answer: RecordAnswer): void {
    const { content } = message;
    const told = `message ${message.no} (payment ${content?.payment_id}) was told ${answer.outcome}`;
    const isPayment = content !== undefined && !this.#database.poisonous.has(content.payment_id);
    if (answer.outcome === 'invalid' && isPayment) this.broken('4, outcome', `${told}, and it is a payment`);
    if (answer.outcome !== 'invalid' && !isPayment) this.broken('4, outcome', `${told}, and it is none`);
    if (answer.outcome === 'invalid' || content === undefined) this.#isQuarantined(message, answer, told);
    else this.#isStored(message, content, answer, told);
  }

  #isStored(message: Message, content: Payment, answer: RecordAnswer, told: string): void {
    const row = this.#lookups.payment.get(content.payment_id);
    if (row === undefined) {
      this.broken('1, answered and not kept', `${told}, and there is no row`);
      return;
    }
    this.#stands(row);
    const same = contentOf(row) === contentSent(content);
    if (answer.outcome === 'conflict') {
      if (same) this.broken('4, outcome', `${told}, and the row has its content`);
      this.#isQuarantined(message, answer, told);
      return;
    }
    if (!same) this.broken('1, answered and not kept', `${told}, and the row has another content`);
    if (row.captures !== 1) this.broken('1, answered and not kept', `${told}, with ${row.captures} captures`);
    if ('payment' in answer && answer.payment.total_price !== row.total_price)
      this.broken('1, answered and not kept', `${told} with ${answer.payment.total_price}`);
  }

  #isQuarantined(message: Message, answer: RecordAnswer, told: string): void {
    if (message.source === 'api') return;
    const id = 'quarantine_id' in answer ? answer.quarantine_id : undefined;
    const row = id === undefined ? undefined : this.#lookups.quarantined.get(id);
    const digest = digestOf('webhook', Buffer.from(message.body), SEAL_KEY);
    this.#mayBeQuarantined.add(digest);
    // It may have expired since the transaction, never within it.
    const expired = row?.sealed === null && row.status === 'expired';
    const bytes = row?.sealed == null ? undefined : unseal(row.sealed, SEAL_KEY).toString();
    if (row?.digest !== digest || !(expired || bytes === message.body))
      this.broken('4, quarantine', `${told}, and it is not in quarantine`);
  }

  #stands(row: PaymentRow): void {
    const content = contentOf(row);
    const before = this.#standing.get(row.payment_id);
    if (before !== undefined && before !== content)
      this.broken('2, first content', `payment ${row.payment_id} was ${before} and is ${content}`);
    this.#standing.set(row.payment_id, content);
  }

  /** A transaction has committed: what it says of itself is what must be counted. */
  #committed(batch: Batch, { outcomes, quarantineIds }: BatchResult): void {
    const count = (ms: number, source: string, outcome: string): void => {
      const key = `${Math.floor(ms / HOUR_MS) * 3600} ${source} ${outcome}`;
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    };
    batch.deliveries.forEach(({ payment, capture }, index) => {
      const outcome = outcomes[index] ?? 'none';
      if (outcome !== 'conflict') count(capture.received_ms, capture.source, outcome);
      if (outcome !== 'recorded') return;
      if (this.#recorded.has(payment.payment_id))
        this.broken('3, recorded once', `payment ${payment.payment_id} was recorded twice`);
      this.#recorded.add(payment.payment_id);
    });
    for (const { digest, reason, received_ms, source } of batch.quarantined) {
      this.#attempts.set(digest, (this.#attempts.get(digest) ?? 0) + 1);
      count(received_ms, source, reason === 'conflict' ? 'conflict' : 'invalid');
    }
    for (const id of quarantineIds) {
      const row = this.#lookups.quarantined.get(id);
      if (row?.status !== 'open' || row.sealed === null)
        this.broken('4, quarantine', `${id} is ${row?.status} after its delivery`);
    }
    for (const { received_ms, source, outcome } of batch.refused) count(received_ms, source, outcome);
  }

  /** Laws 5 to 8, between two events. */
  async lookAtEverything(sent: ReadonlyMap<number, readonly Payment[]>): Promise<void> {
    const rows = this.#lookups.payments.all();
    for (const row of rows) {
      this.#stands(row);
      const contents = sent.get(row.payment_id) ?? [];
      if (!contents.some((payment) => contentSent(payment) === contentOf(row)))
        this.broken('8, nothing invented', `nobody sent payment ${row.payment_id} as ${contentOf(row)}`);
    }
    const ids = new Set(rows.map((row) => row.payment_id));
    for (const id of this.#standing.keys()) {
      if (!ids.has(id)) this.broken('2, first content', `payment ${id} is gone`);
    }
    const strays = this.#lookups.strays.get();
    if (strays === undefined || strays.captures + strays.bare > 0)
      this.broken('8, nothing invented', JSON.stringify(strays));
    const counts = this.#lookups.counts
      .all()
      .map(
        ({ hour_s, source, outcome, deliveries }) => [`${hour_s} ${source} ${outcome}`, deliveries] as const,
      );
    this.#areSame('6, counts', this.#counts, new Map(counts));
    const quarantine = this.#lookups.quarantine.all().map((row) => [row.digest, row.attempts] as const);
    this.#areSame('7, quarantine', this.#attempts, new Map(quarantine));
    const report = await verifyLedger(this.#reader);
    if (!report.ok || report.payments !== rows.length)
      this.broken('5, figures', JSON.stringify(report.first_drifts));
  }

  /** At the end, when all who were answered are known: nothing in quarantine but what was answered so. */
  quarantineIsDeserved(messages: readonly Message[]): void {
    const bodies = messages.map(({ body }) => digestOf('webhook', Buffer.from(body), SEAL_KEY));
    const known = new Set(bodies.filter((digest) => this.#mayBeQuarantined.has(digest)));
    for (const digest of this.#attempts.keys()) {
      if (!known.has(digest)) this.broken('7, quarantine', `${digest} was answered to nobody`);
    }
  }

  /** Law 5, of a span that chance cuts. */
  async readFigures(chance: Chance): Promise<void> {
    const end = EPOCH_MS / 1000;
    const [a, b] = [end - chance.whole(0, 141 * 86_400), end - chance.whole(0, 141 * 86_400)];
    const span = { from: Math.min(a, b), to: Math.max(a, b) + 1 };
    const [from, to] = [toSqlText(span.from), toSqlText(span.to)];
    const rows = this.#lookups.payments.all().filter(({ logged_on }) => logged_on >= from && logged_on < to);
    const expected = new Map<string, number>();
    for (const { payment_type, total_price } of rows)
      expected.set(payment_type, (expected.get(payment_type) ?? 0) + Math.round(total_price * 100));
    await this.#database.store.snapshot(async (trx) => {
      const ledger = new Ledger(this.#reader, trx, undefined);
      const totals = await totalsByType(ledger, span);
      const found = totals.map((row) => [row.payment_type, Number(row.revenue_minor)] as const);
      this.#areSame('5, figures', expected, new Map(found));
      const payments = totals.reduce((sum, row) => sum + row.payments, 0);
      const { riders } = await riderTotals(ledger, span);
      const [allPayments, allRiders] = [rows.length, new Set(rows.map((row) => row.user_id)).size];
      if (payments !== allPayments || riders !== allRiders)
        this.broken('5, figures', `${payments} of ${allPayments} payments, ${riders} of ${allRiders} riders`);
    });
  }

  #areSame(law: string, expected: ReadonlyMap<string, number>, found: ReadonlyMap<string, number>): void {
    for (const key of new Set([...expected.keys(), ...found.keys()])) {
      const [should, is] = [expected.get(key), found.get(key)];
      if (should !== is) this.broken(law, `${key} should be ${should} and is ${is}`);
    }
  }
}
