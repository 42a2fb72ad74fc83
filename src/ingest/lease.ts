/**
 * One run of a job under its lease, so that of many instances one runs it.
 *
 * Modes: free → held → free again by its release, or over because nobody has renewed it. Who holds it renews it every
 * quarter of its length. Whoever cannot, because the database does not answer or somebody else has taken over, aborts the
 * run at the lease's end by its own clock; others wait a whole lease longer before they take over. So machines whose
 * clocks differ by less than a lease never run the same job at once, and a runner that was killed is replaced after two.
 *
 * A process that was stopped and goes on later finds out before its next step (`alive`), and its end is refused by the
 * fence. What it may still commit in between does no harm: all that jobs record goes through the door, once.
 */
import { AppError, failureOf } from '../domain/errors.js';
import { afterRun, isHeld, type JobState, type RunOutcome } from '../domain/schedule.js';
import type { Zone } from '../domain/time.js';
import type { Store } from '../store/dialect.js';
import { claimJob, readSchedule, releaseJob, renewLease } from '../store/schedule.js';
import { parseDueTimes } from './due-times.js';
import type { Alarm, Timing } from './timing.js';

/** What a run is given. */
export interface RunControl {
  /** Aborted when it must end: at its next step, leaving what was done. */
  readonly signal: AbortSignal;
  /** To be called before each step: throws where the lease is over. */
  readonly alive: () => void;
}

export interface RunResult {
  readonly needsAttention: boolean;
  /** What was done, in a sentence. */
  readonly message: string;
}

export type Work = (control: RunControl) => Promise<RunResult>;

export interface LeaseParts {
  readonly store: Store;
  readonly zone: Zone;
  /** Who runs, for people. */
  readonly holder: string;
  readonly leaseMs: number;
  readonly clock: () => number;
  readonly timing: Timing;
}

export interface EndedRun {
  readonly outcome: RunOutcome;
  readonly message: string;
  readonly failures: number;
  readonly retry_ms: number | null;
}

const MAX_MESSAGE_CHARACTERS = 1_000;
const STOP = Symbol('the service stops');

/** How long after its end a lease is still believed. */
export function leaseMarginMs(leaseMs: number): number {
  return leaseMs;
}

/** Runs a job as it was read; undefined where somebody else is at it, or was first. */
export async function runUnderLease(
  parts: LeaseParts,
  state: JobState,
  work: Work,
  stopping: AbortSignal,
): Promise<EndedRun | undefined> {
  const { store, holder, leaseMs, clock } = parts;
  const now = clock();
  const marginMs = leaseMarginMs(leaseMs);
  if (isHeld(state, now, marginMs)) return undefined;
  const before = state.holder === null ? {} : lostRun(state, now);
  const claim = { ...before, holder, started_ms: now, lease_until_ms: now + leaseMs };
  const fence = await store.write((trx) => claimJob(trx, state, claim, now - marginMs));
  if (fence === undefined) return undefined;
  const held = { ...state, ...claim, fence };
  const lease = new HeldLease(parts, held, now);
  const stop = (): void => lease.abort(STOP);
  stopping.addEventListener('abort', stop, { once: true });
  if (stopping.aborted) stop();
  try {
    const ended = await lease.run(work);
    return await end(parts, held, ended);
  } finally {
    stopping.removeEventListener('abort', stop);
    lease.close();
  }
}

/** A run whose runner never told its end. */
function lostRun(state: JobState, now: number): Partial<JobState> {
  return {
    ...afterRun(state, 'lost', now, null),
    retry_ms: null,
    last_holder: state.holder,
    last_started_ms: state.started_ms,
    last_message: `${state.holder} has not finished it: it ended, or could not reach the database`,
  };
}

async function end(
  { store, zone, clock }: LeaseParts,
  held: JobState,
  { outcome, message }: Pick<EndedRun, 'outcome' | 'message'>,
): Promise<EndedRun> {
  const now = clock();
  // What is due changes while it runs where another instance starts with other settings.
  const state = (await readSchedule(store.knex)).find(({ name }) => name === held.name) ?? held;
  const times = state.timing === null ? undefined : parseDueTimes(state.timing, zone);
  const after = afterRun(state, outcome, now, times?.after(now) ?? null);
  const isOurs = await store.write((trx) =>
    releaseJob(trx, held.name, held.fence, {
      ...after,
      last_holder: held.holder,
      last_started_ms: held.started_ms,
      last_message: [...message].slice(0, MAX_MESSAGE_CHARACTERS).join(''),
    }),
  );
  const { failures, retry_ms } = after;
  return isOurs ? { outcome, message, failures, retry_ms } : { outcome: 'lost', message, failures, retry_ms };
}

class HeldLease {
  readonly #parts: LeaseParts;
  readonly #state: JobState;
  readonly #aborting = new AbortController();
  #renewedMs: number;
  #renewing = false;
  #alarm: Alarm | undefined;

  constructor(parts: LeaseParts, state: JobState, now: number) {
    this.#parts = parts;
    this.#state = state;
    this.#renewedMs = now;
    this.#tick();
  }

  abort(reason: unknown): void {
    this.#aborting.abort(reason);
  }

  close(): void {
    this.#alarm?.cancel();
  }

  async run(work: Work): Promise<Pick<EndedRun, 'outcome' | 'message'>> {
    const { signal } = this.#aborting;
    try {
      const { needsAttention, message } = await work({ signal, alive: () => this.#alive() });
      return { outcome: needsAttention ? 'attention' : 'ok', message };
    } catch (error) {
      if (!signal.aborted) return { outcome: 'failed', message: sentenceOf(error) };
      return signal.reason === STOP
        ? { outcome: 'stopped', message: 'The service was stopped; it goes on at its next run.' }
        : { outcome: 'lost', message: sentenceOf(signal.reason) };
    }
  }

  #alive(): void {
    if (this.#isOver()) this.#lose('Its lease could not be renewed in time.');
    this.#aborting.signal.throwIfAborted();
  }

  #isOver(): boolean {
    return this.#parts.clock() - this.#renewedMs >= this.#parts.leaseMs;
  }

  #lose(why: string): void {
    if (!this.#aborting.signal.aborted) this.abort(new AppError('unavailable', why));
  }

  #tick(): void {
    if (this.#isOver()) this.#lose('Its lease could not be renewed in time.');
    if (this.#aborting.signal.aborted) return;
    if (!this.#renewing && this.#alarm !== undefined) void this.#renew();
    this.#alarm = this.#parts.timing.after(this.#parts.leaseMs / 4, () => this.#tick());
    this.#alarm.unref();
  }

  async #renew(): Promise<void> {
    const { store, clock, leaseMs } = this.#parts;
    const { name, fence } = this.#state;
    this.#renewing = true;
    const now = clock();
    try {
      const isOurs = await store.write((trx) => renewLease(trx, name, fence, now + leaseMs));
      if (isOurs) this.#renewedMs = now;
      else this.#lose('Another instance has taken it over.');
    } catch {
      // The next quarter tries again, until the lease is over.
    } finally {
      this.#renewing = false;
    }
  }
}

function sentenceOf(error: unknown): string {
  return failureOf(error).replace(/^(?:[A-Z]\w*)?Error: /, '');
}
