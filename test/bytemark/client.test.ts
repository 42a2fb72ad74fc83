import { describe, expect, test, vi } from 'vitest';
import { BytemarkClient } from '../../src/bytemark/client.js';
import type { ProviderItem } from '../../src/bytemark/envelope.js';
import { ProviderError } from '../../src/bytemark/provider-error.js';
import { DEFAULT_FIELDS, type ProviderSettings } from '../../src/bytemark/provider-settings.js';
import type { WindowSummary } from '../../src/bytemark/window.js';
import { ExactNumber } from '../../src/domain/exact-number.js';
import { failureOf } from '../support/promises.js';
import {
  type Asked,
  StandingTime,
  settingsOf,
  startProvider,
  type TestProvider,
  TOKEN,
  type Told,
} from '../support/provider.js';

const DAY = { from: Date.UTC(2026, 0, 1) / 1000, to: Date.UTC(2026, 0, 2) / 1000 };

function row(id: number): Record<string, unknown> {
  return {
    payment_id: id,
    user_id: `rider-${id}`,
    order_id: id,
    payment_method: 'card',
    amount: '2.50',
    timestamp: '2026-01-01T12:00:00Z',
  };
}

/** An answer in the envelope. */
function page(rows: readonly unknown[], data: Readonly<Record<string, unknown>> = {}): Told {
  return { body: { errors: [], data: { payments: rows, ...data } } };
}

const ONE_PAGE = page([row(1)], { pagination: { page: 1, per_page: 2, next: null } });

/** A provider that gives tokens, and for pages what `answer` tells; its serial counts pages alone. */
function provider(answer: (asked: Asked, serial: number) => Told | null): Promise<TestProvider> {
  let serial = 0;
  return startProvider((asked) => (asked.method === 'POST' ? TOKEN : answer(asked, serial++)));
}

function pageOf({ path }: Asked): number {
  return Number(new URL(path, 'http://_').searchParams.get('page'));
}

/** The test's client, and its time. */
function clientOf(settings: ProviderSettings, time = new StandingTime()) {
  return { client: new BytemarkClient(settings, time), time };
}

async function read(client: BytemarkClient, signal?: AbortSignal) {
  const items: ProviderItem[] = [];
  const windows: WindowSummary[] = [];
  for await (const item of client.payments(DAY, 86_400, (window) => windows.push(window), signal))
    items.push(item);
  return { items, windows, ids: items.map(({ claim }) => claim?.payment_id) };
}

async function errorOf(client: BytemarkClient): Promise<ProviderError> {
  const error = await failureOf(read(client));
  if (error instanceof ProviderError) return error;
  throw error;
}

