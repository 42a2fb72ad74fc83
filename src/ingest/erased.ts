/**
 * Who is erased, as this process knows it.
 *
 * A `Tombstones` is as old as its last `refresh`, and that is enough: a commit tells the database how many erasures it
 * heeds, within its transaction, and is refused where that is not all of them.
 */
import { type ErasureKeys, tombstoneOf } from '../domain/erasure.js';
import type { Store } from '../store/dialect.js';
import { readTombstones, requireTombstoneKey } from '../store/erasures.js';

export interface Erased {
  /** How many erasures are heeded. */
  readonly version: number;
  isErased(userId: string): boolean;
  refresh(): Promise<void>;
}

export const NOBODY_ERASED: Erased = { version: 0, isErased: () => false, refresh: async () => undefined };

/** Riders are looked up again and again; a remembered one takes some 100 bytes. */
const REMEMBERED_RIDERS = 250_000;

export class Tombstones implements Erased {
  readonly #store: Store;
  readonly #keys: () => ErasureKeys;
  #version = 0;
  #digests: ReadonlySet<string> = new Set();
  #known = new Map<string, boolean>();

  /** @param keys made when they are first needed: where nobody was erased, never */
  constructor(store: Store, keys: () => ErasureKeys) {
    this.#store = store;
    this.#keys = keys;
  }

  get version(): number {
    return this.#version;
  }

  isErased(userId: string): boolean {
    if (this.#digests.size === 0) return false;
    const known = this.#known.get(userId);
    if (known !== undefined) return known;
    const erased = this.#digests.has(tombstoneOf(userId, this.#keys()));
    if (this.#known.size >= REMEMBERED_RIDERS) this.#known.clear();
    this.#known.set(userId, erased);
    return erased;
  }

  /** @throws AppError `settings` where the tombstones were made with another key, and so name nobody */
  async refresh(): Promise<void> {
    const { version, digests } = await readTombstones(this.#store);
    if (digests.size > 0) await requireTombstoneKey(this.#store.knex, this.#keys());
    this.#version = version;
    this.#digests = digests;
    this.#known = new Map();
  }
}
