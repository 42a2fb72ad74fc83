/** The webhook as its sender sees it: what is kept, what is refused, and that nothing it says brings the service down. */
import { createHmac } from 'node:crypto';
import Database from 'better-sqlite3';
import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  databaseBytes,
  NOW_S,
  notification,
  notificationText,
  OTHER_SECRET,
  openTestApp,
  SECRET,
  secretText,
  signedHeaders,
  type TestApp,
} from '../support/app.js';
import { behindProxy } from '../support/cuttable.js';
import { describeOnServers, freshSqliteUrl } from '../support/databases.js';
import { until } from '../support/promises.js';

const PAYMENTS = 'hntb_bytemark_order_payments';
const QUARANTINE = 'farelog_quarantine';
const BODY = notificationText();

/** What a conflict or an invalid delivery is answered. */
function expectQuarantined(answer: LightMyRequestResponse, outcome: 'conflict' | 'invalid'): void {
  expect(answer.statusCode).toBe(202);
  expect(answer.json()).toMatchObject({ outcome, quarantine_id: expect.any(Number) });
}

async function expectNothingKept(service: TestApp): Promise<void> {
  expect(await service.count(PAYMENTS)).toBe(0);
  expect(await service.count(QUARANTINE)).toBe(0);
}

async function expectRefused(
  service: TestApp,
  answer: LightMyRequestResponse,
  status: number,
): Promise<void> {
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.json()).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
  await expectNothingKept(service);
}

function expectRetryLater(answer: LightMyRequestResponse): void {
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
}

describe('a signed delivery', () => {
  test('is answered 201 with the record', async () => {
    const service = await openTestApp();
    const answer = await service.webhook(BODY);
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.json()).toEqual({
      outcome: 'recorded',
      payment: {
        payment_id: 1001,
        user_id: expect.stringMatching(/^[0-9a-f]{8}_[0-9a-f]{32}$/),
        order_id: 501,
        payment_type: 'mobile_payment',
        total_price: 2.5,
        logged_on: '2026-03-10T14:59:30Z',
        created_on: '2026-03-10T15:00:00Z',
        modified_on: '2026-03-10T15:00:00Z',
      },
    });
    expect(await service.count(PAYMENTS)).toBe(1);
  });

  test('sent again is answered 200 with the record that is stored, and kept once', async () => {
    const service = await openTestApp();
    const first = await service.webhook(BODY);
    service.clock.ms += 60_000;
    const again = await service.webhook(BODY);
    expect(again.statusCode).toBe(200);
    expect(again.json()).toEqual({ outcome: 'duplicate', payment: first.json().payment });
    expect(await service.count(PAYMENTS)).toBe(1);
    expect(await service.count(QUARANTINE)).toBe(0);
  });

  test('that says the same in other words is a duplicate', async () => {
    const service = await openTestApp();
    await service.webhook(BODY);
    const same = { payment_method: 'Google_Pay', amount: 2.5, timestamp: '2026-03-10T09:59:30.9-05:00' };
    const answer = await service.webhook(notificationText({ ...same, event_id: 'evt-2' }));
    expect(answer.statusCode).toBe(200);
    expect(await service.count(PAYMENTS)).toBe(1);
  });

  test.each([
    ['user_id', { user_id: 'bytemark-rider-77002' }],
    ['order_id', { order_id: 502 }],
    ['payment_type', { payment_method: 'credit_card' }],
    ['total_price', { amount: '2.51' }],
    ['logged_on', { timestamp: '2026-03-10T14:59:31Z' }],
  ])(
    'that differs in %s is a conflict that names it, is quarantined, and changes nothing',
    async (field, changes) => {
      const service = await openTestApp();
      const first = await service.webhook(BODY);
      const answer = await service.webhook(notificationText(changes));
      expectQuarantined(answer, 'conflict');
      expect(answer.json().problems).toEqual([
        { field, code: 'differs', message: expect.stringContaining(field) },
      ]);
      expect(await service.count(QUARANTINE)).toBe(1);
      expect((await service.webhook(BODY)).json().payment).toEqual(first.json().payment);
    },
  );

  test('that differs in everything names every field', async () => {
    const service = await openTestApp();
    await service.webhook(BODY);
    const other = {
      user_id: 'b',
      order_id: 9,
      payment_method: 'cash',
      amount: 9,
      timestamp: '2026-01-01T00:00:00Z',
    };
    const answer = await service.webhook(notificationText(other));
    const fields: { field: string }[] = answer.json().problems;
    expect(fields.map(({ field }) => field)).toEqual([
      'user_id',
      'order_id',
      'payment_type',
      'total_price',
      'logged_on',
    ]);
  });

  test('that is not valid is quarantined and told all its problems together', async () => {
    const service = await openTestApp();
    const wrong = {
      payment_id: 0,
      user_id: '',
      order_id: 1.5,
      payment_method: '',
      amount: '1e2',
      timestamp: 'now',
    };
    const answer = await service.webhook(notificationText(wrong));
    expectQuarantined(answer, 'invalid');
    const problems: { field: string; code: string }[] = answer.json().problems;
    expect(problems.map(({ field }) => field)).toEqual([
      'payment_id',
      'user_id',
      'order_id',
      'payment_type',
      'total_price',
      'logged_on',
    ]);
    expect(await service.count(PAYMENTS)).toBe(0);
    expect(await service.count(QUARANTINE)).toBe(1);
  });

  test('that is not JSON is quarantined', async () => {
    const service = await openTestApp();
    const answer = await service.webhook('payment_id=1001&amount=2.50');
    expectQuarantined(answer, 'invalid');
    expect(answer.json().problems).toMatchObject([{ field: 'body', code: 'not_json' }]);
  });
});

