/**
 * The OpenAPI document: that it is a good one, that it has every route, and that every answer of every documented
 * status, given on real data, is as it says.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import type { InjectOptions } from 'fastify';
import { describe, expect, test } from 'vitest';
import { createApiKey, ROLES, rolesThatMay } from '../../src/http/api-keys.js';
import type { Operation } from '../../src/http/openapi.js';
import { REQUEST_HEADER } from '../../src/http/same-origin.js';
import { NOW_S, notificationText, openTestApp, signedHeaders, type TestApp } from '../support/app.js';
import { signedIn, signIn } from '../support/browser.js';
import { inputFile } from '../support/importing.js';
import { type Published, type PublishedOperation, published } from '../support/published.js';
import { temporaryFolder } from '../support/service.js';

const PACKAGE_VERSION = /^\d+\.\d+\.\d+/;

describe('the document', () => {
  test('is a good one by a linter', async () => {
    const { server } = await openTestApp();
    const source = (await server.inject({ method: 'GET', url: '/api/openapi.json' })).body;
    const config = await createConfig({
      extends: ['recommended-strict'],
      // An open route without parameters cannot be asked wrongly.
      rules: { 'operation-4xx-response': 'off' },
    });
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual(
      [],
    );
  });

  test('has the version of the package, the zone and the currency of this server', async () => {
    const service = await openTestApp({ environment: { FARELOG_REPORT_TIMEZONE: 'Asia/Kathmandu' } });
    const { document } = await published(service);
    expect(document.openapi).toBe('3.1.1');
    expect(document.info.version).toMatch(PACKAGE_VERSION);
    expect(document.info.description).toContain('Asia/Kathmandu');
    expect(document.info.description).toContain('USD');
  });

  test('has every route of the server, and no other', async () => {
    const service = await openTestApp();
    const { operations } = await published(service);
    const declared = service.server.declaredRoutes
      .filter(({ method }) => method !== 'HEAD')
      .map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`);
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(declared.sort());
  });

  test('tells of each operation who may call it, in words and for machines', async () => {
    const service = await openTestApp();
    const { operations } = await published(service);
    for (const { operation, method, path } of operations) {
      const route = service.server.declaredRoutes.find(
        (one) => one.method === method && one.url.replace(/:(\w+)/g, '{$1}') === path,
      );
      const access = operation['x-farelog-access'];
      expect(access).toBe(route?.access);
      if (access === 'public') expect(operation.security).toEqual([]);
      else if (access === 'signature')
        expect(JSON.stringify(operation.security)).toContain('webhookSignature');
      else if (access === 'session') expect(operation.security).toEqual([{ session: [] }]);
      else {
        expect(operation.security).toEqual([{ apiKey: [access] }, { session: [access] }]);
        for (const role of ROLES)
          expect(operation.description.includes(`\`${role}\``)).toBe(rolesThatMay(access).includes(role));
      }
    }
  });

  test('names the headers of the signature scheme that is set', async () => {
    const environment = {
      FARELOG_WEBHOOK_SCHEME: 'hmac',
      FARELOG_WEBHOOK_SIGNATURE_HEADER: 'X-Transit-Signature',
      FARELOG_WEBHOOK_TIMESTAMP_HEADER: 'X-Transit-Time',
    };
    const { document } = await published(await openTestApp({ environment }));
    const headers = Object.values(document.components.securitySchemes).flatMap((scheme) =>
      scheme.in === 'header' ? [scheme.name] : [],
    );
    expect(headers).toEqual(['x-transit-signature', 'x-transit-time']);
  });

  test('has examples that its own schemas take', async () => {
    const { document, operations, schemaComplaints } = await published(await openTestApp());
    const answers = [
      ...operations.flatMap(({ operation }) => Object.values(operation.responses)),
      ...Object.values(document.components.responses),
    ].flatMap((answer) => ('$ref' in answer ? [] : Object.values(answer.content ?? {})));
    const bodies = operations.flatMap(({ operation }) => Object.values(operation.requestBody?.content ?? {}));
    expect(answers.length).toBeGreaterThan(10);
    for (const { schema, example } of [...answers, ...bodies]) {
      expect(example).not.toBe(undefined);
      expect(schemaComplaints(schema, example)).toEqual([]);
    }
  });

  test('describes every parameter', async () => {
    const { operations } = await published(await openTestApp());
    const bare = operations.flatMap(({ operation }) =>
      (operation.parameters ?? [])
        .filter(({ description }) => (description ?? '').length < 8)
        .map(({ name }) => `${operation.operationId} ${name}`),
    );
    expect(bare).toEqual([]);
  });

  test('says of a whole number what it is on the wire, with its bounds and its default', async () => {
    const { operations } = await published(await openTestApp());
    const list = operations.find(({ operation }) => operation.operationId === 'listQuarantine');
    expect(list?.operation.parameters?.find(({ name }) => name === 'limit')).toEqual({
      name: 'limit',
      in: 'query',
      required: false,
      description: 'How many at most.',
      schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    });
  });
});

test('a route without a description of itself is refused when it is added', async () => {
  const { server } = await openTestApp();
  const config = { access: 'public' } as const;
  expect(() => server.get('/api/v1/unexplained', { config }, async () => 'open')).toThrow(/declares no doc/);
});

/** A payment by a direct caller, altered by what a request is about. */
const payment = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  payment_id: 1,
  user_id: 'rider-1',
  order_id: 501,
  payment_type: 'credit_card',
  total_price: 2.5,
  logged_on: '2026-03-10T14:59:30Z',
  ...changes,
});

