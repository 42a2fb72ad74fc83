/**
 * Reading the ledger, exact to the second: blocks of whole days and months, the buckets of days that a span cuts, the
 * payments themselves where it cuts a bucket, and the journal; all from one state of the database. So are adjustments,
 * whose journal is the adjustments that no block holds.
 *
 * With `upTo`, figures are as they stood at that capture: they are then counted from the payments, since blocks do not
 * remember when each payment came. That costs as much as the span has payments.
 */
import type { Knex } from 'knex';
import { monthRange } from '../domain/bucket.js';
import { ERASED } from '../domain/erasure.js';
import {
  type Entries,
  type Fact,
  firstOfBucket,
  isMonth,
  isOfAdjustments,
  type LedgerCalendar,
  mergeEntries,
  type Section,
} from '../domain/ledger.js';
import { decodeEntries } from '../domain/ledger-bytes.js';
import { type Blocks, LedgerFold } from '../domain/ledger-fold.js';
import type { Currency } from '../domain/money.js';
import type { Span } from '../domain/time.js';
import { type AdjustmentFilter, countedAdjustments, type EarlierReceipt } from '../store/adjustments.js';
import { newestCapture, receivedAfter, receivedAt } from '../store/captures.js';
import type { Store } from '../store/dialect.js';
import { streamFacts } from '../store/facts.js';
import { journalFacts } from '../store/journal.js';
import { blockVersions, readBlocks } from '../store/ledger.js';
import type { TimeLimit } from '../store/time-limit.js';
import type { LedgerCache } from './ledger-cache.js';
import { LedgerNames } from './ledger-names.js';

export interface Reader {
  readonly store: Store;
  readonly calendar: LedgerCalendar;
  readonly currency: Currency;
  readonly cache: LedgerCache;
  /** How long one answer may read; by default as long as it takes. */
  readonly limit?: TimeLimit | undefined;
}

/** Up to which capture figures count, and when that one came in (milliseconds since 1970; null: there is none). */
export interface Watermark {
  readonly sequence: number;
  readonly receivedMs: number | null;
}

/** Entries `from` to `to` (exclusive) of a block. */
export interface Slice {
  /** First second of the block's day or month. */
  readonly start: number;
  readonly entries: Entries;
  readonly from: number;
  readonly to: number;
}

/** The ledger as it stands, or as it stood at a capture, read through one transaction's snapshot. */
export class Ledger {
  readonly #reader: Reader;
  readonly #earlier: EarlierReceipt | undefined;
  readonly #names: LedgerNames;
  /** What was read and counted from payments, by what was asked for. */
  readonly #facts = new Map<string, Promise<Fact[]>>();
  readonly #counted = new Map<string, Promise<Blocks>>();

  constructor(
    reader: Reader,
    readonly trx: Knex,
    /** Up to where an earlier state goes; undefined for figures as they stand now. */
    earlier: EarlierReceipt | undefined,
  ) {
    this.#reader = reader;
    this.#earlier = earlier;
    this.#names = new LedgerNames(trx);
  }

  get currency(): Currency {
    return this.#reader.currency;
  }

  get calendar(): LedgerCalendar {
    return this.#reader.calendar;
  }

  get store(): Store {
    return this.#reader.store;
  }

  /** The capture at which figures are asked for; undefined for figures as they stand now. */
  get upTo(): number | undefined {
    return this.#earlier?.sequence;
  }

  async watermark(): Promise<Watermark> {
    const { upTo } = this;
    if (upTo === undefined) return newestCapture(this.trx);
    return { sequence: upTo, receivedMs: await receivedAt(this.trx, upTo) };
  }

  /** When the first capture that does not count came in (milliseconds since 1970); undefined where all count. */
  async countsUntil(): Promise<number | undefined> {
    return this.upTo === undefined ? undefined : receivedAfter(this.trx, this.upTo);
  }

