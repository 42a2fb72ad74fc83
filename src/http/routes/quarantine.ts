/** `/api/v1/quarantine`: deliveries that could not become payments, for an administrator. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { AuditAction } from '../../domain/audit.js';
import {
  discardQuarantined,
  listQuarantined,
  type QuarantinedItem,
  replayQuarantined,
  showQuarantined,
} from '../../ingest/quarantine.js';
import { isKept } from '../../ingest/record.js';
import { QUARANTINE_STATUSES } from '../../store/quarantine.js';
import {
  EXAMPLE_FIELD_PROBLEM,
  EXAMPLE_PAYMENT,
  FIELD_PROBLEM,
  instant,
  KEPT,
  KEPT_ADJUSTMENT,
  nextCursor,
} from '../answer-schemas.js';
import { sendProblem } from '../problem.js';
import { parseQuery, wholeNumber } from '../query.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const LIST_QUERY = z.strictObject({
  status: z.enum(QUARANTINE_STATUSES).optional().describe('Only those that stand so.'),
  limit: wholeNumber(1, 1000).default(100).describe('How many at most.'),
  cursor: wholeNumber(1).optional().describe('The next_cursor of an earlier page.'),
});

const PARAMS = z.object({ id: wholeNumber(1).describe('The id of a quarantined delivery.') });

const ITEM = z
  .object({
    id: z.int(),
    source: z.string(),
    reason: z.string().describe('invalid, conflict or unreadable.'),
    status: z.enum(QUARANTINE_STATUSES),
    problems: z.array(FIELD_PROBLEM),
    attempts: z.int().describe('How often these very bytes came.'),
    first_seen: instant.describe('UTC.'),
    last_seen: instant.describe('UTC.'),
    expires: instant.describe('When its payload is erased, UTC.'),
  })
  .meta({ id: 'QuarantinedDelivery' }) satisfies z.ZodType<QuarantinedItem>;

const EXAMPLE_ITEM: z.input<typeof ITEM> = {
  id: 7,
  source: 'webhook',
  reason: 'invalid',
  status: 'open',
  problems: [EXAMPLE_FIELD_PROBLEM],
  attempts: 2,
  first_seen: '2025-04-07T03:11:31Z',
  last_seen: '2025-04-07T03:12:31Z',
  expires: '2025-07-06T03:11:31Z',
};

const LIST_DOC: RouteDoc = {
  name: 'listQuarantine',
  tag: 'Quarantine',
  summary: 'Deliveries in quarantine, newest first',
  description: 'Without their payloads, which name riders.',
  query: LIST_QUERY,
  answers: {
    200: {
      description: 'A page of them.',
      json: json(z.object({ rows: z.array(ITEM), limit: z.int(), next_cursor: nextCursor }), {
        rows: [EXAMPLE_ITEM],
        limit: 100,
        next_cursor: null,
      }),
    },
  },
};

const SHOW_DOC: RouteDoc = {
  name: 'getQuarantined',
  tag: 'Quarantine',
  summary: 'One delivery with its payload',
  description: 'The payload holds the identity of a rider.',
  params: PARAMS,
  answers: {
    200: {
      description: 'The delivery; its payload is null once it was erased.',
      json: json(ITEM.extend({ payload: z.string().nullable() }).meta({ id: 'QuarantinedWithPayload' }), {
        ...EXAMPLE_ITEM,
        payload: '{"payment_id":1001,"amount":"-2.50"}',
      }),
    },
  },
  problems: [404],
};

const REPLAY_DOC: RouteDoc = {
  name: 'replayQuarantined',
  tag: 'Quarantine',
  summary: 'Record a delivery again',
  description: 'For one whose cause is mended. With 409 or 422 it stays in quarantine, with its problems.',
  params: PARAMS,
  answers: {
    200: {
      description: 'It is recorded, or was before, and its payload is erased.',
      json: json(z.union([KEPT, KEPT_ADJUSTMENT]), { outcome: 'recorded', payment: EXAMPLE_PAYMENT }),
    },
  },
  problems: [404, 409, 422],
};

const DISCARD_DOC: RouteDoc = {
  name: 'discardQuarantined',
  tag: 'Quarantine',
  summary: 'Give a delivery up',
  description: 'Its payload is erased; its problems and times stay.',
  params: PARAMS,
  answers: {
    200: {
      description: 'It is discarded.',
      json: json(z.object({ id: z.int(), status: z.literal('discarded') }), { id: 7, status: 'discarded' }),
    },
  },
  problems: [404, 409],
};

export function quarantineRoutes(server: FastifyInstance, service: Service): void {
  const { store, recorder, sealKey } = service;
  const config = (doc: RouteDoc, audit?: AuditAction) => ({
    config: { access: 'admin' as const, doc, ...(audit === undefined ? {} : { audit }) },
  });
  server.get('/api/v1/quarantine', config(LIST_DOC), async (request) => {
    const { status, limit, cursor } = parseQuery(LIST_QUERY, request.query);
    const { rows, next } = await listQuarantined(store, { status, beforeId: cursor }, limit);
    return { rows, limit, next_cursor: next === null ? null : String(next) };
  });
  server.get('/api/v1/quarantine/:id', config(SHOW_DOC, 'quarantine.read'), (request) =>
    showQuarantined(store, sealKey, parseQuery(PARAMS, request.params).id),
  );
  server.post(
    '/api/v1/quarantine/:id/replay',
    config(REPLAY_DOC, 'quarantine.replay'),
    async (request, reply) => {
      const { id } = parseQuery(PARAMS, request.params);
      const answer = await replayQuarantined(store, recorder, sealKey, id);
      if (isKept(answer)) return answer;
      const { outcome, problems } = answer;
      const detail = `It stays in quarantine: ${problems.map(({ message }) => message).join('; ')}`;
      const status = outcome === 'conflict' ? 409 : 422;
      return sendProblem(reply, status, 'The delivery still cannot be recorded', detail, {
        outcome,
        problems,
      });
    },
  );
  server.post(
    '/api/v1/quarantine/:id/discard',
    config(DISCARD_DOC, 'quarantine.discard'),
    async (request) => {
      const { id } = parseQuery(PARAMS, request.params);
      await discardQuarantined(store, id);
      return { id, status: 'discarded' };
    },
  );
}
