import { describe, expect, onTestFinished, test } from 'vitest';
import { BytemarkClient } from '../../src/bytemark/client.js';
import type { BytemarkPayment } from '../../src/bytemark/demand.js';
import { ProviderError } from '../../src/bytemark/provider-error.js';
import { Sandbox, type SandboxOptions } from '../../src/bytemark/sandbox/sandbox.js';
import { sandboxServer } from '../../src/bytemark/sandbox/server.js';
import {
  DIFFERENCES,
  makeWorld,
  type PlantedKind,
  type World,
  type WorldOptions,
} from '../../src/bytemark/sandbox/world.js';
import type { WindowSummary } from '../../src/bytemark/window.js';
import { CHICAGO, USD } from '../support/databases.js';
import { failureOf } from '../support/promises.js';
import { StandingTime, settingsOf } from '../support/provider.js';

const FROM = Date.UTC(2026, 0, 5) / 1000;
const NOTHING = { lost: 0, listed_late: 0, altered: 0, wrong_unit: 0, unlisted: 0, listed_twice: 0 };
const PLAIN: WorldOptions = {
  seed: 7,
  span: { from: FROM, to: FROM + 7 * 86_400 },
  zone: CHICAGO,
  currency: USD,
  dailyPayments: 200,
  firstPaymentId: 1,
  shares: NOTHING,
  late: 0,
  duplicated: 0,
  disorder: 1,
  outages: [],
  internalAtZero: false,
};
const EVERYTHING: WorldOptions = {
  ...PLAIN,
  shares: {
    lost: 0.05,
    listed_late: 0.02,
    altered: 0.04,
    wrong_unit: 0.02,
    unlisted: 0.02,
    listed_twice: 0.02,
  },
  late: 0.03,
  duplicated: 0.1,
  disorder: 100,
  outages: [{ from: FROM + 86_400, to: FROM + 86_400 + 4 * 3600 }],
  internalAtZero: true,
};

const bodies = (world: World): BytemarkPayment[] =>
  [...world.onTime, ...world.late].map(({ body }) => JSON.parse(body));

function byId(payments: readonly BytemarkPayment[]): Map<number, BytemarkPayment[]> {
  const groups = new Map<number, BytemarkPayment[]>();
  for (const payment of payments)
    groups.set(payment.payment_id, [...(groups.get(payment.payment_id) ?? []), payment]);
  return groups;
}

/** Ids of what was planted of a kind. */
function planted(world: World, kind: PlantedKind): Set<number> {
  return new Set(world.planted.filter((one) => one.kind === kind).map((one) => one.payment_id));
}

describe('a world', () => {
  test('without differences delivers and lists every payment once', () => {
    const world = makeWorld(PLAIN);
    expect(world.payments.length).toBeGreaterThan(1_000);
    expect(world.listed.map(({ payment }) => payment)).toEqual(world.payments);
    expect(bodies(world)).toEqual(world.payments);
    expect(world.planted).toEqual([]);
  });

  test('is the same for the same seed, and another for another', () => {
    expect(makeWorld(EVERYTHING)).toEqual(makeWorld(EVERYTHING));
    expect(makeWorld({ ...EVERYTHING, seed: 8 }).payments).not.toEqual(makeWorld(EVERYTHING).payments);
  });

  test('keeps its other differences when one share changes', () => {
    const more = makeWorld({ ...EVERYTHING, late: 0.5, duplicated: 0.9 });
    const before = makeWorld(EVERYTHING);
    expect(more.payments).toEqual(before.payments);
    for (const kind of DIFFERENCES) expect(planted(more, kind)).toEqual(planted(before, kind));
  });

  test('plants what its manifest says, and nothing else', () => {
    const world = makeWorld(EVERYTHING);
    const truth = new Map(world.payments.map((payment) => [payment.payment_id, payment]));
    const delivered = byId(bodies(world));
    const listed = byId(world.listed.map(({ payment }) => payment));
    const of = (kind: PlantedKind): Set<number> => planted(world, kind);
    const altered = new Map(
      world.planted
        .filter(({ kind }) => kind === 'altered' || kind === 'wrong_unit')
        .map((one) => [one.payment_id, one]),
    );
    for (const kind of DIFFERENCES) expect([kind, of(kind).size > 5]).toEqual([kind, true]);
    expect(of('outage').size).toBeGreaterThan(5);
    for (const [id, payment] of truth) {
      const isSilent = of('lost').has(id) || of('listed_late').has(id) || of('outage').has(id);
      expect(delivered.get(id)?.length ?? 0).toBe(isSilent ? 0 : of('duplicated').has(id) ? 2 : 1);
      const rows =
        of('unlisted').has(id) || of('listed_late').has(id) ? 0 : of('listed_twice').has(id) ? 2 : 1;
      expect(listed.get(id)?.length ?? 0).toBe(rows);
      for (const body of delivered.get(id) ?? [])
        expect(JSON.stringify(body) === JSON.stringify(payment)).toBe(!altered.has(id));
    }
    expect(new Set(world.held.map(({ payment }) => payment.payment_id))).toEqual(of('listed_late'));
    expect(new Set([...altered.values()].map(({ field }) => field))).toEqual(
      new Set(['total_price', 'payment_type', 'logged_on', 'order_id', 'user_id']),
    );
  });
});