  /** Which adjustments of a span count. */
  adjustmentsOf(span: Span): AdjustmentFilter {
    return { span, earlier: this.#earlier };
  }

  /** Payment types by their number. */
  async typeNames(): Promise<(no: number) => string> {
    const names = await this.#names.types();
    return (no) => names.get(no) ?? '';
  }

  /** Stored ids of riders by their number. */
  riderNames(numbers: readonly number[]): Promise<Map<number, string>> {
    return this.#names.riders(numbers);
  }

  /** The number under which payments of erased riders stand, after everything was read; undefined where there are none. */
  erasedNumber(): Promise<number | undefined> {
    return this.#names.findRider(ERASED);
  }

  /** All numbers of riders are below this one, after everything that is asked about was read. */
  riderCount(): Promise<number> {
    return this.#names.riderCount();
  }

  /**
   * A section's entries within a span, in no order of time.
   * @param months whether whole months may come as one block, whose entries then all have the bucket 0
   */
  async slices(section: Section, span: Span, months = false): Promise<Slice[]> {
    if (this.upTo !== undefined) return this.#wholeDays(section, await this.#countedFrom(span));
    const { whole, ends } = splitSpan(span, this.calendar);
    const posted = whole === undefined ? [] : await this.#postedSlices(section, whole, months);
    const counted = await this.#notPosted(section, { whole, ends });
    return [...posted, ...this.#wholeDays(section, counted)];
  }

  #wholeDays(section: Section, blocks: Blocks): Slice[] {
    const slices: Slice[] = [];
    for (const [period, entries] of blocks.get(section) ?? []) {
      if (isMonth(period)) continue;
      slices.push({ start: this.calendar.startOfDay(period), entries, from: 0, to: entries.length });
    }
    return slices;
  }

  async #postedSlices(section: Section, whole: Span, months: boolean): Promise<Slice[]> {
    const { calendar } = this;
    const [firstDay, lastDay] = [calendar.dayOf(whole.from).day, calendar.dayOf(whole.to - 1).day];
    const slices: Slice[] = [];
    const taken = months ? await this.#wholeMonths(section, whole, firstDay, lastDay) : [];
    for (const [month, entries] of await this.#blocks(section, taken)) {
      const { start } = monthRange(month, calendar.zone);
      slices.push({ start, entries, from: 0, to: entries.length });
    }
    const isTaken = new Set(taken.map(({ period }) => period));
    const days: { period: number; version: number }[] = [];
    for (const [from, to] of dayRanges(firstDay, lastDay, [...isTaken])) {
      days.push(...(await blockVersions(this.trx, section, from, to)));
    }
    const open = days.filter(({ period }) => !isTaken.has(Math.floor(period / 100)));
    for (const [day, entries] of await this.#blocks(section, open)) {
      slices.push(this.#cut(day, entries, whole));
    }
    return slices;
  }

  async #wholeMonths(section: Section, whole: Span, firstDay: number, lastDay: number) {
    const [from, to] = [Math.floor(firstDay / 100), Math.floor(lastDay / 100)];
    const versions = await blockVersions(this.trx, section, from, to);
    return versions.filter(({ period }) => {
      const { start, end } = monthRange(period, this.calendar.zone);
      return start >= whole.from && end <= whole.to;
    });
  }

