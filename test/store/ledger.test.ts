import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LedgerCache } from '../../src/analytics/ledger-cache.js';
import { SECTIONS } from '../../src/domain/ledger.js';
import type { Delivery, PaymentOutcome } from '../../src/domain/outcome.js';
import { differingFields, type Payment } from '../../src/domain/payment.js';
import { LAST_SECOND } from '../../src/domain/time.js';
import { postSome } from '../../src/ingest/posting.js';
import { rebuildLedger } from '../../src/ingest/rebuild.js';
import { PAYMENTS, type Store } from '../../src/store/dialect.js';
import { migrateUp } from '../../src/store/migrate.js';
import { findPayment } from '../../src/store/payments.js';
import { chicagoReporting, DATABASES, describeOn, freshStore, openTestStore } from '../support/databases.js';
import { batchOf, commit, commitUntilTaken, delivery, SAMPLE_S } from '../support/deliveries.js';
import { emptyTables } from '../support/farelog.js';
import {
  expectLedgerEqualsRawRows,
  foldRawRows,
  journalled,
  linesWithin,
  postedLines,
  postingOn,
  postUntilEmpty,
  rawPayments,
  readLines,
  rebuildFromRawRows,
  storedLedger,
  versionsOf,
} from '../support/ledger.js';

/** Instants around the edges that matter: months in Chicago, both changes of its clocks, years. */
const EDGES_S = [
  '2025-02-01T06:00:00Z',
  '2025-03-09T08:00:00Z',
  '2025-11-02T07:00:00Z',
  '2026-01-01T06:00:00Z',
].map((text) => Date.parse(text) / 1000);

const anyDelivery: fc.Arbitrary<Delivery> = fc
  .record({
    payment_id: fc.integer({ min: 1, max: 25 }),
    user_id: fc.constantFrom(
      'rider-1',
      'rider-2',
      'Rider-1',
      'rïder-1',
      'rider-1 ',
      '__proto__',
      'constructor',
    ),
    order_id: fc.constantFrom(1, 2),
    payment_type: fc.constantFrom('credit_card', 'coins', 'Coins', 'cöins', 'coins ', 'constructor'),
    price_minor: fc.oneof(fc.constantFrom(0, 1, 250), fc.integer({ min: 0, max: 999_999_999_999_999 })),
    logged_s: fc
      .tuple(fc.constantFrom(...EDGES_S), fc.integer({ min: -4_000, max: 4_000 }))
      .map(([edge, by]) => edge + by),
    source: fc.constantFrom('webhook', 'api', 'import'),
    received_ms: fc.integer({ min: -7_200_000, max: 7_200_000 }).map((by) => SAMPLE_S * 1000 + by),
  })
  .map((changes) => delivery(changes));

/** Deliveries with repeats of their own, in any order, cut into batches. */
const anyBatches: fc.Arbitrary<Delivery[][]> = fc
  .tuple(fc.array(anyDelivery, { maxLength: 60 }), fc.array(fc.nat(), { maxLength: 30 }))
  .chain(([deliveries, repeats]) => {
    const repeated = repeats.flatMap((at) => deliveries.slice(at % (deliveries.length + 1)).slice(0, 1));
    const all = [...deliveries, ...repeated];
    return fc.tuple(
      fc.shuffledSubarray(all, { minLength: all.length }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: all.length, maxLength: all.length }),
    );
  })
  .map(([deliveries, sizes]) => {
    const batches: Delivery[][] = [];
    for (let at = 0; at < deliveries.length; ) {
      const size = sizes[batches.length] ?? 1;
      batches.push(deliveries.slice(at, at + size));
      at += size;
    }
    return batches;
  });

/** What comes between two batches: some of the journal posted, all of it, the whole ledger made again, or nothing. */
type Between =
  | { readonly do: 'nothing' | 'post all' | 'rebuild' }
  | { readonly do: 'post'; readonly limit: number };

const anyBetween: fc.Arbitrary<Between> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Between>({ do: 'nothing' }) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 8 }).map((limit): Between => ({ do: 'post', limit })) },
  { weight: 1, arbitrary: fc.constant<Between>({ do: 'post all' }) },
  { weight: 1, arbitrary: fc.constant<Between>({ do: 'rebuild' }) },
);

async function doBetween(store: Store, between: Between): Promise<void> {
  if (between.do === 'rebuild') await rebuildFromRawRows(store);
  if (between.do === 'post') await postSome(postingOn(store), between.limit);
  if (between.do === 'post all') await postUntilEmpty(store);
}

