/** The door on real databases, with the faults that a network and other writers bring. */
import { beforeEach, expect, test } from 'vitest';
import { openDoor } from '../../src/ingest/door.js';
import type { Store } from '../../src/store/dialect.js';
import { DATABASES, describeOn, freshStore, USD } from '../support/databases.js';
import { delivery, quarantined } from '../support/deliveries.js';
import { expectLedgerEqualsRawRows, journalled, postUntilEmpty } from '../support/ledger.js';
import { failureOf } from '../support/promises.js';

class Fault extends Error {}

/** The store with its next commits disturbed: before the transaction, or after it, when the answer is lost. */
function disturbed(store: Store, faults: ('before' | 'after')[], kind: ReturnType<Store['classify']>): Store {
  return {
    ...store,
    dialect: store.dialect,
    knex: store.knex,
    writers: store.writers,
    write: (work) => store.write(work),
    snapshot: (work) => store.snapshot(work),
    rebuild: (work) => store.rebuild(work),
    textOf: (column) => store.textOf(column),
    close: () => store.close(),
    classify: (error) => (error instanceof Fault ? kind : store.classify(error)),
    commit: async (batch, writer) => {
      const fault = faults.shift();
      if (fault === 'before') throw new Fault('the connection broke');
      const result = await store.commit(batch, writer);
      if (fault === 'after') throw new Fault('the answer of COMMIT was lost');
      return result;
    },
  };
}

for (const database of DATABASES) {
  describeOn(database, () => {
    let store: Store;
    beforeEach(async () => {
      store = await freshStore(database);
    });
    const doorOn = (faulty: Store, maxTries = 5) => openDoor({ store: faulty, currency: USD, maxTries });
    const payment = { kind: 'payment', delivery: delivery() } as const;
    const rowsOf = async (): Promise<number> =>
      (await store.knex('hntb_bytemark_order_payments').select('payment_id')).length;

    test('tells each entry its own outcome, in the order of the entries', async () => {
      const commit = doorOn(store);
      const other = { kind: 'payment', delivery: delivery({ price_minor: 999 }) } as const;
      const item = { kind: 'quarantine', item: quarantined() } as const;
      const settled = await commit([payment, item, other, payment], 0);
      expect(settled.map((one) => (one.kind === 'payment' ? one.outcome : one.kind))).toEqual([
        'recorded',
        'quarantine',
        'conflict',
        'duplicate',
      ]);
      expect(settled[2]).toMatchObject({ row: { total_price: 2.5 } });
    });

    test('a COMMIT whose answer was lost is found out, acknowledged from the row that was read, and counts once', async () => {
      const commit = doorOn(disturbed(store, ['after'], 'lost'));
      expect(await commit([payment], 0)).toMatchObject([{ kind: 'payment', outcome: 'duplicate' }]);
      expect(await rowsOf()).toBe(1);
      expect(await journalled(store.knex)).toBe(1);
      expect(await postUntilEmpty(store)).toBe(1);
      await expectLedgerEqualsRawRows(store);
    });

    test('a transaction that broke before it committed is tried again as a whole', async () => {
      const commit = doorOn(disturbed(store, ['before', 'before'], 'retry'));
      expect(await commit([payment], 0)).toMatchObject([{ kind: 'payment', outcome: 'recorded' }]);
      expect(await rowsOf()).toBe(1);
    });

    test('tries are bounded: then nothing is acknowledged', async () => {
      const commit = doorOn(disturbed(store, ['before', 'before', 'before', 'before'], 'lost'), 3);
      expect(await failureOf(commit([payment], 0))).toMatchObject({ code: 'unavailable' });
      expect(await rowsOf()).toBe(0);
    });

    test('a database that cannot take it now is not tried again: the sender is', async () => {
      const faults: ('before' | 'after')[] = ['before', 'before'];
      const commit = doorOn(disturbed(store, faults, 'unavailable'));
      expect(await failureOf(commit([payment], 0))).toMatchObject({ code: 'unavailable' });
      expect(faults).toHaveLength(1);
    });

    test('one row that the database refuses does not hold up its neighbours', async () => {
      const ids = Array.from({ length: 9 }, (_, index) => index + 1);
      const entries = ids.map((payment_id) => ({
        kind: 'payment' as const,
        delivery: delivery({ payment_id, payment_type: payment_id === 6 ? 'x'.repeat(33) : 'card' }),
      }));
      const settled = await doorOn(store)(entries, 0);
      const impossible = ids.filter((_, index) => settled[index]?.kind === 'impossible');
      expect(impossible).toEqual([6]);
      expect(await rowsOf()).toBe(8);
    });
  });
}
