/** What each source has brought, over HTTP: told for every source, with the marks of pull and sync. */
import { expect, test } from 'vitest';
import { saveMeta } from '../../src/store/meta.js';
import { notificationText, openTestApp, type TestApp } from '../support/app.js';

const SOURCES = '/api/v1/analytics/sources';

async function sourcesOf(service: TestApp, query = '') {
  const answer = await service.get(`${SOURCES}${query}`, 'analyst');
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

test('a database in which nothing came in names every source, and says that nothing did', async () => {
  const { rows, lag, pull, sync } = await sourcesOf(await openTestApp());
  expect(rows.map(({ source }: { source: string }) => source)).toEqual([
    ...['webhook', 'api', 'import', 'sync', 'pull', 'replay'],
  ]);
  for (const row of rows) expect(row).toMatchObject({ deliveries: 0, error_rate: null, last_recorded: null });
  expect({ lag, pull, sync }).toEqual({ lag: null, pull: null, sync: null });
});

test('deliveries count within the range by how they ended, and the last payment whatever the range', async () => {
  const service = await openTestApp();
  await service.webhook(notificationText());
  await service.webhook(notificationText());
  await service.webhook(notificationText({ order_id: 9 }));
  await service.webhook(notificationText({ payment_id: 1002, amount: '-1' }));
  service.clock.ms += 3 * 86_400_000;
  await service.post('/api/v1/payments', 'admin', {
    ...{ payment_id: 3, user_id: 'r', order_id: 1, payment_type: 'coins', total_price: 1 },
    logged_on: '2026-03-13T14:59:50Z',
  });
  const second = { payment_id: 2, timestamp: '2026-03-13T14:59:55Z' };
  await service.webhook(notificationText(second));
  // An adjustment is a delivery, and no payment: the last payment stays the one that it was.
  service.clock.ms += 5 * 3_600_000;
  const adjustment = { adjustment_id: 'a', payment_id: 3, kind: 'refund', amount: 1 };
  const adjusted = { ...adjustment, adjusted_on: '2026-03-13T19:00:00Z' };
  expect((await service.post('/api/v1/adjustments', 'admin', adjusted)).statusCode).toBe(201);
  const { rows, lag } = await sourcesOf(service, '?days=1');
  expect(rows[0]).toEqual({
    ...{ source: 'webhook', deliveries: 1, recorded: 1, duplicate: 0, conflict: 0, invalid: 0 },
    ...{ error_rate: 0, last_recorded: '2026-03-13T15:00:00Z' },
  });
  expect(rows[1]).toMatchObject({ source: 'api', recorded: 2, last_recorded: '2026-03-13T15:00:00Z' });
  expect(lag).toMatchObject({ payments: 2, p50_seconds: 7.5, max_seconds: 10 });
  expect((await sourcesOf(service, '?days=7')).rows[0]).toEqual({
    ...{ source: 'webhook', deliveries: 5, recorded: 2, duplicate: 1, conflict: 1, invalid: 1 },
    ...{ error_rate: 0.4, last_recorded: '2026-03-13T15:00:00Z' },
  });
  expect((await sourcesOf(service, '?days=7&as_of=1')).rows[0].last_recorded).toBe('2026-03-10T15:00:00Z');
});

test('pull and sync tell up to where they have read; a sync that has read nothing yet, that it has not', async () => {
  const service = await openTestApp();
  await saveMeta(service.app.store, {
    ...{ pulled_source: 'https://bytemark.example/payments#payments', pulled_until: '1773100000' },
    ...{ synced_source: 'portal at db.example', synced_id: String(Number.MIN_SAFE_INTEGER) },
    synced_at: '1773150000',
  });
  const { pull, sync } = await sourcesOf(service);
  expect(pull).toEqual({
    name: 'https://bytemark.example/payments#payments',
    watermark: '2026-03-09T23:46:40Z',
  });
  expect(sync).toEqual({
    ...{ name: 'portal at db.example', watermark: null, synced_at: '2026-03-10T13:40:00Z' },
  });
  await saveMeta(service.app.store, { synced_id: '4711' });
  expect((await sourcesOf(service)).sync.watermark).toBe(4711);
});
