/**
 * Who may call what. A caller shows an API key, or from a browser the session that was opened with one; a key that is
 * shown goes before a session. Every route declares who may call it and is refused when it is added without.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../domain/errors.js';
import type { ApiKeyRow } from '../store/api-keys.js';
import type { FoundSession } from '../store/sessions.js';
import { ApiKeys, isRole, type Role, requireRole } from './api-keys.js';
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
  constructor(
    readonly keys: ApiKeys,
    readonly sessions: Sessions,
  ) {}

  /** @throws AppError `unauthorized` or `forbidden` */
  async authorize(request: FastifyRequest, access: Role | 'session'): Promise<ApiKeyRow> {
    const { authorization } = request.headers;
    const token = sessionToken(request);
    if (access !== 'session' && (authorization !== undefined || token === undefined)) {
      return this.keys.authorize(authorization, access);
    }
    if (token === undefined)
      throw new AppError('unauthorized', 'Nobody is signed in here. Sign in with a key.');
    refuseForged(request);
    const found = await this.sessions.find(token);
    if (access !== 'session') requireRole(found.key, access);
    request.session = found;
    return found.key;
  }
}

export function callersOf({ store, clock, limits, logger }: Service): Callers {
  return new Callers(new ApiKeys(store, clock), new Sessions(store, clock, limits.sessionMs, logger));
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
    callers.authorize(request, access).then(({ id, role }) => {
      request.keyId = id;
      request.keyRole = isRole(role) ? role : null;
      done();
    }, done);
  });
}
