/** Trouble of the API that is asked for by hand, each kind until it is used up; and that of a share of the requests. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { skipN } from 'pure-rand/utils/skipN';
import { z } from 'zod';

const times = z.number().int().min(1).max(1_000_000);

/** Body of `POST /sandbox/faults`. */
export const FAULTS = z.strictObject({
  /** The next so many requests of lists are answered with a status. */
  answers: z
    .strictObject({
      status: z.union([z.literal(401), z.literal(404), z.literal(429), z.number().int().min(500).max(599)]),
      count: times,
      retry_after_s: z.number().int().min(0).max(86_400).optional(),
      /** As a date rather than as seconds. */
      retry_after_date: z.boolean().default(false),
    })
    .optional(),
  /** For so long nothing is answered but 503. */
  outage_ms: z.number().int().min(1).max(86_400_000).optional(),
  /** No token that was given holds any longer. */
  expire_tokens: z.literal(true).optional(),
  /** During the next so many requests of later pages rows have come on top (over 0) or gone. */
  move_rows: z.strictObject({ by: z.number().int().min(-1_000).max(1_000), count: times }).optional(),
  /** The next so many answers break off in their middle. */
  broken: times.optional(),
  clear: z.literal(true).optional(),
});
export type FaultsRequest = z.infer<typeof FAULTS>;

export type Trouble =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter: string | null }
  | { readonly kind: 'broken' }
  | { readonly kind: 'none' };

const NONE: Trouble = { kind: 'none' };
const RANDOM_STATUSES = [429, 500, 503] as const;

export class Faults {
  readonly #share: number;
  readonly #uniform: () => number;
  #pending: Omit<FaultsRequest, 'clear' | 'expire_tokens' | 'outage_ms'> = {};
  #outageUntilMs = 0;

  /** @param share of all requests of lists that end with 429, 500 or 503, by the seed */
  constructor(seed: number, share: number) {
    const random = xoroshiro128plus(seed ^ 0xfa17);
    skipN(random, 64);
    this.#share = share;
    this.#uniform = () => uniformFloat64(random);
  }

  plan({ clear, outage_ms, expire_tokens: _, ...pending }: FaultsRequest, now: number): void {
    if (clear === true) {
      this.#pending = {};
      this.#outageUntilMs = 0;
    }
    if (outage_ms !== undefined) this.#outageUntilMs = now + outage_ms;
    this.#pending = { ...this.#pending, ...pending };
  }

  isOut(now: number): boolean {
    return now < this.#outageUntilMs;
  }

  /** What the next request of a list meets. */
  next(now: number): Trouble {
    const { answers, broken } = this.#pending;
    if (answers !== undefined && answers.count > 0) {
      this.#pending.answers = { ...answers, count: answers.count - 1 };
      const seconds = answers.retry_after_s;
      const date = new Date(now + (seconds ?? 0) * 1000).toUTCString();
      const retryAfter = seconds === undefined ? null : answers.retry_after_date ? date : String(seconds);
      return { kind: 'status', status: answers.status, retryAfter };
    }
    if (broken !== undefined && broken > 0) {
      this.#pending.broken = broken - 1;
      return { kind: 'broken' };
    }
    if (this.#share === 0 || this.#uniform() >= this.#share) return NONE;
    const status = RANDOM_STATUSES[Math.floor(this.#uniform() * RANDOM_STATUSES.length)] ?? 503;
    return { kind: 'status', status, retryAfter: status === 429 ? '0' : null };
  }

  /** By how many rows a list has moved when one of its later pages is asked for. */
  movedRows(page: number): number {
    const move = this.#pending.move_rows;
    if (page === 1 || move === undefined || move.count === 0) return 0;
    this.#pending.move_rows = { ...move, count: move.count - 1 };
    return move.by;
  }
}
