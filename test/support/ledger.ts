/**
 * The law of the ledger: its blocks, with the journal, equal the raw rows added up. The rows are added up here by means
 * of their own, none of the ledger's but the calendar's.
 */
import type { Knex } from 'knex';
import { expect } from 'vitest';
import { Ledger, type Reader } from '../../src/analytics/ledger.js';
import { bucketStart } from '../../src/domain/bucket.js';
import { factsOfEntry } from '../../src/domain/journal.js';
import {
  entryAt,
  type Fact,
  isOfAdjustments,
  type LedgerCalendar,
  PAYMENT_SECTIONS,
  type PaymentSection,
  SECTIONS,
  type Section,
  SHAPES,
} from '../../src/domain/ledger.js';
import { decodeEntries } from '../../src/domain/ledger-bytes.js';
import { fromSqlText, type Span } from '../../src/domain/time.js';
import { type PostingOptions, postSome } from '../../src/ingest/posting.js';
import { rebuildLedger } from '../../src/ingest/rebuild.js';
import { PAYMENTS, type Store } from '../../src/store/dialect.js';
import { blockPeriods, readBlocks } from '../../src/store/ledger.js';
import { chicagoReporting } from './databases.js';

/** Lines of what was counted, in one order: `["revenue",20250407,4,"coins",0] 3 payments, 750`. */
export interface LedgerLines {
  readonly ledger: readonly string[];
  /** Recorded deliveries by hour and source. */
  readonly captures: readonly string[];
}

export interface RawPayment {
  readonly payment_id: number;
  readonly user_id: string;
  readonly payment_type: string;
  readonly total_price: number;
  readonly logged_on: string;
  readonly source: string | null;
  readonly received_ms: number | null;
}

/** Counts of payments and sums of prices by whatever they are counted by. */
export class Sums {
  readonly #sums = new Map<string, { payments: number; minor: bigint }>();

  add(key: readonly unknown[], payments: number, minor: bigint): void {
    const name = JSON.stringify(key);
    const stands = this.#sums.get(name) ?? { payments: 0, minor: 0n };
    this.#sums.set(name, { payments: stands.payments + payments, minor: stands.minor + minor });
  }

