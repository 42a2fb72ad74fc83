/** API keys: made, found and judged. A key is 32 random bytes; the database holds its SHA-256 alone. */
import { createHash, randomBytes } from 'node:crypto';
import { filterText } from '../domain/audit.js';
import { AppError } from '../domain/errors.js';
import { type ApiKeyRow, findApiKeyByHash, insertApiKey, revokeApiKey } from '../store/api-keys.js';
import { appendAudit } from '../store/audit.js';
import type { Store } from '../store/dialect.js';

export const ROLES = ['ingest', 'analyst', 'researcher', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Which roles a role may act as. */
const INCLUDES: Readonly<Record<Role, readonly Role[]>> = {
  ingest: ['ingest'],
  analyst: ['analyst'],
  researcher: ['researcher', 'analyst'],
  admin: ROLES,
};

/** The roles that may do what `role` may. */
export function rolesThatMay(role: Role): readonly Role[] {
  return ROLES.filter((one) => INCLUDES[one].includes(role));
}

export function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}

function hashOf(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}

export interface NewKey {
  readonly id: string;
  /** Told once, never stored. */
  readonly key: string;
  readonly row: ApiKeyRow;
}

/** Who makes or revokes a key, for the audit; by default Farelog itself, at its start. */
export interface KeyChange {
  readonly actor: string;
  readonly operation: string;
}

const AT_START: KeyChange = { actor: 'service', operation: 'start' };

/**
 * Makes a key and stores its hash, and in the same transaction its row of the audit. `given` is a key that was chosen
 * elsewhere.
 * @param now milliseconds since 1970
 */
export async function createApiKey(
  store: Store,
  options: {
    readonly name: string;
    readonly role: Role;
    readonly expiresMs?: number | undefined;
    readonly given?: string;
    readonly by?: KeyChange;
  },
  now: number,
): Promise<NewKey> {
  const id = randomBytes(6).toString('hex');
  const key = options.given ?? `farelog_${randomBytes(32).toString('base64url')}`;
  const row: ApiKeyRow = {
    id,
    name: options.name,
    role: options.role,
    hash: hashOf(key),
    created_ms: now,
    expires_ms: options.expiresMs ?? null,
    revoked_ms: null,
  };
  const filter = filterText({ id, role: options.role, name: options.name }, [key]);
  const by = options.by ?? AT_START;
  await store.write(async (trx) => {
    await insertApiKey(trx, row);
    await appendAudit(trx, [{ ...by, action: 'keys.create', filter, at_ms: now }]);
  });
  return { id, key, row };
}

/** Revokes a key that is still valid, and writes it down; returns whether there was one. */
export function revokeKey(store: Store, id: string, by: KeyChange, now: number): Promise<boolean> {
  return store.write(async (trx) => {
    const revoked = await revokeApiKey(trx, id, now);
    const event = { ...by, action: 'keys.revoke', filter: filterText({ id }), at_ms: now } as const;
    if (revoked) await appendAudit(trx, [event]);
    return revoked;
  });
}

/** Whether a key is stored already, revoked or not. */
export async function isKnownKey(store: Store, key: string): Promise<boolean> {
  return (await findApiKeyByHash(store.knex, hashOf(key))) !== undefined;
}

/** For how long a key that was found is believed: a revocation elsewhere takes effect within this. */
const BELIEVED_MS = 2_000;
const MAX_REMEMBERED = 1_000;

/** Finds the keys of requests, remembering them for two seconds so that a burst costs one look-up. */
export class ApiKeys {
  readonly #store: Store;
  readonly #clock: () => number;
  readonly #found = new Map<string, { readonly row: ApiKeyRow | undefined; readonly until: number }>();

  constructor(store: Store, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * The key of an `Authorization: Bearer` header that may act as `role`.
   * @throws AppError `unauthorized` where it is missing, unknown, expired or revoked; `forbidden` for another role
   */
  async authorize(authorization: string | undefined, role: Role): Promise<ApiKeyRow> {
    const key = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (key === undefined) throw new AppError('unauthorized', 'Send the header Authorization: Bearer KEY.');
    const row = await this.#find(hashOf(key));
    if (row === undefined || row.revoked_ms !== null) {
      throw new AppError('unauthorized', 'This key is not known here, or was revoked.');
    }
    if (row.expires_ms !== null && row.expires_ms <= this.#clock()) {
      throw new AppError('unauthorized', 'This key has expired.');
    }
    if (!isRole(row.role) || !INCLUDES[row.role].includes(role)) {
      throw new AppError('forbidden', `This needs the role ${role}; the key has the role ${row.role}.`);
    }
    return row;
  }

  async #find(hash: string): Promise<ApiKeyRow | undefined> {
    const now = this.#clock();
    const known = this.#found.get(hash);
    if (known !== undefined && known.until > now) return known.row;
    if (this.#found.size >= MAX_REMEMBERED) this.#found.clear();
    const row = await findApiKeyByHash(this.#store.knex, hash);
    this.#found.set(hash, { row, until: now + BELIEVED_MS });
    return row;
  }
}
