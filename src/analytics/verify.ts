/**
 * The proof of the promise on any database at any time: the ledger and the counts against the raw rows, month by month
 * of the reporting zone so that memory is bounded by a month, all from one state of the database.
 */
import type { Knex } from 'knex';
import { monthOf, monthRange } from '../domain/bucket.js';
import { CaptureFold, type CaptureRollup } from '../domain/capture-rollup.js';
import { messageOf } from '../domain/errors.js';
import {
  type AdjustmentFact,
  type Entries,
  entryAt,
  isMonth,
  mergeEntries,
  SECTIONS,
  type Section,
  SHAPES,
  toEntries,
  totalsOf,
} from '../domain/ledger.js';
import { decodeEntries } from '../domain/ledger-bytes.js';
import { LedgerFold } from '../domain/ledger-fold.js';
import { fromSqlText, toIso } from '../domain/time.js';
import { adjustmentEnds, countedAdjustments, waitingAdjustments } from '../store/adjustments.js';
import { recordedCaptures } from '../store/capture-rollups.js';
import { streamFacts } from '../store/facts.js';
import { journalFacts, journalMonths } from '../store/journal.js';
import { blockPeriods, readBlocks, type StoredBlock } from '../store/ledger.js';
import { capturesAfter, paymentSpan } from '../store/payments.js';
import type { Reader } from './ledger.js';
import { LedgerNames } from './ledger-names.js';

const CHUNK_ROWS = 20_000;
/** Differences that are listed; all are counted. */
const MAX_LISTED = 100;

/** A figure of the ledger, or a count, that does not equal the raw rows. */
export interface Drift {
  readonly rollup: Section | 'capture';
  readonly key: string;
  /** From the raw rows; absent where no payment belongs to this key. */
  readonly expected: string | null;
  /** In the ledger with its journal; absent where it has no such entry. */
  readonly found: string | null;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly payments: number;
  /** Exact, in minor units, as decimal text. */
  readonly revenue_minor: string;
  /** Adjustments that count, and those that wait for their payment. */
  readonly adjustments: number;
  readonly adjustments_minor: string;
  readonly waiting_adjustments: number;
  readonly rollup_rows: number;
  readonly drifts: number;
  readonly first_drifts: readonly Drift[];
}

class Findings {
  payments = 0;
  revenue = 0n;
  adjustments = 0;
  adjusted = 0n;
  rows = 0;
  drifts = 0;
  readonly first: Drift[] = [];

  compare(
    rollup: Drift['rollup'],
    expected: ReadonlyMap<string, string>,
    found: ReadonlyMap<string, string>,
  ): void {
    for (const [key, value] of expected) {
      const stands = found.get(key) ?? null;
      if (stands !== value) this.note({ rollup, key, expected: value, found: stands });
    }
    for (const [key, stands] of found) {
      if (!expected.has(key)) this.note({ rollup, key, expected: null, found: stands });
    }
  }

  note(drift: Drift): void {
    this.drifts++;
    if (this.first.length < MAX_LISTED) this.first.push(drift);
  }
}

/** Compares the ledger, with its journal and the adjustments that are in no block, and the counts of captures with the raw rows. */
export function verifyLedger(reader: Reader, onProgress?: (payments: number) => void): Promise<VerifyReport> {
  return reader.store.snapshot(async (trx) => {
    const verification = new Verification(reader, trx);
    const { findings } = verification;
    for (const month of await verification.months()) {
      await verification.month(month);
      onProgress?.(findings.payments);
    }
    await verification.captures();
    return {
      ok: findings.drifts === 0,
      payments: findings.payments,
      revenue_minor: String(findings.revenue),
      adjustments: findings.adjustments,
      adjustments_minor: String(findings.adjusted),
      waiting_adjustments: await waitingAdjustments(trx),
      rollup_rows: findings.rows,
      drifts: findings.drifts,
      first_drifts: findings.first,
    };
  });
}

type PeriodBlocks = Map<Section, Map<number, Entries>>;

/** The whole of one run: what it found so far, and the names it met. */
class Verification {
  readonly findings = new Findings();
  readonly #names: LedgerNames;
  /** Those that are there, which may be none of a calendar. */
  readonly #periods = new Map<Section, readonly number[]>();

