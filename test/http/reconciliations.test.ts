/** Reconciliation over HTTP: analysts read runs and exceptions by pages and as files, an administrator starts and decides. */
import { expect, test, vi } from 'vitest';
import { showRun } from '../../src/ingest/reconciliation-runs.js';
import { openTestApp, type TestApp } from '../support/app.js';
import { inputFile } from '../support/importing.js';
import { startProvider } from '../support/provider.js';

const RUNS = '/api/v1/reconciliations';
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
  await service.post(DECIDE, 'admin', { decision: 'accept', ids: [1], reason: 'known' });
  const runs = (await service.get('/api/v1/reconciliations', 'analyst')).json();
  expect(runs).toMatchObject({
    rows: [
      { id: 1, source: 'file', name: 'settled.csv', headline: { open: 5, total_there: 10 }, open_now: 4 },
    ],
    next_cursor: null,
  });
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
  expect(await filtered('?run=1&status=open')).toHaveLength(4);
  expect(await filtered('?status=accepted')).toHaveLength(1);
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

test('an administrator corrects one or many: figures are net of it, and the audit tells why', async () => {
  const service = await openTestApp();
  const { reconcile } = await service.app.writeSide();
  const paid = { user_id: 'rider-1', order_id: 1, payment_type: 'credit_card', total_price: '2.50' };
  for (const payment_id of [1, 2])
    await service.post('/api/v1/payments', 'ingest', {
      ...paid,
      payment_id,
      logged_on: '2026-03-01T15:00:00Z',
    });
  const lines = [
    'payment_id,payment_type,total_price,logged_on',
    '1,credit_card,2.75,2026-03-01T15:00:00Z',
    '',
  ];
  const settlement = {
    file: inputFile('settled.csv', lines.join('\n')),
    unit: 'major',
    time: 'iso',
  } as const;
  const span = { from: FROM, to: FROM + 86_400 };
  await reconcile({ span, settlement: { ...settlement, zone: null } });
  const decision = { decision: 'correct', ids: [1, 2], reason: 'ticket 17' };
  const corrected = await service.post(DECIDE, 'admin', decision);
  expect([corrected.statusCode, corrected.json().rows]).toMatchObject([
    200,
    [{ status: 'corrected', reason: 'ticket 17' }, { status: 'corrected' }],
  ]);
  expect((await service.get('/api/v1/adjustments')).json().rows).toMatchObject([
    { kind: 'void', payment_id: 2, amount: -2.5, reason: 'ticket 17', counted: true },
    { kind: 'correction', payment_id: 1, amount: 0.25, reason: 'ticket 17', counted: true },
  ]);
  const { rows } = (await service.get('/api/v1/audit?action=reconciliation.correct')).json();
  expect(rows).toMatchObject([{ filter: { ids: [1, 2], reason: 'ticket 17' } }]);
  const again = await service.post(DECIDE, 'admin', decision);
  expect([again.statusCode, again.json().detail]).toEqual([409, expect.stringContaining('1 (corrected)')]);
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

test('counts tell how many there are of each kind and status, of all and of a run’s time', async () => {
  const service = await reconciled();
  await service.post(DECIDE, 'admin', { decision: 'accept', ids: [1], reason: 'known' });
  const counts = async (query = '') =>
    (await service.get(`/api/v1/reconciliations/items/counts${query}`, 'analyst')).json().rows;
  const all = [
    { kind: 'missing_here', status: 'accepted', items: 1 },
    { kind: 'missing_here', status: 'open', items: 3 },
    { kind: 'unreadable_there', status: 'open', items: 1 },
  ];
  expect(await counts()).toEqual(all);
  expect(await counts('?of_run=1')).toEqual(all);
});

test('items of a run’s time are found whichever run saw them last, and by when they were paid', async () => {
  const service = await reconciled();
  const { reconcile } = await service.app.writeSide();
  const file = inputFile(
    'other.csv',
    'payment_id,payment_type,total_price,logged_on\n7,coins,1.00,2026-03-02T08:00:00Z\n',
  );
  await reconcile({
    span: { from: FROM + 86_400, to: FROM + 2 * 86_400 },
    settlement: { file, unit: 'major', time: 'iso', zone: null },
  });
  const found = async (query: string): Promise<number[]> =>
    (await itemsOf(service, query)).rows.map(({ payment_id }) => payment_id).sort();
  expect(await found('?of_run=1')).toEqual([1, 2, 3, 4, 9]);
  expect(await found('?of_run=2')).toEqual([7]);
  expect(await found('?from=2026-03-01T12:00:00Z&to=2026-03-01T14:00:00Z')).toEqual([2, 3]);
});

test('files for finance have every item and every total, and numbers stay numbers', async () => {
  const service = await reconciled();
  await service.post(DECIDE, 'admin', { decision: 'accept', ids: [1], reason: '=settled by hand' });
  const items = await service.get('/api/v1/reconciliations/items?format=csv&kind=missing_here', 'analyst');
  const lines = items.body.trim().split('\r\n');
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/^id,source,kind,status,payment_id,order_id,payment_type,total_price,at,fields,/);
  expect(lines.at(-1)).toContain("'=settled by hand");
  expect(lines.at(-1)).toContain('test admin');
  const totals = await service.get('/api/v1/reconciliations/1/totals?format=csv', 'analyst');
  expect(totals.body.split('\r\n').slice(0, 2)).toEqual([
    'date,payment_type,payments_here,total_here,payments_there,total_there,difference,' +
      'matched,internal_currency,pending,missing_here,missing_there,differs,duplicate_there,unreadable_there',
    '2026-03-01,coins,0,0,4,10,-10,0,0,0,-10,0,0,0,0',
  ]);
  expect(totals.headers['content-disposition']).toContain('farelog-reconciliation-1.csv');
});

test('an administrator starts one against the provider, and its failure is told to whoever looks', async () => {
  const provider = await startProvider(() => ({ status: 401, body: { error: 'invalid_client' } }));
  const service = await openTestApp({
    environment: {
      FARELOG_BYTEMARK_URL: provider.url,
      FARELOG_BYTEMARK_CLIENT_ID: 'farelog',
      FARELOG_BYTEMARK_CLIENT_SECRET: 'wrong',
    },
  });
  const span = { from: '2026-03-01', to: '2026-03-02' };
  const refused = await service.post(RUNS, 'admin', { ...span, to: '2026-03-01' });
  expect([refused.statusCode, refused.json().detail]).toEqual([400, expect.stringContaining('before')]);
  const started = await service.post(RUNS, 'admin', span);
  expect([started.statusCode, started.json()]).toEqual([202, { id: 1 }]);
  await vi.waitFor(async () => {
    const run = (await service.get(`${RUNS}/1`, 'analyst')).json();
    expect(run).toMatchObject({ report: null, failure: expect.stringContaining('FARELOG_BYTEMARK_') });
  });
  expect((await service.get(RUNS, 'analyst')).json()).toMatchObject({
    rows: [{ id: 1, headline: null, finished: expect.any(String) }],
    can_start: true,
    under_way: null,
  });
  const { rows } = (await service.get('/api/v1/audit?action=reconciliation.start')).json();
  expect(rows[0]).toMatchObject({ filter: { ...span, pending_hours: 24 } });
  expect((await service.get(`${RUNS}/1/totals`, 'analyst')).statusCode).toBe(409);
});

test('while one is under way no other is started, and closing ends it', async () => {
  const provider = await startProvider(() => null);
  const environment = {
    FARELOG_BYTEMARK_URL: provider.url,
    FARELOG_BYTEMARK_CLIENT_ID: 'farelog',
    FARELOG_BYTEMARK_CLIENT_SECRET: 'secret',
  };
  const service = await openTestApp({ environment });
  const span = { from: '2026-03-01', to: '2026-03-02' };
  await service.post(RUNS, 'admin', span);
  expect((await service.get(RUNS, 'analyst')).json().under_way).toEqual({
    ...{ id: 1, read: 0, compared: 0, exceptions: 0 },
  });
  expect((await service.post(RUNS, 'admin', span)).statusCode).toBe(409);
  await service.server.close();
  expect(await showRun(service.app.store, 1)).toMatchObject({ failure: expect.stringContaining('stopped') });
});

test('without a provider nothing can be started', async () => {
  const service = await openTestApp();
  const answer = await service.post(RUNS, 'admin', { from: '2026-03-01', to: '2026-03-02' });
  expect([answer.statusCode, answer.json().detail]).toEqual([
    409,
    expect.stringContaining('FARELOG_BYTEMARK_URL'),
  ]);
  expect((await service.get(RUNS, 'analyst')).json().can_start).toBe(false);
});
