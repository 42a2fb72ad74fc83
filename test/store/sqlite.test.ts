import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../src/store/dialect.js';
import { readMeta, saveMeta } from '../../src/store/meta.js';
import { migrateUp } from '../../src/store/migrate.js';
import { openKnex } from '../../src/store/open.js';
import { chicagoReporting, freshSqliteUrl, openTestStore } from '../support/databases.js';
import { batchOf, commit, delivery } from '../support/deliveries.js';
import { expectLedgerEqualsRawRows } from '../support/ledger.js';
import { failureOf } from '../support/promises.js';

/** Enough turns that a held-up event loop could not have made them. */
const TURNS = 500;

async function migratedStore(): Promise<{ store: Store; file: string }> {
  const url = freshSqliteUrl();
  const store = openTestStore(url);
  await migrateUp(store.knex);
  return { store, file: url.slice('sqlite:'.length) };
}

/** Another process with the file's write lock, until it is released. */
async function holdLock(file: string): Promise<{ release: () => Promise<void> }> {
  const script = fileURLToPath(new URL('../support/hold-sqlite-lock.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill();
  });
  const [said] = await once(child.stdout, 'data');
  expect(String(said)).toBe('locked\n');
  return {
    async release() {
      const exited = once(child, 'exit');
      child.stdin.end();
      expect(await exited).toEqual([0, null]);
    },
  };
}

async function turnsWhilePending(promise: Promise<unknown>): Promise<number> {
  let pending = true;
  const settled = (): void => {
    pending = false;
  };
  promise.then(settled, settled);
  let turns = 0;
  for (; turns < TURNS && pending; turns++) await turn();
  return turns;
}

test('a commit waits for another process that holds the write lock, and the event loop runs on meanwhile', async () => {
  const { store, file } = await migratedStore();
  await commit(store, delivery());
  const lock = await holdLock(file);
  const waiting = commit(store, delivery({ payment_id: 2 }));
  expect(await turnsWhilePending(waiting)).toBe(TURNS);
  await lock.release();
  expect((await waiting).outcomes).toEqual(['recorded']);
  await expectLedgerEqualsRawRows(store);
});

test('an administrative write waits for another process that holds the write lock', async () => {
  const { store, file } = await migratedStore();
  const lock = await holdLock(file);
  const waiting = saveMeta(store, { data: 'demo' });
  await turn();
  await lock.release();
  await waiting;
  expect(await readMeta(store.knex)).toMatchObject({ data: 'demo' });
});

test('reading goes on while another process holds the write lock', async () => {
  const { store, file } = await migratedStore();
  await saveMeta(store, { data: 'real' });
  const lock = await holdLock(file);
  expect(await readMeta(store.knex)).toMatchObject({ data: 'real' });
  await lock.release();
});

test('batches posted together are committed in the order in which they were posted', async () => {
  const { store } = await migratedStore();
  const prices = Array.from({ length: 20 }, (_, index) => index + 1);
  const results = await Promise.all(prices.map((price_minor) => commit(store, delivery({ price_minor }))));
  expect(results.map((result) => result.outcomes[0])).toEqual([
    'recorded',
    ...Array<string>(19).fill('conflict'),
  ]);
});

test('a writer thread that dies rejects what it had not answered as lost', async () => {
  const url = freshSqliteUrl();
  const unknown = { ...chicagoReporting(), currency: { code: 'no currency', digits: 2 } };
  const store = openTestStore(url, 'one', unknown);
  await migrateUp(store.knex);
  const failures = await Promise.all([
    failureOf(commit(store, delivery())),
    failureOf(commit(store, delivery())),
  ]);
  expect(failures.map((failure) => store.classify(failure))).toEqual(['lost', 'lost']);
  expect(store.classify(await failureOf(commit(store, delivery())))).toBe('lost');
});

test('every connection writes ahead and syncs fully', async () => {
  const { store } = await migratedStore();
  expect(await store.knex.raw('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
  expect(await store.knex.raw('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
});

test('a store can be closed twice', async () => {
  const { store } = await migratedStore();
  await store.commit(batchOf([delivery()]), 0);
  await store.close();
  await store.close();
});

test('what was answered before a close is in the file', async () => {
  const { store, file } = await migratedStore();
  const answered = commit(store, delivery());
  await Promise.all([answered, store.close()]);
  const db = new Database(file, { readonly: true });
  expect(db.prepare('SELECT COUNT(*) FROM farelog_captures').pluck().get()).toBe(1);
  db.close();
});

test('a file that is no database is unavailable and stays as it was', async () => {
  const url = freshSqliteUrl();
  const path = url.slice('sqlite:'.length);
  writeFileSync(path, 'these bytes are no database, and they are long enough to tell');
  const other = openTestStore(url);
  expect(other.classify(await failureOf(commit(other, delivery())))).toBe('unavailable');
  expect(readFileSync(path, 'utf8')).toContain('no database');
});

test.each([
  ['SQLITE_BUSY', 'retry'],
  ['SQLITE_BUSY_SNAPSHOT', 'retry'],
  ['SQLITE_LOCKED', 'retry'],
  ['SQLITE_IOERR_FSYNC', 'lost'],
  ['FARELOG_THREAD_ENDED', 'lost'],
  ['SQLITE_CONSTRAINT_CHECK', 'refused'],
  ['SQLITE_TOOBIG', 'refused'],
  ['SQLITE_FULL', 'unavailable'],
  ['SQLITE_READONLY', 'unavailable'],
  ['SQLITE_CORRUPT', 'unavailable'],
])('%s means %s', async (code, kind) => {
  const { store } = await migratedStore();
  expect(store.classify(new Database.SqliteError('message', code))).toBe(kind);
});

test('opening makes the folder that is missing', async () => {
  const url = `${freshSqliteUrl()}-folder/deeper/farelog.db`;
  const store = openTestStore(url);
  await migrateUp(store.knex);
  expect(existsSync(url.slice('sqlite:'.length))).toBe(true);
});

test('an address without a file is refused', () => {
  expect(() => openKnex('sqlite:')).toThrow(/names no file/);
});

describe('on an SQLite table that other programs write', () => {
  const logged = async (value: string | number | Date): Promise<unknown> => {
    const { store } = await migratedStore();
    await store.knex('hntb_bytemark_order_payments').insert({
      payment_id: 7,
      user_id: 'rider-7',
      order_id: 7,
      payment_type: 'card',
      total_price: 1.25,
      logged_on: value,
    });
    const row = await store.knex('hntb_bytemark_order_payments').first('logged_on');
    return row?.logged_on;
  };

  test.each([
    ['a Date, which Knex binds as milliseconds', new Date('2025-04-07T03:11:31.700Z')],
    ['ISO 8601 text', '2025-04-07T03:11:31.700Z'],
    ['ISO 8601 text with an offset', '2025-04-06T22:11:31-05:00'],
    ['the table’s own form', '2025-04-07 03:11:31'],
  ])('logged_on given as %s is kept in one form', async (_, value) => {
    expect(await logged(value)).toBe('2025-04-07 03:11:31');
  });

  test('logged_on that is no time is refused', async () => {
    await expect(logged('yesterday')).rejects.toThrow(/NOT NULL/);
  });
});
