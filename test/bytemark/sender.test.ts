import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, test } from 'vitest';
import { Demand } from '../../src/bytemark/demand.js';
import { disturb, type PlannedDelivery } from '../../src/bytemark/disturbance.js';
import type { PassingTime } from '../../src/bytemark/passing-time.js';
import { isLoopback, readReceiver } from '../../src/bytemark/receiver.js';
import { type SendOptions, type SendResult, send } from '../../src/bytemark/sender.js';
import { type SignatureScheme, verifySignature } from '../../src/bytemark/signature.js';
import { deferred, failureOf } from '../support/promises.js';
import { zoneOf } from '../support/zones.js';
import { receive } from './rules.js';

const SECRET = Buffer.from('farelog test secret, 32 bytes!!!');
const SCHEME: SignatureScheme = { kind: 'standard', secrets: [SECRET] };
const ORACLE = new Webhook(`whsec_${SECRET.toString('base64')}`);

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string | undefined;
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Answers a request, or takes the response in hand itself and answers nothing. */
type Answering = (received: Received, response: ServerResponse) => Answer | undefined | Promise<Answer>;

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A receiver on a free port, and all that it received. */
async function receiver(answering: Answering): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const one = { headers: request.headers, body: Buffer.concat(chunks).toString(), path: request.url };
    received.push(one);
    const answer = await answering(one, response);
    if (answer !== undefined) response.writeHead(answer.status, answer.headers).end(answer.body ?? '{}');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return { url: `http://127.0.0.1:${address.port}/webhooks/bytemark`, received };
}

const RECORDED: Answer = { status: 201, body: '{"outcome":"recorded"}' };

function planned(payment_id: number, changes: Partial<PlannedDelivery> = {}): PlannedDelivery {
  return {
    kind: 'new',
    id: `msg_${payment_id}`,
    body: `{"payment_id":${payment_id}}`,
    payment_id,
    ...changes,
  };
}

function plan(count: number): PlannedDelivery[] {
  return Array.from({ length: count }, (_, index) => planned(index + 1));
}

/** Time that passes by waiting only. */
class TestTime implements PassingTime {
  elapsedMs = 0;
  readonly slept: number[] = [];
  readonly #startedMs = Date.now();
  readonly now = (): number => this.#startedMs + this.elapsedMs;
  readonly elapsed = (): number => this.elapsedMs;
  readonly sleep = async (ms: number): Promise<void> => {
    this.slept.push(ms);
    this.elapsedMs += ms;
  };
}

function sendTo(url: string, deliveries: Iterable<PlannedDelivery>, options: Partial<SendOptions> = {}) {
  return send({ url, scheme: SCHEME, deliveries, time: new TestTime(), ...options });
}

describe('every delivery', () => {
  test('is signed as Standard Webhooks says', async () => {
    const { url, received } = await receiver(() => RECORDED);
    await sendTo(url, [planned(1, { body: '{"user_id":"🚌"}' })]);
    const [one] = received;
    expect(one?.headers['webhook-id']).toBe('msg_1');
    expect(one?.headers['content-type']).toBe('application/json');
    expect(one?.path).toBe('/webhooks/bytemark');
    const { headers = {}, body = '' } = one ?? {};
    expect(verifySignature(SCHEME, headers, Buffer.from(body), Date.now())).toEqual({ ok: true });
    const signed = Object.fromEntries(
      ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]),
    );
    expect(ORACLE.verify(body, signed)).toEqual({ user_id: '🚌' });
  });

  test.each([null, 'x-bytemark-timestamp'])(
    'is signed by HMAC with the timestamp header %s',
    async (timestampHeader) => {
      const scheme: SignatureScheme = {
        kind: 'hmac',
        secrets: [SECRET],
        signatureHeader: 'x-bytemark-signature',
        timestampHeader,
      };
      const { url, received } = await receiver(() => RECORDED);
      await sendTo(url, plan(1), { scheme });
      const { headers = {}, body = '' } = received[0] ?? {};
      expect(verifySignature(scheme, headers, Buffer.from(body), Date.now())).toEqual({ ok: true });
    },
  );

  test('is sent once and counted', async () => {
    const { url, received } = await receiver(({ body }) => {
      const id = Number(/\d+/.exec(body)?.[0]);
      if (id <= 90) return RECORDED;
      return id <= 95 ? { status: 200, body: '{"outcome":"duplicate"}' } : { status: 202, body: 'not JSON' };
    });
    const results: SendResult[] = [];
    const totals = await sendTo(url, plan(100), { onResult: (result) => results.push(result) });
    expect(received.map(({ body }) => body).sort()).toEqual(
      plan(100)
        .map(({ body }) => body)
        .sort(),
    );
    expect(totals).toMatchObject({
      deliveries: 100,
      requests: 100,
      accepted: 100,
      statuses: { 200: 5, 201: 90, 202: 5 },
      outcomes: { recorded: 90, duplicate: 5, conflict: 0, invalid: 0 },
      kinds: { new: 100, duplicate: 0, conflict: 0, invalid: 0 },
      aborted: false,
    });
    expect(results).toHaveLength(100);
    expect(results.filter(({ tries }) => tries !== 1)).toEqual([]);
  });

  test('may be one of none', async () => {
    const { url } = await receiver(() => RECORDED);
    expect(await sendTo(url, [])).toMatchObject({
      deliveries: 0,
      requests: 0,
      latency: { p50Ms: 0, maxMs: 0 },
    });
  });
});

