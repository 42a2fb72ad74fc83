/**
 * What was looked up by a secret's hash is believed for two seconds, so that a burst of requests costs one look-up and a
 * change elsewhere takes effect within this. That nothing was found is believed too.
 */
import { createHash } from 'node:crypto';

const BELIEVED_MS = 2_000;
const MAX_REMEMBERED = 1_000;

/** By which the database knows a key or a token. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}

export class Believed<Value> {
  readonly #clock: () => number;
  readonly #found = new Map<string, { readonly value: Value | undefined; readonly until: number }>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  async find(hash: string, look: (hash: string) => Promise<Value | undefined>): Promise<Value | undefined> {
    const now = this.#clock();
    const known = this.#found.get(hash);
    if (known !== undefined && known.until > now) return known.value;
    if (this.#found.size >= MAX_REMEMBERED) this.#found.clear();
    const value = await look(hash);
    this.#found.set(hash, { value, until: now + BELIEVED_MS });
    return value;
  }

  forget(hash: string): void {
    this.#found.delete(hash);
  }
}
