/** The audit of requests: nothing of a rider is shown that is not written down first. */
import { describe, expect, test } from 'vitest';
import { verifyAudit } from '../../src/analytics/audit.js';
import { BEFORE_THE_FIRST } from '../../src/domain/audit.js';
import { createApiKey } from '../../src/http/api-keys.js';
import type { RouteDoc } from '../../src/http/route.js';
import { notificationText, openTestApp, type TestApp } from '../support/app.js';
import { DATABASES, describeOn } from '../support/databases.js';

interface Row {
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly operation: string;
  readonly filter: unknown;
  readonly previous_hash: string;
  readonly hash: string;
}

/** The audit as an administrator reads it, newest first. */
async function auditOf(service: TestApp, query = ''): Promise<Row[]> {
  const answer = await service.get(`/api/v1/audit${query}`);
  expect(answer.statusCode).toBe(200);
  return answer.json().rows;
}

/** The id of the key that the test application made for a role. */
async function keyId(service: TestApp, role: string): Promise<string> {
  const row: { id: string } | undefined = await service.app.store
    .knex('farelog_api_keys')
    .select('id')
    .where({ role })
    .first();
  return row?.id ?? '';
}

const takeAuditAway = (service: TestApp): Promise<unknown> =>
  service.app.store.knex.schema.renameTable('farelog_audit', 'elsewhere');

describe('every route', () => {
  test('for researchers declares what is written in the audit, and so does what shows or ends a payload', async () => {
    const { server } = await openTestApp();
    const silent = server.declaredRoutes.filter(({ audit }) => audit === undefined);
    expect(silent.filter(({ access }) => access === 'researcher')).toEqual([]);
    expect(silent.filter(({ url }) => url.startsWith('/api/v1/quarantine/:id'))).toEqual([]);
    expect(server.declaredRoutes.filter(({ access }) => access === 'researcher').length).toBeGreaterThan(1);
  });

  test('for researchers that declares none is refused when it is added', async () => {
    const { server } = await openTestApp();
    const doc: RouteDoc = { name: 'forgotten', tag: 'Operation', summary: '', description: '', answers: {} };
    const config = { access: 'researcher', doc } as const;
    expect(() => server.get('/api/v1/forgotten', { config }, async () => 'riders')).toThrow(
      /declares no audit/,
    );
  });
});

for (const database of DATABASES) {
  describeOn(database, () => {
    test('each look at riders, and each change of the quarantine, has its row', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      await service.webhook(notificationText());
      const invalid = await service.webhook(notificationText({ amount: '-1', payment_id: 7 }));
      const { quarantine_id: id } = invalid.json();
      await service.get('/api/v1/payments?user_id=r%C3%A9mi&limit=5', 'researcher');
      await service.get('/api/v1/payments/1001', 'researcher');
      await service.get(`/api/v1/quarantine/${id}`);
      await service.post(`/api/v1/quarantine/${id}/replay`, 'admin');
      await service.post(`/api/v1/quarantine/${id}/discard`, 'admin');
      const researcher = await keyId(service, 'researcher');
      const admin = await keyId(service, 'admin');
      const at = '2026-03-10T15:00:00.000Z';
      const path = { id: String(id) };
      const quarantine = '/api/v1/quarantine/:id';
      expect((await auditOf(service)).slice(0, 5).reverse()).toMatchObject([
        {
          ...{ at, actor: researcher, action: 'riders.read', operation: 'GET /api/v1/payments' },
          filter: { path: {}, query: { user_id: expect.stringMatching(/^rider:[a-p]{32}$/), limit: '5' } },
        },
        {
          ...{ actor: researcher, action: 'riders.read', operation: 'GET /api/v1/payments/:payment_id' },
          filter: { path: { payment_id: '1001' }, query: {} },
        },
        { actor: admin, action: 'quarantine.read', operation: `GET ${quarantine}`, filter: { path } },
        { action: 'quarantine.replay', operation: `POST ${quarantine}/replay`, filter: { path } },
        { action: 'quarantine.discard', operation: `POST ${quarantine}/discard`, filter: { path } },
      ]);
      expect(await verifyAudit(service.app.store)).toMatchObject({ ok: true });
    });

    test('without its row nothing is shown and nothing changed', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      await service.webhook(notificationText());
      const invalid = await service.webhook(notificationText({ amount: '-1', payment_id: 7 }));
      const { quarantine_id: id } = invalid.json();
      await takeAuditAway(service);
      const answers = [
        await service.get('/api/v1/payments', 'researcher'),
        await service.get('/api/v1/payments/1001', 'researcher'),
        await service.get(`/api/v1/quarantine/${id}`),
        await service.post(`/api/v1/quarantine/${id}/discard`, 'admin'),
      ];
      for (const answer of answers) {
        expect(answer.statusCode).toBe(503);
        expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
        expect(answer.headers['retry-after']).toBeDefined();
        expect(answer.body).not.toMatch(/mobile_payment|77001/);
      }
      expect(service.log.join('\n')).toContain('The audit cannot be written');
      expect((await service.get('/api/v1/quarantine?status=open')).json().rows).toHaveLength(1);
      // What shows no rider goes on.
      expect((await service.webhook(notificationText({ payment_id: 8 }))).statusCode).toBe(201);
    });
  });
}

