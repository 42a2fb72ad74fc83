import knexFactory from 'knex';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../src/store/dialect.js';
import { migrateUp } from '../../src/store/migrate.js';
import { checkMysqlDurability } from '../../src/store/mysql.js';
import { openKnex, openStore } from '../../src/store/open.js';
import { findPayment, listPayments } from '../../src/store/payments.js';
import { chicagoReporting, describeOnServers, openTestKnex, openTestStore } from '../support/databases.js';
import { batchOf, commit, commitUntilTaken, delivery, SAMPLE_S } from '../support/deliveries.js';
import { expectLedgerEqualsRawRows, postUntilEmpty, rebuildFromRawRows } from '../support/ledger.js';
import { deferred, failureOf, until } from '../support/promises.js';

async function migratedStore(url: string): Promise<Store> {
  const store = openTestStore(url);
  await migrateUp(store.knex);
  return store;
}

function databaseOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

describeOnServers((server) => {
  describe('classify reads the error number', () => {
    test('a real deadlock can be tried again', async () => {
      const store = await migratedStore(await server.freshUrl());
      await store.knex('farelog_meta').insert([
        { name: 'a', value: '0' },
        { name: 'b', value: '0' },
      ]);
      const [holdsA, holdsB] = [deferred(), deferred()];
      const lockBoth = (first: string, second: string, mine: () => void, theirs: Promise<void>) =>
        store.knex.transaction(async (trx) => {
          await trx('farelog_meta').where('name', first).update({ value: first });
          mine();
          await theirs;
          await trx('farelog_meta').where('name', second).update({ value: first });
        });
      const ends = await Promise.allSettled([
        lockBoth('a', 'b', holdsA.resolve, holdsB.promise),
        lockBoth('b', 'a', holdsB.resolve, holdsA.promise),
      ]);
      const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      expect(failures).toHaveLength(1);
      expect(failures[0]).toMatchObject({ errno: 1213 });
      expect(store.classify(failures[0])).toBe('retry');
    });

    test('a lock waited for too long can be tried again', async () => {
      const store = await migratedStore(await server.freshUrl());
      await store.knex('farelog_meta').insert({ name: 'a', value: '0' });
      await store.knex.transaction(async (holder) => {
        await holder('farelog_meta').where('name', 'a').update({ value: '1' });
        const error = await failureOf(
          store.knex.transaction(async (trx) => {
            await trx.raw('SET SESSION innodb_lock_wait_timeout = 1');
            await trx('farelog_meta').where('name', 'a').update({ value: '2' });
          }),
        );
        expect(error).toMatchObject({ errno: 1205 });
        expect(store.classify(error)).toBe('retry');
      });
    });

    test('a duplicate key, after the races were lost, can be tried again', async () => {
      const store = await migratedStore(await server.freshUrl());
      await store.knex('farelog_meta').insert({ name: 'a', value: '0' });
      const error = await failureOf(store.knex('farelog_meta').insert({ name: 'a', value: '1' }));
      expect(error).toMatchObject({ errno: 1062 });
      expect(store.classify(error)).toBe('retry');
    });

    test('a connection that was killed is lost, at the next statement and at every one after', async () => {
      const store = await migratedStore(await server.freshUrl());
      const connection = await store.knex.client.acquireConnection();
      const query = (sql: string): Promise<{ id: number }[]> =>
        new Promise((resolve, reject) => {
          connection.query(sql, (error: Error | null, rows: { id: number }[]) =>
            error === null ? resolve(rows) : reject(error),
          );
        });
      try {
        const [row] = await query('SELECT CONNECTION_ID() AS id');
        await server.asRoot(`KILL ${row?.id}`);
        expect(store.classify(await failureOf(query('SELECT 1')))).toBe('lost');
        expect(store.classify(await failureOf(query('SELECT 1')))).toBe('lost');
      } finally {
        await store.knex.client.releaseConnection(connection);
      }
      expect((await commit(store, delivery())).outcomes).toEqual(['recorded']);
    });

    test('a server that is read only, or a transaction that is, is unavailable', async () => {
      const url = await server.freshUrl();
      const store = await migratedStore(url);
      const error = await failureOf(
        store.knex.transaction((trx) => trx('farelog_meta').insert({ name: 'a', value: '1' }), {
          readOnly: true,
        }),
      );
      expect(error).toMatchObject({ errno: 1792 });
      expect(store.classify(error)).toBe('unavailable');

      const user = `plain_${databaseOf(url).slice(-12)}`;
      await server.asRoot(`CREATE USER ${user}@'%' IDENTIFIED BY 'pw'`);
      await server.asRoot(`GRANT ALL ON ${databaseOf(url)}.* TO ${user}@'%'`);
      const plainUrl = new URL(url);
      plainUrl.username = user;
      plainUrl.password = 'pw';
      const plain = openTestStore(plainUrl.href);
      await server.asRoot('SET GLOBAL read_only = 1');
      try {
        const refused = await failureOf(commit(plain, delivery()));
        expect(refused).toMatchObject({ errno: 1290 });
        expect(plain.classify(refused)).toBe('unavailable');
      } finally {
        await server.asRoot('SET GLOBAL read_only = 0');
        await server.asRoot(`DROP USER ${user}@'%'`);
      }
      expect((await commit(store, delivery())).outcomes).toEqual(['recorded']);
    });

    test('a missing table, a wrong password, a missing database and a closed port are unavailable', async () => {
      const url = await server.freshUrl();
      const store = await migratedStore(url);
      await store.knex.schema.dropTable('farelog_captures');
      const missing = await failureOf(commit(store, delivery()));
      expect(missing).toMatchObject({ errno: 1146 });
      expect(store.classify(missing)).toBe('unavailable');
      const changed: [keyof URL & ('password' | 'pathname' | 'port'), string][] = [
        ['password', 'wrong'],
        ['pathname', '/farelog_nowhere'],
        ['port', '1'],
      ];
      for (const [part, value] of changed) {
        const other = new URL(url);
        other[part] = value;
        const unreachable = openTestStore(other.href);
        expect([part, unreachable.classify(await failureOf(commit(unreachable, delivery())))]).toEqual([
          part,
          'unavailable',
        ]);
      }
    });

    test('a missing privilege, of which the server tells by a number that is in no list, is unavailable', async () => {
      const url = await server.freshUrl();
      await migratedStore(url);
      const user = `reader_${databaseOf(url).slice(-12)}`;
      await server.asRoot(`CREATE USER ${user}@'%' IDENTIFIED BY 'pw'`);
      onTestFinished(async () => {
        await server.asRoot(`DROP USER ${user}@'%'`);
      });
      await server.asRoot(`GRANT SELECT ON ${databaseOf(url)}.* TO ${user}@'%'`);
      const reader = new URL(url);
      reader.username = user;
      reader.password = 'pw';
      const store = openTestStore(reader.href);
      const error = await failureOf(commit(store, delivery()));
      expect(error).toMatchObject({ errno: 1142 });
      expect(store.classify(error)).toBe('unavailable');
    });

    test('a connection that the server closed because it was idle is lost, and the next one commits', async () => {
      const url = await server.freshUrl();
      await migratedStore(url);
      const store = openTestStore(url);
      const [[{ id }]] = await store.knex.raw('SELECT CONNECTION_ID() AS id');
      await store.knex.raw('SET SESSION wait_timeout = 1');
      await until(async () => {
        const rows = await server.asRoot(`SELECT id FROM information_schema.processlist WHERE id = ${id}`);
        return rows.length === 0 ? true : undefined;
      });
      const result = await commit(store, delivery()).catch((error: unknown) => {
        expect(store.classify(error)).toBe('lost');
        return commit(store, delivery());
      });
      expect(result.outcomes).toEqual(['recorded']);
    });

    test('what a trigger or a check of the agency refuses is refused', async () => {
      const store = await migratedStore(await server.freshUrl());
      await store.knex.raw('ALTER TABLE hntb_bytemark_order_payments ADD CHECK (total_price < 100)');
      const tooDear = await failureOf(commit(store, delivery({ price_minor: 10_000 })));
      expect(store.classify(tooDear)).toBe('refused');
      await store.knex.raw(
        `CREATE TRIGGER agency BEFORE INSERT ON hntb_bytemark_order_payments FOR EACH ROW
          BEGIN IF new.order_id = 7 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF; END`,
      );
      expect(store.classify(await failureOf(commit(store, delivery({ order_id: 7 }))))).toBe('refused');
      expect((await commit(store, delivery())).outcomes).toEqual(['recorded']);
    });

    test('data that the database refuses is refused', async () => {
      const store = await migratedStore(await server.freshUrl());
      const error = await failureOf(commit(store, delivery({ payment_type: 'p'.repeat(33) })));
      expect(error).toMatchObject({ errno: 1406 });
      expect(store.classify(error)).toBe('refused');
    });

    test('an error that is no server error is unavailable', async () => {
      const store = await migratedStore(await server.freshUrl());
      expect(store.classify(new Error('anything'))).toBe('unavailable');
      expect(store.classify('anything')).toBe('unavailable');
    });
  });

  test('a commit whose connection is killed under way is lost, and the same batch again is recorded once', async () => {
    const url = await server.freshUrl();
    const store = await migratedStore(url);
    const batch = batchOf([delivery({ payment_id: 1 }), delivery({ payment_id: 2 })]);
    await openTestKnex(url).transaction(async (holder) => {
      await holder('hntb_bytemark_order_payments').insert({
        payment_id: 2,
        user_id: 'u',
        order_id: 1,
        payment_type: 'other',
        total_price: 1,
        logged_on: '2025-01-01 00:00:00',
      });
      const failing = failureOf(store.commit(batch, 0));
      const waiting = async (): Promise<number | undefined> => {
        const rows = await server.asRoot(
          `SELECT id FROM information_schema.processlist
            WHERE db = '${databaseOf(url)}' AND info LIKE 'INSERT INTO hntb%'`,
        );
        return rows[0]?.id;
      };
      await server.asRoot(`KILL ${await until(waiting)}`);
      expect(store.classify(await failing)).toBe('lost');
      await holder('hntb_bytemark_order_payments').where('payment_id', 2).delete();
    });
    expect((await store.commit(batch, 0)).outcomes).toEqual(['recorded', 'recorded']);
    await expectLedgerEqualsRawRows(store);
  });

  describe('durability', () => {
    test('a server that flushes at every commit is accepted', async () => {
      const knex = openTestKnex(await server.freshUrl());
      expect(await checkMysqlDurability(knex, false)).toEqual([]);
    });

    test('a server that does not is refused, with the setting and the way out, unless the risk is accepted', async () => {
      const knex = openTestKnex(await server.freshUrl());
      await server.asRoot('SET GLOBAL innodb_flush_log_at_trx_commit = 2');
      try {
        const refusal = checkMysqlDurability(knex, false);
        await expect(refusal).rejects.toMatchObject({ code: 'settings' });
        await expect(refusal).rejects.toThrow(
          /innodb_flush_log_at_trx_commit is 2.*FARELOG_WEAK_DURABILITY=accept/,
        );
        expect(await checkMysqlDurability(knex, true)).toEqual([
          expect.stringContaining('innodb_flush_log_at_trx_commit is 2'),
        ]);
      } finally {
        await server.asRoot('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
      }
    });
  });

  describe('time', () => {
    test('stands in the table as UTC text, whatever zone the server and the session are in', async () => {
      const url = await server.freshUrl();
      const store = await migratedStore(url);
      await commit(store, delivery());
      const [zone] = await server.asRoot('SELECT @@global.time_zone AS global, @@time_zone AS session');
      expect(zone).toEqual({ global: '+03:00', session: '+03:00' });
      const rows = await server.asRoot(
        `SELECT CAST(logged_on AS CHAR) AS logged_on, CAST(created_on AS CHAR) AS created_on,
           CAST(modified_on AS CHAR) AS modified_on FROM ${databaseOf(url)}.hntb_bytemark_order_payments`,
      );
      expect(rows).toEqual([
        {
          logged_on: '2025-04-07 03:11:31',
          created_on: '2025-04-07 03:11:32',
          modified_on: '2025-04-07 03:11:32',
        },
      ]);
    });

    test("a row that another program updates through Farelog's connections is modified in UTC", async () => {
      const store = await migratedStore(await server.freshUrl());
      await commit(store, delivery());
      const [before] = await store.knex.raw('SELECT CAST(UTC_TIMESTAMP() AS CHAR) AS now');
      await store.knex('hntb_bytemark_order_payments').update({ order_id: 12 });
      const [after] = await store.knex.raw('SELECT CAST(UTC_TIMESTAMP() AS CHAR) AS now');
      const modified = (await findPayment(store, 1))?.row.modified_on ?? '';
      expect(modified >= before[0].now && modified <= after[0].now).toBe(true);
    });
  });

  describe("on a platform's own Knex", () => {
    async function platformStore(connection: object = {}): Promise<Store> {
      const url = new URL(await server.freshUrl());
      const knex = knexFactory({
        client: 'mysql2',
        connection: {
          host: url.hostname,
          port: Number(url.port),
          user: 'root',
          database: url.pathname.slice(1),
          ...connection,
        },
        pool: { min: 0, max: 4 },
      });
      onTestFinished(() => knex.destroy());
      await migrateUp(knex);
      return openStore(knex, chicagoReporting(), { writers: 2, instance: 'platform', ownsKnex: false });
    }

    test.each([
      ['as a platform comes', {}],
      ['with local times', { timezone: '+05:30' }],
      ['with big numbers as text', { supportBigNumbers: true, bigNumberStrings: true }],
    ])('commits, posts, reads and rebuilds alike: %s', async (_, connection) => {
      const store = await platformStore(connection);
      await commit(store, delivery(), delivery({ payment_id: 2, logged_s: SAMPLE_S + 1 }));
      expect((await commit(store, delivery())).outcomes).toEqual(['duplicate']);
      expect((await listPayments(store, {}, 10)).map((row) => row.logged_on)).toEqual([
        '2025-04-07 03:11:32',
        '2025-04-07 03:11:31',
      ]);
      await expectLedgerEqualsRawRows(store);
      expect(await postUntilEmpty(store)).toBe(2);
      await expectLedgerEqualsRawRows(store);
      await commit(store, delivery({ payment_id: 3, user_id: 'Rider-1', payment_type: 'Credit_card' }));
      expect(await postUntilEmpty(store)).toBe(1);
      await expectLedgerEqualsRawRows(store);
      await rebuildFromRawRows(store);
      await expectLedgerEqualsRawRows(store);
    });

    test('leaves its isolation level alone and its Knex open', async () => {
      const store = await platformStore();
      const isolation = async (): Promise<unknown> => {
        const [rows] = await store.knex.raw(
          "SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')",
        );
        return rows[0].Value;
      };
      const before = await isolation();
      expect(before).toBe('REPEATABLE-READ');
      await commit(store, delivery());
      await rebuildFromRawRows(store);
      await store.close();
      expect(await isolation()).toBe(before);
      const [rows] = await store.knex.raw('SELECT @@session.autocommit AS autocommit');
      expect(rows[0].autocommit).toBe(1);
    });
  });

  test('concurrent batches with the same payments in opposite orders all end, each payment recorded once', async () => {
    const url = await server.freshUrl();
    const [one, two] = [await migratedStore(url), openTestStore(url, 'two')];
    const ids = Array.from({ length: 50 }, (_, index) => index + 1);
    const forwards = batchOf(ids.map((payment_id) => delivery({ payment_id })));
    const backwards = batchOf([...forwards.deliveries].reverse());
    const results = await Promise.all([
      commitUntilTaken(one, forwards, 0),
      commitUntilTaken(one, backwards, 1),
      commitUntilTaken(two, forwards, 0),
      commitUntilTaken(two, backwards, 1),
    ]);
    const outcomes = results.flatMap((result) => result.outcomes);
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(50);
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(150);
    await expectLedgerEqualsRawRows(one);
  });
});

describe('an address of a MySQL database', () => {
  test.each([
    'mysql://root@127.0.0.1:3306',
    'mysql://root@127.0.0.1:3306/',
    'postgres://x/y',
    'mysql://h/d?ssl-mode=PREFERRED',
  ])('is refused with an example: %s', (url) => {
    expect(() => openKnex(url)).toThrow(/FARELOG_DATABASE_URL .*for instance sqlite:/);
  });
});
