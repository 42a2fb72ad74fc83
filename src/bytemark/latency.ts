/** Latencies of any number of requests in a fixed space: percentiles are right to 5 %, the maximum is exact. */

const GROWTH = 1.05;
const SMALLEST_MS = 0.05;
/** The last bucket begins at about 3 hours. */
const BUCKETS = 395;

export interface LatencySummary {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export class Latencies {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #maxMs = 0;

  add(ms: number): void {
    const bucket = Math.floor(Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / Math.log(GROWTH));
    const kept = Math.min(BUCKETS - 1, bucket);
    this.#counts[kept] = (this.#counts[kept] ?? 0) + 1;
    this.#count++;
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  /** All 0 where nothing was measured. */
  summary(): LatencySummary {
    const at = (share: number): number => this.#percentile(share);
    return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), maxMs: this.#maxMs };
  }

  /** The upper bound of the bucket that holds the request of this rank. */
  #percentile(share: number): number {
    let left = Math.ceil(share * this.#count);
    if (left === 0) return 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket] ?? 0;
      if (left <= 0) return Math.min(this.#maxMs, SMALLEST_MS * GROWTH ** (bucket + 1));
    }
    return this.#maxMs;
  }
}
