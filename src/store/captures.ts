/** Captures by sequence: with their payments for the live feed, how far they have come, and which one an instant names. */
import type { Knex } from 'knex';
import type { CapturedPayment } from '../domain/feed-commit.js';
import type { SequenceRange } from '../domain/feed-position.js';
import type { Source } from '../domain/outcome.js';
import { PAYMENTS, type Store } from './dialect.js';

const CAPTURES = 'farelog_captures';

/** A capture whose payment another program deleted is read too: it has been seen, and counts nothing. */
function captured(store: Store): Knex.QueryBuilder {
  const { knex } = store;
  return knex(`${CAPTURES} as c`)
    .leftJoin(`${PAYMENTS} as p`, 'p.payment_id', 'c.payment_id')
    .select('c.sequence', 'c.source', 'p.payment_type', 'p.total_price')
    .select(knex.raw(`${store.textOf('p.logged_on')} AS logged_on`));
}

function fromDatabase(row: CapturedPayment): CapturedPayment {
  return { ...row, sequence: Number(row.sequence) };
}

/** Those above a sequence, ascending. */
export async function capturedAfter(
  store: Store,
  sequence: number,
  limit: number,
): Promise<CapturedPayment[]> {
  const rows: CapturedPayment[] = await captured(store)
    .where('c.sequence', '>', sequence)
    .orderBy('c.sequence')
    .limit(limit);
  return rows.map(fromDatabase);
}

/** How many ranges are asked for in one statement; SQLite takes 500 parts. */
const RANGES_A_STATEMENT = 100;

/**
 * Those within ranges, ascending. A part for each range, since one condition with many alternatives may be answered
 * by reading the whole table.
 */
export async function capturedWithin(
  store: Store,
  ranges: readonly SequenceRange[],
): Promise<CapturedPayment[]> {
  const found: CapturedPayment[] = [];
  for (let at = 0; at < ranges.length; at += RANGES_A_STATEMENT) {
    const [first, ...others] = ranges
      .slice(at, at + RANGES_A_STATEMENT)
      .map((range) => captured(store).whereBetween('c.sequence', [range.first, range.last]));
    if (first === undefined) break;
    const rows: CapturedPayment[] = await (others.length > 0 ? first.unionAll(others) : first);
    found.push(...rows.map(fromDatabase));
  }
  return found.sort((a, b) => a.sequence - b.sequence);
}

/** The sequences within a range, ascending. */
export async function sequencesWithin(knex: Knex, { first, last }: SequenceRange): Promise<number[]> {
  const rows: { sequence: number }[] = await knex(CAPTURES)
    .select('sequence')
    .whereBetween('sequence', [first, last])
    .orderBy('sequence');
  return rows.map(({ sequence }) => Number(sequence));
}

/** When the last capture of a source within a range came in, in milliseconds since 1970; undefined where there is none. */
export async function lastReceived(
  knex: Knex,
  source: Source,
  { first, last }: SequenceRange,
): Promise<number | undefined> {
  const row: { received_ms: number | string } | undefined = await knex(CAPTURES)
    .select('received_ms')
    .where({ source })
    .whereBetween('sequence', [first, last])
    .orderBy('sequence', 'desc')
    .first();
  return row === undefined ? undefined : Number(row.received_ms);
}

interface CaptureTime {
  readonly sequence: number;
  readonly receivedMs: number | null;
}

/** The newest capture: up to where a figure counts; the sequence 0 where there is none. */
export async function newestCapture(knex: Knex): Promise<CaptureTime> {
  const row = await knex(CAPTURES).select('sequence', 'received_ms').orderBy('sequence', 'desc').first();
  return row === undefined
    ? { sequence: 0, receivedMs: null }
    : { sequence: Number(row.sequence), receivedMs: Number(row.received_ms) };
}

/** When the last capture up to `sequence` came in, in milliseconds since 1970; null where there is none. */
export async function receivedAt(knex: Knex, sequence: number): Promise<number | null> {
  const row = await knex(CAPTURES)
    .select('received_ms')
    .where('sequence', '<=', sequence)
    .orderBy('sequence', 'desc')
    .first();
  return row === undefined ? null : Number(row.received_ms);
}

/** When the first capture after `sequence` came in, in milliseconds since 1970; undefined where there is none. */
export async function receivedAfter(knex: Knex, sequence: number): Promise<number | undefined> {
  const row = await knex(CAPTURES)
    .select('received_ms')
    .where('sequence', '>', sequence)
    .orderBy('sequence')
    .first();
  return row === undefined ? undefined : Number(row.received_ms);
}

/**
 * The last capture that had come in by an instant; 0 where none had. Sequences follow the clock but for some
 * milliseconds between instances, so the search goes by halves.
 */
export async function sequenceAt(knex: Knex, ms: number): Promise<number> {
  let low = 0;
  let high = (await newestCapture(knex)).sequence;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const at = await receivedAt(knex, middle);
    if (at === null || at <= ms) low = middle;
    else high = middle - 1;
  }
  return low;
}
