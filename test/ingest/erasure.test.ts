/** Erasing riders: nothing that is stored leads to them, redelivery brings nothing back, and every total stays. */
import { describe, expect, test } from 'vitest';
import { verifyAudit } from '../../src/analytics/audit.js';
import { openApp } from '../../src/app.js';
import { tombstoneOf } from '../../src/domain/erasure.js';
import { pseudonymKey, pseudonymOf } from '../../src/domain/pseudonym.js';
import { unseal } from '../../src/ingest/seal.js';
import { PAYMENTS } from '../../src/store/dialect.js';
import { databaseBytes, notificationText, openTestApp, type TestApp } from '../support/app.js';
import { DATABASES, describeOn, type TestDatabase } from '../support/databases.js';

const RIDER = 'bytemark-rider-77001';
const OTHER = 'bytemark-rider-88002';
const KEY = pseudonymKey('the-same-riders-in-every-test');
const NAME = pseudonymOf(RIDER, KEY);
const OTHER_NAME = pseudonymOf(OTHER, KEY);
const BY = { actor: 'command:test', operation: 'farelog riders erase' };

const NINE_DAYS = ['03-01', '03-02', '03-05', '02-27', '02-03', '01-31', '03-09', '03-10', '02-14'];

/** Payments of two riders over three months; of each day one of the rider and one of the other. */
async function record(service: TestApp, days: readonly string[] = NINE_DAYS): Promise<void> {
  for (const [index, day] of days.entries()) {
    const timestamp = `2026-${day}T12:00:00Z`;
    const answers = [
      await service.webhook(
        notificationText({ payment_id: 100 + index, timestamp, order_uuid: 'order-of-77001' }),
      ),
      await service.webhook(notificationText({ payment_id: 200 + index, timestamp, user_id: OTHER })),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
  }
}

async function erase(service: TestApp, userIds: readonly string[] = [RIDER]) {
  const { riders } = await service.app.writeSide();
  return riders.erase({ userIds }, BY);
}

/** Every cell of every table, as text; sealed payloads opened. */
async function everythingStored(service: TestApp): Promise<string> {
  const { store } = service.app;
  const { sealKey } = await service.app.writeSide();
  const tables: string[] =
    store.dialect === 'sqlite'
      ? (await store.knex('sqlite_master').select('name').where('type', 'table')).map(({ name }) => name)
      : (await store.knex.raw('SHOW TABLES'))[0].flatMap((row: object) => Object.values(row));
  expect(tables).toContain('farelog_quarantine');
  const texts: string[] = [];
  for (const table of tables) {
    for (const row of await store.knex(table).select()) {
      for (const value of Object.values(row))
        texts.push(Buffer.isBuffer(value) ? value.toString('latin1') : String(value));
      if (Buffer.isBuffer(row.sealed)) texts.push(unseal(row.sealed, sealKey).toString('utf8'));
    }
  }
  return texts.join('\n');
}

async function expectNoTrace(service: TestApp): Promise<void> {
  const stored = await everythingStored(service);
  for (const trace of [RIDER, '77001', NAME, NAME.slice(9)]) {
    expect(stored.includes(trace), `${trace} in the database`).toBe(false);
    expect(service.log.join('\n').includes(trace), `${trace} in the log`).toBe(false);
  }
}

const ridersOfRows = async ({ app }: TestApp): Promise<string[]> =>
  (await app.store.knex(PAYMENTS).distinct('user_id').orderBy('user_id')).map(({ user_id }) => user_id);

/** Blocks without their versions. */
const blocksOf = async ({ app }: TestApp) =>
  app.store
    .knex('farelog_ledger')
    .select('section', 'period', 'payments', app.store.knex.raw('HEX(data) AS data'))
    .orderBy(['section', 'period']);

async function expectWhole(service: TestApp): Promise<void> {
  expect(await service.app.verify()).toMatchObject({ ok: true });
  expect(await verifyAudit(service.app.store)).toMatchObject({ ok: true });
}

const POSTED: readonly [string, (service: TestApp) => Promise<unknown>][] = [
  ['before they are posted', async () => undefined],
  ['once they are posted', (service) => service.app.post()],
  [
    'half posted',
    async (service) => {
      await service.app.post();
      await service.webhook(notificationText({ payment_id: 900, timestamp: '2026-03-09T12:30:00Z' }));
    },
  ],
];

for (const database of DATABASES) {
  describeOn(database, () => {
    test.each(POSTED)('a rider is erased %s; payments and totals stay', async (_, post) => {
      const service = await openTestApp({ url: await database.freshUrl() });
      await record(service);
      await post(service);
      const before = await service.app.figures.trends('daily', { from: '2026-01-01', to: '2026-03-11' });
      const untouched = await withoutRider(service);
      const { payments } = await erase(service);
      expect(payments).toBe(await countErased(service));
      expect(payments).toBeGreaterThanOrEqual(NINE_DAYS.length);
      await expectNoTrace(service);
      expect(await ridersOfRows(service)).toEqual([OTHER_NAME, 'erased']);
      expect(await withoutRider(service)).toEqual(untouched);
      const after = await service.app.figures.trends('daily', { from: '2026-01-01', to: '2026-03-11' });
      expect(after.rows).toEqual(before.rows);
      await expectWhole(service);
      await service.app.post();
      await expectWhole(service);
      const live = await blocksOf(service);
      await service.app.rebuild();
      expect(await blocksOf(service)).toEqual(live);
    });

    test('a redelivery is a duplicate of what stands, and brings nothing back', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      await record(service);
      await service.app.post();
      await erase(service);
      const timestamp = '2026-03-01T12:00:00Z';
      const again = await service.webhook(
        notificationText({ payment_id: 100, timestamp, order_uuid: 'order-of-77001' }),
      );
      expect([again.statusCode, again.json()]).toMatchObject([
        200,
        { outcome: 'duplicate', payment: { payment_id: 100, user_id: 'erased', total_price: 2.5 } },
      ]);
      await expectNoTrace(service);
      await expectWhole(service);
    });

    test('a new payment of an erased rider counts, and names nobody', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      await record(service);
      await erase(service);
      const changes = { payment_id: 5_000, order_uuid: 'order-of-77001' };
      const answer = await service.webhook(notificationText(changes));
      expect([answer.statusCode, answer.json().payment.user_id]).toEqual([201, 'erased']);
      const asRecord = await service.post('/api/v1/payments', 'ingest', {
        ...{
          payment_id: 5_001,
          user_id: RIDER,
          order_id: 7,
          payment_type: 'credit_card',
          total_price: '3.00',
        },
        logged_on: '2026-03-10T14:00:00Z',
      });
      expect([asRecord.statusCode, asRecord.json().payment.user_id]).toEqual([201, 'erased']);
      await expectNoTrace(service);
      await service.app.post();
      await expectWhole(service);
    });

    test('other content is a conflict still; what is kept of it does not name the rider', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      await record(service);
      await erase(service);
      const changes = {
        payment_id: 100,
        timestamp: '2026-03-01T12:00:00Z',
        amount: '9.99',
        email: 'me-77001@example.org',
      };
      const answer = await service.webhook(notificationText(changes));
      expect([
        answer.statusCode,
        answer.json().problems.map(({ field }: { field: string }) => field),
      ]).toEqual([202, ['total_price']]);
      await expectNoTrace(service);
      const shown = await service.get(`/api/v1/quarantine/${answer.json().quarantine_id}`);
      expect(JSON.parse(shown.json().payload)).toMatchObject({
        payment_id: 100,
        amount: '9.99',
        user_id: 'erased',
      });
    });

    test('quarantined deliveries lose the rider, and what can still become a payment does', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      const ahead = notificationText({ payment_id: 300, timestamp: '2026-03-10T15:30:00Z' });
      const of = notificationText({ payment_id: 301, amount: '-1' });
      const cut = notificationText({ payment_id: 302 }).slice(0, -5);
      const others = notificationText({ payment_id: 303, amount: '-1', user_id: OTHER });
      for (const body of [ahead, of, cut, others]) expect((await service.webhook(body)).statusCode).toBe(202);
      expect(await erase(service)).toMatchObject({ payments: 0, quarantined: 3, quarantine_unopened: 0 });
      await expectNoTrace(service);
      expect(await everythingStored(service)).toContain(OTHER);
      // The same bytes again: nothing of them comes back either.
      for (const body of [ahead, of, cut]) expect((await service.webhook(body)).statusCode).toBe(202);
      await expectNoTrace(service);
      service.clock.ms += 3_600_000;
      const replayed = await service.post('/api/v1/quarantine/1/replay', 'admin');
      expect([replayed.statusCode, replayed.json().payment.user_id]).toEqual([200, 'erased']);
      await expectNoTrace(service);
      await expectWhole(service);
    });

    test('figures by rider leave erased payments out; those by type and time count them', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      await record(service);
      await erase(service);
      const range = { from: '2026-01-01', to: '2026-03-11' };
      for (const posted of [false, true]) {
        if (posted) await service.app.post();
        const { figures } = service.app;
        const report = await figures.report(range);
        expect(report.summary).toMatchObject({ total_transactions: 18, unique_users: 1 });
        expect(report.userAnalysis?.map(({ user_id }) => user_id)).toEqual([OTHER_NAME]);
        expect((await figures.topRiders(range)).rows.map(({ user_id }) => user_id)).toEqual([OTHER_NAME]);
        expect(await figures.spendingDistribution(range)).toMatchObject({ riders: 1, total_spent: 22.5 });
        const activity = await figures.riderActivity('monthly', range);
        expect(activity.rows.map(({ riders, new_riders }) => [riders, new_riders])).toEqual([
          [1, 1],
          [1, 0],
          [1, 0],
        ]);
        const steps = (await figures.switching({ ...range, from: '2026-01-20', minRiders: 1 })).rows;
        expect(steps.reduce((sum, { transitions }) => sum + transitions, 0)).toBe(8);
        const newest = await figures.report({ ...range, asOf: '17' });
        expect(newest.summary).toMatchObject({ total_transactions: 17, unique_users: 1 });
      }
      await expect(service.app.figures.spending('erased')).rejects.toMatchObject({ code: 'usage' });
    });

    test('the audit tells how many were erased and never whom, nor who was looked at before', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      await record(service);
      const first = (await service.get('/api/v1/analytics/top-riders?limit=1&days=90', 'researcher')).json();
      const looks = [
        `/api/v1/analytics/spending/${NAME}`,
        `/api/v1/payments?user_id=${NAME}`,
        `/api/v1/payments?anything=${NAME}`,
        `/api/v1/analytics/top-riders?limit=1&days=90&cursor=${first.next_cursor}`,
      ];
      for (const path of looks) await service.get(path, 'researcher');
      await erase(service);
      await expectNoTrace(service);
      const { rows } = (await service.get('/api/v1/audit?limit=6')).json();
      expect(rows[0]).toMatchObject({
        ...{ actor: 'command:test', action: 'riders.erase' },
        filter: { riders: 1, payments: NINE_DAYS.length, quarantined: 0 },
      });
      // The same rider is the same in the audit, so that it still tells how often one was looked at.
      const named = JSON.stringify(rows).match(/rider:[a-p]{32}/g) ?? [];
      expect(named.length).toBe(4);
      expect(new Set(named).size).toBeLessThanOrEqual(2);
      const cursors = JSON.stringify(rows).match(/"cursor":"([^"]*)"/);
      expect(cursors?.[1]).toMatch(/^after rider:/);
    });

    test('a tombstone needs the key, and is no pseudonym', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      await record(service);
      await erase(service);
      const { store } = service.app;
      const [row, ...more] = await store.knex('farelog_tombstones').select();
      expect(more).toEqual([]);
      expect(row.digest).toMatch(/^[0-9a-f]{64}$/);
      expect(row.digest).not.toContain(NAME.slice(9, 25));
      const other = { id: 'x', tombstone: Buffer.from('another key'), audit: Buffer.from('another') };
      expect(row.digest).not.toBe(tombstoneOf(NAME, other));
    });

    test('rows tell the day of the erasure and not the second, which would hold one rider together', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      await record(service);
      service.clock.ms += 86_400_000;
      await service.webhook(notificationText({ payment_id: 400 }));
      await erase(service);
      const { knex } = service.app.store;
      const text = knex.raw('CAST(modified_on AS CHAR) AS modified_on');
      const rows = await knex(PAYMENTS).where('user_id', 'erased').select('payment_id', text);
      const times = new Map(rows.map((row) => [row.payment_id, row.modified_on]));
      expect([times.get(100), times.get(108)]).toEqual(['2026-03-11 00:00:00', '2026-03-11 00:00:00']);
      // One of today stays as it was made.
      expect(times.get(400)).toBe('2026-03-11 15:00:00');
    });

    test('erasing again changes nothing but what has come in by other ways', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      await record(service);
      expect(await erase(service)).toMatchObject({ riders: 1, newly_erased: 1, payments: 9 });
      expect(await erase(service)).toMatchObject({ riders: 1, newly_erased: 0, payments: 0 });
      // Another program writes the table by itself.
      await service.app.store.knex(PAYMENTS).where('payment_id', 100).update({ user_id: NAME });
      const { riders } = await service.app.writeSide();
      expect(await riders.countErasure({ pseudonyms: [NAME] })).toMatchObject({ payments: 1, dry_run: true });
      expect(await riders.erase({ pseudonyms: [NAME] }, BY)).toMatchObject({ payments: 1 });
      await expectNoTrace(service);
    });

    test('nobody can be recorded under the word for erased riders', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      const { recorder, riders } = await service.app.writeSide();
      const data = {
        ...{
          payment_id: 1,
          user_id: 'erased',
          order_id: 7,
          payment_type: 'credit_card',
          total_price: '3.00',
        },
        logged_on: '2026-03-10T14:00:00Z',
      };
      expect(await recorder.recordRecord(data, 'api', (id) => id)).toMatchObject({
        outcome: 'invalid',
        problems: [{ field: 'user_id', code: 'reserved' }],
      });
      await expect(riders.erase({ pseudonyms: ['erased'] }, BY)).rejects.toMatchObject({ code: 'usage' });
      await expect(riders.erase({}, BY)).rejects.toMatchObject({ code: 'usage' });
    });

    test('who withdraws stays in every figure, is on the list, and leaves it by erasure', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      await record(service);
      const body = { user_ids: [RIDER], pseudonyms: [OTHER_NAME] };
      const withdrawn = await service.post('/api/v1/riders/withdraw', 'admin', body);
      expect([withdrawn.statusCode, withdrawn.json()]).toEqual([200, { riders: 2, changed: 2 }]);
      expect((await service.post('/api/v1/riders/withdraw', 'admin', body)).json()).toMatchObject({
        changed: 0,
      });
      expect(await ridersOfRows(service)).toEqual([NAME, OTHER_NAME].sort());
      const listed = (await service.get('/api/v1/riders/withdrawn?limit=1')).json();
      const rest = (
        await service.get(`/api/v1/riders/withdrawn?limit=1&cursor=${listed.next_cursor}`)
      ).json();
      expect([...listed.rows, ...rest.rows].map(({ user_id }) => user_id)).toEqual([NAME, OTHER_NAME].sort());
      expect(rest.next_cursor).toBeNull();
      await erase(service);
      await expectNoTrace(service);
      const after = await service.post('/api/v1/riders/withdraw', 'admin', { user_ids: [RIDER] });
      expect(after.json()).toEqual({ riders: 1, changed: 0 });
      await expectNoTrace(service);
      const restored = await service.post('/api/v1/riders/restore', 'admin', { user_ids: [OTHER] });
      expect(restored.json()).toEqual({ riders: 1, changed: 1 });
      expect((await service.get('/api/v1/riders/withdrawn')).json().rows).toEqual([]);
      const { rows } = (await service.get('/api/v1/audit?action=riders.withdraw')).json();
      expect(rows[0].filter).toEqual({ riders: 1, changed: 0 });
    });
  });
}

