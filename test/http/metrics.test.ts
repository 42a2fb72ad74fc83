/** The metrics of a service as Prometheus scrapes them. */
import { describe, expect, test } from 'vitest';
import { notificationText, openTestApp, type TestApp } from '../support/app.js';
import { DATABASES, describeOn } from '../support/databases.js';

/** The value of each series by its name with labels. */
async function scrape({ get }: TestApp): Promise<Map<string, number>> {
  const { body } = await get('/metrics');
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

for (const database of DATABASES) {
  describeOn(database, () => {
    test('tell what was delivered, committed and posted, and what lies in the database', async () => {
      const service = await openTestApp({ url: await database.freshUrl() });
      for (const id of [1, 2, 3]) await service.webhook(notificationText({ payment_id: id }));
      await service.webhook('{');
      const series = await scrape(service);
      expect(series.get('farelog_deliveries_total{source="webhook",outcome="recorded"}')).toBe(3);
      expect(series.get('farelog_deliveries_total{source="webhook",outcome="invalid"}')).toBe(1);
      expect(series.get('farelog_batch_deliveries_count')).toBe(4);
      expect(series.get('farelog_batch_deliveries_sum')).toBe(4);
      expect(series.get('farelog_commit_duration_seconds_count{result="ok"}')).toBe(4);
      expect(series.get('farelog_commit_retries_total')).toBe(0);
      expect(series.get('farelog_queue_deliveries')).toBe(0);
      expect(series.get('farelog_queue_limit_deliveries')).toBe(10_000);
      expect(series.get('farelog_database_up')).toBe(1);
      expect(series.get('farelog_journal_payments')).toBe(3);
      expect(series.get('farelog_quarantine_open_deliveries')).toBe(1);
      expect(series.get('farelog_last_capture_timestamp_seconds')).toBe(service.clock.ms / 1000);
      expect(series.get('farelog_last_posting_timestamp_seconds')).toBe(0);
      const build = [...series.keys()].find((name) => name.startsWith('farelog_build_info'));
      expect(build).toContain(`database="${database.dialect}"`);
      expect([...series.keys()].some((name) => name.startsWith('nodejs_eventloop_lag'))).toBe(true);
    });
  });
}

test('tell of scheduled work, whichever instance does it', async () => {
  const service = await openTestApp();
  const { store, signals } = service.app;
  const due = { due_ms: 1_773_200_000_000, last_done_ms: 1_773_100_000_000, failures: 2 };
  await store.knex('farelog_schedule').where('name', 'pull').update(due);
  signals.jobEnded('pull', 'failed');
  const series = await scrape(service);
  expect(series.get('farelog_job_due_timestamp_seconds{job="pull"}')).toBe(1_773_200_000);
  expect(series.get('farelog_job_done_timestamp_seconds{job="pull"}')).toBe(1_773_100_000);
  expect(series.get('farelog_job_failures{job="pull"}')).toBe(2);
  expect(series.get('farelog_scheduled_runs_total{job="pull",outcome="failed"}')).toBe(1);
  expect([...series.keys()].filter((name) => name.includes('job="sync"'))).toEqual([]);
});

describe('names', () => {
  test('follow Prometheus: a prefix, base units, totals that count', async () => {
    const service = await openTestApp();
    const { body } = await service.get('/metrics');
    const declared = [...body.matchAll(/^# TYPE (farelog_\w+) (\w+)$/gm)].map(([, name = '', type]) => ({
      name,
      type,
    }));
    expect(declared.length).toBeGreaterThan(15);
    for (const { name, type } of declared) {
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|mb)(_|$)/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    }
  });
});

test('a delivery that the queue has no room for is counted as one', async () => {
  const service = await openTestApp({ environment: { FARELOG_QUEUE_DELIVERIES: '1' } });
  const bodies = [1, 2, 3, 4].map((id) => notificationText({ payment_id: id }));
  const statuses = (await Promise.all(bodies.map((body) => service.webhook(body)))).map(
    ({ statusCode }) => statusCode,
  );
  const refused = statuses.filter((status) => status === 503).length;
  expect(refused).toBeGreaterThan(0);
  const series = await scrape(service);
  expect(series.get('farelog_deliveries_total{source="webhook",outcome="busy"}')).toBe(refused);
});

test('without a database they say so, leave out what it would tell, and count what was not kept', async () => {
  const service = await openTestApp();
  await service.app.store.knex.schema.dropTable('farelog_captures');
  expect((await service.webhook(notificationText())).statusCode).toBe(503);
  const series = await scrape(service);
  expect(series.get('farelog_database_up')).toBe(0);
  for (const name of [
    'farelog_journal_payments',
    'farelog_quarantine_open_deliveries',
    'farelog_last_capture_timestamp_seconds',
  ])
    expect([name, series.get(name)]).toEqual([name, undefined]);
  expect(series.get('farelog_deliveries_total{source="webhook",outcome="unavailable"}')).toBe(1);
  expect(series.get('farelog_commit_duration_seconds_count{result="failed"}')).toBe(1);
});

test('a posting is told with its payments and its time', async () => {
  const service = await openTestApp();
  const { signals } = service.app;
  expect(await signals.onPostings(async () => 7)()).toBe(7);
  expect(await signals.onPostings(async () => 0)()).toBe(0);
  await expect(signals.onPostings(() => Promise.reject(new Error('no')))()).rejects.toThrow('no');
  signals.retried();
  const series = await scrape(service);
  expect(series.get('farelog_posting_duration_seconds_count')).toBe(1);
  expect(series.get('farelog_posted_payments_total')).toBe(7);
  expect(series.get('farelog_posting_failures_total')).toBe(1);
  expect(series.get('farelog_commit_retries_total')).toBe(1);
  expect(series.get('farelog_last_posting_timestamp_seconds')).toBeGreaterThan(performance.timeOrigin / 1000);
});
