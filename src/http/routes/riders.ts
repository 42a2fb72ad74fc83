/** `/api/v1/riders`: erasing riders and withdrawing them from research, for an administrator. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { decodeRiderCursor, encodeRiderCursor } from '../../analytics/payment-report.js';
import type { AskedBy, RiderRequest } from '../../ingest/erasure.js';
import { instant, nextCursor } from '../answer-schemas.js';
import { parseBody } from '../body.js';
import { parseQuery, wholeNumber, word } from '../query.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const MAX_IDS = 1_000;

const ids = (what: string) =>
  z
    .array(z.string('must be text').min(1, 'must not be empty'))
    .min(1, 'must name a rider')
    .max(MAX_IDS, `must name at most ${MAX_IDS} riders`)
    .optional()
    .describe(what);

const RIDERS = z.strictObject({
  user_ids: ids("The provider's ids of riders."),
  pseudonyms: ids('Stored ids of riders, instead or as well.'),
});

const ERASE = RIDERS.extend({
  dry_run: z.boolean().optional().describe('True: only tell how many payments it would change.'),
});

const ERASURE = z
  .object({
    riders: z.int().describe('Different riders that were named.'),
    newly_erased: z.int().describe('Those of them that were not erased before.'),
    payments: z.int().describe('Payments that lost their rider.'),
    quarantined: z.int().describe('Quarantined deliveries that lost theirs.'),
    quarantine_unopened: z.int().describe('Quarantined deliveries that the seal key at hand does not open.'),
    scrubbed: z.boolean().describe('False: deleted bytes may lie in the database file still; erase again.'),
    dry_run: z.boolean(),
  })
  .meta({ id: 'Erasure' });

const WITHDRAWAL = z
  .object({ riders: z.int(), changed: z.int().describe('Those of them that this changed.') })
  .meta({ id: 'Withdrawal' });

const EXAMPLE_RIDERS = { user_ids: ['bytemark-rider-77001'] };

const ERASE_DOC: RouteDoc = {
  name: 'eraseRiders',
  tag: 'Riders',
  summary: 'Erase riders',
  description:
    'For good, from everything that is stored. Payments stay, with `erased` in the place of the rider, and so do all ' +
    'totals. What is delivered of them later loses its rider before it is stored. The audit tells how many, not whom.',
  body: { description: 'Riders by their ids.', ...json(ERASE, EXAMPLE_RIDERS) },
  answers: {
    200: {
      description: 'They are erased, or counted.',
      json: json(ERASURE, {
        ...{ riders: 1, newly_erased: 1, payments: 214, quarantined: 0, quarantine_unopened: 0 },
        ...{ scrubbed: true, dry_run: false },
      }),
    },
  },
};

const WITHDRAW_DOC: RouteDoc = {
  name: 'withdrawRiders',
  tag: 'Riders',
  summary: 'Withdraw riders from research',
  description: 'Research released from now on leaves them out. Operational figures keep them.',
  body: { description: 'Riders by their ids.', ...json(RIDERS, EXAMPLE_RIDERS) },
  answers: {
    200: { description: 'They have withdrawn.', json: json(WITHDRAWAL, { riders: 1, changed: 1 }) },
  },
};

const RESTORE_DOC: RouteDoc = {
  ...WITHDRAW_DOC,
  name: 'restoreRiders',
  summary: 'Take a withdrawal back',
  description: 'Research released from now on counts them again.',
  answers: {
    200: { description: 'They are back.', json: json(WITHDRAWAL, { riders: 1, changed: 1 }) },
  },
};

const LIST_QUERY = z.strictObject({
  limit: wholeNumber(1, 1000).default(100).describe('How many at most.'),
  cursor: word.optional().describe('The next_cursor of an earlier page.'),
});

const LIST_DOC: RouteDoc = {
  name: 'listWithdrawn',
  tag: 'Riders',
  summary: 'Who has withdrawn from research',
  description: 'In the order of the stored ids.',
  query: LIST_QUERY,
  answers: {
    200: {
      description: 'A page of them.',
      json: json(
        z.object({
          rows: z.array(z.object({ user_id: z.string(), withdrawn_at: instant.describe('UTC.') })),
          next_cursor: nextCursor,
        }),
        {
          rows: [{ user_id: 'k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b', withdrawn_at: '2025-04-07T03:11:31Z' }],
          next_cursor: null,
        },
      ),
    },
  },
};

export function riderRoutes(server: FastifyInstance, { riders }: Service): void {
  const config = (doc: RouteDoc) => ({ config: { access: 'admin' as const, doc } });
  server.post('/api/v1/riders/erase', config(ERASE_DOC), async (request) => {
    const { dry_run: dryRun, ...named } = parseBody(ERASE, request.body);
    if (dryRun !== true) return riders.erase(requestOf(named), askedBy(request));
    await request.audit('riders.read');
    return riders.countErasure(requestOf(named));
  });
  server.post('/api/v1/riders/withdraw', config(WITHDRAW_DOC), (request) =>
    riders.withdraw(requestOf(parseBody(RIDERS, request.body)), askedBy(request)),
  );
  server.post('/api/v1/riders/restore', config(RESTORE_DOC), (request) =>
    riders.restore(requestOf(parseBody(RIDERS, request.body)), askedBy(request)),
  );
  const list = { config: { access: 'admin' as const, doc: LIST_DOC, audit: 'riders.read' as const } };
  server.get('/api/v1/riders/withdrawn', list, async (request) => {
    const { limit, cursor } = parseQuery(LIST_QUERY, request.query);
    const after = cursor === undefined ? undefined : decodeRiderCursor(cursor).userId;
    const { rows, next } = await riders.withdrawn(limit, after);
    return { rows, next_cursor: next === null ? null : encodeRiderCursor({ spent: 0n, userId: next }) };
  });
}

function requestOf({ user_ids, pseudonyms }: z.output<typeof RIDERS>): RiderRequest {
  return { userIds: user_ids, pseudonyms };
}

function askedBy({ keyId, method, routeOptions }: FastifyRequest): AskedBy {
  return { actor: keyId, operation: `${method} ${routeOptions.url ?? ''}` };
}
