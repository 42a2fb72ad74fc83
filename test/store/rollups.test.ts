import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivery, PaymentOutcome } from '../../src/domain/outcome.js';
import { differingFields, type Payment } from '../../src/domain/payment.js';
import type { Store } from '../../src/store/dialect.js';
import { migrateUp } from '../../src/store/migrate.js';
import { findPayment, paymentsWithin } from '../../src/store/payments.js';
import { revenueByBucket, revenueByType, revenueSpan, riderMonths } from '../../src/store/rollups.js';
import { DATABASES, describeOn, freshStore, openTestStore } from '../support/databases.js';
import { batchOf, commit, commitUntilTaken, delivery, SAMPLE_S } from '../support/deliveries.js';
import {
  expectRollupsEqualRawRows,
  expectSameRollups,
  foldRawRows,
  rebuildFromRawRows,
  storedRollups,
} from '../support/rollups.js';

const ALL_TIME = { from: 0, to: 2 ** 40 };

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
    user_id: fc.constantFrom('rider-1', 'rider-2', 'Rider-1', 'rïder-1'),
    order_id: fc.constantFrom(1, 2),
    payment_type: fc.constantFrom('credit_card', 'coins', 'Coins'),
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

async function emptyEverything(store: Store): Promise<void> {
  for (const table of [
    'hntb_bytemark_order_payments',
    'farelog_captures',
    'farelog_revenue_hourly',
    'farelog_rider_monthly',
    'farelog_capture_hourly',
  ]) {
    await store.knex(table).delete();
  }
}

