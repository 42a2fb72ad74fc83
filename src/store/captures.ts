/** Captures with their payments, by sequence: what the live feed reads. */
import type { Knex } from 'knex';
import type { CapturedPayment } from '../domain/feed-commit.js';
import type { SequenceRange } from '../domain/feed-position.js';
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
