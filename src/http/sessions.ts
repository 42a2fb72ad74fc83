/**
 * Sessions of browsers: signed in with a key, carried by a cookie that no script can read. A session is a row of the
 * database, so any instance serves it; it ends when its time is over, its key is revoked or expires, or somebody signs
 * out. A token is 256 random bits; the database holds its SHA-256 alone.
 *
 * Over TLS the cookie is `Secure` and has the prefix `__Host-`, which no other host and no page without TLS can set;
 * either name counts in its own case alone.
 */
import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Knex } from 'knex';
import type { AuditEvent } from '../domain/audit.js';
import { AppError, codeOf } from '../domain/errors.js';
import type { ApiKeyRow } from '../store/api-keys.js';
import { appendAudit } from '../store/audit.js';
import type { Store } from '../store/dialect.js';
import {
  deleteDeadSessions,
  deleteSession,
  type FoundSession,
  findSession,
  insertSession,
  type SessionRow,
  touchSession,
} from '../store/sessions.js';
import { whyRefused } from './api-keys.js';
import { Believed, hashOf } from './believed.js';

export const SESSION_COOKIE = 'farelog_session';

/** How exactly is told when a session was last seen: a write of its own with every request would be too many. */
const SEEN_EVERY_MS = 300_000;

interface WarningLog {
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

function cookieName({ protocol }: FastifyRequest): string {
  return protocol === 'https' ? `__Host-${SESSION_COOKIE}` : SESSION_COOKIE;
}

/** The token of the request's cookie; undefined where there is none, whatever it may be worth. */
export function sessionToken(request: FastifyRequest): string | undefined {
  const start = `${cookieName(request)}=`;
  const cookies = request.headers.cookie?.split(';').map((text) => text.trim()) ?? [];
  return cookies.find((text) => text.startsWith(start))?.slice(start.length);
}

/** `Set-Cookie` of a token for so many seconds; 0 takes it out of the browser. */
export function sessionCookie(request: FastifyRequest, token: string, seconds: number): string {
  const secure = request.protocol === 'https' ? '; Secure' : '';
  return `${cookieName(request)}=${token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}${secure}`;
}

function eventOf(
  action: 'session.create' | 'session.end',
  { id, role }: ApiKeyRow,
  operation: string,
  now: number,
): AuditEvent {
  return { actor: id, action, operation, filter: JSON.stringify({ role }), at_ms: now };
}

export class Sessions {
  readonly #store: Store;
  readonly #clock: () => number;
  readonly #lifetimeMs: number;
  readonly #logger: WarningLog;
  readonly #found: Believed<FoundSession>;

  constructor(store: Store, clock: () => number, lifetimeMs: number, logger: WarningLog) {
    this.#store = store;
    this.#clock = clock;
    this.#lifetimeMs = lifetimeMs;
    this.#logger = logger;
    this.#found = new Believed(clock);
  }

  /**
   * Opens a session on a valid key, in the place of the one whose token the browser sent with it.
   * @param operation of the audit
   */
  async open(
    key: ApiKeyRow,
    operation: string,
    replaced: string | undefined,
  ): Promise<{ readonly token: string; readonly session: SessionRow }> {
    const now = this.#clock();
    const token = randomBytes(32).toString('base64url');
    const expires = Math.min(now + this.#lifetimeMs, key.expires_ms ?? Number.MAX_SAFE_INTEGER);
    const session: SessionRow = {
      hash: hashOf(token),
      key_id: key.id,
      created_ms: now,
      expires_ms: expires,
      last_seen_ms: now,
    };
    await this.#store.write(async (trx) => {
      if (replaced !== undefined) await this.#end(trx, hashOf(replaced), operation);
      await insertSession(trx, session);
      await appendAudit(trx, [eventOf('session.create', key, operation, now)]);
    });
    if (replaced !== undefined) this.#found.forget(hashOf(replaced));
    this.#found.remember(session.hash, { session, key });
    return { token, session };
  }

  /**
   * @param admit throws where a token that is not known may not be looked up now
   * @throws AppError `unauthorized` where the token is of no session, or of one that has ended
   */
  async find(token: string, admit: () => void): Promise<FoundSession> {
    const now = this.#clock();
    const hash = hashOf(token);
    const found = await this.#found.find(hash, (sought) => findSession(this.#store.knex, sought), admit);
    if (found === undefined || found.session.expires_ms <= now || whyRefused(found.key, now) !== undefined) {
      throw new AppError('unauthorized', 'This session is not known here, or has ended. Sign in again.');
    }
    if (now - found.session.last_seen_ms >= SEEN_EVERY_MS) await this.#seen(hash, now);
    return found;
  }

  /** Ends a session for good: here at once, elsewhere within the time that sessions are believed. */
  async end(hash: string, operation: string): Promise<void> {
    await this.#store.write((trx) => this.#end(trx, hash, operation));
    this.#found.forget(hash);
  }

  async #end(trx: Knex.Transaction, hash: string, operation: string): Promise<void> {
    const found = await findSession(trx, hash);
    if (found === undefined || !(await deleteSession(trx, hash))) return;
    await appendAudit(trx, [eventOf('session.end', found.key, operation, this.#clock())]);
  }

  /** That it cannot be written down is no reason to refuse a request. */
  async #seen(hash: string, now: number): Promise<void> {
    try {
      await this.#store.write((trx) => touchSession(trx, hash, now));
      this.#found.forget(hash);
    } catch (error) {
      this.#logger.warn('It cannot be written when a session was last seen', { error: codeOf(error) });
    }
  }
}

/** Deletes sessions whose time is over or whose key was revoked; they count no more in any case. */
export function expireSessions(store: Store, now: number): Promise<number> {
  return store.write((trx) => deleteDeadSessions(trx, now));
}
