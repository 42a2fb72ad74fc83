/** Sessions of browsers: only the hashes of their tokens are stored, and any instance on the database knows them. */
import type { Knex } from 'knex';
import { type ApiKeyRow, findApiKeyById } from './api-keys.js';

export interface SessionRow {
  /** SHA-256 of the token, in hex. */
  readonly hash: string;
  readonly key_id: string;
  readonly created_ms: number;
  readonly expires_ms: number;
  readonly last_seen_ms: number;
}

/** A session with the key that it stands on, as both stand now. */
export interface FoundSession {
  readonly session: SessionRow;
  readonly key: ApiKeyRow;
}

const SESSIONS = 'farelog_sessions';

function fromDatabase(row: SessionRow): SessionRow {
  return {
    ...row,
    created_ms: Number(row.created_ms),
    expires_ms: Number(row.expires_ms),
    last_seen_ms: Number(row.last_seen_ms),
  };
}

export async function insertSession(trx: Knex.Transaction, row: SessionRow): Promise<void> {
  await trx(SESSIONS).insert(row);
}

/** Undefined where the session or its key is not there. */
export async function findSession(knex: Knex, hash: string): Promise<FoundSession | undefined> {
  const row: SessionRow | undefined = await knex(SESSIONS).where({ hash }).first();
  if (row === undefined) return undefined;
  const key = await findApiKeyById(knex, row.key_id);
  return key === undefined ? undefined : { session: fromDatabase(row), key };
}

export async function touchSession(trx: Knex.Transaction, hash: string, now: number): Promise<void> {
  await trx(SESSIONS).where({ hash }).update({ last_seen_ms: now });
}

/** Returns whether there was one. */
export async function deleteSession(trx: Knex.Transaction, hash: string): Promise<boolean> {
  return (await trx(SESSIONS).where({ hash }).delete()) > 0;
}

export async function deleteSessionsOfKey(trx: Knex.Transaction, keyId: string): Promise<void> {
  await trx(SESSIONS).where('key_id', keyId).delete();
}

/** Deletes those whose time is over, and those whose key was revoked; returns how many. */
export async function deleteDeadSessions(trx: Knex.Transaction, now: number): Promise<number> {
  const revoked = trx('farelog_api_keys').select('id').whereNotNull('revoked_ms');
  return trx(SESSIONS).where('expires_ms', '<=', now).orWhereIn('key_id', revoked).delete();
}
