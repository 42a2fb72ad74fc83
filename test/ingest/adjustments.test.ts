/** Adjustments on real databases: each counts once, with its payment, whatever comes first, again, and side by side. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Reader } from '../../src/analytics/ledger.js';
import { LedgerCache } from '../../src/analytics/ledger-cache.js';
import { verifyLedger } from '../../src/analytics/verify.js';
import { openDoor } from '../../src/ingest/door.js';
import { postSome } from '../../src/ingest/posting.js';
import { adjustedOfPayments, paymentStanding } from '../../src/store/adjustments.js';
import type { Store } from '../../src/store/dialect.js';
import { migrateUp } from '../../src/store/migrate.js';
import {
  chicagoReporting,
  DATABASES,
  describeOn,
  freshStore,
  openTestStore,
  USD,
} from '../support/databases.js';
import { adjusting, batchOf, commitUntilTaken, delivery, SAMPLE_S } from '../support/deliveries.js';
import { emptyTables } from '../support/farelog.js';
import { expectLedgerEqualsRawRows, foldRawRows, postingOn, rebuildFromRawRows } from '../support/ledger.js';

function readerOn(store: Store): Reader {
  return { store, ...chicagoReporting(), cache: new LedgerCache(1_000_000) };
}

/** Payments 1 to 4 and adjustments of payments 1 to 5: the last one's payment never comes. */
const PAYMENTS = [1, 2, 3, 4].map((payment_id) =>
  delivery({ payment_id, user_id: `rider-${payment_id % 2}`, logged_s: SAMPLE_S + payment_id * 86_400 }),
);
const ADJUSTMENTS = [1, 2, 3, 4, 5, 6, 7].map((no) =>
  adjusting({
    adjustment_id: `adjustment-${no}`,
    payment_id: ((no - 1) % 5) + 1,
    kind: no % 3 === 0 ? 'correction' : 'refund',
    amount_minor: no % 3 === 0 ? no * 10 : -no * 10,
    adjusted_s: SAMPLE_S + no * 20 * 86_400,
  }),
);

