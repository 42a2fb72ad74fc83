/** Every refusal is a problem by RFC 9457 that names what is wrong and the way out, and every answer is guarded. */
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import type { InjectOptions } from 'fastify';
import { describe, expect, test } from 'vitest';
import { notificationText, openTestApp, type TestApp } from '../support/app.js';

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends bytes over a connection of its own and reads until the server closes it. */
async function exchange(service: TestApp, bytes: string): Promise<Answered> {
  if (!service.server.server.listening) await service.server.listen({ host: '127.0.0.1', port: 0 });
  const address: AddressInfo | string | null = service.server.server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  const socket = connect(address.port, '127.0.0.1');
  socket.on('error', () => undefined);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.write(bytes);
  await once(socket, 'close');
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  const headers = lines.map((one) => {
    const at = one.indexOf(': ');
    return [one.slice(0, at).toLowerCase(), one.slice(at + 2)] as const;
  });
  return { status: Number(line.split(' ')[1]), headers: Object.fromEntries(headers), body };
}

function expectProblem(answer: Answered, status: number, names: readonly string[]): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem: Record<string, unknown> = JSON.parse(answer.body);
  expect(problem).toEqual({
    type: 'about:blank',
    status,
    title: expect.stringMatching(/^[A-Z]/),
    detail: expect.any(String),
  });
  for (const name of names) expect(problem.detail).toContain(name);
  expectGuarded(answer.headers);
}

function expectGuarded(headers: Readonly<Record<string, unknown>>): void {
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': expect.stringMatching(/^(no-store|private, no-cache|no-cache)$/),
  });
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe-inline');
}

const HEAD = 'Host: x\r\nConnection: close\r\n';

describe('what never comes to a route', () => {
  const CASES: readonly (readonly [string, string, number, readonly string[]])[] = [
    ['bytes that are no HTTP', 'garbage\r\n\r\n', 400, ['HTTP']],
    ['a method that does not exist', `FOO /healthz HTTP/1.1\r\n${HEAD}\r\n`, 400, ['method']],
    [
      'a length that is none',
      `POST /webhooks/bytemark HTTP/1.1\r\n${HEAD}Content-Length: x\r\n\r\n`,
      400,
      ['lengths'],
    ],
    [
      'headers that are too large',
      `GET /healthz HTTP/1.1\r\n${HEAD}x: ${'y'.repeat(20_000)}\r\n\r\n`,
      431,
      ['16 KiB'],
    ],
    ['a broken escape', `GET /api/v1/payments/%E0%A4%A HTTP/1.1\r\n${HEAD}\r\n`, 400, ['%25']],
    [
      'a part that is too long',
      `GET /api/v1/payments/${'1'.repeat(301)} HTTP/1.1\r\n${HEAD}\r\n`,
      414,
      ['longer'],
    ],
    [
      'an address with nothing',
      `GET /no/such?key=secret HTTP/1.1\r\n${HEAD}\r\n`,
      404,
      ['/no/such', '/docs'],
    ],
    [
      'a method that a route does not take',
      `PATCH /api/v1/payments HTTP/1.1\r\n${HEAD}\r\n`,
      405,
      ['PATCH', 'POST'],
    ],
  ];

  test.each(CASES)('%s is a problem', async (_name, bytes, status, names) => {
    const service = await openTestApp();
    const answer = await exchange(service, bytes);
    expectProblem(answer, status, names);
    expect(answer.body).not.toContain('secret');
    if (status === 405) expect(answer.headers.allow).toBe('POST, GET, HEAD');
  });

  test('a request whose body never comes is a problem too', async () => {
    const environment = { FARELOG_REQUEST_TIMEOUT_MS: '100', FARELOG_HEADERS_TIMEOUT_MS: '100' };
    const service = await openTestApp({ environment });
    const bytes = `POST /webhooks/bytemark HTTP/1.1\r\n${HEAD}Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{`;
    expectProblem(await exchange(service, bytes), 408, ['FARELOG_REQUEST_TIMEOUT_MS', 'Send it again']);
  });
});

describe('what a route refuses', () => {
  const webhook = (headers: Record<string, string>, payload: string): InjectOptions => ({
    method: 'POST',
    url: '/webhooks/bytemark',
    headers,
    payload,
  });
  const json = { 'content-type': 'application/json' };
  const CASES: readonly (readonly [string, InjectOptions, number, readonly string[]])[] = [
    ['no type of a body', webhook({}, '{}'), 415, ['no Content-Type', 'application/json']],
    [
      'another type',
      webhook({ 'content-type': 'text/plain' }, '{}'),
      415,
      ['text/plain', 'application/json'],
    ],
    ['a coded body', webhook({ ...json, 'content-encoding': 'gzip' }, '{}'), 415, ['Content-Encoding']],
    ['a body too large', webhook(json, ' '.repeat(65_537)), 413, ['65536 bytes']],
    ['no body', { method: 'POST', url: '/webhooks/bytemark' }, 400, ['application/json']],
    ['no signature', webhook(json, notificationText()), 401, ['webhook-id']],
    ['no key', { method: 'GET', url: '/api/v1/payments' }, 401, ['Authorization: Bearer']],
  ];

  test.each(CASES)('%s is a problem', async (_name, request, status, names) => {
    const { server } = await openTestApp();
    const { statusCode, headers, body } = await server.inject(request);
    const told = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
    expectProblem({ status: statusCode, headers: Object.fromEntries(told), body }, status, names);
  });

  test.each([
    ['?user_id=a&user_id=b', ['user_id: must be given once']],
    ['?user_id=', ['user_id: must not be empty']],
    ['?order_id=x', ['order_id: must be a whole number']],
    ['?limit=1001', ['limit: must be at most 1000']],
    ['?min_price=cheap', ['min_price: must be an amount such as 2.50']],
    ['?format=xml', ['format: must be one of json, csv']],
    ['?from=yesterday', ['from must be a date such as', 'America/Chicago']],
    ['?cursor=x', ['cursor must be the next_cursor of an earlier page']],
    ['?rider=1', ['rider: is not a parameter here', 'user_id', 'cursor']],
    ['?limit=0&rider=1', ['limit: must be at least 1', 'rider: is not a parameter here']],
  ])('the parameters %s, by name and with the way out', async (query, names) => {
    const service = await openTestApp();
    const answer = await service.get(`/api/v1/payments${query}`, 'researcher');
    expect(answer.statusCode).toBe(400);
    for (const name of names) expect(answer.json().detail).toContain(name);
  });
});

test('every route guards its answers, to anyone and to an admin, also where there is none', async () => {
  const service = await openTestApp();
  for (const { method, url } of [...service.server.declaredRoutes, { method: 'GET', url: '/no/such' }]) {
    if (method !== 'GET' && method !== 'POST' && method !== 'PUT' && method !== 'HEAD' && method !== 'DELETE')
      throw new Error(`${method} is new here`);
    for (const authorization of ['', `Bearer ${service.keys.admin}`]) {
      // As a stream, since the live one has no end to wait for.
      const asked = { method, url: url.replace(/:\w+/g, '1'), headers: { authorization } } as const;
      const answer = await service.server.inject({ ...asked, payloadAsStream: true });
      answer.stream().destroy();
      expectGuarded(answer.headers);
    }
  }
});
