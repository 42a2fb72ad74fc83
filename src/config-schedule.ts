/** Settings of what the service does by itself, and when. Nothing is scheduled where none is set. */
import { z } from 'zod';
import type { JobName } from './domain/schedule.js';
import { Zone } from './domain/time.js';
import { type DueTimes, dueAt, dueEvery } from './ingest/due-times.js';
import { whole } from './setting-shapes.js';

const text = z
  .string()
  .optional()
  .transform((value) => value ?? null);

export const SCHEDULE_SETTINGS = {
  FARELOG_RECONCILE_AT: text,
  FARELOG_RECONCILE_DAYS: whole(1, 366, 7),
  FARELOG_PULL_EVERY: text,
  FARELOG_PULL_AT: text,
  FARELOG_SYNC_EVERY: text,
  FARELOG_SYNC_AT: text,
  FARELOG_SYNC_UNIT: z
    .enum(['major', 'minor'])
    .optional()
    .transform((value) => value ?? null),
  FARELOG_SYNC_ZONE: z
    .string()
    .default('UTC')
    .transform((name, context) => {
      const zone = Zone.of(name);
      if (zone !== undefined) return zone;
      context.addIssue({ code: 'custom', message: 'must be an IANA time zone such as America/Chicago' });
      return z.NEVER;
    }),
  FARELOG_SYNC_USERS: text,
  FARELOG_SYNC_USERS_FROM: text,
  FARELOG_SYNC_TEST_ACCOUNTS: text,
  FARELOG_SCHEDULE_LEASE_S: whole(1, 3_600, 60),
};

type Settings = {
  readonly [Name in keyof typeof SCHEDULE_SETTINGS]: z.infer<(typeof SCHEDULE_SETTINGS)[Name]>;
};

/** Other settings that they depend on. */
interface Beside {
  readonly FARELOG_REPORT_TIMEZONE: Zone;
  readonly FARELOG_BYTEMARK_URL: string | null;
  readonly FARELOG_PORTAL_URL: string | null;
}

export interface ScheduleConfig {
  /** When each job is due; what is not scheduled is missing. */
  readonly times: Readonly<Partial<Record<JobName, DueTimes>>>;
  /** Whole local days before today that a scheduled reconciliation looks at. */
  readonly reconcileDays: number;
  /** How a scheduled sync reads the portal. */
  readonly sync: {
    readonly unit: 'major' | 'minor' | null;
    readonly zone: Zone;
    /** TABLE or TABLE:COLUMN. */
    readonly users: string | null;
    readonly usersFile: string | null;
    readonly testAccounts: string | null;
  };
  readonly leaseMs: number;
}

const AT_FORM = 'must be a time of day such as 02:30, or a cron pattern of five fields such as 30 2 * * 1-5';
const EVERY_FORM = 'must be a stretch of time such as 30s, 15m, 2h or 1d, of 31 days at most';

/** Each job's times as two settings may give them, one or the other. */
const TIMED = [
  ['reconcile', undefined, 'FARELOG_RECONCILE_AT'],
  ['pull', 'FARELOG_PULL_EVERY', 'FARELOG_PULL_AT'],
  ['sync', 'FARELOG_SYNC_EVERY', 'FARELOG_SYNC_AT'],
] as const;

export function scheduleProblems(settings: Settings & Beside): string[] {
  const zone = settings.FARELOG_REPORT_TIMEZONE;
  const problems: string[] = [];
  for (const [job, everyName, atName] of TIMED) {
    const every = everyName === undefined ? null : settings[everyName];
    const at = settings[atName];
    if (every === null && at === null) continue;
    if (every !== null && dueEvery(every) === undefined) problems.push(`${everyName} ${EVERY_FORM}.`);
    if (at !== null && dueAt(at, zone)?.after(0) === undefined) problems.push(`${atName} ${AT_FORM}.`);
    else if (at !== null && dueAt(at, zone)?.after(0) === null) problems.push(`${atName} never comes.`);
    if (every !== null && at !== null) problems.push(`${everyName} and ${atName} are both set; keep one.`);
    const name = every === null ? atName : everyName;
    if (job !== 'sync' && settings.FARELOG_BYTEMARK_URL === null)
      problems.push(`FARELOG_BYTEMARK_URL is needed with ${name}.`);
    if (job === 'sync' && settings.FARELOG_PORTAL_URL === null)
      problems.push(`FARELOG_PORTAL_URL is needed with ${name}.`);
    if (job === 'sync' && settings.FARELOG_SYNC_UNIT === null)
      problems.push(`FARELOG_SYNC_UNIT is needed with ${name}: what the portal's prices count.`);
  }
  if (settings.FARELOG_SYNC_USERS !== null && settings.FARELOG_SYNC_USERS_FROM !== null)
    problems.push('FARELOG_SYNC_USERS and FARELOG_SYNC_USERS_FROM are both set; keep one.');
  return problems;
}

export function scheduleConfig(settings: Settings, zone: Zone): ScheduleConfig {
  const times: Partial<Record<JobName, DueTimes>> = {};
  for (const [job, everyName, atName] of TIMED) {
    const every = everyName === undefined ? null : settings[everyName];
    const at = settings[atName];
    const due = every === null ? (at === null ? undefined : dueAt(at, zone)) : dueEvery(every);
    if (due !== undefined) times[job] = due;
  }
  return {
    times,
    reconcileDays: settings.FARELOG_RECONCILE_DAYS,
    sync: {
      unit: settings.FARELOG_SYNC_UNIT,
      zone: settings.FARELOG_SYNC_ZONE,
      users: settings.FARELOG_SYNC_USERS,
      usersFile: settings.FARELOG_SYNC_USERS_FROM,
      testAccounts: settings.FARELOG_SYNC_TEST_ACCOUNTS,
    },
    leaseMs: settings.FARELOG_SCHEDULE_LEASE_S * 1000,
  };
}
