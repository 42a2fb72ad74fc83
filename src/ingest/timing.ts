/**
 * Time and chance as the write side meets them: what it waits for, how long things take, and the jitter of its waits.
 * It is an argument, so that a simulation can give its own. The time that is recorded is the application's clock.
 */

export interface Timing {
  /** Milliseconds that never jump. */
  elapsed(): number;
  /** From 0 up to 1, which it never is. */
  random(): number;
  /** Calls at the end of this turn of the event loop. */
  atTurnEnd(call: () => void): void;
  /** Calls once `ms` have passed. */
  after(ms: number, call: () => void): Alarm;
}

export interface Alarm {
  cancel(): void;
  /** From now on the process does not stay alive for it. */
  unref(): void;
}

export const realTiming: Timing = {
  elapsed: () => performance.now(),
  random: () => Math.random(),
  atTurnEnd: (call) => {
    setImmediate(call);
  },
  after: (ms, call) => {
    const timeout = setTimeout(call, ms);
    return { cancel: () => clearTimeout(timeout), unref: () => timeout.unref() };
  },
};
