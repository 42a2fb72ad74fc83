import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketLabel, bucketStart, monthOf, monthRange, nextBucketStart } from '../../src/domain/bucket.js';
import {
  bytesOf,
  type Entries,
  type Entry,
  ExactSum,
  entryAt,
  type Fact,
  firstOfBucket,
  isMonth,
  isOfAdjustments,
  LedgerCalendar,
  type LedgerKeys,
  mergeEntries,
  SECTIONS,
  type Section,
  SHAPES,
  toEntries,
  totalsOf,
  withoutBuckets,
} from '../../src/domain/ledger.js';
import { type Blocks, LedgerFold } from '../../src/domain/ledger-fold.js';
import { LAST_SECOND } from '../../src/domain/time.js';
import { SAMPLE_S } from '../support/deliveries.js';
import { zoneOf } from '../support/zones.js';

const CHICAGO = new LedgerCalendar(zoneOf('America/Chicago'));
const MOST = Number.MAX_SAFE_INTEGER;

const utc = (text: string): number => Date.parse(text) / 1000;

/** Numbers in the order in which names are first asked for. */
function newKeys(): LedgerKeys & { readonly types: string[]; readonly riders: string[] } {
  const [types, riders]: [string[], string[]] = [[], []];
  const numberIn = (names: string[], name: string): number => {
    const at = names.indexOf(name);
    return at >= 0 ? at : names.push(name) - 1;
  };
  return {
    types,
    riders,
    typeNo: (name) => numberIn(types, name),
    riderNo: (name) => numberIn(riders, name),
  };
}

function rowsOf(entries: Entries): Entry[] {
  return Array.from({ length: entries.length }, (_, at) => entryAt(entries, at));
}

type Exact = Map<string, { count: number; sum: bigint }>;

/** Exact totals by (bucket, key, value), however sums are split. */
function exact(rows: readonly Entry[], withBucket = true): Exact {
  const totals: Exact = new Map();
  for (const { bucket, key, value, count, sum } of rows) {
    const name = `${withBucket ? bucket : 0} ${key} ${value + 0}`;
    const stands = totals.get(name) ?? { count: 0, sum: 0n };
    totals.set(name, { count: stands.count + count, sum: stands.sum + BigInt(sum) });
  }
  return totals;
}

/** Few keys, so that they meet; prices, and the greatest sums there are. */
const anyRow: fc.Arbitrary<Entry> = fc.record({
  bucket: fc.integer({ min: 0, max: 3 }),
  key: fc.integer({ min: 0, max: 3 }),
  value: fc.integer({ min: -2, max: 2 }).map((value) => value + 0),
  count: fc.integer({ min: 1, max: 1_000 }),
  sum: fc.oneof(
    fc.integer({ min: 0, max: 100_000 }),
    fc.integer({ min: MOST - 1_000, max: MOST }),
    fc.integer({ min: -(2 ** 52), max: 0 }).map((sum) => sum + 0),
  ),
});
const anyRows = fc.array(anyRow, { maxLength: 40 });

