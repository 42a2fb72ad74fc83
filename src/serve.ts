/**
 * Composition of the service: an open Farelog behind HTTP.
 *
 * Modes: starting → accepting → leaving → stopping → stopped.
 * - leaving: `/readyz` says 503, so that load balancers turn away, and everything is still taken, for the grace that is
 *   set: none by default, as not everybody has a load balancer.
 * - stopping: answers what is in flight, refuses what is new with 503, and ends within the drain limit; then the last
 *   batches commit and the database is closed, within the drain limit too.
 */
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { figuresOf } from './analytics/figures.js';
import type { App } from './app.js';
import { AppError, failureOf } from './domain/errors.js';
import { createApiKey, isKnownKey } from './http/api-keys.js';
import { createMetrics } from './http/metrics.js';
import { createServer } from './http/server.js';
import type { Service } from './http/service.js';
import { expireSessions } from './http/sessions.js';
import { expireQuarantine } from './ingest/quarantine.js';
import { ReconciliationStarter } from './ingest/reconciliation-starter.js';
import { Scheduler } from './ingest/scheduler.js';
import { leaseParts, scheduledJobs } from './jobs.js';
import { listApiKeys } from './store/api-keys.js';
import { readStock } from './store/condition.js';
import { timeLimit } from './store/time-limit.js';

const EXPIRE_EVERY_MS = 3_600_000;

/** How long connections stay open after a stop was asked for, so that busy ones close with an answer instead. */
const LINGER_MS = 100;

/** Large enough that a query's own cost is small beside its rows', small enough to answer others in between. */
const EXPORT_PAGE_ROWS = 1_000;

/** Seen from `src` and from `dist` alike. */
const DASHBOARD_FOLDER = fileURLToPath(new URL('../dist/web', import.meta.url));

export interface RunningService {
  /** `http://host:port`, with the port that was really taken. */
  readonly url: string;
  /** The admin key made at the very first start; told once. */
  readonly firstAdminKey: string | null;
  /**
   * Drains and closes, the application included. False where the database did not answer in time: what had waited for
   * it was not acknowledged, and the process must be ended, since its connections hold it.
   */
  stop(): Promise<boolean>;
}

/** The HTTP server of an open Farelog, not listening yet; `changes` put other parts in the place of its own. */
export async function serverOf(app: App, changes: Partial<Service> = {}): Promise<FastifyInstance> {
  const { config, store, logger, clock } = app;
  const { batcher, commit, recorder, riders, reconcile, sealKey, scheme, taking } = await app.writeSide();
  const metrics = createMetrics({
    dialect: store.dialect,
    queued: () => batcher.queued,
    queueLimit: config.limits.queueDeliveries,
    streams: () => app.feed.listeners,
    stock: () => readStock(store.knex),
  });
  app.signals.listen(metrics);
  const reconciliations = new ReconciliationStarter(reconcile, config.provider !== null, logger);
  const server = createServer({
    store,
    // Whoever asks from afar cannot be asked to stop, unlike a command.
    figures: figuresOf({ ...app.reader, limit: timeLimit(config.limits.queryTimeoutMs, clock) }, clock),
    recorder,
    correcting: { commit, currency: config.currency },
    audit: app.audit,
    auditName: app.auditName,
    riders,
    calendar: app.calendar,
    studies: app.studies,
    reconciliations,
    feed: app.feed,
    sealKey,
    scheme,
    schedule: config.schedule,
    zone: config.zone,
    currency: config.currency,
    limits: config.limits,
    trustedProxies: config.trustedProxies,
    exportPageRows: EXPORT_PAGE_ROWS,
    dashboardFolder: DASHBOARD_FOLDER,
    metricsAccess: config.metrics,
    metrics,
    logger,
    clock,
    ready: () => true,
    accepting: () => true,
    takesPayments: () => taking.takes,
    ...changes,
  });
  server.addHook('onClose', () => reconciliations.close());
  return server;
}

/** Starts to listen. @throws AppError `settings` where the address cannot be taken */
export async function startService(app: App, changes: Partial<Service> = {}): Promise<RunningService> {
  const { config, store, logger, clock } = app;
  let ready = true;
  let accepting = true;
  const server = await serverOf(app, { ...changes, ready: () => ready, accepting: () => accepting });
  try {
    await server.listen({ host: config.host, port: config.port });
  } catch (error) {
    throw new AppError(
      'settings',
      `Cannot listen on ${config.host}:${config.port}. Choose another with FARELOG_HOST and FARELOG_PORT.`,
      { cause: error },
    );
  }
  const firstAdminKey = await ensureAdminKey(app).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const expire = async (): Promise<void> => {
    await expireQuarantine(store, clock()).catch((error: unknown) =>
      logger.error('Expired quarantine could not be erased', { error: failureOf(error) }),
    );
    await expireSessions(store, clock()).catch((error: unknown) =>
      logger.error('Sessions that have ended could not be deleted', { error: failureOf(error) }),
    );
  };
  // At once too: a service that is restarted more often than this would never come to it.
  await expire();
  const expiry = setInterval(expire, EXPIRE_EVERY_MS);
  expiry.unref();
  const scheduler = new Scheduler({
    ...leaseParts(app, config.instance),
    jobs: scheduledJobs(app),
    logger,
    onEnded: (job, { outcome }) => app.signals.jobEnded(job, outcome),
  });
  scheduler.start();
  return {
    url: urlOf(server.server.address(), config.host),
    firstAdminKey,
    stop: async () => {
      ready = false;
      await sleep(config.limits.stopGraceMs);
      accepting = false;
      clearInterval(expiry);
      // What is under way is cut at its next step and told as stopped, while requests are answered.
      const halted = scheduler.close();
      // What is on its way when the stop comes is read before idle connections close, and so is answered.
      await sleep(LINGER_MS);
      const cut = setTimeout(() => server.server.closeAllConnections(), config.limits.drainTimeoutMs);
      await server.close();
      clearTimeout(cut);
      const closed = halted.then(() => app.close()).then(() => true);
      return Promise.race([closed, sleep(config.limits.drainTimeoutMs, false, { ref: false })]);
    },
  };
}

function urlOf(address: AddressInfo | string | null, host: string): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The given admin key, or at the very first start a new one, which is returned to be shown. */
async function ensureAdminKey({ config, store, clock }: App): Promise<string | null> {
  const given = config.adminKey;
  if (given !== null) {
    if (await isKnownKey(store, given)) return null;
    const key = { name: 'given by FARELOG_ADMIN_KEY', role: 'admin', given } as const;
    await createApiKey(store, key, clock()).catch(async (error: unknown) => {
      // An instance that starts at the same moment may have been first.
      if (!(await isKnownKey(store, given))) throw error;
    });
    return null;
  }
  if ((await listApiKeys(store.knex)).length > 0) return null;
  const { key } = await createApiKey(store, { name: 'first admin key', role: 'admin' }, clock());
  return key;
}
