/** The live stream as clients see it: real connections, and on MariaDB several instances. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Connection, createConnection } from 'mysql2/promise';
import { describe, expect, onTestFinished, test } from 'vitest';
import { GAP_PATIENCE_MS } from '../../src/domain/feed-position.js';
import { EventStream } from '../../src/http/event-stream.js';
import { startService } from '../../src/serve.js';
import { revokeApiKey } from '../../src/store/api-keys.js';
import { notificationText, openTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { signedIn } from '../support/browser.js';
import { DATABASES, describeOn, describeOnServers } from '../support/databases.js';
import { openTestApp as openSilentApp, TEST_SETTINGS } from '../support/farelog.js';
import { LiveClient } from '../support/live.js';
import { until } from '../support/promises.js';

interface LiveApp extends TestApp {
  /** Connects with the key of an analyst. */
  live(lastEventId?: string | null): Promise<LiveClient>;
  readonly address: string;
  /** Records one payment by webhook. */
  pay(paymentId: number, changes?: Readonly<Record<string, unknown>>): Promise<void>;
}

async function openLiveApp(options: TestAppOptions = {}): Promise<LiveApp> {
  const app = await openTestApp(options);
  const address = await app.server.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...app,
    address,
    live: (lastEventId) => LiveClient.connect(address, app.keys.analyst, lastEventId),
    pay: async (paymentId, changes = {}) => {
      const answer = await app.webhook(notificationText({ payment_id: paymentId, ...changes }));
      expect(answer.statusCode).toBe(201);
    },
  };
}

/** Adds up the payments of commits until there are as many as are due. */
async function payments(client: LiveClient, due: number): Promise<number> {
  let sum = 0;
  while (sum < due) {
    const { name, data } = await client.next();
    if (name === 'commit') sum += Number(data.payments);
  }
  return sum;
}

for (const database of DATABASES) {
  describeOn(database, () => {
    test('greets, and tells of what is committed in sums that are exact', async () => {
      const service = await openLiveApp({ url: await database.freshUrl() });
      const client = await service.live();
      expect(client.response.statusCode).toBe(200);
      expect(client.response.headers['content-type']).toMatch(/^text\/event-stream\b/);
      expect(client.response.headers.connection).toBe('close');
      const data = { as_of: 0, currency: 'USD', zone: 'America/Chicago' };
      expect(await client.next()).toEqual({ name: 'hello', id: '0', data });
      expect(client.text).toContain('retry: 2000\n\n');
      await service.pay(550_001, { amount: '0.10' });
      expect(await client.next()).toEqual({
        name: 'commit',
        id: '1',
        data: {
          as_of: 1,
          payments: 1,
          revenue: 0.1,
          currency: 'USD',
          by_type: [{ payment_type: 'mobile_payment', payments: 1, revenue: 0.1 }],
          by_source: [{ source: 'webhook', payments: 1, revenue: 0.1 }],
          latest_logged_on: '2026-03-10T14:59:30Z',
        },
      });
      const items = [
        { amount: '0.20', payment_method: 'coins', timestamp: '2026-03-10T14:59:59Z' },
        { amount: '0.10' },
        { amount: '0.30' },
      ].map((changes, index) => ({ ...JSON.parse(notificationText(changes)), payment_id: 660_001 + index }));
      expect((await service.post('/api/v1/payments', 'ingest', items)).statusCode).toBe(207);
      const { data: told } = await client.next();
      expect(told).toEqual({
        as_of: 4,
        payments: 3,
        revenue: 0.6,
        currency: 'USD',
        by_type: [
          { payment_type: 'coins', payments: 1, revenue: 0.2 },
          { payment_type: 'mobile_payment', payments: 2, revenue: 0.4 },
        ],
        by_source: [{ source: 'api', payments: 3, revenue: 0.6 }],
        latest_logged_on: '2026-03-10T14:59:59Z',
      });
      expect(client.text).not.toMatch(/55000|66000|77001|user_id|payment_id/);
    });

    test('tells a client that comes back exactly what it missed', async () => {
      const service = await openLiveApp({ url: await database.freshUrl() });
      const first = await service.live();
      await first.next();
      await service.pay(1);
      await first.next();
      await first.leave();
      await service.pay(2);
      await service.pay(3);
      const second = await service.live(first.lastId);
      expect(await second.next()).toMatchObject({ name: 'hello', id: '1', data: { as_of: 1 } });
      expect(await second.next()).toMatchObject({ name: 'commit', id: '3', data: { payments: 2 } });
      await second.leave();
      const third = await service.live(second.lastId);
      expect(await third.next()).toMatchObject({ name: 'hello', id: '3' });
      await service.pay(4);
      expect(await third.next()).toMatchObject({ name: 'commit', id: '4', data: { payments: 1 } });
    });

    test('counts no payment that was deleted before it was told of', async () => {
      const service = await openLiveApp({ url: await database.freshUrl() });
      for (const id of [1, 2, 3]) await service.pay(id);
      await service.app.store.knex('hntb_bytemark_order_payments').where('payment_id', 2).delete();
      const client = await service.live('0');
      await client.next();
      expect(await client.next()).toMatchObject({ id: '3', data: { payments: 2, revenue: 5 } });
      // It leaves no gap either: it has been seen.
      const deleted = { payment_id: 4, source: 'webhook', raw_method: 'coins', received_ms: 0 };
      await service.app.store.knex('farelog_captures').insert(deleted);
      await service.pay(5);
      expect(await client.next()).toMatchObject({ id: '5', data: { payments: 1 } });
    });
  });
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite memory')) {
  describeOn(database, () => {
    test('carries what another instance commits', async () => {
      const url = await database.freshUrl();
      const [one, two] = [await openLiveApp({ url }), await openLiveApp({ url })];
      const client = await one.live();
      await client.next();
      await two.pay(1);
      expect(await client.next()).toMatchObject({ name: 'commit', id: '1', data: { payments: 1 } });
      await one.pay(2);
      expect(await client.next()).toMatchObject({ name: 'commit', id: '2', data: { payments: 1 } });
    });

    test('tells a client that goes to and fro between instances of each payment once', async () => {
      const url = await database.freshUrl();
      const environment = { FARELOG_LIVE_POLL_MS: '10' };
      const services = [await openLiveApp({ url, environment }), await openLiveApp({ url, environment })];
      const [start] = services;
      const first = await start?.live();
      await first?.next();
      const due = 200;
      const paying = Promise.all(
        services.map(async (service, index) => {
          for (let id = 1; id <= due / 2; id++) await service.pay(index * 1000 + id);
        }),
      );
      let told = 0;
      let lastId = first?.lastId ?? null;
      for (let turn = 0; told < due; turn++) {
        const client = await services[turn % 2]?.live(lastId);
        if (client === undefined) break;
        // The greeting, and what came meanwhile or comes next.
        await client.next();
        told += await payments(client, Math.min(due - told, 1 + (turn % 5)));
        lastId = client.lastId;
        await client.leave();
      }
      await paying;
      expect(told).toBe(due);
      const last = await start?.live(lastId);
      await last?.next();
      await start?.pay(9_999);
      expect(await last?.next()).toMatchObject({ data: { payments: 1 } });
    });
  });
}

