/**
 * Limits of requests in time: their arithmetic and memory, and whom they refuse before the database is asked. The clock is
 * the service's own.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkOf, RateLimit } from '../../src/http/rate-limit.js';
import { notificationText, openTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/browser.js';

describe('a limit', () => {
  test('lets through at most so many a minute, by name and in all, and remembers no more names', () => {
    const tries = fc.array(fc.record({ address: fc.nat(20), waitMs: fc.nat(5_000) }), { maxLength: 300 });
    fc.assert(
      fc.property(
        tries,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        (list, inAll, ofEach) => {
          const limit = new RateLimit({ inAll, ofEach });
          let now = 1_000_000;
          let start = now;
          let passed: string[] = [];
          for (const { address, waitMs } of list) {
            now += waitMs;
            if (now >= start + 60_000) [start, passed] = [now, []];
            const network = `192.0.2.${address}`;
            const mine = passed.filter((one) => one === network).length;
            const mayPass = passed.length < inAll && mine < ofEach;
            const waitS = limit.count(network, now);
            expect(waitS === 0).toBe(mayPass);
            if (mayPass) passed.push(network);
            else expect(now + waitS * 1000).toBeGreaterThanOrEqual(start + 60_000);
            expect(limit.names).toBeLessThanOrEqual(inAll);
          }
        },
      ),
    );
  });

  test('begins anew where the clock was set back', () => {
    const limit = new RateLimit({ inAll: 1, ofEach: 1 });
    expect(limit.count('192.0.2.1', 10_000_000)).toBe(0);
    expect(limit.count('192.0.2.1', 5_000_000)).toBe(0);
  });

  test('of 0 is none', () => {
    const limit = new RateLimit({ ofEach: 0 });
    for (let n = 0; n < 1_000; n++) expect(limit.count('one', 0)).toBe(0);
  });

  test('remembers 10,000 names at most, and those that come later share one', () => {
    const limit = new RateLimit({ ofEach: 2 });
    for (let n = 0; n < 10_000; n++) expect(limit.count(`name ${n}`, 0)).toBe(0);
    expect([limit.count('late', 0), limit.count('later', 0)]).toEqual([0, 0]);
    expect(limit.count('latest', 0)).toBe(60);
    expect(limit.names).toBeLessThanOrEqual(10_001);
    // Whoever was there before keeps a count of its own.
    expect([limit.count('name 7', 0), limit.count('name 7', 0)]).toEqual([0, 60]);
    expect(limit.count('latest', 60_000)).toBe(0);
    expect(limit.names).toBe(1);
  });

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:0DB8::9', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2'],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

/** Counts the statements that the service sends to its database while `work` runs. */
async function statementsOf({ app }: TestApp, work: () => Promise<unknown>): Promise<number> {
  let statements = 0;
  const count = (): void => {
    statements += 1;
  };
  app.store.knex.on('query', count);
  await work();
  app.store.knex.removeListener('query', count);
  return statements;
}

const LIST = '/api/v1/payments';

describe('the requests of a key', () => {
  const environment = { FARELOG_KEY_REQUESTS_PER_MINUTE: '3' };

  test('are refused beyond the limit, to the millisecond of its end, and no database is asked for that', async () => {
    const service = await openTestApp({ environment });
    const ask = async (): Promise<number> => (await service.get(LIST, 'researcher')).statusCode;
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 200, 200, 429]);
    service.clock.ms += 1_000;
    const rows = await service.count('farelog_audit');
    const statements = await statementsOf(service, async () => {
      const refused = await service.get(LIST, 'researcher');
      expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '59']);
      expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(refused.json()).toMatchObject({
        status: 429,
        detail: 'Too many requests with this key. Try again in 59 seconds.',
      });
    });
    expect(statements).toBe(0);
    expect(await service.count('farelog_audit')).toBe(rows);
    service.clock.ms += 58_999;
    expect(await ask()).toBe(429);
    service.clock.ms += 1;
    expect(await ask()).toBe(200);
  });

  test('are one count with those of its sessions, and another key has its own', async () => {
    const service = await openTestApp({ environment });
    const headers = await signedIn(service, service.keys.researcher);
    const bySession = async (): Promise<number> =>
      (await service.server.inject({ method: 'GET', url: LIST, headers })).statusCode;
    expect([await bySession(), await bySession()]).toEqual([200, 200]);
    expect((await service.get(LIST, 'researcher')).statusCode).toBe(200);
    expect([await bySession(), (await service.get(LIST, 'researcher')).statusCode]).toEqual([429, 429]);
    expect((await service.get(LIST, 'admin')).statusCode).toBe(200);
  });

  test('that record are counted apart', async () => {
    const service = await openTestApp({ environment: { FARELOG_KEY_RECORDINGS_PER_MINUTE: '2' } });
    const record = async (): Promise<number> => (await service.post(LIST, 'admin', {})).statusCode;
    expect([await record(), await record(), await record()]).toEqual([422, 422, 429]);
    expect((await service.get(LIST, 'admin')).statusCode).toBe(200);
  });

  test('have no limit of 0', async () => {
    const service = await openTestApp({ environment: { FARELOG_KEY_REQUESTS_PER_MINUTE: '0' } });
    for (let n = 0; n < 20; n++) expect((await service.get(LIST, 'admin')).statusCode).toBe(200);
  });
});

