/** Scheduled work and its leases. Whoever runs a job has its fence; each change says which one it stands on. */
import type { Knex } from 'knex';
import { isJobName, JOB_NAMES, type JobName, type JobState } from '../domain/schedule.js';

const SCHEDULE = 'farelog_schedule';

const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));

function toState(row: JobState): JobState {
  return {
    ...row,
    due_ms: numberOrNull(row.due_ms),
    retry_ms: numberOrNull(row.retry_ms),
    failures: Number(row.failures),
    fence: Number(row.fence),
    started_ms: numberOrNull(row.started_ms),
    lease_until_ms: numberOrNull(row.lease_until_ms),
    last_started_ms: numberOrNull(row.last_started_ms),
    last_finished_ms: numberOrNull(row.last_finished_ms),
    last_done_ms: numberOrNull(row.last_done_ms),
  };
}

/** Every job, in the order of `JOB_NAMES`. */
export async function readSchedule(knex: Knex): Promise<JobState[]> {
  const rows: JobState[] = await knex(SCHEDULE);
  const place = ({ name }: JobState): number => JOB_NAMES.indexOf(name);
  return rows
    .filter(({ name }) => isJobName(name))
    .map(toState)
    .sort((a, b) => place(a) - place(b));
}

/** Sets when a job is due, where nobody has begun to run it since it was read. */
export async function saveTiming(
  trx: Knex.Transaction,
  { name, fence }: JobState,
  timing: Pick<JobState, 'timing' | 'due_ms'>,
): Promise<void> {
  await trx(SCHEDULE)
    .where({ name, fence })
    .update({ ...timing, retry_ms: null });
}

/**
 * Takes the lease of a job as it was read: the one before must be over. Returns the new fence; undefined where
 * somebody else was first.
 */
export async function claimJob(
  trx: Knex.Transaction,
  { name, fence }: JobState,
  claim: Pick<JobState, 'holder' | 'started_ms' | 'lease_until_ms'> & Partial<JobState>,
  /** Leases that ended before this are over. */
  overMs: number,
): Promise<number | undefined> {
  const taken = await trx(SCHEDULE)
    .where({ name, fence })
    .where((free) => {
      free.whereNull('lease_until_ms').orWhere('lease_until_ms', '<', overMs);
    })
    .update({ ...claim, fence: fence + 1 });
  return taken > 0 ? fence + 1 : undefined;
}

/** A sign of life; false where the lease is somebody else's by now. */
export async function renewLease(
  trx: Knex.Transaction,
  name: JobName,
  fence: number,
  lease_until_ms: number,
): Promise<boolean> {
  return (await trx(SCHEDULE).where({ name, fence }).update({ lease_until_ms })) > 0;
}

/** Gives the lease back, with what became of the run; false where the lease is somebody else's by now. */
export async function releaseJob(
  trx: Knex.Transaction,
  name: JobName,
  fence: number,
  after: Partial<JobState>,
): Promise<boolean> {
  const free = { holder: null, started_ms: null, lease_until_ms: null };
  return (
    (await trx(SCHEDULE)
      .where({ name, fence })
      .update({ ...after, ...free })) > 0
  );
}
