/** `/api/v1/releases`: what has left the team, for an administrator. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { releasesPage } from '../../research/release/log.js';
import { instant, nextCursor } from '../answer-schemas.js';
import { parseQuery, wholeNumber } from '../query.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const LIST_QUERY = z.strictObject({
  limit: wholeNumber(1, 1000).default(100).describe('How many at most.'),
  cursor: wholeNumber(1).optional().describe('The next_cursor of an earlier page.'),
});

const RELEASE = z
  .object({
    id: z.int(),
    release: z.string().describe('Its name, which no other has.'),
    released_at: instant.describe('UTC.'),
    actor: z.string().describe('Who released it: command:USER.'),
    recipient: z.string(),
    purpose: z.string(),
    study: z.string().describe('Of the dataset that it was made of; empty: of the database itself.'),
    dataset_version: z.string().describe('Empty where it was made of the database itself.'),
    as_of: z.int().describe('The last capture in it.'),
    from: z.string().describe('The first local date.'),
    to: z.string().describe('The local date after the last one.'),
    settings: z.unknown().describe('The declaration, defaults included.'),
    contents: z.unknown().describe('How many tables, cells shown and hidden, and rows; unicity.'),
    sha256: z.string().describe('Of its file SHA256SUMS, which lists all others.'),
  })
  .meta({ id: 'Release' });

const EXAMPLE: z.input<typeof RELEASE> = {
  id: 2,
  release: 'fares-2025-q1',
  released_at: '2025-05-02T09:00:41Z',
  actor: 'command:researcher',
  recipient: 'A university',
  purpose: 'A study of fares',
  study: '',
  dataset_version: '',
  as_of: 48_211,
  from: '2025-01-01',
  to: '2025-04-01',
  settings: { release: 'fares-2025-q1', k: 11, tables: [{ dimensions: ['week', 'type'], totals: true }] },
  contents: { tables: 4, shown: 101, hidden: 7, records: null, unicity: null },
  sha256: 'f'.repeat(64),
};

const LIST_DOC: RouteDoc = {
  name: 'listReleases',
  tag: 'Operation',
  summary: 'Releases of research data, newest first',
  description:
    'What left the team by `farelog release build`: who, when, for whom, what, and under which checksum.',
  query: LIST_QUERY,
  answers: {
    200: {
      description: 'A page of them.',
      json: json(z.object({ rows: z.array(RELEASE), limit: z.int(), next_cursor: nextCursor }), {
        ...{ rows: [EXAMPLE], limit: 100, next_cursor: null },
      }),
    },
  },
};

export function releaseRoutes(server: FastifyInstance, { store }: Service): void {
  server.get('/api/v1/releases', { config: { access: 'admin', doc: LIST_DOC } }, async (request) => {
    const { limit, cursor } = parseQuery(LIST_QUERY, request.query);
    const { rows, next } = await releasesPage(store, limit, cursor);
    return { rows, limit, next_cursor: next === null ? null : String(next) };
  });
}
