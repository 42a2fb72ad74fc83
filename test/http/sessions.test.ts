/** Sessions of browsers: how one is opened, what it may, and each way in which it is refused. */
import { createHash, randomBytes } from 'node:crypto';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { describe, expect, test } from 'vitest';
import { createApiKey, ROLES, revokeKey } from '../../src/http/api-keys.js';
import { expireSessions } from '../../src/http/sessions.js';
import { revokeApiKey } from '../../src/store/api-keys.js';
import { databaseBytes, notificationText, openTestApp, type TestApp } from '../support/app.js';
import { signedIn, signIn } from '../support/browser.js';
import { DATABASES, describeOn, freshSqliteUrl } from '../support/databases.js';

type Headers = Readonly<Record<string, string>>;

const SESSION = '/api/v1/session';
const HALF_DAY_MS = 12 * 3_600_000;

function post(
  service: TestApp,
  body: unknown,
  more: Partial<InjectOptions> = {},
): Promise<LightMyRequestResponse> {
  return service.server.inject({
    method: 'POST',
    url: SESSION,
    payload: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
    headers: { 'content-type': 'application/json', ...more.headers },
  });
}

const show = (service: TestApp, headers: Headers): Promise<LightMyRequestResponse> =>
  service.server.inject({ method: 'GET', url: SESSION, headers });

const statusOf = async (service: TestApp, headers: Headers): Promise<number> =>
  (await show(service, headers)).statusCode;

/** A delivery in quarantine, and a browser's attempt to give it up: an unsafe request that is told by its effect. */
async function discard(service: TestApp, headers: Headers): Promise<LightMyRequestResponse> {
  await service.webhook(notificationText({ amount: '-1.00' }));
  return service.server.inject({ method: 'POST', url: '/api/v1/quarantine/1/discard', headers });
}

async function isDiscarded(service: TestApp): Promise<boolean> {
  return (await service.get('/api/v1/quarantine/1')).json().status === 'discarded';
}

