/** Runs of reconciliation, and the exceptions that they found: each once, however many runs see it. */
import type { Knex } from 'knex';
import type { ItemStatus } from '../domain/reconciliation-item.js';

const RUNS = 'farelog_reconciliations';
const ITEMS = 'farelog_reconciliation_items';
const ROWS_OF_A_STATEMENT = 500;

export interface RunRow {
  readonly id: number;
  readonly source: string;
  /** What was read: an address or a file's name. */
  readonly name: string;
  readonly from_s: number;
  readonly to_s: number;
  readonly started_ms: number;
  /** Null where it is under way, or was cut off. */
  readonly finished_ms: number | null;
  /** JSON of the report. */
  readonly report: string | null;
}

export interface ItemRow {
  readonly id: number;
  /** Its source, kind and payment. */
  readonly item_key: string;
  readonly source: string;
  readonly kind: string;
  readonly payment_id: number | null;
  readonly at_s: number | null;
  /** JSON of what is shown of it. */
  readonly details: string;
  readonly status: ItemStatus;
  readonly first_run: number;
  readonly last_run: number;
  readonly first_seen_ms: number;
  readonly last_seen_ms: number;
  readonly until_ms: number | null;
  readonly reason: string | null;
  readonly decided_by: string | null;
  readonly decided_ms: number | null;
}

export async function startRun(
  trx: Knex.Transaction,
  run: Pick<RunRow, 'source' | 'name' | 'from_s' | 'to_s' | 'started_ms'>,
): Promise<number> {
  const [id] = await trx(RUNS).insert(run);
  return Number(id);
}

export async function finishRun(
  trx: Knex.Transaction,
  id: number,
  finished: Pick<RunRow, 'finished_ms' | 'report'>,
): Promise<void> {
  await trx(RUNS).where({ id }).update(finished);
}

const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));

function toRun(row: RunRow): RunRow {
  return {
    ...row,
    id: Number(row.id),
    from_s: Number(row.from_s),
    to_s: Number(row.to_s),
    started_ms: Number(row.started_ms),
    finished_ms: numberOrNull(row.finished_ms),
  };
}

/** What a list tells of a run's report, so that the whole of it, which has a row a day and type, is not read. */
const HEADLINES = {
  payments_here: '$.totals.payments_here',
  total_here: '$.totals.total_here',
  payments_there: '$.totals.payments_there',
  total_there: '$.totals.total_there',
  difference: '$.totals.difference',
  pending: '$.counts.pending',
  recorded: '$.recorded',
  open: '$.open',
} as const;
export type RunHeadline = Readonly<Record<keyof typeof HEADLINES, number>>;

export interface ListedRun extends Omit<RunRow, 'report'> {
  /** Null where it did not come to its end. */
  readonly headline: RunHeadline | null;
  /** Items of its time that are open now, whichever run has seen them. */
  readonly openNow: number;
}

/** As `itemsOfRun`, of the run of the row at hand. */
const OPEN_NOW = `(SELECT COUNT(*) FROM ${ITEMS} i WHERE i.source = ${RUNS}.source AND i.status = 'open'
  AND (i.last_run = ${RUNS}.id OR (i.at_s >= ${RUNS}.from_s AND i.at_s < ${RUNS}.to_s))) AS open_now`;

/** Newest first. */
export async function listRuns(
  knex: Knex,
  beforeId: number | undefined,
  limit: number,
): Promise<ListedRun[]> {
  const query = knex(RUNS)
    .select('id', 'source', 'name', 'from_s', 'to_s', 'started_ms', 'finished_ms')
    .orderBy('id', 'desc')
    .limit(limit);
  for (const [name, path] of Object.entries(HEADLINES))
    query.select(knex.raw('JSON_EXTRACT(report, ?) AS ??', [path, name]));
  query.select(knex.raw(OPEN_NOW));
  if (beforeId !== undefined) query.where('id', '<', beforeId);
  const rows: (RunRow & Record<keyof RunHeadline | 'open_now', unknown>)[] = await query;
  return rows.map((row) => {
    const { id, source, name, from_s, to_s, started_ms, finished_ms } = toRun(row);
    const openNow = Number(row.open_now);
    return { id, source, name, from_s, to_s, started_ms, finished_ms, headline: headlineOf(row), openNow };
  });
}

function headlineOf(row: Record<keyof RunHeadline, unknown>): RunHeadline | null {
  if (row.open === null) return null;
  return {
    payments_here: Number(row.payments_here),
    total_here: Number(row.total_here),
    payments_there: Number(row.payments_there),
    total_there: Number(row.total_there),
    difference: Number(row.difference),
    pending: Number(row.pending),
    recorded: Number(row.recorded),
    open: Number(row.open),
  };
}

export async function findRun(knex: Knex, id: number): Promise<RunRow | undefined> {
  const row: RunRow | undefined = await knex(RUNS).where({ id }).first();
  return row === undefined ? undefined : toRun(row);
}

function toItem(row: ItemRow): ItemRow {
  return {
    ...row,
    id: Number(row.id),
    payment_id: numberOrNull(row.payment_id),
    at_s: numberOrNull(row.at_s),
    first_run: Number(row.first_run),
    last_run: Number(row.last_run),
    first_seen_ms: Number(row.first_seen_ms),
    last_seen_ms: Number(row.last_seen_ms),
    until_ms: numberOrNull(row.until_ms),
    decided_ms: numberOrNull(row.decided_ms),
  };
}