async function withoutRider({ app }: TestApp) {
  return app.store
    .knex(PAYMENTS)
    .select(
      'payment_id',
      'order_id',
      'payment_type',
      'total_price',
      app.store.knex.raw('CAST(logged_on AS CHAR) AS logged_on'),
    )
    .orderBy('payment_id');
}

async function countErased({ app }: TestApp): Promise<number> {
  const row = await app.store.knex(PAYMENTS).where('user_id', 'erased').count({ rows: '*' }).first();
  return Number(row?.rows);
}

const shared = (database: TestDatabase): boolean => database.name !== 'sqlite memory';

for (const database of DATABASES.filter(shared)) {
  describeOn(database, () => {
    test('erased while instances record: no payment slips in with the rider, and none is lost', async () => {
      const url = await database.freshUrl();
      const services = [await openTestApp({ url }), await openTestApp({ url })];
      const [one] = services;
      if (one === undefined) throw new Error('no service');
      let id = 10_000;
      let recording = true;
      let taken = 0;
      const send = async (service: TestApp): Promise<void> => {
        while (recording) {
          const user = id % 3 === 0 ? OTHER : `${RIDER}-${id % 5}`;
          const answer = await service.webhook(notificationText({ payment_id: id++, user_id: user }));
          if (answer.statusCode === 201) taken++;
          else expect(answer.statusCode).toBe(503);
        }
      };
      const sending = services.flatMap((service) => [0, 1, 2, 3].map(() => send(service)));
      const sent = async (more: number): Promise<void> => {
        const enough = taken + more;
        while (taken < enough) await new Promise((resolve) => setImmediate(resolve));
      };
      for (const suffix of [0, 1, 2, 3, 4]) {
        await sent(60);
        await erase(services[suffix % 2] ?? one, [`${RIDER}-${suffix}`]);
        // From the moment it is erased, nothing of that rider is in the table, whoever goes on recording.
        const name = pseudonymOf(`${RIDER}-${suffix}`, KEY);
        expect(await one.app.store.knex(PAYMENTS).where('user_id', name).select('payment_id')).toEqual([]);
      }
      await sent(60);
      recording = false;
      await Promise.all(sending);
      await expectNoTrace(one);
      expect(await ridersOfRows(one)).toEqual([OTHER_NAME, 'erased']);
      expect(await one.count(PAYMENTS)).toBe(taken);
      await one.app.post();
      await expectWhole(one);
    });
  });
}