describe('signing in', () => {
  test('answers what a page needs first, and sets a cookie of 256 bits that no script can read', async () => {
    const service = await openTestApp();
    const answer = await post(service, { key: service.keys.analyst });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({
      role: 'analyst',
      key_name: 'test analyst',
      expires_at: '2026-03-11T03:00:00Z',
      zone: 'America/Chicago',
      currency: 'USD',
      currency_digits: 2,
      data: 'real',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
    const [cookie = '', ...attributes] = String(answer.headers['set-cookie']).split('; ');
    expect(attributes).toEqual(['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=43200']);
    const [name, token = ''] = cookie.split('=');
    expect(name).toBe('farelog_session');
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(answer.body).not.toContain(token);
    const shown = await show(service, { cookie });
    expect([shown.statusCode, shown.json()]).toEqual([200, answer.json()]);
  });

  test.each(ROLES)('lets a browser do what the role %s may', async (role) => {
    const service = await openTestApp();
    const headers = await signedIn(service, service.keys[role]);
    expect((await show(service, headers)).json().role).toBe(role);
    for (const url of ['/api/v1/payments', '/api/v1/analytics/methods', '/api/v1/quarantine']) {
      const byCookie = await service.server.inject({ method: 'GET', url, headers });
      expect([url, byCookie.statusCode]).toEqual([url, (await service.get(url, role)).statusCode]);
    }
  });

  test('says that the payments are a demo’s, where they are', async () => {
    const service = await openTestApp();
    await service.app.store.knex('farelog_meta').insert({ name: 'data', value: 'demo' });
    expect((await post(service, { key: service.keys.admin })).json().data).toBe('demo');
  });

  test('over TLS, told by a trusted proxy, gives a cookie that is Secure and of this host alone', async () => {
    const environment = { FARELOG_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' };
    const service = await openTestApp({ environment });
    const secure = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'fares.example' };
    const answer = await post(service, { key: service.keys.admin }, { headers: secure });
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-farelog_session=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=43200; Secure$/,
    );
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
    expect(await statusOf(service, { ...secure, cookie })).toBe(200);
    // A page without TLS could have set this one.
    expect(await statusOf(service, { ...secure, cookie: cookie.replace('__Host-', '') })).toBe(401);
    const headers = { ...secure, cookie, 'x-farelog-request': '1', origin: 'https://fares.example' };
    expect((await discard(service, headers)).statusCode).toBe(200);
  });

  test('believes no such word of a stranger', async () => {
    const service = await openTestApp({ environment: { FARELOG_TRUSTED_PROXIES: '10.0.0.0/8' } });
    const answer = await post(
      service,
      { key: service.keys.admin },
      { headers: { 'x-forwarded-proto': 'https' } },
    );
    expect(answer.headers['set-cookie']).not.toContain('Secure');
  });

  test('ends the session that the browser had, and another browser’s not', async () => {
    const service = await openTestApp();
    const [first, elsewhere] = [await signIn(service), await signIn(service)];
    const answer = await post(service, { key: service.keys.analyst }, { headers: { cookie: first } });
    expect(answer.statusCode).toBe(201);
    expect(await statusOf(service, { cookie: first })).toBe(401);
    expect(await statusOf(service, { cookie: elsewhere })).toBe(200);
  });

  test.each<[string, unknown, number]>([
    ['an unknown key', { key: `farelog_${randomBytes(32).toString('base64url')}` }, 401],
    ['an empty key', { key: '' }, 401],
    ['no key', {}, 400],
    ['a key that is no text', { key: { $ne: '' } }, 400],
    ['a key that is too long', { key: 'x'.repeat(513) }, 400],
    ['a field that is not known', { key: 'x', remember: true }, 400],
    ['a body that is no object', ['x'], 400],
    ['a body that is no JSON', 'key=x', 400],
    ['a body of any size', { key: 'x'.repeat(5_000) }, 413],
  ])('is refused with %s', async (_, body, status) => {
    const service = await openTestApp();
    const answer = await post(service, body);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['set-cookie']).toBe(undefined);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(await service.count('farelog_sessions')).toBe(0);
  });

  test('is refused with a key that has expired or was revoked', async () => {
    const service = await openTestApp();
    const { store } = service.app;
    const now = service.clock.ms;
    const expired = await createApiKey(store, { name: 'a', role: 'admin', expiresMs: now }, now - 1);
    const revoked = await createApiKey(store, { name: 'b', role: 'admin' }, now);
    await store.write((trx) => revokeApiKey(trx, revoked.id, now));
    for (const { key } of [expired, revoked]) expect((await post(service, { key })).statusCode).toBe(401);
  });

  test.each<[string, Headers]>([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a form that sends text', { 'content-type': 'text/plain' }],
    ['a page of another origin', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
  ])('by %s is refused, so that nobody is signed in as somebody else', async (_, headers) => {
    const service = await openTestApp();
    const answer = await post(service, { key: service.keys.admin }, { headers });
    expect([403, 415]).toContain(answer.statusCode);
    expect(await service.count('farelog_sessions')).toBe(0);
  });
});

describe('too many sign-ins', () => {
  const environment = { FARELOG_ADDRESS_SIGN_INS_PER_MINUTE: '3', FARELOG_SIGN_INS_PER_MINUTE: '5' };
  const from = (service: TestApp, remoteAddress: string): Promise<LightMyRequestResponse> =>
    post(service, { key: 'farelog_guess' }, { remoteAddress });

  test('of one address are refused with the time to wait, right key or wrong', async () => {
    const service = await openTestApp({ environment });
    for (let tried = 0; tried < 3; tried++) expect((await from(service, '192.0.2.1')).statusCode).toBe(401);
    service.clock.ms += 20_000;
    const refused = await post(service, { key: service.keys.admin }, { remoteAddress: '192.0.2.1' });
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '40']);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect((await from(service, '192.0.2.2')).statusCode).toBe(401);
    service.clock.ms += 39_999;
    expect((await from(service, '192.0.2.1')).statusCode).toBe(429);
    service.clock.ms += 1;
    expect((await from(service, '192.0.2.1')).statusCode).toBe(401);
  });

  test('of all addresses together are refused too, and one address cannot use up the others’', async () => {
    const service = await openTestApp({ environment });
    for (let tried = 0; tried < 50; tried++) await from(service, '192.0.2.1');
    expect((await from(service, '192.0.2.2')).statusCode).toBe(401);
    expect((await from(service, '192.0.2.3')).statusCode).toBe(401);
    expect((await from(service, '192.0.2.4')).statusCode).toBe(429);
  });

  test('are told by the address that a trusted proxy names', async () => {
    const service = await openTestApp({
      environment: { ...environment, FARELOG_TRUSTED_PROXIES: '127.0.0.1' },
    });
    const behind = (address: string) =>
      post(service, { key: 'farelog_guess' }, { headers: { 'x-forwarded-for': address } });
    for (let tried = 0; tried < 3; tried++) await behind('192.0.2.1');
    expect((await behind('192.0.2.1')).statusCode).toBe(429);
    expect((await behind('192.0.2.2')).statusCode).toBe(401);
  });
});

