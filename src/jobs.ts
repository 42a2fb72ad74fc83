/** Composition of what can be scheduled: pull, sync and reconcile on an open Farelog, by hand and by themselves. */
import type { App } from './app.js';
import { BytemarkClient } from './bytemark/client.js';
import { AppError } from './domain/errors.js';
import { JOB_NAMES, type JobName } from './domain/schedule.js';
import type { Span, Zone } from './domain/time.js';
import type { LeaseParts, RunControl, RunResult, Work } from './ingest/lease.js';
import { type PullEffects, type PullOptions, pull } from './ingest/pull.js';
import type { PullReport } from './ingest/pull-report.js';
import type { ScheduledJob } from './ingest/scheduler.js';
import { type SyncEffects, type SyncOptions, sync } from './ingest/sync.js';
import type { SyncReport } from './ingest/sync-report.js';
import { realTiming } from './ingest/timing.js';
import { readTestAccounts, readUsers, usersKeyOf } from './ingest/user-lists.js';
import { Portal, type UserTable } from './store/portal.js';

/** @throws AppError `settings` where no provider is configured, and what `pull` throws */
export async function pullNow(
  app: App,
  options: Pick<PullOptions, 'since' | 'firstFrom' | 'dryRun'>,
  listeners: Pick<PullEffects, 'signal' | 'onProgress' | 'onWarning'>,
): Promise<PullReport> {
  const { config, store, rules, clock } = app;
  if (config.provider === null) {
    const message = 'FARELOG_BYTEMARK_URL is not set, so there is no provider to pull from.';
    throw new AppError('settings', message);
  }
  const client = new BytemarkClient(config.provider);
  try {
    const { commit, nameRider, sealKey } = await app.writeSide();
    const { quarantineDays, adjustmentKinds, pullOverlapS: overlapS, pullWindowS: windowS } = config;
    const history = await app.figures.averagePrices();
    const effects = { client, commit, nameRider, sealKey, store, rules, quarantineDays, clock, history };
    return await pull({ ...options, overlapS, windowS }, { ...effects, adjustmentKinds, ...listeners });
  } finally {
    await client.close();
  }
}

export interface SyncRequest extends Pick<SyncOptions, 'unit' | 'zone' | 'full' | 'dryRun'> {
  readonly portal: Portal;
  readonly overlapS: number;
  /** TABLE or TABLE:COLUMN; or a file of users. */
  readonly users: string | null;
  readonly usersFile: string | null;
  readonly testAccounts: string | null;
}

/** Closes the portal whatever happens. @throws what `sync` throws */
export async function syncNow(
  app: App,
  { portal, users: table, usersFile, testAccounts: accountsFile, ...request }: SyncRequest,
  listeners: Pick<SyncEffects, 'signal' | 'onProgress' | 'onWarning'>,
): Promise<SyncReport> {
  const { config, store, rules, clock } = app;
  try {
    const userTable = userTableOf(table);
    const users = usersFile === null ? null : readUsers(usersFile);
    const testAccounts = accountsFile === null ? new Map() : readTestAccounts(accountsFile, request.zone);
    await portal.look(userTable);
    const { commit, nameRider, sealKey } = await app.writeSide();
    const usersKey = usersKeyOf(userTable, users, testAccounts, sealKey);
    const { quarantineDays } = config;
    const history = await app.figures.averagePrices();
    const effects = { portal, commit, nameRider, sealKey, store, rules, quarantineDays, clock, history };
    return await sync({ ...request, users, testAccounts, usersKey }, { ...effects, ...listeners });
  } finally {
    await portal.close();
  }
}

/** TABLE or TABLE:COLUMN; whether they exist is asked of the portal. */
function userTableOf(text: string | null): UserTable | null {
  if (text === null) return null;
  const [table = '', column = 'id', ...rest] = text.split(':');
  if (table !== '' && column !== '' && rest.length === 0) return { table, column };
  throw new AppError('usage', `${text} is no TABLE or TABLE:COLUMN of users.`);
}

const count = (value: number, what: string): string => `${value.toLocaleString('en-US')} ${what}`;