describe('a SQLite file', () => {
  const [file] = DATABASES;
  const freshUrl = async (): Promise<string> => file?.freshUrl() ?? '';

  test('holds no byte of an erased rider, in its log neither', async () => {
    const url = await freshUrl();
    const service = await openTestApp({ url });
    // Enough for pages to be split, whose unused parts keep what was there.
    const { commit, nameRider } = await service.app.writeSide();
    for (let at = 0; at < 40; at++) {
      const name = await nameRider(at % 4 === 0 ? RIDER : `${OTHER}-${at}`);
      await commit(
        Array.from({ length: 100 }, (_, index) => ({
          kind: 'payment' as const,
          delivery: {
            payment: {
              ...{ payment_id: (((at * 100 + index) * 7_919) % 100_003) + 1, user_id: name, order_id: 3 },
              ...{ payment_type: 'credit_card', price_minor: 250, logged_s: 1_773_000_000 - index * 997 },
            },
            capture: {
              source: 'import' as const,
              raw_method: 'card',
              reference: null,
              received_ms: service.clock.ms,
            },
          },
        })),
        0,
      );
    }
    await service.app.post();
    expect(databaseBytes(url).includes(NAME)).toBe(true);
    expect(await erase(service)).toMatchObject({ payments: 1_000, scrubbed: true });
    expect(databaseBytes(url).includes(NAME)).toBe(false);
    expect(databaseBytes(url).includes(NAME.slice(9, 30))).toBe(false);
    await expectWhole(service);
  });

  test('that another reads from is said not to be clean; once more, and it is', async () => {
    const url = await freshUrl();
    const service = await openTestApp({ url });
    const reader = await openTestApp({ url });
    await record(service);
    await reader.app.store.snapshot(async (trx) => {
      await trx(PAYMENTS).select();
      expect(await erase(service)).toMatchObject({ scrubbed: false });
    });
    expect(await erase(service)).toMatchObject({ scrubbed: true });
    expect(databaseBytes(url).includes(NAME)).toBe(false);
  });
});

test('with another pseudonym key, tombstones that would name nobody are refused', async () => {
  const [file] = DATABASES;
  const service = await openTestApp({ url: (await file?.freshUrl()) ?? '' });
  await record(service);
  await erase(service);
  const app = await openApp({
    environment: {
      FARELOG_DATABASE_URL: service.url,
      FARELOG_DATA_DIR: service.dataDir,
      FARELOG_PSEUDONYM_KEY: 'another-key-of-riders',
      FARELOG_PSEUDONYM_KEY_CHANGE: 'accept',
    },
  });
  await expect(app.writeSide()).rejects.toMatchObject({ code: 'settings' });
  await app.close();
});