describe('a delivery whose signature does not hold is answered 401 and not kept', () => {
  test('without webhook-id', async () => {
    const service = await openTestApp();
    await expectRefused(service, await service.webhook(BODY, { 'webhook-id': undefined }), 401);
  });

  test('without webhook-timestamp', async () => {
    const service = await openTestApp();
    await expectRefused(service, await service.webhook(BODY, { 'webhook-timestamp': undefined }), 401);
  });

  test('without webhook-signature', async () => {
    const service = await openTestApp();
    await expectRefused(service, await service.webhook(BODY, { 'webhook-signature': undefined }), 401);
  });

  test('with an empty signature', async () => {
    const service = await openTestApp();
    await expectRefused(service, await service.webhook(BODY, { 'webhook-signature': '' }), 401);
  });

  test('signed 301 s ago', async () => {
    const service = await openTestApp();
    await expectRefused(service, await service.webhook(BODY, signedHeaders(BODY, NOW_S - 301)), 401);
  });

  test('signed 301 s ahead', async () => {
    const service = await openTestApp();
    await expectRefused(service, await service.webhook(BODY, signedHeaders(BODY, NOW_S + 301)), 401);
  });

  test('signed with another secret', async () => {
    const service = await openTestApp();
    await expectRefused(service, await service.webhook(BODY, signedHeaders(BODY, NOW_S, OTHER_SECRET)), 401);
  });

  test('with a truncated signature', async () => {
    const service = await openTestApp();
    const whole = signedHeaders(BODY, NOW_S)['webhook-signature'] ?? '';
    await expectRefused(
      service,
      await service.webhook(BODY, { 'webhook-signature': whole.slice(0, -8) }),
      401,
    );
  });

  test('with a longer signature', async () => {
    const service = await openTestApp();
    const { 'webhook-signature': whole = '' } = signedHeaders(BODY, NOW_S);
    const longer = `v1,${Buffer.concat([Buffer.from(whole.slice(3), 'base64'), Buffer.of(0)]).toString('base64')}`;
    await expectRefused(service, await service.webhook(BODY, { 'webhook-signature': longer }), 401);
  });

  test('with the signature of another version', async () => {
    const service = await openTestApp();
    const whole = signedHeaders(BODY, NOW_S)['webhook-signature'] ?? '';
    await expectRefused(
      service,
      await service.webhook(BODY, { 'webhook-signature': whole.replace('v1', 'v2') }),
      401,
    );
  });

  test('with another message id than was signed', async () => {
    const service = await openTestApp();
    await expectRefused(service, await service.webhook(BODY, { 'webhook-id': 'msg_2' }), 401);
  });

  test('with one byte of the body altered', async () => {
    const service = await openTestApp();
    const altered = BODY.replace('2.50', '3.50');
    await expectRefused(service, await service.webhook(altered, signedHeaders(BODY, NOW_S)), 401);
  });

  test('with a timestamp that is no count of seconds', async () => {
    const service = await openTestApp();
    await expectRefused(service, await service.webhook(BODY, { 'webhook-timestamp': `${NOW_S}.5` }), 401);
  });
});

