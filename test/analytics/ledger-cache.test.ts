/** A reader that remembers blocks never gives an old one, whoever writes them anew. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LedgerCache } from '../../src/analytics/ledger-cache.js';
import { bytesOf, SECTIONS, toEntries } from '../../src/domain/ledger.js';
import { postSome } from '../../src/ingest/posting.js';
import { DATABASES, describeOn } from '../support/databases.js';
import { batchOf, delivery, SAMPLE_S } from '../support/deliveries.js';
import { emptyTables, openTestApp } from '../support/farelog.js';
import {
  linesWithin,
  postUntilEmpty,
  rawPayments,
  readLines,
  rebuildFromRawRows,
} from '../support/ledger.js';

const entriesOf = (length: number) =>
  toEntries(Array.from({ length }, (_, key) => ({ bucket: 0, key, value: 0, count: 1, sum: 1 })));

describe('the cache', () => {
  test('gives a block under its own version only, and the newest that was put', () => {
    const cache = new LedgerCache(10_000);
    const [old, now] = [entriesOf(1), entriesOf(2)];
    cache.put('riders', 202504, 3, old);
    expect(cache.get('riders', 202504, 3)).toBe(old);
    expect(cache.get('riders', 202504, 4)).toBeUndefined();
    expect(cache.get('riders', 202504, 2)).toBeUndefined();
    expect(cache.get('revenue', 202504, 3)).toBeUndefined();
    expect(cache.get('riders', 20250401, 3)).toBeUndefined();
    cache.put('riders', 202504, 4, now);
    expect(cache.get('riders', 202504, 3)).toBeUndefined();
    expect(cache.get('riders', 202504, 4)).toBe(now);
  });

  test('lets go of the block that was longest not asked for, and of one that is too large at once', () => {
    const block = entriesOf(10);
    const cache = new LedgerCache(3 * bytesOf(block));
    for (const period of [1, 2, 3]) cache.put('riders', period, 1, block);
    expect(cache.get('riders', 1, 1)).toBe(block);
    cache.put('riders', 4, 1, block);
    const kept = [1, 2, 3, 4].filter((period) => cache.get('riders', period, 1) !== undefined);
    expect(kept).toEqual([1, 3, 4]);
    cache.put('riders', 5, 1, entriesOf(31));
    expect([1, 3, 4, 5].filter((period) => cache.get('riders', period, 1) !== undefined)).toEqual([]);
    cache.put('riders', 6, 1, block);
    expect(cache.get('riders', 6, 1)).toBe(block);
  });

  test('counts a block that is put again once', () => {
    const block = entriesOf(10);
    const cache = new LedgerCache(2 * bytesOf(block));
    cache.put('riders', 1, 1, block);
    for (let version = 1; version < 9; version++) cache.put('riders', 2, version, block);
    expect(cache.get('riders', 1, 1)).toBe(block);
  });
});

const START_S = Date.parse('2025-03-30T06:00:00Z') / 1000;
const ALL_DAYS = { from: START_S, to: START_S + 5 * 86_400 };

type Step =
  | { readonly do: 'commit'; readonly seconds: readonly number[] }
  | { readonly do: 'post'; readonly limit: number }
  | { readonly do: 'rebuild' | 'post all' };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 5 * 86_400 - 1 }), { minLength: 1, maxLength: 8 })
      .map((seconds): Step => ({ do: 'commit', seconds })),
  },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 6 }).map((limit): Step => ({ do: 'post', limit })) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'rebuild' }, { do: 'post all' }) },
);

for (const database of DATABASES) {
  describeOn(database, () => {
    test('one app reads with a warm cache while another commits, posts and rebuilds: every figure is that of the raw rows', async () => {
      const url = await database.freshUrl();
      const reading = await openTestApp({ databaseUrl: url });
      // A database in memory is seen by its own app only: there it is both.
      const writing = database.name === 'sqlite memory' ? reading : await openTestApp({ databaseUrl: url });
      const { reader } = reading;
      let id = 0;
      const take = async (step: Step): Promise<void> => {
        const { store } = writing;
        if (step.do === 'post') await postSome(writing.reader, step.limit);
        if (step.do === 'post all') await postUntilEmpty(store);
        if (step.do === 'rebuild') await rebuildFromRawRows(store);
        if (step.do !== 'commit') return;
        const deliveries = step.seconds.map((by) => {
          id += 1;
          return delivery({
            payment_id: id,
            user_id: `rider-${id % 5}`,
            payment_type: id % 3 === 0 ? 'coins' : 'card',
            price_minor: id,
            logged_s: START_S + by,
            received_ms: (START_S + by + (id % 3)) * 1_000,
          });
        });
        await store.commit(batchOf(deliveries), 0);
      };
      const expectExact = async (): Promise<void> => {
        const rows = await rawPayments(reading.store, reading.store.knex);
        // Whole days and, as the first days of a month with all of April, whole months.
        for (const span of [ALL_DAYS, { from: 0, to: SAMPLE_S * 2 }]) {
          for (const section of SECTIONS) {
            for (const withBuckets of [true, false]) {
              expect(await readLines(reader, section, span, withBuckets)).toEqual(
                linesWithin(rows, section, span, reader.calendar, withBuckets),
              );
            }
          }
        }
      };
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 8 }), async (steps) => {
          // The cache is not emptied: what stood before must not come back.
          await emptyTables(writing.store.knex);
          for (const step of steps) {
            await take(step);
            await expectExact();
          }
        }),
        { numRuns: 15 },
      );
    });

    test('blocks that stand are read once', async () => {
      const app = await openTestApp({ databaseUrl: await database.freshUrl() });
      await app.store.commit(
        batchOf([delivery(), delivery({ payment_id: 2, logged_s: SAMPLE_S + 86_400 })]),
        0,
      );
      await app.post();
      const span = { from: SAMPLE_S - 86_400, to: SAMPLE_S + 2 * 86_400 };
      const first = await readLines(app.reader, 'riders', span, true);
      // Not what a block holds, but its version, says whether it is read again.
      await app.store.knex('farelog_ledger').update({ data: Buffer.from([9]) });
      expect(await readLines(app.reader, 'riders', span, true)).toEqual(first);
      await app.store.knex('farelog_ledger').increment('version', 1);
      await expect(readLines(app.reader, 'riders', span, true)).rejects.toThrow(RangeError);
    });
  });
}
