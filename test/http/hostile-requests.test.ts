/**
 * Requests that try to be taken for something else: two lengths, parameters and fields that are objects, names that
 * every object has. Scalars alone reach a database driver, since drivers expand objects and arrays into SQL.
 */
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { notificationText, openTestApp, type TestApp } from '../support/app.js';

/** Everything that the server says to some bytes, until it closes the connection. */
async function exchange({ server }: TestApp, bytes: string): Promise<string> {
  if (!server.server.listening) await server.listen({ host: '127.0.0.1', port: 0 });
  const address: AddressInfo | string | null = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  const socket = connect(address.port, '127.0.0.1');
  socket.on('error', () => undefined);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

describe('a request that two readers could take for two different ones', () => {
  const SMUGGLED = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const POST = 'POST /webhooks/bytemark HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

  test.each([
    [
      'has a length and chunks',
      `${POST}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    ['has two lengths', `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}${SMUGGLED}`],
    ['has a space before a colon', `${POST}Content-Length : 2\r\n\r\n{}${SMUGGLED}`],
    ['has a length with a sign', `${POST}Content-Length: +2\r\n\r\n{}${SMUGGLED}`],
    [
      'has chunks that are not the last coding',
      `${POST}Transfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    [
      'has a chunk whose size is no number',
      `${POST}Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n${SMUGGLED}`,
    ],
    ['has a bare line feed in a header', `${POST}X: a\nContent-Length: 2\r\n\r\n{}${SMUGGLED}`],
    ['continues a header on the next line', `${POST}X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}${SMUGGLED}`],
  ])('%s: it is refused, and what stands behind it is not answered', async (_name, bytes) => {
    const answers = (await exchange(await openTestApp(), bytes)).match(/HTTP\/1\.1 \d+/g) ?? [];
    expect(answers[0]).toMatch(/ 4\d\d$/);
    expect(answers).not.toContain('HTTP/1.1 200');
  });
});

test.each([
  ['tells its length', `Content-Length: 10000000\r\n\r\n${' '.repeat(10_000_000)}`],
  [
    'does not',
    `Transfer-Encoding: chunked\r\n\r\n${(10_000_000).toString(16)}\r\n${' '.repeat(10_000_000)}\r\n0\r\n\r\n`,
  ],
])('a body far too large is answered although it is sent to its end, where it %s', async (_name, rest) => {
  const service = await openTestApp();
  await service.server.listen({ host: '127.0.0.1', port: 0 });
  const head = 'POST /webhooks/bytemark HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => exchange(service, `${head}Connection: close\r\n${rest}`)),
  );
  expect(answers.map((text) => text.slice(0, 'HTTP/1.1 413'.length))).toEqual(Array(8).fill('HTTP/1.1 413'));
});

