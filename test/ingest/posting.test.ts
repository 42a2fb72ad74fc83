/** Posting on real databases: nothing lost and nothing twice, whoever posts, commits, fails or meddles meanwhile. */
import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Poster, postAll, postSome } from '../../src/ingest/posting.js';
import type { Store } from '../../src/store/dialect.js';
import { nextVersion } from '../../src/store/ledger.js';
import { migrateUp } from '../../src/store/migrate.js';
import {
  DATABASES,
  describeOn,
  describeOnServers,
  freshStore,
  openTestKnex,
  openTestStore,
  type TestServer,
} from '../support/databases.js';
import { batchOf, commit, commitUntilTaken, delivery, SAMPLE_S } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import {
  expectLedgerEqualsRawRows,
  journalled,
  postingOn,
  postUntilEmpty,
  versionsOf,
} from '../support/ledger.js';
import { deferred, failureOf, until } from '../support/promises.js';

const MONTH_S = 31 * 86_400;

async function blocksOf(knex: Knex): Promise<unknown[]> {
  return knex('farelog_ledger').select().orderBy(['section', 'period']);
}

for (const database of DATABASES) {
  describeOn(database, () => {
    test('takes the earliest month first, no more than it is told to, and none where there is none', async () => {
      const store = await freshStore(database);
      for (const id of [3, 1, 2, 4, 5]) {
        const later = id === 2 || id === 4 ? 0 : MONTH_S;
        await commit(store, delivery({ payment_id: id, order_id: id, logged_s: SAMPLE_S + later }));
      }
      const waiting = async (): Promise<number[]> =>
        (await store.knex('farelog_journal').select('id')).map((row) => Number(row.id)).sort();
      expect(await postSome(postingOn(store), 1)).toBe(1);
      expect(await waiting()).toEqual([1, 2, 4, 5]);
      expect(await postSome(postingOn(store), 2)).toBe(1);
      expect(await waiting()).toEqual([1, 2, 5]);
      expect(await postSome(postingOn(store), 2)).toBe(2);
      expect(await waiting()).toEqual([5]);
      await expectLedgerEqualsRawRows(store);
      expect(await postSome(postingOn(store))).toBe(1);
      expect(await postSome(postingOn(store))).toBe(0);
      await expectLedgerEqualsRawRows(store);
    });

    test('takes an entry whole, though it has more payments than it is told to take', async () => {
      const store = await freshStore(database);
      await commit(store, ...[1, 2, 3].map((id) => delivery({ payment_id: id })));
      await commit(store, delivery({ payment_id: 4 }));
      expect(await postSome(postingOn(store), 2)).toBe(3);
      expect(await journalled(store.knex)).toBe(1);
      await expectLedgerEqualsRawRows(store);
    });

    test('that another posting has overtaken is worked out anew, and nothing counts twice', async () => {
      const store = await freshStore(database);
      for (const id of [1, 2, 3]) await commit(store, delivery({ payment_id: id, user_id: `rider-${id}` }));
      let overtaken = 0;
      const slow = writingBy(store, async (work) => {
        if (overtaken++ === 0) expect(await postSome(postingOn(store), 1)).toBe(1);
        return store.write(work);
      });
      expect(await postSome(postingOn(slow))).toBe(2);
      expect(overtaken).toBe(2);
      expect(await journalled(store.knex)).toBe(0);
      await expectLedgerEqualsRawRows(store);
      // One that finds nothing left writes nothing.
      await commit(store, delivery({ payment_id: 4 }));
      overtaken = 0;
      expect(await postSome(postingOn(slow))).toBe(0);
      await expectLedgerEqualsRawRows(store);
    });

    test('goes on until the journal is empty, and tells how far it has come', async () => {
      const store = await freshStore(database);
      const deliveries = Array.from({ length: 9 }, (_, index) =>
        delivery({ payment_id: index + 1, logged_s: SAMPLE_S + (index % 3) * MONTH_S }),
      );
      await commit(store, ...deliveries);
      const progress: number[] = [];
      expect(await postAll(postingOn(store), (posted) => progress.push(posted))).toBe(9);
      expect(progress).toEqual([3, 6, 9]);
      expect(await journalled(store.knex)).toBe(0);
      await expectLedgerEqualsRawRows(store);
      expect(await postAll(postingOn(store))).toBe(0);
    });

    test('numbers names as they are written, from 0 and without gaps', async () => {
      const store = await freshStore(database);
      const names = [
        'coins',
        'Coins',
        'cöins',
        'coins ',
        ' coins',
        'constructor',
        '__proto__',
        'coins',
        '🚌',
      ];
      for (const [index, name] of names.entries()) {
        await commit(store, delivery({ payment_id: index + 1, payment_type: name, user_id: name }));
        if (index % 2 === 0) await postSome(postingOn(store));
      }
      await postUntilEmpty(store);
      const keys: { kind: string; no: number; name: string | Buffer }[] = await store
        .knex('farelog_ledger_keys')
        .select();
      for (const kind of ['type', 'rider']) {
        const ofKind = keys.filter((key) => key.kind === kind);
        expect(ofKind.map(({ no }) => no).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
        expect(new Set(ofKind.map(({ name }) => String(name)))).toEqual(new Set(names));
      }
      await expectLedgerEqualsRawRows(store);
    });

    test('raises the version of the blocks that it writes above all before, and leaves the others alone', async () => {
      const store = await freshStore(database);
      const seen = async () => ({
        versions: await versionsOf(store.knex),
        blocks: await blocksOf(store.knex),
      });
      await commit(
        store,
        delivery({ payment_id: 1 }),
        delivery({ payment_id: 2, logged_s: SAMPLE_S + MONTH_S }),
      );
      await postUntilEmpty(store);
      const before = await seen();
      expect(before.versions.size).toBe(2 * 7);
      await commit(store, delivery({ payment_id: 3, source: 'import' }));
      await postSome(postingOn(store));
      const after = await seen();
      const highest = Math.max(...before.versions.values());
      const raised = [...after.versions].filter(([, version]) => version > highest).map(([block]) => block);
      // An import has no lag.
      expect(raised.sort()).toEqual(
        ['prices 202504', 'prices 20250406', 'revenue 20250406', 'riders 202504', 'riders 20250406'].sort(),
      );
      for (const [block, version] of after.versions) {
        if (!raised.includes(block)) expect([block, version]).toEqual([block, before.versions.get(block)]);
      }
    });

    test('that fails half-way leaves blocks and journal as they were, and the next one takes them', async () => {
      const store = await freshStore(database);
      await commit(store, delivery({ payment_id: 1 }));
      await postUntilEmpty(store);
      await commit(store, delivery({ payment_id: 2, user_id: 'new', payment_type: 'new' }));
      // Riders come last: revenue, prices and lags have been written when this is met.
      const riders = { section: 'riders', period: 202504 };
      const { data } = await store.knex('farelog_ledger').where(riders).first();
      await store
        .knex('farelog_ledger')
        .where(riders)
        .update({ data: Buffer.from([9]) });
      const seen = async () => [
        await blocksOf(store.knex),
        await store.knex('farelog_journal').select(),
        await store.knex('farelog_ledger_keys').select().orderBy(['kind', 'no']),
        await store.knex('farelog_meta').select(),
      ];
      const before = await seen();
      expect(await failureOf(postSome(postingOn(store)))).toBeInstanceOf(RangeError);
      expect(await seen()).toEqual(before);
      await store.knex('farelog_ledger').where(riders).update({ data });
      await expectLedgerEqualsRawRows(store);
      expect(await postSome(postingOn(store))).toBe(1);
      await expectLedgerEqualsRawRows(store);
    });

    test('an app posts by itself what it has recorded, once that is enough', async () => {
      const app = await openTestApp({ databaseUrl: await database.freshUrl() });
      await recordAll(
        app,
        Array.from({ length: 1_000 }, (_, index) =>
          delivery({ payment_id: index + 1, user_id: `rider-${index % 9}` }),
        ),
      );
      await until(async () => ((await journalled(app.store.knex)) === 0 ? true : undefined));
      await expectLedgerEqualsRawRows(app.store);
    });
  });
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('two posters at once and commits of two instances meanwhile: nothing is lost and nothing counts twice', async () => {
      const url = await database.freshUrl();
      const [one, two] = [openTestStore(url, 'one'), openTestStore(url, 'two')];
      await migrateUp(one.knex);
      let committing = 4;
      let posted = 0;
      const post = async (store: Store): Promise<void> => {
        const some = await postSome(postingOn(store), 5);
        posted += some;
      };
      const commitSome = async (store: Store, writer: number, from: number): Promise<void> => {
        for (let at = 0; at < 25; at++) {
          // Three months, several riders, and every third batch also a payment that all the others record too.
          const ids = [from + at * 2, from + at * 2 + 1, ...(at % 3 === 0 ? [900_000 + at] : [])];
          const batch = batchOf(
            ids.map((id) =>
              delivery({
                payment_id: id,
                user_id: `rider-${id % 11}`,
                price_minor: (id % 97) + 1,
                logged_s: SAMPLE_S + (id % 3) * MONTH_S,
              }),
            ),
          );
          await commitUntilTaken(store, batch, writer % store.writers);
          // A file has one writer, which posters that never rest would keep for themselves.
          if (database.dialect === 'sqlite' && at % 5 === writer) await post(store);
        }
        committing--;
      };
      const keepPosting = async (store: Store): Promise<void> => {
        while (database.dialect === 'mysql' && committing > 0) await post(store);
      };
      await Promise.all([
        commitSome(one, 0, 1_000),
        commitSome(one, 1, 2_000),
        commitSome(two, 0, 3_000),
        commitSome(two, 1, 4_000),
        keepPosting(one),
        keepPosting(two),
        keepPosting(two),
      ]);
      await expectLedgerEqualsRawRows(one);
      expect(posted).toBeGreaterThan(0);
      const rest = await Promise.all([postUntilEmpty(one, 5), postUntilEmpty(two, 7)]);
      posted += rest.reduce((a, b) => a + b);
      expect(posted).toBe(200 + 9);
      await expectLedgerEqualsRawRows(two);
      expect(await journalled(one.knex)).toBe(0);
    });

    test('a long journal that another process left is posted when the database is opened; a short one waits', async () => {
      const url = await database.freshUrl();
      const first = await openTestApp({ databaseUrl: url });
      const leave = async (from: number, count: number): Promise<void> => {
        for (let at = from; at < from + count; at += 1_000) {
          const ids = Array.from({ length: Math.min(1_000, from + count - at) }, (_, index) => at + index);
          await commitUntilTaken(
            first.store,
            batchOf(
              ids.map((id) => delivery({ payment_id: id, user_id: `rider-${id % 50}`, source: 'import' })),
            ),
            0,
          );
        }
      };
      await leave(1, 20_000);
      const second = await openTestApp({ databaseUrl: url });
      expect(await journalled(second.store.knex)).toBe(20_000);
      await leave(30_000, 1);
      const third = await openTestApp({ databaseUrl: url });
      expect(await journalled(third.store.knex)).toBe(0);
      expect(await third.verify()).toMatchObject({ ok: true, payments: 20_001 });
    });
  });
}

