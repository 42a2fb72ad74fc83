/** `verify` finds every kind of damage and names it, and nothing else; `rebuild` mends it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { App } from '../../src/app.js';
import type { Drift } from '../../src/index.js';
import { farelogMigrations } from '../../src/index.js';
import { readMeta } from '../../src/store/meta.js';
import { DATABASES, describeOn, openTestKnex, type TestDatabase } from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { expectRollupsEqualRawRows } from '../support/rollups.js';

function secondOf(instant: string): number {
  return Date.parse(instant) / 1000;
}

/** Received within one hour, by two sources. */
const RECEIVED_MS = Date.parse('2025-04-07T06:10:00Z');

/** Two months of Chicago, whose border lies within a day of UTC; two riders, two types, two hours. */
const DELIVERIES = [
  delivery({
    payment_id: 1,
    user_id: 'ann',
    logged_s: secondOf('2025-04-01T04:59:59Z'),
    received_ms: RECEIVED_MS,
  }),
  delivery({
    payment_id: 2,
    user_id: 'ann',
    logged_s: secondOf('2025-04-01T05:00:00Z'),
    received_ms: RECEIVED_MS,
  }),
  delivery({
    payment_id: 3,
    user_id: 'ann',
    price_minor: 100,
    logged_s: secondOf('2025-04-07T03:11:31Z'),
    received_ms: RECEIVED_MS,
    source: 'api',
  }),
  delivery({
    payment_id: 4,
    user_id: 'bob',
    price_minor: 400,
    logged_s: secondOf('2025-04-07T03:59:59Z'),
    received_ms: RECEIVED_MS,
    source: 'api',
  }),
  delivery({
    payment_id: 5,
    user_id: 'bob',
    payment_type: 'coins',
    logged_s: secondOf('2025-04-07T03:30:00Z'),
    received_ms: RECEIVED_MS,
    source: 'api',
  }),
];
const REVENUE_MINOR = 250 + 250 + 100 + 400 + 250;

async function recordedApp(database: TestDatabase, databaseUrl?: string): Promise<App> {
  const app = await openTestApp({ databaseUrl: databaseUrl ?? (await database.freshUrl()) });
  await recordAll(app, DELIVERIES);
  return app;
}

interface Damage {
  readonly name: string;
  readonly sql: string;
  /** Each drift: rollup, key, what payments say and what the rollup says, as far as it is to be told. */
  readonly drifts: readonly {
    readonly rollup: Drift['rollup'];
    readonly key: string;
    readonly expected: object | null;
    readonly found: object | null;
  }[];
}

const HOUR_S = secondOf('2025-04-07T03:00:00Z');
const CARD = '2025-04-07T03:00:00Z credit_card';
const COINS = '2025-04-07T03:00:00Z coins';
const ofCard = `starts_s = ${HOUR_S} AND payment_type = 'credit_card'`;
const ofBob = "user_id = 'bob' AND month = 202504";
const ofApi = "source = 'api' AND outcome = 'recorded'";
const CAPTURE_HOUR = secondOf('2025-04-07T06:00:00Z');

const insertPayment = (id: number, loggedOn: string, price: string): string =>
  `INSERT INTO hntb_bytemark_order_payments (payment_id, user_id, order_id, payment_type, total_price, logged_on)
   VALUES (${id}, 'bob', 1, 'credit_card', ${price}, '${loggedOn}')`;