describe('keys that are not known', () => {
  const environment = {
    FARELOG_ADDRESS_UNKNOWN_KEYS_PER_MINUTE: '3',
    FARELOG_UNKNOWN_KEYS_PER_MINUTE: '5',
  };
  const ask = async (service: TestApp, key: string, remoteAddress = '192.0.2.1'): Promise<number> => {
    const headers = { authorization: `Bearer ${key}` };
    return (await service.server.inject({ method: 'GET', url: LIST, headers, remoteAddress })).statusCode;
  };

  test('are looked up so often and no more: beyond, the database is not asked, and who is known is let in', async () => {
    const service = await openTestApp({ environment });
    expect(await ask(service, service.keys.researcher)).toBe(200);
    expect([await ask(service, 'guess-1'), await ask(service, 'guess-2')]).toEqual([401, 401]);
    const statements = await statementsOf(service, async () => {
      for (let n = 3; n < 50; n++) expect(await ask(service, `guess-${n}`)).toBe(429);
    });
    expect(statements).toBe(0);
    // What was believed of the known key is over, and its new look-up is no guess.
    service.clock.ms += 2_000;
    expect(await ask(service, service.keys.researcher)).toBe(200);
    // Another address has its own count, until that of all is reached.
    expect(await ask(service, 'guess-50', '192.0.2.2')).toBe(401);
    expect(await ask(service, service.keys.admin, '192.0.2.2')).toBe(200);
    expect(await ask(service, 'guess-51', '192.0.2.3')).toBe(429);
    service.clock.ms += 57_999;
    expect(await ask(service, 'guess-52')).toBe(429);
    service.clock.ms += 1;
    expect(await ask(service, 'guess-52')).toBe(401);
  });

  test('are limited as session tokens too, and a session that was opened here is known', async () => {
    const service = await openTestApp({ environment });
    const headers = await signedIn(service, service.keys.researcher);
    for (let n = 0; n < 10; n++) await ask(service, `guess-${n}`, '127.0.0.1');
    const bySession = async (changes: object): Promise<number> =>
      (await service.server.inject({ method: 'GET', url: LIST, headers: { ...headers, ...changes } }))
        .statusCode;
    expect(await bySession({ cookie: 'farelog_session=guess' })).toBe(429);
    expect(await bySession({})).toBe(200);
  });
});

describe('webhooks of one address', () => {
  const from = async (service: TestApp, address: string, body = notificationText()): Promise<number> =>
    (await service.webhook(body, { 'x-forwarded-for': address })).statusCode;

  test('are refused beyond FARELOG_ADDRESS_DELIVERIES_PER_MINUTE, before their signature is looked at', async () => {
    const service = await openTestApp({
      environment: {
        FARELOG_ADDRESS_DELIVERIES_PER_MINUTE: '2',
        FARELOG_TRUSTED_PROXIES: '127.0.0.1',
      },
    });
    expect([await from(service, '192.0.2.1'), await from(service, '192.0.2.1')]).toEqual([201, 200]);
    const refused = await service.webhook('unsigned', {
      'x-forwarded-for': '192.0.2.1',
      'webhook-id': undefined,
    });
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '60']);
    expect(await from(service, '192.0.2.2')).toBe(200);
    service.clock.ms += 59_999;
    expect(await from(service, '192.0.2.1')).toBe(429);
    service.clock.ms += 1;
    expect(await from(service, '192.0.2.1')).toBe(200);
  });

  test('have no limit by default', async () => {
    const service = await openTestApp();
    for (let n = 0; n < 50; n++) expect([200, 201]).toContain(await from(service, '192.0.2.1'));
  });
});