describe('an answer that a retry can help', () => {
  /** Answers a delivery with each of these in turn, then with 201. */
  function inTurn(...answers: Answer[]): Answering {
    return () => answers.shift() ?? RECORDED;
  }

  test('503, then 201: the same id with a new timestamp and signature, after Retry-After', async () => {
    const { url, received } = await receiver(inTurn({ status: 503, headers: { 'retry-after': '7' } }));
    const time = new TestTime();
    const results: SendResult[] = [];
    const totals = await sendTo(url, plan(1), { time, onResult: (result) => results.push(result) });
    expect(time.slept).toEqual([7_000]);
    const [first, second] = received.map(({ headers }) => headers);
    expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
    expect(Number(second?.['webhook-timestamp'])).toBe(Number(first?.['webhook-timestamp']) + 7);
    expect(second?.['webhook-signature']).not.toBe(first?.['webhook-signature']);
    for (const { headers, body } of received)
      expect(verifySignature(SCHEME, headers, Buffer.from(body), time.now())).toEqual({ ok: true });
    expect(totals).toMatchObject({ deliveries: 1, requests: 2, accepted: 1, statuses: { 201: 1 } });
    expect(results).toMatchObject([{ status: 201, outcome: 'recorded', tries: 2 }]);
  });

  test.each([429, 500, 502, 503, 504])('%d is tried again, each time later', async (status) => {
    const { url } = await receiver(inTurn({ status }, { status }, { status }));
    const time = new TestTime();
    expect(await sendTo(url, plan(1), { time })).toMatchObject({ requests: 4, statuses: { 201: 1 } });
    expect(time.slept).toHaveLength(3);
    time.slept.forEach((ms, index) => {
      expect(ms).toBeGreaterThanOrEqual(50 * 2 ** index);
      expect(ms).toBeLessThan(150 * 2 ** index);
    });
  });

  test.each([400, 401, 404, 409, 413, 415, 422, 301])('%d is final', async (status) => {
    const { url } = await receiver(inTurn({ status, headers: { 'retry-after': '1' } }));
    const totals = await sendTo(url, plan(1));
    expect(totals).toMatchObject({ requests: 1, accepted: 0, statuses: { [status]: 1 } });
  });

  test('a connection that breaks is tried again', async () => {
    let broken = 0;
    const { url, received } = await receiver((_, response) => {
      if (broken++ > 0) return RECORDED;
      response.destroy();
      return undefined;
    });
    expect(await sendTo(url, plan(1))).toMatchObject({ requests: 2, statuses: { 201: 1 } });
    expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(['msg_1']));
  });

  test('it is given up after so many tries, and told', async () => {
    const { url } = await receiver(() => ({ status: 503, body: 'full' }));
    const results: SendResult[] = [];
    const options = { maxTries: 3, onResult: (result: SendResult) => results.push(result) };
    expect(await sendTo(url, plan(1), options)).toMatchObject({
      requests: 3,
      accepted: 0,
      statuses: { 503: 1 },
    });
    expect(results).toMatchObject([{ status: 503, text: 'full', outcome: null, tries: 3 }]);
  });

  test('nobody listens: given up without a status', async () => {
    const { url } = await receiver(() => RECORDED);
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    const results: SendResult[] = [];
    const options = { maxTries: 2, onResult: (result: SendResult) => results.push(result) };
    expect(await sendTo(url, plan(1), options)).toMatchObject({ requests: 2, statuses: { none: 1 } });
    expect(results).toMatchObject([{ status: null, outcome: null, tries: 2 }]);
    expect(results[0]?.text).not.toBe('');
  });

  test('Retry-After may be a date, and never makes it wait for more than 30 s', async () => {
    const time = new TestTime();
    const date = new Date(time.now() + 12_000).toUTCString();
    const { url } = await receiver(
      inTurn(
        { status: 503, headers: { 'retry-after': date } },
        { status: 429, headers: { 'retry-after': '86400' } },
        { status: 503, headers: { 'retry-after': 'soon' } },
      ),
    );
    await sendTo(url, plan(1), { time });
    const [byDate = 0, capped, unreadable = 0] = time.slept;
    expect(byDate).toBeGreaterThan(10_000);
    expect(byDate).toBeLessThanOrEqual(12_000);
    expect(capped).toBe(30_000);
    expect(unreadable).toBeLessThan(1_000);
  });
});

