/** `/api/v1/audit`: who read rider-level data, for an administrator. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { auditPage } from '../../analytics/audit.js';
import { parseMoment } from '../../analytics/range.js';
import { AUDIT_ACTIONS } from '../../domain/audit.js';
import { parseQuery, wholeNumber } from '../query.js';
import type { Service } from '../service.js';

const LIST_QUERY = z.strictObject({
  actor: z.string().min(1).optional(),
  action: z.enum(AUDIT_ACTIONS).optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  limit: wholeNumber(1, 1000).default(100),
  cursor: wholeNumber(1).optional(),
});

export function auditRoutes(server: FastifyInstance, { store, zone }: Service): void {
  server.get('/api/v1/audit', { config: { access: 'admin' } }, async (request) => {
    const { actor, action, from, to, limit, cursor } = parseQuery(LIST_QUERY, request.query);
    const fromMs = from === undefined ? undefined : parseMoment('from', from, zone) * 1000;
    const toMs = to === undefined ? undefined : parseMoment('to', to, zone) * 1000;
    const filter = { actor, action, fromMs, toMs, beforeSequence: cursor };
    const { rows, next } = await auditPage(store, filter, limit);
    return { rows, limit, next_cursor: next === null ? null : String(next) };
  });
}