const JSON_TYPE = { 'content-type': 'application/json' };
const ONE_A_MINUTE = {
  FARELOG_KEY_REQUESTS_PER_MINUTE: '1',
  FARELOG_KEY_RECORDINGS_PER_MINUTE: '1',
  FARELOG_ADDRESS_DELIVERIES_PER_MINUTE: '1',
};
/** Sign-ins that the limit lets through. */
const SIGN_INS = 4;
const KNOWN_KEY = `farelog_${'k'.repeat(43)}`;

const post = (url: string, body: unknown): InjectOptions => ({
  method: 'POST',
  url,
  headers: JSON_TYPE,
  payload: JSON.stringify(body),
});
const get = (url: string, headers: Record<string, string> = {}): InjectOptions => ({
  method: 'GET',
  url,
  headers,
});
const signed = (body: string): InjectOptions => ({
  method: 'POST',
  url: '/webhooks/bytemark',
  headers: signedHeaders(body, NOW_S),
  payload: body,
});

const ADJUSTMENT = {
  adjustment_id: 'rf-1',
  payment_id: 1,
  kind: 'refund',
  amount: '0.50',
  adjusted_on: '2026-03-10T14:59:40Z',
};
const ENTRY = { kind: 'fare', name: 'Single fare', starts_on: '2026-03-01', price_after_minor: 150 };

const AHEAD = notificationText({ payment_id: 77, timestamp: '2026-03-10T16:00:00Z' });

/**
 * What to ask each operation, in this order, on a server that begins empty; refusals that follow from its declaration
 * are asked by themselves, as are CSV, 304 and 406 of figures. Requests are sent as an admin.
 */
