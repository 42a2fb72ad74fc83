/** The calendar over HTTP: who may read and change it, what a range gives, and what the audit keeps. */
import { expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../support/app.js';

const FARE = { kind: 'fare', name: 'Single fare', starts_on: '2026-03-01', price_after_minor: 150 };

const change = ({ server, keys }: TestApp, method: 'PUT' | 'DELETE', id: number, body?: object) =>
  server.inject({
    method,
    url: `/api/v1/calendar/${id}`,
    headers: {
      authorization: `Bearer ${keys.admin}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });

test('an administrator keeps it, an analyst reads it, and the audit tells who changed what', async () => {
  const service = await openTestApp();
  expect((await service.post('/api/v1/calendar', 'researcher', FARE)).statusCode).toBe(403);
  const added = await service.post('/api/v1/calendar', 'admin', FARE);
  expect([added.statusCode, added.json()]).toEqual([
    201,
    expect.objectContaining({ entry_id: 1, ends_before: null }),
  ]);
  const ended = await change(service, 'PUT', 1, { ...FARE, ends_before: '2026-06-01' });
  expect(ended.json()).toMatchObject({ ends_before: '2026-06-01' });
  const { rows, zone, currency } = (await service.get('/api/v1/calendar', 'analyst')).json();
  expect({ rows, zone, currency }).toEqual({
    rows: [ended.json()],
    zone: 'America/Chicago',
    currency: 'USD',
  });
  expect((await change(service, 'DELETE', 1)).json()).toEqual(ended.json());
  const audit = (await service.get('/api/v1/audit')).json().rows.slice(0, 3);
  expect(audit.map((row: { action: string; operation: string }) => [row.action, row.operation])).toEqual([
    ['calendar.remove', 'DELETE /api/v1/calendar/:entry_id'],
    ['calendar.change', 'PUT /api/v1/calendar/:entry_id'],
    ['calendar.add', 'POST /api/v1/calendar'],
  ]);
});

test('a refusal has all problems, and another field is no field', async () => {
  const service = await openTestApp();
  const refused = await service.post('/api/v1/calendar', 'admin', { kind: 'fare', starts_on: '2026-02-30' });
  const fields = refused.json().problems.map(({ field }: { field: string }) => field);
  expect([refused.statusCode, fields]).toEqual([422, ['name', 'starts_on', 'price_after_minor']]);
  const unknown = await service.post('/api/v1/calendar', 'admin', { ...FARE, colour: 'red' });
  expect([unknown.statusCode, unknown.json().detail]).toEqual([400, expect.stringContaining('colour')]);
});

test('a range is of local days, whether it is given as dates or as instants', async () => {
  const service = await openTestApp();
  await service.post('/api/v1/calendar', 'admin', { ...FARE, ends_before: '2026-03-10' });
  const found = async (query: string): Promise<number> =>
    (await service.get(`/api/v1/calendar?${query}`, 'analyst')).json().rows.length;
  expect(await found('from=2026-03-09')).toBe(1);
  expect(await found('from=2026-03-10')).toBe(0);
  expect(await found('from=2026-03-10T04:59:59Z')).toBe(1);
  expect(await found('to=2026-03-01')).toBe(0);
  expect(await found('to=2026-03-01T06:00:00Z')).toBe(0);
  expect(await found('to=2026-03-01T06:00:01Z')).toBe(1);
  expect(await found('kind=event')).toBe(0);
});

test('as CSV it is what an import takes', async () => {
  const service = await openTestApp();
  await service.post('/api/v1/calendar', 'admin', { ...FARE, name: '=1+1, "x"' });
  const { body } = await service.get('/api/v1/calendar?format=csv', 'analyst');
  expect(body).toBe(
    'entry_id,kind,name,starts_on,ends_before,payment_type,price_before_minor,price_after_minor,note\r\n' +
      `1,fare,"'=1+1, ""x""",2026-03-01,,,,150,\r\n`,
  );
});
