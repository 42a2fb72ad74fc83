/** Scheduled work as people and programs are told of it. */
import { isHeld, isOverdue, type JobName, type JobState, type RunOutcome } from '../domain/schedule.js';
import { toIso, type Zone } from '../domain/time.js';
import type { DueTimes } from './due-times.js';
import { leaseMarginMs } from './lease.js';

/** `off`: this instance has no times for it; `waiting` for the next; `due`: about to begin; `retrying` after a failure. */
export const JOB_STATES = ['off', 'waiting', 'due', 'running', 'retrying'] as const;

export interface JobView {
  readonly name: JobName;
  /** Of this instance: `every 15m`, `at 02:30`; null: not scheduled here. */
  readonly schedule: string | null;
  readonly state: (typeof JOB_STATES)[number];
  /** When it is due next, or has been since; null where it is not scheduled. */
  readonly next_at: string | null;
  /** When it is tried again, after a failure. */
  readonly retry_at: string | null;
  readonly running: { readonly instance: string; readonly since: string } | null;
  readonly last: {
    readonly instance: string;
    readonly started_at: string;
    readonly finished_at: string;
    readonly outcome: RunOutcome;
    readonly message: string;
  } | null;
  /** When it last came to its end, with or without something to look at. */
  readonly last_done_at: string | null;
  /** In a row. */
  readonly failures: number;
  /** Whether a run is late and nobody is at it. */
  readonly overdue: boolean;
}

export interface ViewParts {
  readonly times: Readonly<Partial<Record<JobName, DueTimes>>>;
  readonly zone: Zone;
  readonly leaseMs: number;
}

const iso = (ms: number): string => toIso(Math.floor(ms / 1000));
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

export function jobView(state: JobState, { times, zone, leaseMs }: ViewParts, now: number): JobView {
  const marginMs = leaseMarginMs(leaseMs);
  const here = times[state.name];
  const isRunning = isHeld(state, now, marginMs);
  const isScheduled = here !== undefined;
  const { due_ms, retry_ms, holder, started_ms } = state;
  const isRetrying = retry_ms !== null && due_ms !== null && due_ms <= now;
  return {
    name: state.name,
    schedule: isScheduled ? timesInWords(here, zone) : null,
    state: stateOf(state, isScheduled, isRunning, isRetrying, now),
    next_at: isScheduled ? isoOrNull(due_ms) : null,
    retry_at: isScheduled && isRetrying ? iso(retry_ms) : null,
    running:
      isRunning && holder !== null && started_ms !== null
        ? { instance: holder, since: iso(started_ms) }
        : null,
    last: lastOf(state),
    last_done_at: isoOrNull(state.last_done_ms),
    failures: state.failures,
    overdue: isScheduled && isOverdue(state, now, marginMs),
  };
}

function stateOf(
  { due_ms }: JobState,
  isScheduled: boolean,
  isRunning: boolean,
  isRetrying: boolean,
  now: number,
): JobView['state'] {
  if (isRunning) return 'running';
  if (!isScheduled) return 'off';
  if (isRetrying) return 'retrying';
  return due_ms !== null && due_ms <= now ? 'due' : 'waiting';
}

function timesInWords({ text }: DueTimes, zone: Zone): string {
  return text.startsWith('at ') ? `${text} ${zone.name}` : text;
}

function lastOf(state: JobState): JobView['last'] {
  const { last_holder, last_started_ms, last_finished_ms, last_outcome, last_message } = state;
  if (last_started_ms === null || last_finished_ms === null || last_outcome === null) return null;
  return {
    instance: last_holder ?? '',
    started_at: iso(last_started_ms),
    finished_at: iso(last_finished_ms),
    outcome: last_outcome,
    message: last_message ?? '',
  };
}