const REQUESTS: Readonly<Record<string, readonly InjectOptions[]>> = {
  receiveBytemarkWebhook: [
    signed(notificationText()),
    signed(notificationText()),
    signed(notificationText({ order_id: 9 })),
    signed(notificationText({ amount: '-2.50' })),
    signed(AHEAD),
    signed('not JSON'),
  ],
  recordPayments: [
    post('/api/v1/payments', payment()),
    post('/api/v1/payments', payment()),
    post('/api/v1/payments', payment({ order_id: 9 })),
    post('/api/v1/payments', payment({ total_price: 0, payment_id: -1 })),
    post('/api/v1/payments', [
      payment({ payment_id: 2, payment_method: 'google_pay', payment_type: undefined, total_price: '3.10' }),
      payment(),
      payment({ order_id: 9 }),
      payment({ payment_id: 3, total_price: 0 }),
    ]),
    post('/api/v1/payments', []),
  ],
  recordAdjustments: [
    post('/api/v1/adjustments', ADJUSTMENT),
    post('/api/v1/adjustments', ADJUSTMENT),
    post('/api/v1/adjustments', { ...ADJUSTMENT, amount: '0.75' }),
    post('/api/v1/adjustments', { ...ADJUSTMENT, amount: 0 }),
    post('/api/v1/adjustments', [
      { ...ADJUSTMENT, adjustment_id: 'rf-2', payment_id: 4711 },
      { ...ADJUSTMENT, amount: '0.75' },
      { ...ADJUSTMENT, adjustment_id: '' },
    ]),
    post('/api/v1/adjustments', []),
  ],
  listAdjustments: [
    get('/api/v1/adjustments'),
    get('/api/v1/adjustments?limit=1&kind=refund&waiting=false'),
    get('/api/v1/adjustments?limit=1&format=csv'),
  ],
  listPayments: [
    get('/api/v1/payments'),
    get('/api/v1/payments?limit=1'),
    get('/api/v1/payments?limit=1&format=csv'),
  ],
  getPayment: [get('/api/v1/payments/1001'), get('/api/v1/payments/4711')],
  listStudies: [get('/api/v1/studies')],
  runStudy: [
    ...['json', 'csv', 'latex', 'html', 'svg'].map((format) =>
      get(`/api/v1/studies/equity?from=2026-03-10&to=2026-03-11&format=${format}`),
    ),
    get('/api/v1/studies/did'),
    get('/api/v1/studies/did?format=html'),
  ],
  listQuarantine: [get('/api/v1/quarantine'), get('/api/v1/quarantine?limit=1&status=open')],
  getQuarantined: [get('/api/v1/quarantine/1'), get('/api/v1/quarantine/4711')],
  replayQuarantined: [
    post('/api/v1/quarantine/1/replay', undefined),
    post('/api/v1/quarantine/2/replay', undefined),
    post('/api/v1/quarantine/4711/replay', undefined),
  ],
  discardQuarantined: [
    post('/api/v1/quarantine/1/discard', undefined),
    post('/api/v1/quarantine/1/discard', undefined),
    post('/api/v1/quarantine/4711/discard', undefined),
  ],
  listReconciliations: [get('/api/v1/reconciliations'), get('/api/v1/reconciliations?limit=1')],
  startReconciliation: [
    post('/api/v1/reconciliations', { from: '2026-03-01', to: '2026-03-02' }),
    post('/api/v1/reconciliations', { from: '2026-03-01' }),
    post('/api/v1/reconciliations', { from: '2026-03-01', to: '2026-03-02' }),
  ],
  getReconciliationTotals: [
    get('/api/v1/reconciliations/1/totals'),
    get('/api/v1/reconciliations/3/totals'),
    get('/api/v1/reconciliations/4711/totals'),
  ],
  countReconciliationItems: [
    get('/api/v1/reconciliations/items/counts'),
    get('/api/v1/reconciliations/items/counts?of_run=4711'),
  ],
  getReconciliation: [get('/api/v1/reconciliations/1'), get('/api/v1/reconciliations/4711')],
  listReconciliationItems: [
    get('/api/v1/reconciliations/items'),
    get('/api/v1/reconciliations/items?status=open&kind=missing_here&limit=1'),
    get('/api/v1/reconciliations/items?of_run=4711'),
  ],
  decideReconciliationItems: [
    post('/api/v1/reconciliations/items/decide', { decision: 'accept', ids: [1], reason: 'known' }),
    post('/api/v1/reconciliations/items/decide', { decision: 'accept', ids: [1] }),
    post('/api/v1/reconciliations/items/decide', { decision: 'accept', ids: [4711], reason: 'known' }),
    post('/api/v1/reconciliations/items/decide', { decision: 'accept', ids: [2], reason: 'known' }),
  ],
  addCalendarEntry: [post('/api/v1/calendar', ENTRY), post('/api/v1/calendar', { ...ENTRY, name: '' })],
  listCalendar: [get('/api/v1/calendar?from=2026-03-01&to=2026-04-01T05:00:00Z&kind=fare')],
  changeCalendarEntry: [
    { ...post('/api/v1/calendar/1', { ...ENTRY, ends_before: '2026-05-01' }), method: 'PUT' },
    { ...post('/api/v1/calendar/1', { ...ENTRY, ends_before: '2026-01-01' }), method: 'PUT' },
    { ...post('/api/v1/calendar/4711', ENTRY), method: 'PUT' },
  ],
  removeCalendarEntry: [
    { method: 'DELETE', url: '/api/v1/calendar/1' },
    { method: 'DELETE', url: '/api/v1/calendar/1' },
  ],
  listReleases: [get('/api/v1/releases'), get('/api/v1/releases?limit=1')],
  eraseRiders: [
    post('/api/v1/riders/erase', { user_ids: ['nobody-here'] }),
    post('/api/v1/riders/erase', { pseudonyms: ['nobody'], dry_run: true }),
    post('/api/v1/riders/erase', {}),
  ],
  withdrawRiders: [
    post('/api/v1/riders/withdraw', { user_ids: ['someone', 'another'] }),
    post('/api/v1/riders/withdraw', { user_ids: [] }),
  ],
  restoreRiders: [
    post('/api/v1/riders/restore', { user_ids: ['someone'] }),
    post('/api/v1/riders/restore', {}),
  ],
  listWithdrawn: [get('/api/v1/riders/withdrawn?limit=1')],
  createKey: [
    post('/api/v1/keys', { name: 'gates', role: 'ingest', expires_days: 30 }),
    post('/api/v1/keys', { name: 'gates', role: 'nobody' }),
  ],
  listKeys: [get('/api/v1/keys')],
  signIn: [
    post('/api/v1/session', { key: KNOWN_KEY }),
    post('/api/v1/session', { key: 'farelog_of_nobody' }),
    {
      ...post('/api/v1/session', { key: KNOWN_KEY }),
      headers: { ...JSON_TYPE, origin: 'https://elsewhere.example' },
    },
    ...Array.from({ length: SIGN_INS }, () => post('/api/v1/session', { key: KNOWN_KEY })),
  ],
  listAudit: [get('/api/v1/audit?limit=2')],
  followCommits: [
    get('/api/v1/live'),
    { method: 'GET', url: '/api/v1/live', headers: { 'last-event-id': 'nonsense' } },
  ],
  listRestatements: [get('/api/v1/analytics/restatements?since=0')],
  generatePaymentReport: [
    get('/api/v1/analytics/report?since=0'),
    get('/api/v1/analytics/report?days=2&format=html'),
  ],
  analyzeRevenueTrends: [
    get('/api/v1/analytics/trends?period=hourly&days=2&by_type=true&compare=year'),
    get('/api/v1/analytics/trends?period=weekly&fill=false'),
  ],
  analyzeRiderActivity: [get('/api/v1/analytics/riders?period=monthly')],
  listSchedule: [get('/api/v1/schedule')],
  getHealth: [get('/healthz')],
  getReadiness: [get('/readyz')],
  getMetrics: [get('/metrics')],
  getOpenApi: [get('/api/openapi.json')],
  getDocs: [get('/docs')],
  getDashboard: [get('/')],
  getDashboardFile: [
    get('/assets/main-1.js'),
    get('/assets/main-2.js'),
    get('/assets/..%2Findex.html'),
    get('/assets/main-1.js', { 'if-none-match': '*' }),
  ],
};