const anyStep = fc.oneof(
  { weight: 4, arbitrary: fc.record({ payment: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 6, arbitrary: fc.record({ adjustment: fc.integer({ min: 0, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ post: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.constant({ rebuild: true }) },
);

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    test('is recorded once; the same again is a duplicate, other content a conflict', async () => {
      const store = await freshStore(database);
      const commit = openDoor({ store, currency: USD, maxTries: 3 });
      const first = { kind: 'adjustment', delivery: adjusting() } as const;
      const other = { kind: 'adjustment', delivery: adjusting({ amount_minor: -99, reason: null }) } as const;
      const again = { kind: 'adjustment', delivery: adjusting({ reason: 'told otherwise' }) } as const;
      const outcomesOf = async (...entries: Parameters<typeof commit>[0]) =>
        (await commit(entries, 0)).map((one) => (one.kind === 'adjustment' ? one.outcome : one.kind));
      expect(await outcomesOf(first, other, again)).toEqual(['recorded', 'conflict', 'duplicate']);
      expect(await outcomesOf(other, again)).toEqual(['conflict', 'duplicate']);
      const [settled] = await commit([other], 0);
      expect(settled).toMatchObject({ standing: first.delivery });
      expect(await store.knex('farelog_adjustments').select('reason')).toEqual([
        { reason: 'the bus did not come' },
      ]);
    });

    test('waits for its payment, and counts in the very transaction that records it', async () => {
      const store = await freshStore(database);
      const reader = readerOn(store);
      await store.commit(batchOf([], { adjustments: [adjusting()] }), 0);
      expect(await postSome(postingOn(store))).toBe(0);
      const none = { ok: true, payments: 0, adjustments: 0, waiting_adjustments: 1 };
      expect(await verifyLedger(reader)).toMatchObject(none);
      await store.commit(batchOf([delivery()]), 0);
      const counts = { ok: true, adjustments: 1, adjustments_minor: '-100', waiting_adjustments: 0 };
      expect(await verifyLedger(reader)).toMatchObject(counts);
      expect(await postSome(postingOn(store))).toBe(2);
      expect(await postSome(postingOn(store))).toBe(0);
      expect(await verifyLedger(reader)).toMatchObject(counts);
      await expectLedgerEqualsRawRows(store);
    });

    test('is added up by payment, apart from what reconciliation has corrected', async () => {
      const store = await freshStore(database);
      const correction = adjusting({
        adjustment_id: 'reconciliation-1-1',
        kind: 'correction',
        amount_minor: 25,
      });
      const ofThree = { payment_id: 3, adjusted_s: SAMPLE_S };
      const others = [1, 2].map((no) => adjusting({ ...ofThree, adjustment_id: `rf-3-${no}` }));
      await store.commit(batchOf([delivery()], { adjustments: [adjusting(), correction, ...others] }), 0);
      expect(await adjustedOfPayments(store.knex, [1, 2, 3])).toEqual(
        new Map([
          [1, { sum_minor: -75, corrected_minor: 25, latest_s: SAMPLE_S + 86_400 }],
          [3, { sum_minor: -200, corrected_minor: 0, latest_s: SAMPLE_S }],
        ]),
      );
      expect(await paymentStanding(store.knex, 1, USD)).toEqual({
        ...{ price_minor: 250, adjusted_minor: -75, adjustments: 2 },
      });
    });

    test('verify names an adjustment that was changed behind its back', async () => {
      const store = await freshStore(database);
      await store.commit(batchOf([delivery()], { adjustments: [adjusting()] }), 0);
      await postSome(postingOn(store));
      await store.knex('farelog_adjustments').update({ amount_minor: -101 });
      const { ok, first_drifts } = await verifyLedger(readerOn(store));
      expect(ok).toBe(false);
      expect(first_drifts).toContainEqual(
        expect.objectContaining({
          rollup: 'adjustments',
          expected: '{"payments":1,"minor":-101}',
          found: '{"payments":1,"minor":-100}',
        }),
      );
    });
  });
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    test('any order, repetition and posting gives one state, which a rebuild makes again', async () => {
      const store = await freshStore(database);
      const property = fc.asyncProperty(fc.array(anyStep, { maxLength: 12 }), async (steps) => {
        await emptyTables(store.knex);
        for (const step of steps) {
          if ('payment' in step)
            await store.commit(batchOf(PAYMENTS.slice(step.payment, step.payment + 2)), 0);
          if ('adjustment' in step) {
            const adjustments = ADJUSTMENTS.slice(step.adjustment, step.adjustment + 3);
            await store.commit(batchOf([], { adjustments }), 0);
          }
          if ('post' in step) await postSome(postingOn(store), step.post);
          if ('rebuild' in step) await rebuildFromRawRows(store);
        }
        await expectLedgerEqualsRawRows(store);
        await store.commit(batchOf(PAYMENTS, { adjustments: ADJUSTMENTS }), 0);
        const { ledger } = await foldRawRows(store);
        const all = await inOneGo(store);
        expect(ledger).toEqual(all);
        await rebuildFromRawRows(store);
        await expectLedgerEqualsRawRows(store);
        expect(await verifyLedger(readerOn(store))).toMatchObject({ ok: true, waiting_adjustments: 1 });
      });
      await fc.assert(property, { numRuns: database.dialect === 'sqlite' ? 15 : 4 });
    });
  });
}

let expected: readonly string[] | undefined;
/** What all of them make when they come in order and at once, on a database of its own. */
async function inOneGo(like: Store): Promise<readonly string[]> {
  if (expected !== undefined) return expected;
  const store = openTestStore('sqlite::memory:');
  await migrateUp(store.knex);
  await store.commit(batchOf(PAYMENTS, { adjustments: ADJUSTMENTS }), 0);
  expected = (await foldRawRows(store)).ledger;
  expect(like).not.toBe(store);
  return expected;
}

const MANY = 60;

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describe('side by side', () => {
    describeOn(database, () => {
      test('two instances given payments, their adjustments and postings count each once', async () => {
        const url = await database.freshUrl();
        const [one, two] = [openTestStore(url, 'one'), openTestStore(url, 'two')];
        await migrateUp(one.knex);
        const ids = Array.from({ length: MANY }, (_, index) => index + 1);
        const give = async (store: Store, backwards: boolean): Promise<string[]> => {
          const recorded: string[] = [];
          for (let at = 0; at < MANY; at += 10) {
            const some = ids.slice(at, at + 10);
            const payments = some.map((payment_id) => delivery({ payment_id }));
            const adjustments = some.map((payment_id) =>
              adjusting({ payment_id, adjustment_id: `refund-${payment_id}` }),
            );
            // One has the adjustments first, the other the payments.
            const batches = [batchOf(payments), batchOf([], { adjustments })];
            for (const batch of backwards ? batches.reverse() : batches) {
              const { adjustmentOutcomes = [] } = await commitUntilTaken(store, batch, 0);
              for (const [index, outcome] of adjustmentOutcomes.entries())
                if (outcome === 'recorded') recorded.push(adjustments[index]?.adjustment.adjustment_id ?? '');
            }
            await postSome(postingOn(store), 7);
          }
          return recorded;
        };
        const recorded = (await Promise.all([give(one, false), give(two, true)])).flat();
        expect(recorded.sort()).toEqual(ids.map((id) => `refund-${id}`).sort());
        await expectLedgerEqualsRawRows(one);
        const found = await verifyLedger(readerOn(two));
        expect(found).toMatchObject({ ok: true, adjustments: MANY, adjustments_minor: String(-100 * MANY) });
      });
    });
  });
}