const DAMAGES: readonly Damage[] = [
  {
    name: 'a count of revenue',
    sql: `UPDATE farelog_revenue_hourly SET payments = payments + 1 WHERE ${ofCard}`,
    drifts: [{ rollup: 'revenue', key: CARD, expected: { payments: 2 }, found: { payments: 3 } }],
  },
  {
    name: 'a sum of revenue, by a cent',
    sql: `UPDATE farelog_revenue_hourly SET revenue_minor = revenue_minor - 1 WHERE ${ofCard}`,
    drifts: [
      { rollup: 'revenue', key: CARD, expected: { revenue_minor: '500' }, found: { revenue_minor: '499' } },
    ],
  },
  {
    name: 'a least price of revenue',
    sql: `UPDATE farelog_revenue_hourly SET min_minor = 99 WHERE ${ofCard}`,
    drifts: [{ rollup: 'revenue', key: CARD, expected: { min_minor: 100 }, found: { min_minor: 99 } }],
  },
  {
    name: 'a highest price of revenue',
    sql: `UPDATE farelog_revenue_hourly SET max_minor = 401 WHERE ${ofCard}`,
    drifts: [{ rollup: 'revenue', key: CARD, expected: { max_minor: 400 }, found: { max_minor: 401 } }],
  },
  {
    name: 'a missing row of revenue',
    sql: `DELETE FROM farelog_revenue_hourly WHERE ${ofCard}`,
    drifts: [{ rollup: 'revenue', key: CARD, expected: { payments: 2 }, found: null }],
  },
  {
    name: 'a row of revenue too many, in a month without payments',
    sql: `INSERT INTO farelog_revenue_hourly VALUES (${secondOf('2024-01-01T12:00:00Z')}, 'coins', 0, 1, 5, 5, 5)`,
    drifts: [
      {
        rollup: 'revenue',
        key: '2024-01-01T12:00:00Z coins',
        expected: null,
        found: { payments: 1, revenue_minor: '5' },
      },
    ],
  },
  {
    name: 'another shard of a row',
    sql: `INSERT INTO farelog_revenue_hourly VALUES (${HOUR_S}, 'coins', 15, 1, 250, 250, 250)`,
    drifts: [{ rollup: 'revenue', key: COINS, expected: { payments: 1 }, found: { payments: 2 } }],
  },
  ...(['payments', 'spent_minor', 'min_minor', 'max_minor', 'first_s', 'last_s'] as const).map((column) => ({
    name: `${column} of a rider`,
    sql: `UPDATE farelog_rider_monthly SET ${column} = ${column} + 1 WHERE ${ofBob}`,
    drifts: [{ rollup: 'rider', key: 'bob 202504', expected: {}, found: {} }] as const,
  })),
  {
    name: 'a missing row of a rider',
    sql: `DELETE FROM farelog_rider_monthly WHERE ${ofBob}`,
    drifts: [{ rollup: 'rider', key: 'bob 202504', expected: { payments: 2 }, found: null }],
  },
  {
    name: 'a row of a rider too many, in a month without payments',
    sql: "INSERT INTO farelog_rider_monthly VALUES ('eve', 203001, 1, 5, 5, 5, 1, 1)",
    drifts: [{ rollup: 'rider', key: 'eve 203001', expected: null, found: { payments: 1 } }],
  },
  {
    name: "a rider's payments in the month after theirs",
    sql: "UPDATE farelog_rider_monthly SET month = 202505 WHERE user_id = 'bob'",
    drifts: [
      { rollup: 'rider', key: 'bob 202504', expected: { payments: 2 }, found: null },
      { rollup: 'rider', key: 'bob 202505', expected: null, found: { payments: 2 } },
    ],
  },
  {
    name: 'a count of deliveries',
    sql: `UPDATE farelog_capture_hourly SET deliveries = deliveries + 1 WHERE ${ofApi}`,
    drifts: [
      {
        rollup: 'capture',
        key: '2025-04-07T06:00:00Z api',
        expected: { deliveries: 3 },
        found: { deliveries: 4 },
      },
    ],
  },
  {
    name: 'a missing row of deliveries',
    sql: `DELETE FROM farelog_capture_hourly WHERE ${ofApi}`,
    drifts: [
      { rollup: 'capture', key: '2025-04-07T06:00:00Z api', expected: { deliveries: 3 }, found: null },
    ],
  },
  {
    name: 'a row of deliveries too many',
    sql: `INSERT INTO farelog_capture_hourly VALUES (${CAPTURE_HOUR}, 'sync', 'recorded', '', 0, 7)`,
    drifts: [
      { rollup: 'capture', key: '2025-04-07T06:00:00Z sync', expected: null, found: { deliveries: 7 } },
    ],
  },
  {
    name: 'a payment that another program inserted',
    sql: insertPayment(9, '2025-04-07 03:20:00', '7.77'),
    drifts: [
      {
        rollup: 'revenue',
        key: CARD,
        expected: { payments: 3, revenue_minor: '1277' },
        found: { payments: 2 },
      },
      { rollup: 'rider', key: 'bob 202504', expected: { payments: 3, spent_minor: '1427' }, found: {} },
    ],
  },
  {
    name: 'a payment that another program inserted, in a year of its own',
    sql: insertPayment(9, '2019-07-01 12:00:00', '7.77'),
    drifts: [
      {
        rollup: 'revenue',
        key: '2019-07-01T12:00:00Z credit_card',
        expected: { revenue_minor: '777' },
        found: null,
      },
      { rollup: 'rider', key: 'bob 201907', expected: { payments: 1 }, found: null },
    ],
  },
  {
    name: 'a payment that another program deleted',
    sql: 'DELETE FROM hntb_bytemark_order_payments WHERE payment_id = 5',
    drifts: [
      { rollup: 'revenue', key: COINS, expected: null, found: { payments: 1, revenue_minor: '250' } },
      { rollup: 'rider', key: 'bob 202504', expected: { payments: 1 }, found: { payments: 2 } },
    ],
  },
  {
    name: 'a price that another program changed, by a cent',
    sql: 'UPDATE hntb_bytemark_order_payments SET total_price = 2.51 WHERE payment_id = 5',
    drifts: [
      { rollup: 'revenue', key: COINS, expected: { revenue_minor: '251' }, found: { revenue_minor: '250' } },
      { rollup: 'rider', key: 'bob 202504', expected: { spent_minor: '651' }, found: { spent_minor: '650' } },
    ],
  },
  {
    name: 'a rider that another program changed',
    sql: "UPDATE hntb_bytemark_order_payments SET user_id = 'eve' WHERE payment_id = 5",
    drifts: [
      { rollup: 'rider', key: 'bob 202504', expected: { payments: 1 }, found: { payments: 2 } },
      { rollup: 'rider', key: 'eve 202504', expected: { payments: 1 }, found: null },
    ],
  },
  {
    name: 'a type that another program changed',
    sql: "UPDATE hntb_bytemark_order_payments SET payment_type = 'tokens' WHERE payment_id = 5",
    drifts: [
      { rollup: 'revenue', key: '2025-04-07T03:00:00Z tokens', expected: { payments: 1 }, found: null },
      { rollup: 'revenue', key: COINS, expected: null, found: { payments: 1 } },
    ],
  },
  {
    name: 'a time that another program changed, over the border of a month',
    sql: "UPDATE hntb_bytemark_order_payments SET logged_on = '2025-04-01 05:00:00' WHERE payment_id = 1",
    drifts: [
      {
        rollup: 'revenue',
        key: '2025-04-01T04:00:00Z credit_card',
        expected: null,
        found: { payments: 1 },
      },
      {
        rollup: 'revenue',
        key: '2025-04-01T05:00:00Z credit_card',
        expected: { payments: 2 },
        found: { payments: 1 },
      },
      { rollup: 'rider', key: 'ann 202503', expected: null, found: { payments: 1 } },
      { rollup: 'rider', key: 'ann 202504', expected: { payments: 3 }, found: { payments: 2 } },
    ],
  },
];

