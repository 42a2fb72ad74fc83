/** Scheduled work as the database keeps it, and what follows from that at a moment. */

export const JOB_NAMES = ['pull', 'sync', 'reconcile'] as const;
export type JobName = (typeof JOB_NAMES)[number];

/**
 * `ok`; `attention`: done, and something is for a person to look at; `failed`: tried again; `stopped`: cut by a stop of
 * the service, goes on at the next start or elsewhere; `lost`: its runner was gone or could not keep its lease.
 */
export const RUN_OUTCOMES = ['ok', 'attention', 'failed', 'stopped', 'lost'] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** Times are milliseconds since 1970. */
export interface JobState {
  readonly name: JobName;
  /** When it is due, as the instance that started last has it set; null: it never was scheduled. */
  readonly timing: string | null;
  /** The next time at which it is due; in the past where that run has not been done. */
  readonly due_ms: number | null;
  /** Not before this, after a failure. */
  readonly retry_ms: number | null;
  /** In a row, the last one included. */
  readonly failures: number;
  /** Grows with every runner: what an earlier one writes is refused. */
  readonly fence: number;
  /** Who runs it now, since when, and until when that is believed without a sign of life. */
  readonly holder: string | null;
  readonly started_ms: number | null;
  readonly lease_until_ms: number | null;
  readonly last_holder: string | null;
  readonly last_started_ms: number | null;
  readonly last_finished_ms: number | null;
  readonly last_outcome: RunOutcome | null;
  readonly last_message: string | null;
  /** When it last came to its end. */
  readonly last_done_ms: number | null;
}

export function isJobName(text: string): text is JobName {
  return JOB_NAMES.some((name) => name === text);
}

/** Whether somebody runs it, as far as the lease tells; the margin is for clocks that differ. */
export function isHeld({ lease_until_ms }: JobState, now: number, marginMs: number): boolean {
  return lease_until_ms !== null && now <= lease_until_ms + marginMs;
}

/** Whether it is to run now, where nobody runs it. */
export function isReady({ due_ms, retry_ms }: JobState, now: number): boolean {
  return due_ms !== null && due_ms <= now && (retry_ms === null || retry_ms <= now);
}

const FIRST_RETRY_MS = 60_000;
const LAST_RETRY_MS = 3_600_000;

/** How long after a failure it is tried again: a minute, then twice as long each time, an hour at most. */
export function backoffMs(failures: number): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1));
}

/** What a run's end leaves behind. */
export type AfterRun = Pick<
  JobState,
  'due_ms' | 'retry_ms' | 'failures' | 'last_outcome' | 'last_finished_ms' | 'last_done_ms'
>;

/** @param nextDue the first time after `now` at which it is due again */
export function afterRun(
  state: JobState,
  outcome: RunOutcome,
  now: number,
  nextDue: number | null,
): AfterRun {
  const ended = { last_outcome: outcome, last_finished_ms: now };
  const isDone = outcome === 'ok' || outcome === 'attention';
  if (isDone) {
    const due_ms = state.due_ms !== null && state.due_ms <= now ? nextDue : state.due_ms;
    return { ...ended, due_ms, retry_ms: null, failures: 0, last_done_ms: now };
  }
  const { due_ms, last_done_ms } = state;
  // Whoever is stopped has not failed, and goes on as soon as somebody can.
  if (outcome === 'stopped')
    return { ...ended, due_ms, retry_ms: null, failures: state.failures, last_done_ms };
  const failures = state.failures + 1;
  return { ...ended, due_ms, retry_ms: now + backoffMs(failures), failures, last_done_ms };
}

/** How late a run may be before somebody should look; a service that is started again catches up within it. */
const OVERDUE_MS = 15 * 60_000;

/** Whether a run is late and nobody is at it. */
export function isOverdue(state: JobState, now: number, marginMs: number): boolean {
  return state.due_ms !== null && now - state.due_ms > OVERDUE_MS && !isHeld(state, now, marginMs);
}
