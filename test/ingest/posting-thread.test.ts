/** Posting in a thread of its own, on real databases that the thread opens by their address. */
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { PostingThread } from '../../src/ingest/posting-thread.js';
import { migrateUp } from '../../src/store/migrate.js';
import { chicagoReporting, DATABASES, describeOn, openTestStore } from '../support/databases.js';
import { commit, delivery } from '../support/deliveries.js';
import { expectLedgerEqualsRawRows, journalled } from '../support/ledger.js';
import { failureOf } from '../support/promises.js';

function startThread(url: string): PostingThread {
  const thread = new PostingThread(url, chicagoReporting());
  onTestFinished(() => thread.close());
  return thread;
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('posts what is in the journal, tells how much, and 0 where there is none', async () => {
      const url = await database.freshUrl();
      const store = openTestStore(url);
      await migrateUp(store.knex);
      const thread = startThread(url);
      await commit(store, delivery({ payment_id: 1 }), delivery({ payment_id: 2 }));
      expect(await thread.post()).toBe(2);
      expect(await thread.post()).toBe(0);
      await commit(store, delivery({ payment_id: 3 }));
      expect(await thread.post()).toBe(1);
      expect(await journalled(store.knex)).toBe(0);
      await expectLedgerEqualsRawRows(store);
    });

    test('a failure is told, leaves the journal as it was, and the next posting takes it', async () => {
      const url = await database.freshUrl();
      const store = openTestStore(url);
      await migrateUp(store.knex);
      const thread = startThread(url);
      await commit(store, delivery({ payment_id: 1 }));
      await thread.post();
      await commit(store, delivery({ payment_id: 2 }));
      const riders = { section: 'riders', period: 202504 };
      const { data } = await store.knex('farelog_ledger').where(riders).first();
      const change = (bytes: Buffer): Promise<number> =>
        store.write((trx) => trx('farelog_ledger').where(riders).update({ data: bytes }));
      await change(Buffer.from([9]));
      expect(await failureOf(thread.post())).toMatchObject({
        message: 'A block of the ledger has the version 9',
      });
      expect(await journalled(store.knex)).toBe(1);
      await change(data);
      expect(await thread.post()).toBe(1);
      await expectLedgerEqualsRawRows(store);
    });
  });
}

test('a database that cannot be opened is told with its code', async () => {
  const notAFolder = fileURLToPath(import.meta.url);
  const thread = startThread(`sqlite:${notAFolder}/farelog.db`);
  expect(await failureOf(thread.post())).toMatchObject({ code: 'FARELOG_THREAD_ENDED' });
  // The next one is told the same, by a thread of its own.
  expect(await failureOf(thread.post())).toMatchObject({ code: 'FARELOG_THREAD_ENDED' });
});

test('a thread that was never told to post is closed at once, and one can be closed twice', async () => {
  const thread = startThread('sqlite:/nowhere/farelog.db');
  await thread.close();
  await thread.close();
});
