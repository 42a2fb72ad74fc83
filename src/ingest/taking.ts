/**
 * Whether the database takes payments: what can be read cannot always be written, as where a disk is full.
 *
 * Modes: taking → (a transaction is given up) → refusing → (one commits, or ten seconds pass) → taking. Time alone ends
 * refusing, because a load balancer that was turned away sends nothing by which the mend could be noticed. Trade-off:
 * while the cause lasts, some deliveries find out every ten seconds; they are answered 503 and sent again.
 */
import type { Commit } from './door.js';

const REFUSING_MS = 10_000;

export class Taking {
  readonly #clock: () => number;
  #givenUpMs: number | undefined;

  /** @param clock milliseconds since 1970 */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** The same door, watched. */
  watch(commit: Commit): Commit {
    return async (entries, writer) => {
      try {
        const settlements = await commit(entries, writer);
        this.#givenUpMs = undefined;
        return settlements;
      } catch (error) {
        this.#givenUpMs = this.#clock();
        throw error;
      }
    };
  }

  get takes(): boolean {
    return this.#givenUpMs === undefined || this.#clock() - this.#givenUpMs >= REFUSING_MS;
  }
}
