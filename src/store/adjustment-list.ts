/** Adjustments as people look them up: by filter and page, and those of a payment. */
import type { Knex } from 'knex';
import type { AdjustmentKind } from '../domain/adjustment.js';
import { type ListedAdjustment, toAdjustmentRecord } from '../domain/adjustment-record.js';
import type { Currency } from '../domain/money.js';
import type { AdjustmentDelivery } from '../domain/outcome.js';
import { type AdjustmentRow, fromAdjustmentRow } from './adjustment-rows.js';
import { PAYMENTS, type Store } from './dialect.js';
import { type TimeLimit, whereInTime } from './time-limit.js';

/** Which adjustments; the span is seconds since 1970, from inclusive, to exclusive. */
export interface AdjustmentListFilter {
  readonly paymentId?: number | undefined;
  readonly kind?: AdjustmentKind | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Only those whose payment is not here; false: only those whose payment is. */
  readonly waiting?: boolean | undefined;
}

/** The last row of a page: the next page begins after it. */
export interface AdjustmentPosition {
  readonly adjusted_s: number;
  readonly sequence: number;
}

export interface FoundAdjustment extends AdjustmentDelivery {
  readonly sequence: number;
  readonly counted: boolean;
}

interface ListRow extends AdjustmentRow {
  readonly sequence: number;
  readonly found: number | null;
}

function selected(knex: Knex): Knex.QueryBuilder {
  return knex('farelog_adjustments as a')
    .leftJoin(`${PAYMENTS} as p`, 'p.payment_id', 'a.payment_id')
    .select('a.sequence', 'a.adjustment_id', 'a.payment_id', 'a.kind', 'a.amount_minor', 'a.adjusted_s')
    .select('a.reason', 'a.source', 'a.received_ms', 'p.payment_id as found')
    .orderBy([
      { column: 'a.adjusted_s', order: 'desc' },
      { column: 'a.sequence', order: 'desc' },
    ]);
}

function fromListRow(row: ListRow): FoundAdjustment {
  return { ...fromAdjustmentRow(row), sequence: Number(row.sequence), counted: row.found !== null };
}

export function toListedAdjustment(found: FoundAdjustment, currency: Currency): ListedAdjustment {
  return { ...toAdjustmentRecord(found, currency), counted: found.counted };
}

/** One page, newest first: every row once, whatever arrives meanwhile. */
export function listAdjustments(
  store: Store,
  filter: AdjustmentListFilter,
  limit: number,
  after?: AdjustmentPosition,
  timeLimit?: TimeLimit,
): Promise<FoundAdjustment[]> {
  const list = async (knex: Knex): Promise<FoundAdjustment[]> => {
    const query = selected(knex);
    whereInTime(query, knex, 'a.sequence');
    if (filter.paymentId !== undefined) query.where('a.payment_id', filter.paymentId);
    if (filter.kind !== undefined) query.where('a.kind', filter.kind);
    if (filter.from !== undefined) query.where('a.adjusted_s', '>=', filter.from);
    if (filter.to !== undefined) query.where('a.adjusted_s', '<', filter.to);
    // What a block holds does not wait, and that has an index.
    if (filter.waiting === true) query.where('a.posted', 0).whereNull('p.payment_id');
    if (filter.waiting === false) query.whereNotNull('p.payment_id');
    if (after !== undefined) {
      query.where('a.adjusted_s', '<=', after.adjusted_s).where((either) => {
        either.where('a.adjusted_s', '<', after.adjusted_s).orWhere('a.sequence', '<', after.sequence);
      });
    }
    const rows: ListRow[] = await query.limit(limit);
    return rows.map(fromListRow);
  };
  return timeLimit === undefined ? list(store.knex) : store.snapshot(list, timeLimit);
}

/** All of them in the same order, page by page, each read when it is asked for. */
export async function* pagesOfAdjustments(
  store: Store,
  filter: AdjustmentListFilter,
  rowsPerPage: number,
  after?: AdjustmentPosition,
  timeLimit?: TimeLimit,
): AsyncGenerator<FoundAdjustment[], void> {
  for (let position = after; ; ) {
    const rows = await listAdjustments(store, filter, rowsPerPage, position, timeLimit);
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerPage) return;
    position = adjustmentPosition(last);
  }
}

export function adjustmentPosition({ adjustment, sequence }: FoundAdjustment): AdjustmentPosition {
  return { adjusted_s: adjustment.adjusted_s, sequence };
}

/** All of a payment, in the order of time. */
export async function adjustmentsOfPayment(knex: Knex, paymentId: number): Promise<FoundAdjustment[]> {
  const rows: ListRow[] = await selected(knex).where('a.payment_id', paymentId);
  return rows.map(fromListRow).reverse();
}
