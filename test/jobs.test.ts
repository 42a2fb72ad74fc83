/** What a scheduled run asks its provider for, and what it tells of itself. */
import { expect, test } from 'vitest';
import type { RunControl } from '../src/ingest/lease.js';
import { workOf } from '../src/jobs.js';
import { openTestApp } from './support/farelog.js';
import { startProvider, type TestProvider, TOKEN } from './support/provider.js';

/** A quarter past noon in Chicago, two days after clocks went forward. */
const NOW = Date.parse('2026-03-10T17:15:00Z');

async function openOn(payments: readonly object[]) {
  const data = { payments, page_count: 1, total_count: payments.length };
  const pagination = { page: 1, per_page: 500, next: null };
  const provider = await startProvider(({ method }) =>
    method === 'POST' ? TOKEN : { body: { errors: [], data: { ...data, pagination } } },
  );
  const app = await openTestApp({
    environment: {
      FARELOG_DATABASE_URL: 'sqlite::memory:',
      FARELOG_BYTEMARK_URL: provider.url,
      FARELOG_BYTEMARK_CLIENT_ID: 'farelog',
      FARELOG_BYTEMARK_CLIENT_SECRET: 'a-client-secret',
      FARELOG_PULL_OVERLAP_HOURS: '6',
      FARELOG_PULL_WINDOW_HOURS: '8760',
      FARELOG_RECONCILE_DAYS: '3',
    },
    clock: () => NOW,
  });
  return { app, provider };
}

const CONTROL: RunControl = { signal: new AbortController().signal, alive: () => undefined };

/** From and to of the pages that were asked for. */
function asked(provider: TestProvider): (string | null)[] {
  const { searchParams } = new URL(provider.pages()[0]?.path ?? '', provider.url);
  return [searchParams.get('from'), searchParams.get('to')];
}

test('a first pull begins an overlap before now, and tells what it did', async () => {
  const row = { payment_id: 7, user_id: 'rider', order_id: 8, payment_method: 'card', amount: '2.50' };
  const { app, provider } = await openOn([{ ...row, timestamp: '2026-03-10T16:00:00Z' }]);
  expect(await workOf(app, 'pull')(CONTROL)).toEqual({
    needsAttention: false,
    message: '1 fetched, 1 recorded',
  });
  expect(asked(provider)).toEqual(['2026-03-10T11:15:00Z', '2026-03-10T17:15:00Z']);
});

test('a reconciliation looks at whole local days before today', async () => {
  const { app } = await openOn([]);
  const told = await workOf(app, 'reconcile')(CONTROL);
  expect(told).toEqual({ needsAttention: false, message: '0 records read, 0 recorded' });
  const [run] = await app.store.knex('farelog_reconciliations').select('from_s', 'to_s');
  const iso = (second: number): string => new Date(second * 1000).toISOString();
  expect([iso(run.from_s), iso(run.to_s)]).toEqual(['2026-03-07T06:00:00.000Z', '2026-03-10T05:00:00.000Z']);
});

test('a run whose lease is over ends at its next step', async () => {
  const row = { user_id: 'rider', order_id: 8, payment_method: 'card', amount: '2.50' };
  const rows = [1, 2].map((payment_id) => ({ ...row, payment_id, timestamp: '2026-03-10T16:00:00Z' }));
  const { app } = await openOn(rows);
  const over = new Error('the lease is over');
  const alive = (): never => {
    throw over;
  };
  await expect(workOf(app, 'pull')({ ...CONTROL, alive })).rejects.toBe(over);
});

test('a job without its settings says which', async () => {
  const app = await openTestApp({ environment: { FARELOG_DATABASE_URL: 'sqlite::memory:' } });
  await expect(workOf(app, 'pull')(CONTROL)).rejects.toThrow('FARELOG_BYTEMARK_URL');
  await expect(workOf(app, 'sync')(CONTROL)).rejects.toThrow('FARELOG_PORTAL_URL');
});