describe('the token', () => {
  test('is asked for once, by client credentials, and carried by every page', async () => {
    const { url, tokens, pages } = await provider((asked) =>
      page([row(pageOf(asked))], { page_count: 3, total_count: 3 }),
    );
    const { client } = clientOf(settingsOf(url, { scope: 'payments', clientSecret: 'a&b c' }));
    expect((await read(client)).ids).toEqual([1, 2, 3]);
    const [asked] = tokens();
    expect(tokens()).toHaveLength(1);
    expect(asked?.path).toBe('/oauth/token');
    expect(asked?.body).toBe('grant_type=client_credentials&scope=payments');
    const basic = Buffer.from(asked?.headers.authorization?.slice('Basic '.length) ?? '', 'base64');
    expect(basic.toString()).toBe('farelog:a%26b+c');
    expect(pages().map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer token-1'));
  });

  test('of a user is asked for by name and password, the client in the form', async () => {
    const { url, tokens } = await provider(() => ONE_PAGE);
    const owner = { username: 'ops@agency.example', password: 'pass word' };
    const { client } = clientOf(settingsOf(url, { owner, clientAuth: 'body' }));
    await read(client);
    expect(Object.fromEntries(new URLSearchParams(tokens()[0]?.body))).toEqual({
      grant_type: 'password',
      ...owner,
      client_id: 'farelog',
      client_secret: 'a-client-secret',
    });
    expect(tokens()[0]?.headers.authorization).toBeUndefined();
  });

  test.each([
    [3_600 - 60, 1],
    [3_600 - 59, 2],
  ])('that lives an hour, after %i seconds, makes it %i requests', async (seconds, requests) => {
    const { url, tokens } = await provider(() => ONE_PAGE);
    const { client, time } = clientOf(settingsOf(url));
    await read(client);
    // The first page was asked for a millisecond after the token.
    time.ms += seconds * 1000 - 2;
    await read(client);
    expect(tokens()).toHaveLength(requests);
  });

  test('that is refused is renewed once', async () => {
    let given = 0;
    const { url, pages } = await startProvider(({ method, headers }) => {
      if (method === 'POST') return { body: { access_token: `token-${++given}` } };
      return headers.authorization === 'Bearer token-2' ? ONE_PAGE : { status: 401 };
    });
    expect((await read(clientOf(settingsOf(url)).client)).ids).toEqual([1]);
    expect(given).toBe(2);
    expect(pages()).toHaveLength(2);
  });

  test('that is refused although it is new is an error of authorization', async () => {
    const { url, pages } = await provider(() => ({ status: 401, body: { errors: ['scope missing'] } }));
    const error = await errorOf(clientOf(settingsOf(url)).client);
    expect([error.kind, error.code]).toEqual(['auth', 'unavailable']);
    expect(error.message).toContain('scope missing');
    expect(pages()).toHaveLength(2);
  });

  test('is renewed once for all who wait', async () => {
    let given = 0;
    const { url } = await startProvider(({ method, headers }) => {
      if (method === 'POST') return { body: { access_token: `token-${++given}` } };
      return headers.authorization === 'Bearer token-1' ? { status: 401 } : ONE_PAGE;
    });
    const { client } = clientOf(settingsOf(url));
    await Promise.all([read(client), read(client), read(client)]);
    expect(given).toBe(2);
  });

  test('that is not given names the settings, and tells no secret', async () => {
    const { url } = await startProvider(() => ({ status: 401, body: { error: 'invalid_client' } }));
    const error = await errorOf(clientOf(settingsOf(url)).client);
    expect(error.kind).toBe('auth');
    expect(error.message).toContain('invalid_client');
    expect(error.message).toContain('FARELOG_BYTEMARK_CLIENT_SECRET');
    expect(error.message).not.toContain('a-client-secret');
  });

  test.each([
    [{ access_token: 7 }, 'access_token'],
    [{ access_token: 'x', token_type: 'mac' }, 'token_type'],
    [{ access_token: 'x', expires_in: 'soon' }, 'expires_in'],
    ['<html>', 'body'],
  ])('that is none is malformed: %j', async (body, field) => {
    const { url } = await startProvider(() => ({ body }));
    const error = await errorOf(clientOf(settingsOf(url)).client);
    expect(error.kind).toBe('malformed');
    expect(error.message).toContain(field);
  });
});

describe('pages', () => {
  const five = [1, 2, 3, 4, 5].map(row);
  const sliceOf = (asked: Asked) => five.slice((pageOf(asked) - 1) * 2, pageOf(asked) * 2);

  test.each<[string, (asked: Asked) => Record<string, unknown>, number]>([
    [
      'pagination.next as a number',
      (asked) => ({ pagination: { next: pageOf(asked) < 3 ? pageOf(asked) + 1 : null } }),
      3,
    ],
    [
      'pagination.next as text',
      (asked) => ({ pagination: { next: pageOf(asked) < 3 ? `${pageOf(asked) + 1}` : '' } }),
      3,
    ],
    ['pagination.next as yes or no', (asked) => ({ pagination: { next: pageOf(asked) < 3 } }), 3],
    [
      'pagination.next as an address',
      (asked) => ({ pagination: { next: pageOf(asked) < 3 ? `?page=${pageOf(asked) + 1}` : null } }),
      3,
    ],
    ['page_count', () => ({ page_count: 3 }), 3],
    ['total_count', () => ({ total_count: 5 }), 3],
    ['nothing, up to an empty page', () => ({}), 4],
  ])('go on by %s', async (_, data, requests) => {
    const { url, pages } = await provider((asked) => page(sliceOf(asked), data(asked)));
    const { ids, windows } = await read(clientOf(settingsOf(`${url}/v4`)).client);
    expect(ids).toEqual([1, 2, 3, 4, 5]);
    expect(windows).toMatchObject([{ rows: 5, whole: true, passes: 1 }]);
    expect(pages()).toHaveLength(requests);
    expect(pages().every(({ path }) => path.startsWith('/v4/'))).toBe(true);
  });

  test('are asked for by the window and the size of the settings', async () => {
    const { url, pages } = await provider(() => ONE_PAGE);
    const paymentsPath = '/p?a={from}&b={to_s}&n={per_page}&p={page}';
    await read(clientOf(settingsOf(url, { paymentsPath })).client);
    expect(pages()[0]?.path).toBe('/p?a=2026-01-01T00%3A00%3A00Z&b=1767312000&n=2&p=1');
  });

  test.each<[string, Told, string, string]>([
    ['that does not go on', page([row(1)], { pagination: { next: 1 } }), 'malformed', 'data.pagination.next'],
    [
      'that leads elsewhere',
      page([row(1)], { pagination: { next: 'http://127.0.0.2/x' } }),
      'malformed',
      'data.pagination.next',
    ],
    [
      'with errors',
      { body: { errors: [{ message: 'no such rider' }], data: null } },
      'refused',
      'no such rider',
    ],
    ['without data', { body: { errors: [] } }, 'malformed', 'data'],
    ['without its list', { body: { data: { orders: [] } } }, 'malformed', 'data.payments'],
    ['whose list is none', { body: { data: { payments: {} } } }, 'malformed', 'data.payments'],
    ['whose total is none', page([], { total_count: 'many' }), 'malformed', 'data.total_count'],
    ['that is not JSON', { body: '<html>' }, 'malformed', 'JSON'],
    ['that is a list', { body: [] }, 'malformed', 'body'],
    ['that is not found', { status: 404 }, 'refused', 'FARELOG_BYTEMARK_PAYMENTS_PATH'],
    ['that is elsewhere', { status: 302, headers: { location: '/' } }, 'refused', 'FARELOG_BYTEMARK_URL'],
    ['that is forbidden', { status: 403 }, 'auth', '403'],
    ['that is too long', { body: 'x'.repeat(70_000) }, 'malformed', 'FARELOG_BYTEMARK_PAGE_ROWS'],
  ])('%s is an error that says so', async (_, told, kind, text) => {
    const { url, pages } = await provider(() => told);
    const error = await errorOf(clientOf(settingsOf(url)).client);
    expect([error.kind, pages().length]).toEqual([kind, 1]);
    expect(error.message).toContain(text);
  });

  test('are limited in their number', async () => {
    const { url, pages } = await provider((asked) => page([row(pageOf(asked))]));
    const error = await errorOf(clientOf(settingsOf(url, { limits: { windowPages: 3 } })).client);
    expect([error.kind, pages().length]).toEqual(['refused', 3]);
    expect(error.message).toContain('FARELOG_PULL_WINDOW_HOURS');
  });

  test('hold rows by the configured fields, digit by digit; what is no row is told as such', async () => {
    const body = `{"data":{"payments":[{"id":"7","order":{"id":9,"total":2.50},"rider":12345678901234567890},
      "nonsense",{"__proto__":{"id":1}}],"page_count":1}}`;
    const { url } = await provider(() => ({ body }));
    const fields = {
      ...DEFAULT_FIELDS,
      payment_id: 'id',
      order_id: 'order.id',
      total_price: 'order.total',
      user_id: 'rider',
      currency: 'order.constructor.name',
    };
    const { items } = await read(clientOf(settingsOf(url, { fields })).client);
    expect(items.map(({ claim }) => claim)).toEqual([
      expect.objectContaining({
        payment_id: 7,
        order_id: 9,
        total_price: new ExactNumber('2.50'),
        user_id: new ExactNumber('12345678901234567890'),
        currency: undefined,
      }),
      undefined,
      expect.objectContaining({ payment_id: undefined }),
    ]);
  });
});

describe('trouble', () => {
  test.each([500, 503, 429])('of status %i is tried again, after longer and longer waits', async (status) => {
    const { url } = await provider((_, serial) => (serial < 3 ? { status } : ONE_PAGE));
    const { client, time } = clientOf(settingsOf(url));
    expect((await read(client)).ids).toEqual([1]);
    const waits = time.slept.filter((ms) => ms > 1);
    expect(waits).toHaveLength(3);
    waits.forEach((ms, index) => {
      expect(ms / (200 * 2 ** index)).toBeGreaterThanOrEqual(0.5);
      expect(ms / (200 * 2 ** index)).toBeLessThan(1.5);
    });
  });

  test('is waited for as Retry-After says, in seconds or until a date', async () => {
    const time = new StandingTime();
    const headers = (serial: number) => ({
      'retry-after': serial === 0 ? '7' : new Date(time.ms + 9_000).toUTCString(),
    });
    const { url } = await provider((_, serial) =>
      serial < 2 ? { status: 429, headers: headers(serial) } : ONE_PAGE,
    );
    await read(clientOf(settingsOf(url), time).client);
    const [seconds, date = 0] = time.slept.filter((ms) => ms > 1);
    expect(seconds).toBe(7_000);
    // A date has no parts of a second.
    expect(date).toBeGreaterThan(7_900);
    expect(date).toBeLessThanOrEqual(9_000);
  });

  test('that asks for a longer wait than allowed ends at once, and tells how long', async () => {
    const { url, pages } = await provider(() => ({ status: 429, headers: { 'retry-after': '61' } }));
    const { client, time } = clientOf(settingsOf(url));
    const error = await errorOf(client);
    expect([error.kind, error.retryAfterMs, pages().length]).toEqual(['rate_limited', 61_000, 1]);
    expect(time.slept.filter((ms) => ms > 1)).toEqual([]);
  });

  test('without end is given up after so many tries', async () => {
    const { url, pages } = await provider(() => ({ status: 502 }));
    const error = await errorOf(clientOf(settingsOf(url)).client);
    expect([error.kind, pages().length]).toEqual(['unavailable', 4]);
    expect(error.message).toContain('502');
  });

  test('of a request that is wrong itself is not tried again', async () => {
    const { url, pages } = await provider(() => ({ status: 400, body: { errors: ['page is no number'] } }));
    const error = await errorOf(clientOf(settingsOf(url)).client);
    expect([error.kind, pages().length]).toEqual(['refused', 1]);
    expect(error.message).toContain('page is no number');
  });

  test('of a provider that is not there is unavailable', async () => {
    const { url } = await provider(() => ONE_PAGE);
    const gone = url.replace(/:\d+$/, ':1');
    const error = await errorOf(clientOf(settingsOf(gone)).client);
    expect(error.kind).toBe('unavailable');
    expect(error.message).toContain('FARELOG_BYTEMARK_URL');
  });

  test('of an answer that does not come ends with its time', async () => {
    const { url, pages } = await provider((_, serial) => (serial === 0 ? null : ONE_PAGE));
    const limits = { answerTimeoutMs: 200 };
    expect((await read(clientOf(settingsOf(url, { limits })).client)).ids).toEqual([1]);
    expect(pages()).toHaveLength(2);
  });

  test('in a row opens the circuit: nothing is asked until its time is over, then one request', async () => {
    // The breaker knows the system's clock alone.
    vi.useFakeTimers({ toFake: ['Date'] });
    let isUp = false;
    const { url, asked } = await startProvider(({ method }) => {
      if (!isUp) return { status: 503 };
      return method === 'POST' ? TOKEN : ONE_PAGE;
    });
    try {
      const limits = { failures: 3, breakMs: 30_000 };
      const { client } = clientOf(settingsOf(url, { limits }));
      const error = await errorOf(client);
      expect(error.message).toContain('left alone for 30 s');
      expect(asked).toHaveLength(3);
      isUp = true;
      vi.setSystemTime(Date.now() + 29_999);
      await errorOf(client);
      expect(asked).toHaveLength(3);
      vi.setSystemTime(Date.now() + 1);
      expect((await read(client)).ids).toEqual([1]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('is kept away by a rate', async () => {
    const { url } = await provider((asked) => page([row(pageOf(asked))], { page_count: 4 }));
    const { client, time } = clientOf(settingsOf(url, { limits: { requestsPerS: 2 } }));
    await read(client);
    expect(time.slept).toEqual([500, 500, 500, 500]);
  });

  test('can be ended from outside, also while waiting', async () => {
    const aborting = new AbortController();
    const { url, pages } = await provider(() => {
      aborting.abort(new Error('stopped'));
      return { status: 503 };
    });
    const error = await failureOf(read(clientOf(settingsOf(url)).client, aborting.signal));
    expect(error).toMatchObject({ message: 'stopped' });
    expect(pages()).toHaveLength(1);
  });
});
