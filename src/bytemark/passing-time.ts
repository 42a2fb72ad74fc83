/** Time as those know it who speak with others over a network; a test gives its own. */
import { setTimeout as pause } from 'node:timers/promises';

export interface PassingTime {
  /** Milliseconds since 1970, for timestamps and expiries. */
  readonly now: () => number;
  /** Milliseconds that never jump, for rates and latencies. */
  readonly elapsed: () => number;
  /** Waits; returns early, and does not throw, when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

export const realTime: PassingTime = {
  now: Date.now,
  elapsed: () => performance.now(),
  sleep: async (ms, signal) => {
    try {
      await pause(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    }
  },
};

/** RFC 9110, 10.2.3: a count of seconds, or a date. Milliseconds from now; null where there is neither. */
export function retryAfter(header: string | readonly string[] | undefined, now: number): number | null {
  if (typeof header !== 'string') return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
