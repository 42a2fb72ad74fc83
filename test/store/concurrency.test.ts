import { expect, test } from 'vitest';
import type { Store } from '../../src/store/dialect.js';
import { migrateUp } from '../../src/store/migrate.js';
import { DATABASES, describeOn, openTestStore } from '../support/databases.js';
import { batchOf, commitUntilTaken, delivery } from '../support/deliveries.js';
import { expectLedgerEqualsRawRows } from '../support/ledger.js';

const PAYMENTS = 200;
const BATCH = 16;

/** The ids 1…PAYMENTS in an order of the caller's own, in batches. */
function batchesOfAllIds(step: number): number[][] {
  const ids = Array.from({ length: PAYMENTS }, (_, index) => ((index * step) % PAYMENTS) + 1);
  return Array.from({ length: Math.ceil(PAYMENTS / BATCH) }, (_, at) =>
    ids.slice(at * BATCH, (at + 1) * BATCH),
  );
}

/** Commits every batch at once, spread over the store's writers; returns how often each id was recorded. */
async function commitAll(store: Store, batches: readonly number[][]): Promise<number[]> {
  const recorded: number[] = [];
  await Promise.all(
    Array.from({ length: store.writers }, async (_, writer) => {
      for (const ids of batches.filter((_, index) => index % store.writers === writer)) {
        const batch = batchOf(ids.map((id) => delivery({ payment_id: id, user_id: `rider-${id % 5}` })));
        const { outcomes } = await commitUntilTaken(store, batch, writer);
        recorded.push(...ids.filter((_, index) => outcomes[index] === 'recorded'));
      }
    }),
  );
  return recorded;
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('two instances given the same payments record each exactly once in all', async () => {
      const url = await database.freshUrl();
      const [one, two] = [openTestStore(url, 'one'), openTestStore(url, 'two')];
      await migrateUp(one.knex);
      const recorded = await Promise.all([
        commitAll(one, batchesOfAllIds(1)),
        commitAll(two, batchesOfAllIds(77)),
      ]);
      const all = recorded.flat().sort((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: PAYMENTS }, (_, index) => index + 1));
      await expectLedgerEqualsRawRows(one);
    });
  });
}