  /** The buckets of a day that lie within a span. */
  #cut(day: number, entries: Entries, whole: Span): Slice {
    const start = this.calendar.startOfDay(day);
    const { grainS } = this.calendar;
    const from = whole.from <= start ? 0 : firstOfBucket(entries, (whole.from - start) / grainS);
    return { start, entries, from, to: firstOfBucket(entries, (whole.to - start) / grainS) };
  }

  async #blocks(
    section: Section,
    versions: readonly { readonly period: number; readonly version: number }[],
  ): Promise<[number, Entries][]> {
    const { cache } = this.#reader;
    const found: [number, Entries][] = [];
    const missing: number[] = [];
    for (const { period, version } of versions) {
      const entries = cache.get(section, period, version);
      if (entries === undefined) missing.push(period);
      else found.push([period, entries]);
    }
    for (const { period, version, data } of await readBlocks(this.trx, section, missing)) {
      const entries = decodeEntries(data);
      cache.put(section, period, version, entries);
      found.push([period, entries]);
    }
    return found;
  }

  /** What the blocks do not hold: the journal's payments within the whole buckets, and all payments of the ends. */
  async #notPosted(section: Section, parts: Parts): Promise<Blocks> {
    const name = `${section} ${JSON.stringify(parts)}`;
    return this.#once(name, async () => {
      if (isOfAdjustments(section)) return this.#adjustedNotPosted(section, parts);
      const facts = await this.#factsOf(parts, section === 'lags');
      const fold = new LedgerFold(this.calendar, await this.#names.keysOf(facts, section === 'riders'), [
        section,
      ]);
      for (const fact of facts) fold.add(fact);
      return fold.take();
    });
  }

  /** The adjustments that are in no block, within the whole buckets, and all of the ends. */
  async #adjustedNotPosted(section: Section, { whole, ends }: Parts): Promise<Blocks> {
    const { trx, calendar } = this;
    const facts = whole === undefined ? [] : await countedAdjustments(trx, { span: whole, open: true });
    for (const span of ends) facts.push(...(await countedAdjustments(trx, { span })));
    const keys = await this.#names.keysOf(facts, section === 'rider_adjustments');
    const fold = new LedgerFold(calendar, keys, [section]);
    for (const fact of facts) fold.addAdjustment(fact);
    return fold.take();
  }

  /** Sections of one answer share what was read; lags alone need the captures too. */
  #factsOf(parts: Parts, lags: boolean): Promise<Fact[]> {
    const name = `${lags} ${JSON.stringify(parts)}`;
    const known = this.#facts.get(name) ?? this.#readFacts(parts, lags);
    this.#facts.set(name, known);
    return known;
  }

  async #readFacts({ whole, ends }: Parts, lags: boolean): Promise<Fact[]> {
    const { store, currency, calendar, trx } = this;
    const facts: Fact[] = [];
    if (whole !== undefined) {
      const months = { from: calendar.monthOf(whole.from), to: calendar.monthOf(whole.to - 1) };
      for (const fact of await journalFacts(trx, months)) {
        if (fact.logged_s >= whole.from && fact.logged_s < whole.to) facts.push(fact);
      }
    }
    for (const span of ends) {
      for await (const some of streamFacts(store, trx, currency, { span, lags })) facts.push(...some);
    }
    return facts;
  }

  #countedFrom(span: Span): Promise<Blocks> {
    return this.#once(`${span.from} ${span.to}`, async () => {
      const { store, currency, trx, upTo } = this;
      const all = new Map<Section, Map<number, Entries>>();
      for await (const facts of streamFacts(store, trx, currency, { span, upTo })) {
        addBlocks(all, await this.#fold(facts));
      }
      const adjusted = await countedAdjustments(trx, this.adjustmentsOf(span));
      const fold = new LedgerFold(this.calendar, await this.#names.keysOf(adjusted));
      for (const fact of adjusted) fold.addAdjustment(fact);
      addBlocks(all, fold.take());
      return all;
    });
  }

  #once(key: string, count: () => Promise<Blocks>): Promise<Blocks> {
    const known = this.#counted.get(key) ?? count();
    this.#counted.set(key, known);
    return known;
  }

  async #fold(facts: readonly Fact[]): Promise<Blocks> {
    const fold = new LedgerFold(this.calendar, await this.#names.keysOf(facts));
    for (const fact of facts) fold.add(fact);
    return fold.take();
  }
}

function addBlocks(all: Map<Section, Map<number, Entries>>, blocks: Blocks): void {
  for (const [section, periods] of blocks) {
    const into = all.get(section) ?? new Map<number, Entries>();
    all.set(section, into);
    for (const [period, entries] of periods) {
      const stands = into.get(period);
      into.set(period, stands === undefined ? entries : mergeEntries(stands, entries));
    }
  }
}

interface Parts {
  /** Whole buckets; undefined where the span lies within one. */
  readonly whole: Span | undefined;
  readonly ends: readonly Span[];
}

/** Splits a span at the borders of buckets. */
export function splitSpan(span: Span, { grainS }: LedgerCalendar): Parts {
  const from = Math.ceil(span.from / grainS) * grainS;
  const to = Math.floor(span.to / grainS) * grainS;
  if (from >= to) return { whole: undefined, ends: [span] };
  const ends = [
    { from: span.from, to: from },
    { from: to, to: span.to },
  ].filter((end) => end.from < end.to);
  return { whole: { from, to }, ends };
}

/** The days before, between and after months that are read as a whole: ranges of YYYYMMDD, both ends included. */
function dayRanges(firstDay: number, lastDay: number, months: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  let from = firstDay;
  for (const month of months.toSorted((a, b) => a - b)) {
    if (from < month * 100) ranges.push([from, month * 100]);
    from = month * 100 + 99;
  }
  if (from <= lastDay) ranges.push([from, lastDay]);
  return ranges;
}
