/** `GET /api/v1/analytics/distribution`: how spending is spread over riders. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { figureRoute, QUANTILES, share } from '../../figure-route.js';
import type { Service } from '../../service.js';

const LORENZ_POINT = z.object({ riders_share: share, spending_share: share });

export function distributionRoute(server: FastifyInstance, { figures }: Service): void {
  figureRoute(server, {
    url: '/api/v1/analytics/distribution',
    access: 'analyst',
    name: 'analyzeSpendingDistribution',
    summary: 'How spending is spread over riders',
    description:
      'Of the riders who paid within the range: quantiles, Lorenz curve and Gini coefficient. In CSV the Lorenz curve. ' +
      'By default the last 30 times 24 hours.',
    params: {},
    query: {},
    body: {
      riders: z.int(),
      total_spent: z.number(),
      avg_spent: z.number().describe('To 4 decimals.'),
      gini: z.number().describe('0 where all spend the same, towards 1 where one spends all; to 6 decimals.'),
      quantiles: QUANTILES,
      lorenz: z.array(LORENZ_POINT).describe('At every tenth of the riders, those who spend least first.'),
    },
    example: {
      riders: 18_766,
      total_spent: 530_755.8,
      avg_spent: 28.2828,
      gini: 0.5226,
      quantiles: [{ quantile: 0.5, value: 20 }],
      lorenz: [{ riders_share: 0.5, spending_share: 0.135 }],
    },
    csv: {
      name: 'distribution',
      columns: ['riders_share', 'spending_share'],
      rowsOf: ({ lorenz }) => lorenz,
    },
    ask: ({ figure }) => figures.spendingDistribution(figure),
  });
}