describe('a parameter', () => {
  test.each([
    '?user_id[]=a',
    '?user_id[$ne]=a',
    '?user_id=a&user_id=b',
    '?order_id=1&order_id=2',
    '?limit=1&limit=2',
    '?from=2026-01-01&from=2026-01-02',
    '?__proto__=1',
    '?__proto__[role]=admin',
    '?constructor[prototype][role]=admin',
    '?constructor=1',
    '?toString=1',
    '?order_by=user_id',
    '?sort=1;DROP TABLE farelog_audit',
  ])('that is no scalar of this route is refused before any statement: %s', async (query) => {
    const service = await openTestApp();
    await service.get('/api/v1/keys', 'admin');
    for (const path of [
      '/api/v1/payments',
      '/api/v1/quarantine',
      '/api/v1/audit',
      '/api/v1/analytics/trends',
    ]) {
      const statements: string[] = [];
      service.app.store.knex.on('query', ({ sql }: { sql: string }) => statements.push(sql));
      const answer = await service.get(`${path}${query}`, 'admin');
      expect([path, answer.statusCode]).toEqual([path, 400]);
      expect(statements.filter((sql) => /hntb_|farelog_quarantine|farelog_ledger/.test(sql))).toEqual([]);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test.each([
    'period=yearly',
    'period=daily,hourly',
    'period=constructor',
    'period=__proto__',
    'period=toString',
  ])('that names a grouping is one of a list: %s is not', async (query) => {
    const service = await openTestApp();
    expect((await service.get(`/api/v1/analytics/trends?${query}`)).statusCode).toBe(400);
    expect((await service.get(`/api/v1/analytics/riders?${query}`)).statusCode).toBe(400);
  });
});

describe('a field of a payment', () => {
  const payment = {
    payment_id: 1,
    user_id: 'r',
    order_id: 1,
    payment_type: 'card',
    total_price: '2.50',
    logged_on: '2026-03-10T14:00:00Z',
  };
  const VALUES: readonly unknown[] = [
    {},
    [],
    [1],
    ['a'],
    { a: 1 },
    { toString: 'x' },
    true,
    null,
    [[1, 2]],
    { user_id: { user_id: 1 } },
  ];

  test.each(Object.keys(payment))('%s that is no scalar is invalid, and in no statement', async (field) => {
    const service = await openTestApp();
    for (const value of VALUES) {
      const answer = await service.post('/api/v1/payments', 'ingest', { ...payment, [field]: value });
      expect([value, answer.statusCode]).toEqual([value, 422]);
      expect(answer.json().problems[0].field).toBe(field);
    }
    expect(await service.count('hntb_bytemark_order_payments')).toBe(0);
  });

  test('of a name that every object has changes no object', async () => {
    const service = await openTestApp();
    const text = notificationText().replace(
      '{',
      '{"__proto__":{"role":"admin"},"constructor":{"prototype":{"x":1}},',
    );
    expect((await service.webhook(text)).statusCode).toBeLessThan(300);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect({}).not.toHaveProperty('role');
    const many = JSON.stringify([payment]).replace('{', '{"__proto__":{"payment_id":7},');
    const answer = await service.post('/api/v1/payments', 'ingest', many);
    expect(answer.json().rows[0].payment?.payment_id ?? 1).toBe(1);
  });
});

test.each(['role', 'name', 'expires_days'])('a new key whose %s is no scalar is refused', async (field) => {
  const service = await openTestApp();
  for (const value of [{}, [], ['admin'], { role: 'admin' }]) {
    const body = { name: 'gates', role: 'ingest', expires_days: 1, [field]: value };
    expect((await service.post('/api/v1/keys', 'admin', body)).statusCode).toBe(400);
  }
  expect(await service.count('farelog_api_keys')).toBe(4);
});

test('rider-level answers are kept by nobody, aggregates by the caller alone', async () => {
  const service = await openTestApp();
  await service.webhook(notificationText());
  const kept = async (path: string): Promise<unknown> => (await service.get(path)).headers['cache-control'];
  const { user_id } = (await service.get('/api/v1/payments/1001')).json();
  for (const path of [
    '/api/v1/payments',
    '/api/v1/payments?limit=1',
    '/api/v1/payments?format=csv',
    '/api/v1/payments/1001',
    `/api/v1/analytics/spending/${user_id}`,
    '/api/v1/analytics/top-riders',
    '/api/v1/analytics/report',
    '/api/v1/quarantine',
    '/api/v1/audit',
    '/api/v1/keys',
  ])
    expect([path, await kept(path)]).toEqual([path, 'no-store']);
  for (const path of ['/api/v1/analytics/methods', '/api/v1/analytics/overview'])
    expect([path, await kept(path)]).toEqual([path, 'private, no-cache']);
  const analyst = await service.get('/api/v1/analytics/report', 'analyst');
  expect(analyst.headers['cache-control']).toBe('private, no-cache');
});

describe('a list', () => {
  test.each([
    ['/api/v1/payments?limit=', 1_000],
    ['/api/v1/quarantine?limit=', 1_000],
    ['/api/v1/audit?limit=', 1_000],
    ['/api/v1/analytics/top-riders?limit=', 1_000],
    ['/api/v1/analytics/methods?days=', 36_500],
    ['/api/v1/analytics/switching?days=', 92],
    ['/api/v1/analytics/silence?hours=', 24],
    ['/api/v1/analytics/trends?period=hourly&days=', 833],
  ])('%s%i is answered, and one more refused with the way out', async (path, most) => {
    const service = await openTestApp();
    expect((await service.get(`${path}${most}`)).statusCode).toBe(200);
    const refused = await service.get(`${path}${most + 1}`);
    expect([refused.statusCode, refused.json().detail]).toEqual([400, expect.stringMatching(/\d/)]);
  });
});
