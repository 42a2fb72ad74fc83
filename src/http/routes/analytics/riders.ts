/** `GET /api/v1/analytics/riders` and `…/top-riders`: how many riders, new and returning, and who spent most. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { nextCursor } from '../../answer-schemas.js';
import { adjustedSchemas, BUCKET_COLUMNS, bucketSchemas, figureRoute } from '../../figure-route.js';
import { wholeNumber } from '../../query.js';
import type { Service } from '../../service.js';

const RIDER_PERIODS = ['daily', 'weekly', 'monthly'] as const;

const ACTIVITY = z.object({
  ...bucketSchemas,
  riders: z.int().describe('Who paid in the bucket.'),
  new_riders: z.int().describe('Who had never paid before it.'),
  returning_riders: z.int(),
});

export const RIDER = z.object({
  user_id: z.string().describe('The stored id: a pseudonym.'),
  transaction_count: z.int(),
  total_spent: z.number().describe('Gross.'),
  adjustments: adjustedSchemas.adjustments,
  net_spent: z.number().describe('Spending with its adjustments.'),
});

/** A page of riders, for the query of a route. */
export const riderPageParameters = {
  limit: wholeNumber(1, 1000).default(100).describe('Riders of a page.'),
  cursor: z.string('must be given once').optional().describe('The next_cursor of an earlier page.'),
};

export function ridersRoutes(server: FastifyInstance, { figures }: Service): void {
  figureRoute(server, {
    url: '/api/v1/analytics/riders',
    access: 'analyst',
    name: 'analyzeRiderActivity',
    summary: 'New and returning riders by day, week or month',
    description:
      'Exact counts of different riders, in the order of time. By default the last 90 times 24 hours.',
    params: {},
    query: {
      period: z.enum(RIDER_PERIODS).default('daily').describe('Size of a bucket, in the reporting zone.'),
    },
    body: { rows: z.array(ACTIVITY), period: z.enum(RIDER_PERIODS) },
    example: {
      rows: [
        {
          date: '2025-04-07',
          starts_at: '2025-04-07T00:00:00-05:00',
          riders: 2_310,
          new_riders: 48,
          returning_riders: 2_262,
        },
      ],
      period: 'daily',
    },
    csv: {
      name: 'riders',
      columns: [...BUCKET_COLUMNS, 'riders', 'new_riders', 'returning_riders'],
      rowsOf: ({ rows }) => rows,
    },
    ask: async ({ figure, period }) => ({ ...(await figures.riderActivity(period, figure)), period }),
  });
  figureRoute(server, {
    url: '/api/v1/analytics/top-riders',
    access: 'researcher',
    audit: 'riders.read',
    name: 'listTopRiders',
    summary: 'Riders by spend',
    description:
      'Highest first, among equals by their id; following `next_cursor` gives each rider once. By default the last 30 ' +
      'times 24 hours.',
    params: {},
    query: riderPageParameters,
    body: { rows: z.array(RIDER), next_cursor: nextCursor },
    example: {
      rows: [
        {
          user_id: 'k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b',
          transaction_count: 41,
          total_spent: 102.5,
          adjustments: -2.5,
          net_spent: 100,
        },
      ],
      next_cursor: null,
    },
    csv: {
      name: 'top-riders',
      columns: ['user_id', 'transaction_count', 'total_spent', 'adjustments', 'net_spent'],
      rowsOf: ({ rows }) => rows,
    },
    ask: ({ figure, limit, cursor }) => figures.topRiders({ ...figure, limit, cursor }),
  });
}