describe('a delivery whose signature holds is accepted', () => {
  test.each([-300, 300])('at %i s, the very end of the tolerance', async (distance) => {
    const service = await openTestApp();
    expect((await service.webhook(BODY, signedHeaders(BODY, NOW_S + distance))).statusCode).toBe(201);
  });

  test('where one of several signatures is right', async () => {
    const service = await openTestApp();
    const { 'webhook-signature': right } = signedHeaders(BODY, NOW_S);
    const { 'webhook-signature': wrong } = signedHeaders(BODY, NOW_S, OTHER_SECRET);
    const answer = await service.webhook(BODY, { 'webhook-signature': `v1a,zz ${wrong} ${right}` });
    expect(answer.statusCode).toBe(201);
  });

  test('while two secrets live, by either; once the old one is gone, it is refused', async () => {
    const both = { FARELOG_WEBHOOK_SECRETS: `${secretText(SECRET)},${secretText(OTHER_SECRET)}` };
    const during = await openTestApp({ environment: both });
    const second = notificationText({ payment_id: 1002 });
    expect((await during.webhook(BODY)).statusCode).toBe(201);
    expect((await during.webhook(second, signedHeaders(second, NOW_S, OTHER_SECRET))).statusCode).toBe(201);
    const one = { FARELOG_WEBHOOK_SECRETS: secretText(OTHER_SECRET) };
    const after = await openTestApp({ environment: one });
    await expectRefused(after, await after.webhook(BODY), 401);
    expect((await after.webhook(BODY, signedHeaders(BODY, NOW_S, OTHER_SECRET))).statusCode).toBe(201);
  });
});

