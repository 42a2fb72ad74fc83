/**
 * How often a sign-in may be tried: by one address, and by all together, within a minute. A key cannot be guessed; this
 * spares the database and the log. Only what is let through is counted, so the limit of all is the limit of its memory,
 * and one address that tries without end takes nothing from the others.
 */
import { isIPv6 } from 'node:net';

const WINDOW_MS = 60_000;

export class SignInLimit {
  readonly #inAll: number;
  readonly #ofAddress: number;
  #windowStart = 0;
  #tries = 0;
  readonly #triesByAddress = new Map<string, number>();

  constructor(limits: { readonly inAll: number; readonly ofAddress: number }) {
    this.#inAll = limits.inAll;
    this.#ofAddress = limits.ofAddress;
  }

  /** How many addresses are remembered. */
  get addresses(): number {
    return this.#triesByAddress.size;
  }

  /**
   * Counts a try; returns 0 where it may go on, else in how many seconds one may again.
   * @param now milliseconds since 1970
   */
  try(address: string, now: number): number {
    if (now >= this.#windowStart + WINDOW_MS || now < this.#windowStart) {
      this.#windowStart = now;
      this.#tries = 0;
      this.#triesByAddress.clear();
    }
    const network = networkOf(address);
    const tries = this.#triesByAddress.get(network) ?? 0;
    if (this.#tries >= this.#inAll || tries >= this.#ofAddress) {
      return Math.ceil((this.#windowStart + WINDOW_MS - now) / 1000);
    }
    this.#tries += 1;
    this.#triesByAddress.set(network, tries + 1);
    return 0;
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
