/** Keys over HTTP: made, listed and revoked by an administrator, and written down. */
import { describe, expect, test } from 'vitest';
import { createApiKey } from '../../src/http/api-keys.js';
import { databaseBytes, openTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/browser.js';
import { DATABASES, describeOn, freshSqliteUrl } from '../support/databases.js';

const KEYS = '/api/v1/keys';

async function idOf({ app }: TestApp, role: string): Promise<string> {
  return (await app.store.knex('farelog_api_keys').where('role', role).first()).id;
}

const revoke = (service: TestApp, id: string) => service.post(`${KEYS}/${id}/revoke`, 'admin');

describe('keys over HTTP', () => {
  test('are listed without what is secret', async () => {
    const service = await openTestApp();
    const answer = await service.get(KEYS);
    const { rows }: { rows: Record<string, unknown>[] } = answer.json();
    expect(rows.map(({ role }) => role).sort()).toEqual(['admin', 'analyst', 'ingest', 'researcher']);
    expect(rows.find(({ role }) => role === 'admin')).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{12}$/),
      name: 'test admin',
      role: 'admin',
      created_at: '2026-03-10T15:00:00Z',
      expires_at: null,
      revoked_at: null,
    });
    const hashes: { hash: string }[] = await service.app.store.knex('farelog_api_keys').select('hash');
    for (const { hash } of hashes) expect(answer.body).not.toContain(hash);
  });

  test('are made, told once, valid for their days, and may what their role may', async () => {
    const service = await openTestApp({ url: freshSqliteUrl() });
    const answer = await service.post(KEYS, 'admin', { name: ' gates ', role: 'analyst', expires_days: 2 });
    expect(answer.statusCode).toBe(201);
    const { key, ...made } = answer.json();
    expect(made).toMatchObject({
      name: 'gates',
      role: 'analyst',
      expires_at: '2026-03-12T15:00:00Z',
      revoked_at: null,
    });
    expect(key).toMatch(/^farelog_[\w-]{43}$/);
    const ask = async (url: string): Promise<number> =>
      (await service.server.inject({ method: 'GET', url, headers: { authorization: `Bearer ${key}` } }))
        .statusCode;
    expect([await ask('/api/v1/analytics/methods'), await ask(KEYS)]).toEqual([200, 403]);
    expect((await service.get(KEYS)).body).not.toContain(key);
    expect(databaseBytes(service.url).includes(key)).toBe(false);
    expect(service.log.join('\n')).not.toContain(key);
    service.clock.ms += 2 * 86_400_000;
    expect(await ask('/api/v1/analytics/methods')).toBe(401);
  });

  test.each<[string, unknown]>([
    ['no name', { role: 'analyst' }],
    ['a blank name', { name: '  ', role: 'analyst' }],
    ['a long name', { name: 'x'.repeat(129), role: 'analyst' }],
    ['no role', { name: 'x' }],
    ['an unknown role', { name: 'x', role: 'root' }],
    ['no days', { name: 'x', role: 'analyst', expires_days: 0 }],
    ['half a day', { name: 'x', role: 'analyst', expires_days: 0.5 }],
    ['days as text', { name: 'x', role: 'analyst', expires_days: '3' }],
    ['too many days', { name: 'x', role: 'analyst', expires_days: 36_501 }],
    ['a key of its own choice', { name: 'x', role: 'analyst', key: 'hunter2hunter2' }],
    ['an array', [{ name: 'x', role: 'analyst' }]],
  ])('are not made with %s', async (_, body) => {
    const service = await openTestApp();
    expect((await service.post(KEYS, 'admin', body)).statusCode).toBe(400);
    expect(await service.count('farelog_api_keys')).toBe(4);
  });

  test('are revoked once, with their sessions, and refused within two seconds', async () => {
    const service = await openTestApp();
    const id = await idOf(service, 'analyst');
    const browser = await signedIn(service, service.keys.analyst);
    const answer = await revoke(service, id);
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      expect.objectContaining({ id, role: 'analyst', revoked_at: '2026-03-10T15:00:00Z' }),
    ]);
    service.clock.ms += 2_000;
    const url = '/api/v1/analytics/methods';
    expect((await service.get(url, 'analyst')).statusCode).toBe(401);
    expect((await service.server.inject({ method: 'GET', url, headers: browser })).statusCode).toBe(401);
    expect((await revoke(service, id)).statusCode).toBe(404);
    expect((await revoke(service, 'abcdef')).statusCode).toBe(404);
  });

  test('are written down with who made and revoked them, in the same transaction', async () => {
    const service = await openTestApp();
    const headers = { ...(await signedIn(service, service.keys.admin)), 'content-type': 'application/json' };
    const payload = JSON.stringify({ name: 'gates', role: 'ingest' });
    const made = await service.server.inject({ method: 'POST', url: KEYS, headers, payload });
    const { id } = made.json();
    await revoke(service, id);
    const { rows }: { rows: Record<string, unknown>[] } = (await service.get('/api/v1/audit')).json();
    const actor = await idOf(service, 'admin');
    expect(rows.slice(0, 2)).toMatchObject([
      { actor, action: 'keys.revoke', operation: 'POST /api/v1/keys/:id/revoke', filter: { id } },
      {
        actor,
        action: 'keys.create',
        operation: 'POST /api/v1/keys',
        filter: { id, role: 'ingest', name: 'gates' },
      },
    ]);
    await service.app.store.knex.schema.renameTable('farelog_audit', 'elsewhere');
    expect(
      (await service.post(KEYS, 'admin', { name: 'x', role: 'ingest' })).statusCode,
    ).toBeGreaterThanOrEqual(500);
    expect(await service.count('farelog_api_keys')).toBe(5);
  });
});

describe('the last admin key', () => {
  test('cannot be revoked here, and the answer says how', async () => {
    const service = await openTestApp();
    const id = await idOf(service, 'admin');
    const refused = await revoke(service, id);
    expect(refused.statusCode).toBe(409);
    expect(refused.json().detail).toContain(`farelog keys revoke ${id}`);
    service.clock.ms += 2_000;
    expect((await service.get(KEYS)).statusCode).toBe(200);
  });

  test('is one that is valid: expired and revoked ones do not count', async () => {
    const service = await openTestApp();
    const { store } = service.app;
    const now = service.clock.ms;
    await createApiKey(store, { name: 'expired', role: 'admin', expiresMs: now }, now - 1);
    const { id } = await createApiKey(store, { name: 'other', role: 'admin', expiresMs: now + 1 }, now);
    const own = await idOf(service, 'admin');
    expect((await revoke(service, id)).statusCode).toBe(200);
    for (const one of await store.knex('farelog_api_keys').where('name', 'test admin').select('id'))
      expect([own.length, (await revoke(service, one.id)).statusCode]).toEqual([12, 409]);
  });
});

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('of two admins that revoke each other on two instances at once, one stays', async () => {
      const url = await database.freshUrl();
      const [one, other] = [await openTestApp({ url }), await openTestApp({ url })];
      for (let round = 0; round < 5; round++) {
        const admins = { role: 'admin', revoked_ms: null };
        const valid: { id: string }[] = await one.app.store
          .knex('farelog_api_keys')
          .where(admins)
          .select('id');
        // Both keys are believed for two seconds, in which each may still ask.
        const answers = await Promise.all(
          valid.map(({ id }, index) => revoke(index % 2 === 0 ? one : other, id)),
        );
        expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
        await one.app.store.knex('farelog_api_keys').where({ role: 'admin' }).update({ revoked_ms: null });
      }
    });
  });
}