describe('entries', () => {
  test('of a list stand in the order of bucket, key and value, one a key unless its sum would be inexact', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const entries = rowsOf(toEntries(rows));
        expect(exact(entries)).toEqual(exact(rows));
        entries.slice(1).forEach((entry, index) => {
          const before = entries[index] ?? entry;
          const order = before.bucket - entry.bucket || before.key - entry.key || before.value - entry.value;
          expect(order).toBeLessThanOrEqual(0);
          // Where sums go down as well as up, a later one may make an earlier split needless.
          if (order === 0 && rows.every(({ sum }) => sum >= 0)) {
            const together = BigInt(before.sum) + BigInt(entry.sum);
            expect(together > BigInt(MOST) || together < -(2n ** 52n)).toBe(true);
          }
        });
        for (const { sum } of entries) expect(Number.isSafeInteger(sum)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('merge to the same whatever the order and the grouping', () => {
    fc.assert(
      fc.property(anyRows, anyRows, anyRows, (a, b, c) => {
        const [left, middle, right] = [toEntries(a), toEntries(b), toEntries(c)];
        const whole = exact([...a, ...b, ...c]);
        const merged = [
          mergeEntries(mergeEntries(left, middle), right),
          mergeEntries(left, mergeEntries(middle, right)),
          mergeEntries(mergeEntries(right, left), middle),
          mergeEntries(toEntries([...c, ...a]), middle),
        ];
        for (const entries of merged) expect(exact(rowsOf(entries))).toEqual(whole);
        // With prices as they are, there is nothing to split and the entries are the same to the letter.
        const small = (rows: Entry[]): Entry[] =>
          rows.map((row) => ({ ...row, sum: Math.abs(row.sum) % 1_000 }));
        const [x, y] = [toEntries(small(a)), toEntries(small(b))];
        expect(rowsOf(mergeEntries(x, y))).toEqual(rowsOf(mergeEntries(y, x)));
        expect(rowsOf(mergeEntries(x, y))).toEqual(rowsOf(toEntries(small([...a, ...b]))));
      }),
      { numRuns: 1_000 },
    );
  });

  test('merged with none are what they were, and neither side is changed', () => {
    fc.assert(
      fc.property(anyRows, anyRows, (a, b) => {
        const [entries, others] = [toEntries(a), toEntries(b)];
        const [before, othersBefore] = [rowsOf(entries), rowsOf(others)];
        mergeEntries(entries, others);
        expect([rowsOf(entries), rowsOf(others)]).toEqual([before, othersBefore]);
        expect(exact(rowsOf(mergeEntries(entries, toEntries([]))))).toEqual(exact(a));
        expect(exact(rowsOf(mergeEntries(toEntries([]), entries)))).toEqual(exact(a));
      }),
    );
  });

  test('without buckets, count the same by key and value', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const whole = rowsOf(withoutBuckets(toEntries(rows)));
        expect(whole.every(({ bucket }) => bucket === 0)).toBe(true);
        expect(exact(whole)).toEqual(exact(rows, false));
      }),
    );
  });

  test('of a bucket and after begin where they are said to', () => {
    fc.assert(
      fc.property(anyRows, fc.integer({ min: -1, max: 5 }), (rows, bucket) => {
        const entries = toEntries(rows);
        const first = firstOfBucket(entries, bucket);
        rowsOf(entries).forEach((entry, at) => {
          expect(entry.bucket >= bucket).toBe(at >= first);
        });
        expect(first).toBeLessThanOrEqual(entries.length);
      }),
    );
  });

  test('add up exactly as a whole, and take the memory of their columns', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const entries = toEntries(rows);
        expect(totalsOf(entries)).toEqual({
          payments: rows.reduce((sum, { count }) => sum + count, 0),
          minor: rows.reduce((sum, row) => sum + BigInt(row.sum), 0n),
        });
        expect(bytesOf(entries)).toBe(entries.length * 28);
      }),
    );
  });
});

test('an exact sum is what BigInt says, past 2^53 and below zero too', () => {
  const anySummand = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constantFrom(MOST, -MOST, 0, 1, -1));
  fc.assert(
    fc.property(fc.array(anySummand, { maxLength: 50 }), (numbers) => {
      const sum = new ExactSum();
      for (const number of numbers) sum.add(number);
      expect(sum.value).toBe(numbers.reduce((all, number) => all + BigInt(number), 0n));
    }),
    { numRuns: 1_000 },
  );
});

const anyFact: fc.Arbitrary<Fact> = fc.record({
  logged_s: fc.integer({ min: SAMPLE_S - 10_000_000, max: SAMPLE_S }),
  payment_type: fc.constantFrom('coins', 'Coins', 'constructor'),
  user_id: fc.constantFrom('rider-1', 'rider-1 ', '__proto__'),
  price_minor: fc.oneof(fc.constantFrom(0, 250), fc.integer({ min: 0, max: 999_999_999_999_999 })),
  lag_s: fc.option(fc.integer({ min: -4_000, max: 100_000 })),
});

