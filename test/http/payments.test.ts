/** Recording by direct callers, and reading for researchers. */
import { describe, expect, test } from 'vitest';
import { notificationText, openTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { DATABASES, describeOn } from '../support/databases.js';

const PAYMENTS = 'hntb_bytemark_order_payments';

/** A valid payment in the table's field names, altered by what a test is about. */
function payment(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    payment_id: 1001,
    user_id: 'rider-1',
    order_id: 501,
    payment_type: 'credit_card',
    total_price: 2.5,
    logged_on: '2026-03-10T14:59:30Z',
    ...changes,
  };
}

const post = (service: TestApp, body: unknown) => service.post('/api/v1/payments', 'ingest', body);
const get = (service: TestApp, query = '') => service.get(`/api/v1/payments${query}`, 'researcher');

interface Page {
  readonly rows: readonly { readonly payment_id: number; readonly user_id: string }[];
  readonly limit: number;
  readonly currency: string;
  readonly next_cursor: string | null;
}

async function page(service: TestApp, query = ''): Promise<Page> {
  const answer = await get(service, query);
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

async function idsOf(service: TestApp, query: string): Promise<number[]> {
  return (await page(service, query)).rows.map(({ payment_id }) => payment_id);
}

describe('posting one payment', () => {
  test('records it: 201 with the record', async () => {
    const service = await openTestApp();
    const answer = await post(service, payment());
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      outcome: 'recorded',
      payment: { payment_id: 1001, order_id: 501, payment_type: 'credit_card', total_price: 2.5 },
    });
    expect(answer.json().payment.user_id).not.toBe('rider-1');
    expect(await service.count(PAYMENTS)).toBe(1);
  });

  test('again is a duplicate: 200 with the stored record', async () => {
    const service = await openTestApp();
    const first = await post(service, payment());
    service.clock.ms += 60_000;
    const again = await post(service, payment());
    expect(again.statusCode).toBe(200);
    expect(again.json()).toEqual({ outcome: 'duplicate', payment: first.json().payment });
  });

  test('after the webhook brought it is a duplicate too', async () => {
    const service = await openTestApp();
    await service.webhook(notificationText());
    const same = { payment_type: 'apple_pay', user_id: 'bytemark-rider-77001' };
    expect((await post(service, payment(same))).statusCode).toBe(200);
  });

  test('with other content is a conflict: 409 with the fields, and nothing is quarantined', async () => {
    const service = await openTestApp();
    await post(service, payment());
    const answer = await post(service, payment({ total_price: 2.51, order_id: 502 }));
    expect(answer.statusCode).toBe(409);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({
      outcome: 'conflict',
      problems: [
        { field: 'order_id', code: 'differs' },
        { field: 'total_price', code: 'differs' },
      ],
    });
    expect(await service.count('farelog_quarantine')).toBe(0);
  });

  test('that is not valid is refused: 422 with all problems, and nothing is quarantined', async () => {
    const service = await openTestApp();
    const answer = await post(service, payment({ payment_id: -1, total_price: '12abc', logged_on: null }));
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      status: 422,
      outcome: 'invalid',
      problems: [{ field: 'payment_id' }, { field: 'total_price' }, { field: 'logged_on' }],
    });
    expect(await service.count(PAYMENTS)).toBe(0);
    expect(await service.count('farelog_quarantine')).toBe(0);
  });

  test.each(['"x"', '1', 'null', 'true'])('%s is refused with 422', async (body) => {
    const service = await openTestApp();
    expect((await post(service, body)).json()).toMatchObject({
      status: 422,
      problems: [{ field: 'body', code: 'not_an_object' }],
    });
  });

  test('what is not JSON is refused with 422', async () => {
    const answer = await post(await openTestApp(), '{"payment_id":');
    expect(answer.statusCode).toBe(422);
    expect(answer.json().problems).toMatchObject([{ field: 'body', code: 'not_json' }]);
  });

  test('an empty body is refused with 422', async () => {
    expect((await post(await openTestApp(), '')).statusCode).toBe(422);
  });

  test('no body at all is refused with 400', async () => {
    expect((await post(await openTestApp(), undefined)).statusCode).toBe(400);
  });

  test.each([
    ['0.1', 0.1],
    ['0.01', 0.01],
    ['2557.68', 2557.68],
    ['4.35', 4.35],
    ['1.005', undefined],
    ['9999999999999.99', 9999999999999.99],
    ['10000000000000.00', undefined],
  ])('keeps the price %s exactly, or refuses it', async (text, expected) => {
    const service = await openTestApp();
    const answer = await post(service, JSON.stringify(payment()).replace('2.5', text));
    expect(answer.statusCode).toBe(expected === undefined ? 422 : 201);
    expect(answer.json().payment?.total_price).toBe(expected);
    if (expected !== undefined) expect(answer.body).toContain(`"total_price":${expected}`);
    expect((await page(service)).rows).toMatchObject(
      expected === undefined ? [] : [{ total_price: expected }],
    );
  });
});

