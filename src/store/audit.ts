/**
 * The audit's rows: appended one behind the other, and read. Nothing here changes or deletes one. (What has no other
 * transaction to go in is appended by `Store.appendAudit`, which on SQLite leaves it to the writer thread.)
 */
import type { Knex } from 'knex';
import { type AuditEvent, type AuditLink, type AuditRow, chainAfter } from '../domain/audit.js';

const AUDIT = 'farelog_audit';
const HEAD = 'farelog_audit_head';

/**
 * Appends within the caller's transaction. Its first statement takes the head's lock (on SQLite the file's), so that
 * whoever appends next, in whatever process, reads the head that this transaction leaves.
 */
export async function appendAudit(trx: Knex.Transaction, events: readonly AuditEvent[]): Promise<void> {
  await trx(HEAD).where('id', 1).increment('sequence', events.length);
  const head = await readAuditHead(trx);
  if (head === undefined) throw new Error('farelog_audit_head has lost its row');
  const rows = chainAfter({ sequence: head.sequence - events.length, hash: head.hash }, events);
  await trx(AUDIT).insert(rows);
  await trx(HEAD)
    .where('id', 1)
    .update({ hash: rows.at(-1)?.hash ?? head.hash });
}

/** The newest row's place, as the last append left it; undefined where somebody took it away. */
export async function readAuditHead(knex: Knex): Promise<AuditLink | undefined> {
  const head: AuditLink | undefined = await knex(HEAD).select('sequence', 'hash').where('id', 1).first();
  return head === undefined ? undefined : { sequence: Number(head.sequence), hash: head.hash };
}

/** Milliseconds since 1970, from inclusive, to exclusive. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly beforeSequence?: number | undefined;
}

const COLUMNS = [
  'sequence',
  'at_ms',
  'actor',
  'action',
  'operation',
  'filter',
  'previous_hash',
  'hash',
] as const;

function fromDatabase(row: AuditRow): AuditRow {
  return { ...row, sequence: Number(row.sequence), at_ms: Number(row.at_ms) };
}

/** Newest first. */
export async function listAudit(knex: Knex, filter: AuditFilter, limit: number): Promise<AuditRow[]> {
  const query = knex(AUDIT)
    .select(...COLUMNS)
    .orderBy('sequence', 'desc')
    .limit(limit);
  if (filter.actor !== undefined) query.where('actor', filter.actor);
  if (filter.action !== undefined) query.where('action', filter.action);
  if (filter.fromMs !== undefined) query.where('at_ms', '>=', filter.fromMs);
  if (filter.toMs !== undefined) query.where('at_ms', '<', filter.toMs);
  if (filter.beforeSequence !== undefined) query.where('sequence', '<', filter.beforeSequence);
  const rows: AuditRow[] = await query;
  return rows.map(fromDatabase);
}

/** A chunk of the chain in its order. */
export async function auditAfter(knex: Knex, afterSequence: number, limit: number): Promise<AuditRow[]> {
  const rows: AuditRow[] = await knex(AUDIT)
    .select(...COLUMNS)
    .where('sequence', '>', afterSequence)
    .orderBy('sequence')
    .limit(limit);
  return rows.map(fromDatabase);
}
