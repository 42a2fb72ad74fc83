/** `/api/v1/audit`: who read rider-level data, for an administrator. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { auditPage } from '../../analytics/audit.js';
import { parseMoment } from '../../analytics/range.js';
import { AUDIT_ACTIONS } from '../../domain/audit.js';
import { instant, nextCursor } from '../answer-schemas.js';
import { moment, parseQuery, wholeNumber, word } from '../query.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const LIST_QUERY = z.strictObject({
  actor: word.optional().describe('The id of an API key, command:USER, or service.'),
  action: z.enum(AUDIT_ACTIONS).optional().describe('What was done.'),
  from: moment.optional().describe('Inclusive: a date of the reporting zone or an instant.'),
  to: moment.optional().describe('Exclusive: a date of the reporting zone or an instant.'),
  limit: wholeNumber(1, 1000).default(100).describe('How many at most.'),
  cursor: wholeNumber(1).optional().describe('The next_cursor of an earlier page.'),
});

const EXAMPLE_ROW = {
  sequence: 12,
  at_ms: 1_743_995_492_000,
  at: '2025-04-07T03:11:32.000Z',
  actor: '6f1c0a9b2d3e',
  action: 'riders.read',
  operation: 'GET /api/v1/payments',
  filter: { query: { payment_type: 'coins' } },
  previous_hash: '0'.repeat(64),
  hash: 'f'.repeat(64),
};

const LIST_DOC: RouteDoc = {
  name: 'listAudit',
  tag: 'Operation',
  summary: 'Who read rider-level data, newest first',
  description:
    'Who read rider-level data or changed quarantine and keys, when, and with which filter. Every row holds the SHA-256 ' +
    'of the row before it and of itself; `farelog audit verify` follows the chain.',
  query: LIST_QUERY,
  answers: {
    200: {
      description: 'Rows of the audit.',
      json: json(
        z.object({
          rows: z.array(
            z.object({
              sequence: z.int(),
              at_ms: z.int().describe('Milliseconds since 1970.'),
              at: instant.describe('UTC.'),
              actor: z.string().describe('The id of an API key, command:USER, or service.'),
              action: z.string(),
              operation: z.string().describe('The route or the command.'),
              filter: z.unknown().describe('What was asked for, without keys.'),
              previous_hash: z.string(),
              hash: z.string(),
            }),
          ),
          limit: z.int(),
          next_cursor: nextCursor,
        }),
        { rows: [EXAMPLE_ROW], limit: 100, next_cursor: null },
      ),
    },
  },
};

export function auditRoutes(server: FastifyInstance, { store, zone }: Service): void {
  server.get('/api/v1/audit', { config: { access: 'admin', doc: LIST_DOC } }, async (request) => {
    const { actor, action, from, to, limit, cursor } = parseQuery(LIST_QUERY, request.query);
    const fromMs = from === undefined ? undefined : parseMoment('from', from, zone) * 1000;
    const toMs = to === undefined ? undefined : parseMoment('to', to, zone) * 1000;
    const filter = { actor, action, fromMs, toMs, beforeSequence: cursor };
    const { rows, next } = await auditPage(store, filter, limit);
    return { rows, limit, next_cursor: next === null ? null : String(next) };
  });
}
