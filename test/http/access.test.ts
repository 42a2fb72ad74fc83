/**
 * Who may call what. The table of routes is the server's own, so that a new route is tested by being there; that it
 * misses none is checked against the router's.
 */
import { randomBytes } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { describe, expect, test } from 'vitest';
import { createApiKey, ROLES, type Role } from '../../src/http/api-keys.js';
import type { Access, DeclaredRoute } from '../../src/http/route.js';
import { revokeApiKey } from '../../src/store/api-keys.js';
import { databaseBytes, notificationText, openTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/browser.js';
import { freshSqliteUrl } from '../support/databases.js';

/** The contract's table of routes, as far as they need a key or none; `{id}` is a parameter. */
const CONTRACT: Readonly<Record<string, Access>> = {
  'POST /webhooks/bytemark': 'signature',
  'POST /api/v1/payments': 'ingest',
  'GET /api/v1/payments': 'researcher',
  'GET /api/v1/payments/{id}': 'researcher',
  'GET /api/v1/analytics/methods': 'analyst',
  'GET /api/v1/analytics/spending/{id}': 'researcher',
  'GET /api/v1/analytics/trends': 'analyst',
  'GET /api/v1/analytics/report': 'analyst',
  'GET /api/v1/analytics/performance': 'analyst',
  'GET /api/v1/live': 'analyst',
  'GET /api/v1/quarantine': 'admin',
  'GET /api/v1/quarantine/{id}': 'admin',
  'POST /api/v1/quarantine/{id}/replay': 'admin',
  'POST /api/v1/quarantine/{id}/discard': 'admin',
  'GET /api/v1/keys': 'admin',
  'POST /api/v1/keys': 'admin',
  'POST /api/v1/keys/{id}/revoke': 'admin',
  'POST /api/v1/session': 'public',
  'GET /api/v1/session': 'session',
  'DELETE /api/v1/session': 'session',
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'public',
  'GET /api/openapi.json': 'public',
  'GET /docs': 'public',
  'GET /': 'public',
  'GET /assets/{id}': 'public',
};

/** Which roles a route of a role lets in. */
const LET_IN: Readonly<Record<Role, readonly Role[]>> = {
  ingest: ['ingest', 'admin'],
  analyst: ['analyst', 'researcher', 'admin'],
  researcher: ['researcher', 'admin'],
  admin: ['admin'],
};

const nameOf = ({ method, url }: Pick<DeclaredRoute, 'method' | 'url'>): string =>
  `${method} ${url.replace(/:\w+/g, '{id}')}`;

/** Method and URL of every route, read from the router's own drawing of its tree. */
function routesOfTree(tree: string): string[] {
  const trail: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const match = /^(.*?)[├└]── (\S+)(?: \((.+)\))?$/.exec(line);
    if (match === null) return [];
    const [, indent = '', part = '', methods = ''] = match;
    trail.length = indent.length / 4;
    trail.push(part);
    return methods === '' ? [] : methods.split(', ').map((method) => `${method} ${trail.join('')}`);
  });
}

type Credential = Readonly<Record<string, string>>;

async function statusWith(service: TestApp, route: DeclaredRoute, credential: Credential): Promise<number> {
  const { method } = route;
  const hasBody = method === 'POST' || method === 'PUT';
  if (!hasBody && method !== 'GET' && method !== 'HEAD' && method !== 'DELETE')
    throw new Error(`${method} is not driven by these tests`);
  const request: InjectOptions = {
    method,
    url: route.url.replace(/:\w+/g, '1'),
    headers: { ...credential, ...(hasBody ? { 'content-type': 'application/json' } : {}) },
    ...(hasBody ? { payload: '{}' } : {}),
    // A stream has no end to wait for.
    payloadAsStream: true,
  };
  const answer = await service.server.inject(request);
  answer.stream().destroy();
  return answer.statusCode;
}

interface Credentials {
  readonly invalid: Readonly<Record<string, Credential>>;
  /** Both are made anew for each request, since one of the routes ends a session. */
  readonly valid: Readonly<Record<'key' | 'session', (role: Role) => Promise<Credential>>>;
}

const bearer = (key: string): Credential => ({ authorization: `Bearer ${key}` });