describeOnServers((server) => {
  async function openConnection(url: string): Promise<Connection> {
    const connection = await createConnection(url);
    onTestFinished(() => connection.end());
    return connection;
  }

  /** Writes a payment with its capture, as an instance does, within the connection's transaction. */
  async function write(connection: Connection, id: number): Promise<void> {
    await connection.query(
      `INSERT INTO hntb_bytemark_order_payments (payment_id, user_id, order_id, payment_type, total_price, logged_on)
       VALUES (?, 'someone', 1, 'coins', 2.5, '2026-03-10 12:00:00')`,
      [id],
    );
    await connection.query(
      "INSERT INTO farelog_captures (payment_id, source, raw_method, received_ms) VALUES (?, 'webhook', 'coins', 0)",
      [id],
    );
  }

  /** An instance that polls often, and two connections that write as others do. */
  async function openWithWriters() {
    const url = await server.freshUrl();
    const service = await openLiveApp({ url, environment: { FARELOG_LIVE_POLL_MS: '10' } });
    return { service, slow: await openConnection(url), quick: await openConnection(url) };
  }

  test('a transaction that began first and commits last is told of', async () => {
    const { service, slow, quick } = await openWithWriters();
    const client = await service.live();
    await client.next();
    await slow.beginTransaction();
    await write(slow, 1);
    await write(quick, 2);
    expect(await client.next()).toMatchObject({ id: '2.1', data: { as_of: 2, payments: 1 } });
    await slow.commit();
    expect(await client.next()).toMatchObject({ id: '2', data: { as_of: 2, payments: 1 } });
  });

  test('and so it is to a client that came while it was under way', async () => {
    const { service, slow, quick } = await openWithWriters();
    await slow.beginTransaction();
    await write(slow, 1);
    await write(quick, 2);
    const client = await service.live();
    expect(await client.next()).toMatchObject({ name: 'hello', id: '2.1' });
    await slow.commit();
    expect(await client.next()).toMatchObject({ id: '2', data: { payments: 1 } });
  });

  test('and to one that was away meanwhile, once', async () => {
    const { service, slow, quick } = await openWithWriters();
    const first = await service.live();
    await first.next();
    await slow.beginTransaction();
    await write(slow, 1);
    await write(quick, 2);
    expect(await first.next()).toMatchObject({ id: '2.1' });
    await first.leave();
    await write(quick, 3);
    await slow.commit();
    const second = await service.live(first.lastId);
    await second.next();
    expect(await second.next()).toMatchObject({ id: '3', data: { payments: 2 } });
    await write(quick, 4);
    expect(await second.next()).toMatchObject({ id: '4', data: { payments: 1 } });
  });

  test('one that rolled back is waited for, and given up in time', async () => {
    const { service, slow, quick } = await openWithWriters();
    const client = await service.live();
    await client.next();
    await slow.beginTransaction();
    await write(slow, 1);
    await write(quick, 2);
    expect(await client.next()).toMatchObject({ id: '2.1' });
    await slow.rollback();
    service.clock.ms += GAP_PATIENCE_MS - 1;
    await write(quick, 3);
    expect(await client.next()).toMatchObject({ id: '3.1' });
    service.clock.ms += 1;
    await write(quick, 4);
    expect(await client.next()).toMatchObject({ id: '4' });
  });
});