describe('posting many payments', () => {
  test('answers 207 with the outcome of each in its place', async () => {
    const service = await openTestApp();
    await post(service, payment({ payment_id: 1 }));
    const answer = await post(service, [
      payment({ payment_id: 2 }),
      payment({ payment_id: 1 }),
      payment({ payment_id: 1, order_id: 9 }),
      payment({ payment_id: 3, total_price: 0 }),
      'x',
      payment({ payment_id: 4 }),
      payment({ payment_id: 4 }),
    ]);
    expect(answer.statusCode).toBe(207);
    expect(answer.json().rows).toMatchObject([
      { index: 0, status: 201, outcome: 'recorded', payment: { payment_id: 2 } },
      { index: 1, status: 200, outcome: 'duplicate', payment: { payment_id: 1 } },
      { index: 2, status: 409, outcome: 'conflict', problems: [{ field: 'order_id' }] },
      { index: 3, status: 422, outcome: 'invalid', problems: [{ field: 'total_price', code: 'zero' }] },
      { index: 4, status: 422, outcome: 'invalid', problems: [{ field: 'body' }] },
      { index: 5, status: 201, outcome: 'recorded', payment: { payment_id: 4 } },
      { index: 6, status: 200, outcome: 'duplicate', payment: { payment_id: 4 } },
    ]);
    expect(await service.count(PAYMENTS)).toBe(3);
    expect(await service.count('farelog_quarantine')).toBe(0);
  });

  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => payment({ payment_id: index + 1 }));

  test('takes 1,000', async () => {
    const service = await openTestApp();
    const answer = await post(service, many(1_000));
    expect(answer.statusCode).toBe(207);
    const rows: { status: number }[] = answer.json().rows;
    expect(rows).toHaveLength(1_000);
    expect(rows.every(({ status }) => status === 201)).toBe(true);
    expect(await service.count(PAYMENTS)).toBe(1_000);
  });

  test('refuses 1,001 as a whole', async () => {
    const service = await openTestApp();
    const answer = await post(service, many(1_001));
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain('1001');
    expect(await service.count(PAYMENTS)).toBe(0);
  });

  test('refuses an empty array', async () => {
    expect((await post(await openTestApp(), [])).statusCode).toBe(400);
  });

  test('takes as many bytes as the bulk limit, and refuses one more', async () => {
    const service = await openTestApp({ environment: { FARELOG_BULK_BODY_LIMIT_BYTES: '100000' } });
    const body = JSON.stringify(many(10));
    expect((await post(service, body.padEnd(100_000))).statusCode).toBe(207);
    expect((await post(service, body.padEnd(100_001))).statusCode).toBe(413);
  });

  test('tells which ones were not kept when the queue is full, with Retry-After', async () => {
    const service = await openTestApp({ environment: { FARELOG_QUEUE_DELIVERIES: '5' } });
    const answer = await post(service, many(20));
    expect(answer.statusCode).toBe(207);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    const rows: { status: number; outcome: string }[] = answer.json().rows;
    const kept = rows.filter(({ status }) => status === 201);
    const refused = rows.filter(({ status, outcome }) => status === 503 && outcome === 'unavailable');
    expect(refused.length).toBeGreaterThan(0);
    expect(kept.length + refused.length).toBe(20);
    expect(await service.count(PAYMENTS)).toBe(kept.length);
  });
});