/** What follows from an operation's declaration: refused keys, parameters and bodies; other formats of figures. */
function impliedRequests({ method, path, operation }: PublishedOperation, service: TestApp): InjectOptions[] {
  const needed = operation.parameters?.filter((one) => one.in === 'query' && one.required) ?? [];
  const asked = needed.map(({ name }) => `${name}=0`).join('&');
  const plain = path.replace(/\{\w+\}/g, '1');
  const url = asked === '' ? plain : `${plain}?${asked}`;
  const further = (query: string): string => `${url}${asked === '' ? '?' : '&'}${query}`;
  const access = operation['x-farelog-access'];
  const admin = { authorization: `Bearer ${service.keys.admin}` };
  const requests: InjectOptions[] = [];
  if (access === 'signature') requests.push(post(url, payment()));
  else if (access !== 'public') {
    requests.push({ method, url });
    const stranger = ROLES.find((role) => access !== 'session' && !rolesThatMay(access).includes(role));
    if (stranger !== undefined)
      requests.push({ method, url, headers: { authorization: `Bearer ${service.keys[stranger]}` } });
  }
  if (operation.parameters?.some((parameter) => parameter.in === 'query'))
    requests.push({ method, url: further('nonsense=1'), headers: admin });
  if (path.includes('{')) requests.push({ method, url: path.replace(/\{\w+\}/g, 'x'), headers: admin });
  if (operation.responses[304] !== undefined) {
    requests.push(
      { method, url: further('format=csv'), headers: admin },
      { method, url, headers: { ...admin, 'if-none-match': '*' } },
      { method, url, headers: { ...admin, accept: 'image/png' } },
    );
  }
  if (operation.requestBody !== undefined) {
    const json = { ...admin, 'content-type': 'application/json' };
    requests.push(
      { method, url, headers: admin },
      { method, url, headers: { ...admin, 'content-type': 'text/plain' }, payload: 'text' },
      { method, url, headers: json, payload: ' '.repeat(100_001) },
    );
  }
  return requests;
}

