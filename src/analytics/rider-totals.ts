/** What each rider paid, exact, in columns by the riders' numbers in the ledger: two hundred thousand fit in a few megabytes. */
import { ExactSum } from '../domain/ledger.js';
import type { Span } from '../domain/time.js';
import type { Ledger, Slice } from './ledger.js';

/** Payments and spending of each rider, by the rider's number in the ledger. */
export class RiderTotals {
  readonly payments: Float64Array;
  readonly #safe: Float64Array;
  /** What went past 2⁵³. */
  readonly #past = new Map<number, bigint>();

  constructor(riders: number) {
    this.payments = new Float64Array(riders);
    this.#safe = new Float64Array(riders);
  }

  add({ entries, from, to }: Slice): void {
    const { key, count, sum } = entries;
    for (let at = from; at < to; at++) {
      const rider = key[at] ?? 0;
      this.payments[rider] = (this.payments[rider] ?? 0) + (count[at] ?? 0);
      const together = (this.#safe[rider] ?? 0) + (sum[at] ?? 0);
      if (together <= Number.MAX_SAFE_INTEGER) this.#safe[rider] = together;
      else this.#carry(rider, sum[at] ?? 0);
    }
  }

  /** Takes a number out that is no rider's. */
  leaveOut(no: number): void {
    if (no >= this.payments.length) return;
    this.payments[no] = 0;
    this.#safe[no] = 0;
    this.#past.delete(no);
  }

  #carry(rider: number, minor: number): void {
    this.#past.set(rider, (this.#past.get(rider) ?? 0n) + BigInt(this.#safe[rider] ?? 0));
    this.#safe[rider] = minor;
  }

  spent(rider: number): bigint {
    return (this.#past.get(rider) ?? 0n) + BigInt(this.#safe[rider] ?? 0);
  }

  /** Spending of everyone who paid, as numbers, ascending: exact below 2⁵³. */
  sortedSpending(): Float64Array {
    const spending = new Float64Array(this.riders);
    let at = 0;
    for (let rider = 0; rider < this.payments.length; rider++) {
      if (this.payments[rider] === 0) continue;
      spending[at++] = this.#past.size === 0 ? (this.#safe[rider] ?? 0) : Number(this.spent(rider));
    }
    return sortedAscending(spending);
  }

  /** What all riders spent together. */
  get total(): bigint {
    const safe = new ExactSum();
    for (const minor of this.#safe) safe.add(minor);
    let total = safe.value;
    for (const minor of this.#past.values()) total += minor;
    return total;
  }

  get riders(): number {
    let riders = 0;
    for (const payments of this.payments) if (payments > 0) riders++;
    return riders;
  }

  /** Numbers of the riders who spent most, more than `limit` where several spent the same as the last of them. */
  top(limit: number, below: bigint | undefined): number[] {
    const threshold = this.#threshold(limit, below);
    const found: number[] = [];
    for (let rider = 0; rider < this.payments.length; rider++) {
      if (this.payments[rider] === 0 || Number(this.#safe[rider]) < threshold.safe) continue;
      const spent = this.spent(rider);
      if (threshold.exact !== undefined && spent < threshold.exact) continue;
      if (below === undefined || spent <= below) found.push(rider);
    }
    return found;
  }

  /** What the last of the `limit` riders spent who spent at most `below`; no bound where they are fewer. */
  #threshold(limit: number, below: bigint | undefined): { safe: number; exact: bigint | undefined } {
    const none = Number.NEGATIVE_INFINITY;
    if (this.#past.size > 0) return { safe: none, exact: this.#exactThreshold(limit, below) };
    const ceiling = below === undefined ? Number.POSITIVE_INFINITY : Number(below);
    // A heap of the `limit` highest, the lowest of them first.
    const heap = new Float64Array(limit);
    let size = 0;
    for (let rider = 0; rider < this.payments.length; rider++) {
      const spent = this.#safe[rider] ?? 0;
      if (this.payments[rider] === 0 || spent > ceiling) continue;
      if (size < limit) siftUp(heap, size++, spent);
      else if (spent > (heap[0] ?? 0)) siftDown(heap, size, spent);
    }
    const lowest = size < limit ? undefined : (heap[0] ?? 0);
    return lowest === undefined ? { safe: none, exact: undefined } : { safe: lowest, exact: BigInt(lowest) };
  }

  #exactThreshold(limit: number, below: bigint | undefined): bigint | undefined {
    const spending: bigint[] = [];
    for (let rider = 0; rider < this.payments.length; rider++) {
      const spent = this.spent(rider);
      if (this.payments[rider] !== 0 && (below === undefined || spent <= below)) spending.push(spent);
    }
    spending.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0));
    return spending[limit - 1];
  }
}

/** Whole numbers up to this are sorted by counting how often each stands, in a sixth of the time. */
const MOST_COUNTED = 4_000_000;

/** Sorts in place. */
export function sortedAscending(values: Float64Array): Float64Array {
  let most = 0;
  for (const value of values) {
    if (value < 0 || value > MOST_COUNTED || !Number.isInteger(value)) return values.sort();
    if (value > most) most = value;
  }
  const counts = new Uint32Array(most + 1);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  let at = 0;
  for (let value = 0; value <= most; value++) {
    for (let left = counts[value] ?? 0; left > 0; left--) values[at++] = value;
  }
  return values;
}

function siftUp(heap: Float64Array, at: number, value: number): void {
  let place = at;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if ((heap[parent] ?? 0) <= value) break;
    heap[place] = heap[parent] ?? 0;
    place = parent;
  }
  heap[place] = value;
}

/** Puts `value` in the place of the lowest. */
function siftDown(heap: Float64Array, size: number, value: number): void {
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= size) break;
    if (child + 1 < size && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
    if ((heap[child] ?? 0) >= value) break;
    heap[place] = heap[child] ?? 0;
    place = child;
  }
  heap[place] = value;
}

/** Payments and spending of every rider within a span. Of erased riders nobody can say who paid: they are not among them. */
export async function riderTotals(ledger: Ledger, span: Span): Promise<RiderTotals> {
  const slices = await ledger.slices('riders', span, true);
  const totals = new RiderTotals(await ledger.riderCount());
  for (const slice of slices) totals.add(slice);
  const erased = await ledger.erasedNumber();
  if (erased !== undefined) totals.leaveOut(erased);
  return totals;
}
