/** `/api/v1/quarantine`: deliveries that could not become payments, for an administrator. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  discardQuarantined,
  listQuarantined,
  replayQuarantined,
  showQuarantined,
} from '../../ingest/quarantine.js';
import { QUARANTINE_STATUSES } from '../../store/quarantine.js';
import { sendProblem } from '../problem.js';
import { parseQuery, wholeNumber } from '../query.js';
import type { Service } from '../service.js';

const LIST_QUERY = z.strictObject({
  status: z.enum(QUARANTINE_STATUSES).optional(),
  limit: wholeNumber(1, 1000).default(100),
  cursor: wholeNumber(1).optional(),
});

const PARAMS = z.object({ id: wholeNumber(1) });

export function quarantineRoutes(server: FastifyInstance, service: Service): void {
  const { store, recorder, sealKey } = service;
  const access = 'admin';
  const reading = { access, audit: 'quarantine.read' } as const;
  const replaying = { access, audit: 'quarantine.replay' } as const;
  const discarding = { access, audit: 'quarantine.discard' } as const;
  server.get('/api/v1/quarantine', { config: { access } }, async (request) => {
    const { status, limit, cursor } = parseQuery(LIST_QUERY, request.query);
    const { rows, next } = await listQuarantined(store, { status, beforeId: cursor }, limit);
    return { rows, limit, next_cursor: next === null ? null : String(next) };
  });
  server.get('/api/v1/quarantine/:id', { config: reading }, (request) =>
    showQuarantined(store, sealKey, parseQuery(PARAMS, request.params).id),
  );
  server.post('/api/v1/quarantine/:id/replay', { config: replaying }, async (request, reply) => {
    const { id } = parseQuery(PARAMS, request.params);
    const answer = await replayQuarantined(store, recorder, sealKey, id);
    if ('payment' in answer) return answer;
    const { outcome, problems } = answer;
    const detail = `It stays in quarantine: ${problems.map(({ message }) => message).join('; ')}`;
    const status = outcome === 'conflict' ? 409 : 422;
    return sendProblem(reply, status, 'The delivery still cannot become a payment', detail, {
      outcome,
      problems,
    });
  });
  server.post('/api/v1/quarantine/:id/discard', { config: discarding }, async (request) => {
    const { id } = parseQuery(PARAMS, request.params);
    await discardQuarantined(store, id);
    return { id, status: 'discarded' };
  });
}