describe('the scheme hmac', () => {
  const KEY = 'a shared secret that is not base64';
  const HMAC = { FARELOG_WEBHOOK_SCHEME: 'hmac', FARELOG_WEBHOOK_SECRETS: KEY };
  const TIMED = { ...HMAC, FARELOG_WEBHOOK_TIMESTAMP_HEADER: 'X-Signed-At' };
  const mac = (text: string): Buffer => createHmac('sha256', KEY).update(text).digest();

  test.each([
    ['hex', (signature: Buffer) => signature.toString('hex')],
    ['upper-case hex', (signature: Buffer) => signature.toString('hex').toUpperCase()],
    ['base64', (signature: Buffer) => signature.toString('base64')],
    ['hex with the prefix sha256=', (signature: Buffer) => `sha256=${signature.toString('hex')}`],
    ['base64 with the prefix sha256=', (signature: Buffer) => `sha256=${signature.toString('base64')}`],
  ])('takes %s', async (_name, write) => {
    const service = await openTestApp({ environment: HMAC });
    const answer = await service.webhook(BODY, { 'x-bytemark-signature': write(mac(BODY)) });
    expect(answer.statusCode).toBe(201);
  });

  test('reads the header that is configured', async () => {
    const environment = { ...HMAC, FARELOG_WEBHOOK_SIGNATURE_HEADER: 'X-Fare-Signature' };
    const service = await openTestApp({ environment });
    const signature = mac(BODY).toString('hex');
    await expectRefused(service, await service.webhook(BODY, { 'x-bytemark-signature': signature }), 401);
    expect((await service.webhook(BODY, { 'x-fare-signature': signature })).statusCode).toBe(201);
  });

  test('refuses a missing signature', async () => {
    const service = await openTestApp({ environment: HMAC });
    await expectRefused(service, await service.webhook(BODY), 401);
  });

  test('refuses a truncated signature', async () => {
    const service = await openTestApp({ environment: HMAC });
    const short = mac(BODY).toString('hex').slice(0, 62);
    await expectRefused(service, await service.webhook(BODY, { 'x-bytemark-signature': short }), 401);
  });

  test('refuses a signature of other bytes', async () => {
    const service = await openTestApp({ environment: HMAC });
    const signature = mac(`${BODY} `).toString('hex');
    await expectRefused(service, await service.webhook(BODY, { 'x-bytemark-signature': signature }), 401);
  });

  test('with a timestamp header signs the timestamp too', async () => {
    const service = await openTestApp({ environment: TIMED });
    const signature = mac(`${NOW_S}.${BODY}`).toString('hex');
    const headers = { 'x-bytemark-signature': signature, 'x-signed-at': String(NOW_S) };
    expect((await service.webhook(BODY, headers)).statusCode).toBe(201);
  });

  test('with a timestamp header refuses a signature of the body alone', async () => {
    const service = await openTestApp({ environment: TIMED });
    const headers = { 'x-bytemark-signature': mac(BODY).toString('hex'), 'x-signed-at': String(NOW_S) };
    await expectRefused(service, await service.webhook(BODY, headers), 401);
  });

  test('with a timestamp header refuses an old one, though it was signed', async () => {
    const service = await openTestApp({ environment: TIMED });
    const signature = mac(`${NOW_S - 301}.${BODY}`).toString('hex');
    const headers = { 'x-bytemark-signature': signature, 'x-signed-at': String(NOW_S - 301) };
    await expectRefused(service, await service.webhook(BODY, headers), 401);
  });

  test('with a timestamp header refuses a delivery without it', async () => {
    const service = await openTestApp({ environment: TIMED });
    const signature = mac(`${NOW_S}.${BODY}`).toString('hex');
    await expectRefused(service, await service.webhook(BODY, { 'x-bytemark-signature': signature }), 401);
  });
});

describe('the body of a delivery', () => {
  /** A valid notification of exactly that many bytes. */
  function ofBytes(bytes: number): string {
    const empty = notificationText({ note: '' });
    return notificationText({ note: 'x'.repeat(bytes - empty.length) });
  }

  test('may have 64 KiB', async () => {
    const service = await openTestApp();
    const body = ofBytes(64 * 1024);
    expect(Buffer.byteLength(body)).toBe(65_536);
    expect((await service.webhook(body)).statusCode).toBe(201);
  });

  test('of one byte more is refused as too large', async () => {
    const service = await openTestApp();
    await expectRefused(service, await service.webhook(ofBytes(64 * 1024 + 1)), 413);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'multipart/form-data'])(
    'of the type %s is refused',
    async (type) => {
      const service = await openTestApp();
      await expectRefused(service, await service.webhook(BODY, { 'content-type': type }), 415);
    },
  );

  test('without a type is refused', async () => {
    const service = await openTestApp();
    await expectRefused(service, await service.webhook(BODY, { 'content-type': undefined }), 415);
  });

  test.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/cloudevents+json'])(
    'may be of the type %s',
    async (type) => {
      const service = await openTestApp();
      expect((await service.webhook(BODY, { 'content-type': type })).statusCode).toBe(201);
    },
  );

  test('that is compressed is refused', async () => {
    const service = await openTestApp();
    await expectRefused(service, await service.webhook(BODY, { 'content-encoding': 'gzip' }), 415);
  });
});

/** Holds the write lock of the database as another process would; the writer waits for it in a thread of its own. */
function holdWriteLock(url: string): { release(): void } {
  const other = new Database(url.slice('sqlite:'.length));
  onTestFinished(() => {
    other.close();
  });
  other.exec('BEGIN IMMEDIATE');
  return { release: () => other.exec('COMMIT') };
}

