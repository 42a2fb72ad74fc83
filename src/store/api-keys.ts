/** API keys: only their hashes are stored. */
import type { Knex } from 'knex';

export interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly hash: string;
  readonly created_ms: number;
  readonly expires_ms: number | null;
  readonly revoked_ms: number | null;
}

const KEYS = 'farelog_api_keys';

function fromDatabase(row: ApiKeyRow): ApiKeyRow {
  return {
    ...row,
    created_ms: Number(row.created_ms),
    expires_ms: row.expires_ms === null ? null : Number(row.expires_ms),
    revoked_ms: row.revoked_ms === null ? null : Number(row.revoked_ms),
  };
}

export async function insertApiKey(trx: Knex.Transaction, row: ApiKeyRow): Promise<void> {
  await trx(KEYS).insert(row);
}

export async function findApiKeyByHash(knex: Knex, hash: string): Promise<ApiKeyRow | undefined> {
  const row: ApiKeyRow | undefined = await knex(KEYS).where({ hash }).first();
  return row === undefined ? undefined : fromDatabase(row);
}

export async function findApiKeyById(knex: Knex, id: string): Promise<ApiKeyRow | undefined> {
  const row: ApiKeyRow | undefined = await knex(KEYS).where({ id }).first();
  return row === undefined ? undefined : fromDatabase(row);
}

export async function listApiKeys(knex: Knex): Promise<ApiKeyRow[]> {
  const rows: ApiKeyRow[] = await knex(KEYS).orderBy('created_ms');
  return rows.map(fromDatabase);
}

/** Ids of the keys of a role that are valid now, which nobody else can revoke until the transaction ends. */
export async function lockValidKeys(trx: Knex.Transaction, role: string, now: number): Promise<string[]> {
  const rows: { id: string }[] = await trx(KEYS)
    .select('id')
    .where({ role })
    .whereNull('revoked_ms')
    .where((either) => {
      either.whereNull('expires_ms').orWhere('expires_ms', '>', now);
    })
    .orderBy('id')
    .forUpdate();
  return rows.map(({ id }) => id);
}

/** Revokes a key that is not yet; returns whether there was one. */
export async function revokeApiKey(trx: Knex.Transaction, id: string, now: number): Promise<boolean> {
  const changed = await trx(KEYS).where({ id }).whereNull('revoked_ms').update({ revoked_ms: now });
  return changed > 0;
}
