/**
 * Reconciliations that are started from afar, where nobody waits for their end.
 *
 * Modes: idle → starting → running → idle; closed for good. One at a time in a process: two would ask the provider twice
 * for the same. Another instance knows nothing of it, and need not: two runs side by side find the same items, and what
 * both record is recorded once. A start is answered once the run has its row, so that a wrong span is refused to whoever
 * asked; what fails after that stands in the row. Closing ends the run between two pieces.
 */
import { AppError, failureOf } from '../domain/errors.js';
import type { ReconciliationProgress } from './reconcile-report.js';
import type { Reconcile, ReconcileRequest } from './reconciler.js';

interface WarningLog {
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface RunUnderWay extends ReconciliationProgress {
  readonly id: number;
}

export class ReconciliationStarter {
  /** Whether there is a provider to ask. */
  readonly canStart: boolean;
  readonly #reconcile: Reconcile;
  readonly #log: WarningLog;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #underWay: RunUnderWay | null = null;

  constructor(reconcile: Reconcile, hasProvider: boolean, log: WarningLog) {
    this.canStart = hasProvider;
    this.#reconcile = reconcile;
    this.#log = log;
  }

  /** The run of this process, and how far it is. */
  get underWay(): RunUnderWay | null {
    return this.#underWay;
  }

  /** Returns the run's id as soon as it has one. @throws AppError `conflict` where one is under way */
  start(request: Omit<ReconcileRequest, 'dryRun'>): Promise<number> {
    if (this.#running !== undefined)
      throw new AppError('conflict', 'A reconciliation is under way here. Wait for its end.');
    return new Promise((resolve, reject) => {
      this.#running = this.#run(request, resolve)
        .catch((error: unknown) => {
          this.#log.warn('A reconciliation failed', { error: failureOf(error) });
          // After its id was told nobody listens to this any more.
          reject(error);
        })
        .finally(() => {
          this.#running = undefined;
          this.#underWay = null;
        });
    });
  }

  async #run(request: ReconcileRequest, onStarted: (id: number) => void): Promise<void> {
    await this.#reconcile(request, {
      signal: this.#stop.signal,
      onStarted: (id) => {
        this.#underWay = { id, read: 0, compared: 0, exceptions: 0 };
        onStarted(id);
      },
      onProgress: (progress) => {
        if (this.#underWay !== null) this.#underWay = { ...progress, id: this.#underWay.id };
      },
      onWarning: (warning) => this.#log.warn(warning),
    });
  }

  /** Ends the run that is under way, and waits until it has ended. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}
