/**
 * The HTTP server: limits, authorization and problem responses in one place, routes in `routes/`.
 *
 * Hooks take callbacks: a promise each would cost every request a turn of the microtask queue.
 *
 * Every route declares who may call it and what it does (`config.access`, `config.doc`), and one for researchers what is
 * written in the audit (`config.audit`). One that does not is refused when it is added, so that nothing is open,
 * undocumented or unwatched by being forgotten.
 */
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import type { AuditAction } from '../domain/audit.js';
import { AppError, failureOf } from '../domain/errors.js';
import type { Source } from '../domain/outcome.js';
import type { Store } from '../store/dialect.js';
import { auditRequests } from './audit.js';
import { authorizeRoutes, Callers } from './authorize.js';
import { DashboardFiles, sendDashboardFile } from './dashboard-files.js';
import { requestError, sendError, statusOf } from './problem.js';
import type { Access, DeclaredRoute, RouteDoc } from './route.js';
import { adjustmentRoutes } from './routes/adjustments.js';
import { analyticsRoutes } from './routes/analytics.js';
import { auditRoutes } from './routes/audit.js';
import { calendarRoutes } from './routes/calendar.js';
import { dashboardRoutes } from './routes/dashboard.js';
import { docsRoutes } from './routes/docs.js';
import { healthRoutes } from './routes/health.js';
import { keyRoutes } from './routes/keys.js';
import { liveRoutes } from './routes/live.js';
import { paymentRoutes } from './routes/payments.js';
import { quarantineRoutes } from './routes/quarantine.js';
import { reconciliationRunRoutes } from './routes/reconciliation-runs.js';
import { reconciliationItemRoutes } from './routes/reconciliations.js';
import { recordingRoutes } from './routes/recording.js';
import { releaseRoutes } from './routes/releases.js';
import { riderRoutes } from './routes/riders.js';
import { scheduleRoutes } from './routes/schedule.js';
import { sessionRoutes } from './routes/session.js';
import { studyRoutes } from './routes/studies.js';
import { webhookRoutes } from './routes/webhooks.js';
import { secureAnswers } from './security-headers.js';
import type { Service } from './service.js';
import { answerNotFound, answerUnreadable, answerUnroutable } from './unreadable.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
    doc?: RouteDoc;
    /** Written down before the handler runs; a route for researchers must have it. */
    audit?: AuditAction;
    /** Where what it refuses is a delivery that was not kept, and is counted as one. */
    delivers?: Source;
    /** Its answer goes on until somebody ends it: the time to its end says nothing of this server. */
    stream?: boolean;
  }
  interface FastifyInstance {
    /** Every route of this server, who may call it, and what it does. */
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
    trustProxy: service.trustedProxies.length > 0 ? [...service.trustedProxies] : false,
    // Refused by a hook below instead, since an answer of Fastify's own would lack Retry-After.
    return503OnClosing: false,
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, _request, reply) => answerUnroutable(error, reply),
    http: {
      // Node refuses to start where the headers may take longer than the whole request.
      headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: 1_000,
    },
    routerOptions: { maxParamLength: 300 },
  });
  service.tracing?.onServer(server);
  secureAnswers(server);
  refuseWhileStopping(server, service);
  acceptJsonBytes(server);
  const callers = new Callers(service);
  authorizeRoutes(server, callers);
  auditRequests(server, service);
  measureRoutes(server, service);
  server.setErrorHandler((error, request, reply) => {
    if (!(error instanceof AppError) && statusOf(error) >= 500) {
      service.logger.error('A request failed', { route: request.routeOptions.url, error: failureOf(error) });
    }
    const told = isDatabaseAway(error, service.store) ? databaseAway(error) : error;
    const { delivers } = request.routeOptions.config;
    if (delivers !== undefined) countRefused(service, delivers, told);
    if (statusOf(told) === 413) return readToItsEnd(request.raw).then(() => sendError(reply, told));
    return sendError(reply, told);
  });
  const dashboard = new DashboardFiles(service.dashboardFolder);
  server.setNotFoundHandler(async (request, reply) => {
    const file = dashboard.elsewhere(request);
    if (file !== undefined) return sendDashboardFile(request, reply, file);
    return answerNotFound(server.declaredRoutes, request, reply);
  });
  webhookRoutes(server, service);
  recordingRoutes(server, service);
  adjustmentRoutes(server, service);
  paymentRoutes(server, service);
  analyticsRoutes(server, service);
  studyRoutes(server, service);
  quarantineRoutes(server, service);
  reconciliationRunRoutes(server, service);
  reconciliationItemRoutes(server, service);
  calendarRoutes(server, service);
  releaseRoutes(server, service);
  riderRoutes(server, service);
  auditRoutes(server, service);
  sessionRoutes(server, service, callers);
  keyRoutes(server, service);
  liveRoutes(server, service, callers);
  scheduleRoutes(server, service);
  healthRoutes(server, service);
  docsRoutes(server, service);
  dashboardRoutes(server, dashboard);
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

/** How long the rest of a body that is too large may take before it is answered anyway. */
const REST_OF_BODY_MS = 5_000;

/**
 * Reads what is left of a body and keeps none of it. Answered and closed while the client is still sending, the
 * connection would be reset, and many clients would never see the answer and send the same again.
 */
async function readToItsEnd(body: Readable): Promise<void> {
  body.resume();
  await finished(body, { signal: AbortSignal.timeout(REST_OF_BODY_MS), cleanup: true }).catch(
    () => undefined,
  );
}

/** Whether a driver or its pool failed, rather than this code, and the same request may succeed later. */
function isDatabaseAway(error: unknown, store: Store): boolean {
  if (!(error instanceof Error) || error instanceof AppError) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const fromDriver = /^(SQLITE_|ER_|PROTOCOL_|E[A-Z]+$)/.test(code) || error.name === 'KnexTimeoutError';
  return fromDriver && store.classify(error) !== 'refused';
}

/** What the route itself has not counted: deliveries that were not kept, and may be sent again. */
function countRefused({ metrics }: Service, source: Source, error: unknown): void {
  if (!(error instanceof AppError)) {
    if (statusOf(error) >= 500) metrics.delivery(source, 'failed');
  } else if (error.code === 'busy' || error.code === 'unavailable') metrics.delivery(source, error.code);
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
    done(requestError(415, 'Send the body without Content-Encoding.'));
  });
}

function measureRoutes(server: FastifyInstance, { metrics }: Service): void {
  server.addHook('onResponse', (request, reply, done) => {
    if (request.routeOptions.config.stream === true && reply.statusCode === 200) return done();
    metrics.answered(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}
