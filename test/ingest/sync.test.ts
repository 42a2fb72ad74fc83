/** The sync against a real MariaDB as the portal. Each claim of docs/portal.md has its test here. */
import type { Knex } from 'knex';
import { describe, expect, test } from 'vitest';
import { openDoor } from '../../src/ingest/door.js';
import { readTestAccounts, readUsers } from '../../src/ingest/user-lists.js';
import type { Store } from '../../src/store/dialect.js';
import { readMeta } from '../../src/store/meta.js';
import { migrateUp } from '../../src/store/migrate.js';
import {
  DATABASES,
  describeOn,
  describeOnMariadb,
  freshStore,
  openTestStore,
  USD,
} from '../support/databases.js';
import { effectsOn, inputFile, NOW_MS } from '../support/importing.js';
import { failureOf } from '../support/promises.js';
import { makePortal, minute, openPortal, syncInto } from '../support/syncing.js';
import { zoneOf } from '../support/zones.js';

/** What is the same on every database is tested on one. */
const onSqlite = async (): Promise<Store> => {
  const store = openTestStore('sqlite::memory:');
  await migrateUp(store.knex);
  return store;
};

const PAYMENTS = 'hntb_bytemark_order_payments';
const DAY_S = 86_400;

const ids = async (knex: Knex): Promise<number[]> =>
  (await knex(PAYMENTS).select('payment_id').orderBy('payment_id')).map((row) => Number(row.payment_id));

const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const problemsKept = async (knex: Knex): Promise<string[]> =>
  (await knex('farelog_quarantine').select('problems').orderBy('id')).flatMap(({ problems }) =>
    JSON.parse(problems).map(({ field, code }: { field: string; code: string }) => `${field} ${code}`),
  );