for (const database of DATABASES) {
  describeOn(database, () => {
    test('any deliveries in any order, repeats and batches: outcomes as the contract says, rollups equal to the raw rows', async () => {
      const store = await freshStore(database);
      await fc.assert(
        fc.asyncProperty(anyBatches, async (batches) => {
          await emptyEverything(store);
          const outcomes: PaymentOutcome[] = [];
          for (const [index, batch] of batches.entries()) {
            outcomes.push(...(await store.commit(batchOf(batch), index % store.writers)).outcomes);
          }
          expect(outcomes).toEqual(expectedOutcomes(batches.flat()));
          await expectRollupsEqualRawRows(store);
        }),
        { numRuns: 60 },
      );
    });

    test('sums past 2^53 stay exact', async () => {
      const store = await freshStore(database);
      const most = 999_999_999_999_999;
      const many = Array.from({ length: 20 }, (_, index) =>
        delivery({ payment_id: index + 1, price_minor: index === 0 ? 2 : most }),
      );
      await store.commit(batchOf(many.slice(0, 15)), 0);
      await store.commit(batchOf(many.slice(15)), store.writers - 1);
      const expected = 18_999_999_999_999_983n;
      expect(BigInt(Number(expected))).not.toBe(expected);
      expect(await revenueByType(store.knex, ALL_TIME)).toEqual([
        { payment_type: 'credit_card', payments: 20, revenue_minor: expected },
      ]);
      expect(await revenueByBucket(store.knex, ALL_TIME)).toEqual([
        { starts_s: SAMPLE_S - (SAMPLE_S % 3600), payments: 20, revenue_minor: expected },
      ]);
      const { revenue, riders } = await storedRollups(store);
      expect(revenue).toMatchObject([{ revenue_minor: expected, min_minor: 2, max_minor: most }]);
      expect(riders).toMatchObject([{ spent_minor: expected, payments: 20 }]);
      await rebuildFromRawRows(store);
      expect((await storedRollups(store)).revenue).toMatchObject([{ revenue_minor: expected }]);
    });

    test('spans of rollups include their start and exclude their end', async () => {
      const store = await freshStore(database);
      const start = SAMPLE_S - (SAMPLE_S % 3600);
      await commit(
        store,
        delivery({ payment_id: 1, logged_s: start - 1 }),
        delivery({ payment_id: 2, logged_s: start }),
        delivery({ payment_id: 3, logged_s: start + 3_600 }),
      );
      const span = { from: start, to: start + 3_600 };
      expect((await revenueByBucket(store.knex, span)).map((row) => row.starts_s)).toEqual([start]);
      expect((await revenueByType(store.knex, span)).map((row) => row.payments)).toEqual([1]);
      expect((await paymentsWithin(store, store.knex, span)).map((row) => row.payment_id)).toEqual([2]);
      expect(await revenueSpan(store.knex)).toEqual({ from: start - 3_600, to: start + 3_600 });
      expect(await riderMonths(store.knex)).toEqual([202504]);
    });

    test('an empty database has no span and no months', async () => {
      const store = await freshStore(database);
      expect(await revenueSpan(store.knex)).toBeUndefined();
      expect(await riderMonths(store.knex)).toEqual([]);
      expect(await revenueByType(store.knex, ALL_TIME)).toEqual([]);
    });

    describe('rebuild', () => {
      test('restores rollups that were damaged and keeps the counts of other outcomes', async () => {
        const store = await freshStore(database);
        const deliveries = Array.from({ length: 130 }, (_, index) =>
          delivery({ payment_id: index + 1, price_minor: index + 1, user_id: `rider-${index % 7}` }),
        );
        await commit(store, ...deliveries);
        await commit(store, delivery(), delivery());
        const outcomesBefore: unknown[] = await store
          .knex('farelog_capture_hourly')
          .where('outcome', 'duplicate');
        const before = await storedRollups(store);
        await store.knex('farelog_revenue_hourly').increment('revenue_minor', 5);
        await store.knex('farelog_rider_monthly').where('user_id', 'rider-3').delete();
        await store.knex('farelog_capture_hourly').where('outcome', 'recorded').increment('deliveries', 3);
        await rebuildFromRawRows(store);
        expectSameRollups(await storedRollups(store), before);
        expect(await store.knex('farelog_capture_hourly').where('outcome', 'duplicate')).toEqual(
          outcomesBefore,
        );
      });

      test('adds up what is given in parts', async () => {
        const store = await freshStore(database);
        await commit(store, delivery(), delivery({ payment_id: 2, price_minor: 100 }));
        const [low, high] = [await foldRawRows(store, store.knex), await storedRollups(store)];
        await store.rebuild(async ({ add }) => {
          await add(low);
          await add(high);
        });
        expect((await storedRollups(store)).revenue).toMatchObject([
          { payments: 4, revenue_minor: 700n, min_minor: 100, max_minor: 250 },
        ]);
      });

      test('that fails leaves the old rollups, and the store takes payments again', async () => {
        const store = await freshStore(database);
        await commit(store, delivery());
        const before = await storedRollups(store);
        const failing = store.rebuild(async ({ trx, add }) => {
          await add(await foldRawRows(store, trx));
          throw new Error('power cut');
        });
        await expect(failing).rejects.toThrow('power cut');
        expectSameRollups(await storedRollups(store), before);
        expect((await commit(store, delivery({ payment_id: 2 }))).outcomes).toEqual(['recorded']);
        await expectRollupsEqualRawRows(store);
      });

      test('loses nothing that is committed meanwhile', async () => {
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
        meanwhile.push(commitSome(0, 1_000));
        const rebuilt = rebuildFromRawRows(store, () => {
          meanwhile.push(commitSome(other.writers - 1, 2_000));
        });
        const [rebuild] = await Promise.allSettled([rebuilt]);
        const commits = await Promise.allSettled(meanwhile);
        expect([rebuild, ...commits]).toEqual(Array(3).fill({ status: 'fulfilled', value: undefined }));
        expect(await findPayment(store, 1_019)).toBeDefined();
        expect(await findPayment(store, 2_019)).toBeDefined();
        await expectRollupsEqualRawRows(store);
      });
    });

    test('a snapshot sees one state whatever is committed meanwhile', async () => {
      const url = await database.freshUrl();
      const store = openTestStore(url);
      await migrateUp(store.knex);
      await commit(store, delivery());
      const seen = await store.snapshot(async (trx) => {
        const before = await foldRawRows(store, trx);
        // In memory there is one connection, which the snapshot holds: nothing can be committed meanwhile.
        if (database.name !== 'sqlite memory') await commit(store, delivery({ payment_id: 2 }));
        return { before, after: await foldRawRows(store, trx) };
      });
      expectSameRollups(seen.after, seen.before);
    });
  });
}