describe('a session', () => {
  test('ends at its moment', async () => {
    const service = await openTestApp();
    const cookie = await signIn(service);
    service.clock.ms += HALF_DAY_MS - 1;
    expect(await statusOf(service, { cookie })).toBe(200);
    service.clock.ms += 1;
    const answer = await show(service, { cookie });
    expect([answer.statusCode, answer.json().detail]).toEqual([
      401,
      expect.stringContaining('Sign in again'),
    ]);
  });

  test('lasts as long as FARELOG_SESSION_HOURS says', async () => {
    const service = await openTestApp({ environment: { FARELOG_SESSION_HOURS: '1' } });
    const cookie = await signIn(service);
    service.clock.ms += 3_600_000;
    expect(await statusOf(service, { cookie })).toBe(401);
  });

  test('ends with its key', async () => {
    const service = await openTestApp();
    const expiresMs = service.clock.ms + 60_000;
    const options = { name: 'test', role: 'analyst', expiresMs } as const;
    const { key } = await createApiKey(service.app.store, options, service.clock.ms);
    const answer = await post(service, { key });
    expect(answer.json().expires_at).toBe('2026-03-10T15:01:00Z');
    expect(answer.headers['set-cookie']).toContain('Max-Age=60');
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
    service.clock.ms = expiresMs;
    expect(await statusOf(service, { cookie })).toBe(401);
  });

  test.each<[string, typeof revokeApiKey | typeof revokeKey]>([
    ['here', revokeKey],
    ['by a program that knows no sessions', revokeApiKey],
  ])('is refused two seconds after its key was revoked %s, at the latest', async (_, revoke) => {
    const service = await openTestApp();
    const { store } = service.app;
    const { id, key } = await createApiKey(store, { name: 'test', role: 'analyst' }, service.clock.ms);
    const cookie = await signIn(service, key);
    expect(await statusOf(service, { cookie })).toBe(200);
    if (revoke === revokeKey) {
      await revokeKey(store, id, { actor: 'test', operation: 'test' }, service.clock.ms);
      expect(await service.count('farelog_sessions')).toBe(0);
    } else await store.write((trx) => revokeApiKey(trx, id, service.clock.ms));
    service.clock.ms += 2_000;
    expect(await statusOf(service, { cookie })).toBe(401);
  });

  test('of a token that was tampered with is none, whichever character it is', async () => {
    const service = await openTestApp();
    const cookie = await signIn(service);
    const start = 'farelog_session='.length;
    for (let at = start; at < cookie.length; at += 7) {
      const other = cookie[at] === 'A' ? 'B' : 'A';
      const changed = cookie.slice(0, at) + other + cookie.slice(at + 1);
      expect(await statusOf(service, { cookie: changed })).toBe(401);
    }
    const hash = createHash('sha256').update(cookie.slice(start)).digest('hex');
    expect(await statusOf(service, { cookie: `farelog_session=${hash}` })).toBe(401);
    expect(await statusOf(service, { cookie })).toBe(200);
  });

  test('is found among other cookies, and not within one', async () => {
    const service = await openTestApp();
    const cookie = await signIn(service);
    expect(await statusOf(service, { cookie: `theme=dark; ${cookie}; zone=UTC` })).toBe(200);
    expect(await statusOf(service, { cookie: `theme=${cookie}` })).toBe(401);
    expect(await statusOf(service, { cookie: `other_${cookie}` })).toBe(401);
  });

  test('is no bearer key, and a key goes before it', async () => {
    const service = await openTestApp();
    const cookie = await signIn(service);
    const url = '/api/v1/quarantine';
    const ask = async (headers: Headers): Promise<number> =>
      (await service.server.inject({ method: 'GET', url, headers })).statusCode;
    expect(await ask({ authorization: `Bearer ${cookie.split('=')[1]}` })).toBe(401);
    expect(await ask({ cookie, authorization: `Bearer ${service.keys.analyst}` })).toBe(403);
    expect(await ask({ cookie, authorization: 'Bearer farelog_unknown' })).toBe(401);
    expect(await ask({ cookie })).toBe(200);
  });

  test('is seen now and then', async () => {
    const service = await openTestApp();
    const cookie = await signIn(service);
    const seen = async () => (await service.app.store.knex('farelog_sessions').first()).last_seen_ms;
    const first = service.clock.ms;
    service.clock.ms += 299_999;
    await statusOf(service, { cookie });
    expect(await seen()).toBe(first);
    service.clock.ms += 1;
    await statusOf(service, { cookie });
    expect(await seen()).toBe(service.clock.ms);
    expect(await statusOf(service, { cookie })).toBe(200);
  });

  test('that is over is cleaned up, and no other', async () => {
    const service = await openTestApp();
    const { store } = service.app;
    const { id, key } = await createApiKey(store, { name: 'test', role: 'analyst' }, service.clock.ms);
    await signIn(service, key);
    await signIn(service);
    service.clock.ms += 3_600_000;
    const late = await signIn(service);
    await store.write((trx) => revokeApiKey(trx, id, service.clock.ms));
    expect(await expireSessions(store, service.clock.ms)).toBe(1);
    service.clock.ms += HALF_DAY_MS - 3_600_000;
    expect(await expireSessions(store, service.clock.ms)).toBe(1);
    expect(await service.count('farelog_sessions')).toBe(1);
    expect(await statusOf(service, { cookie: late })).toBe(200);
  });
});

