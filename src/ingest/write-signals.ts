/**
 * What the write side tells those who measure it: metrics and traces. It is told a transaction at a time and not a
 * delivery at a time, so that measuring costs next to nothing; and where nobody listens nothing is told.
 */
import type { JobName, RunOutcome } from '../domain/schedule.js';
import type { Commit, Entry } from './door.js';

/** From and to are milliseconds by `performance.now`. */
export interface Stretch {
  readonly beganMs: number;
  readonly endedMs: number;
}

/** A batch that has ended, with all of its tries. */
export interface EndedBatch extends Stretch {
  readonly entries: readonly Entry[];
  readonly failed: boolean;
}

export interface EndedPosting extends Stretch {
  readonly payments: number;
}

export interface WriteListener {
  /** A delivery is about to wait for its batch; only who traces single deliveries listens to this. */
  queued?(entry: Entry): void;
  batchEnded?(batch: EndedBatch): void;
  /** A transaction is tried again. */
  retried?(): void;
  posted?(posting: EndedPosting): void;
  postingFailed?(): void;
  /** A scheduled run of this process has ended. */
  jobEnded?(job: JobName, outcome: RunOutcome): void;
}

export class WriteSignals {
  readonly #listeners: WriteListener[];

  constructor(listeners: readonly WriteListener[] = []) {
    this.#listeners = [...listeners];
  }

  listen(listener: WriteListener): void {
    this.#listeners.push(listener);
  }

  /** Whether somebody wants to be told of each delivery. */
  get followsDeliveries(): boolean {
    return this.#listeners.some(({ queued }) => queued !== undefined);
  }

  queued(entry: Entry): void {
    for (const listener of this.#listeners) listener.queued?.(entry);
  }

  retried(): void {
    for (const listener of this.#listeners) listener.retried?.();
  }

  posted(posting: EndedPosting): void {
    for (const listener of this.#listeners) listener.posted?.(posting);
  }

  postingFailed(): void {
    for (const listener of this.#listeners) listener.postingFailed?.();
  }

  jobEnded(job: JobName, outcome: RunOutcome): void {
    for (const listener of this.#listeners) listener.jobEnded?.(job, outcome);
  }

  /** The same posting, which is told of where it posted something, or failed. */
  onPostings(post: () => Promise<number>): () => Promise<number> {
    return async () => {
      const beganMs = performance.now();
      try {
        const payments = await post();
        if (payments > 0) this.posted({ payments, beganMs, endedMs: performance.now() });
        return payments;
      } catch (error) {
        this.postingFailed();
        throw error;
      }
    };
  }

  /** The same door, whose batches are told of. */
  onBatches(commit: Commit): Commit {
    return async (entries, writer) => {
      const beganMs = performance.now();
      let failed = true;
      try {
        const settlements = await commit(entries, writer);
        failed = false;
        return settlements;
      } finally {
        const endedMs = performance.now();
        for (const listener of this.#listeners) listener.batchEnded?.({ entries, beganMs, endedMs, failed });
      }
    };
  }
}