/** Tells that a statement waits for a lock. */
function whenWaiting(server: TestServer, url: string, statement: string): Promise<true> {
  return until(async () => {
    const rows = await server.asRoot(
      `SELECT id FROM information_schema.processlist
        WHERE db = '${new URL(url).pathname.slice(1)}' AND info LIKE '${statement}%'`,
    );
    return rows.length > 0 ? true : undefined;
  });
}

describeOnServers((server) => {
  test.each([
    ['commits', [1, 2]],
    ['fails', [1]],
  ])(
    'of two posters that begin the first version at once, the second waits; the first %s',
    async (ending, expected) => {
      const url = await server.freshUrl();
      const [one, two] = [openTestStore(url, 'one'), openTestStore(url, 'two')];
      await migrateUp(one.knex);
      const [begun, waiting] = [deferred(), deferred()];
      const versions: number[] = [];
      const first = one.write(async (trx) => {
        const version = await nextVersion(trx);
        begun.resolve();
        await waiting.promise;
        if (ending === 'fails') throw new Error('changed its mind');
        versions.push(version);
      });
      await begun.promise;
      const second = two.write(async (trx) => nextVersion(trx)).then((version) => versions.push(version));
      await whenWaiting(server, url, 'update `farelog_meta`');
      waiting.resolve();
      await Promise.allSettled([first, second]);
      expect(versions).toEqual(expected);
      expect(await one.write((trx) => nextVersion(trx))).toBe(expected.length + 1);
    },
  );

  test('of many that begin the first version at once, each gets one of its own', async () => {
    for (let times = 0; times < 5; times++) {
      const url = await server.freshUrl();
      const stores = [openTestStore(url, 'one'), openTestStore(url, 'two')];
      await migrateUp(openTestKnex(url));
      const versions = await Promise.all(
        [0, 1, 0, 1].map((which) => stores[which]?.write((trx) => nextVersion(trx)) ?? Promise.resolve(0)),
      );
      expect(versions.sort()).toEqual([1, 2, 3, 4]);
    }
  });

  test('a commit does not wait for a posting that is under way', async () => {
    const url = await server.freshUrl();
    const store = openTestStore(url);
    await migrateUp(store.knex);
    await commit(store, delivery({ payment_id: 1 }), delivery({ payment_id: 5 }));
    const [posting, done] = [deferred(), deferred()];
    const held = writingBy(store, (work) =>
      store.write(async (trx) => {
        const result = await work(trx);
        posting.resolve();
        await done.promise;
        return result;
      }),
    );
    const posted = postSome(postingOn(held));
    await posting.promise;
    for (const id of [2, 3, 6, 7]) {
      expect((await commit(store, delivery({ payment_id: id }))).outcomes).toEqual(['recorded']);
    }
    await expectLedgerEqualsRawRows(store);
    done.resolve();
    expect(await posted).toBe(2);
    await expectLedgerEqualsRawRows(store);
  });
});

