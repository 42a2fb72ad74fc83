/** `/api/v1/analytics/…`: every figure, one file each. */
import type { FastifyInstance } from 'fastify';
import type { Service } from '../service.js';
import { distributionRoute } from './analytics/distribution.js';
import { methodsRoute } from './analytics/methods.js';
import { overviewRoute } from './analytics/overview.js';
import { performanceRoute } from './analytics/performance.js';
import { pricesRoute } from './analytics/prices.js';
import { profileRoute } from './analytics/profile.js';
import { reportRoute } from './analytics/report.js';
import { restatementsRoute } from './analytics/restatements.js';
import { ridersRoutes } from './analytics/riders.js';
import { silenceRoute } from './analytics/silence.js';
import { sourcesRoute } from './analytics/sources.js';
import { spendingRoute } from './analytics/spending.js';
import { switchingRoute } from './analytics/switching.js';
import { trendsRoute } from './analytics/trends.js';

export function analyticsRoutes(server: FastifyInstance, service: Service): void {
  overviewRoute(server, service);
  methodsRoute(server, service);
  trendsRoute(server, service);
  spendingRoute(server, service);
  reportRoute(server, service);
  performanceRoute(server, service);
  sourcesRoute(server, service);
  profileRoute(server, service);
  pricesRoute(server, service);
  distributionRoute(server, service);
  ridersRoutes(server, service);
  switchingRoute(server, service);
  silenceRoute(server, service);
  restatementsRoute(server, service);
}