describe('a client that comes back', () => {
  /** Fills a database in memory with as many captured payments. */
  async function filled(count: number): Promise<LiveApp> {
    const service = await openLiveApp();
    const { knex } = service.app.store;
    const numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)';
    await knex.raw(
      `INSERT INTO hntb_bytemark_order_payments (payment_id, user_id, order_id, payment_type, total_price, logged_on)
       ${numbers} SELECT i, 'someone', 1, 'coins', 0.1, '2026-03-10 12:00:00' FROM n`,
      [count],
    );
    await knex.raw(
      `INSERT INTO farelog_captures (payment_id, source, raw_method, received_ms)
       ${numbers} SELECT i, 'import', 'coins', 0 FROM n`,
      [count],
    );
    return service;
  }

  test('after 10,000 captures is told of them; after one more it is told to load its figures anew', async () => {
    const service = await filled(10_001);
    const told = await service.live('1');
    await told.next();
    expect(await told.next()).toMatchObject({
      name: 'commit',
      id: '10001',
      data: { payments: 10_000, revenue: 1_000 },
    });
    const late = await service.live('0');
    expect(await late.next()).toMatchObject({ name: 'hello', id: null, data: { as_of: 10_001 } });
    expect(await late.next()).toEqual({ name: 'reset', id: '10001', data: { as_of: 10_001 } });
    await service.pay(20_000);
    expect(await late.next()).toMatchObject({ name: 'commit', id: '10002', data: { payments: 1 } });
  });

  test('with gaps that are too wide is told to load its figures anew', async () => {
    const service = await filled(10_005);
    const client = await service.live('10005.1-10001');
    await client.next();
    expect(await client.next()).toMatchObject({ name: 'reset' });
  });

  test('from another database, or one that was restored, is told to load its figures anew', async () => {
    const service = await filled(3);
    const client = await service.live('4');
    expect(await client.next()).toMatchObject({ name: 'hello', id: null });
    expect(await client.next()).toMatchObject({ name: 'reset', id: '3' });
  });

  test.each(['x', '5.', '-1', '3.4', '1,2', '1e3', `${'9'.repeat(16)}`])(
    'with the id %j, which is none, is refused',
    async (id) => {
      const service = await openLiveApp();
      const { response } = await service.live(id);
      expect(response.statusCode).toBe(400);
      expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    },
  );
});

