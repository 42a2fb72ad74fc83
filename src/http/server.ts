/**
 * The HTTP server: limits, authorization and problem responses in one place, routes in `routes/`.
 *
 * Every route declares who may call it (`config.access`); one that does not is refused when it is added, so that
 * nothing is open by being forgotten.
 */
import Fastify, { type FastifyInstance } from 'fastify';
import { AppError } from '../domain/errors.js';
import { ApiKeys, type Role } from './api-keys.js';
import { sendError, sendProblem, statusOf } from './problem.js';
import { healthRoutes } from './routes/health.js';
import { paymentRoutes } from './routes/payments.js';
import { quarantineRoutes } from './routes/quarantine.js';
import { webhookRoutes } from './routes/webhooks.js';
import type { Service } from './service.js';

/** Who may call a route: a role by API key, a sender by signature, or anyone. */
export type Access = Role | 'signature' | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

export function createServer(service: Service): FastifyInstance {
  const { limits } = service;
  const server = Fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    http: { headersTimeout: limits.headersTimeoutMs, connectionsCheckingInterval: 1_000 },
    routerOptions: { maxParamLength: 300 },
  });
  acceptJsonBytes(server);
  authorizeRoutes(server, new ApiKeys(service.store, service.clock));
  measureRoutes(server, service);
  server.setErrorHandler((error, request, reply) => {
    if (!(error instanceof AppError) && statusOf(error) >= 500) {
      service.logger.error('A request failed', { route: request.routeOptions.url, error: String(error) });
    }
    return sendError(reply, error);
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
  healthRoutes(server, service);
  return server;
}

/** Bodies reach the routes as bytes: signatures are over bytes, and numbers must keep their digits. */
function acceptJsonBytes(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    /^application\/(?:json|[a-z0-9.+-]+\+json)(?:\s*;|$)/i,
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  );
  server.addHook('onRequest', async (request) => {
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      throw Object.assign(new Error('Send the body without Content-Encoding.'), { statusCode: 415 });
    }
  });
}

function authorizeRoutes(server: FastifyInstance, keys: ApiKeys): void {
  server.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) {
      throw new Error(`The route ${String(route.method)} ${route.url} declares no access.`);
    }
  });
  server.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === 'public' || access === 'signature') return;
    await keys.authorize(request.headers.authorization, access);
  });
}

function measureRoutes(server: FastifyInstance, { metrics }: Service): void {
  server.addHook('onResponse', (request, reply, done) => {
    metrics.answered(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
}
