/**
 * The ledger: payments, and what was adjusted of them, added up into blocks, one a section and local day, and for some
 * sections one a month.
 *
 * A block is a list of entries in the order of (bucket, key, value), each with how many payments it counts and, where
 * the section has one, the sum of their prices in minor units. Blocks only ever gain: `mergeEntries` of what stands
 * and what is new gives the same block for any order and any grouping of payments. Numbers stay whole numbers below
 * 2⁵³: a sum that would pass it is kept as two entries of the same key, and `ExactSum` adds entries up.
 */
import { bucketStart, monthOf } from './bucket.js';
import type { Zone } from './time.js';

/** Stands in `farelog_meta`; a database whose ledger was made by another version is rebuilt before it serves. */
export const LEDGER_VERSION = 3;

/** What a payment is counted by. `key` is the number of a payment type, or of a rider. */
export const PAYMENT_SECTIONS = ['revenue', 'prices', 'lags', 'riders'] as const;
/** What an adjustment is counted by: the type or the rider of its payment, at the time of the adjustment. */
const ADJUSTMENT_SECTIONS = ['adjustments', 'rider_adjustments'] as const;
export const SECTIONS = [...PAYMENT_SECTIONS, ...ADJUSTMENT_SECTIONS] as const;
export type PaymentSection = (typeof PAYMENT_SECTIONS)[number];
export type AdjustmentSection = (typeof ADJUSTMENT_SECTIONS)[number];
export type Section = PaymentSection | AdjustmentSection;

export function isOfAdjustments(section: Section): section is AdjustmentSection {
  return section === 'adjustments' || section === 'rider_adjustments';
}

interface Shape {
  /** Whose number `key` is. */
  readonly by: 'type' | 'rider';
  /** What `value` is: a price in minor units, or seconds from `logged_on` to capture. */
  readonly value: boolean;
  /** Whether entries carry the sum of prices, or of what was adjusted, which may be below zero. */
  readonly sum: boolean;
  /** Whether there are blocks of whole months too, without buckets. */
  readonly months: boolean;
}

export const SHAPES: Readonly<Record<Section, Shape>> = {
  revenue: { by: 'type', value: false, sum: true, months: false },
  prices: { by: 'type', value: true, sum: false, months: true },
  lags: { by: 'type', value: true, sum: false, months: true },
  riders: { by: 'rider', value: false, sum: true, months: true },
  adjustments: { by: 'type', value: false, sum: true, months: false },
  rider_adjustments: { by: 'rider', value: false, sum: true, months: true },
};

/** What the ledger counts of one payment. */
export interface Fact {
  readonly logged_s: number;
  readonly payment_type: string;
  readonly user_id: string;
  readonly price_minor: number;
  /** Whole seconds from `logged_on` to capture, for live sources; null for all others. */
  readonly lag_s: number | null;
}

/** What the ledger counts of one adjustment whose payment is there. */
export interface AdjustmentFact {
  readonly adjusted_s: number;
  /** Of its payment. */
  readonly payment_type: string;
  readonly user_id: string;
  readonly amount_minor: number;
}

/** What the ledger has numbers for. */
export type Named = Pick<Fact, 'payment_type' | 'user_id'>;

/** The entries of a block, a column each; a column that is all zero may be empty. */
export interface Entries {
  readonly length: number;
  /** Bucket of the day, counted from its start; 0 in the block of a month. */
  readonly bucket: Int32Array;
  readonly key: Int32Array;
  /** All zero where the section has no value. */
  readonly value: Float64Array;
  readonly count: Uint32Array;
  /** All zero where the section has no sum. */
  readonly sum: Float64Array;
}

export interface Entry {
  readonly bucket: number;
  readonly key: number;
  readonly value: number;
  readonly count: number;
  readonly sum: number;
}

/** Numbers of payment types and riders; blocks hold these instead of texts. */
export interface LedgerKeys {
  typeNo(paymentType: string): number;
  riderNo(userId: string): number;
}

/** A local day of the reporting zone: its name as the number YYYYMMDD, and its first second. */
export interface LocalDay {
  readonly day: number;
  readonly start: number;
}

/** Which bucket, day and month an instant falls into; days are remembered by bucket, as payments come close together. */
export class LedgerCalendar {
  readonly #days = new Map<number, LocalDay>();

  constructor(
    readonly zone: Zone,
    /** Seconds of a bucket: an hour, or the half or quarter that the zone's offsets need. */
    readonly grainS: number = zone.grainS(),
  ) {}

  bucketOf(second: number): number {
    return Math.floor(second / this.grainS) * this.grainS;
  }

