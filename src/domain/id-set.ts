/** A set of payment ids in pages of bits: a million ids in a row take 125 KB, and all there can be 512 MB. */

const PAGE_BITS = 12;
const PAGE_WORDS = 2 ** PAGE_BITS / 32;
const IN_PAGE = 2 ** PAGE_BITS - 1;

export class IdSet {
  readonly #pages = new Map<number, Uint32Array>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(id: number): boolean {
    const word = this.#pages.get(Math.floor(id / 2 ** PAGE_BITS))?.[(id & IN_PAGE) >>> 5] ?? 0;
    return (word & (1 << (id & 31))) !== 0;
  }

  add(id: number): void {
    if (this.has(id)) return;
    const number = Math.floor(id / 2 ** PAGE_BITS);
    const page = this.#pages.get(number) ?? new Uint32Array(PAGE_WORDS);
    this.#pages.set(number, page);
    const at = (id & IN_PAGE) >>> 5;
    page[at] = (page[at] ?? 0) | (1 << (id & 31));
    this.#size++;
  }
}
