/** `GET /api/v1/analytics/sources`: what each way of coming in has brought, and how far it has read. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { SOURCES } from '../../../domain/outcome.js';
import { instant } from '../../answer-schemas.js';
import { figureRoute, share } from '../../figure-route.js';
import type { Service } from '../../service.js';

const count = z.int();

const SOURCE = z.object({
  source: z.enum(SOURCES),
  deliveries: count.describe('Whatever became of them.'),
  recorded: count,
  duplicate: count,
  conflict: count,
  invalid: count,
  error_rate: share.nullable().describe('Conflicts and invalid ones among them; null where there were none.'),
  last_recorded: instant
    .nullable()
    .describe('When its last payment came in, UTC, whatever the range; null where none ever did.'),
});

const seconds = z.number().describe('From payment to capture.');

const LAG = z
  .object({
    payments: count,
    p50_seconds: seconds,
    p95_seconds: seconds,
    p99_seconds: seconds,
    max_seconds: seconds,
  })
  .nullable()
  .describe('Of live sources (webhook and API) together; null where no payment came in live.');

const PULL = z
  .object({
    name: z.string().describe('The list of the provider that was pulled last.'),
    watermark: instant.describe('Everything that it lists up to then is here, UTC.'),
  })
  .nullable()
  .describe('Null where none was.');

const SYNC = z
  .object({
    name: z.string().describe('The portal that was synced last.'),
    watermark: z.int().nullable().describe('Every row up to this id was read.'),
    synced_at: instant.nullable().describe('When the last sync that came to its end had begun, UTC.'),
  })
  .nullable()
  .describe('Null where none was.');

const NOTHING = { recorded: 0, duplicate: 0, conflict: 0, invalid: 0 };

export function sourcesRoute(server: FastifyInstance, { figures }: Service): void {
  figureRoute(server, {
    url: '/api/v1/analytics/sources',
    access: 'analyst',
    name: 'analyzeSources',
    summary: 'What each way of coming in has brought, and how far it has read',
    description:
      'Each source with its deliveries received in the range, its first hour as a whole, and when it last brought a ' +
      'payment; the lag of live ones; and up to where pull and sync have read. Every source is there, also one that is ' +
      'not used. In CSV the sources. By default the last 30 times 24 hours.',
    params: {},
    query: {},
    body: { rows: z.array(SOURCE), lag: LAG, pull: PULL, sync: SYNC },
    example: {
      rows: [
        {
          ...{ source: 'webhook' as const, deliveries: 12_031, ...NOTHING, recorded: 11_979, duplicate: 49 },
          ...{ invalid: 3, error_rate: 0.000_249, last_recorded: '2025-05-02T11:00:01Z' },
        },
        { source: 'pull', deliveries: 0, ...NOTHING, error_rate: null, last_recorded: null },
      ],
      lag: { payments: 11_979, p50_seconds: 1, p95_seconds: 5, p99_seconds: 96.2, max_seconds: 170_495 },
      pull: {
        name: 'https://bytemark.example/api/payments#payments',
        watermark: '2025-05-02T09:00:00Z',
      },
      sync: null,
    },
    csv: {
      name: 'sources',
      columns: [
        'source',
        'deliveries',
        'recorded',
        'duplicate',
        'conflict',
        'invalid',
        'error_rate',
        'last_recorded',
      ],
      rowsOf: ({ rows }) => rows,
    },
    ask: ({ figure }) => figures.sources(figure),
  });
}
