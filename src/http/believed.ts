/**
 * What was looked up by a secret's hash is believed for two seconds, so that a burst of requests costs one look-up and a
 * change elsewhere takes effect within this. That nothing was found is believed too.
 *
 * Whoever guesses secrets sends a new one each time, and none of them is known beforehand. How often strangers may be
 * looked up is therefore limited, and what they leave behind is kept apart, so that they push out nobody who is known.
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
  readonly #found = new Map<string, { readonly value: Value; readonly until: number }>();
  /** Until when it is believed that there is nothing. */
  readonly #missed = new Map<string, number>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** @param admit throws where one that is not known may not be looked up now */
  async find(
    hash: string,
    look: (hash: string) => Promise<Value | undefined>,
    admit: () => void,
  ): Promise<Value | undefined> {
    const now = this.#clock();
    const known = this.#found.get(hash);
    if (known !== undefined && known.until > now) return known.value;
    if (known === undefined) {
      if ((this.#missed.get(hash) ?? 0) > now) return undefined;
      admit();
    }
    const value = await look(hash);
    if (value === undefined) {
      this.#found.delete(hash);
      put(this.#missed, hash, now + BELIEVED_MS);
    } else this.remember(hash, value);
    return value;
  }

  /** Believes what was just stored, without looking. */
  remember(hash: string, value: Value): void {
    this.#missed.delete(hash);
    put(this.#found, hash, { value, until: this.#clock() + BELIEVED_MS });
  }

  forget(hash: string): void {
    this.#found.delete(hash);
  }
}

function put<Value>(map: Map<string, Value>, hash: string, value: Value): void {
  if (map.size >= MAX_REMEMBERED && !map.has(hash)) map.clear();
  map.set(hash, value);
}
