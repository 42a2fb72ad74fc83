/** Adjustments for research: with the rider and the type of their payment. */
import type { Knex } from 'knex';
import type { AdjustmentKind } from '../domain/adjustment.js';
import type { Span } from '../domain/time.js';
import { PAYMENTS } from './dialect.js';

const ADJUSTMENTS = 'farelog_adjustments';
const CHUNK_ROWS = 20_000;

export interface ObservedAdjustment {
  readonly payment_id: number;
  readonly user_id: string;
  readonly payment_type: string;
  readonly kind: AdjustmentKind;
  readonly amount_minor: number;
  /** Seconds since 1970. */
  readonly adjusted_s: number;
}

/** Those of a span that had come in up to an adjustment, and whose payment had up to a capture. */
export interface AdjustmentFilter {
  readonly span: Span;
  readonly captures: number;
  readonly adjustments: number;
}

type Row = Record<'sequence' | 'payment_id' | 'amount_minor' | 'adjusted_s', number | string> &
  Pick<ObservedAdjustment, 'user_id' | 'payment_type' | 'kind'>;

/** All of them, in the order of time. */
export async function observeAdjustments(
  knex: Knex,
  filter: AdjustmentFilter,
): Promise<ObservedAdjustment[]> {
  const all: ObservedAdjustment[] = [];
  for (let after: Row | undefined; ; ) {
    const rows = await rowsAfter(knex, filter, after);
    for (const { sequence, payment_id, amount_minor, adjusted_s, ...row } of rows)
      all.push({
        ...row,
        payment_id: Number(payment_id),
        amount_minor: Number(amount_minor),
        adjusted_s: Number(adjusted_s),
      });
    if (rows.length < CHUNK_ROWS) return all;
    after = rows.at(-1);
  }
}

async function rowsAfter(
  knex: Knex,
  { span, captures, adjustments }: AdjustmentFilter,
  after: Row | undefined,
): Promise<Row[]> {
  const query = knex(`${ADJUSTMENTS} as a`)
    .join(`${PAYMENTS} as p`, 'p.payment_id', 'a.payment_id')
    .leftJoin('farelog_captures as c', 'c.payment_id', 'a.payment_id')
    .select('a.sequence', 'a.payment_id', 'a.kind', 'a.amount_minor', 'a.adjusted_s')
    .select('p.user_id', 'p.payment_type')
    .where('a.adjusted_s', '>=', span.from)
    .where('a.adjusted_s', '<', span.to)
    .where('a.sequence', '<=', adjustments)
    .where((either) => {
      either.whereNull('c.sequence').orWhere('c.sequence', '<=', captures);
    });
  if (after !== undefined) {
    query.where('a.adjusted_s', '>=', after.adjusted_s).where((either) => {
      either.where('a.adjusted_s', '>', after.adjusted_s).orWhere('a.sequence', '>', after.sequence);
    });
  }
  return query.orderBy(['a.adjusted_s', 'a.sequence']).limit(CHUNK_ROWS);
}

/** The number of the newest adjustment, or of the newest that came in before an instant (milliseconds since 1970); 0: none. */
export async function newestAdjustment(knex: Knex, beforeMs?: number): Promise<number> {
  const query = knex(ADJUSTMENTS).max({ newest: 'sequence' });
  if (beforeMs !== undefined) query.where('received_ms', '<', beforeMs);
  const row: { newest?: number | string | null } | undefined = await query.first();
  return Number(row?.newest ?? 0);
}
