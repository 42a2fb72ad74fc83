/**
 * Runs what is due, on one of the instances that share a database.
 *
 * Modes: started → looking (every few seconds) ⇄ running (each job by itself) → closed. What is due is a moment in the
 * database, so what was missed while nothing ran is due still and runs once at the start; however often it was missed, the
 * next one lies in the future then. When a job is due is told to the database when an instance starts; where instances are
 * set differently, the one that started last counts, and the others leave that job alone and say so.
 */
import { failureOf } from '../domain/errors.js';
import { isReady, type JobName, type JobState } from '../domain/schedule.js';
import { readSchedule, saveTiming } from '../store/schedule.js';
import type { DueTimes } from './due-times.js';
import { type EndedRun, type LeaseParts, runUnderLease, type Work } from './lease.js';
import type { Alarm } from './timing.js';

export interface ScheduledJob {
  readonly name: JobName;
  readonly times: DueTimes;
  readonly work: Work;
}

interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface SchedulerParts extends LeaseParts {
  readonly jobs: readonly ScheduledJob[];
  readonly logger: Log;
  readonly onEnded?: ((job: JobName, ended: EndedRun) => void) | undefined;
}

const MOST_BETWEEN_LOOKS_MS = 5_000;

export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #stopping = new AbortController();
  readonly #running = new Map<JobName, Promise<void>>();
  readonly #told = new Set<JobName>();
  #isTold = false;
  #looking: Promise<void> = Promise.resolve();
  #alarm: Alarm | undefined;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** Begins to look; nothing is thrown, as a database that is away comes back. */
  start(): void {
    if (this.#parts.jobs.length > 0) this.#lookSoon(0);
  }

  /** Cuts what runs at its next step, and waits for it to be told as stopped. */
  async close(): Promise<void> {
    this.#stopping.abort();
    this.#alarm?.cancel();
    await this.#looking;
    await Promise.all(this.#running.values());
  }

  /** Starts whatever is due and free; settles when that is under way. */
  async look(): Promise<void> {
    if (!this.#isTold) await this.#tellTimes(await readSchedule(this.#parts.store.knex));
    this.#isTold = true;
    for (const state of await readSchedule(this.#parts.store.knex)) {
      const job = this.#parts.jobs.find(({ name }) => name === state.name);
      if (job === undefined || this.#running.has(job.name) || this.#stopping.signal.aborted) continue;
      if (state.timing !== job.times.text) this.#tellOther(state, job);
      else if (isReady(state, this.#parts.clock())) this.#run(job, state);
    }
  }

  /** Settles when nothing runs any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #tellTimes(states: readonly JobState[]): Promise<void> {
    const { store, jobs, clock } = this.#parts;
    const changed = states.flatMap((state) => {
      const job = jobs.find(({ name }) => name === state.name);
      return job === undefined || job.times.text === state.timing ? [] : [{ state, times: job.times }];
    });
    for (const { state, times } of changed)
      await store.write((trx) =>
        saveTiming(trx, state, { timing: times.text, due_ms: times.after(clock()) }),
      );
  }

  #tellOther({ name, timing }: JobState, { times }: ScheduledJob): void {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.#parts.logger.warn(
      `Another instance has started with other times for ${name}: this one leaves it alone. Set them alike.`,
      { here: times.text, there: timing },
    );
  }

  #run(job: ScheduledJob, state: JobState): void {
    const running = this.#runToItsEnd(job, state).finally(() => this.#running.delete(job.name));
    this.#running.set(job.name, running);
  }

  async #runToItsEnd({ name, work }: ScheduledJob, state: JobState): Promise<void> {
    const { logger, onEnded } = this.#parts;
    const begin: Work = (control) => {
      logger.info(`Scheduled ${name} begins`, state.holder === null ? {} : { after: state.holder });
      return work(control);
    };
    try {
      const ended = await runUnderLease(this.#parts, state, begin, this.#stopping.signal);
      if (ended === undefined) return;
      const { outcome, message, failures, retry_ms } = ended;
      const isWell = outcome === 'ok' || outcome === 'stopped';
      const retry = retry_ms === null ? {} : { failures, retry_at: new Date(retry_ms).toISOString() };
      logger[isWell ? 'info' : 'warn'](`Scheduled ${name} ended`, { outcome, message, ...retry });
      onEnded?.(name, ended);
    } catch (error) {
      logger.warn(`Scheduled ${name} could not be begun or ended in the database; it is tried again`, {
        error: failureOf(error),
      });
    }
  }

  #lookSoon(ms: number): void {
    const { timing, logger, leaseMs } = this.#parts;
    this.#alarm = timing.after(ms, () => {
      this.#looking = this.look()
        .catch((error: unknown) =>
          logger.warn('What is due cannot be read; it is tried again', { error: failureOf(error) }),
        )
        .then(() => {
          if (!this.#stopping.signal.aborted) this.#lookSoon(Math.min(MOST_BETWEEN_LOOKS_MS, leaseMs / 4));
        });
    });
    this.#alarm.unref();
  }
}
