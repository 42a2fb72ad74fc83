/** `GET /api/v1/analytics/trends`: revenue over time. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { EARLIER } from '../../../analytics/trends.js';
import { PERIODS } from '../../../domain/bucket.js';
import { adjustedSchemas, BUCKET_COLUMNS, bucketSchemas, figureRoute, flag } from '../../figure-route.js';
import type { Service } from '../../service.js';

const TREND = z.object({
  ...bucketSchemas,
  payment_type: z.string().optional().describe('With by_type.'),
  transactions: z.int(),
  revenue: z.number(),
  avg_transaction_value: z.number().describe('To 4 decimals.'),
  ...adjustedSchemas,
  previous_starts_at: z
    .string()
    .optional()
    .describe('With compare: the start of the bucket a week, month or year earlier.'),
  previous_transactions: z.int().optional(),
  previous_revenue: z.number().optional(),
  revenue_change: z.number().nullable().optional().describe('Null where there was no revenue then.'),
});

export function trendsRoute(server: FastifyInstance, { figures }: Service): void {
  figureRoute(server, {
    url: '/api/v1/analytics/trends',
    access: 'analyst',
    name: 'analyzeRevenueTrends',
    summary: 'Revenue by hour, day, week or month',
    description:
      "In the order of time, by default the last 90 times 24 hours. A bucket has the name that the source's query " +
      "gives it: `hour` (YYYY-MM-DD HH:00:00), `date`, `week` (YEARWEEK in MySQL's default mode) or `month` (YYYY-MM), " +
      "and `starts_at`, the instant at which it begins. Where clocks go back, an hour's name comes twice.",
    params: {},
    query: {
      period: z.enum(PERIODS).default('daily').describe('Size of a bucket, in the reporting zone.'),
      fill: flag(true).describe('Whether buckets without payments are rows of zeros.'),
      by_type: flag(false).describe('One row a bucket and payment type.'),
      compare: z
        .enum(EARLIER)
        .optional()
        .describe('Beside each bucket the same one a week, month or year earlier.'),
    },
    body: { rows: z.array(TREND), period: z.enum(PERIODS) },
    example: {
      rows: [
        {
          date: '2025-04-07',
          starts_at: '2025-04-07T00:00:00-05:00',
          transactions: 2_480,
          revenue: 16_240.25,
          avg_transaction_value: 6.5485,
          adjustments: -42.5,
          net_revenue: 16_197.75,
        },
      ],
      period: 'daily',
    },
    csv: {
      name: 'trends',
      columns: [
        ...BUCKET_COLUMNS,
        'payment_type',
        'transactions',
        'revenue',
        'avg_transaction_value',
        'adjustments',
        'net_revenue',
        'previous_starts_at',
        'previous_transactions',
        'previous_revenue',
        'revenue_change',
      ],
      rowsOf: ({ rows }) => rows,
    },
    ask: async ({ figure, period, fill, by_type, compare }) => ({
      ...(await figures.trends(period, { ...figure, fill, byType: by_type, compare })),
      period,
    }),
  });
}