describe('a stream', () => {
  test('is for analysts', async () => {
    const service = await openLiveApp();
    const statuses = await Promise.all(
      [service.keys.ingest, 'unknown', service.keys.researcher, service.keys.admin].map(
        async (key) => (await LiveClient.connect(service.address, key)).response.statusCode,
      ),
    );
    expect(statuses).toEqual([403, 401, 200, 200]);
  });

  test('more than there may be is refused, until another has ended', async () => {
    const service = await openLiveApp({ environment: { FARELOG_LIVE_STREAMS: '1' } });
    const first = await service.live();
    await first.next();
    const refused = await service.live();
    expect(refused.response.statusCode).toBe(503);
    expect(refused.response.headers['retry-after']).toBe('5');
    expect((await service.get('/metrics')).body).toContain('farelog_live_streams 1');
    await first.leave();
    await until(async () => ((await service.live()).response.statusCode === 200 ? true : undefined));
  });

  test('has a heartbeat, and ends when its key is revoked', async () => {
    const service = await openLiveApp({ environment: { FARELOG_LIVE_HEARTBEAT_MS: '10' } });
    const client = await service.live();
    await until(async () => (client.text.includes(': keep\n\n: keep\n\n') ? true : undefined));
    const { store } = service.app;
    const key: { id: string } | undefined = await store
      .knex('farelog_api_keys')
      .where('role', 'analyst')
      .first();
    await store.write((trx) => revokeApiKey(trx, key?.id ?? '', service.clock.ms));
    service.clock.ms += 2_000;
    await client.ended;
  });

  test('is for a browser that is signed in, and ends when it signs out', async () => {
    const service = await openLiveApp({ environment: { FARELOG_LIVE_HEARTBEAT_MS: '10' } });
    const headers = await signedIn(service, service.keys.analyst);
    const client = await LiveClient.connect(service.address, headers);
    expect(await client.next()).toMatchObject({ name: 'hello' });
    await until(async () => (client.text.includes(': keep\n\n: keep\n\n') ? true : undefined));
    await service.server.inject({ method: 'DELETE', url: '/api/v1/session', headers });
    await client.ended;
  });

  test('outlives the time in which a request must arrive', async () => {
    const service = await openLiveApp({ environment: { FARELOG_REQUEST_TIMEOUT_MS: '300' } });
    const client = await service.live();
    await client.next();
    const { hostname, port } = new URL(service.address);
    const half = connect(Number(port), hostname);
    onTestFinished(() => {
      half.destroy();
    });
    await once(half, 'connect');
    const head = 'POST /webhooks/bytemark HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    half.write(`${head}Content-Length: 100\r\n\r\n{"half":`);
    // The younger request is cut off, so the limit has come and gone.
    expect(await text(half)).toMatch(/^(HTTP\/1\.1 408 |$)/);
    await service.pay(1);
    expect(await client.next()).toMatchObject({ name: 'commit' });
  });

  test('outlives a database that is away for a while, and misses nothing', async () => {
    const service = await openLiveApp({ environment: { FARELOG_LIVE_POLL_MS: '10' } });
    const client = await service.live();
    await client.next();
    const { knex } = service.app.store;
    await service.pay(1);
    await knex.schema.renameTable('farelog_captures', 'elsewhere');
    await until(async () =>
      service.log.some((line) => line.includes('The live feed cannot read')) ? true : undefined,
    );
    await knex.schema.renameTable('elsewhere', 'farelog_captures');
    await service.pay(2);
    expect(await payments(client, 2)).toBe(2);
    await client.leave();
    expect(await until(async () => (service.app.feed.listeners === 0 ? true : undefined))).toBe(true);
  });

  test('cannot begin while the database is away', async () => {
    const service = await openLiveApp();
    await service.app.store.knex.schema.renameTable('farelog_captures', 'elsewhere');
    const { response } = await service.live();
    expect(response.statusCode).toBe(503);
    await service.app.store.knex.schema.renameTable('elsewhere', 'farelog_captures');
    expect((await service.live()).response.statusCode).toBe(200);
  });

  test('ends when the service stops, which does not wait for its client', async () => {
    const app = await openSilentApp({
      environment: {
        ...TEST_SETTINGS,
        FARELOG_DATABASE_URL: 'sqlite::memory:',
        FARELOG_PORT: '0',
        FARELOG_ADMIN_KEY: 'the-key-of-this-test',
        // Longer than the test may take: the end must not come from this.
        FARELOG_DRAIN_TIMEOUT_MS: '600000',
      },
    });
    const service = await startService(app);
    const clients = [
      await LiveClient.connect(service.url, 'the-key-of-this-test'),
      await LiveClient.connect(service.url, 'the-key-of-this-test'),
    ];
    for (const client of clients) await client.next();
    await service.stop();
    for (const client of clients) await client.ended;
  });
});

describe('what waits for a client', () => {
  const event = { name: 'commit', id: '1.2', data: { payments: 1 } };

  test('is text as the HTML Standard says', async () => {
    const stream = new EventStream(10_000);
    stream.send(event);
    stream.send({ name: 'hello', data: { note: 'two\nlines' } });
    stream.keep();
    stream.end();
    stream.send(event);
    expect(await text(stream)).toBe(
      [
        'retry: 2000\n\n',
        'event: commit\nid: 1.2\ndata: {"payments":1}\n\n',
        'event: hello\ndata: {"note":"two\\nlines"}\n\n',
        ': keep\n\n',
      ].join(''),
    );
  });

  test('has a limit, beyond which the client is cut off', () => {
    const stream = new EventStream(1_000);
    stream.on('error', () => {});
    for (let sent = 0; sent < 15; sent++) stream.send(event);
    expect(stream.destroyed).toBe(false);
    for (let sent = 0; sent < 15; sent++) stream.send(event);
    expect(stream.destroyed).toBe(true);
    expect(stream.readableLength).toBeLessThan(1_100);
  });
});