const parsed = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
const byKey = (a: { key: string; rollup: string }, b: { key: string; rollup: string }): number =>
  `${a.rollup} ${a.key}` < `${b.rollup} ${b.key}` ? -1 : 1;

/** Another process that commits payments all over two years until it is stopped; tells how many they were. */
async function startCommitting(url: string): Promise<{ stop(): Promise<number> }> {
  const pathOf = (name: string): string => fileURLToPath(new URL(`../support/${name}`, import.meta.url));
  const loaders = ['--import', 'tsx', '--import', pathOf('tsx-in-threads.mjs')];
  const child = spawn(process.execPath, [...loaders, pathOf('keep-committing.ts'), url], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill();
  });
  const said = async (): Promise<string> => {
    const [text] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    return String(text);
  };
  expect(await said()).toBe('committing\n');
  return {
    async stop() {
      const total = said();
      child.stdin.end();
      return Number(await total);
    },
  };
}

for (const database of DATABASES) {
  describeOn(database, () => {
    test('an empty database agrees', async () => {
      const app = await openTestApp({ databaseUrl: await database.freshUrl() });
      expect(await app.verify()).toEqual({
        ok: true,
        payments: 0,
        revenue_minor: '0',
        rollup_rows: 0,
        drifts: 0,
        first_drifts: [],
      });
    });

    test('a live database agrees, and tells what was compared', async () => {
      const app = await recordedApp(database);
      const { recorder } = await app.writeSide();
      // A duplicate, a conflict and an invalid one count as deliveries, which no payment stands for.
      await recordAll(app, DELIVERIES.slice(0, 2));
      await recorder.recordWebhook(Buffer.from('not JSON'));
      await recorder.recordRecord({ payment_id: 1 }, 'api');
      const progress: number[] = [];
      expect(await app.verify((payments) => progress.push(payments))).toEqual({
        ok: true,
        payments: 5,
        revenue_minor: String(REVENUE_MINOR),
        // Four of revenue, three of riders, two of deliveries.
        rollup_rows: 9,
        drifts: 0,
        first_drifts: [],
      });
      expect(progress).toEqual([1, 5]);
    });

    describe('damage', () => {
      test.each(DAMAGES)('is found, named and mended: $name', async ({ sql, drifts }) => {
        const app = await recordedApp(database);
        await app.store.knex.raw(sql);
        const report = await app.verify();
        expect(report.ok).toBe(false);
        const found = report.first_drifts
          .map((drift) => ({ ...drift, expected: parsed(drift.expected), found: parsed(drift.found) }))
          .sort(byKey);
        expect(found).toMatchObject(drifts.toSorted(byKey));
        expect(report.drifts).toBe(drifts.length);
        for (const drift of report.first_drifts) expect(drift.expected).not.toBe(drift.found);
        const [rows] = await app.store.knex('hntb_bytemark_order_payments').count({ count: '*' });
        expect(await app.rebuild()).toBe(Number(rows?.count));
        expect(await app.verify()).toMatchObject({ ok: true, drifts: 0, payments: Number(rows?.count) });
        await expectRollupsEqualRawRows(app.store);
      });

      test('is counted in full and listed up to a hundred', async () => {
        const app = await openTestApp({ databaseUrl: await database.freshUrl() });
        const hour = secondOf('2025-04-07T00:00:00Z');
        const many = Array.from({ length: 150 }, (_, index) =>
          delivery({ payment_id: index + 1, logged_s: hour + index * 3_600 }),
        );
        await recordAll(app, many);
        await app.store.knex('farelog_revenue_hourly').increment('payments', 1);
        const report = await app.verify();
        expect(report).toMatchObject({ ok: false, drifts: 150 });
        expect(report.first_drifts).toHaveLength(100);
      });
    });

    test('a table whose rows other programs wrote has its rollups after the first opening', async () => {
      const url = await database.freshUrl();
      const theirs = openTestKnex(url);
      await theirs.migrate.up(farelogMigrations);
      expect(await theirs.schema.hasTable('farelog_captures')).toBe(false);
      await theirs.raw(insertPayment(7, '2025-04-07 03:59:59', '2.5'));
      await theirs.raw(insertPayment(8, '2025-04-07 04:00:00', '0.1'));
      await theirs.raw(insertPayment(9, '2025-04-07 04:00:01', '0.2'));
      // A database in memory is seen by its own Knex only; else Farelog opens the address.
      const app = await openTestApp(
        database.name === 'sqlite memory' ? { knex: theirs } : { databaseUrl: url },
      );
      expect(await app.verify()).toMatchObject({ ok: true, payments: 3, revenue_minor: '280' });
      expect((await app.methods({ from: '2025-04-06', to: '2025-04-08' })).rows).toEqual([
        {
          payment_type: 'credit_card',
          transaction_count: 3,
          total_revenue: 2.8,
          avg_transaction_value: 0.9333,
        },
      ]);
      await expectRollupsEqualRawRows(app.store);
    });
  });
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('is not alarmed by what another process commits meanwhile', async () => {
      const url = await database.freshUrl();
      const app = await openTestApp({ databaseUrl: url });
      const writer = await startCommitting(url);
      const count = async (): Promise<number> => {
        const [rows] = await app.store.knex('hntb_bytemark_order_payments').count({ count: '*' });
        return Number(rows?.count);
      };
      let meanwhile = 0;
      for (let times = 0; times < 10; times++) {
        const before = await count();
        const report = await app.verify();
        meanwhile += (await count()) - before;
        expect(report).toMatchObject({ ok: true, first_drifts: [] });
        expect(report.payments).toBeGreaterThanOrEqual(before);
      }
      const committed = await writer.stop();
      expect(meanwhile).toBeGreaterThan(0);
      expect(await app.verify()).toMatchObject({ ok: true, payments: committed });
    });

    describe('a database whose rollups were made with other settings', () => {
      test.each([
        ['FARELOG_REPORT_TIMEZONE', 'Asia/Kathmandu', 'America/Chicago'],
        ['FARELOG_CURRENCY', 'KWD', 'USD'],
      ])('does not open with a changed %s until they are rebuilt', async (name, changed, before) => {
        const url = await database.freshUrl();
        const made = await recordedApp(database, url);
        const refused = openTestApp({ databaseUrl: url, environment: { [name]: changed } });
        await expect(refused).rejects.toMatchObject({
          code: 'settings',
          message: expect.stringMatching(
            new RegExp(`: ${name} was ${before} and is ${changed}\\. .*farelog rebuild`),
          ),
        });
        // Refusing changed nothing.
        expect(await made.verify()).toMatchObject({ ok: true, payments: 5 });
        const rebuilding = await openTestApp({
          databaseUrl: url,
          environment: { [name]: changed },
          acceptStaleRollups: true,
        });
        expect(await rebuilding.rebuild()).toBe(5);
        const opened = await openTestApp({ databaseUrl: url, environment: { [name]: changed } });
        expect(await opened.verify()).toMatchObject({ ok: true, payments: 5 });
        await expect(openTestApp({ databaseUrl: url })).rejects.toMatchObject({ code: 'settings' });
      });

      test('names both when both changed', async () => {
        const url = await database.freshUrl();
        await recordedApp(database, url);
        const environment = { FARELOG_REPORT_TIMEZONE: 'UTC', FARELOG_CURRENCY: 'EUR' };
        await expect(openTestApp({ databaseUrl: url, environment })).rejects.toThrow(
          /FARELOG_REPORT_TIMEZONE was America\/Chicago and is UTC; FARELOG_CURRENCY was USD and is EUR/,
        );
      });

      test('opens with another name of the same zone', async () => {
        const url = await database.freshUrl();
        await recordedApp(database, url);
        const app = await openTestApp({
          databaseUrl: url,
          environment: { FARELOG_REPORT_TIMEZONE: 'america/chicago' },
        });
        expect(await app.verify()).toMatchObject({ ok: true });
      });
    });

    describe('a changed pseudonym key', () => {
      const claim = {
        payment_id: 77,
        user_id: 'provider-rider',
        order_id: 1,
        payment_type: 'coins',
        total_price: '1.00',
        logged_on: '2025-04-07T03:11:31Z',
      };
      const OTHER_KEY = { FARELOG_PSEUDONYM_KEY: 'another pseudonym key' };

      test('is refused before anything is recorded, both keys named, and reading goes on', async () => {
        const url = await database.freshUrl();
        const app = await recordedApp(database, url);
        const { pseudonym_key_id: keyId } = await readMeta(app.store.knex);
        expect(keyId).toMatch(/^[0-9a-f]{8}$/);
        const other = await openTestApp({ databaseUrl: url, environment: OTHER_KEY });
        for (const attempt of [1, 2]) {
          await expect(other.writeSide(), `attempt ${attempt}`).rejects.toMatchObject({
            code: 'settings',
            message: expect.stringMatching(
              new RegExp(`pseudonym key ${keyId}; the key at hand is (?!${keyId})[0-9a-f]{8}\\.`),
            ),
          });
        }
        expect((await readMeta(other.store.knex)).pseudonym_key_id).toBe(keyId);
        expect(await other.verify()).toMatchObject({ ok: true, payments: 5 });
        await other.close();
      });

      test('is taken where that is said to be meant, and makes another rider', async () => {
        const url = await database.freshUrl();
        const app = await recordedApp(database, url);
        const { recorder } = await app.writeSide();
        expect(await recorder.recordRecord(claim, 'api')).toMatchObject({ outcome: 'recorded' });
        const environment = { ...OTHER_KEY, FARELOG_PSEUDONYM_KEY_CHANGE: 'accept' };
        const other = await openTestApp({ databaseUrl: url, environment });
        const answer = await (await other.writeSide()).recorder.recordRecord(claim, 'api');
        expect(answer).toMatchObject({ outcome: 'conflict', problems: [{ field: 'user_id' }] });
        await expect((await openTestApp({ databaseUrl: url })).writeSide()).rejects.toMatchObject({
          code: 'settings',
        });
      });
    });
  });
}