function foldOf(facts: readonly Fact[], keys: LedgerKeys = newKeys(), calendar = CHICAGO): Blocks {
  const fold = new LedgerFold(calendar, keys);
  for (const fact of facts) fold.add(fact);
  return fold.take();
}

/** Exact totals of blocks by section, period, bucket, name and value. */
function linesOf(parts: readonly Blocks[], keys: ReturnType<typeof newKeys>): string[] {
  const totals = new Map<string, { count: number; sum: bigint }>();
  for (const blocks of parts) {
    for (const [section, periods] of blocks) {
      const names = section === 'riders' ? keys.riders : keys.types;
      for (const [period, entries] of periods) {
        for (const { bucket, key, value, count, sum } of rowsOf(entries)) {
          const name = JSON.stringify([section, period, bucket, names[key], value]);
          const stands = totals.get(name) ?? { count: 0, sum: 0n };
          totals.set(name, { count: stands.count + count, sum: stands.sum + BigInt(sum) });
        }
      }
    }
  }
  return [...totals].map(([name, { count, sum }]) => `${name} ${count} ${sum}`).sort();
}

describe('the fold', () => {
  test('adds payments up by bucket of the day and, but for revenue, by month', () => {
    const keys = newKeys();
    const fact: Fact = {
      logged_s: utc('2025-04-07T03:11:31Z'),
      payment_type: 'card',
      user_id: 'ann',
      price_minor: 300,
      lag_s: 2,
    };
    const blocks = foldOf(
      [
        fact,
        { ...fact, price_minor: 200, logged_s: utc('2025-04-07T03:59:59Z'), lag_s: -1 },
        { ...fact, price_minor: 300, logged_s: utc('2025-04-07T04:00:00Z'), lag_s: null },
        { ...fact, payment_type: 'coins', user_id: 'bob', logged_s: utc('2025-04-07T05:00:00Z') },
      ],
      keys,
    );
    // Chicago was five hours behind: the first three were on Sunday the 6th.
    expect(linesOf([blocks], keys)).toEqual(
      [
        '["revenue",20250406,22,"card",0] 2 500',
        '["revenue",20250406,23,"card",0] 1 300',
        '["revenue",20250407,0,"coins",0] 1 300',
        '["prices",20250406,22,"card",200] 1 0',
        '["prices",20250406,22,"card",300] 1 0',
        '["prices",20250406,23,"card",300] 1 0',
        '["prices",20250407,0,"coins",300] 1 0',
        '["prices",202504,0,"card",200] 1 0',
        '["prices",202504,0,"card",300] 2 0',
        '["prices",202504,0,"coins",300] 1 0',
        '["lags",20250406,22,"card",-1] 1 0',
        '["lags",20250406,22,"card",2] 1 0',
        '["lags",20250407,0,"coins",2] 1 0',
        '["lags",202504,0,"card",-1] 1 0',
        '["lags",202504,0,"card",2] 1 0',
        '["lags",202504,0,"coins",2] 1 0',
        '["riders",20250406,22,"ann",0] 2 500',
        '["riders",20250406,23,"ann",0] 1 300',
        '["riders",20250407,0,"bob",0] 1 300',
        '["riders",202504,0,"ann",0] 3 800',
        '["riders",202504,0,"bob",0] 1 300',
      ].sort(),
    );
    expect(SECTIONS.filter((section) => !SHAPES[section].months)).toEqual(['revenue', 'adjustments']);
  });

  test('gives the same blocks for any order', () => {
    fc.assert(
      fc.property(
        fc
          .array(anyFact, { maxLength: 40 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([inOrder, shuffled]) => {
          const keys = newKeys();
          const [one, two] = [foldOf(inOrder, keys), foldOf(shuffled, keys)];
          expect(linesOf([two], keys)).toEqual(linesOf([one], keys));
        },
      ),
    );
  });

  test('gives the same blocks for any grouping: the sum of the parts is the whole', () => {
    fc.assert(
      fc.property(
        fc.array(anyFact, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (all, sizes) => {
          const keys = newKeys();
          const merged = new Map<Section, Map<number, Entries>>();
          const parts: Blocks[] = [];
          for (let at = 0; at < all.length; ) {
            const size = sizes[parts.length % sizes.length] ?? 1;
            parts.push(foldOf(all.slice(at, at + size), keys));
            at += size;
          }
          for (const [section, periods] of parts.flatMap((blocks) => [...blocks])) {
            const into = merged.get(section) ?? new Map<number, Entries>();
            merged.set(section, into);
            for (const [period, entries] of periods) {
              const stands = into.get(period);
              into.set(period, stands === undefined ? entries : mergeEntries(stands, entries));
            }
          }
          expect(linesOf([merged], keys)).toEqual(linesOf([foldOf(all, keys)], keys));
        },
      ),
    );
  });

  test('keeps every payment and every cent, in days and again in months', () => {
    fc.assert(
      fc.property(fc.array(anyFact), (all) => {
        const cents = all.reduce((sum, { price_minor }) => sum + BigInt(price_minor), 0n);
        const live = all.filter(({ lag_s }) => lag_s !== null).length;
        for (const [section, periods] of foldOf(all)) {
          if (isOfAdjustments(section)) continue;
          const { sum, months } = SHAPES[section];
          const of = (wanted: (period: number) => boolean) => {
            const totals = [...periods]
              .filter(([period]) => wanted(period))
              .map(([, entries]) => totalsOf(entries));
            return {
              payments: totals.reduce((count, { payments }) => count + payments, 0),
              minor: totals.reduce((all_, { minor }) => all_ + minor, 0n),
            };
          };
          const expected = {
            payments: section === 'lags' ? live : all.length,
            minor: sum ? cents : 0n,
          };
          expect(of((period) => !isMonth(period))).toEqual(expected);
          expect(of(isMonth)).toEqual(months ? expected : { payments: 0, minor: 0n });
        }
      }),
    );
  });
});

const ZONES = [
  'UTC',
  'America/Chicago',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'America/Havana',
  'America/St_Johns',
  'Pacific/Chatham',
] as const;
const CALENDARS = new Map(ZONES.map((name) => [name, new LedgerCalendar(zoneOf(name))]));

/** Half of them within three hours of a change of the clocks, where mistakes live. */
const anyInstant = fc
  .tuple(
    fc.integer({ min: utc('1985-01-01T00:00:00Z'), max: utc('2035-12-31T00:00:00Z') }),
    fc.boolean(),
    fc.constantFrom(...ZONES),
  )
  .map(([second, nearChange, name]) => {
    const calendar = CALENDARS.get(name) ?? CHICAGO;
    const change = calendar.zone.offsetSince(second);
    const near = Number.isFinite(change) ? change + (second % 21_600) - 10_800 : second;
    return { calendar, second: nearChange ? near : second };
  });

describe('the calendar', () => {
  test('knows the day, its start and the month of any instant, in any order of asking', () => {
    fc.assert(
      fc.property(anyInstant, ({ calendar, second }) => {
        const { zone } = calendar;
        const { day, start } = calendar.dayOf(second);
        expect(start).toBe(bucketStart('daily', second, zone));
        expect(day).toBe(Number(String(bucketLabel('daily', start, zone)).replaceAll('-', '')));
        expect(calendar.startOfDay(day)).toBe(start);
        expect(calendar.monthOf(second)).toBe(Math.floor(day / 100));
        expect(calendar.monthOf(second)).toBe(monthOf(start, zone));
        const month = monthRange(calendar.monthOf(second), zone);
        expect(month.start <= second && second < month.end).toBe(true);
        // Buckets of a day are counted from its start, so a day must begin with a bucket.
        expect(start % calendar.grainS).toBe(0);
      }),
      { numRuns: 5_000 },
    );
  });

  test('days follow each other without gap or overlap, whatever the clocks do', () => {
    fc.assert(
      fc.property(anyInstant, ({ calendar, second }) => {
        const { day, start } = calendar.dayOf(second);
        const end = nextBucketStart('daily', start, calendar.zone);
        expect(start <= second && second < end).toBe(true);
        expect(calendar.dayOf(end - 1).day).toBe(day);
        expect(calendar.dayOf(end).day).toBeGreaterThan(day);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    // Clocks of São Paulo skipped the first hour of this day.
    ['America/Sao_Paulo', '2017-10-15T03:00:00Z', 20171015, '2017-10-15T03:00:00Z'],
    ['America/Sao_Paulo', '2017-10-15T02:59:59Z', 20171014, '2017-10-14T03:00:00Z'],
    // …and showed the last hour of this one twice.
    ['America/Sao_Paulo', '2018-02-18T02:59:59Z', 20180217, '2018-02-17T02:00:00Z'],
    ['America/Sao_Paulo', '2018-02-18T03:00:00Z', 20180218, '2018-02-18T03:00:00Z'],
    // Samoa had no 30 December 2011.
    ['Pacific/Apia', '2011-12-30T09:59:59Z', 20111229, '2011-12-29T10:00:00Z'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', 20111231, '2011-12-30T10:00:00Z'],
    ['Asia/Kathmandu', '2025-04-06T18:14:59Z', 20250406, '2025-04-05T18:15:00Z'],
    ['Asia/Kathmandu', '2025-04-06T18:15:00Z', 20250407, '2025-04-06T18:15:00Z'],
    ['Australia/Lord_Howe', '2025-04-05T15:15:00Z', 20250406, '2025-04-05T13:00:00Z'],
    ['America/Havana', '2025-11-02T05:30:00Z', 20251102, '2025-11-02T04:00:00Z'],
    // Clocks of St. John's went back from 00:01 to 23:01, within the first minute of November.
    ['America/St_Johns', '2009-11-01T02:30:30Z', 20091101, '2009-11-01T02:30:00Z'],
    ['America/St_Johns', '2009-11-01T02:45:00Z', 20091101, '2009-11-01T02:30:00Z'],
    ['America/St_Johns', '2009-11-01T03:15:00Z', 20091101, '2009-11-01T02:30:00Z'],
    // The last second that a table holds is in the year 10000 east of UTC.
    ['Asia/Kathmandu', LAST_SECOND, 100000101, LAST_SECOND + 1 - 20_700],
    ['America/Chicago', LAST_SECOND, 99991231, LAST_SECOND + 1 - 64_800],
    ['UTC', LAST_SECOND, 99991231, LAST_SECOND + 1 - 86_400],
    // The first one is in 1969 west of it.
    ['America/Chicago', 0, 19691231, -64_800],
    ['UTC', -1, 19691231, -86_400],
  ])('in %s, %s is on %s, which began at %s', (name, instant, day, began) => {
    const second = typeof instant === 'number' ? instant : utc(instant);
    const start = typeof began === 'number' ? began : utc(began);
    const calendar = new LedgerCalendar(zoneOf(name));
    expect(calendar.dayOf(second)).toEqual({ day, start });
    expect(calendar.startOfDay(day)).toBe(start);
    expect(calendar.monthOf(second)).toBe(Math.floor(day / 100));
    expect(isMonth(day)).toBe(false);
    expect(isMonth(Math.floor(day / 100))).toBe(true);
  });

  test('gives all seconds of a bucket one day, whichever is asked about first', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('America/St_Johns', 'Africa/Monrovia', 'America/Chicago'),
        fc.integer({ min: -(10 ** 9), max: 10 ** 9 }),
        fc.array(fc.nat({ max: 3_599 }), { minLength: 2, maxLength: 4 }),
        (name, near, within) => {
          const zone = zoneOf(name);
          const bucket = new LedgerCalendar(zone).bucketOf(near);
          const days = within.map((by) => new LedgerCalendar(zone).dayOf(bucket + (by % zone.grainS())));
          expect(new Set(days.map(({ day }) => day)).size).toBe(1);
        },
      ),
      { numRuns: 300 },
    );
  });
});
