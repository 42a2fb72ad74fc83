/** `GET /api/v1/analytics/performance`: how long capture takes, and how deliveries end. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { OUTCOMES, SOURCES } from '../../../domain/outcome.js';
import { figureRoute, share } from '../../figure-route.js';
import type { Service } from '../../service.js';

const PROCESSING_TIME = z.object({
  payment_type: z.string(),
  avg_processing_seconds: z.number(),
  max_processing_seconds: z.number(),
  sample_size: z.int(),
  p50_processing_seconds: z.number(),
  p95_processing_seconds: z.number(),
  p99_processing_seconds: z.number(),
});

const ERROR_RATE = z.object({
  source: z.enum(SOURCES),
  outcome: z.enum(OUTCOMES),
  reason: z.string().describe('The first problem as field.code; empty where there is none.'),
  deliveries: z.int(),
  rate: share.describe('Of all deliveries of the source.'),
});

export function performanceRoute(server: FastifyInstance, { figures }: Service): void {
  figureRoute(server, {
    url: '/api/v1/analytics/performance',
    access: 'analyst',
    name: 'analyzePaymentPerformance',
    summary: 'Processing times and error rates',
    description:
      'Processing time is the time from payment to capture, in whole seconds, of live sources (webhook and API); ' +
      'imports and replays bring what is past and are left out. Shortest average first. Error rates are by source and ' +
      'reason, of deliveries received in the range, its first hour as a whole. In CSV the processing times. By default ' +
      'the last 30 times 24 hours.',
    params: {},
    query: {},
    body: { processingTimes: z.array(PROCESSING_TIME), errorRates: z.array(ERROR_RATE) },
    example: {
      processingTimes: [
        {
          payment_type: 'credit_card',
          avg_processing_seconds: 2.1,
          max_processing_seconds: 170_495,
          sample_size: 11_979,
          p50_processing_seconds: 1,
          p95_processing_seconds: 5,
          p99_processing_seconds: 96.2,
        },
      ],
      errorRates: [
        {
          source: 'webhook',
          outcome: 'invalid',
          reason: 'total_price.negative',
          deliveries: 3,
          rate: 0.0002,
        },
      ],
    },
    csv: {
      name: 'performance',
      columns: [
        'payment_type',
        'avg_processing_seconds',
        'max_processing_seconds',
        'sample_size',
        'p50_processing_seconds',
        'p95_processing_seconds',
        'p99_processing_seconds',
      ],
      rowsOf: ({ processingTimes }) => processingTimes,
    },
    ask: ({ figure }) => figures.performance(figure),
  });
}