/** Those that are known, by their keys. Within a transaction they stay as they are until its end. */
export async function itemsByKeys(knex: Knex, keys: readonly string[]): Promise<Map<string, ItemRow>> {
  const items = new Map<string, ItemRow>();
  for (let at = 0; at < keys.length; at += ROWS_OF_A_STATEMENT) {
    const query = knex(ITEMS).whereIn('item_key', keys.slice(at, at + ROWS_OF_A_STATEMENT));
    const rows: ItemRow[] = await (knex.isTransaction === true ? query.forUpdate() : query);
    for (const row of rows) items.set(row.item_key, toItem(row));
  }
  return items;
}

/** Adds items, or writes how known ones stand now; when they were first seen stays. */
export async function saveItems(trx: Knex.Transaction, items: readonly Omit<ItemRow, 'id'>[]): Promise<void> {
  for (let at = 0; at < items.length; at += ROWS_OF_A_STATEMENT) {
    await trx(ITEMS)
      .insert(items.slice(at, at + ROWS_OF_A_STATEMENT))
      .onConflict('item_key')
      .merge([
        ...['at_s', 'details', 'status', 'last_run', 'last_seen_ms'],
        ...['until_ms', 'reason', 'decided_by', 'decided_ms'],
      ]);
  }
}

export interface ItemScope {
  readonly source: string;
  /** Seconds since 1970, from inclusive, to exclusive. */
  readonly from: number;
  readonly to: number;
}

/** Closes what a run has looked at and not found any more; returns how many. */
export async function closeAgreed(
  trx: Knex.Transaction,
  { source, from, to }: ItemScope,
  run: number,
): Promise<number> {
  return trx(ITEMS)
    .where({ source })
    .where('at_s', '>=', from)
    .where('at_s', '<', to)
    .whereNot('last_run', run)
    .whereIn('status', ['open', 'accepted', 'ignored'])
    .update({ status: 'agreed' });
}

/** Items of a run's span, and those of the run that have no time. */
function itemsOfRun(knex: Knex, { source, from, to }: ItemScope, run: number): Knex.QueryBuilder {
  return knex(ITEMS)
    .where({ source })
    .where((either) => {
      either.where('last_run', run).orWhere((span) => {
        span.where('at_s', '>=', from).where('at_s', '<', to);
      });
    });
}

export async function countOpen(knex: Knex, scope: ItemScope, run: number): Promise<number> {
  const row = await itemsOfRun(knex, scope, run).where({ status: 'open' }).count({ items: '*' }).first();
  return Number(row?.items ?? 0);
}

export interface ItemCount {
  readonly kind: string;
  readonly status: ItemStatus;
  readonly items: number;
}

/** How many items there are of each kind and status: of all, or of a run's span. */
export async function countItems(knex: Knex, ofRun?: RunScope): Promise<ItemCount[]> {
  const query = ofRun === undefined ? knex(ITEMS) : itemsOfRun(knex, ofRun.scope, ofRun.run);
  const rows: ItemCount[] = await query
    .select('kind', 'status')
    .count({ items: '*' })
    .groupBy('kind', 'status')
    .orderBy(['kind', 'status']);
  return rows.map((row) => ({ ...row, items: Number(row.items) }));
}

/** A run, and the time that it looked at. */
export interface RunScope {
  readonly run: number;
  readonly scope: ItemScope;
}

export interface ItemFilter {
  readonly status?: string | undefined;
  readonly kind?: string | undefined;
  readonly source?: string | undefined;
  readonly paymentId?: number | undefined;
  /** Seen by this run last. */
  readonly run?: number | undefined;
  /** Of the time that a run looked at, whichever run has seen them. */
  readonly ofRun?: RunScope | undefined;
  /** When they were paid: seconds since 1970, from inclusive, to exclusive. */
  readonly fromS?: number | undefined;
  readonly toS?: number | undefined;
  readonly beforeId?: number | undefined;
}

/** Newest first. */
export async function listItems(knex: Knex, filter: ItemFilter, limit: number): Promise<ItemRow[]> {
  const { status, kind, source, paymentId, run, ofRun, fromS, toS, beforeId } = filter;
  const all = ofRun === undefined ? knex(ITEMS) : itemsOfRun(knex, ofRun.scope, ofRun.run);
  const query = all.select('*').orderBy('id', 'desc').limit(limit);
  if (status !== undefined) query.where({ status });
  if (kind !== undefined) query.where({ kind });
  if (source !== undefined) query.where({ source });
  if (paymentId !== undefined) query.where('payment_id', paymentId);
  if (run !== undefined) query.where('last_run', run);
  if (fromS !== undefined) query.where('at_s', '>=', fromS);
  if (toS !== undefined) query.where('at_s', '<', toS);
  if (beforeId !== undefined) query.where('id', '<', beforeId);
  const rows: ItemRow[] = await query;
  return rows.map(toItem);
}

export async function itemsByIds(knex: Knex, ids: readonly number[]): Promise<ItemRow[]> {
  const query = knex(ITEMS).whereIn('id', [...ids]);
  const rows: ItemRow[] = await (knex.isTransaction === true ? query.forUpdate() : query);
  return rows.map(toItem);
}

export async function decideItems(
  trx: Knex.Transaction,
  ids: readonly number[],
  decided: Pick<ItemRow, 'status' | 'until_ms' | 'reason' | 'decided_by' | 'decided_ms'>,
): Promise<void> {
  await trx(ITEMS)
    .whereIn('id', [...ids])
    .update(decided);
}