const CREDENTIALS = { clientId: 'farelog', clientSecret: 'a-client-secret', owner: null };

/** A sandbox that listens, a client of it, and whoever asks it directly. */
async function startSandbox(changes: Partial<SandboxOptions> = {}) {
  const time = new StandingTime();
  const sandbox = new Sandbox({
    world: PLAIN,
    credentials: CREDENTIALS,
    tokenSeconds: 3600,
    apiErrors: 0,
    unit: 'major',
    webhookUrl: 'http://127.0.0.1:1/webhooks/bytemark',
    scheme: { kind: 'standard', secrets: [Buffer.from('secret')] },
    rotateAfter: 1,
    allowRemote: false,
    clock: time.now,
    ...changes,
  });
  const server = sandboxServer(sandbox);
  onTestFinished(() => server.close());
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const limits = { pageRows: 100, requestsPerS: 10_000, tries: 8 };
  const client = new BytemarkClient(settingsOf(url, { limits }), time);
  const windows: WindowSummary[] = [];
  const read = async () => {
    const rows: unknown[] = [];
    windows.length = 0;
    for await (const { claim } of client.payments(PLAIN.span, 86_400, (window) => windows.push(window)))
      rows.push(claim?.payment_id);
    return rows;
  };
  const post = async (path: string, body: unknown) => {
    const answer = await server.inject({ method: 'POST', url: path, payload: Object(body) });
    return { status: answer.statusCode, body: answer.json() };
  };
  return { sandbox, server, url, client, time, windows, read, post };
}

const ids = (world: WorldOptions = PLAIN): number[] =>
  makeWorld(world).payments.map(({ payment_id }) => payment_id);

