/** `GET /api/v1/analytics/restatements`: why past days changed. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { SOURCES } from '../../../domain/outcome.js';
import { figureRoute } from '../../figure-route.js';
import { moment } from '../../query.js';
import type { Service } from '../../service.js';

export const RESTATEMENT = z.object({
  date: z.string().meta({ format: 'date', description: 'A day of the reporting zone.' }),
  late_transactions: z.int(),
  late_revenue: z.number(),
  late_adjustments: z.int().describe('Adjustments of the day that count since.'),
  adjustments: z.number().describe('What they come to.'),
  sources: z.array(z.object({ source: z.enum(SOURCES), transactions: z.int() })),
  reason: z.string().describe('In words.'),
});

export function restatementsRoute(server: FastifyInstance, { figures }: Service): void {
  figureRoute(server, {
    url: '/api/v1/analytics/restatements',
    access: 'analyst',
    name: 'listRestatements',
    summary: 'Days that changed since an earlier capture, and why',
    description:
      'What was captured after `since` for days of the range, by day. Give the `as_of` of an earlier answer to learn ' +
      'why its figures changed. By default days of the last 90 times 24 hours.',
    params: {},
    query: {
      since: moment.describe('The sequence of a capture, an instant, or a date of the reporting zone.'),
    },
    body: { rows: z.array(RESTATEMENT) },
    example: {
      rows: [
        {
          date: '2025-04-08',
          late_transactions: 3,
          late_revenue: 12,
          late_adjustments: 0,
          adjustments: 0,
          sources: [
            { source: 'webhook', transactions: 2 },
            { source: 'import', transactions: 1 },
          ],
          reason: 'Tuesday 2025-04-08 rose by 12.00 USD: 3 late payments (2 webhook, 1 import)',
        },
      ],
    },
    csv: {
      name: 'restatements',
      columns: ['date', 'late_transactions', 'late_revenue', 'late_adjustments', 'adjustments', 'reason'],
      rowsOf: ({ rows }) => rows,
    },
    ask: ({ figure, since }) => figures.restatements({ ...figure, since }),
  });
}