describe('signing out', () => {
  test('ends the session for good, here at once, and takes the cookie away', async () => {
    const service = await openTestApp();
    const [headers, other] = [await signedIn(service, service.keys.admin), await signIn(service)];
    expect(await statusOf(service, headers)).toBe(200);
    const answer = await service.server.inject({ method: 'DELETE', url: SESSION, headers });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(answer.headers['set-cookie']).toBe(
      'farelog_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0',
    );
    expect(await statusOf(service, headers)).toBe(401);
    expect(await service.count('farelog_sessions')).toBe(1);
    expect(await statusOf(service, { cookie: other })).toBe(200);
  });

  test('needs the header like everything that changes something', async () => {
    const service = await openTestApp();
    const cookie = await signIn(service);
    const answer = await service.server.inject({ method: 'DELETE', url: SESSION, headers: { cookie } });
    expect(answer.statusCode).toBe(403);
    expect(await statusOf(service, { cookie })).toBe(200);
  });
});

describe('a request that changes something, by session', () => {
  test('is done with the header', async () => {
    const service = await openTestApp();
    const answer = await discard(service, await signedIn(service, service.keys.admin));
    expect(answer.statusCode).toBe(200);
    expect(await isDiscarded(service)).toBe(true);
  });

  test('is done where the browser says that it comes from this origin', async () => {
    const service = await openTestApp();
    const headers = await signedIn(service, service.keys.admin);
    const own = { host: 'localhost:4300', origin: 'http://localhost:4300', 'sec-fetch-site': 'same-origin' };
    expect((await discard(service, { ...headers, ...own })).statusCode).toBe(200);
  });

  test.each<[string, Headers]>([
    ['without the header', { 'x-farelog-request': '' }],
    ['with another value of the header', { 'x-farelog-request': 'true' }],
    ['of another host', { origin: 'http://evil.example' }],
    ['of another port', { origin: 'http://localhost:8080' }],
    ['of another scheme', { origin: 'https://localhost:80' }],
    ['of a host that begins like this one', { origin: 'http://localhost:80.evil.example' }],
    ['of no origin', { origin: 'null' }],
    ['of another site', { 'sec-fetch-site': 'cross-site' }],
    ['of a sibling of this site', { 'sec-fetch-site': 'same-site' }],
    ['typed by hand', { 'sec-fetch-site': 'none' }],
    [
      'of another site, though with this origin',
      { origin: 'http://localhost:80', 'sec-fetch-site': 'cross-site' },
    ],
  ])('%s is refused, and changes nothing', async (_, changes) => {
    const service = await openTestApp();
    const answer = await discard(service, { ...(await signedIn(service, service.keys.admin)), ...changes });
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(await isDiscarded(service)).toBe(false);
  });

  test('by key needs none of this, since no site can make a browser send a key', async () => {
    const service = await openTestApp();
    const headers = { authorization: `Bearer ${service.keys.admin}`, origin: 'http://evil.example' };
    expect((await discard(service, headers)).statusCode).toBe(200);
  });

  test('is granted to no other origin: nothing here speaks CORS', async () => {
    const { server } = await openTestApp();
    const headers = {
      origin: 'http://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-farelog-request',
    };
    for (const method of ['OPTIONS', 'GET'] as const) {
      const answer = await server.inject({ method, url: '/api/v1/quarantine', headers });
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('what is kept of a session', () => {
  test('is its hash: neither key nor token is in the database, the log or the audit', async () => {
    const service = await openTestApp({ url: freshSqliteUrl() });
    const cookie = await signIn(service, service.keys.researcher);
    const token = cookie.split('=')[1] ?? '';
    const headers = { cookie, 'x-farelog-request': '1' };
    // By mistake, in an address that is audited.
    await service.server.inject({ method: 'GET', url: `/api/v1/payments?user_id=${token}`, headers });
    await post(service, { key: `${service.keys.admin.slice(0, -1)}!` });
    await post(service, `{"key":"${service.keys.admin}"`);
    await service.server.inject({ method: 'DELETE', url: SESSION, headers });
    const stored = databaseBytes(service.url);
    expect(stored.includes('session.create')).toBe(true);
    expect(service.log.join('\n')).toContain('A sign-in was refused');
    for (const secret of [token, service.keys.researcher, service.keys.admin.slice(8, -1)]) {
      expect(stored.includes(secret)).toBe(false);
      expect(stored.includes(Buffer.from(secret.replace('farelog_', ''), 'base64url'))).toBe(false);
      expect(service.log.join('\n')).not.toContain(secret);
    }
  });

  test('is its beginning and its end, in the audit, by the key that it stood on', async () => {
    const service = await openTestApp();
    const headers = await signedIn(service, service.keys.analyst);
    await service.server.inject({ method: 'DELETE', url: SESSION, headers });
    const { rows }: { rows: Record<string, unknown>[] } = (await service.get('/api/v1/audit')).json();
    const keyId = (await service.app.store.knex('farelog_api_keys').where('role', 'analyst').first()).id;
    expect(rows.slice(0, 2).map(({ actor, action, operation }) => [actor, action, operation])).toEqual([
      [keyId, 'session.end', 'DELETE /api/v1/session'],
      [keyId, 'session.create', 'POST /api/v1/session'],
    ]);
  });

  test('names the key as the actor of what is read by session', async () => {
    const service = await openTestApp();
    const headers = { cookie: await signIn(service, service.keys.researcher) };
    await service.server.inject({ method: 'GET', url: '/api/v1/payments', headers });
    const { rows }: { rows: Record<string, unknown>[] } = (await service.get('/api/v1/audit')).json();
    const keyId = (await service.app.store.knex('farelog_api_keys').where('role', 'researcher').first()).id;
    expect(rows[0]).toMatchObject({ actor: keyId, action: 'riders.read' });
  });
});

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('a session that one instance opened is served by another, and ends there within two seconds', async () => {
      const url = await database.freshUrl();
      const one = await openTestApp({ url });
      const other = await openTestApp({ url });
      const headers = await signedIn(one, one.keys.admin);
      expect(await statusOf(other, headers)).toBe(200);
      await one.server.inject({ method: 'DELETE', url: SESSION, headers });
      expect(await statusOf(one, headers)).toBe(401);
      other.clock.ms += 2_000;
      expect(await statusOf(other, headers)).toBe(401);
    });
  });
}