/** What the contract says of deliveries that come one after the other. */
function expectedOutcomes(deliveries: readonly Delivery[]): PaymentOutcome[] {
  const standing = new Map<number, Payment>();
  return deliveries.map(({ payment }) => {
    const stands = standing.get(payment.payment_id);
    if (stands !== undefined) return differingFields(stands, payment).length === 0 ? 'duplicate' : 'conflict';
    standing.set(payment.payment_id, payment);
    return 'recorded';
  });
}

/** Payments by plain SQL, as another program writes them, without captures. */
async function insertPayments(
  store: Store,
  ids: readonly number[],
  loggedOn: (id: number) => string,
): Promise<void> {
  for (let at = 0; at < ids.length; at += 2_000) {
    const rows = ids
      .slice(at, at + 2_000)
      .map((id) => `(${id}, 'rider-${id % 5}', 1, 'coins', ${(id % 7) + 1}, '${loggedOn(id)}')`);
    await store.knex.raw(
      `INSERT INTO ${PAYMENTS} (payment_id, user_id, order_id, payment_type, total_price, logged_on)
       VALUES ${rows.join(', ')}`,
    );
  }
}

for (const database of DATABASES) {
  describeOn(database, () => {
    test('any deliveries in any order, repeats and batches, with any postings and rebuilds in between: outcomes as the contract says, ledger and journal equal to the raw rows', async () => {
      const store = await freshStore(database);
      await fc.assert(
        fc.asyncProperty(
          anyBatches,
          fc.array(anyBetween, { minLength: 1, maxLength: 20 }),
          async (batches, betweens) => {
            await emptyTables(store.knex);
            const outcomes: PaymentOutcome[] = [];
            for (const [index, batch] of batches.entries()) {
              outcomes.push(...(await store.commit(batchOf(batch), index % store.writers)).outcomes);
              const between = betweens[index % betweens.length] ?? { do: 'nothing' };
              await doBetween(store, between);
              if (between.do !== 'nothing') await expectLedgerEqualsRawRows(store);
            }
            expect(outcomes).toEqual(expectedOutcomes(batches.flat()));
            await expectLedgerEqualsRawRows(store);
            await postUntilEmpty(store);
            expect(await journalled(store.knex)).toBe(0);
            await expectLedgerEqualsRawRows(store);
          },
        ),
        { numRuns: 60 },
      );
    });

    test('sums past 2^53 stay exact, in the journal, half of it posted, all of it posted, and rebuilt', async () => {
      const store = await freshStore(database);
      const most = 999_999_999_999_999;
      const many = Array.from({ length: 20 }, (_, index) =>
        delivery({ payment_id: index + 1, price_minor: index === 0 ? 2 : most }),
      );
      const expected = 18_999_999_999_999_983n;
      expect(BigInt(Number(expected))).not.toBe(expected);
      const bucket = SAMPLE_S - (SAMPLE_S % 3600);
      const expectExact = async (): Promise<void> => {
        const reader = { store, ...chicagoReporting(), cache: new LedgerCache(2 ** 20) };
        const span = { from: 0, to: LAST_SECOND + 1 };
        expect(await readLines(reader, 'revenue', span, true)).toEqual([
          `[${bucket},"credit_card",0] 20 payments, ${expected}`,
        ]);
        expect(await readLines(reader, 'riders', span, true)).toEqual([
          `[${bucket},"rider-1",0] 20 payments, ${expected}`,
        ]);
        expect(await readLines(reader, 'riders', span, false)).toEqual([
          `[0,"rider-1",0] 20 payments, ${expected}`,
        ]);
        expect((await storedLedger(store)).ledger).toContain(
          `["revenue",20250406,22,"credit_card",0] 20 payments, ${expected}`,
        );
        await expectLedgerEqualsRawRows(store);
      };
      await store.commit(batchOf(many.slice(0, 15)), 0);
      await store.commit(batchOf(many.slice(15)), store.writers - 1);
      await expectExact();
      expect(await postSome(postingOn(store), 9)).toBe(15);
      await expectExact();
      await postUntilEmpty(store);
      await expectExact();
      const [block] = await store
        .knex('farelog_ledger')
        .select(store.knex.raw('CAST(minor AS CHAR) AS minor'))
        .where('section', 'revenue');
      expect(BigInt(block?.minor)).toBe(expected);
      await rebuildFromRawRows(store);
      await expectExact();
    });

    test('an empty database has no blocks, and posting and rebuilding it makes none', async () => {
      const store = await freshStore(database);
      expect(await postUntilEmpty(store)).toBe(0);
      expect(await rebuildFromRawRows(store)).toBe(0);
      expect(await storedLedger(store)).toEqual({ ledger: [], captures: [] });
      expect(await versionsOf(store.knex)).toEqual(new Map());
    });

    describe('rebuild', () => {
      test('restores a ledger that was damaged, empties the journal, and keeps the counts of other outcomes', async () => {
        const store = await freshStore(database);
        const deliveries = Array.from({ length: 130 }, (_, index) =>
          delivery({ payment_id: index + 1, price_minor: index + 1, user_id: `rider-${index % 7}` }),
        );
        await commit(store, ...deliveries.slice(0, 50));
        await commit(store, ...deliveries.slice(50));
        await commit(store, delivery(), delivery());
        const outcomesBefore: unknown[] = await store
          .knex('farelog_capture_hourly')
          .where('outcome', 'duplicate');
        const before = await storedLedger(store);
        expect(await postSome(postingOn(store), 50)).toBe(50);
        await store.knex('farelog_ledger').where('section', 'riders').delete();
        await store.knex('farelog_ledger').increment('minor', 5);
        await store.knex('farelog_journal').where('payments', '>', 1).delete();
        await store.knex('farelog_capture_hourly').where('outcome', 'recorded').increment('deliveries', 3);
        expect(await rebuildFromRawRows(store)).toBe(130);
        expect(await journalled(store.knex)).toBe(0);
        expect(await storedLedger(store)).toEqual(before);
        expect(await store.knex('farelog_capture_hourly').where('outcome', 'duplicate')).toEqual(
          outcomesBefore,
        );
      });

      test('makes the same blocks as posting did, to the letter', async () => {
        const store = await freshStore(database);
        const deliveries = Array.from({ length: 90 }, (_, index) =>
          delivery({
            payment_id: ((index * 37) % 90) + 1,
            user_id: `rider-${index % 7}`,
            payment_type: index % 3 === 0 ? 'coins' : 'card',
            logged_s: (EDGES_S[index % 4] ?? 0) + (index - 45) * 60,
          }),
        );
        for (let at = 0; at < 90; at += 30) {
          await commit(store, ...deliveries.slice(at, at + 30));
          await postSome(postingOn(store), 20);
        }
        await postUntilEmpty(store);
        const blocks = async (): Promise<unknown[]> =>
          store.knex('farelog_ledger').select('section', 'period', 'data').orderBy(['section', 'period']);
        const posted = await blocks();
        await rebuildFromRawRows(store);
        expect(await blocks()).toEqual(posted);
      });

      test('adds up captures that are given in parts', async () => {
        const store = await freshStore(database);
        const counted = { hour_s: 3_600, source: 'import', outcome: 'recorded', reason: '' } as const;
        await store.rebuild(async ({ addCaptures }) => {
          await addCaptures([{ ...counted, deliveries: 4 }]);
          await addCaptures([{ ...counted, deliveries: 3 }]);
        });
        expect((await storedLedger(store)).captures).toEqual(['[3600,"import"] 7 payments, 0']);
      });

      test('reads a table in chunks that end within a second, a day and a month, and counts each row once', async () => {
        const store = await freshStore(database);
        const ids = Array.from({ length: 41_000 }, (_, index) => index + 1);
        // 15,000 rows a second: neither chunk of 20,000 ends with one. The second second is the next month's first.
        const seconds = ['2025-04-01 04:59:59', '2025-04-01 05:00:00', '2025-04-02 12:00:00'];
        await insertPayments(store, ids, (id) => seconds[Math.floor(((id * 7) % 41_000) / 15_000)] ?? '');
        const progress: number[] = [];
        const { calendar, currency } = chicagoReporting();
        const onProgress = (payments: number): void => {
          progress.push(payments);
        };
        expect(await rebuildLedger({ store, calendar, currency, onProgress })).toBe(41_000);
        expect(progress).toEqual([20_000, 40_000, 41_000]);
        await expectLedgerEqualsRawRows(store);
      });

      test('that fails leaves the old ledger and journal, and the store takes payments again', async () => {
        const store = await freshStore(database);
        await commit(store, delivery());
        await commit(store, delivery({ payment_id: 9 }));
        await postSome(postingOn(store), 1);
        const before = { ledger: await storedLedger(store), posted: await postedLines(store.knex) };
        const failing = rebuildFromRawRows(store, () => {
          throw new Error('power cut');
        });
        await expect(failing).rejects.toThrow('power cut');
        expect({ ledger: await storedLedger(store), posted: await postedLines(store.knex) }).toEqual(before);
        expect((await commit(store, delivery({ payment_id: 2 }))).outcomes).toEqual(['recorded']);
        await expectLedgerEqualsRawRows(store);
        expect(await postUntilEmpty(store)).toBe(2);
        await expectLedgerEqualsRawRows(store);
      });

      test('loses nothing that is committed and posted meanwhile', async () => {
        const url = await database.freshUrl();
        const store = openTestStore(url);
        await migrateUp(store.knex);
        const other = database.name === 'sqlite memory' ? store : openTestStore(url, 'two');
        await commit(store, ...Array.from({ length: 60 }, (_, index) => delivery({ payment_id: index + 1 })));
        const meanwhile: Promise<void>[] = [];
        const commitSome = async (writer: number, from: number): Promise<void> => {
          for (let id = from; id < from + 20; id++) {
            await commitUntilTaken(other, batchOf([delivery({ payment_id: id, price_minor: id })]), writer);
          }
        };
        const post = async (): Promise<void> => {
          for (let times = 0; times < 10; times++) await postSome(postingOn(other), 7);
        };
        meanwhile.push(commitSome(0, 1_000), post());
        const rebuilt = rebuildFromRawRows(store, () => {
          meanwhile.push(commitSome(other.writers - 1, 2_000), post());
        });
        const [rebuild] = await Promise.allSettled([rebuilt]);
        const others = await Promise.allSettled(meanwhile);
        expect(rebuild).toMatchObject({ status: 'fulfilled' });
        expect(others).toEqual(Array(4).fill({ status: 'fulfilled', value: undefined }));
        expect(await findPayment(store, 1_019)).toBeDefined();
        expect(await findPayment(store, 2_019)).toBeDefined();
        await expectLedgerEqualsRawRows(store);
        await postUntilEmpty(other);
        await expectLedgerEqualsRawRows(store);
      });
    });

    test('a snapshot sees one state whatever is committed, posted and rebuilt meanwhile', async () => {
      const url = await database.freshUrl();
      const store = openTestStore(url);
      await migrateUp(store.knex);
      await commit(store, delivery(), delivery({ payment_id: 7 }));
      await postSome(postingOn(store), 1);
      const seen = await store.snapshot(async (trx) => {
        const before = { raw: await foldRawRows(store, trx), stored: await storedLedger(store, trx) };
        // In memory there is one connection, which the snapshot holds: nothing can be committed meanwhile.
        if (database.name !== 'sqlite memory') {
          await commit(store, delivery({ payment_id: 2 }));
          await postUntilEmpty(store);
        }
        return {
          before,
          after: { raw: await foldRawRows(store, trx), stored: await storedLedger(store, trx) },
        };
      });
      expect(seen.after).toEqual(seen.before);
      expect(seen.before.stored).toEqual(seen.before.raw);
      await expectLedgerEqualsRawRows(store);
    });

    test('a reader gives every section of any span exactly, whatever is posted', async () => {
      const store = await freshStore(database);
      const reader = { store, ...chicagoReporting(), cache: new LedgerCache(2 ** 20) };
      const anyEnd = fc
        .tuple(
          fc.constantFrom(...EDGES_S),
          fc.oneof(fc.constantFrom(0, -3_600, 3_600), fc.integer({ min: -9_000, max: 9_000 })),
        )
        .map(([edge, by]) => edge + by);
      const deliveries = fc.sample(anyDelivery, { numRuns: 80, seed: 20250407 });
      await commit(
        store,
        ...deliveries.map(({ payment, capture }, index) => ({
          payment: { ...payment, payment_id: index + 1 },
          capture,
        })),
      );
      const rows = await rawPayments(store, store.knex);
      const expectAllSpans = (): Promise<void> =>
        fc.assert(
          fc.asyncProperty(
            anyEnd,
            anyEnd,
            fc.constantFrom(...SECTIONS),
            fc.boolean(),
            async (a, b, section, withBuckets) => {
              const span = { from: Math.min(a, b), to: Math.max(a, b) + 1 };
              expect(await readLines(reader, section, span, withBuckets)).toEqual(
                linesWithin(rows, section, span, reader.calendar, withBuckets),
              );
            },
          ),
          {
            numRuns: 40,
            examples: [
              [0, LAST_SECOND, 'riders', false],
              [0, LAST_SECOND, 'revenue', true],
            ],
          },
        );
      await expectAllSpans();
      await postSome(postingOn(store), 13);
      await postSome(postingOn(store), 13);
      await expectAllSpans();
      await postUntilEmpty(store);
      await expectAllSpans();
    });
  });
}