describeOnMariadb(() => {
  for (const database of DATABASES) {
    describeOn(database, () => {
      test('every row is one payment under its own id, once, whatever is synced again', async () => {
        const store = await freshStore(database);
        const portal = await makePortal();
        await portal.fill(1, 2_500);
        const first = await syncInto(store, portal);
        expect(first).toMatchObject({
          read: 2_500,
          fetched: 2_500,
          recorded: 2_500,
          duplicates: 0,
          conflicts: 0,
          invalid: 0,
          watermark: 2_500,
          overlapFrom: null,
          warnings: [],
          needsAttention: false,
        });
        expect(await syncInto(store, portal, { full: true })).toMatchObject({
          recorded: 0,
          duplicates: 2_500,
        });
        expect(await ids(store.knex)).toEqual(upTo(2_500));
        const captures = await store
          .knex('farelog_captures')
          .distinct('source', 'raw_method')
          .orderBy('raw_method');
        expect(captures).toEqual([
          { source: 'sync', raw_method: 'coins' },
          { source: 'sync', raw_method: 'credit_card' },
        ]);
        const one = await store.knex(PAYMENTS).where({ payment_id: 7 }).first();
        expect(one).toMatchObject({ user_id: 'stored:3', order_id: 1_007, total_price: 2.5 });
      });
    });
  }

  describe('what a portal’s columns may be', () => {
    test('prices are what the unit says, in DOUBLE, DECIMAL and INT', async () => {
      const cases = [
        ['DOUBLE', 'major', 2.55, 2.55],
        ['DECIMAL(10,4)', 'major', '2.5500', 2.55],
        ['DECIMAL(10,2)', 'minor', '255.00', 2.55],
        ['DECIMAL(10,2)', 'major', '200.00', 200],
        ['INT', 'minor', 255, 2.55],
        ['VARCHAR(16)', 'major', '2.5', 2.5],
      ] as const;
      for (const [type, unit, held, meant] of cases) {
        const store = await onSqlite();
        const portal = await makePortal({ total_price: type });
        await portal.fill(1, 2, { total_price: held });
        await syncInto(store, portal, { unit });
        const rows = await store.knex(PAYMENTS).select('total_price');
        expect([type, ...rows.map((row) => row.total_price)]).toEqual([type, meant, meant]);
      }
    });

    test('prices with more digits than the currency has are refused, not rounded', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.fill(1, 1, { total_price: 2.555 });
      expect(await syncInto(store, portal)).toMatchObject({ invalid: 1, needsAttention: true });
      expect(await problemsKept(store.knex)).toEqual(['total_price too_many_digits']);
    });

    test('times are UTC, or of the zone that is said; what a zone leaves open is refused, row by row', async () => {
      const portal = await makePortal();
      const local = async (id: number, created_on: string) => portal.fill(id, id, { created_on });
      await local(1, '2025-07-01 12:00:00');
      await local(2, '2025-11-02 01:30:00');
      await local(3, '2025-03-09 02:30:00');
      const inUtc = await onSqlite();
      expect(await syncInto(inUtc, portal)).toMatchObject({ recorded: 3, invalid: 0 });
      const inChicago = await onSqlite();
      const report = await syncInto(inChicago, portal, { zone: zoneOf('America/Chicago') });
      expect(report).toMatchObject({ recorded: 1, invalid: 2 });
      const logged = async (store: Store) =>
        (await store.knex(PAYMENTS).where({ payment_id: 1 }).first())?.logged_on;
      expect([await logged(inUtc), await logged(inChicago)]).toEqual([
        '2025-07-01 12:00:00',
        '2025-07-01 17:00:00',
      ]);
      expect(await problemsKept(inChicago.knex)).toEqual([
        'logged_on ambiguous_local_time',
        'logged_on no_such_local_time',
      ]);
    });

    test('a TIMESTAMP is an instant, whatever zone is said', async () => {
      const store = await onSqlite();
      const portal = await makePortal({ created_on: 'TIMESTAMP' });
      await portal.fill(1, 1, { created_on: '2025-11-02 06:30:00' });
      await syncInto(store, portal, { zone: zoneOf('America/Chicago') });
      expect(await store.knex(PAYMENTS).first()).toMatchObject({ logged_on: '2025-11-02 06:30:00' });
    });

    test('user ids keep every digit', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.fill(1, 1, { user_id: '9007199254740993' });
      await syncInto(store, portal);
      expect(await store.knex(PAYMENTS).first()).toMatchObject({ user_id: 'stored:9007199254740993' });
    });
  });

  describe('zero fares', () => {
    const filled = async () => {
      const portal = await makePortal();
      await portal.fill(1, 6, { payment_type: 'coins', total_price: 0 });
      await portal.fill(7, 8, { payment_type: 'Tokens', total_price: 0 });
      await portal.fill(9, 9, { payment_type: 'credit_card', total_price: 0 });
      await portal.fill(10, 12);
      return portal;
    };

    test('rows of coins and tokens at no price are left out and counted; a card’s is a problem', async () => {
      const store = await onSqlite();
      const report = await syncInto(store, await filled());
      expect(report).toMatchObject({ recorded: 3, invalid: 1, zeroFares: { coins: 6, tokens: 2 } });
      expect(report.warnings).toEqual([expect.stringContaining('FARELOG_ZERO_FARES=accept')]);
      expect(await problemsKept(store.knex)).toEqual(['total_price zero']);
    });

    test('where zero fares are accepted all are recorded, also those left out before, by a full sync', async () => {
      const store = await onSqlite();
      const portal = await filled();
      await syncInto(store, portal);
      const rules = { ...effectsOn(store).rules, acceptZeroFares: true };
      const report = await syncInto(store, portal, { full: true }, { rules });
      expect(report).toMatchObject({ recorded: 9, duplicates: 3, invalid: 0, zeroFares: {} });
      const types = await store.knex(PAYMENTS).distinct('payment_type').orderBy('payment_type');
      expect(types.map((row) => row.payment_type)).toEqual(['coins', 'credit_card', 'tokens']);
    });
  });

  describe('late and edited rows', () => {
    /** The sync of 24 November has read rows 1 to 3,000 but for 2,900 and 5, which were not there. */
    const synced = async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.fill(1, 3_000, { created_on: minute(5_000) });
      await portal.knex('bytemark_order_payments').whereIn('id', [5, 2_900]).delete();
      await portal
        .knex('bytemark_order_payments')
        .where('id', '<', 2_000)
        .update({ created_on: minute(0) });
      await syncInto(store, portal);
      return { store, portal };
    };

    test('a row that appears with an id that was passed is recorded by the next sync', async () => {
      const { store, portal } = await synced();
      await portal.fill(2_900, 2_900, { created_on: minute(5_000) });
      await portal.fill(3_001, 3_010);
      const report = await syncInto(store, portal);
      expect(report).toMatchObject({ recorded: 11, late: 1, conflicts: 0, watermark: 3_010 });
      expect(report.overlapFrom).toBe('2025-11-23T00:00:00Z');
      // The overlap and what is new, not the whole table.
      expect(report.read).toBe(1_001 + 10);
      expect(await ids(store.knex)).toContain(2_900);
    });

    test('one that is older than the overlap is found by a full sync alone', async () => {
      const { store, portal } = await synced();
      await portal.fill(5, 5, { created_on: minute(0) });
      expect(await syncInto(store, portal)).toMatchObject({ recorded: 0, late: 0 });
      expect(await syncInto(store, portal, { full: true })).toMatchObject({ recorded: 1, late: 1 });
    });

    test('a longer overlap finds it too', async () => {
      const { store, portal } = await synced();
      await portal.fill(5, 5, { created_on: minute(0) });
      expect(await syncInto(store, portal, { overlapS: 5 * DAY_S })).toMatchObject({ recorded: 1, late: 1 });
    });

    const EDITS = [
      ['user_id', { user_id: 77 }],
      ['order_id', { order_id: 77 }],
      ['payment_type', { payment_type: 'debit_card' }],
      ['total_price', { total_price: 2.75 }],
      ['logged_on', { created_on: minute(5_001) }],
    ] as const;
    for (const [field, change] of EDITS) {
      test(`an edited ${field} is a conflict that names it, once; what was recorded stands`, async () => {
        const { store, portal } = await synced();
        const before = await store.knex(PAYMENTS).where({ payment_id: 2_950 }).first();
        await portal.knex('bytemark_order_payments').where({ id: 2_950 }).update(change);
        for (const _ of [1, 2]) {
          const report = await syncInto(store, portal);
          expect(report).toMatchObject({ conflicts: 1, recorded: 0, needsAttention: true });
          expect(report.firstProblems).toEqual([
            { payment_id: '2950', problems: [expect.objectContaining({ field, code: 'differs' })] },
          ]);
        }
        expect(await problemsKept(store.knex)).toEqual([`${field} differs`]);
        expect(await store.knex(PAYMENTS).where({ payment_id: 2_950 }).first()).toEqual(before);
      });
    }

    test('an edit of what is no part of a payment is none', async () => {
      const { store, portal } = await synced();
      await portal.knex('bytemark_order_payments').update({ f_token_id: 9, payment_id: 9 });
      expect(await syncInto(store, portal, { full: true })).toMatchObject({ conflicts: 0 });
    });

    test('in a zone the hour that comes twice is read whole', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      const zone = zoneOf('America/Chicago');
      // 01:30 comes for the first time at 06:30 UTC; 01:10 of the second time, at 07:10, is the later one.
      const clock = () => Date.UTC(2025, 10, 2, 6, 30);
      await portal.fill(1, 3, { created_on: '2025-11-02 00:20:00' });
      await portal.knex('bytemark_order_payments').where({ id: 2 }).delete();
      await syncInto(store, portal, { zone, overlapS: 0 }, { clock });
      await portal.fill(2, 2, { created_on: '2025-11-02 01:10:00' });
      const report = await syncInto(store, portal, { zone, overlapS: 0 }, { clock });
      expect(report).toMatchObject({ read: 1, invalid: 1 });
    });
  });

  describe('whose payments', () => {
    test('those of the users in a table of the portal', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.fill(1, 100);
      await portal.knex('users').where('id', '>', 2).delete();
      const report = await syncInto(store, portal, { table: { table: 'users', column: 'id' } });
      expect(report).toMatchObject({ read: 100, fetched: 40, recorded: 40, otherUsers: 60, watermark: 100 });
      const riders = await store.knex(PAYMENTS).distinct('user_id').orderBy('user_id');
      expect(riders.map((row) => row.user_id)).toEqual(['stored:1', 'stored:2']);
    });

    test('compared as text: a word is not the user 0, and nobody is taken for another', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.knex.raw('ALTER TABLE bytemark_order_payments MODIFY user_id VARCHAR(64)');
      await portal.knex('users').insert({ id: 0 });
      await portal.fill(1, 1, { user_id: 'somebody' });
      await portal.fill(2, 2, { user_id: '3abc' });
      await portal.fill(3, 3, { user_id: '3' });
      const report = await syncInto(store, portal, { table: { table: 'users', column: 'id' } });
      expect([report.otherUsers, await ids(store.knex)]).toEqual([2, [3]]);
    });

    test('names of tables and columns are looked up, never pasted', async () => {
      const portal = await makePortal();
      const looking = (table: string, column: string) => failureOf(openPortal(portal.url, { table, column }));
      expect(await looking('nobody', 'id')).toMatchObject({
        code: 'usage',
        message: expect.stringContaining('no table nobody'),
      });
      expect(await looking('users', 'name')).toMatchObject({
        code: 'usage',
        message: expect.stringContaining('id, e-mail'),
      });
      const evil = 'users`; DROP TABLE users; --';
      expect(await looking(evil, 'id')).toMatchObject({ code: 'usage' });
      expect(await looking('users', 'id` OR 1=1 -- ')).toMatchObject({ code: 'usage' });
      expect(await portal.knex('users').count({ n: '*' })).toEqual([{ n: 5 }]);
      await portal.fill(1, 1, { user_id: 3 });
      await portal.knex('users').where({ id: 3 }).update({ 'e-mail': '3' });
      const odd = { table: { table: 'users', column: 'e-mail' } };
      expect(await syncInto(await onSqlite(), portal, odd)).toMatchObject({ recorded: 1 });
    });

    test('those of a file', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.fill(1, 100);
      const users = readUsers(inputFile('users.csv', 'name;user_id\nAnn;1\nBen;4\n'));
      expect(await syncInto(store, portal, { users })).toMatchObject({ recorded: 40, otherUsers: 60 });
    });

    test('a test account is left out while it is one: from inclusive, to exclusive', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.fill(1, 10, { user_id: 1 });
      await portal.fill(11, 20, { user_id: 2 });
      await portal.fill(21, 30, { user_id: 3 });
      const at = (minutes: number) => minute(minutes).replace(' ', 'T');
      const lines = [`1,${at(3)},${at(6)}Z`, `1,${at(9)}Z,`, `2,,${at(12)}Z`, '4,,', ''];
      const file = inputFile('tests.csv', ['user_id,from,to', ...lines].join('\n'));
      const testAccounts = readTestAccounts(file, zoneOf('UTC'));
      const report = await syncInto(store, portal, { testAccounts });
      expect(report).toMatchObject({ read: 30, fetched: 24, testAccounts: 6, otherUsers: 0 });
      expect(await ids(store.knex)).toEqual([...upTo(2), ...upTo(8, 6), ...upTo(30, 12)]);
    });

    test('a list with a row that cannot be read is refused, by its line', () => {
      const refused = (text: string) => {
        const file = inputFile('tests.csv', text);
        return failureOf((async () => readTestAccounts(file, zoneOf('America/Chicago')))());
      };
      return Promise.all(
        [
          ['user_id,from\n1,2025-01-01\n', 'header user_id,from,to'],
          ['user_id,from,to\n1,,\n2,yesterday,\n', 'row 3: from must be an instant'],
          ['user_id,from,to\n1,2025-11-02T01:30:00,\n', 'row 2: from happens twice'],
          ['user_id,from,to\n1,2025-02-01,2025-02-01\n', 'row 2: from must lie before to'],
          ['user_id,from,to\n,2025-02-01,\n', 'row 2'],
          ['user_id,from,to\n1,2025-02-01\n', 'row 2'],
          ['user_id,from,to\n"1,2025-02-01,\n', 'row 2'],
        ].map(async ([text = '', why]) =>
          expect(await refused(text)).toMatchObject({
            code: 'usage',
            message: expect.stringContaining(why ?? ''),
          }),
        ),
      );
    });

    test('a date in a list begins at midnight of the zone', () => {
      const file = inputFile('tests.csv', 'user_id,from,to\n1,2025-07-01,2025-07-02\n');
      const from = Date.UTC(2025, 6, 1, 5) / 1000;
      const accounts = readTestAccounts(file, zoneOf('America/Chicago'));
      expect(accounts.get('1')).toEqual([{ from, to: from + DAY_S }]);
    });

    test('other lists than last time are told, until a full sync has looked at every row again', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.fill(1, 100);
      await syncInto(store, portal, { users: new Set(['1']), usersKey: 'one' });
      const other = { users: new Set(['1', '2']), usersKey: 'two', overlapS: 0 };
      const told = [expect.stringContaining('--full')];
      expect((await syncInto(store, portal, other)).warnings).toEqual(told);
      expect((await syncInto(store, portal, other)).warnings).toEqual(told);
      expect(await syncInto(store, portal, { ...other, full: true })).toMatchObject({
        recorded: 20,
        warnings: [],
      });
      expect((await syncInto(store, portal, other)).warnings).toEqual([]);
    });
  });

  describe('the watermark', () => {
    test('is not believed further than what is durable, wherever a commit fails', async () => {
      for (const failing of [1, 2, 3]) {
        const store = await onSqlite();
        const portal = await makePortal();
        await portal.fill(1, 2_500);
        const commit = openDoor({ store, currency: USD, maxTries: 5 });
        let commits = 0;
        const error = await failureOf(
          syncInto(
            store,
            portal,
            {},
            {
              commit: async (entries, writer) => {
                if (++commits === failing) throw new Error('the disk is full');
                return commit(entries, writer);
              },
            },
          ),
        );
        expect(error).toMatchObject({ message: 'the disk is full' });
        expect(await ids(store.knex)).toEqual(upTo((failing - 1) * 1_000));
        const rest = await syncInto(store, portal, { overlapS: 0 });
        expect(rest).toMatchObject({ recorded: 2_500 - (failing - 1) * 1_000, late: 0 });
        expect(rest.read).toBe(2_500 - (failing - 1) * 1_000);
        expect(await ids(store.knex)).toEqual(upTo(2_500));
      }
    });

    test('that was not saved after a commit costs duplicates, and loses nothing', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.fill(1, 2_500);
      const { write } = store;
      let writes = 0;
      store.write = <T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> => {
        // The first write is the beginning's; the third the second page's.
        if (++writes === 3) throw new Error('killed');
        return (write<T>).call(store, work);
      };
      expect(await failureOf(syncInto(store, portal))).toMatchObject({ message: 'killed' });
      store.write = write;
      expect(await ids(store.knex)).toHaveLength(2_000);
      const rest = await syncInto(store, portal, { overlapS: 0 });
      expect(rest).toMatchObject({ recorded: 500, duplicates: 1_000, watermark: 2_500 });
    });

    test('a sync that is cut off does not forget the overlap of the one before', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.fill(1, 10);
      await syncInto(store, portal);
      const later = { clock: () => NOW_MS + 5 * DAY_S * 1000 };
      await portal.fill(11, 3_000);
      const aborting = new AbortController();
      const onProgress = ({ id }: { id: number }) => id > 10 && aborting.abort(new Error('cut off'));
      await failureOf(syncInto(store, portal, {}, { ...later, signal: aborting.signal, onProgress }));
      expect((await readMeta(store.knex)).synced_at).toBe(String(NOW_MS / 1000));
      expect(await syncInto(store, portal, {}, later)).toMatchObject({
        overlapFrom: new Date(NOW_MS - DAY_S * 1000).toISOString().replace('.000', ''),
        watermark: 3_000,
      });
      expect((await readMeta(store.knex)).synced_at).toBe(String(NOW_MS / 1000 + 5 * DAY_S));
    });

    test('is of one portal: another begins anew, and says so', async () => {
      const store = await onSqlite();
      const [one, two] = [await makePortal(), await makePortal()];
      await one.fill(1, 10);
      await two.fill(5, 20);
      await syncInto(store, one);
      const report = await syncInto(store, two);
      expect(report).toMatchObject({ recorded: 10, duplicates: 6, watermark: 20 });
      expect(report.warnings).toEqual([expect.stringContaining('begins anew')]);
    });

    test('a dry run compares all and writes nothing', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.fill(1, 10);
      await syncInto(store, portal);
      await portal.fill(11, 20);
      await portal.fill(21, 21, { order_id: 0 });
      await portal.knex('bytemark_order_payments').where({ id: 3 }).update({ total_price: 3 });
      const before = await readMeta(store.knex);
      const report = await syncInto(store, portal, { dryRun: true, full: true });
      expect(report).toMatchObject({ recorded: 10, duplicates: 9, conflicts: 1, invalid: 1, watermark: 10 });
      expect(await readMeta(store.knex)).toEqual(before);
      expect([await ids(store.knex), await problemsKept(store.knex)]).toEqual([upTo(10), []]);
    });
  });

  describe('a sync that brings suspiciously little', () => {
    test('an empty table is told, and a failure', async () => {
      const report = await syncInto(await onSqlite(), await makePortal());
      expect(report).toMatchObject({ needsAttention: true, warnings: [expect.stringContaining('empty')] });
    });

    test('so is a portal that has lost rows that were read', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.fill(1, 10);
      await syncInto(store, portal);
      await portal.knex('bytemark_order_payments').where('id', '>', 4).delete();
      const report = await syncInto(store, portal);
      expect(report).toMatchObject({ needsAttention: true, watermark: 10 });
      expect(report.warnings).toEqual([expect.stringContaining('newest row is 4')]);
    });

    test('so is a first sync of nobody', async () => {
      const portal = await makePortal();
      await portal.fill(1, 10);
      const report = await syncInto(await onSqlite(), portal, { users: new Set(['99']) });
      expect(report).toMatchObject({ needsAttention: true, warnings: [expect.stringContaining('--users')] });
    });

    test('but not one that finds nothing new', async () => {
      const store = await onSqlite();
      const portal = await makePortal();
      await portal.fill(1, 10);
      await syncInto(store, portal);
      expect(await syncInto(store, portal)).toMatchObject({
        recorded: 0,
        needsAttention: false,
        warnings: [],
      });
    });
  });

  test('a unit that does not fit what is known is warned of', async () => {
    const portal = await makePortal();
    await portal.fill(1, 20, { total_price: 250 });
    const history = new Map([['credit_card', 250]]);
    const report = await syncInto(await onSqlite(), portal, { unit: 'major' }, { history });
    expect(report.warnings).toEqual([expect.stringContaining('Is the unit (major or minor) the right one?')]);
  });

  test('where no row is a payment the flags are wrong, and nothing is recorded or quarantined', async () => {
    const store = await onSqlite();
    const portal = await makePortal();
    await portal.fill(1, 20, { total_price: 2.55 });
    const error = await failureOf(syncInto(store, portal, { unit: 'minor' }));
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining('--unit') });
    expect([await ids(store.knex), await problemsKept(store.knex)]).toEqual([[], []]);
  });

  describe('the portal', () => {
    test('cannot be written to through a sync’s session, whatever its user may do', async () => {
      const database = await makePortal();
      const portal = await openPortal(database.url);
      const refused = { errno: 1792 };
      expect(await failureOf(portal.knex.raw('DELETE FROM users'))).toMatchObject(refused);
      const within = portal.knex.transaction((trx) => trx('users').delete(), {
        isolationLevel: 'repeatable read',
      });
      expect(await failureOf(within)).toMatchObject(refused);
    });

    test('is read from one moment: users and rows of a page belong together', async () => {
      const database = await makePortal();
      await database.fill(1, 1, { user_id: 1 });
      const portal = await openPortal(database.url, { table: 'users', column: 'id' });
      let deleted = false;
      // Between the page's two statements somebody deletes the user.
      portal.knex.client.config.postProcessResponse = async (answer: unknown) => {
        if (!deleted && JSON.stringify(answer).includes('row_id')) {
          await database.knex('users').delete();
          deleted = true;
        }
        return answer;
      };
      const page = await portal.page({ after: 0, upTo: 10, since: null }, 10);
      expect([deleted, page.rows.length, [...(page.users ?? [])]]).toEqual([true, 1, ['1']]);
    });

    test('is told apart by what is missing: the table, a column, the key’s type, the server', async () => {
      const database = await makePortal();
      const looking = () => failureOf(openPortal(database.url));
      await database.knex.raw(
        'ALTER TABLE bytemark_order_payments DROP COLUMN created_on, DROP COLUMN order_id',
      );
      expect(await looking()).toMatchObject({
        message: expect.stringContaining('no column order_id, created_on'),
      });
      const other = await makePortal();
      await other.knex.raw('ALTER TABLE bytemark_order_payments MODIFY id VARCHAR(36)');
      expect(await failureOf(openPortal(other.url))).toMatchObject({
        message: expect.stringContaining('varchar'),
      });
      await database.knex.raw('DROP TABLE bytemark_order_payments');
      expect(await looking()).toMatchObject({ code: 'usage', message: expect.stringContaining('no table') });
      const down = await failureOf(openPortal('mysql://someone:hidden@127.0.0.1:1/portal'));
      expect(down).toMatchObject({ code: 'unavailable', message: expect.stringContaining('ECONNREFUSED') });
      expect(String(down)).not.toContain('hidden');
      expect(await failureOf(openPortal('sqlite:portal.db'))).toMatchObject({
        code: 'settings',
        message: expect.stringContaining('--from must begin with mysql://'),
      });
    });
  });
});
