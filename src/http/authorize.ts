/**
 * Who may call what, and how often. A caller shows an API key, or from a browser the session that was opened with one; a
 * key that is shown goes before a session. Every route declares who may call it and is refused when it is added without.
 *
 * Two limits spare the database. Keys and tokens that are not known are looked up so often and no more, by address and in
 * all; whoever is known is let in meanwhile. And each key has so many requests a minute, with its sessions: they are
 * counted once it is known, so before the audit, the body and the handler.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../domain/errors.js';
import type { ApiKeyRow } from '../store/api-keys.js';
import type { FoundSession } from '../store/sessions.js';
import { ApiKeys, isRole, type Role, requireRole } from './api-keys.js';
import { networkOf, RateLimit } from './rate-limit.js';
import type { DeclaredRoute } from './route.js';
import { refuseForged } from './same-origin.js';
import type { Service } from './service.js';
import { Sessions, sessionToken } from './sessions.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the caller is let in by; null where it is a key, or nothing. */
    session: FoundSession | null;
  }
}

/** Finds out who is calling. */
export class Callers {
  readonly keys: ApiKeys;
  readonly sessions: Sessions;
  readonly #clock: () => number;
  readonly #strangers: RateLimit;
  readonly #requests: RateLimit;
  readonly #recordings: RateLimit;

  constructor({ store, clock, limits, logger }: Service) {
    this.keys = new ApiKeys(store, clock);
    this.sessions = new Sessions(store, clock, limits.sessionMs, logger);
    this.#clock = clock;
    this.#strangers = new RateLimit({
      ofEach: limits.addressUnknownKeysPerMinute,
      inAll: limits.unknownKeysPerMinute,
    });
    this.#requests = new RateLimit({ ofEach: limits.keyRequestsPerMinute });
    this.#recordings = new RateLimit({ ofEach: limits.keyRecordingsPerMinute });
  }

  /** @throws AppError `unauthorized` or `forbidden` */
  async authorize(request: FastifyRequest, access: Role | 'session'): Promise<ApiKeyRow> {
    const { authorization } = request.headers;
    const token = sessionToken(request);
    if (access !== 'session' && (authorization !== undefined || token === undefined)) {
      return this.keys.authorize(authorization, access, this.admitStranger(request));
    }
    if (token === undefined)
      throw new AppError('unauthorized', 'Nobody is signed in here. Sign in with a key.');
    refuseForged(request);
    const found = await this.sessions.find(token, this.admitStranger(request));
    if (access !== 'session') requireRole(found.key, access);
    request.session = found;
    return found.key;
  }

  /** Whether one more key or token that is not known may be looked up for this address. */
  admitStranger({ ip }: FastifyRequest): () => void {
    return () =>
      this.#strangers.require(networkOf(ip), this.#clock(), 'keys that are not known here were sent');
  }

  /** @throws AppError `too_many` where the key has had its requests of this minute */
  count({ id }: ApiKeyRow, access: Role | 'session'): void {
    const limit = access === 'ingest' ? this.#recordings : this.#requests;
    limit.require(id, this.#clock(), 'requests with this key');
  }
}

export function authorizeRoutes(server: FastifyInstance, callers: Callers): void {
  const declared: DeclaredRoute[] = [];
  server.decorate('declaredRoutes', declared);
  server.decorateRequest('session', null);
  server.addHook('onRoute', ({ method, url, config }) => {
    const { access, audit, doc } = config ?? {};
    if (access === undefined) throw new Error(`The route ${String(method)} ${url} declares no access.`);
    if (doc === undefined) throw new Error(`The route ${String(method)} ${url} declares no doc.`);
    if (access === 'researcher' && audit === undefined) {
      throw new Error(`The route ${String(method)} ${url} shows riders and declares no audit.`);
    }
    for (const one of [method].flat()) declared.push({ method: one, url, access, audit, doc });
  });
  server.addHook('onRequest', (request, _reply, done) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === 'public' || access === 'signature') return done();
    callers
      .authorize(request, access)
      .then((key) => {
        callers.count(key, access);
        request.keyId = key.id;
        request.keyRole = isRole(key.role) ? key.role : null;
      })
      .then(() => done(), done);
  });
}
