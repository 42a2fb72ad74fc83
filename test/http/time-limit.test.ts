/** How long an answer may read: to the millisecond, between statements and within one, on a clock of the test's own. */
import { expect, test } from 'vitest';
import { PAYMENTS, type Store } from '../../src/store/dialect.js';
import { listPayments } from '../../src/store/payments.js';
import { timeLimit } from '../../src/store/time-limit.js';
import { NOW_S, openTestApp, type TestApp } from '../support/app.js';
import { DATABASES, describeOn } from '../support/databases.js';

const LIMIT_MS = 1_000;
const environment = { FARELOG_QUERY_TIMEOUT_MS: String(LIMIT_MS) };
const QUESTIONS = [
  '/api/v1/payments',
  '/api/v1/payments?format=csv',
  '/api/v1/analytics/report?as_of=1',
  '/api/v1/analytics/methods',
  '/api/v1/analytics/restatements?since=0',
];

const COLLATIONS = ['a', 'b', 'c', 'd', 'e'].map((name) => `information_schema.collations ${name}`);
const ENDLESS = `SELECT COUNT(*) FROM ${COLLATIONS.join(', ')}`;
const TIMES = "SHOW VARIABLES WHERE Variable_name IN ('max_statement_time', 'max_execution_time')";

/** From now on each statement that is sent takes so long. */
function slowDown({ app, clock }: TestApp, msEach: number): void {
  app.store.knex.on('query', ({ sql }: { readonly sql: string }) => {
    if (/^select/i.test(sql)) clock.ms += msEach;
  });
}

/** Two payments captured one after the other, so that as-of has something to count. */
async function record(service: TestApp): Promise<void> {
  for (const payment_id of [1, 2]) {
    const payment = { payment_id, user_id: 'r', order_id: 1, payment_type: 'card', total_price: 2.5 };
    const body = { ...payment, logged_on: '2026-03-10T14:00:00Z' };
    expect((await service.post('/api/v1/payments', 'ingest', body)).statusCode).toBe(201);
  }
}

/** Writes as many payments as one statement needs to be watched from within. */
async function fill(store: Store, rows: number): Promise<void> {
  for (let from = 1; from <= rows; from += 100) {
    const some = Array.from({ length: 100 }, (_, index) => ({
      payment_id: from + index,
      user_id: 'r',
      order_id: 1,
      payment_type: 'card',
      total_price: 2.5,
      logged_on: '2026-03-10 14:00:00',
    }));
    await store.knex(PAYMENTS).insert(some);
  }
}

for (const database of DATABASES) {
  describeOn(database, () => {
    test.each(QUESTIONS)('%s is answered within the limit, and refused beyond it', async (url) => {
      const service = await openTestApp({ url: await database.freshUrl(), environment });
      await record(service);
      expect((await service.get(url)).statusCode).toBe(200);
      // Past the time for which a key is believed, since its look-up would count.
      slowDown(service, LIMIT_MS + 1);
      const refused = await service.get(url);
      expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '60']);
      expect(refused.json().detail).toMatch(
        /longer than 1 s\. Ask for a shorter range .*FARELOG_QUERY_TIMEOUT_MS/,
      );
      expect(refused.json().detail).not.toMatch(/select/i);
      expect(service.log.filter((line) => line.startsWith('A request failed'))).toEqual([]);
    });

    test('the limit is to the millisecond, and ends nothing but its own reading', async () => {
      const { app } = await openTestApp({ url: await database.freshUrl() });
      let now = NOW_S * 1000;
      const after = (ms: number): Promise<unknown> =>
        app.store.snapshot(
          async (trx) => {
            await trx(PAYMENTS).first();
            now += ms;
            return trx(PAYMENTS).first();
          },
          timeLimit(LIMIT_MS, () => now),
        );
      await expect(after(LIMIT_MS)).resolves.toBeUndefined();
      await expect(after(LIMIT_MS + 1)).rejects.toMatchObject({ code: 'too_slow' });
      await expect(after(LIMIT_MS)).resolves.toBeUndefined();
      const unlimited = app.store.snapshot(async (trx) => {
        now += 10 * LIMIT_MS;
        return trx(PAYMENTS).first();
      });
      await expect(unlimited).resolves.toBeUndefined();
    });
  });
}

for (const database of DATABASES.filter(({ dialect }) => dialect === 'sqlite')) {
  describeOn(database, () => {
    test('a statement that walks through rows is stopped within, and the connection goes on', async () => {
      const { store } = (await openTestApp({ url: await database.freshUrl() })).app;
      await fill(store, 5_000);
      let looks = 0;
      const walk = (msEachLook: number): Promise<unknown> => {
        let now = 0;
        const clock = (): number => {
          looks += 1;
          now += msEachLook;
          return now;
        };
        return listPayments(store, { minPrice: 100 }, 10, undefined, timeLimit(LIMIT_MS, clock));
      };
      await expect(walk(0)).resolves.toEqual([]);
      // The beginning, the statement, and one look every 1,024 rows.
      expect(looks).toBe(6);
      await expect(walk(400)).rejects.toMatchObject({
        code: 'too_slow',
        message: expect.stringMatching(/^Reading this takes longer than 1 s/),
      });
      await expect(walk(0)).resolves.toEqual([]);
      expect(await listPayments(store, { minPrice: 2 }, 10)).toHaveLength(10);
    });

    test('no statement holds up the process for longer than two seconds, whatever the limit', async () => {
      const { store } = (await openTestApp({ url: await database.freshUrl() })).app;
      await fill(store, 5_000);
      let now = 0;
      const clock = (): number => {
        now += 1_500;
        return now;
      };
      await expect(
        listPayments(store, { minPrice: 100 }, 10, undefined, timeLimit(3_600_000, clock)),
      ).rejects.toMatchObject({ code: 'too_slow', message: expect.stringContaining('longer than 2 s') });
    });
  });
}

for (const database of DATABASES.filter(({ dialect }) => dialect === 'mysql')) {
  describeOn(database, () => {
    test('the server itself stops a statement, and what comes next on the connection has no limit', async () => {
      const { store } = (await openTestApp({ url: await database.freshUrl() })).app;
      // Over a clock that stands, so that the server's own is what counts.
      const limit = timeLimit(20, () => 0);
      const endless = store.snapshot((trx) => trx.raw(ENDLESS), limit);
      await expect(endless).rejects.toMatchObject({ code: 'too_slow' });
      const [rows] = await store.snapshot((trx) => trx.raw(TIMES));
      expect(rows.map((row: { Value: string }) => Number(row.Value))).toEqual([0]);
    });
  });
}
