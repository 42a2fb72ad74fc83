/** `GET /api/v1/analytics/methods`: which payment types brought in how much. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { adjustedSchemas, figureRoute, share } from '../../figure-route.js';
import type { Service } from '../../service.js';

const METHOD = z.object({
  payment_type: z.string(),
  transaction_count: z.int(),
  total_revenue: z.number(),
  avg_transaction_value: z.number().describe('To 4 decimals.'),
  revenue_share: share.describe('Of all revenue of the range.'),
  transaction_share: share.describe('Of all payments of the range.'),
  previous_transaction_count: z.int().describe('In the period of equal length just before.'),
  previous_revenue: z.number(),
  revenue_change: z.number().nullable().describe('0.1 is 10% more; null where there was no revenue before.'),
  share_change: z.number().describe('Difference of the shares of revenue.'),
  ...adjustedSchemas,
});

export function methodsRoute(server: FastifyInstance, { figures }: Service): void {
  figureRoute(server, {
    url: '/api/v1/analytics/methods',
    access: 'analyst',
    name: 'analyzePaymentMethods',
    summary: 'Payments and revenue by payment type',
    description:
      'By revenue, highest first. By default the last 30 times 24 hours. Shares are of the range; changes are against ' +
      'the period of equal length just before it.',
    params: {},
    query: {},
    body: { rows: z.array(METHOD) },
    example: {
      rows: [
        {
          payment_type: 'mobile_payment',
          transaction_count: 33_335,
          total_revenue: 202_585.2,
          avg_transaction_value: 6.0773,
          revenue_share: 0.382,
          transaction_share: 0.409,
          previous_transaction_count: 32_101,
          previous_revenue: 197_297.55,
          revenue_change: 0.0268,
          share_change: 0.0041,
          adjustments: -310.25,
          net_revenue: 202_274.95,
        },
      ],
    },
    csv: {
      name: 'methods',
      columns: [
        'payment_type',
        'transaction_count',
        'total_revenue',
        'avg_transaction_value',
        'revenue_share',
        'transaction_share',
        'previous_transaction_count',
        'previous_revenue',
        'revenue_change',
        'share_change',
        'adjustments',
        'net_revenue',
      ],
      rowsOf: ({ rows }) => rows,
    },
    ask: ({ figure }) => figures.methods(figure),
  });
}