  lines(): string[] {
    return [...this.#sums]
      .map(([key, { payments, minor }]) => `${key} ${payments} payments, ${minor}`)
      .sort();
  }
}

/** What a section counts one payment by: its type or rider, and its value where the section has one. */
export function countedBy(
  section: PaymentSection,
  row: RawPayment,
): { name: string; value: number } | undefined {
  const lag = Math.floor(Number(row.received_ms) / 1000) - fromSqlText(row.logged_on);
  switch (section) {
    case 'revenue':
      return { name: row.payment_type, value: 0 };
    case 'prices':
      return { name: row.payment_type, value: minorOf(row) };
    case 'riders':
      return { name: row.user_id, value: 0 };
    case 'lags':
      return row.source === 'webhook' || row.source === 'api'
        ? { name: row.payment_type, value: lag }
        : undefined;
  }
}

export function minorOf({ total_price }: RawPayment): number {
  return Math.round(total_price * 100);
}

function digits(isoDate: string): number {
  return Number(isoDate.slice(0, 10).replaceAll('-', ''));
}

function dayOf(logged_s: number, { zone }: LedgerCalendar): number {
  return digits(zone.toIso(bucketStart('daily', logged_s, zone)));
}

function addCounted(
  sums: Sums,
  logged: number,
  price: number,
  calendar: LedgerCalendar,
  by: (section: PaymentSection) => { name: string; value: number } | undefined,
): void {
  const start = bucketStart('daily', logged, calendar.zone);
  const day = dayOf(logged, calendar);
  for (const section of PAYMENT_SECTIONS) {
    const counted = by(section);
    if (counted === undefined) continue;
    const { name, value } = counted;
    const minor = SHAPES[section].sum ? BigInt(price) : 0n;
    sums.add([section, day, Math.floor((logged - start) / calendar.grainS), name, value], 1, minor);
    if (section !== 'revenue') sums.add([section, Math.floor(day / 100), 0, name, value], 1, minor);
  }
}

function addPayment(sums: Sums, row: RawPayment, calendar: LedgerCalendar): void {
  addCounted(sums, fromSqlText(row.logged_on), minorOf(row), calendar, (section) => countedBy(section, row));
}

function addFact(sums: Sums, fact: Fact, calendar: LedgerCalendar): void {
  const { payment_type, user_id, price_minor, lag_s } = fact;
  addCounted(sums, fact.logged_s, price_minor, calendar, (section) => {
    if (section === 'lags') return lag_s === null ? undefined : { name: payment_type, value: lag_s };
    return {
      name: section === 'riders' ? user_id : payment_type,
      value: section === 'prices' ? price_minor : 0,
    };
  });
}

interface RawAdjustment extends Pick<RawPayment, 'user_id' | 'payment_type'> {
  readonly amount_minor: number;
  readonly adjusted_s: number;
  readonly posted: number;
}

function addAdjustment(sums: Sums, row: RawAdjustment, calendar: LedgerCalendar): void {
  const at = Number(row.adjusted_s);
  const day = dayOf(at, calendar);
  const bucket = Math.floor((at - bucketStart('daily', at, calendar.zone)) / calendar.grainS);
  const minor = BigInt(row.amount_minor);
  sums.add(['adjustments', day, bucket, row.payment_type, 0], 1, minor);
  sums.add(['rider_adjustments', day, bucket, row.user_id, 0], 1, minor);
  sums.add(['rider_adjustments', Math.floor(day / 100), 0, row.user_id, 0], 1, minor);
}

/** Adjustments whose payment is there, by plain SQL. */
async function rawAdjustments(knex: Knex): Promise<RawAdjustment[]> {
  return knex('farelog_adjustments')
    .join(PAYMENTS, `${PAYMENTS}.payment_id`, 'farelog_adjustments.payment_id')
    .select('amount_minor', 'adjusted_s', 'posted', 'user_id', 'payment_type');
}

/** Payments with their captures, by plain SQL. */
export async function rawPayments(store: Store, knex: Knex): Promise<RawPayment[]> {
  return knex(`${PAYMENTS} as p`)
    .leftJoin('farelog_captures as c', 'c.payment_id', 'p.payment_id')
    .select('p.payment_id', 'p.user_id', 'p.payment_type', 'p.total_price', 'c.source', 'c.received_ms')
    .select(knex.raw(`${store.textOf('p.logged_on')} AS logged_on`));
}

/** Every raw row added up. */
export async function foldRawRows(
  store: Store,
  knex: Knex = store.knex,
  calendar: LedgerCalendar = chicagoReporting().calendar,
): Promise<LedgerLines> {
  const sums = new Sums();
  for (const row of await rawPayments(store, knex)) addPayment(sums, row, calendar);
  for (const row of await rawAdjustments(knex)) addAdjustment(sums, row, calendar);
  const captures = new Sums();
  const rows: { source: string; received_ms: number }[] = await knex('farelog_captures').select();
  for (const { source, received_ms } of rows) {
    captures.add([Math.floor(Number(received_ms) / 3_600_000) * 3_600, source], 1, 0n);
  }
  return { ledger: sums.lines(), captures: captures.lines() };
}

async function namesOf(knex: Knex): Promise<(section: Section, no: number) => string> {
  const rows: { kind: string; no: number; name: string | Buffer }[] =
    await knex('farelog_ledger_keys').select();
  const names = new Map(rows.map(({ kind, no, name }) => [`${kind} ${no}`, String(name)]));
  return (section, no) => {
    const name = names.get(`${SHAPES[section].by} ${no}`);
    if (name === undefined) throw new Error(`a block of ${section} has the number ${no}, which has no name`);
    return name;
  };
}

async function addBlocks(sums: Sums, knex: Knex): Promise<void> {
  const nameOf = await namesOf(knex);
  for (const section of SECTIONS) {
    for (const block of await readBlocks(knex, section, await blockPeriods(knex, section))) {
      const entries = decodeEntries(block.data);
      let [payments, minor] = [0, 0n];
      for (let at = 0; at < entries.length; at++) {
        const { bucket, key, value, count, sum } = entryAt(entries, at);
        sums.add([section, block.period, bucket, nameOf(section, key), value], count, BigInt(sum));
        payments += count;
        minor += BigInt(sum);
      }
      // What a block says of itself in its columns is what it holds.
      expect([section, block.period, block.payments, block.minor]).toEqual([
        section,
        block.period,
        payments,
        minor,
      ]);
    }
  }
}

/** What stands in the blocks alone. */
export async function postedLines(knex: Knex): Promise<string[]> {
  const sums = new Sums();
  await addBlocks(sums, knex);
  return sums.lines();
}

/** What stands: the blocks with the journal and the adjustments that are in none, and the counts with their shards added up. */
export async function storedLedger(
  store: Store,
  knex: Knex = store.knex,
  calendar: LedgerCalendar = chicagoReporting().calendar,
): Promise<LedgerLines> {
  const sums = new Sums();
  await addBlocks(sums, knex);
  await addJournal(sums, knex, calendar);
  for (const row of await rawAdjustments(knex)) {
    if (Number(row.posted) === 0) addAdjustment(sums, row, calendar);
  }
  const captures = new Sums();
  const rows: { hour_s: number; source: string; deliveries: number }[] = await knex('farelog_capture_hourly')
    .select('hour_s', 'source', 'deliveries')
    .where({ outcome: 'recorded', reason: '' });
  for (const row of rows) captures.add([Number(row.hour_s), row.source], Number(row.deliveries), 0n);
  return { ledger: sums.lines(), captures: captures.lines() };
}

/** The facts of the journal, each of whose entries says what it adds up to, and in which month a reader finds it. */
async function addJournal(sums: Sums, knex: Knex, calendar: LedgerCalendar): Promise<void> {
  const rows: { month: number; payments: number; minor: string | number; facts: string }[] = await knex(
    'farelog_journal',
  ).select('month', 'payments', 'facts', knex.raw('CAST(minor AS CHAR) AS minor'));
  for (const { month, payments, minor, facts: text } of rows) {
    const facts = factsOfEntry(text);
    for (const fact of facts) addFact(sums, fact, calendar);
    const expected = {
      months: [...new Set(facts.map(({ logged_s }) => Math.floor(dayOf(logged_s, calendar) / 100)))],
      payments: facts.length,
      minor: facts.reduce((sum, { price_minor }) => sum + BigInt(price_minor), 0n),
    };
    expect({ months: [month], payments, minor: BigInt(minor) }).toEqual(expected);
  }
}

export async function expectLedgerEqualsRawRows(store: Store, calendar?: LedgerCalendar): Promise<void> {
  expect(await storedLedger(store, store.knex, calendar)).toEqual(
    await foldRawRows(store, store.knex, calendar),
  );
}

/** What posting and rebuilding are told, on a store of the tests. */
export function postingOn(store: Store): PostingOptions {
  return { store, calendar: chicagoReporting().calendar };
}

/** How many payments wait in the journal. */
export async function journalled(knex: Knex): Promise<number> {
  const [row] = await knex('farelog_journal').sum({ payments: 'payments' });
  return Number(row?.payments ?? 0);
}

const MAX_POSTINGS = 1_000;

/** Posts until nothing is left, a limited number of times, so that a journal that never empties is a failure. */
export async function postUntilEmpty(store: Store, limit?: number): Promise<number> {
  let posted = 0;
  for (let postings = 0; postings < MAX_POSTINGS; postings++) {
    const some = await postSome(postingOn(store), limit);
    if (some === 0) return posted;
    posted += some;
  }
  throw new Error(`the journal is not empty after ${MAX_POSTINGS} postings`);
}

/** The whole rebuild; `meanwhile` is called within its transaction, where there is any payment. */
export function rebuildFromRawRows(store: Store, meanwhile: () => void = () => {}): Promise<number> {
  return rebuildLedger({ store, ...chicagoReporting(), onProgress: meanwhile });
}

/** The versions of all blocks, by section and period. */
export async function versionsOf(knex: Knex): Promise<Map<string, number>> {
  const rows: { section: string; period: number; version: number }[] = await knex('farelog_ledger').select(
    'section',
    'period',
    'version',
  );
  return new Map(rows.map(({ section, period, version }) => [`${section} ${period}`, Number(version)]));
}

/** Raw payments of a span, added up as a reader gives them: by bucket where it gives buckets. */
export function linesWithin(
  rows: readonly RawPayment[],
  section: Section,
  span: Span,
  { grainS }: LedgerCalendar,
  withBuckets: boolean,
): string[] {
  const sums = new Sums();
  for (const row of rows) {
    const logged = fromSqlText(row.logged_on);
    if (isOfAdjustments(section)) break;
    const by = countedBy(section, row);
    if (by === undefined || logged < span.from || logged >= span.to) continue;
    const bucket = withBuckets ? Math.floor(logged / grainS) * grainS : 0;
    sums.add([bucket, by.name, by.value], 1, SHAPES[section].sum ? BigInt(minorOf(row)) : 0n);
  }
  return sums.lines();
}

/** A section within a span as a reader gives it, by bucket or, where whole months may come as one, without. */
export function readLines(
  reader: Reader,
  section: Section,
  span: Span,
  withBuckets: boolean,
): Promise<string[]> {
  return reader.store.snapshot(async (trx) => {
    const ledger = new Ledger(reader, trx, undefined);
    const slices = await ledger.slices(section, span, !withBuckets);
    const keys = new Set(slices.flatMap(({ entries, from, to }) => [...entries.key.subarray(from, to)]));
    const riders = SHAPES[section].by === 'rider' ? await ledger.riderNames([...keys]) : undefined;
    const typeOf = await ledger.typeNames();
    const sums = new Sums();
    for (const { start, entries, from, to } of slices) {
      for (let at = from; at < to; at++) {
        const { bucket, key, value, count, sum } = entryAt(entries, at);
        const name = riders === undefined ? typeOf(key) : riders.get(key);
        sums.add(
          [withBuckets ? start + bucket * reader.calendar.grainS : 0, name, value],
          count,
          BigInt(sum),
        );
      }
    }
    return sums.lines();
  });
}