describe('a row', () => {
  test('is not written for a caller who is refused', async () => {
    const service = await openTestApp();
    const before = (await auditOf(service)).length;
    await service.get('/api/v1/payments', 'analyst');
    await service.server.inject({ method: 'GET', url: '/api/v1/payments' });
    expect(await auditOf(service)).toHaveLength(before);
  });

  test('never holds a key, nor a card number', async () => {
    const service = await openTestApp();
    const chosen = 'chosen"elsewhere';
    const given = { name: 'x', role: 'admin', given: chosen } as const;
    await createApiKey(service.app.store, given, service.clock.ms);
    const query = `user_id=${service.keys.admin}&a=${encodeURIComponent(chosen)}&b=4111-1111-1111-1111`;
    const headers = { authorization: `Bearer ${chosen}` };
    await service.server.inject({ method: 'GET', url: `/api/v1/payments?${query}`, headers });
    const [row] = await auditOf(service);
    expect(row?.filter).toEqual({
      path: {},
      query: { user_id: '[key removed]', a: '[key removed]', b: '[card number removed]' },
    });
  });

  test('is written by a route that shows riders to some alone, when it does', async () => {
    const service = await openTestApp();
    const path = '/api/v1/analytics/report?limit=5';
    const before = await service.count('farelog_audit');
    const seen = await service.get(path, 'analyst');
    expect([seen.statusCode, 'userAnalysis' in seen.json()]).toEqual([200, false]);
    expect(await service.count('farelog_audit')).toBe(before);
    expect((await service.get(path, 'researcher')).json().userAnalysis).toEqual([]);
    const operation = 'GET /api/v1/analytics/report';
    expect(await auditOf(service, '?limit=1')).toMatchObject([
      {
        ...{ actor: await keyId(service, 'researcher'), action: 'riders.read', operation },
        filter: { query: { limit: '5' } },
      },
    ]);
    await takeAuditAway(service);
    expect((await service.get(path, 'researcher')).statusCode).toBe(503);
    expect((await service.get(path, 'analyst')).statusCode).toBe(200);
  });

  test('is written for each key that is made', async () => {
    const service = await openTestApp();
    const rows = await auditOf(service, '?action=keys.create');
    expect(rows.map(({ actor, operation, filter }) => [actor, operation, filter])).toContainEqual([
      'service',
      'start',
      { id: await keyId(service, 'analyst'), role: 'analyst', name: 'test analyst' },
    ]);
    expect(rows.at(-1)?.previous_hash).toBe(BEFORE_THE_FIRST.hash);
  });
});

describe('GET /api/v1/audit', () => {
  test('pages through all rows, newest first, each once', async () => {
    const service = await openTestApp();
    for (let id = 1; id <= 5; id++) await service.get(`/api/v1/payments/${id}`, 'researcher');
    const sequences: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const url: string = `/api/v1/audit?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: { rows: Row[]; next_cursor: string | null } = (await service.get(url)).json();
      expect(page.rows.length).toBeLessThanOrEqual(2);
      sequences.push(...page.rows.map(({ sequence }) => sequence));
      cursor = page.next_cursor;
    }
    expect(sequences).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test('filters by actor, action and time', async () => {
    const service = await openTestApp();
    const researcher = await keyId(service, 'researcher');
    await service.get('/api/v1/payments', 'researcher');
    service.clock.ms += 60_000;
    await service.get('/api/v1/payments', 'admin');
    await service.get('/api/v1/quarantine/1', 'admin');
    const found = async (query: string): Promise<string[]> =>
      (await auditOf(service, query)).map(({ action, actor }) =>
        actor === researcher ? `${action} by researcher` : action,
      );
    expect(await found(`?actor=${researcher}`)).toEqual(['riders.read by researcher']);
    expect(await found('?action=riders.read')).toEqual(['riders.read', 'riders.read by researcher']);
    expect(await found('?from=2026-03-10T15:01:00Z')).toEqual(['quarantine.read', 'riders.read']);
    expect(await found('?from=2026-03-10&to=2026-03-10T15:01:00Z&action=riders.read')).toEqual([
      'riders.read by researcher',
    ]);
    expect(await found('?to=2026-03-10')).toEqual([]);
  });

  test.each(['limit=0', 'limit=1001', 'cursor=x', 'action=riders.eat', 'from=yesterday', 'who=me'])(
    'refuses %s',
    async (query) => {
      const service = await openTestApp();
      expect((await service.get(`/api/v1/audit?${query}`)).statusCode).toBe(400);
    },
  );
});