async function credentialsOf(service: TestApp): Promise<Credentials> {
  const { store } = service.app;
  const admin = { name: 'test', role: 'admin' as const };
  const revoked = await createApiKey(store, admin, service.clock.ms);
  const left = await signedIn(service, revoked.key);
  await store.write((trx) => revokeApiKey(trx, revoked.id, service.clock.ms));
  const expired = await createApiKey(store, { ...admin, expiresMs: service.clock.ms }, service.clock.ms - 1);
  const admission = await signedIn(service, service.keys.admin);
  return {
    invalid: {
      'no key': {},
      'an empty key': { authorization: 'Bearer ' },
      'a key of another scheme': { authorization: `Basic ${service.keys.admin}` },
      'an unknown key': bearer(`farelog_${randomBytes(32).toString('base64url')}`),
      'a key one character short': bearer(service.keys.admin.slice(0, -1)),
      'a revoked key': bearer(revoked.key),
      'an expired key': bearer(expired.key),
      'a session of a revoked key': left,
      'an unknown session': {
        ...admission,
        cookie: `farelog_session=${randomBytes(32).toString('base64url')}`,
      },
      'a session one character short': { ...admission, cookie: admission.cookie?.slice(0, -1) ?? '' },
      'an unknown key beside a session': { ...admission, ...bearer('farelog_unknown') },
    },
    valid: {
      key: async (role) => bearer(service.keys[role]),
      session: (role) => signedIn(service, service.keys[role]),
    },
  };
}

function expectedOf(access: Access, role: Role | undefined, session: boolean): 'allowed' | 401 | 403 {
  if (access === 'public') return 'allowed';
  if (access === 'session') return session ? 'allowed' : 401;
  // Without a signature nobody gets in, whatever key is sent.
  if (access === 'signature') return 401;
  if (role === undefined) return 401;
  return LET_IN[access].includes(role) ? 'allowed' : 403;
}

const seen = (status: number): 'allowed' | 401 | 403 =>
  status === 401 || status === 403 ? status : 'allowed';