describe('the sandbox', () => {
  test('lists all payments to a client that has its token', async () => {
    const { read, windows } = await startSandbox();
    expect(new Set(await read())).toEqual(new Set(ids()));
    expect(windows.map(({ whole, moved }) => [whole, moved])).toEqual(Array(7).fill([true, false]));
  });

  test('gives no token to a stranger, and lists nothing without one', async () => {
    const { url, server } = await startSandbox();
    const stranger = new BytemarkClient(settingsOf(url, { clientSecret: 'another' }), new StandingTime());
    const error = await failureOf(stranger.payments(PLAIN.span, 86_400, () => undefined).next());
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ kind: 'auth' });
    expect((await server.inject({ url: '/api/payments' })).statusCode).toBe(401);
  });

  test.each([
    ['orders', 'order_uuid'],
    ['passes', 'pass_uuid'],
  ])('lists %s too', async (list, field) => {
    const { url, server } = await startSandbox();
    const basic = Buffer.from('farelog:a-client-secret').toString('base64');
    const token = await server.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'grant_type=client_credentials',
    });
    const authorization = `Bearer ${token.json().access_token}`;
    const answer = await server.inject({ url: `/api/${list}?per_page=3&page=2`, headers: { authorization } });
    expect(answer.json()).toMatchObject({
      errors: [],
      data: { total_count: ids().length, pagination: { page: 2, per_page: 3, next: 3 } },
    });
    const rows: Record<string, unknown>[] = answer.json().data[list];
    expect(rows.map((row) => typeof row[field])).toEqual(['string', 'string', 'string']);
    expect(url).toContain('127.0.0.1');
  });

  test.each<[string, Record<string, unknown>]>([
    ['429 in seconds', { answers: { status: 429, count: 3, retry_after_s: 2 } }],
    ['429 until a date', { answers: { status: 429, count: 3, retry_after_s: 2, retry_after_date: true } }],
    ['500', { answers: { status: 500, count: 3 } }],
    ['a broken token', { expire_tokens: true }],
    ['401', { answers: { status: 401, count: 1 } }],
  ])('answers with %s when it is told to, and the client gets over it', async (_, faults) => {
    const { read, post, sandbox } = await startSandbox();
    await read();
    expect((await post('/sandbox/faults', faults)).status).toBe(200);
    expect(new Set(await read())).toEqual(new Set(ids()));
    expect(sandbox.tokens.issued).toBe(
      'expire_tokens' in faults || JSON.stringify(faults).includes('401') ? 2 : 1,
    );
  });

  test.each([1, -1, 7, -7])('moves its rows by %i, and the client still gets all of them', async (by) => {
    const { read, post, windows } = await startSandbox();
    await post('/sandbox/faults', { move_rows: { by, count: 2 } });
    expect(new Set(await read())).toEqual(new Set(ids()));
    expect(windows.every(({ whole }) => whole)).toBe(true);
    expect(windows.some(({ moved }) => moved)).toBe(true);
  });

  test('is out for a while, on its clock', async () => {
    const { read, post, time } = await startSandbox();
    await post('/sandbox/faults', { outage_ms: 600_000 });
    expect(await failureOf(read())).toMatchObject({ kind: 'unavailable' });
    time.ms += 600_000;
    expect(await read()).toHaveLength(ids().length);
  });

  test('breaks an answer off', async () => {
    const { read, post } = await startSandbox();
    await post('/sandbox/faults', { broken: 1 });
    expect(await failureOf(read())).toMatchObject({ kind: 'malformed' });
    expect(await read()).toHaveLength(ids().length);
  });

  test('fails by itself in a share of the requests, which the client gets over', async () => {
    const { read, time } = await startSandbox({ apiErrors: 0.3 });
    expect(new Set(await read())).toEqual(new Set(ids()));
    expect(time.slept.length).toBeGreaterThan(2);
  });

  test('lists what was held back once it is released, and tells what was changed by hand', async () => {
    const world = { ...PLAIN, shares: { ...NOTHING, listed_late: 0.1 } };
    const { read, post, server } = await startSandbox({ world });
    const before = await read();
    const { body } = await post('/sandbox/release', {});
    expect(body.released).toBeGreaterThan(50);
    expect(await read()).toHaveLength(before.length + body.released);
    const id = before[0];
    expect((await post('/sandbox/edit', { payment_id: id, amount: '9.99' })).status).toBe(200);
    expect((await post('/sandbox/edit', { payment_id: 4_000_000_000, amount: '9.99' })).status).toBe(404);
    const manifest = (await server.inject({ url: '/sandbox/manifest' })).json();
    expect(manifest.counts).toMatchObject({ listed_late: body.released, edited: 1, lost: 0 });
    expect(manifest.planted.at(-1)).toMatchObject({ kind: 'edited', payment_id: id, listed: '9.99' });
  });

  test.each([
    ['/sandbox/faults', { answers: { status: 200, count: 1 } }],
    ['/sandbox/faults', { unknown: 1 }],
    ['/sandbox/deliver', { what: 'never' }],
    ['/sandbox/edit', { amount: '1.00' }],
  ])('refuses what it does not know at %s: %j', async (path, body) => {
    const { post } = await startSandbox();
    expect((await post(path, body)).status).toBe(400);
  });

  test('answers this machine by its own names only', async () => {
    const { server } = await startSandbox();
    const answer = await server.inject({ url: '/sandbox/manifest', headers: { host: 'evil.example:4400' } });
    expect(answer.statusCode).toBe(403);
  });
});
