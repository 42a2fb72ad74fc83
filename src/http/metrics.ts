/**
 * Prometheus metrics of this process, and what lies in the database.
 *
 * The database is asked when a scrape comes, at most every ten seconds and for a second; where it does not answer, what
 * it would tell is left out, as the number of before would be taken for that of now.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Source } from '../domain/outcome.js';
import type { JobState } from '../domain/schedule.js';
import type { WriteListener } from '../ingest/write-signals.js';
import type { Stock } from '../store/condition.js';
import { version } from './version.js';

export interface Metrics extends WriteListener {
  readonly registry: Registry;
  /** One delivery answered: its outcome, or why it was not kept. */
  delivery(source: Source, outcome: string): void;
  /** Seconds from a request's arrival to its answer. */
  answered(route: string, status: number, seconds: number): void;
}

export interface Measured {
  readonly dialect: string;
  readonly queued: () => number;
  readonly queueLimit: number;
  readonly streams: () => number;
  readonly stock: () => Promise<Stock>;
}

const ANSWER_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const POSTING_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

export function createMetrics(measured: Measured): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: 'farelog_deliveries_total',
    help: 'Deliveries answered, by source and outcome.',
    labelNames: ['source', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'farelog_http_request_duration_seconds',
    help: 'Time from a request to its answer, by route and status.',
    labelNames: ['route', 'status'],
    buckets: ANSWER_BUCKETS_S,
    registers,
  });
  addBuild(registry, measured.dialect);
  addLevels(registry, measured);
  addStock(registry, measured.stock);
  return {
    registry,
    delivery: (source, outcome) => deliveries.inc({ source, outcome }),
    answered: (route, status, seconds) => durations.observe({ route, status: String(status) }, seconds),
    ...writeMetrics(registry),
  };
}

/** A gauge that always has the value 1, as Prometheus has it: what runs is in its labels. */
function addBuild(registry: Registry, dialect: string): void {
  const build = new Gauge({
    name: 'farelog_build_info',
    help: 'The version that runs, on which Node and database.',
    labelNames: ['version', 'node', 'database'],
    registers: [registry],
  });
  build.set({ version: version(), node: process.versions.node, database: dialect }, 1);
}

function addLevels(registry: Registry, { queued, queueLimit, streams }: Measured): void {
  const level = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  level('farelog_queue_deliveries', 'Deliveries that wait for a transaction.', queued);
  level('farelog_queue_limit_deliveries', 'Deliveries that may wait; beyond, 503.', () => queueLimit);
  level('farelog_live_streams', 'Live streams that are open.', streams);
}

/** What the write side tells. */
function writeMetrics(registry: Registry): Required<Omit<WriteListener, 'queued'>> {
  const registers = [registry];
  const batches = new Histogram({
    name: 'farelog_batch_deliveries',
    help: 'Deliveries that shared a transaction.',
    buckets: BATCH_BUCKETS,
    registers,
  });
  const commits = new Histogram({
    name: 'farelog_commit_duration_seconds',
    help: 'Time of a transaction with all its tries, by how it ended: ok or failed.',
    labelNames: ['result'],
    buckets: ANSWER_BUCKETS_S,
    registers,
  });
  const retries = new Counter({
    name: 'farelog_commit_retries_total',
    help: 'Transactions that were tried again: deadlocks, lock waits, lost connections.',
    registers,
  });
  const postings = new Histogram({
    name: 'farelog_posting_duration_seconds',
    help: 'Time of a posting of the journal to the ledger.',
    buckets: POSTING_BUCKETS_S,
    registers,
  });
  const posted = new Counter({
    name: 'farelog_posted_payments_total',
    help: 'Payments that this process posted to the ledger.',
    registers,
  });
  const failures = new Counter({
    name: 'farelog_posting_failures_total',
    help: 'Postings that failed; figures stay exact, and they are tried again.',
    registers,
  });
  const runs = new Counter({
    name: 'farelog_scheduled_runs_total',
    help: 'Scheduled runs of this process that ended, by job and outcome.',
    labelNames: ['job', 'outcome'],
    registers,
  });
  const last = new Gauge({
    name: 'farelog_last_posting_timestamp_seconds',
    help: 'When this process last posted something; 0 where it has not.',
    registers,
  });
  return {
    batchEnded: ({ entries, beganMs, endedMs, failed }) => {
      batches.observe(entries.length);
      commits.observe({ result: failed ? 'failed' : 'ok' }, (endedMs - beganMs) / 1000);
    },
    retried: () => retries.inc(),
    posted: ({ payments, beganMs, endedMs }) => {
      postings.observe((endedMs - beganMs) / 1000);
      posted.inc(payments);
      last.set((performance.timeOrigin + endedMs) / 1000);
    },
    postingFailed: () => failures.inc(),
    jobEnded: (job, outcome) => runs.inc({ job, outcome }),
  };
}

const STOCK_FOR_MS = 10_000;
const STOCK_WITHIN_MS = 1_000;

function addStock(registry: Registry, ask: () => Promise<Stock>): void {
  const stock = remembered(ask);
  addJobs(registry, stock);
  const level = (name: string, help: string, read: (stock: Stock) => number | null): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const known = await stock();
        const value = known === undefined ? null : read(known);
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  };
  new Gauge({
    name: 'farelog_database_up',
    help: '1 where the database answered when it was last asked.',
    registers: [registry],
    async collect() {
      this.set((await stock()) === undefined ? 0 : 1);
    },
  });
  level(
    'farelog_journal_payments',
    'Payments that wait to be posted to the ledger.',
    (at) => at.journalPayments,
  );
  level(
    'farelog_quarantine_open_deliveries',
    'Deliveries in quarantine that wait for somebody to decide.',
    (at) => at.openQuarantine,
  );
  level(
    'farelog_last_capture_timestamp_seconds',
    'When the last payment was recorded, by any instance.',
    (at) => (at.newestCaptureMs === null ? null : at.newestCaptureMs / 1000),
  );
}

/** Of jobs that any instance has scheduled; the times as Prometheus has them, in seconds since 1970. */
function addJobs(registry: Registry, stock: () => Promise<Stock | undefined>): void {
  const each = (name: string, help: string, read: (job: JobState) => number | null): void => {
    new Gauge({
      ...{ name, help, labelNames: ['job'], registers: [registry] },
      async collect() {
        this.reset();
        for (const job of (await stock())?.jobs ?? []) {
          const value = job.due_ms === null ? null : read(job);
          if (value !== null) this.set({ job: job.name }, value);
        }
      },
    });
  };
  const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
  each('farelog_job_due_timestamp_seconds', 'When a job is due next, or has been due since.', (job) =>
    seconds(job.due_ms),
  );
  each('farelog_job_done_timestamp_seconds', 'When a job last came to its end, on any instance.', (job) =>
    seconds(job.last_done_ms),
  );
  each('farelog_job_failures', 'Runs of a job that failed in a row.', (job) => job.failures);
}

/** Asks again where the last answer is old; undefined where there was none, or none in time. */
function remembered(read: () => Promise<Stock>): () => Promise<Stock | undefined> {
  let asking: Promise<Stock | undefined> | undefined;
  let askedMs = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (asking === undefined || now - askedMs > STOCK_FOR_MS) {
      askedMs = now;
      asking = Promise.race([read().catch(() => undefined), nothingAfter(STOCK_WITHIN_MS)]);
    }
    return asking;
  };
}

function nothingAfter(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined).unref());
}
