/** The quarantine: signed deliveries that could not become payments. They enter by the door, with the payments. */
import type { Knex } from 'knex';

export const QUARANTINE_STATUSES = ['open', 'replayed', 'discarded', 'expired'] as const;
export type QuarantineStatus = (typeof QUARANTINE_STATUSES)[number];

export interface QuarantineRow {
  readonly id: number;
  readonly source: string;
  readonly reason: string;
  /** JSON of the problems. */
  readonly problems: string;
  /** The encrypted bytes; null once expired or discarded. */
  readonly sealed: Buffer | null;
  readonly status: QuarantineStatus;
  readonly attempts: number;
  readonly first_seen_ms: number;
  readonly last_seen_ms: number;
  readonly expires_ms: number;
}

const QUARANTINE = 'farelog_quarantine';
const COLUMNS = [
  'id',
  'source',
  'reason',
  'problems',
  'sealed',
  'status',
  'attempts',
  'first_seen_ms',
  'last_seen_ms',
  'expires_ms',
] as const;

function fromDatabase(row: QuarantineRow): QuarantineRow {
  return {
    ...row,
    id: Number(row.id),
    attempts: Number(row.attempts),
    first_seen_ms: Number(row.first_seen_ms),
    last_seen_ms: Number(row.last_seen_ms),
    expires_ms: Number(row.expires_ms),
  };
}

/** Newest first, from before `beforeId`. */
export async function listQuarantine(
  knex: Knex,
  filter: { readonly status?: QuarantineStatus | undefined; readonly beforeId?: number | undefined },
  limit: number,
): Promise<QuarantineRow[]> {
  const query = knex(QUARANTINE)
    .select(...COLUMNS)
    .orderBy('id', 'desc')
    .limit(limit);
  if (filter.status !== undefined) query.where('status', filter.status);
  if (filter.beforeId !== undefined) query.where('id', '<', filter.beforeId);
  const rows: QuarantineRow[] = await query;
  return rows.map(fromDatabase);
}

export interface QuarantineCount {
  readonly reason: string;
  readonly status: QuarantineStatus;
  readonly deliveries: number;
}

/** How many different deliveries were first seen within a span (milliseconds) and did not become payments since. */
export async function countLeftOut(
  knex: Knex,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<QuarantineCount[]> {
  const rows: QuarantineCount[] = await knex(QUARANTINE)
    .select('reason', 'status', knex.raw('COUNT(*) AS deliveries'))
    .where('first_seen_ms', '>=', span.fromMs)
    .where('first_seen_ms', '<', span.toMs)
    .whereNot('status', 'replayed')
    .groupBy('reason', 'status')
    .orderBy(['reason', 'status']);
  return rows.map((row) => ({ ...row, deliveries: Number(row.deliveries) }));
}

export async function findQuarantined(knex: Knex, id: number): Promise<QuarantineRow | undefined> {
  const row: QuarantineRow | undefined = await knex(QUARANTINE)
    .select(...COLUMNS)
    .where({ id })
    .first();
  return row === undefined ? undefined : fromDatabase(row);
}

/** Closes an open delivery; its bytes, which still hold identities, go. Returns whether it was open. */
export async function closeQuarantined(
  trx: Knex.Transaction,
  id: number,
  status: 'replayed' | 'discarded',
): Promise<boolean> {
  const changed = await trx(QUARANTINE).where({ id, status: 'open' }).update({ status, sealed: null });
  return changed > 0;
}

/** Lets go of the bytes of everything past its day; returns how many. */
export async function expireQuarantined(trx: Knex.Transaction, now: number): Promise<number> {
  return trx(QUARANTINE)
    .where('expires_ms', '<=', now)
    .whereNotNull('sealed')
    .update({ status: 'expired', sealed: null });
}

/** A chunk of the deliveries whose bytes are kept, in the order of their ids. */
export async function sealedAfter(
  knex: Knex,
  afterId: number,
  limit: number,
): Promise<{ id: number; sealed: Buffer }[]> {
  const rows: { id: number; sealed: Buffer }[] = await knex(QUARANTINE)
    .select('id', 'sealed')
    .where('id', '>', afterId)
    .whereNotNull('sealed')
    .orderBy('id')
    .limit(limit);
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}

/** Puts other sealed bytes in the place of those that named a rider; null: they go, and the delivery is given up. */
export async function replaceSealed(trx: Knex, id: number, sealed: Buffer | null): Promise<void> {
  await trx(QUARANTINE)
    .where({ id })
    .update(sealed === null ? { sealed, status: 'discarded' } : { sealed });
}