describe('when it cannot be kept, a delivery is answered 503 with Retry-After', () => {
  test('while the queue is full; those answered 201 are the ones that are kept', async () => {
    const service = await openTestApp({
      url: freshSqliteUrl(),
      environment: { FARELOG_QUEUE_DELIVERIES: '1' },
    });
    const lock = holdWriteLock(service.url);
    let refused = 0;
    const sent = [1, 2, 3, 4, 5, 6].map(async (payment_id) => {
      const answer = await service.webhook(notificationText({ payment_id }));
      if (answer.statusCode === 503) refused++;
      return answer;
    });
    // One is in the transaction that waits for the lock, one may wait in the queue.
    await until(async () => (refused >= 4 ? true : undefined));
    lock.release();
    const answers = await Promise.all(sent);
    const kept = answers.filter(({ statusCode }) => statusCode === 201);
    const busy = answers.filter(({ statusCode }) => statusCode !== 201);
    for (const answer of busy) expectRetryLater(answer);
    expect(kept.length).toBeGreaterThan(0);
    expect(await service.count(PAYMENTS)).toBe(kept.length);
  });

  test('where the database fails; nothing is kept, and it recovers by itself', async () => {
    const service = await openTestApp({ url: freshSqliteUrl() });
    const { knex } = service.app.store;
    await knex.schema.renameTable('farelog_captures', 'elsewhere');
    expect((await service.get('/readyz')).statusCode).toBe(200);
    expectRetryLater(await service.webhook(BODY));
    expectRetryLater(await service.webhook(BODY));
    expect((await service.get('/readyz')).statusCode).toBe(503);
    await knex.schema.renameTable('elsewhere', 'farelog_captures');
    await expectNothingKept(service);
    expect((await service.webhook(BODY)).statusCode).toBe(201);
    expect((await service.get('/readyz')).statusCode).toBe(200);
    expect(await service.count(PAYMENTS)).toBe(1);
  });

  test('while the service is being stopped, of which only its health still tells', async () => {
    const service = await openTestApp({ accepting: false });
    const answer = await service.webhook(BODY);
    expectRetryLater(answer);
    expect(answer.headers.connection).toBe('close');
    expectRetryLater(await service.post('/api/v1/payments', 'ingest', notification()));
    await expectNothingKept(service);
    expect((await service.get('/healthz')).statusCode).toBe(200);
    expect((await service.get('/readyz')).statusCode).toBe(503);
  });

  describeOnServers((server) => {
    test('where the database is gone; nothing is kept, and it recovers by itself', async () => {
      const database = await behindProxy(await server.freshUrl());
      const service = await openTestApp({ url: database.url });
      expect((await service.webhook(BODY)).statusCode).toBe(201);
      await database.cut();
      const second = notificationText({ payment_id: 1002 });
      expectRetryLater(await service.webhook(second));
      expect((await service.get('/readyz')).statusCode).toBe(503);
      await database.mend();
      expect((await service.webhook(BODY)).statusCode).toBe(200);
      expect(await service.count(PAYMENTS)).toBe(1);
      expect((await service.webhook(second)).statusCode).toBe(201);
      expect((await service.get('/readyz')).statusCode).toBe(200);
    });

    test('so are direct callers and readers', async () => {
      const database = await behindProxy(await server.freshUrl());
      const service = await openTestApp({ url: database.url });
      await database.cut();
      expectRetryLater(await service.post('/api/v1/payments', 'ingest', notification()));
      expectRetryLater(await service.get('/api/v1/payments', 'researcher'));
      await database.mend();
      expect((await service.post('/api/v1/payments', 'ingest', notification())).statusCode).toBe(201);
    });
  });
});

const VALID_BUT = (text: string): string => BODY.replace('"payment_id":1001', text);

