/** Studies over HTTP: what they answer in each format, whose turn it is, and what is written in the audit. */
import { describe, expect, test } from 'vitest';
import { NOW_S, openTestApp, type TestApp } from '../support/app.js';
import { deferred } from '../support/promises.js';

const DAY_S = 86_400;
const URL = '/api/v1/studies/shares';

async function withPayments(): Promise<TestApp> {
  const service = await openTestApp();
  const payments = Array.from({ length: 24 }, (_, i) => ({
    payment_id: i + 1,
    user_id: `rider-${i % 12}`,
    order_id: i + 1,
    payment_type: i % 3 === 0 ? 'debit_card' : 'credit_card',
    total_price: '2.50',
    logged_on: new Date((NOW_S - (i + 1) * DAY_S) * 1000).toISOString(),
  }));
  const answer = await service.post('/api/v1/payments', 'ingest', payments);
  expect(answer.statusCode).toBe(207);
  return service;
}

describe('a study', () => {
  test('is answered as JSON, and each part as a file of its own name', async () => {
    const service = await withPayments();
    const result = (await service.get(`${URL}?period=week&level=0.9`, 'researcher')).json();
    expect(result).toMatchObject({
      ...{ kind: 'result', study: 'shares', payments: 24, riders: 12 },
      provenance: { kind: 'live', sequence: 24 },
      options: { period: 'week', level: 0.9 },
    });
    const again = `period=week&from=${result.from}&to=${result.to}&as_of=24`;
    const csv = await service.get(`${URL}?${again}&format=csv&part=trend`, 'researcher');
    expect([csv.headers['content-type'], csv.headers['content-disposition']]).toEqual([
      'text/csv; charset=utf-8; header=present',
      'attachment; filename="farelog-shares-trend.csv"',
    ]);
    expect(csv.body.split('\r\n')[0]).toBe('period,payment_type,share,lower,upper');
    const svg = await service.get(`${URL}?${again}&format=svg`, 'researcher');
    expect([svg.headers['content-type'], svg.headers['content-disposition'], svg.body.slice(0, 5)]).toEqual([
      'image/svg+xml; charset=utf-8',
      'attachment; filename="farelog-shares.svg"',
      '<svg ',
    ]);
    for (const answer of [csv, svg]) expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('that is refused says why: as JSON with its kind, else as a problem', async () => {
    const service = await withPayments();
    const url = '/api/v1/studies/impact?event=2020-01-01';
    const refused = await service.get(url, 'researcher');
    expect([refused.statusCode, refused.json()]).toEqual([
      200,
      expect.objectContaining({ kind: 'refused', reason: 'not_identified' }),
    ]);
    const page = await service.get(`${url}&format=html`, 'researcher');
    expect([page.statusCode, page.json().detail]).toEqual([
      404,
      expect.stringContaining('The event 2020-01-01 began on'),
    ]);
  });

  test('is in the audit with its options, before it is answered', async () => {
    const service = await withPayments();
    await service.get(`${URL}?level=0.8`, 'researcher');
    const [row] = (await service.get('/api/v1/audit?limit=1', 'admin')).json().rows;
    expect(row).toMatchObject({ action: 'riders.read', operation: 'GET /api/v1/studies/:name' });
    expect(JSON.stringify(row)).toContain('0.8');
  });

  test.each([
    [`${URL}?level=2`, 400, /level: /],
    [`${URL}?within_days=3`, 400, /within_days: is no option of the study shares/],
    [`${URL}?levle=0.9`, 400, /levle: is not a parameter here/],
    ['/api/v1/studies/none', 400, /name: must be one of shares/],
    [`${URL}?from=2026-03-10T15:00:00Z`, 400, /from must be a date/],
    [`${URL}?format=csv&part=none`, 404, /The result has no table none; there are shares, trend/],
  ])('asked wrongly is refused: %s', async (url, status, detail) => {
    const service = await withPayments();
    const answer = await service.get(url, 'researcher');
    expect([answer.statusCode, answer.json().detail]).toEqual([status, expect.stringMatching(detail)]);
  });

  test('tells the desk when nobody waits any more', async () => {
    const [asked, gone] = [deferred(), deferred()];
    const write = (_question: unknown, _part: unknown, signal?: AbortSignal): Promise<string> => {
      signal?.addEventListener('abort', () => gone.resolve());
      asked.resolve();
      return new Promise(() => {});
    };
    const service = await openTestApp({ service: { studies: { write } } });
    await service.server.listen({ host: '127.0.0.1', port: 0 });
    const address = service.server.server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const leaving = new AbortController();
    const answer = fetch(`http://127.0.0.1:${port}${URL}`, {
      headers: { authorization: `Bearer ${service.keys.researcher}` },
      signal: leaving.signal,
    });
    await asked.promise;
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await gone.promise;
  });
});

test('the list tells every study with options that an address can hold', async () => {
  const service = await openTestApp();
  const { rows } = (await service.get('/api/v1/studies', 'analyst')).json();
  expect(rows[0]).toMatchObject({ name: 'shares', question: expect.stringMatching(/\?$/) });
  const names = rows.flatMap(({ options }: { options: { name: string }[] }) =>
    options.map(({ name }) => name),
  );
  expect(names).toContain('before_weeks');
  expect(names.filter((name: string) => name.endsWith('_csv'))).toEqual([]);
});
