/** `GET /api/v1/analytics/profile`: when people pay. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { figureRoute } from '../../figure-route.js';
import type { Service } from '../../service.js';

export const PROFILE_CELL = z.object({
  weekday: z.int().min(0).max(6).describe('0 is Sunday.'),
  hour: z.int().min(0).max(23).describe('Of the reporting zone.'),
  transactions: z.int(),
  revenue: z.number(),
});

export function profileRoute(server: FastifyInstance, { figures }: Service): void {
  figureRoute(server, {
    url: '/api/v1/analytics/profile',
    access: 'analyst',
    name: 'analyzeWeekProfile',
    summary: 'Payments by weekday and hour',
    description: 'All 168 cells, from the first hour of Sunday. By default the last 90 times 24 hours.',
    params: {},
    query: {},
    body: { rows: z.array(PROFILE_CELL) },
    example: { rows: [{ weekday: 1, hour: 7, transactions: 812, revenue: 2_210.5 }] },
    csv: {
      name: 'profile',
      columns: ['weekday', 'hour', 'transactions', 'revenue'],
      rowsOf: ({ rows }) => rows,
    },
    ask: ({ figure }) => figures.profile(figure),
  });
}