describe('reading payments', () => {
  /** Six payments; with riders a and b, and the ends of the local day 2026-03-08, when daylight saving began. */
  async function filled(options: TestAppOptions = {}): Promise<TestApp> {
    const service = await openTestApp(options);
    const answer = await post(service, [
      payment({
        payment_id: 1,
        user_id: 'a',
        order_id: 10,
        logged_on: '2026-03-08T05:59:59Z',
        total_price: '1.00',
      }),
      payment({
        payment_id: 2,
        user_id: 'b',
        order_id: 10,
        logged_on: '2026-03-08T06:00:00Z',
        total_price: '2.00',
      }),
      payment({
        payment_id: 3,
        user_id: 'a',
        order_id: 11,
        logged_on: '2026-03-09T04:59:59Z',
        total_price: '2.50',
      }),
      payment({
        payment_id: 4,
        user_id: 'b',
        order_id: 11,
        logged_on: '2026-03-09T05:00:00Z',
        total_price: '3.00',
      }),
      payment({ payment_id: 5, user_id: 'a', payment_type: 'Apple_Pay', logged_on: '2026-03-10T00:00:00Z' }),
      payment({ payment_id: 6, user_id: 'a', payment_type: 'barter', logged_on: '2026-03-10T00:00:00Z' }),
    ]);
    expect(answer.statusCode).toBe(207);
    return service;
  }

  test('gives the newest logged_on first, and among equals the highest id', async () => {
    const all = await page(await filled());
    expect(all).toMatchObject({ limit: 100, currency: 'USD', next_cursor: null });
    expect(all.rows.map(({ payment_id }) => payment_id)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
    describeOn(database, () => {
      test('filters by each parameter, and by several together', async () => {
        const service = await filled({ url: await database.freshUrl() });
        const rider = (await page(service)).rows.find(({ payment_id }) => payment_id === 1)?.user_id;
        const cases: readonly (readonly [string, readonly number[]])[] = [
          [`user_id=${rider}`, [6, 5, 3, 1]],
          ['user_id=a', []],
          ['payment_type=mobile_payment', [5]],
          ['payment_type=MOBILE_PAYMENT', []],
          ['payment_type=other', [6]],
          ['order_id=10', [2, 1]],
          ['order_id=99', []],
          ['from=2026-03-08', [6, 5, 4, 3, 2]],
          ['to=2026-03-08', [1]],
          ['from=2026-03-08&to=2026-03-09', [3, 2]],
          ['from=2026-03-08T06:00:00Z', [6, 5, 4, 3, 2]],
          ['from=2026-03-08T06:00:01Z', [6, 5, 4, 3]],
          ['to=2026-03-08T06:00:00Z', [1]],
          ['from=2026-03-09T00:00:00-05:00', [6, 5, 4]],
          ['min_price=2.5', [6, 5, 4, 3]],
          ['max_price=2.50', [6, 5, 3, 2, 1]],
          ['min_price=2&max_price=2.5', [6, 5, 3, 2]],
          ['min_price=2.51&max_price=2.99', []],
          [`user_id=${rider}&order_id=11&from=2026-03-08`, [3]],
          ['limit=2', [6, 5]],
        ];
        for (const [query, expected] of cases) {
          expect([query, await idsOf(service, `?${query}`)]).toEqual([query, expected]);
        }
      });
    });
  }

  test.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=0x10', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['order_id=x', 'order_id'],
    ['order_id=1.5', 'order_id'],
    ['order_id=', 'order_id'],
    ['order_id=99999999999999999999', 'order_id'],
    ['min_price=cheap', 'min_price'],
    ['max_price=NaN', 'max_price'],
    ['max_price=Infinity', 'max_price'],
    ['max_price=', 'max_price'],
    ['user_id=', 'user_id'],
    ['user_id=a&user_id=b', 'user_id'],
    ['payment_type=', 'payment_type'],
    ['from=yesterday', 'from'],
    ['from=2026-02-30', 'from'],
    ['to=2026-03-08T06:00:00', 'to'],
    ['to=', 'to'],
    ['cursor=', 'cursor'],
    ['cursor=abc', 'cursor'],
    [`cursor=${Buffer.from('2026-13-41 00:00:00|1').toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('2026-03-08 00:00:00|1 OR 1').toString('base64url')}`, 'cursor'],
    ['sort=price', 'sort'],
    ['userId=a', 'userId'],
    ['user_id[$ne]=a', 'user_id[$ne]'],
  ])('refuses ?%s, naming %s', async (query, parameter) => {
    const answer = await get(await openTestApp(), `?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json().detail).toContain(parameter);
  });

  test('takes the smallest and the largest limit', async () => {
    const service = await filled();
    expect(await idsOf(service, '?limit=1')).toEqual([6]);
    expect(await idsOf(service, '?limit=1000')).toHaveLength(6);
  });

  test('takes SQL in a filter for the text that it is', async () => {
    const service = await filled();
    const text = encodeURIComponent(`x' OR '1'='1`);
    expect(await idsOf(service, `?user_id=${text}`)).toEqual([]);
    expect(await idsOf(service, `?payment_type=${text}`)).toEqual([]);
  });
});

describe('one payment', () => {
  const show = (service: TestApp, id: string) => service.get(`/api/v1/payments/${id}`, 'researcher');

  test("is shown with its capture, which keeps the provider's word and reference", async () => {
    const service = await openTestApp();
    await service.webhook(notificationText({ payment_method: 'Apple_Pay', event_id: 'evt-7' }));
    const answer = await show(service, '1001');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      payment_id: 1001,
      payment_type: 'mobile_payment',
      total_price: 2.5,
      capture: {
        sequence: expect.any(Number),
        source: 'webhook',
        raw_method: 'Apple_Pay',
        reference: 'evt-7',
        received_at: '2026-03-10T15:00:00Z',
      },
    });
  });

  test('that another program wrote has no capture', async () => {
    const service = await openTestApp();
    const times = { logged_on: '2026-03-10 00:00:00', created_on: '2026-03-10 00:00:00' };
    await service.app.store.knex(PAYMENTS).insert({
      ...payment({ user_id: 'u' }),
      ...times,
      modified_on: times.created_on,
    });
    expect((await show(service, '1001')).json()).toMatchObject({ payment_id: 1001, capture: null });
  });

  test('of an unknown id is answered 404', async () => {
    const answer = await show(await openTestApp(), '1001');
    expect(answer.statusCode).toBe(404);
    expect(answer.json().detail).toContain('1001');
  });

  test.each(['abc', '0', '-1', '1.5', '1e3', '0x3e9', '%20', '99999999999999999999'])(
    'of the id %s is answered 400',
    async (id) => {
      const service = await openTestApp();
      await post(service, payment({ payment_id: 1000 }));
      const answer = await show(service, id);
      expect(answer.statusCode).toBe(400);
      expect(answer.json().detail).toContain('payment_id');
    },
  );
});