describe('the rate', () => {
  test('counts from the start: what one delivery lost, the next make good', async () => {
    const time = new TestTime();
    const startedMs: number[] = [];
    const { url } = await receiver(() => {
      startedMs.push(time.elapsedMs);
      // The third answer is slow.
      if (startedMs.length === 3) time.elapsedMs += 350;
      return RECORDED;
    });
    await sendTo(url, plan(8), { ratePerS: 10, concurrency: 1, time });
    expect(startedMs).toEqual([0, 100, 200, 550, 550, 550, 600, 700]);
  });

  test('does not drift over many deliveries, be its interval no whole number', async () => {
    const time = new TestTime();
    const { url } = await receiver(() => RECORDED);
    await sendTo(url, plan(300), { ratePerS: 30, concurrency: 4, time });
    expect(time.elapsedMs).toBeCloseTo(10_000, 3);
  });

  test('may be told anew for each delivery', async () => {
    const time = new TestTime();
    const rates = [1, 2, 4, 1];
    const { url } = await receiver(() => RECORDED);
    await sendTo(url, plan(3), { ratePerS: () => rates.shift() ?? 1, concurrency: 1, time });
    expect(time.slept).toEqual([1_000, 500, 250]);
  });

  test.each([0, -1, Number.NaN])('%d is refused', async (ratePerS) => {
    const { url, received } = await receiver(() => RECORDED);
    expect(await failureOf(sendTo(url, plan(1), { ratePerS }))).toMatchObject({ code: 'usage' });
    expect(received).toEqual([]);
  });

  test('takes each delivery only when it is due', async () => {
    const time = new TestTime();
    const takenMs: number[] = [];
    function* taking(): Generator<PlannedDelivery> {
      for (const delivery of plan(3)) {
        takenMs.push(time.elapsedMs);
        yield delivery;
      }
    }
    const { url } = await receiver(() => RECORDED);
    await sendTo(url, taking(), { ratePerS: 1, time });
    expect(takenMs).toEqual([0, 1_000, 2_000]);
  });
});

describe('concurrency', () => {
  test('is used, and not exceeded', async () => {
    let underWay = 0;
    let most = 0;
    const full = deferred();
    const { url } = await receiver(async () => {
      most = Math.max(most, ++underWay);
      if (underWay === 5) full.resolve();
      await full.promise;
      underWay--;
      return RECORDED;
    });
    await sendTo(url, plan(40), { concurrency: 5 });
    expect(most).toBe(5);
  });

  test('a conflict waits until its payment is answered; others pass it', async () => {
    const events: string[] = [];
    const passed = deferred();
    const { url } = await receiver(async ({ headers }) => {
      const id = String(headers['webhook-id']);
      events.push(`${id} arrives`);
      if (id === 'msg_2') passed.resolve();
      await passed.promise;
      events.push(`${id} answered`);
      return RECORDED;
    });
    const deliveries = [planned(1), planned(1, { kind: 'conflict', id: 'conflict_1' }), planned(2)];
    await sendTo(url, deliveries, { concurrency: 3 });
    expect(events.indexOf('conflict_1 arrives')).toBeGreaterThan(events.indexOf('msg_1 answered'));
  });
});

describe('it stops', () => {
  test('when aborted: nothing new is taken, what is under way is awaited', async () => {
    const { url, received } = await receiver(() => RECORDED);
    const abort = new AbortController();
    let taken = 0;
    let returned = false;
    function* endless(): Generator<PlannedDelivery> {
      try {
        for (;;) yield planned(++taken);
      } finally {
        returned = true;
      }
    }
    let results = 0;
    const onResult = (): void => {
      if (++results === 10) abort.abort();
    };
    const totals = await sendTo(url, endless(), { concurrency: 4, signal: abort.signal, onResult });
    expect(totals.aborted).toBe(true);
    expect(totals.deliveries).toBe(taken);
    expect(results).toBe(taken);
    expect(received).toHaveLength(taken);
    expect(taken).toBeLessThan(15);
    expect(returned).toBe(true);
  });

  test('when aborted before: nothing is sent', async () => {
    const { url, received } = await receiver(() => RECORDED);
    const totals = await sendTo(url, plan(3), { signal: AbortSignal.abort() });
    expect(totals).toMatchObject({ deliveries: 0, aborted: true });
    expect(received).toEqual([]);
  });

  test('when aborted while it waits: real waits are cut short', async () => {
    const abort = new AbortController();
    const { url } = await receiver(() => {
      // On the next turn the sender has read the answer, or is about to; either way it must not wait for an hour.
      setImmediate(() => abort.abort());
      return { status: 503, headers: { 'retry-after': '3600' } };
    });
    const totals = await send({ url, scheme: SCHEME, deliveries: plan(1), signal: abort.signal });
    expect(totals).toMatchObject({ requests: 1, statuses: { 503: 1 }, aborted: true });
    const late = new AbortController();
    const slow = await receiver(() => {
      setImmediate(() => late.abort());
      return RECORDED;
    });
    const rated = { scheme: SCHEME, deliveries: plan(2), ratePerS: 0.0001, signal: late.signal };
    expect(await send({ url: slow.url, ...rated })).toMatchObject({ deliveries: 1, aborted: true });
  });

  test.each([
    ['what takes the results', { onResult: failing }],
    ['what makes the deliveries', { deliveries: failingPlan() }],
  ])('with the error of %s', async (_, options) => {
    const { url } = await receiver(() => RECORDED);
    const failure = failureOf(sendTo(url, plan(50), { concurrency: 2, ...options }));
    expect(await failure).toMatchObject({ message: 'no more' });
  });
});

