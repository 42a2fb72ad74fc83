/** Liveness, readiness and metrics, for machines that watch. */
import type { FastifyInstance } from 'fastify';
import { messageOf } from '../../domain/errors.js';
import { readMeta } from '../../store/meta.js';
import { sendProblem } from '../problem.js';
import type { Service } from '../service.js';

export function healthRoutes(server: FastifyInstance, service: Service): void {
  const { store, metrics, metricsAccess, accepting } = service;
  /** The process answers. */
  server.get('/healthz', { config: { access: 'public' } }, async () => ({ status: 'ok' }));
  /** The process takes payments: the database answers, and no stop was asked for. */
  server.get('/readyz', { config: { access: 'public' } }, async (_request, reply) => {
    if (!accepting()) return sendProblem(reply, 503, 'Not ready', 'Farelog is stopping.');
    try {
      await readMeta(store.knex);
    } catch (error) {
      service.logger.warn('Not ready: the database does not answer', { error: messageOf(error) });
      return sendProblem(reply, 503, 'Not ready', 'The database does not answer.');
    }
    return { status: 'ready' };
  });
  if (metricsAccess === 'off') return;
  const access = metricsAccess === 'open' ? 'public' : 'admin';
  server.get('/metrics', { config: { access } }, async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}
