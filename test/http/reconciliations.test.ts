/** Exceptions of reconciliation over HTTP: analysts read them by pages, an administrator decides. */
import { expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../support/app.js';
import { inputFile } from '../support/importing.js';

const DECIDE = '/api/v1/reconciliations/items/decide';
const FROM = Date.UTC(2026, 2, 1) / 1000;

interface Item {
  readonly id: number;
  readonly kind: string;
  readonly payment_id: number;
  readonly status: string;
}

interface Items {
  readonly rows: readonly Item[];
  readonly next_cursor: string | null;
}

/** Payments 1 to 4 are settled and not here; one more cannot be read. */
async function reconciled(): Promise<TestApp> {
  const service = await openTestApp();
  const { reconcile } = await service.app.writeSide();
  const lines = [1, 2, 3, 4].map((id) => `${id},coins,2.50,2026-03-01T1${id}:00:00Z`);
  const header = 'payment_id,payment_type,total_price,logged_on';
  const file = inputFile(
    'settled.csv',
    [header, ...lines, '9,coins,-1.00,2026-03-01T09:00:00Z', ''].join('\n'),
  );
  const settlement = { file, unit: 'major', time: 'iso', zone: null } as const;
  await reconcile({ span: { from: FROM, to: FROM + 86_400 }, settlement });
  return service;
}

async function itemsOf(service: TestApp, query = ''): Promise<Items> {
  const answer = await service.get(`/api/v1/reconciliations/items${query}`, 'analyst');
  expect(answer.statusCode).toBe(200);
  return answer.json();
}

test('analysts see runs with their reports, and every exception once, page by page', async () => {
  const service = await reconciled();
  const runs = (await service.get('/api/v1/reconciliations', 'analyst')).json();
  expect(runs).toMatchObject({ rows: [{ id: 1, source: 'file', name: 'settled.csv' }], next_cursor: null });
  const run = (await service.get('/api/v1/reconciliations/1', 'analyst')).json();
  expect(run.report).toMatchObject({
    counts: { missing_here: 4, unreadable_there: 1 },
    open: 5,
    totals: { total_here: 0, total_there: 10, difference: -10 },
  });
  const ids: number[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: Items = await itemsOf(service, `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    ids.push(...page.rows.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  expect(ids).toEqual([...ids].sort((a, b) => b - a));
  expect(ids).toHaveLength(5);
  const filtered = async (query: string): Promise<number[]> =>
    (await itemsOf(service, query)).rows.map(({ payment_id }) => payment_id).sort();
  expect(await filtered('?kind=unreadable_there')).toEqual([9]);
  expect(await filtered('?payment_id=3')).toEqual([3]);
  expect(await filtered('?source=api')).toEqual([]);
  expect(await filtered('?run=1&status=open')).toEqual([1, 2, 3, 4, 9]);
  expect(await filtered('?status=accepted')).toEqual([]);
});

test('an administrator decides one or many, and the audit tells who and why', async () => {
  const service = await reconciled();
  const [first, second, third] = (await itemsOf(service)).rows.map(({ id }) => id);
  const accepted = await service.post(DECIDE, 'admin', {
    decision: 'accept',
    ids: [first],
    reason: 'settled by hand',
  });
  expect([accepted.statusCode, accepted.json().rows[0].status]).toEqual([200, 'accepted']);
  const until = { until: '2026-04-01', reason: 'ticket 17' };
  const ignored = await service.post(DECIDE, 'admin', { decision: 'ignore', ids: [second, third], ...until });
  expect(ignored.json().rows).toMatchObject([
    { status: 'ignored', until: '2026-04-01T05:00:00Z', reason: 'ticket 17' },
    { status: 'ignored' },
  ]);
  expect((await itemsOf(service, '?status=open')).rows).toHaveLength(2);
  const { rows } = (await service.get('/api/v1/audit')).json();
  const told = rows.filter(({ action }: { action: string }) => action.startsWith('reconciliation.'));
  expect(told).toMatchObject([
    {
      action: 'reconciliation.ignore',
      operation: `POST ${DECIDE}`,
      filter: { ids: [third, second].sort(), reason: 'ticket 17' },
    },
    { action: 'reconciliation.accept', filter: { ids: [first] } },
  ]);
});

test.each([
  ['another decision', { decision: 'forget' }, 400],
  ['to correct what no adjustment mends', { decision: 'correct', ids: [1, 2, 3, 4, 5] }, 409],
  ['a field that is not known', { status: 'open' }, 400],
  ['an id that is text', { ids: ['1'] }, 400],
  ['no reason', { reason: '' }, 400],
  ['a day that is over', { decision: 'ignore', until: '2026-01-01' }, 400],
  ['a day that is none', { decision: 'ignore', until: 'tomorrow' }, 400],
  ['an item that is not there', { ids: [1, 4711] }, 404],
])('%s is refused, and nothing is decided', async (_, changes, status) => {
  const service = await reconciled();
  const answer = await service.post(DECIDE, 'admin', {
    decision: 'accept',
    ids: [1],
    reason: 'known',
    ...changes,
  });
  expect(answer.statusCode).toBe(status);
  expect((await itemsOf(service, '?status=open')).rows).toHaveLength(5);
});

test.each(['ingest', 'analyst', 'researcher'] as const)('%s may not decide', async (role) => {
  const service = await reconciled();
  const answer = await service.post(DECIDE, role, { decision: 'accept', ids: [1], reason: 'known' });
  expect(answer.statusCode).toBe(403);
});
