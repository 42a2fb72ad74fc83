/** Prometheus metrics of this process. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Source } from '../domain/outcome.js';

export interface Metrics {
  readonly registry: Registry;
  /** One delivery answered: its outcome, or why it was not kept. */
  delivery(source: Source, outcome: string): void;
  /** Seconds from a request's arrival to its answer. */
  answered(route: string, status: number, seconds: number): void;
}

export function createMetrics(queued: () => number, streams: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: 'farelog_deliveries_total',
    help: 'Deliveries answered, by source and outcome.',
    labelNames: ['source', 'outcome'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'farelog_http_request_duration_seconds',
    help: 'Time from a request to its answer, by route and status.',
    labelNames: ['route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  new Gauge({
    name: 'farelog_queue_deliveries',
    help: 'Deliveries that wait for a transaction.',
    registers: [registry],
    collect() {
      this.set(queued());
    },
  });
  new Gauge({
    name: 'farelog_live_streams',
    help: 'Live streams that are open.',
    registers: [registry],
    collect() {
      this.set(streams());
    },
  });
  return {
    registry,
    delivery: (source, outcome) => deliveries.inc({ source, outcome }),
    answered: (route, status, seconds) => durations.observe({ route, status: String(status) }, seconds),
  };
}