function failing(): never {
  throw new Error('no more');
}

function* failingPlan(): Generator<PlannedDelivery> {
  yield* plan(3);
  failing();
}

describe('it sends to this machine only', () => {
  test.each([
    'http://example.com/',
    'http://localhost.example.com/',
    'http://127.0.0.1.example.com/',
    'http://127.0.0.1@example.com/',
    'http://10.0.0.1/',
    'http://0.0.0.0/',
    'http://128.0.0.1/',
    'http://[::2]/',
    'https://farelog.example/webhooks/bytemark',
  ])('not to %s', async (url) => {
    let taken = 0;
    function* counted(): Generator<PlannedDelivery> {
      taken++;
      yield planned(1);
    }
    expect(await failureOf(sendTo(url, counted()))).toMatchObject({ code: 'usage' });
    expect(taken).toBe(0);
    expect(readReceiver(url, true).href).toBe(url);
  });

  test.each([
    'http://localhost:4300/',
    'http://127.0.0.1/',
    'http://127.1/',
    'http://0x7f000001/',
    'https://[::1]:8443/',
  ])('but to %s', (url) => {
    expect(isLoopback(readReceiver(url, false))).toBe(true);
  });

  test.each(['', 'localhost:4300', 'file:///etc/hosts', 'ftp://localhost/'])(
    'and %j is no receiver',
    (url) => {
      expect(() => readReceiver(url, true)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );

  test('and not without a secret', async () => {
    const { url } = await receiver(() => RECORDED);
    const failure = await failureOf(sendTo(url, plan(1), { scheme: { kind: 'standard', secrets: [] } }));
    expect(failure).toMatchObject({ code: 'usage' });
  });
});

test('a disturbed stream leaves exactly its payments with a receiver that keeps the first of each', async () => {
  const startS = Date.UTC(2025, 3, 7, 5) / 1000;
  const zone = zoneOf('America/Chicago');
  const payments = [...new Demand({ seed: 11, startS, zone, dailyPayments: 600 }).until(startS + 86_400)];
  const kept = new Map<number, string>();
  const quarantined = new Set<string>();
  let requests = 0;
  const { url } = await receiver(({ body }) => {
    if (++requests % 13 === 0) return { status: 503 };
    const checked = receive(body, (startS + 86_400) * 1000);
    const standing = checked.ok ? kept.get(checked.payment.payment_id) : undefined;
    if (!checked.ok || (standing !== undefined && standing !== body)) {
      quarantined.add(body);
      return { status: 202, body: `{"outcome":"${checked.ok ? 'conflict' : 'invalid'}"}` };
    }
    kept.set(checked.payment.payment_id, body);
    return standing === undefined ? RECORDED : { status: 200, body: '{"outcome":"duplicate"}' };
  });
  const shares = { duplicates: 0.2, conflicts: 0.1, invalid: 0.1 };
  const deliveries = disturb(payments, { seed: 2, disorder: 20, ...shares });
  const totals = await sendTo(url, deliveries, { concurrency: 12 });
  const count = payments.length;
  const [duplicates, conflicts] = [Math.floor(count * 0.2), Math.floor(count * 0.1)];
  expect([...kept.values()].sort()).toEqual(payments.map((payment) => JSON.stringify(payment)).sort());
  expect(quarantined.size).toBe(2 * conflicts);
  expect(totals.kinds).toEqual({
    new: count,
    duplicate: duplicates,
    conflict: conflicts,
    invalid: conflicts,
  });
  expect(totals.outcomes).toEqual({
    recorded: count,
    duplicate: duplicates,
    conflict: conflicts,
    invalid: conflicts,
  });
  expect(totals.accepted).toBe(totals.deliveries);
});
