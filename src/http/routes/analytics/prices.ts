/** `GET /api/v1/analytics/prices`: how prices are spread. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { figureRoute, QUANTILES } from '../../figure-route.js';
import type { Service } from '../../service.js';

const PRICES = z.object({
  payment_type: z.string().nullable().describe('Null: all types together.'),
  transactions: z.int(),
  avg_price: z.number().describe('To 4 decimals.'),
  quantiles: QUANTILES,
  most_paid: z
    .array(z.object({ price: z.number(), transactions: z.int() }))
    .describe('The prices paid most often, at most 100, ascending.'),
  distinct_prices: z.int(),
});

export function pricesRoute(server: FastifyInstance, { figures }: Service): void {
  figureRoute(server, {
    url: '/api/v1/analytics/prices',
    access: 'analyst',
    name: 'analyzePrices',
    summary: 'How prices are spread',
    description: 'Of all payments first, then of each payment type. By default the last 30 times 24 hours.',
    params: {},
    query: {},
    body: { rows: z.array(PRICES) },
    example: {
      rows: [
        {
          payment_type: null,
          transactions: 3,
          avg_price: 1.6667,
          quantiles: [{ quantile: 0.5, value: 1.25 }],
          most_paid: [{ price: 1.25, transactions: 2 }],
          distinct_prices: 2,
        },
      ],
    },
    csv: {
      name: 'prices',
      columns: ['payment_type', 'transactions', 'avg_price', 'distinct_prices'],
      rowsOf: ({ rows }) => rows,
    },
    ask: ({ figure }) => figures.prices(figure),
  });
}