const POISON: readonly (readonly [string, string | Buffer])[] = [
  ['nesting of 10,000', VALID_BUT(`"payment_id":${'['.repeat(10_000)}${']'.repeat(10_000)}`)],
  ['an unknown field nested 10,000 deep and no id', `{"x":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`],
  ['NUL in a text', notificationText({ user_id: 'a\u0000b' })],
  ['a raw NUL byte', `${BODY}\u0000`],
  ['1e309 as price', BODY.replace('"2.50"', '1e309')],
  ['1e309 as id', VALID_BUT('"payment_id":1e309')],
  ['2^53+1 as id', VALID_BUT('"payment_id":9007199254740993')],
  ['a fraction as id', VALID_BUT('"payment_id":1001.5')],
  ['__proto__ with the fields', `{"__proto__":${BODY}}`],
  ['__proto__ beside the fields', VALID_BUT('"__proto__":{"payment_id":1001}')],
  ['constructor instead of the id', VALID_BUT('"constructor":{"prototype":{"payment_id":1001}}')],
  ['a key given twice', VALID_BUT('"payment_id":1001,"payment_id":1002')],
  ['a lone surrogate as rider', BODY.replace('bytemark-rider-77001', '\\ud800')],
  ['a lone low surrogate as method', BODY.replace('apple_pay', 'a\\udc00')],
  ['an object as rider', notificationText({ user_id: { $ne: null } })],
  ['an array as method', notificationText({ payment_method: ['apple_pay'] })],
  ['invalid UTF-8', Buffer.concat([Buffer.from(BODY.slice(0, -1)), Buffer.of(0xff, 0xfe, 0x7d)])],
  [
    'an overlong UTF-8 sequence',
    Buffer.concat([Buffer.from('{"user_id":"'), Buffer.of(0xc0, 0x80), Buffer.from('"}')]),
  ],
  ['a truncated body', BODY.slice(0, 40)],
  ['an empty array', '[]'],
  ['an array of payments', `[${BODY}]`],
  ['null', 'null'],
  ['a text', '"x"'],
  ['a number', '1001'],
  ['NaN', VALID_BUT('"payment_id":NaN')],
  ['an empty object', '{}'],
  ['only white space', '  \n '],
  ['an empty body', ''],
];

describe('poison', () => {
  test.each(POISON)('%s is quarantined, and the next good one recorded', async (_name, body) => {
    const service = await openTestApp();
    const answer = await service.webhook(body);
    expectQuarantined(answer, 'invalid');
    expect(answer.json().problems.length).toBeGreaterThan(0);
    expect(await service.count(PAYMENTS)).toBe(0);
    const { quarantine_id } = answer.json();
    expect((await service.post(`/api/v1/quarantine/${quarantine_id}/replay`, 'admin')).statusCode).toBe(422);
    expect((await service.webhook(BODY)).statusCode).toBe(201);
    expect(service.log.filter((line) => line.startsWith('A request failed'))).toEqual([]);
  });
});

const CARDS = ['4111111111111111', '4111 1111 1111 1111', '4111-1111-1111-1111'];
/** The digits of a card however they are grouped. */
const CARD_DIGITS = /4[ -]?1(?:[ -]?1){14}/;

function expectNoCard(text: string): void {
  expect(CARD_DIGITS.test(text)).toBe(false);
}

async function expectCardNowhere(service: TestApp, answer: LightMyRequestResponse): Promise<void> {
  expectNoCard(answer.body);
  expectNoCard(databaseBytes(service.url).toString('latin1'));
  expectNoCard(service.log.join('\n'));
  for (const { id } of (await service.get('/api/v1/quarantine')).json().rows) {
    const shown = await service.get(`/api/v1/quarantine/${id}`);
    expect(shown.json().payload).toEqual(expect.any(String));
    expectNoCard(shown.body);
  }
  for (const { payment_id } of (await service.get('/api/v1/payments')).json().rows) {
    expectNoCard((await service.get(`/api/v1/payments/${payment_id}`)).body);
  }
}

