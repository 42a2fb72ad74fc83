/** How figures are answered: which format, under which headers, and when not again. */
import Fastify, { type FastifyInstance } from 'fastify';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type Figures, type Format, formatParameter, sendFigures } from '../../src/http/figures.js';
import { sendError } from '../../src/http/problem.js';
import { NOW_S, openTestApp } from '../support/app.js';

interface Row {
  readonly payment_type: string;
  readonly revenue: number;
}

const FIGURES: Figures<Row> = {
  name: 'methods',
  table: {
    columns: ['payment_type', 'revenue'],
    rows: [
      { payment_type: 'credit_card', revenue: 12.5 },
      { payment_type: '=1+1', revenue: -2.5 },
    ],
  },
  facts: { as_of: 42, zone: 'America/Chicago', currency: 'USD' },
  range: { from: '2026-02-08T09:00:00-06:00', to: null },
};

const QUERY = z.looseObject(formatParameter);

/** A server with one route that answers the figures of the moment. */
function serverOf(figures: () => Figures<Row> = () => FIGURES): FastifyInstance {
  const server = Fastify();
  server.setErrorHandler((error, _request, reply) => sendError(reply, error));
  server.get('/figures', async (request, reply) => {
    const { format } = QUERY.parse(request.query);
    return sendFigures(request, reply, format, figures());
  });
  onTestFinished(() => server.close());
  return server;
}

const ask = (server: FastifyInstance, query = '', headers: Record<string, string> = {}) =>
  server.inject({ method: 'GET', url: `/figures${query}`, headers });

describe('the format', () => {
  test.each<[string, Format | 406]>([
    ['', 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['text/csv', 'csv'],
    ['TEXT/CSV', 'csv'],
    ['text/*', 'csv'],
    ['text/csv; charset=utf-8; header=present', 'csv'],
    ['application/json;charset="utf-8"', 'json'],
    ['application/json, text/csv', 'json'],
    ['text/csv, application/json;q=0.9', 'csv'],
    ['text/csv;q=0.8, application/json;q=0.9', 'json'],
    ['text/csv;q=0.9;x=1, application/json;q=0.8', 'csv'],
    ['text/csv, */*;q=0.1', 'csv'],
    ['text/csv;q=0, */*', 'json'],
    ['application/json;q=0, */*;q=0.5', 'csv'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'json'],
    ['text/html', 406],
    ['text/csv;q=0', 406],
    ['nonsense', 406],
  ])('of Accept: %s is %s', async (accept, expected) => {
    const answer = await ask(serverOf(), '', { accept });
    if (expected === 406) {
      expect(answer.statusCode).toBe(406);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.json().detail).toContain('text/csv');
    } else {
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toMatch(
        expected === 'csv' ? /^text\/csv/ : /^application\/json/,
      );
    }
  });

  test('is the parameter’s, whatever Accept says', async () => {
    const csv = await ask(serverOf(), '?format=csv', { accept: 'application/json' });
    expect(csv.headers['content-type']).toMatch(/^text\/csv/);
    const json = await ask(serverOf(), '?format=json', { accept: 'text/csv' });
    expect(json.headers['content-type']).toMatch(/^application\/json/);
    expect((await ask(serverOf(), '?format=json', { accept: 'text/html' })).statusCode).toBe(200);
  });
});

test('in JSON what holds of all rows stands beside them', async () => {
  expect((await ask(serverOf())).json()).toEqual({
    rows: FIGURES.table.rows,
    from: '2026-02-08T09:00:00-06:00',
    to: null,
    as_of: 42,
    zone: 'America/Chicago',
    currency: 'USD',
  });
});

test('in CSV it stands in headers, and the file is a table and nothing else', async () => {
  const answer = await ask(serverOf(), '?format=csv&x=1');
  expect(answer.body).toBe("payment_type,revenue\r\ncredit_card,12.5\r\n'=1+1,-2.5\r\n");
  expect(answer.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': 'attachment; filename="farelog-methods.csv"',
    'x-farelog-as-of': '42',
    'x-farelog-zone': 'America/Chicago',
    'x-farelog-currency': 'USD',
    'x-farelog-from': '2026-02-08T09:00:00-06:00',
    vary: 'accept, authorization, cookie',
  });
  expect(answer.headers['x-farelog-to']).toBe(undefined);
  expect(answer.headers.link).toBe(undefined);
});

test('a next page is named by its address, with every other parameter as it was', async () => {
  const server = serverOf(() => ({ ...FIGURES, facts: { next_cursor: 'abc' } }));
  const { headers } = await ask(server, '?format=csv&payment_type=a%3Eb%22&cursor=old');
  expect(headers.link).toBe('</figures?format=csv&payment_type=a%3Eb%22&cursor=abc>; rel="next"');
});

