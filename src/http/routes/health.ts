/** Liveness, readiness and metrics, for machines that watch. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.js';
import { readMeta } from '../../store/meta.js';
import { sendProblem } from '../problem.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const HEALTH_DOC: RouteDoc = {
  name: 'getHealth',
  tag: 'Operation',
  summary: 'The process answers',
  description: 'For a supervisor that restarts what does not answer.',
  answers: {
    200: { description: 'It does.', json: json(z.object({ status: z.literal('ok') }), { status: 'ok' }) },
  },
};

const READY_DOC: RouteDoc = {
  name: 'getReadiness',
  tag: 'Operation',
  summary: 'The process takes payments',
  description:
    'The database answers and has taken the last payments, and no stop was asked for. For a load balancer.',
  answers: {
    200: {
      description: 'It does.',
      json: json(z.object({ status: z.literal('ready') }), { status: 'ready' }),
    },
  },
  problems: [503],
};

const METRICS_DOC: RouteDoc = {
  name: 'getMetrics',
  tag: 'Operation',
  summary: 'Metrics for Prometheus',
  description: 'Deliveries by outcome, answers by route and status, what waits, and the process itself.',
  answers: {
    200: {
      description: 'The text format of Prometheus.',
      texts: [
        {
          type: 'text/plain',
          example: 'farelog_deliveries_total{source="webhook",outcome="recorded"} 1',
        },
      ],
    },
  },
};

/** A database that swallows questions must not make this one wait: who asks would take it for silence. */
const READY_WITHIN_MS = 2_000;

async function tooLate(): Promise<never> {
  await sleep(READY_WITHIN_MS, undefined, { ref: false });
  throw new Error(`no answer within ${READY_WITHIN_MS} ms`);
}

/** As long as a delivery that finds no database is told to wait. */
const RETRY_AFTER_S = 5;

function sendNotReady(reply: FastifyReply, detail: string): FastifyReply {
  return sendProblem(reply.header('retry-after', String(RETRY_AFTER_S)), 503, 'Not ready', detail);
}

export function healthRoutes(server: FastifyInstance, service: Service): void {
  const { store, metrics, metricsAccess, ready, takesPayments } = service;
  server.get('/healthz', { config: { access: 'public', doc: HEALTH_DOC } }, async () => ({ status: 'ok' }));
  server.get('/readyz', { config: { access: 'public', doc: READY_DOC } }, async (_request, reply) => {
    if (!ready()) return sendNotReady(reply, 'Farelog is stopping.');
    try {
      await Promise.race([readMeta(store.knex), tooLate()]);
    } catch (error) {
      service.logger.warn('Not ready: the database does not answer', { error: messageOf(error) });
      return sendNotReady(reply, 'The database does not answer.');
    }
    if (!takesPayments()) return sendNotReady(reply, 'The database has refused the last payments.');
    return { status: 'ready' };
  });
  if (metricsAccess === 'off') return;
  const access = metricsAccess === 'open' ? 'public' : 'admin';
  server.get('/metrics', { config: { access, doc: METRICS_DOC } }, async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
}
