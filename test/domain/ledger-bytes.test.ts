import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entries, type Entry, entryAt, toEntries } from '../../src/domain/ledger.js';
import { decodeEntries, encodeEntries } from '../../src/domain/ledger-bytes.js';

const MOST = Number.MAX_SAFE_INTEGER;
const MOST_INT = 2 ** 31 - 1;

/** Small numbers most often, and the borders of varints: 2⁷, 2¹⁴, … and where bit operators cut. */
function anyNumber(min: number, max: number): fc.Arbitrary<number> {
  const borders = Array.from({ length: 7 }, (_, index) => 2 ** (7 * (index + 1)))
    .concat(2 ** 31, 2 ** 32)
    .flatMap((border) => [border - 1, border, border + 1, -border, -border - 1, 1 - border])
    .concat(min, max)
    .filter((number) => number >= min && number <= max);
  return fc.oneof(
    fc.integer({ min: Math.max(min, -9), max: 9 }),
    fc.constantFrom(...borders),
    fc.maxSafeInteger().map((number) => Math.min(max, Math.max(min, number))),
  );
}

const anyEntry: fc.Arbitrary<Entry> = fc.record({
  bucket: anyNumber(0, MOST_INT),
  key: anyNumber(0, MOST_INT),
  value: anyNumber(-(2 ** 52), MOST),
  count: anyNumber(1, 2 ** 31),
  sum: anyNumber(0, MOST),
});

/** As sections have them: with values, with sums, with neither or both; prices of other programs may be below zero. */
const anyEntries: fc.Arbitrary<Entries> = fc
  .tuple(
    fc.array(anyEntry, { maxLength: 60 }),
    fc.constantFrom('all', 'no value', 'no sum', 'neither', 'sums below zero'),
  )
  .map(([entries, kind]) =>
    toEntries(
      entries.map((entry, at) => ({
        ...entry,
        value: kind === 'no value' || kind === 'neither' ? 0 : entry.value,
        sum:
          kind === 'no sum' || kind === 'neither'
            ? 0
            : kind === 'sums below zero' && at % 2 === 0
              ? -Math.min(entry.sum, 2 ** 52)
              : entry.sum,
      })),
    ),
  );

function rowsOf(entries: Entries): Entry[] {
  return Array.from({ length: entries.length }, (_, at) => {
    const entry = entryAt(entries, at);
    // Minus zero is zero.
    return { ...entry, value: entry.value + 0, sum: entry.sum + 0 };
  });
}

function sample(): Buffer {
  return encodeEntries(
    toEntries([
      { bucket: 1, key: 0, value: 0, count: 3, sum: 750 },
      { bucket: 1, key: 7, value: 0, count: 1, sum: 250 },
      { bucket: 20, key: 2, value: 0, count: 200, sum: 50_000 },
    ]),
  );
}

describe('a block as bytes', () => {
  test('is read back as it was, whatever it holds', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const decoded = decodeEntries(encodeEntries(entries));
        expect(rowsOf(decoded)).toEqual(rowsOf(entries));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, Partial<Entry>]>([
    ['a lag below zero', { value: -4_000 }],
    ['the least value', { value: -(2 ** 52) }],
    ['the greatest sum', { sum: MOST }],
    ['the greatest value', { value: MOST }],
    ['the least sum', { sum: -(2 ** 52) }],
    ['the greatest count', { count: 2 ** 32 - 1 }],
    ['the greatest bucket and key', { bucket: MOST_INT, key: MOST_INT }],
  ])('keeps %s', (_, change) => {
    const entry = { bucket: 0, key: 0, value: 0, count: 1, sum: 0, ...change };
    expect(rowsOf(decodeEntries(encodeEntries(toEntries([entry]))))).toEqual([entry]);
  });

  test('may be empty', () => {
    const bytes = encodeEntries(toEntries([]));
    expect(bytes).toEqual(Buffer.from([1, 0, 0]));
    expect(decodeEntries(bytes).length).toBe(0);
  });

  test('takes about six bytes for an entry of a day of riders', () => {
    const rows = Array.from({ length: 10_000 }, (_, at) => ({
      bucket: at % 24,
      key: Math.floor(at / 24) * 60,
      value: 0,
      count: 1 + (at % 3),
      sum: 250 * (1 + (at % 3)),
    }));
    expect(encodeEntries(toEntries(rows)).length).toBeLessThan(60_000 * 1.05);
  });

  test.each<[string, Partial<Entry>]>([
    ['a value below the least', { value: -(2 ** 52) - 1 }],
    ['a sum below the least', { sum: -(2 ** 53) }],
    ['no number', { sum: Number.NaN }],
    ['infinity', { value: Number.POSITIVE_INFINITY }],
    ['a bucket below zero', { bucket: -1 }],
    ['a key below zero', { key: -1 }],
  ])('is refused with %s', (_, change) => {
    const entry = { bucket: 0, key: 0, value: 0, count: 1, sum: 1, ...change };
    expect(() => encodeEntries(toEntries([entry]))).toThrow(RangeError);
  });
});