/** Counts that are told where there are any, and the first warning. */
function sentence(
  told: readonly string[],
  rest: Readonly<Record<string, number>>,
  warnings: readonly string[],
) {
  const further = Object.entries(rest).flatMap(([what, value]) => (value > 0 ? [count(value, what)] : []));
  const [warning] = warnings;
  return [...told, ...further].join(', ') + (warning === undefined ? '' : `. ${warning}`);
}

/** `alive` is asked before each step, so that nothing goes on without its lease. */
const listenersOf = (app: App, { signal, alive }: RunControl) => ({
  signal,
  onProgress: alive,
  onWarning: (warning: string) => app.logger.warn(warning),
});

async function scheduledPull(app: App, control: RunControl): Promise<RunResult> {
  const firstFrom = Math.floor(app.clock() / 1000) - app.config.pullOverlapS;
  const options = { since: null, firstFrom, dryRun: false };
  const report = await pullNow(app, options, listenersOf(app, control));
  const { fetched, recorded, adjustments, conflicts, invalid, warnings } = report;
  const told = [count(fetched, 'fetched'), count(recorded, 'recorded')];
  return {
    needsAttention: report.needsAttention,
    message: sentence(told, { adjustments, 'in conflict': conflicts, invalid }, warnings),
  };
}

async function scheduledSync(app: App, control: RunControl): Promise<RunResult> {
  const { portalUrl, syncOverlapS: overlapS, schedule } = app.config;
  const { unit, ...reading } = schedule.sync;
  if (portalUrl === null) throw new AppError('settings', 'FARELOG_PORTAL_URL is not set.');
  if (unit === null) throw new AppError('settings', 'FARELOG_SYNC_UNIT is not set.');
  const portal = new Portal(portalUrl, 'FARELOG_PORTAL_URL');
  const request = { ...reading, portal, unit, overlapS, full: false, dryRun: false };
  const report = await syncNow(app, request, listenersOf(app, control));
  const { read, recorded, conflicts, invalid, warnings } = report;
  const told = [count(read, 'rows read'), count(recorded, 'recorded')];
  return {
    needsAttention: report.needsAttention,
    message: sentence(told, { 'in conflict': conflicts, invalid }, warnings),
  };
}

async function scheduledReconciliation(app: App, control: RunControl): Promise<RunResult> {
  const { zone, schedule } = app.config;
  const span = daysBefore(Math.floor(app.clock() / 1000), schedule.reconcileDays, zone);
  const { reconcile } = await app.writeSide();
  const report = await reconcile({ span }, listenersOf(app, control));
  const told = [count(report.records_read, 'records read'), count(report.recorded, 'recorded')];
  return {
    needsAttention: report.needs_attention,
    message: sentence(
      told,
      { adjustments: report.adjustments_recorded, 'exceptions open': report.open },
      report.warnings,
    ),
  };
}

const DAY_S = 86_400;

/** Whole local days up to the one that is going on. */
function daysBefore(second: number, days: number, zone: Zone): Span {
  const today = Math.floor(zone.localOf(second) / DAY_S) * DAY_S;
  return { from: zone.startOf(today - days * DAY_S), to: zone.startOf(today) };
}

const RUNS: Readonly<Record<JobName, (app: App, control: RunControl) => Promise<RunResult>>> = {
  pull: scheduledPull,
  sync: scheduledSync,
  reconcile: scheduledReconciliation,
};

export function workOf(app: App, name: JobName): Work {
  return (control) => RUNS[name](app, control);
}

/** What this instance has done by itself. */
export function scheduledJobs(app: App): ScheduledJob[] {
  const { times } = app.config.schedule;
  return JOB_NAMES.flatMap((name) => {
    const due = times[name];
    return due === undefined ? [] : [{ name, times: due, work: workOf(app, name) }];
  });
}

/** @param holder who runs, for people */
export function leaseParts({ store, config, clock }: App, holder: string): LeaseParts {
  return { store, zone: config.zone, holder, leaseMs: config.schedule.leaseMs, clock, timing: realTiming };
}
