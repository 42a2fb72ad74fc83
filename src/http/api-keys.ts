/** API keys: made, found and judged. A key is 32 random bytes; the database holds its SHA-256 alone. */
import { randomBytes } from 'node:crypto';
import { filterText } from '../domain/audit.js';
import { AppError } from '../domain/errors.js';
import {
  type ApiKeyRow,
  findApiKeyByHash,
  insertApiKey,
  lockValidKeys,
  revokeApiKey,
} from '../store/api-keys.js';
import { appendAudit } from '../store/audit.js';
import type { Store } from '../store/dialect.js';
import { deleteSessionsOfKey } from '../store/sessions.js';
import { Believed, hashOf } from './believed.js';

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
  const asItIs = (text: string): string => text;
  const filter = filterText({ id, role: options.role, name: options.name }, asItIs, [key]);
  const by = options.by ?? AT_START;
  await store.write(async (trx) => {
    await insertApiKey(trx, row);
    await appendAudit(trx, [{ ...by, action: 'keys.create', filter, at_ms: now }]);
  });
  return { id, key, row };
}

/**
 * Revokes a key that is not yet, with the sessions that stand on it, and writes it down; returns whether there was one.
 * @param by `keepAnAdmin`: not where no other admin key would be valid
 * @throws AppError `conflict` where it is the last admin key, and one is kept
 */
export function revokeKey(
  store: Store,
  id: string,
  { keepAnAdmin = false, ...by }: KeyChange & { readonly keepAnAdmin?: boolean },
  now: number,
): Promise<boolean> {
  return store.write(async (trx) => {
    // Locked first, so that two admins that revoke each other come one behind the other.
    const admins = keepAnAdmin ? await lockValidKeys(trx, 'admin', now) : [];
    if (admins.length === 1 && admins[0] === id) {
      throw new AppError(
        'conflict',
        'This is the last admin key that is valid, and without one nobody could make another. Make another admin key ' +
          `first; or, on the machine of Farelog, run \`farelog keys revoke ${id}\`.`,
      );
    }
    if (!(await revokeApiKey(trx, id, now))) return false;
    await deleteSessionsOfKey(trx, id);
    await appendAudit(trx, [{ ...by, action: 'keys.revoke', filter: JSON.stringify({ id }), at_ms: now }]);
    return true;
  });
}

/** Whether a key is stored already, revoked or not. */
export async function isKnownKey(store: Store, key: string): Promise<boolean> {
  return (await findApiKeyByHash(store.knex, hashOf(key))) !== undefined;
}

/** Why a key does not count now; undefined where it does. */
export function whyRefused(key: ApiKeyRow | undefined, now: number): string | undefined {
  if (key === undefined || key.revoked_ms !== null) return 'This key is not known here, or was revoked.';
  if (key.expires_ms !== null && key.expires_ms <= now) return 'This key has expired.';
  return undefined;
}

/** @throws AppError `forbidden` where the key's role may not act as `role` */
export function requireRole(key: ApiKeyRow, role: Role): void {
  if (isRole(key.role) && INCLUDES[key.role].includes(role)) return;
  throw new AppError('forbidden', `This needs the role ${role}; the key has the role ${key.role}.`);
}

/** Finds the keys of requests, remembering them for two seconds so that a burst costs one look-up. */
export class ApiKeys {
  readonly #store: Store;
  readonly #clock: () => number;
  readonly #found: Believed<ApiKeyRow>;

  constructor(store: Store, clock: () => number) {
    this.#store = store;
    this.#clock = clock;
    this.#found = new Believed(clock);
  }

  /**
   * @param admit throws where a key that is not known may not be looked up now
   * @throws AppError `unauthorized` where the key is unknown, expired or revoked
   */
  async find(key: string, admit: () => void): Promise<ApiKeyRow> {
    const look = (hash: string) => findApiKeyByHash(this.#store.knex, hash);
    const row = await this.#found.find(hashOf(key), look, admit);
    const refused = whyRefused(row, this.#clock());
    if (row === undefined || refused !== undefined) throw new AppError('unauthorized', refused ?? '');
    return row;
  }

  /**
   * The key of an `Authorization: Bearer` header that may act as `role`.
   * @throws AppError `unauthorized` where it is missing, unknown, expired or revoked; `forbidden` for another role
   */
  async authorize(authorization: string | undefined, role: Role, admit: () => void): Promise<ApiKeyRow> {
    const key = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (key === undefined) throw new AppError('unauthorized', 'Send the header Authorization: Bearer KEY.');
    const row = await this.find(key, admit);
    requireRole(row, role);
    return row;
  }
}