describe('a card number', () => {
  const fields = ['user_id', 'payment_method', 'event_id', 'order_uuid', 'note'];
  const openOnDisk = (): Promise<TestApp> => openTestApp({ url: freshSqliteUrl() });

  test.each(fields)('in %s of a valid delivery is nowhere', async (field) => {
    const service = await openOnDisk();
    for (const [index, card] of CARDS.entries()) {
      const answer = await service.webhook(notificationText({ payment_id: index + 1, [field]: card }));
      expect(answer.statusCode).toBe(201);
      await expectCardNowhere(service, answer);
    }
  });

  test.each([...fields, 'amount', 'timestamp', 'currency'])(
    'in %s of a quarantined delivery is nowhere',
    async (field) => {
      const service = await openOnDisk();
      for (const card of CARDS) {
        const answer = await service.webhook(notificationText({ order_id: -1, [field]: card }));
        expectQuarantined(answer, 'invalid');
        await expectCardNowhere(service, answer);
      }
    },
  );

  test('as a number in a quarantined delivery is nowhere', async () => {
    const service = await openOnDisk();
    const answer = await service.webhook(notificationText({ order_id: -1, user_id: 4111111111111111 }));
    expectQuarantined(answer, 'invalid');
    await expectCardNowhere(service, answer);
  });

  test('in escaped digits is not in the kept payload, even when that is read as JSON', async () => {
    const service = await openTestApp();
    const escaped = [...'4111111111111111'].map((digit) => `\\u003${digit}`).join('');
    const body = notificationText({ order_id: -1 }).replace('bytemark-rider-77001', escaped);
    const answer = await service.webhook(body);
    expectQuarantined(answer, 'invalid');
    const { payload } = (await service.get(`/api/v1/quarantine/${answer.json().quarantine_id}`)).json();
    expectNoCard(JSON.stringify(JSON.parse(payload)));
  });

  test('in a body that is not JSON is nowhere', async () => {
    const service = await openOnDisk();
    const answer = await service.webhook('card=4111111111111111;');
    expectQuarantined(answer, 'invalid');
    await expectCardNowhere(service, answer);
  });

  test('as rider of a quarantined delivery keeps it from being replayed as another rider', async () => {
    const service = await openTestApp();
    const soon = { user_id: CARDS[0], timestamp: '2026-03-10T16:00:00Z' };
    const { quarantine_id } = (await service.webhook(notificationText(soon))).json();
    service.clock.ms += 3_600_000;
    const answer = await service.post(`/api/v1/quarantine/${quarantine_id}/replay`, 'admin');
    expect(answer.statusCode).toBe(422);
    expect(answer.json().problems).toMatchObject([{ field: 'user_id', code: 'card_number_removed' }]);
    expect(await service.count(PAYMENTS)).toBe(0);
  });
});

describe("the provider's rider", () => {
  const RIDER = 'bytemark-rider-77001';

  test('is nowhere in the database, the answers or the log, whatever became of the delivery', async () => {
    const service = await openTestApp({ url: freshSqliteUrl() });
    const bodies = [
      notificationText(),
      notificationText(),
      notificationText({ amount: '3.00' }),
      notificationText({ payment_id: 1002, amount: '-1' }),
      `not JSON: ${RIDER}`,
    ];
    const statuses: number[] = [];
    for (const body of bodies) {
      const answer = await service.webhook(body);
      statuses.push(answer.statusCode);
      expect(answer.body).not.toContain(RIDER);
    }
    expect(statuses).toEqual([201, 200, 202, 202, 202]);
    expect((await service.get('/api/v1/payments')).body).not.toContain(RIDER);
    expect((await service.get('/api/v1/quarantine')).body).not.toContain(RIDER);
    const bytes = databaseBytes(service.url);
    expect(bytes.includes('mobile_payment')).toBe(true);
    expect(bytes.includes(RIDER)).toBe(false);
    expect(service.log.join('\n')).not.toContain(RIDER);
  });

  test('is the same pseudonym each time, and another rider another one', async () => {
    const service = await openTestApp();
    const riders: string[] = [];
    for (const [payment_id, user_id] of [
      [1, 'a'],
      [2, 'b'],
      [3, 'a'],
    ] as const) {
      riders.push((await service.webhook(notificationText({ payment_id, user_id }))).json().payment.user_id);
    }
    expect(riders[2]).toBe(riders[0]);
    expect(riders[1]).not.toBe(riders[0]);
  });
});
