/** `GET /api/v1/analytics/spending/{user_id}`: one rider's spending, for researchers. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { adjustedSchemas, figureRoute } from '../../figure-route.js';
import { word } from '../../query.js';
import type { Service } from '../../service.js';

const MONEY_OR_NONE = z.number().nullable();
const INSTANT_OR_NONE = z.string().nullable().meta({ format: 'date-time' });

export function spendingRoute(server: FastifyInstance, { figures }: Service): void {
  figureRoute(server, {
    url: '/api/v1/analytics/spending/:user_id',
    access: 'researcher',
    audit: 'riders.read',
    name: 'analyzeUserSpending',
    summary: "One rider's spending",
    description:
      'Over all time, or within a range, and by month of the reporting zone. A rider who never paid has zeros, and ' +
      'null where there is nothing to tell. In CSV the months.',
    params: { user_id: word.describe('The stored id of the rider: a pseudonym.') },
    query: {},
    body: {
      overview: z.object({
        total_transactions: z.int(),
        total_spent: z.number().describe('Gross.'),
        adjustments: adjustedSchemas.adjustments,
        net_spent: z.number().describe('Spending with its adjustments.'),
        avg_transaction: z.number().describe('To 4 decimals.'),
        min_transaction: MONEY_OR_NONE,
        max_transaction: MONEY_OR_NONE,
        first_payment: INSTANT_OR_NONE,
        latest_payment: INSTANT_OR_NONE,
      }),
      monthly: z.array(
        z.object({
          year: z.int(),
          month: z.int().min(1).max(12),
          transactions: z.int(),
          monthly_total: z.number(),
          adjustments: z.number(),
          net_total: z.number(),
        }),
      ),
    },
    example: {
      overview: {
        total_transactions: 41,
        total_spent: 102.5,
        adjustments: -2.5,
        net_spent: 100,
        avg_transaction: 2.5,
        min_transaction: 1.25,
        max_transaction: 45,
        first_payment: '2025-01-03T07:12:09-06:00',
        latest_payment: '2025-04-30T17:40:51-05:00',
      },
      monthly: [
        { year: 2025, month: 4, transactions: 12, monthly_total: 30, adjustments: -2.5, net_total: 27.5 },
      ],
    },
    csv: {
      name: 'spending',
      columns: ['year', 'month', 'transactions', 'monthly_total', 'adjustments', 'net_total'],
      rowsOf: ({ monthly }) => monthly,
    },
    ask: ({ figure }, { user_id }) => figures.spending(user_id, figure),
  });
}
