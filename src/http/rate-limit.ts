/**
 * How often something may be done within a minute: by each (a key, a network of addresses), and by all together. Only what
 * is let through is counted, so one that tries without end takes nothing from the others. Windows are of the service's
 * clock and of this process: several instances let through that many each.
 *
 * The trade-off of a window: up to twice as many may come within a minute that lies across its border. What is gained is
 * one number a name, which is forgotten with the window.
 */
import { isIPv6 } from 'node:net';
import { AppError } from '../domain/errors.js';

const WINDOW_MS = 60_000;

/** Whoever comes after so many names within a window counts under one name with all that come later. */
const MAX_NAMES = 10_000;
const LATECOMERS = '';

export class RateLimit {
  readonly #ofEach: number;
  readonly #inAll: number;
  #windowStart = 0;
  #counted = 0;
  readonly #countedByName = new Map<string, number>();

  /** 0 is no limit. */
  constructor(limits: { readonly ofEach: number; readonly inAll?: number }) {
    this.#ofEach = limits.ofEach || Number.POSITIVE_INFINITY;
    this.#inAll = limits.inAll || Number.POSITIVE_INFINITY;
  }

  /** How many names are remembered. */
  get names(): number {
    return this.#countedByName.size;
  }

  /**
   * Counts one more; returns 0 where it may go on, else in how many seconds one may again.
   * @param now milliseconds since 1970
   */
  count(name: string, now: number): number {
    if (now >= this.#windowStart + WINDOW_MS || now < this.#windowStart) {
      this.#windowStart = now;
      this.#counted = 0;
      this.#countedByName.clear();
    }
    const full = this.#countedByName.size >= MAX_NAMES && !this.#countedByName.has(name);
    const counted = full ? LATECOMERS : name;
    const before = this.#countedByName.get(counted) ?? 0;
    if (this.#counted >= this.#inAll || before >= this.#ofEach) {
      return Math.ceil((this.#windowStart + WINDOW_MS - now) / 1000);
    }
    this.#counted += 1;
    this.#countedByName.set(counted, before + 1);
    return 0;
  }

  /**
   * Counts one more; an AppError `too_many` where that is over the limit.
   * @param what is counted, in the plural, for the message
   */
  refusal(name: string, now: number, what: string): AppError | undefined {
    const waitS = this.count(name, now);
    if (waitS === 0) return undefined;
    return new AppError('too_many', `Too many ${what}. Try again in ${waitS} seconds.`, {
      retryAfterS: waitS,
    });
  }

  /** As `refusal`, and throws it. */
  require(name: string, now: number, what: string): void {
    const refusal = this.refusal(name, now, what);
    if (refusal !== undefined) throw refusal;
  }
}

/** Whoever has one IPv6 address has the 2^64 of its network. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [left = '', right] = (address.split('%')[0] ?? '').split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
