/** The quarantine as an administrator works with it: look, replay, discard; and what time does to it. */
import { describe, expect, test } from 'vitest';
import { openApp } from '../../src/app.js';
import { expireQuarantine } from '../../src/ingest/quarantine.js';
import { startService } from '../../src/serve.js';
import { databaseBytes, notificationText, openTestApp, type TestApp } from '../support/app.js';
import { freshSqliteUrl } from '../support/databases.js';

const PAYMENTS = 'hntb_bytemark_order_payments';
const QUARANTINE = 'farelog_quarantine';
const DAY_MS = 86_400_000;

const NEGATIVE = notificationText({ amount: '-2.50' });
/** An hour ahead of the clock: valid once the hour is over. */
const AHEAD = notificationText({ timestamp: '2026-03-10T16:00:00Z' });

async function quarantine(service: TestApp, body: string): Promise<number> {
  const answer = await service.webhook(body);
  expect(answer.statusCode).toBe(202);
  const { quarantine_id }: { quarantine_id: number } = answer.json();
  return quarantine_id;
}

interface Listed {
  readonly rows: readonly { readonly id: number; readonly status: string }[];
  readonly limit: number;
  readonly next_cursor: string | null;
}

async function list(service: TestApp, query = ''): Promise<Listed> {
  const answer = await service.get(`/api/v1/quarantine${query}`);
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

async function statusOf(service: TestApp, id: number): Promise<string> {
  return (await service.get(`/api/v1/quarantine/${id}`)).json().status;
}

const replay = (service: TestApp, id: number) => service.post(`/api/v1/quarantine/${id}/replay`, 'admin');
const discard = (service: TestApp, id: number) => service.post(`/api/v1/quarantine/${id}/discard`, 'admin');

describe('what comes to quarantine', () => {
  test('is one entry however often the same bytes come', async () => {
    const service = await openTestApp();
    const first = await quarantine(service, NEGATIVE);
    service.clock.ms += 60_000;
    expect(await quarantine(service, NEGATIVE)).toBe(first);
    expect((await list(service)).rows).toEqual([
      {
        id: first,
        source: 'webhook',
        reason: 'invalid',
        status: 'open',
        problems: [{ field: 'total_price', code: 'negative', message: 'total_price must be over 0' }],
        attempts: 2,
        first_seen: '2026-03-10T15:00:00Z',
        last_seen: '2026-03-10T15:01:00Z',
        expires: '2026-06-08T15:00:00Z',
      },
    ]);
  });

  test('is another entry for each other bytes', async () => {
    const service = await openTestApp();
    const first = await quarantine(service, NEGATIVE);
    expect(await quarantine(service, `${NEGATIVE} `)).not.toBe(first);
    expect(await service.count(QUARANTINE)).toBe(2);
  });

  test('is shown with its payload, byte for byte', async () => {
    const service = await openTestApp();
    const body = `${NEGATIVE.replace('apple_pay', 'äpple pay')}\n`;
    const shown = await service.get(`/api/v1/quarantine/${await quarantine(service, body)}`);
    expect(shown.statusCode).toBe(200);
    expect(shown.json()).toMatchObject({ status: 'open', payload: body });
  });

  test('is listed without its payload', async () => {
    const service = await openTestApp();
    await quarantine(service, NEGATIVE);
    const answer = await service.get('/api/v1/quarantine');
    expect(answer.body).not.toContain('payload');
    expect(answer.body).not.toContain('bytemark-rider-77001');
  });
});

describe('the list', () => {
  test('is empty at first', async () => {
    expect(await list(await openTestApp())).toEqual({ rows: [], limit: 100, next_cursor: null });
  });

  test('pages newest first and gives every entry once, while more come in', async () => {
    const service = await openTestApp();
    const ids: number[] = [];
    for (let order = 1; order <= 7; order++)
      ids.push(await quarantine(service, notificationText({ order_id: -order })));
    const seen: number[] = [];
    let query = '?limit=3';
    for (let cursor: string | null = ''; cursor !== null; query = `?limit=3&cursor=${cursor}`) {
      const page = await list(service, query);
      expect(page.rows.length).toBeLessThanOrEqual(3);
      seen.push(...page.rows.map(({ id }) => id));
      await quarantine(service, notificationText({ order_id: -100 - seen.length }));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(ids.reverse());
  });

  test('of exactly one page has no next one', async () => {
    const service = await openTestApp();
    await quarantine(service, NEGATIVE);
    expect((await list(service, '?limit=1')).next_cursor).toBeNull();
  });

  test.each(['open', 'discarded', 'replayed'])('filters by the status %s', async (status) => {
    const service = await openTestApp();
    const discarded = await quarantine(service, NEGATIVE);
    const replayed = await quarantine(service, AHEAD);
    const open = await quarantine(service, '{}');
    await discard(service, discarded);
    service.clock.ms += 3_600_000;
    await replay(service, replayed);
    const expected = { open, discarded, replayed }[status];
    expect((await list(service, `?status=${status}`)).rows).toMatchObject([{ id: expected, status }]);
  });

  test.each([
    ['status=closed', 'status'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=ten', 'limit'],
    ['cursor=x', 'cursor'],
    ['cursor=0', 'cursor'],
    ['sort=id', 'sort'],
  ])('refuses ?%s, naming %s', async (query, parameter) => {
    const service = await openTestApp();
    const answer = await service.get(`/api/v1/quarantine?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain(parameter);
  });
});

describe('a replay', () => {
  test('of a payment whose time has come records it and closes the entry', async () => {
    const service = await openTestApp();
    const id = await quarantine(service, AHEAD);
    service.clock.ms += 3_600_000;
    const answer = await replay(service, id);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ outcome: 'recorded', payment: { payment_id: 1001 } });
    expect(await service.count(PAYMENTS)).toBe(1);
    expect((await service.get(`/api/v1/quarantine/${id}`)).json()).toMatchObject({
      status: 'replayed',
      payload: null,
    });
    const stored = await service.get('/api/v1/payments/1001');
    expect(stored.json().capture).toMatchObject({ source: 'replay', received_at: '2026-03-10T16:00:00Z' });
  });

  test('of a fare-free payment records it once those are accepted', async () => {
    const url = freshSqliteUrl();
    const before = await openTestApp({ url });
    const id = await quarantine(before, notificationText({ amount: 0 }));
    expect((await replay(before, id)).statusCode).toBe(422);
    const after = await openTestApp({ url, environment: { FARELOG_ZERO_FARES: 'accept' } });
    const answer = await replay(after, id);
    expect(answer.json()).toMatchObject({ outcome: 'recorded', payment: { total_price: 0 } });
    expect(await statusOf(after, id)).toBe('replayed');
  });

  test('gives the rider the pseudonym that a live delivery gets', async () => {
    const service = await openTestApp();
    const id = await quarantine(service, AHEAD);
    const live = await service.webhook(notificationText({ payment_id: 1002 }));
    service.clock.ms += 3_600_000;
    expect((await replay(service, id)).json().payment.user_id).toBe(live.json().payment.user_id);
  });

  test('of what is recorded meanwhile is a duplicate, and closes the entry', async () => {
    const service = await openTestApp();
    const id = await quarantine(service, AHEAD);
    service.clock.ms += 3_600_000;
    expect((await service.webhook(AHEAD)).statusCode).toBe(201);
    expect((await replay(service, id)).json()).toMatchObject({ outcome: 'duplicate' });
    expect(await statusOf(service, id)).toBe('replayed');
    expect(await service.count(PAYMENTS)).toBe(1);
  });

  test('of what is still not valid is refused with its problems, and stays open', async () => {
    const service = await openTestApp();
    const id = await quarantine(service, NEGATIVE);
    const answer = await replay(service, id);
    expect(answer.statusCode).toBe(422);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ outcome: 'invalid', problems: [{ code: 'negative' }] });
    expect((await service.get(`/api/v1/quarantine/${id}`)).json()).toMatchObject({
      status: 'open',
      payload: NEGATIVE,
    });
  });

  test('of a conflict is answered 409 with the differing fields, and stays open', async () => {
    const service = await openTestApp();
    await service.webhook(notificationText());
    const id = await quarantine(service, notificationText({ amount: '9.99' }));
    const answer = await replay(service, id);
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({ outcome: 'conflict', problems: [{ field: 'total_price' }] });
    expect(await statusOf(service, id)).toBe('open');
    expect((await service.get('/api/v1/payments/1001')).json().total_price).toBe(2.5);
  });

  test('of what was replayed already is answered 409, and records nothing', async () => {
    const service = await openTestApp();
    const id = await quarantine(service, AHEAD);
    service.clock.ms += 3_600_000;
    await replay(service, id);
    const again = await replay(service, id);
    expect(again.statusCode).toBe(409);
    expect(again.json().detail).toContain('replayed');
    expect(await service.count(PAYMENTS)).toBe(1);
  });

  test('twice at once records the payment once', async () => {
    const service = await openTestApp();
    const id = await quarantine(service, AHEAD);
    service.clock.ms += 3_600_000;
    const answers = await Promise.all([replay(service, id), replay(service, id)]);
    const outcomes = answers.map((answer) => answer.json().outcome);
    expect(outcomes).toContain('recorded');
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1);
    expect(await service.count(PAYMENTS)).toBe(1);
  });

  test('of an unknown id is answered 404', async () => {
    expect((await replay(await openTestApp(), 999)).statusCode).toBe(404);
  });

  test('of an id that is no number is answered 400', async () => {
    const service = await openTestApp();
    expect((await service.post('/api/v1/quarantine/seven/replay', 'admin')).statusCode).toBe(400);
  });
});

describe('a discard', () => {
  test('erases the payload and keeps what was wrong', async () => {
    const service = await openTestApp();
    const id = await quarantine(service, NEGATIVE);
    const answer = await discard(service, id);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ id, status: 'discarded' });
    expect((await service.get(`/api/v1/quarantine/${id}`)).json()).toMatchObject({
      status: 'discarded',
      payload: null,
      problems: [{ code: 'negative' }],
    });
    const row = await service.app.store.knex(QUARANTINE).where({ id }).first();
    expect(row.sealed).toBeNull();
  });

  test('ends the entry: it can be neither replayed nor discarded again', async () => {
    const service = await openTestApp();
    const id = await quarantine(service, AHEAD);
    await discard(service, id);
    service.clock.ms += 3_600_000;
    expect((await replay(service, id)).statusCode).toBe(409);
    expect((await discard(service, id)).statusCode).toBe(409);
    expect(await service.count(PAYMENTS)).toBe(0);
  });

  test('of an unknown id is answered 404', async () => {
    expect((await discard(await openTestApp(), 999)).statusCode).toBe(404);
  });
});

describe('time', () => {
  test('erases payloads at the end of their days, and not a millisecond before', async () => {
    const service = await openTestApp({ environment: { FARELOG_QUARANTINE_DAYS: '7' } });
    const id = await quarantine(service, NEGATIVE);
    const { store } = service.app;
    expect(await expireQuarantine(store, service.clock.ms + 7 * DAY_MS - 1)).toBe(0);
    expect(await statusOf(service, id)).toBe('open');
    expect(await expireQuarantine(store, service.clock.ms + 7 * DAY_MS)).toBe(1);
    expect((await service.get(`/api/v1/quarantine/${id}`)).json()).toMatchObject({
      status: 'expired',
      payload: null,
    });
    expect((await replay(service, id)).statusCode).toBe(409);
  });

  test('has erased what was due when the service has started', async () => {
    const url = freshSqliteUrl();
    const before = await openTestApp({ url });
    const id = await quarantine(before, NEGATIVE);
    const app = await openApp({
      environment: {
        FARELOG_DATABASE_URL: url,
        FARELOG_DATA_DIR: before.dataDir,
        FARELOG_PORT: '0',
        FARELOG_PSEUDONYM_KEY: 'the-same-riders-in-every-test',
      },
      logger: before.app.logger,
      clock: () => before.clock.ms + 90 * DAY_MS,
    });
    const service = await startService(app);
    await service.stop();
    expect(await statusOf(before, id)).toBe('expired');
  });

  test('leaves what was discarded as it is', async () => {
    const service = await openTestApp();
    const id = await quarantine(service, NEGATIVE);
    await discard(service, id);
    expect(await expireQuarantine(service.app.store, service.clock.ms + 1000 * DAY_MS)).toBe(0);
    expect(await statusOf(service, id)).toBe('discarded');
  });

  test('opens an expired entry again when the same bytes come again', async () => {
    const service = await openTestApp();
    const id = await quarantine(service, NEGATIVE);
    service.clock.ms += 1000 * DAY_MS;
    await expireQuarantine(service.app.store, service.clock.ms);
    expect(await quarantine(service, NEGATIVE)).toBe(id);
    expect((await service.get(`/api/v1/quarantine/${id}`)).json()).toMatchObject({
      status: 'open',
      attempts: 2,
      payload: NEGATIVE,
    });
  });
});

describe('the seal', () => {
  test('hides the payload in the database', async () => {
    const service = await openTestApp({ url: freshSqliteUrl() });
    await quarantine(service, NEGATIVE);
    const bytes = databaseBytes(service.url);
    expect(bytes.includes('total_price must be over 0')).toBe(true);
    expect(bytes.includes('apple_pay')).toBe(false);
    expect(bytes.includes('bytemark-rider-77001')).toBe(false);
  });

  test('of another key is told clearly, and the entry stays as it is', async () => {
    const url = freshSqliteUrl();
    const before = await openTestApp({ url });
    const id = await quarantine(before, AHEAD);
    const after = await openTestApp({
      url,
      environment: { FARELOG_SEAL_KEY: 'another seal key altogether' },
    });
    after.clock.ms += 3_600_000;
    for (const answer of [await after.get(`/api/v1/quarantine/${id}`), await replay(after, id)]) {
      expect(answer.statusCode).toBe(500);
      expect(answer.json().detail).toContain('FARELOG_SEAL_KEY');
    }
    before.clock.ms += 3_600_000;
    expect((await replay(before, id)).statusCode).toBe(200);
  });

  test('that was tampered with is refused', async () => {
    const service = await openTestApp();
    const id = await quarantine(service, AHEAD);
    const { knex } = service.app.store;
    const { sealed } = await knex(QUARANTINE).where({ id }).first();
    sealed[sealed.length - 1] ^= 1;
    await knex(QUARANTINE).where({ id }).update({ sealed });
    service.clock.ms += 3_600_000;
    expect((await replay(service, id)).statusCode).toBe(500);
    expect(await service.count(PAYMENTS)).toBe(0);
  });
});