/** Leaves an item that is open, and one that is settled. */
async function reconcileTwice({ app }: TestApp): Promise<void> {
  const { reconcile } = await app.writeSide();
  const line = (id: number): string => `${id},coins,2.50,2026-03-01T1${id}:00:00Z`;
  const header = 'payment_id,payment_type,total_price,logged_on';
  for (const lines of [[line(1), line(2)], [line(1)]]) {
    const file = inputFile('settled.csv', [header, ...lines, ''].join('\n'));
    const settlement = { file, unit: 'major', time: 'iso', zone: null } as const;
    const from = Date.UTC(2026, 2, 1) / 1000;
    await reconcile({ span: { from, to: from + 86_400 }, settlement });
  }
}

describe('every operation answers as it is documented', () => {
  /** Asks, and keeps the status and what the document holds against the answer. */
  class Driver {
    readonly seen = new Set<string>();
    readonly wrong: string[] = [];

    constructor(
      readonly service: TestApp,
      readonly document: Published,
    ) {}

    /** A stream has no end to wait for; what it says is tested elsewhere. */
    async #answerTo(operation: Operation, request: InjectOptions) {
      if (operation.operationId !== 'followCommits') return this.service.server.inject(request);
      const answer = await this.service.server.inject({ ...request, payloadAsStream: true });
      const { statusCode, headers } = answer;
      if (statusCode === 200) {
        answer.stream().destroy();
        return { statusCode, headers, body: '' };
      }
      return { statusCode, headers, body: await text(answer.stream()) };
    }

    async ask(operation: Operation, request: InjectOptions, asAdmin = true): Promise<void> {
      const headers = asAdmin
        ? { authorization: `Bearer ${this.service.keys.admin}`, ...request.headers }
        : request.headers;
      const answer = await this.#answerTo(operation, {
        ...request,
        ...(headers === undefined ? {} : { headers }),
      });
      const name = `${operation.operationId} ${answer.statusCode}`;
      this.seen.add(name);
      this.wrong.push(...this.document.complaints(operation, answer).map((one) => `${name}: ${one}`));
      const body = operation.requestBody?.content['application/json'];
      if (answer.statusCode > 201 || body === undefined || typeof request.payload !== 'string') return;
      const sent = this.document.schemaComplaints(body.schema, JSON.parse(request.payload));
      this.wrong.push(...sent.map((one) => `${name}: it was taken, yet the body ${one}`));
    }
  }

  /** Asks everything of callers who have had their requests of this minute. */
  async function driveBusy(busy: TestApp, driver: Driver, document: Published): Promise<Driver> {
    const headers = await signedIn(busy, busy.keys.admin);
    await busy.get('/api/v1/keys');
    await busy.post('/api/v1/payments', 'admin', {});
    await busy.webhook('{}');
    for (const { operation, method, path } of document.operations) {
      const access = operation['x-farelog-access'];
      const url = path.replace(/\{\w+\}/g, '1');
      if (access === 'public') continue;
      await driver.ask(
        operation,
        { method, url, ...(access === 'session' ? { headers } : {}) },
        access !== 'session',
      );
    }
    return driver;
  }

  test('with every status that it may have, on real data', async () => {
    const environment = {
      FARELOG_BODY_LIMIT_BYTES: '100000',
      FARELOG_BULK_BODY_LIMIT_BYTES: '100000',
      FARELOG_ADDRESS_SIGN_INS_PER_MINUTE: String(SIGN_INS),
      // Nobody answers there: a reconciliation can be started, and is under way until the server closes.
      FARELOG_BYTEMARK_URL: 'http://127.0.0.1:9',
      FARELOG_BYTEMARK_CLIENT_ID: 'nobody',
      FARELOG_BYTEMARK_CLIENT_SECRET: 'nobody',
    };
    const dashboardFolder = temporaryFolder();
    mkdirSync(join(dashboardFolder, 'assets'));
    writeFileSync(join(dashboardFolder, 'index.html'), '<!doctype html>');
    writeFileSync(join(dashboardFolder, 'assets/main-1.js'), 'export {};');
    const service = await openTestApp({ environment, service: { dashboardFolder } });
    const given = { name: 'known beforehand', role: 'analyst', given: KNOWN_KEY } as const;
    const known = await createApiKey(service.app.store, given, service.clock.ms);
    const cookie = await signIn(service);
    const stopping = await openTestApp({ accepting: false });
    const busy = await openTestApp({ environment: ONE_A_MINUTE });
    await reconcileTwice(service);
    const document = await published(service);
    const driver = new Driver(service, document);
    for (const [name, requests] of Object.entries(REQUESTS)) {
      const found = document.operations.find(({ operation }) => operation.operationId === name);
      expect([name, found?.operation.operationId]).toEqual([name, name]);
      if (found === undefined) continue;
      if (name === 'replayQuarantined') {
        // By now the payment that lay ahead is valid, and stored already.
        service.clock.ms += 3_600_000;
        await driver.ask(found.operation, post('/api/v1/quarantine/3/replay', undefined));
      }
      for (const request of requests) await driver.ask(found.operation, request);
    }
    const revoking = document.operations.find(({ operation }) => operation.operationId === 'revokeKey');
    const admins = await service.app.store.knex('farelog_api_keys').where('role', 'admin').select('id');
    for (const id of [known.id, known.id, ...admins.map((row) => row.id)])
      if (revoking) await driver.ask(revoking.operation, post(`/api/v1/keys/${id}/revoke`, undefined));
    for (const { operation, method } of document.operations) {
      if (operation['x-farelog-access'] !== 'session') continue;
      await driver.ask(operation, { method, url: '/api/v1/session', headers: { cookie } }, false);
      const unforged = { cookie, [REQUEST_HEADER]: '1' };
      await driver.ask(operation, { method, url: '/api/v1/session', headers: unforged }, false);
    }
    const refusing = new Driver(stopping, document);
    for (const one of document.operations) {
      for (const request of impliedRequests(one, service)) await driver.ask(one.operation, request, false);
      const { method } = one;
      await refusing.ask(one.operation, { method, url: one.path.replace(/\{\w+\}/g, '1') });
    }
    const seenBusy = await driveBusy(busy, new Driver(busy, document), document);
    expect([...driver.wrong, ...refusing.wrong, ...seenBusy.wrong]).toEqual([]);
    const documented = document.operations.flatMap(({ operation }) =>
      Object.keys(operation.responses)
        .filter((status) => status !== 'default')
        .map((status) => `${operation.operationId} ${status}`),
    );
    const seen = new Set([...driver.seen, ...refusing.seen, ...seenBusy.seen]);
    expect([...seen].sort()).toEqual(documented.sort());
  });

  test('and an answer with a field that is not documented would be noticed', async () => {
    const service = await openTestApp();
    const document = await published(service);
    const show = document.operations.find(({ operation }) => operation.operationId === 'listPayments');
    await service.post('/api/v1/payments', 'ingest', payment());
    const answer = await service.get('/api/v1/payments', 'researcher');
    if (show === undefined) throw new Error('listPayments is not documented');
    const complain = (change: (row: Record<string, unknown>) => object): string => {
      const page: { rows: Record<string, unknown>[] } = answer.json();
      const body = JSON.stringify({ ...page, rows: page.rows.map(change) });
      const { statusCode, headers } = answer;
      return document.complaints(show.operation, { statusCode, headers, body }).join();
    };
    expect(complain((row) => row)).toBe('');
    expect(complain((row) => ({ ...row, provider_user_id: 'rider-1' }))).toContain('provider_user_id');
    expect(complain(({ user_id: _, ...row }) => row)).toContain('user_id');
    expect(complain((row) => ({ ...row, total_price: '2.50' }))).toContain('must be number');
    expect(complain((row) => ({ ...row, logged_on: '2026-03-10 14:59:30' }))).toContain('date-time');
  });
});
