/**
 * A block as bytes. After a header, an entry each: how many buckets further, the key (how much further within a
 * bucket), the value where the section has one (zigzag), the count, and the sum where it has one; all as LEB128
 * varints. An entry of a day's riders takes about six bytes. Sums are zigzag too in the rare block that has one below 0.
 */
import type { Entries } from './ledger.js';

const VERSION = 1;
const HAS_VALUE = 1;
const HAS_SUM = 2;
const HAS_SUM_BELOW_ZERO = 4;
const ALL_FLAGS = HAS_VALUE | HAS_SUM | HAS_SUM_BELOW_ZERO;
const MOST_INT = 2 ** 31 - 1;
const MOST_COUNT = 2 ** 32 - 1;
/** Bucket, key and count. */
const LEAST_BYTES_OF_ENTRY = 3;
/** Bytes of the longest varint of a number below 2⁵⁴. */
const LONGEST = 8;

/** @throws RangeError where a number is none of a block's, which would be a defect */
export function encodeEntries(entries: Entries): Buffer {
  const { length, bucket, key, value, count, sum } = entries;
  const signed = sum.some((number) => number < 0);
  const flags =
    (value.some(isNotZero) ? HAS_VALUE : 0) |
    (sum.some(isNotZero) ? HAS_SUM : 0) |
    (signed ? HAS_SUM_BELOW_ZERO : 0);
  const bytes = Buffer.allocUnsafe(2 + LONGEST + length * LONGEST * 5);
  bytes[0] = VERSION;
  bytes[1] = flags;
  let at = 2;
  const write = (number: number): void => {
    if (!(number >= 0 && number < 2 ** 54)) throw new RangeError(`${number} cannot stand in a block`);
    let rest = number;
    // Past 2³¹ the shift operators would cut.
    while (rest >= 2 ** 31) {
      bytes[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at++] = rest;
  };
  write(length);
  let lastBucket = 0;
  let lastKey = 0;
  for (let i = 0; i < length; i++) {
    const [ofBucket, ofKey, ofValue] = [bucket[i] ?? 0, key[i] ?? 0, value[i] ?? 0];
    write(ofBucket - lastBucket);
    write(ofBucket === lastBucket ? ofKey - lastKey : ofKey);
    if ((flags & HAS_VALUE) !== 0) write(zigzag(ofValue));
    write(count[i] ?? 0);
    if ((flags & HAS_SUM) !== 0) write(signed ? zigzag(sum[i] ?? 0) : (sum[i] ?? 0));
    lastBucket = ofBucket;
    lastKey = ofKey;
  }
  return bytes.subarray(0, at);
}

/** @throws RangeError where the bytes are no block */
export function decodeEntries(bytes: Uint8Array): Entries {
  if (bytes[0] !== VERSION) throw new RangeError(`A block of the ledger has the version ${bytes[0]}`);
  const flags = bytes[1] ?? 0;
  if (flags > ALL_FLAGS) throw new RangeError(`A block of the ledger has the unknown flags ${flags}`);
  let at = 2;
  const read = (): number => {
    const first = bytes[at++] ?? 0;
    if (first < 128) return first;
    let number = first & 127;
    for (let scale = 128; ; scale *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('A block of the ledger is cut off');
      number += (byte & 127) * scale;
      if (number >= 2 ** 54)
        throw new RangeError('A block of the ledger holds a number that is none of its own');
      if (byte < 128) return number;
    }
  };
  const within = (number: number, most: number): number => {
    if (number > most) throw new RangeError('A block of the ledger holds a number that is none of its own');
    return number;
  };
  const signed = (flags & HAS_SUM_BELOW_ZERO) !== 0;
  const length = read();
  // Before memory is taken for entries that cannot be there.
  if (length > (bytes.length - at) / LEAST_BYTES_OF_ENTRY)
    throw new RangeError('A block of the ledger is cut off');
  const bucket = new Int32Array(length);
  const key = new Int32Array(length);
  const value = new Float64Array((flags & HAS_VALUE) !== 0 ? length : 0);
  const count = new Uint32Array(length);
  const sum = new Float64Array((flags & HAS_SUM) !== 0 ? length : 0);
  let lastBucket = 0;
  let lastKey = 0;
  for (let i = 0; i < length; i++) {
    const further = read();
    lastKey = within(further === 0 ? lastKey + read() : read(), MOST_INT);
    lastBucket = within(lastBucket + further, MOST_INT);
    bucket[i] = lastBucket;
    key[i] = lastKey;
    if ((flags & HAS_VALUE) !== 0) value[i] = fromZigzag(read());
    count[i] = within(read(), MOST_COUNT);
    if ((flags & HAS_SUM) !== 0) sum[i] = signed ? fromZigzag(read()) : read();
  }
  if (at !== bytes.length) throw new RangeError('A block of the ledger has another length than it says');
  return { length, bucket, key, value, count, sum };
}

/** Whole numbers from −2⁵² as 0, −1, 1, −2, …; below that a zigzag would not be exact. */
function zigzag(number: number): number {
  if (number < -(2 ** 52)) throw new RangeError(`${number} cannot stand in a block`);
  return number < 0 ? -2 * number - 1 : 2 * number;
}

function fromZigzag(number: number): number {
  return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
}

function isNotZero(number: number): boolean {
  return number !== 0;
}