  dayOf(second: number): LocalDay {
    const bucket = this.bucketOf(second);
    const known = this.#days.get(bucket);
    if (known !== undefined) return known;
    if (this.#days.size > 100_000) this.#days.clear();
    // Of the bucket's first second, so that all seconds of a bucket have one day whichever is asked about first.
    const start = bucketStart('daily', bucket, this.zone);
    const date = new Date(this.zone.localOf(start) * 1000).getUTCDate();
    const found = { day: monthOf(start, this.zone) * 100 + date, start };
    this.#days.set(bucket, found);
    return found;
  }

  /** First second of the day YYYYMMDD. */
  startOfDay(day: number): number {
    const [year, month, date] = [Math.floor(day / 10_000), Math.floor(day / 100) % 100, day % 100];
    return this.zone.startOf(Date.UTC(year, month - 1, date) / 1000);
  }

  /** YYYYMM. */
  monthOf(second: number): number {
    return Math.floor(this.dayOf(second).day / 100);
  }
}

/** Days have eight digits or more, months six or seven: east of UTC the last hours that a table holds are in 10000. */
export function isMonth(period: number): boolean {
  return period < 10_000_000;
}

function allocate(length: number) {
  return {
    bucket: new Int32Array(length),
    key: new Int32Array(length),
    value: new Float64Array(length),
    count: new Uint32Array(length),
    sum: new Float64Array(length),
  };
}

/** Sums below zero are of adjustments, or of prices that another program wrote; bytes hold them down to here. */
const LEAST_SUM = -(2 ** 52);

/** Writes entries in their order, adding up those of one key while their sum stays exact. */
class EntriesWriter {
  readonly #columns: ReturnType<typeof allocate>;
  #length = 0;

  constructor(most: number) {
    this.#columns = allocate(most);
  }

  add(bucket: number, key: number, value: number, count: number, sum: number): void {
    const columns = this.#columns;
    const last = this.#length - 1;
    if (
      last >= 0 &&
      columns.bucket[last] === bucket &&
      columns.key[last] === key &&
      columns.value[last] === value
    ) {
      const together = (columns.sum[last] ?? 0) + sum;
      if (together >= LEAST_SUM && together <= Number.MAX_SAFE_INTEGER) {
        columns.count[last] = (columns.count[last] ?? 0) + count;
        columns.sum[last] = together;
        return;
      }
    }
    const at = this.#length++;
    columns.bucket[at] = bucket;
    columns.key[at] = key;
    columns.value[at] = value;
    columns.count[at] = count;
    columns.sum[at] = sum;
  }

  /** Copies, so that what is kept is not larger than what it holds. */
  take(): Entries {
    const { bucket, key, value, count, sum } = this.#columns;
    const length = this.#length;
    return {
      length,
      bucket: bucket.slice(0, length),
      key: key.slice(0, length),
      value: value.slice(0, length),
      count: count.slice(0, length),
      sum: sum.slice(0, length),
    };
  }
}

function compareEntries(a: Entry, b: Entry): number {
  return a.bucket - b.bucket || a.key - b.key || a.value - b.value;
}

/** Entries of a list in any order. */
export function toEntries(rows: readonly Entry[]): Entries {
  const writer = new EntriesWriter(rows.length);
  for (const { bucket, key, value, count, sum } of rows.toSorted(compareEntries))
    writer.add(bucket, key, value, count, sum);
  return writer.take();
}

export function entryAt(entries: Entries, index: number): Entry {
  return {
    bucket: entries.bucket[index] ?? 0,
    key: entries.key[index] ?? 0,
    value: entries.value[index] ?? 0,
    count: entries.count[index] ?? 0,
    sum: entries.sum[index] ?? 0,
  };
}

/** What two blocks count together. */
export function mergeEntries(a: Entries, b: Entries): Entries {
  const writer = new EntriesWriter(a.length + b.length);
  const addFrom = ({ bucket, key, value, count, sum }: Entries, at: number): void =>
    writer.add(bucket[at] ?? 0, key[at] ?? 0, value[at] ?? 0, count[at] ?? 0, sum[at] ?? 0);
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (isBefore(b, j, a, i)) addFrom(b, j++);
    else addFrom(a, i++);
  }
  while (i < a.length) addFrom(a, i++);
  while (j < b.length) addFrom(b, j++);
  return writer.take();
}

function isBefore(a: Entries, i: number, b: Entries, j: number): boolean {
  const bucket = (a.bucket[i] ?? 0) - (b.bucket[j] ?? 0);
  if (bucket !== 0) return bucket < 0;
  const key = (a.key[i] ?? 0) - (b.key[j] ?? 0);
  if (key !== 0) return key < 0;
  return (a.value[i] ?? 0) < (b.value[j] ?? 0);
}

/** The entries of a day as those of its month: all in one bucket. */
export function withoutBuckets(entries: Entries): Entries {
  const rows = Array.from({ length: entries.length }, (_, at) => ({ ...entryAt(entries, at), bucket: 0 }));
  return toEntries(rows);
}

/** Index of the first entry whose bucket is not before `bucket`. */
export function firstOfBucket(entries: Entries, bucket: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries.bucket[middle] ?? 0) < bucket) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A sum of whole numbers that stays exact past 2⁵³. */
export class ExactSum {
  #safe = 0;
  #past = 0n;

  add(value: number): void {
    if (Number.isSafeInteger(this.#safe + value)) this.#safe += value;
    else {
      this.#past += BigInt(this.#safe);
      this.#safe = value;
    }
  }

  get value(): bigint {
    return this.#past + BigInt(this.#safe);
  }
}

/** What a block adds up to. */
export function totalsOf(entries: Entries): { readonly payments: number; readonly minor: bigint } {
  const minor = new ExactSum();
  let payments = 0;
  for (let at = 0; at < entries.length; at++) {
    payments += entries.count[at] ?? 0;
    minor.add(entries.sum[at] ?? 0);
  }
  return { payments, minor: minor.value };
}

/** How many bytes of memory the entries take. */
export function bytesOf({ bucket, key, value, count, sum }: Entries): number {
  return bucket.byteLength + key.byteLength + value.byteLength + count.byteLength + sum.byteLength;
}