describe('bytes that are no block', () => {
  test('cut off anywhere, they are refused', () => {
    fc.assert(
      fc.property(
        anyEntries,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (entries, part) => {
          const bytes = encodeEntries(entries);
          expect(() => decodeEntries(bytes.subarray(0, Math.floor(bytes.length * part)))).toThrow(RangeError);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('with more behind them, they are refused', () => {
    fc.assert(
      fc.property(anyEntries, fc.uint8Array({ minLength: 1, maxLength: 9 }), (entries, more) => {
        expect(() => decodeEntries(Buffer.concat([encodeEntries(entries), more]))).toThrow(RangeError);
      }),
    );
  });

  test.each<[string, (bytes: Buffer) => void]>([
    ['another version', (bytes) => bytes.writeUInt8(2, 0)],
    ['unknown flags', (bytes) => bytes.writeUInt8(8, 1)],
    ['flags of a section with values', (bytes) => bytes.writeUInt8(3, 1)],
    ['flags of a section without sums', (bytes) => bytes.writeUInt8(0, 1)],
    ['more entries', (bytes) => bytes.writeUInt8(4, 2)],
    ['fewer entries', (bytes) => bytes.writeUInt8(2, 2)],
  ])('with %s, they are refused', (_, alter) => {
    const bytes = sample();
    expect(decodeEntries(bytes).length).toBe(3);
    alter(bytes);
    expect(() => decodeEntries(bytes)).toThrow(RangeError);
  });

  test.each([
    ['a length of billions', [1, 0, 0xff, 0xff, 0xff, 0xff, 0x07, 0, 0, 1]],
    ['a length without end', [1, 0, ...Array<number>(30).fill(0xff)]],
    ['a count past its column', [1, 0, 1, 0, 0, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ['a key past its column', [1, 0, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x08, 1]],
    ['a bucket past its column', [1, 0, 1, 0x80, 0x80, 0x80, 0x80, 0x08, 0, 1]],
    ['a sum past what is exact', [1, 2, 1, 0, 0, 1, ...Array<number>(8).fill(0xff), 1]],
    ['nothing at all', []],
  ])('with %s, they are refused', (_, bytes) => {
    expect(() => decodeEntries(Buffer.from(bytes))).toThrow(RangeError);
  });

  test('altered in any bit, they are refused or are some block of numbers that a block may hold', () => {
    fc.assert(
      fc.property(anyEntries, fc.nat(), fc.integer({ min: 0, max: 7 }), (entries, at, bit) => {
        const bytes = Buffer.from(encodeEntries(entries));
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        try {
          for (const { value, sum } of rowsOf(decodeEntries(bytes))) {
            expect([value, sum].every(Number.isInteger)).toBe(true);
            expect(Math.max(Math.abs(value), Math.abs(sum))).toBeLessThan(2 ** 54);
          }
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