test('a name that is no name for a file is an error, not a header', async () => {
  const server = serverOf(() => ({ ...FIGURES, name: 'x"; filename="evil.exe' }));
  const answer = await ask(server, '?format=csv');
  expect(answer.statusCode).toBe(500);
  expect(answer.headers['content-disposition']).toBe(undefined);
});

describe('the ETag', () => {
  const etagOf = async (server: FastifyInstance, query = '', headers = {}): Promise<string> =>
    String((await ask(server, query, headers)).headers.etag);

  test('is weak, and may be kept by the caller alone', async () => {
    const answer = await ask(serverOf());
    expect(answer.headers.etag).toMatch(/^W\/"[\w-]{27}"$/);
    expect(answer.headers['cache-control']).toBe('private, no-cache');
  });

  test('is the same while the figures are, though the range moves with the clock', async () => {
    const later = serverOf(() => ({ ...FIGURES, range: { from: '2026-02-08T09:00:01-06:00', to: null } }));
    expect(await etagOf(later)).toBe(await etagOf(serverOf()));
  });

  test('is the same whatever the order of the parameters', async () => {
    const server = serverOf();
    expect(await etagOf(server, '?a=1&b=2')).toBe(await etagOf(server, '?b=2&a=1'));
  });

  test('is another with other rows, capture, currency, zone, parameters or format', async () => {
    const { facts, table } = FIGURES;
    const others = [
      serverOf(() => ({ ...FIGURES, table: { ...table, rows: table.rows.slice(1) } })),
      serverOf(() => ({ ...FIGURES, facts: { ...facts, as_of: 43 } })),
      serverOf(() => ({ ...FIGURES, facts: { ...facts, currency: 'EUR' } })),
      serverOf(() => ({ ...FIGURES, facts: { ...facts, zone: 'UTC' } })),
    ];
    const tags = await Promise.all(others.map((server) => etagOf(server)));
    tags.push(await etagOf(serverOf()), await etagOf(serverOf(), '?a=1'), await etagOf(serverOf(), '?a=2'));
    tags.push(await etagOf(serverOf(), '', { accept: 'text/csv' }));
    expect(new Set(tags).size).toBe(8);
  });

  test.each(['?', '?format=csv'])(
    'that the caller has is answered 304 without a body (%s)',
    async (query) => {
      const server = serverOf();
      const etag = await etagOf(server, query);
      for (const known of [etag, etag.replace('W/', ''), `"x", ${etag}`, '*']) {
        const answer = await ask(server, query, { 'if-none-match': known });
        expect([known, answer.statusCode, answer.body]).toEqual([known, 304, '']);
        expect(answer.headers).toMatchObject({
          etag,
          vary: 'accept, authorization, cookie',
          'cache-control': 'private, no-cache',
        });
        expect(answer.headers['content-type']).toBe(undefined);
      }
      for (const other of ['W/"x"', `${etag}x`, '', 'x']) {
        expect((await ask(server, query, { 'if-none-match': other })).statusCode).toBe(200);
      }
    },
  );
});

describe('the list of payments', () => {
  const payment = (paymentId: number, type: string) => ({
    payment_id: paymentId,
    user_id: 'rider-1',
    order_id: 5,
    payment_type: type,
    total_price: '2.50',
    logged_on: new Date((NOW_S - paymentId) * 1000).toISOString(),
  });

  test('is not sent again while it is unchanged, and is once a payment came', async () => {
    const service = await openTestApp();
    await service.post('/api/v1/payments', 'ingest', payment(1, 'cash'));
    const get = (headers: Record<string, string>) =>
      service.server.inject({
        method: 'GET',
        url: '/api/v1/payments',
        headers: { authorization: `Bearer ${service.keys.researcher}`, ...headers },
      });
    const first = await get({});
    const known = { 'if-none-match': String(first.headers.etag) };
    expect((await get(known)).statusCode).toBe(304);
    expect((await get({ ...known, authorization: 'Bearer no-key' })).statusCode).toBe(401);
    await service.post('/api/v1/payments', 'ingest', payment(2, 'cash'));
    const second = await get(known);
    expect(second.statusCode).toBe(200);
    expect(second.json().rows).toHaveLength(2);
  });

  test('shows a formula as text: one that another program wrote into the table', async () => {
    const service = await openTestApp();
    const times = { logged_on: '2026-03-10 00:00:00', created_on: '2026-03-10 00:00:00' };
    await service.app.store.knex('hntb_bytemark_order_payments').insert({
      ...{ ...payment(1, '=cmd|x'), user_id: '@SUM(A1)', total_price: -2.5 },
      ...times,
      modified_on: times.created_on,
    });
    const { body } = await service.get('/api/v1/payments?format=csv', 'researcher');
    expect(body.split('\r\n')[1]).toBe(
      "1,'@SUM(A1),5,'=cmd|x,-2.5,2026-03-10T00:00:00Z,2026-03-10T00:00:00Z,2026-03-10T00:00:00Z",
    );
  });
});
