/** `GET /api/v1/analytics/overview`: the headline figures, and what changed. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { adjustedSchemas, figureRoute } from '../../figure-route.js';
import type { Service } from '../../service.js';

const FIGURES = z
  .object({
    payments: z.int(),
    revenue: z.number().describe('Gross.'),
    ...adjustedSchemas,
    riders: z.int().describe('Different riders, exact.'),
    avg_price: z.number().describe('To 4 decimals; 0 where there is no payment.'),
  })
  .meta({ id: 'OverviewFigures' });

const change = z.number().nullable();

const MEASURES = ['payments', 'revenue', 'adjustments', 'net_revenue', 'riders', 'avg_price'] as const;

export function overviewRoute(server: FastifyInstance, { figures }: Service): void {
  figureRoute(server, {
    url: '/api/v1/analytics/overview',
    access: 'analyst',
    name: 'getOverview',
    summary: 'Headline figures, and what changed',
    description:
      'Payments, revenue (gross, adjustments and net), riders and the average price of the range and of the period of equal length just before (a ' +
      'range without end is as long as it has lasted). By default the last 30 times 24 hours.',
    params: {},
    query: {},
    body: {
      now: FIGURES,
      before: FIGURES,
      change: z
        .object({
          payments: change,
          revenue: change,
          net_revenue: change,
          riders: change,
          avg_price: change,
        })
        .describe('Relative, to 6 decimals: 0.1 is 10% more; null where there was nothing to compare with.'),
    },
    example: {
      now: {
        payments: 81_507,
        revenue: 530_755.8,
        adjustments: -1_204.5,
        net_revenue: 529_551.3,
        riders: 18_766,
        avg_price: 6.5118,
      },
      before: {
        payments: 80_012,
        revenue: 521_044.15,
        adjustments: -980.25,
        net_revenue: 520_063.9,
        riders: 18_402,
        avg_price: 6.5121,
      },
      change: {
        payments: 0.018685,
        revenue: 0.018639,
        net_revenue: 0.018243,
        riders: 0.01978,
        avg_price: -0.000045,
      },
    },
    csv: {
      name: 'overview',
      columns: ['measure', 'now', 'before', 'change'],
      rowsOf: ({ now, before, change: changed }) =>
        MEASURES.map((measure) => ({
          measure,
          now: now[measure],
          before: before[measure],
          change: measure === 'adjustments' ? null : changed[measure],
        })),
    },
    ask: ({ figure }) => figures.overview(figure),
  });
}
