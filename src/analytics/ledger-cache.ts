/**
 * Blocks that were read before, decoded. A block's version changes whenever it is written, so what is found here under
 * the version that the database tells is what the database holds. The least recently used go first.
 */
import { bytesOf, type Entries, type Section } from '../domain/ledger.js';

interface Cached {
  readonly version: number;
  readonly entries: Entries;
}

export class LedgerCache {
  readonly #blocks = new Map<string, Cached>();
  #bytes = 0;

  constructor(readonly maxBytes: number) {}

  get(section: Section, period: number, version: number): Entries | undefined {
    const key = `${section} ${period}`;
    const found = this.#blocks.get(key);
    if (found?.version !== version) return undefined;
    this.#blocks.delete(key);
    this.#blocks.set(key, found);
    return found.entries;
  }

  put(section: Section, period: number, version: number, entries: Entries): void {
    const key = `${section} ${period}`;
    this.#remove(key);
    this.#blocks.set(key, { version, entries });
    this.#bytes += bytesOf(entries);
    for (const oldest of this.#blocks.keys()) {
      if (this.#bytes <= this.maxBytes) return;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const found = this.#blocks.get(key);
    if (found === undefined) return;
    this.#blocks.delete(key);
    this.#bytes -= bytesOf(found.entries);
  }
}