describe('every route', () => {
  test('declares its access, and the list of them misses none', async () => {
    const { server } = await openTestApp();
    const declared = server.declaredRoutes.map(({ method, url }) => `${method} ${url}`);
    expect(declared.sort()).toEqual(routesOfTree(server.printRoutes({ commonPrefix: false })).sort());
    expect(declared.length).toBeGreaterThan(10);
  });

  test('of the contract asks for what the contract says, and no other route is open', async () => {
    const { server } = await openTestApp();
    for (const route of server.declaredRoutes) {
      const name = nameOf(route).replace(/^HEAD /, 'GET ');
      const contract = CONTRACT[name];
      if (contract !== undefined) expect([name, route.access]).toEqual([name, contract]);
      else expect([name, ROLES]).toEqual([name, expect.arrayContaining([route.access])]);
    }
  });

  test('lets in exactly whom it declares, by key and by session', async () => {
    const service = await openTestApp({
      environment: { FARELOG_ADDRESS_SIGN_INS_PER_MINUTE: '100000', FARELOG_SIGN_INS_PER_MINUTE: '100000' },
    });
    const { invalid, valid } = await credentialsOf(service);
    // By now it is known everywhere that a key was revoked.
    service.clock.ms += 2_000;
    const wrong: string[] = [];
    const check = async (
      route: DeclaredRoute,
      credential: Credential,
      name: string,
      expected: ReturnType<typeof seen>,
    ): Promise<void> => {
      const status = await statusWith(service, route, credential);
      if (seen(status) !== expected) wrong.push(`${nameOf(route)}, ${name}: ${status}, not ${expected}`);
    };
    for (const route of service.server.declaredRoutes) {
      for (const [name, credential] of Object.entries(invalid)) {
        // A session is all that this route looks at.
        if (route.access === 'session' && name === 'an unknown key beside a session') continue;
        await check(route, credential, name, expectedOf(route.access, undefined, false));
      }
      for (const role of ROLES) {
        for (const [name, credentialOf] of Object.entries(valid)) {
          const expected = expectedOf(route.access, role, name === 'session');
          await check(route, await credentialOf(role), `${name} of ${role}`, expected);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('that declares no access is refused when it is added', async () => {
    const { server } = await openTestApp();
    expect(() => server.get('/api/v1/forgotten', async () => 'open')).toThrow(/declares no access/);
  });
});

describe('a refusal', () => {
  const ROUTE = '/api/v1/payments';

  test('without a key is a problem that says how to send one', async () => {
    const { server } = await openTestApp();
    const answer = await server.inject({ method: 'GET', url: ROUTE });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.json().detail).toContain('Authorization: Bearer');
  });

  test('of another role names the role that is needed, and not the key', async () => {
    const service = await openTestApp();
    const answer = await service.get(ROUTE, 'analyst');
    expect(answer.statusCode).toBe(403);
    expect(answer.json().detail).toContain('researcher');
    expect(answer.body).not.toContain(service.keys.analyst);
  });

  test('comes before the body is read', async () => {
    const service = await openTestApp();
    const answer = await service.post(ROUTE, 'analyst', 'not JSON');
    expect(answer.statusCode).toBe(403);
  });

  test('of a key in the query is the same as without one', async () => {
    const service = await openTestApp();
    const url = `${ROUTE}?key=${service.keys.admin}&access_token=${service.keys.admin}`;
    expect((await service.server.inject({ method: 'GET', url })).statusCode).toBe(401);
  });
});

describe('a key', () => {
  const ask = async (service: TestApp, key: string): Promise<number> => {
    const headers = { authorization: `Bearer ${key}` };
    return (await service.server.inject({ method: 'GET', url: '/api/v1/payments', headers })).statusCode;
  };

  test('that is revoked is refused two seconds later at the latest', async () => {
    const service = await openTestApp();
    const { store } = service.app;
    const { id, key } = await createApiKey(store, { name: 'test', role: 'researcher' }, service.clock.ms);
    expect(await ask(service, key)).toBe(200);
    await store.write((trx) => revokeApiKey(trx, id, service.clock.ms));
    service.clock.ms += 2_000;
    expect(await ask(service, key)).toBe(401);
  });

  test('that is made later is known two seconds later at the latest, though it was refused before', async () => {
    const service = await openTestApp();
    const given = 'a key that was chosen elsewhere';
    const key = given.replaceAll(' ', '-');
    expect(await ask(service, key)).toBe(401);
    await createApiKey(service.app.store, { name: 'test', role: 'admin', given: key }, service.clock.ms);
    service.clock.ms += 2_000;
    expect(await ask(service, key)).toBe(200);
  });

  test('expires at its moment, even while it is remembered', async () => {
    const service = await openTestApp();
    const expiresMs = service.clock.ms + 1_000;
    const options = { name: 'test', role: 'researcher', expiresMs } as const;
    const { key } = await createApiKey(service.app.store, options, service.clock.ms);
    service.clock.ms = expiresMs - 1;
    expect(await ask(service, key)).toBe(200);
    service.clock.ms = expiresMs;
    expect(await ask(service, key)).toBe(401);
  });

  test('has 32 random bytes', async () => {
    const { keys } = await openTestApp();
    const bytes = ROLES.map((role) => Buffer.from(keys[role].replace(/^farelog_/, ''), 'base64url'));
    expect(bytes.map(({ length }) => length)).toEqual([32, 32, 32, 32]);
    expect(new Set(Object.values(keys)).size).toBe(4);
  });

  test('is nowhere in the database: its hash alone is', async () => {
    const service = await openTestApp({ url: freshSqliteUrl() });
    const bytes = databaseBytes(service.url);
    const rows: { hash: string }[] = await service.app.store.knex('farelog_api_keys').select('hash');
    expect(rows).toHaveLength(4);
    for (const { hash } of rows) expect(bytes.includes(hash)).toBe(true);
    for (const key of Object.values(service.keys)) {
      const secret = key.replace(/^farelog_/, '');
      expect(bytes.includes(secret)).toBe(false);
      expect(bytes.includes(Buffer.from(secret, 'base64url'))).toBe(false);
    }
  });
});

describe('what machines watch', () => {
  const status = async ({ server }: TestApp, url: string): Promise<number> =>
    (await server.inject({ method: 'GET', url })).statusCode;

  test.each(['/healthz', '/readyz', '/metrics'])('%s is open', async (url) => {
    expect(await status(await openTestApp(), url)).toBe(200);
  });

  test('the metrics count deliveries by outcome, and name no rider', async () => {
    const service = await openTestApp();
    await service.webhook(notificationText());
    await service.webhook(notificationText());
    await service.webhook('{}', { 'webhook-id': undefined });
    const { body } = await service.get('/metrics');
    expect(body).toContain('farelog_deliveries_total{source="webhook",outcome="recorded"} 1');
    expect(body).toContain('farelog_deliveries_total{source="webhook",outcome="duplicate"} 1');
    expect(body).toContain('farelog_deliveries_total{source="webhook",outcome="bad_signature"} 1');
    expect(body).toContain('route="/webhooks/bytemark",status="201"');
    expect(body).not.toContain('77001');
  });

  test('the metrics name routes, not URLs, so that nobody can make more of them', async () => {
    const service = await openTestApp();
    await service.get('/api/v1/payments/4711');
    await service.get('/no/such/place/4711');
    const { body } = await service.get('/metrics');
    expect(body).toContain('route="/api/v1/payments/:payment_id"');
    expect(body).not.toContain('4711');
  });

  test('with FARELOG_METRICS=admin the metrics ask for an admin', async () => {
    const service = await openTestApp({ environment: { FARELOG_METRICS: 'admin' } });
    expect(await status(service, '/metrics')).toBe(401);
    expect((await service.get('/metrics', 'researcher')).statusCode).toBe(403);
    expect((await service.get('/metrics', 'admin')).statusCode).toBe(200);
    expect(await status(service, '/healthz')).toBe(200);
  });

  test('with FARELOG_METRICS=off there are none', async () => {
    const service = await openTestApp({ environment: { FARELOG_METRICS: 'off' } });
    expect((await service.get('/metrics', 'admin')).statusCode).toBe(404);
  });
});