  constructor(
    readonly reader: Reader,
    readonly trx: Knex,
  ) {
    // Far from all that blocks hold: a name whose number is lost must not get that very number here.
    this.#names = new LedgerNames(trx, 2 ** 30);
  }

  /** Every month that has payments, blocks or journal, ascending. */
  async months(): Promise<number[]> {
    const { store, calendar } = this.reader;
    const months = new Set<number>(await journalMonths(this.trx));
    for (const section of SECTIONS) {
      const periods = await blockPeriods(this.trx, section);
      this.#periods.set(section, periods);
      for (const period of periods) months.add(monthOfPeriod(period));
    }
    const span = await paymentSpan(store, this.trx);
    const ends = [
      ...(span === undefined ? [] : [{ first: fromSqlText(span.first), last: fromSqlText(span.last) }]),
      ...[await adjustmentEnds(this.trx)].filter((one) => one !== undefined),
    ];
    for (const { first, last } of ends) {
      let month = monthOf(first, calendar.zone);
      while (monthRange(month, calendar.zone).start <= last) {
        months.add(month);
        month = monthOf(monthRange(month, calendar.zone).end, calendar.zone);
      }
    }
    return [...months].sort((a, b) => a - b);
  }

  async month(month: number): Promise<void> {
    await this.#names.types();
    const expected = await this.#fromRows(month);
    const found = await this.#fromLedger(month);
    for (const section of SECTIONS) {
      const periods = new Set([
        ...(expected.get(section)?.keys() ?? []),
        ...(found.get(section)?.keys() ?? []),
      ]);
      for (const period of [...periods].sort((a, b) => a - b)) {
        await this.#comparePeriod(
          section,
          period,
          expected.get(section)?.get(period),
          found.get(section)?.get(period),
        );
      }
    }
  }

  async #fromRows(month: number): Promise<PeriodBlocks> {
    const { store, currency, calendar } = this.reader;
    const { start, end } = monthRange(month, calendar.zone);
    const blocks: PeriodBlocks = new Map();
    for await (const facts of streamFacts(store, this.trx, currency, { span: { from: start, to: end } })) {
      const fold = new LedgerFold(calendar, await this.#names.keysOf(facts));
      for (const fact of facts) {
        fold.add(fact);
        this.findings.revenue += BigInt(fact.price_minor);
      }
      this.findings.payments += facts.length;
      for (const [section, periods] of fold.take()) addTo(blocks, section, periods);
    }
    const adjusted = await countedAdjustments(this.trx, { span: { from: start, to: end } });
    for (const { amount_minor } of adjusted) this.findings.adjusted += BigInt(amount_minor);
    this.findings.adjustments += adjusted.length;
    await this.#addAdjusted(blocks, adjusted);
    return blocks;
  }

  async #addAdjusted(blocks: PeriodBlocks, facts: readonly AdjustmentFact[]): Promise<void> {
    const fold = new LedgerFold(this.reader.calendar, await this.#names.keysOf(facts));
    for (const fact of facts) fold.addAdjustment(fact);
    for (const [section, periods] of fold.take()) addTo(blocks, section, periods);
  }

  async #fromLedger(month: number): Promise<PeriodBlocks> {
    const { calendar } = this.reader;
    const blocks: PeriodBlocks = new Map();
    for (const section of SECTIONS) {
      const periods = (this.#periods.get(section) ?? []).filter((period) => monthOfPeriod(period) === month);
      for (const block of await readBlocks(this.trx, section, periods)) {
        const entries = this.#decoded(section, block.period, block.data);
        this.findings.rows += entries.length;
        this.#checkTotals(section, block, entries);
        addTo(blocks, section, [[block.period, entries]]);
      }
    }
    const facts = await journalFacts(this.trx, { from: month, to: month });
    const fold = new LedgerFold(calendar, await this.#names.keysOf(facts));
    for (const fact of facts) fold.add(fact);
    for (const [section, periods] of fold.take()) addTo(blocks, section, periods);
    const { start, end } = monthRange(month, calendar.zone);
    const open = { span: { from: start, to: end }, open: true };
    await this.#addAdjusted(blocks, await countedAdjustments(this.trx, open));
    return blocks;
  }

  #decoded(section: Section, period: number, data: Buffer): Entries {
    try {
      return decodeEntries(data);
    } catch (error) {
      this.findings.note({ rollup: section, key: String(period), expected: null, found: messageOf(error) });
      return toEntries([]);
    }
  }

  /** What a block says of itself, for plain SQL, against its entries. */
  #checkTotals(section: Section, block: StoredBlock, entries: Entries): void {
    const { payments, minor } = totalsOf(entries);
    const expected = `{"payments":${payments},"minor":${minor}}`;
    const found = `{"payments":${block.payments},"minor":${block.minor}}`;
    if (expected !== found)
      this.findings.note({ rollup: section, key: `${block.period} as a whole`, expected, found });
  }

  async #comparePeriod(section: Section, period: number, expected?: Entries, found?: Entries): Promise<void> {
    if (expected !== undefined && found !== undefined && areSame(expected, found)) return;
    const byRider = SHAPES[section].by === 'rider';
    const numbers = byRider ? [...(expected?.key ?? []), ...(found?.key ?? [])] : [];
    const riders = await this.#names.riders([...new Set(numbers)]);
    const types = await this.#names.types();
    const nameOf = (no: number): string => (byRider ? riders : types).get(no) ?? `number ${no}`;
    this.findings.compare(
      section,
      this.#described(section, period, expected, nameOf),
      this.#described(section, period, found, nameOf),
    );
  }

  /** Entries under names that a person can look up: bucket, type or rider, and value. */
  #described(
    section: Section,
    period: number,
    entries: Entries | undefined,
    nameOf: (no: number) => string,
  ): Map<string, string> {
    const { calendar } = this.reader;
    const sums = new Map<string, { payments: number; minor: bigint }>();
    for (let at = 0; at < (entries?.length ?? 0); at++) {
      if (entries === undefined) break;
      const { bucket, key, value, count, sum } = entryAt(entries, at);
      const when = isMonth(period)
        ? String(period)
        : toIso(calendar.startOfDay(period) + bucket * calendar.grainS);
      const text = `${when} ${nameOf(key)}${SHAPES[section].value ? ` ${value}` : ''}`;
      const stands = sums.get(text) ?? { payments: 0, minor: 0n };
      sums.set(text, { payments: stands.payments + count, minor: stands.minor + BigInt(sum) });
    }
    return new Map(
      [...sums].map(([key, { payments, minor }]) => [key, `{"payments":${payments},"minor":${minor}}`]),
    );
  }

  async captures(): Promise<void> {
    const fold = new CaptureFold();
    for (let last = 0; ; ) {
      const rows = await capturesAfter(this.trx, last, CHUNK_ROWS);
      const newest = rows.at(-1);
      if (newest === undefined) break;
      for (const row of rows) fold.add(row.received_ms, row.source, 'recorded', '');
      last = newest.sequence;
    }
    const found = await recordedCaptures(this.trx);
    this.findings.rows += found.length;
    this.findings.compare('capture', counted(fold.take()), counted(found));
  }
}

function monthOfPeriod(period: number): number {
  return isMonth(period) ? period : Math.floor(period / 100);
}

function counted(rows: readonly CaptureRollup[]): Map<string, string> {
  return new Map(
    rows.map(({ hour_s, source, deliveries }) => [`${toIso(hour_s)} ${source}`, String(deliveries)]),
  );
}

function addTo(blocks: PeriodBlocks, section: Section, periods: Iterable<readonly [number, Entries]>): void {
  const into = blocks.get(section) ?? new Map<number, Entries>();
  blocks.set(section, into);
  for (const [period, entries] of periods) {
    const stands = into.get(period);
    into.set(period, stands === undefined ? entries : mergeEntries(stands, entries));
  }
}

/** Whether two blocks are the same to the letter; sums past 2⁵³ may differ in how they are split and yet be equal. */
function areSame(a: Entries, b: Entries): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) {
    const [left, right] = [entryAt(a, at), entryAt(b, at)];
    if (
      left.bucket !== right.bucket ||
      left.key !== right.key ||
      left.value !== right.value ||
      left.count !== right.count ||
      left.sum !== right.sum
    )
      return false;
  }
  return true;
}
