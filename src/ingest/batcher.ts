/**
 * Group commit: deliveries that arrive together share a transaction, and so one wait for the disk.
 *
 * A writer is idle or committing. Entries queue in the order of their arrival. When a writer is idle and entries
 * wait, the batch is closed
 *   - at once, when it has reached its rows or bytes;
 *   - at the end of this turn of the event loop, when at least half as many wait as the last batch held;
 *   - else when that many have come, or the first has waited `maxWaitMs`.
 * So a lone delivery is committed without delay, and under load a batch gathers those whose answers the last batch
 * has just released. While all writers commit, the queue grows; beyond `maxQueue` a delivery is refused as busy, to
 * be sent again. A batch settles entry by entry; one that fails rejects all of its entries, none of which is kept.
 *
 * Trade-off: under a load that has just dropped, one batch may wait up to `maxWaitMs` for company that does not come.
 */
import { AppError } from '../domain/errors.js';
import type { Commit, Entry, Settlement } from './door.js';
import { type Alarm, realTiming, type Timing } from './timing.js';

export interface BatchLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
  readonly maxQueue: number;
}

interface Waiting {
  readonly entry: Entry;
  readonly bytes: number;
  readonly resolve: (settlement: Settlement) => void;
  readonly reject: (error: unknown) => void;
}

export class Batcher {
  readonly #commit: Commit;
  readonly #limits: BatchLimits;
  readonly #timing: Timing;
  readonly #idleWriters: number[];
  #queue: Waiting[] = [];
  #lastBatchRows = 1;
  #turnEnds = false;
  #patience: Alarm | undefined;
  #committing = 0;
  #closed = false;
  #onDrained: (() => void) | undefined;

  constructor(commit: Commit, writers: number, limits: BatchLimits, timing = realTiming) {
    this.#commit = commit;
    this.#limits = limits;
    this.#timing = timing;
    this.#idleWriters = Array.from({ length: writers }, (_, index) => writers - 1 - index);
  }

  /** Entries that wait for a writer. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Settles when the entry's transaction has committed. `bytes` is about what it adds to a transaction. */
  submit(entry: Entry, bytes: number): Promise<Settlement> {
    if (this.#closed)
      return Promise.reject(new AppError('unavailable', 'Farelog is stopping. Send it again.'));
    if (this.#queue.length >= this.#limits.maxQueue) {
      const message = `${this.#limits.maxQueue} deliveries wait for the database already; nothing of this was kept. Send it again.`;
      return Promise.reject(new AppError('busy', message));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ entry, bytes, resolve, reject });
      this.#wake();
    });
  }

  /** Refuses what comes from now on and waits until all that came before has settled. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#flush();
    if (this.#committing === 0) return;
    await new Promise<void>((resolve) => {
      this.#onDrained = resolve;
    });
  }

  #wake(): void {
    if (this.#idleWriters.length === 0 || this.#turnEnds) return;
    if (this.#queue.length >= this.#limits.maxRows) this.#flush();
    else {
      this.#turnEnds = true;
      this.#timing.atTurnEnd(() => this.#turnEnded());
    }
  }

  #turnEnded(): void {
    this.#turnEnds = false;
    if (this.#queue.length === 0) return;
    const enough = this.#queue.length * 2 >= this.#lastBatchRows;
    if (enough || this.#closed) this.#flush();
    else this.#patience ??= this.#timing.after(this.#limits.maxWaitMs, () => this.#flush());
  }

  #flush(): void {
    this.#patience?.cancel();
    this.#patience = undefined;
    while (this.#queue.length > 0) {
      const writer = this.#idleWriters.pop();
      if (writer === undefined) return;
      void this.#commitBatch(this.#takeBatch(), writer);
      // What is left waits for company, unless it fills a batch or there will be no more.
      if (this.#queue.length < this.#limits.maxRows && !this.#closed) return;
    }
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    let rows = 0;
    for (const waiting of this.#queue) {
      bytes += waiting.bytes;
      if (rows > 0 && (rows === this.#limits.maxRows || bytes > this.#limits.maxBytes)) break;
      rows++;
    }
    const batch = this.#queue.slice(0, rows);
    this.#queue = this.#queue.slice(rows);
    this.#lastBatchRows = rows;
    return batch;
  }

  async #commitBatch(batch: readonly Waiting[], writer: number): Promise<void> {
    this.#committing++;
    try {
      const settlements = await this.#commit(
        batch.map(({ entry }) => entry),
        writer,
      );
      batch.forEach(({ resolve, reject }, index) => {
        const settlement = settlements[index];
        if (settlement !== undefined) resolve(settlement);
        else reject(new AppError('unavailable', 'The outcome of this delivery is unknown. Send it again.'));
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#committing--;
    this.#idleWriters.push(writer);
    if (this.#closed) this.#flush();
    else if (this.#queue.length > 0) this.#wake();
    if (this.#closed && this.#committing === 0) this.#onDrained?.();
  }
}