/** The store with another way to write. */
function writingBy(store: Store, write: Store['write']): Store {
  return {
    dialect: store.dialect,
    knex: store.knex,
    writers: store.writers,
    commit: (batch, writer) => store.commit(batch, writer),
    appendAudit: (events) => store.appendAudit(events),
    write,
    snapshot: (work) => store.snapshot(work),
    rebuild: (work) => store.rebuild(work),
    classify: (error) => store.classify(error),
    textOf: (column) => store.textOf(column),
    scrub: (erased) => store.scrub(erased),
    close: () => store.close(),
  };
}

describe('the poster', () => {
  const [, memory] = DATABASES;
  let store: Store;
  /** Of each posting that began: lets it go on, or fail. */
  let begun: { readonly go: (error?: Error) => void }[];
  let errors: unknown[];
  let poster: Poster;

  beforeEach(async () => {
    if (memory === undefined) throw new Error('no database');
    store = await freshStore(memory);
    begun = [];
    errors = [];
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function startPoster(pending = 0): Poster {
    const held = async (): Promise<number> => {
      const { promise, resolve } = deferred();
      let failure: Error | undefined;
      begun.push({
        go: (error) => {
          failure = error;
          resolve();
        },
      });
      await promise;
      if (failure !== undefined) throw failure;
      return postSome(postingOn(store));
    };
    poster = new Poster(held, (error) => errors.push(error), pending);
    return poster;
  }

  const record = async (from: number, count: number, logged_s = SAMPLE_S): Promise<void> => {
    const ids = Array.from({ length: count }, (_, index) => from + index);
    await store.commit(batchOf(ids.map((payment_id) => delivery({ payment_id, logged_s }))), 0);
    poster.recorded(count);
  };

  /** As many turns of the event loop as a transaction takes in memory, and more. */
  const settled = async (): Promise<void> => {
    for (let turns = 0; turns < 200; turns++) await new Promise((resolve) => setImmediate(resolve));
  };

  const postingsAfter = async (ms: number): Promise<number> => {
    vi.advanceTimersByTime(ms);
    await settled();
    return begun.length;
  };

  const end = async (error?: Error): Promise<void> => {
    begun.at(-1)?.go(error);
    await settled();
  };

  test('lets few payments wait for company, for ten seconds', async () => {
    startPoster();
    await record(1, 999);
    expect(await postingsAfter(9_999)).toBe(0);
    expect(await postingsAfter(1)).toBe(1);
    await end();
    expect(await journalled(store.knex)).toBe(0);
    expect(await postingsAfter(1_000_000)).toBe(1);
    await expectLedgerEqualsRawRows(store);
  });

  test('posts at once when there are enough, also where few were waiting', async () => {
    startPoster();
    await record(1, 1);
    expect(await postingsAfter(3_000)).toBe(0);
    await record(2, 998);
    expect(await postingsAfter(0)).toBe(0);
    await record(1_000, 1);
    expect(await postingsAfter(0)).toBe(1);
    await end();
    expect(await journalled(store.knex)).toBe(0);
    // The few that waited went with the others.
    expect(await postingsAfter(1_000_000)).toBe(1);
  });

  test('rests for nine times as long as it posted, however many come meanwhile', async () => {
    startPoster();
    await record(1, 1_000);
    expect(await postingsAfter(0)).toBe(1);
    vi.advanceTimersByTime(400);
    await record(2_000, 1_000);
    await end();
    await record(4_000, 1_000);
    expect(await postingsAfter(3_599)).toBe(1);
    expect(await postingsAfter(1)).toBe(2);
    await end();
    await expectLedgerEqualsRawRows(store);
  });

  test('rests only as long as it posted where the journal has grown long all the same', async () => {
    startPoster();
    await record(1, 1_000);
    expect(await postingsAfter(0)).toBe(1);
    vi.advanceTimersByTime(400);
    // More than it has posted, and more than readers should have to add.
    poster.recorded(20_001);
    await end();
    expect(await postingsAfter(399)).toBe(1);
    expect(await postingsAfter(1)).toBe(2);
    await end();
  });

  test('posts one at a time', async () => {
    startPoster();
    await record(1, 1_000);
    expect(await postingsAfter(0)).toBe(1);
    poster.recorded(5_000);
    poster.recorded(5_000);
    expect(await postingsAfter(100_000)).toBe(1);
    await end();
  });

  test('tells of an error, leaves everything as it is, and tries again after a while', async () => {
    startPoster();
    await record(1, 1_500);
    expect(await postingsAfter(0)).toBe(1);
    const failure = new Error('disk full');
    await end(failure);
    expect(errors).toEqual([failure]);
    expect(await journalled(store.knex)).toBe(1_500);
    expect(await postingsAfter(9_999)).toBe(1);
    expect(await postingsAfter(1)).toBe(2);
    await end();
    expect(errors).toHaveLength(1);
    expect(await journalled(store.knex)).toBe(0);
    await expectLedgerEqualsRawRows(store);
  });

  test('tries again after an error with few payments too', async () => {
    startPoster();
    await record(1, 2);
    expect(await postingsAfter(10_000)).toBe(1);
    await end(new Error('gone'));
    expect(await postingsAfter(10_000)).toBe(2);
    await end();
    expect(await journalled(store.knex)).toBe(0);
  });

  test('posts what an earlier process left, month after month', async () => {
    startPoster();
    await record(1, 3);
    await record(10, 3, SAMPLE_S + MONTH_S);
    await poster.close();
    startPoster(6);
    expect(await postingsAfter(10_000)).toBe(1);
    await end();
    expect(await journalled(store.knex)).toBe(3);
    expect(await postingsAfter(10_000)).toBe(2);
    await end();
    expect(await journalled(store.knex)).toBe(0);
    expect(await postingsAfter(1_000_000)).toBe(2);
  });

  test('stops where others have posted what it recorded, but not for what came meanwhile', async () => {
    startPoster();
    await record(1, 5);
    await postUntilEmpty(store);
    expect(await postingsAfter(10_000)).toBe(1);
    poster.recorded(2);
    await end();
    expect(await postingsAfter(10_000)).toBe(2);
    await end();
    expect(await postingsAfter(1_000_000)).toBe(2);
  });

  test('waits for the posting under way when it is closed, and begins no other', async () => {
    startPoster();
    await record(1, 1_000);
    expect(await postingsAfter(0)).toBe(1);
    poster.recorded(2_000);
    let closed = false;
    const closing = poster.close().then(() => {
      closed = true;
    });
    await settled();
    expect(closed).toBe(false);
    await end();
    await closing;
    expect(await journalled(store.knex)).toBe(0);
    poster.recorded(2_000);
    expect(await postingsAfter(1_000_000)).toBe(1);
  });

  test('is closed at once where it only waits', async () => {
    startPoster();
    await record(1, 10);
    await poster.close();
    expect(await postingsAfter(1_000_000)).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(await journalled(store.knex)).toBe(10);
  });

  test('does nothing where nothing was recorded', async () => {
    startPoster();
    poster.recorded(0);
    expect(await postingsAfter(1_000_000)).toBe(0);
  });
});
