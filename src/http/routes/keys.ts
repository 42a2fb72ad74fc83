/** `/api/v1/keys`: API keys, for an administrator. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError } from '../../domain/errors.js';
import { toIso } from '../../domain/time.js';
import { type ApiKeyRow, findApiKeyById, listApiKeys } from '../../store/api-keys.js';
import { instant } from '../answer-schemas.js';
import { createApiKey, type KeyChange, ROLES, revokeKey } from '../api-keys.js';
import { parseBody } from '../body.js';
import { parseQuery } from '../query.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const DAY_MS = 86_400_000;
const MAX_DAYS = 36_500;

const BODY = z.strictObject({
  name: z
    .string('must be text')
    .trim()
    .min(1, 'must not be empty')
    .max(128, 'must have at most 128 characters'),
  role: z.enum(ROLES),
  expires_days: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(MAX_DAYS, `must be at most ${MAX_DAYS}`)
    .optional()
    .describe('For how many days it is valid; without it, until it is revoked.'),
});
const MAX_BODY_BYTES = 4_096;

const PARAMS = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{1,32}$/, 'must be the id of a key')
    .describe('The id of a key.'),
});

const KEY = z
  .object({
    id: z.string(),
    name: z.string().describe('What it is for.'),
    role: z.string().describe('What it may do.'),
    created_at: instant.describe('UTC.'),
    expires_at: instant.nullable().describe('UTC; null: never.'),
    revoked_at: instant.nullable().describe('UTC; null: it was not.'),
  })
  .meta({ id: 'ApiKey', description: 'An API key, without the key.' });

const EXAMPLE: z.input<typeof KEY> = {
  id: '3f2a9c41d07b',
  name: 'fare gates',
  role: 'ingest',
  created_at: '2025-04-07T03:11:31Z',
  expires_at: null,
  revoked_at: null,
};

const LIST_DOC: RouteDoc = {
  name: 'listKeys',
  tag: 'Access',
  summary: 'API keys, oldest first',
  description: 'Those that expired or were revoked too. The keys themselves are not stored.',
  answers: {
    200: { description: 'All of them.', json: json(z.object({ rows: z.array(KEY) }), { rows: [EXAMPLE] }) },
  },
};

const CREATE_DOC: RouteDoc = {
  name: 'createKey',
  tag: 'Access',
  summary: 'Make an API key',
  description: 'It is told in this answer and never again: Farelog keeps its hash alone.',
  body: {
    description: 'What it is for, and what it may do.',
    ...json(BODY, { name: 'fare gates', role: 'ingest' }),
  },
  answers: {
    201: {
      description: 'The key.',
      json: json(KEY.extend({ key: z.string().describe('Told once.') }).meta({ id: 'NewApiKey' }), {
        ...EXAMPLE,
        key: 'farelog_…',
      }),
    },
  },
};

const REVOKE_DOC: RouteDoc = {
  name: 'revokeKey',
  tag: 'Access',
  summary: 'Revoke an API key',
  description:
    'It and the sessions that were opened with it are refused by every instance within two seconds. The last admin key ' +
    'that is valid cannot be revoked here (409), as nobody could make another.',
  params: PARAMS,
  answers: {
    200: {
      description: 'It is revoked.',
      json: json(KEY, { ...EXAMPLE, revoked_at: '2025-04-08T09:00:00Z' }),
    },
  },
  problems: [404, 409],
};

export function keyRoutes(server: FastifyInstance, { store, clock }: Service): void {
  const config = (doc: RouteDoc) => ({ config: { access: 'admin' as const, doc } });
  server.get('/api/v1/keys', config(LIST_DOC), async () => {
    const rows = await listApiKeys(store.knex);
    return { rows: rows.map(toKey) };
  });
  const create = { ...config(CREATE_DOC), bodyLimit: MAX_BODY_BYTES };
  server.post('/api/v1/keys', create, async (request, reply) => {
    const { name, role, expires_days: days } = parseBody(BODY, request.body);
    const now = clock();
    const expiresMs = days === undefined ? undefined : now + days * DAY_MS;
    const { key, row } = await createApiKey(store, { name, role, expiresMs, by: changeBy(request) }, now);
    return reply.code(201).send({ ...toKey(row), key });
  });
  server.post('/api/v1/keys/:id/revoke', config(REVOKE_DOC), async (request) => {
    const { id } = parseQuery(PARAMS, request.params);
    const revoked = await revokeKey(store, id, { ...changeBy(request), keepAnAdmin: true }, clock());
    const row = revoked ? await findApiKeyById(store.knex, id) : undefined;
    if (row === undefined) throw new AppError('not_found', `No key that is still valid has the id ${id}.`);
    return toKey(row);
  });
}

function changeBy({ keyId, method, routeOptions }: FastifyRequest): KeyChange {
  return { actor: keyId, operation: `${method} ${routeOptions.url ?? ''}` };
}

function toKey({ id, name, role, created_ms, expires_ms, revoked_ms }: ApiKeyRow): z.input<typeof KEY> {
  const iso = (ms: number | null): string | null => (ms === null ? null : toIso(Math.floor(ms / 1000)));
  return {
    id,
    name,
    role,
    created_at: toIso(Math.floor(created_ms / 1000)),
    expires_at: iso(expires_ms),
    revoked_at: iso(revoked_ms),
  };
}
