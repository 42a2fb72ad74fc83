/**
 * The HTTP server: limits, authorization and problem responses in one place, routes in `routes/`.
 *
 * Hooks take callbacks: a promise each would cost every request a turn of the microtask queue.
 *
 * Every route declares who may call it (`config.access`); one that does not is refused when it is added, so that
 * nothing is open by being forgotten. Likewise one for researchers that declares no `config.audit`.
 */
import Fastify, { type FastifyInstance } from 'fastify';
import type { AuditAction } from '../domain/audit.js';
import { AppError } from '../domain/errors.js';
import type { Store } from '../store/dialect.js';
import { ApiKeys, type Role } from './api-keys.js';
import { auditRequests } from './audit.js';
import { sendError, sendProblem, statusOf } from './problem.js';
import { auditRoutes } from './routes/audit.js';
import { healthRoutes } from './routes/health.js';
import { liveRoutes } from './routes/live.js';
import { paymentRoutes } from './routes/payments.js';
import { quarantineRoutes } from './routes/quarantine.js';
import { webhookRoutes } from './routes/webhooks.js';
import type { Service } from './service.js';

/** Who may call a route: a role by API key, a sender by signature, or anyone. */
export type Access = Role | 'signature' | 'public';

export interface DeclaredRoute {
  readonly method: string;
  /** With parameters as `:name`. */
  readonly url: string;
  readonly access: Access;
  /** What is written in the audit of every call. */
  readonly audit?: AuditAction | undefined;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    /** Written down before the handler runs; a route for researchers must have it. */
    audit?: AuditAction;
    /** Its answer goes on until somebody ends it: the time to its end says nothing of this server. */
    stream?: boolean;
  }
  interface FastifyInstance {
    /** Every route of this server, and who may call it. */
    declaredRoutes: readonly DeclaredRoute[];
  }
}

export function createServer(service: Service): FastifyInstance {
  const { limits } = service;
  const server = Fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    forceCloseConnections: 'idle',
    // Refused by a hook below instead, since an answer of Fastify's own would lack Retry-After.
    return503OnClosing: false,
    http: {
      // Node refuses to start where the headers may take longer than the whole request.
      headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: 1_000,
    },
    routerOptions: { maxParamLength: 300 },
  });
  refuseWhileStopping(server, service);
  acceptJsonBytes(server);
  const keys = new ApiKeys(service.store, service.clock);
  authorizeRoutes(server, keys);
  auditRequests(server, service);
  measureRoutes(server, service);
  server.setErrorHandler((error, request, reply) => {
    if (!(error instanceof AppError) && statusOf(error) >= 500) {
      service.logger.error('A request failed', { route: request.routeOptions.url, error: String(error) });
    }
    return sendError(reply, isDatabaseAway(error, service.store) ? databaseAway(error) : error);
  });
  server.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      404,
      'Not found',
      `There is nothing at ${request.method} ${request.url.split('?')[0]}.`,
    ),
  );
  webhookRoutes(server, service);
  paymentRoutes(server, service);
  quarantineRoutes(server, service);
  auditRoutes(server, service);
  liveRoutes(server, service, keys);
  healthRoutes(server, service);
  return server;
}

/**
 * Connections that are kept alive may bring new requests while the last ones are answered; each is closed with its
 * answer, since a stop waits for the last of them.
 */
function refuseWhileStopping(server: FastifyInstance, { accepting }: Service): void {
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (!accepting()) reply.header('connection', 'close');
    done(null, payload);
  });
  server.addHook('onRequest', (request, _reply, done) => {
    if (accepting() || request.routeOptions.config.access === 'public') return done();
    done(new AppError('unavailable', 'Farelog is stopping; nothing of this was kept. Send it again.'));
  });
}

/** Whether a driver or its pool failed, rather than this code, and the same request may succeed later. */
function isDatabaseAway(error: unknown, store: Store): boolean {
  if (!(error instanceof Error) || error instanceof AppError) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const fromDriver = /^(SQLITE_|ER_|PROTOCOL_|E[A-Z]+$)/.test(code) || error.name === 'KnexTimeoutError';
  return fromDriver && store.classify(error) !== 'refused';
}

function databaseAway(cause: unknown): AppError {
  return new AppError('unavailable', 'The database cannot answer now. Try again later.', { cause });
}

/** Bodies reach the routes as bytes: signatures are over bytes, and numbers must keep their digits. */
function acceptJsonBytes(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    /^application\/(?:json|[a-z0-9.+-]+\+json)(?:\s*;|$)/i,
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  );
  server.addHook('onRequest', (request, _reply, done) => {
    const encoding = request.headers['content-encoding'];
    if (encoding === undefined || encoding === 'identity') return done();
    done(Object.assign(new Error('Send the body without Content-Encoding.'), { statusCode: 415 }));
  });
}

function authorizeRoutes(server: FastifyInstance, keys: ApiKeys): void {
  const declared: DeclaredRoute[] = [];
  server.decorate('declaredRoutes', declared);
  server.addHook('onRoute', ({ method, url, config }) => {
    const access = config?.access;
    const audit = config?.audit;
    if (access === undefined) throw new Error(`The route ${String(method)} ${url} declares no access.`);
    if (access === 'researcher' && audit === undefined) {
      throw new Error(`The route ${String(method)} ${url} shows riders and declares no audit.`);
    }
    for (const one of [method].flat()) declared.push({ method: one, url, access, audit });
  });
  server.addHook('onRequest', (request, _reply, done) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === 'public' || access === 'signature') return done();
    keys.authorize(request.headers.authorization, access).then(({ id }) => {
      request.keyId = id;
      done();
    }, done);
  });
}

function measureRoutes(server: FastifyInstance, { metrics }: Service): void {
  server.addHook('onResponse', (request, reply, done) => {
    if (request.routeOptions.config.stream === true && reply.statusCode === 200) return done();
    metrics.answered(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}
