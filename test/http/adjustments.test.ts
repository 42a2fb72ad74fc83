/** Adjustments by webhook and by direct callers, and how they are read. */
import { describe, expect, test } from 'vitest';
import { notificationText, openTestApp, type TestApp } from '../support/app.js';

const REFUND = {
  adjustment_id: 'rf-1',
  payment_id: 1001,
  kind: 'refund',
  amount: '1.00',
  adjusted_on: '2026-03-10T14:59:50Z',
  reason: 'charged twice',
};

const post = (service: TestApp, body: unknown) => service.post('/api/v1/adjustments', 'ingest', body);
const list = async (service: TestApp, query = '') =>
  (await service.get(`/api/v1/adjustments${query}`, 'researcher')).json();
const idsOf = async (service: TestApp, query = ''): Promise<string[]> =>
  (await list(service, query)).rows.map(({ adjustment_id }: { adjustment_id: string }) => adjustment_id);

describe('by a direct caller', () => {
  test('is recorded once, waits for its payment, and shows with it', async () => {
    const service = await openTestApp();
    const first = await post(service, REFUND);
    expect(first.statusCode).toBe(201);
    expect(first.json()).toMatchObject({
      outcome: 'recorded',
      adjustment: { ...REFUND, amount: -1, source: 'api' },
      counted: false,
      over_adjusted: false,
    });
    await service.webhook(notificationText());
    const again = await post(service, { ...REFUND, amount: '-1' });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toMatchObject({ outcome: 'duplicate', counted: true });
    const payment = (await service.get('/api/v1/payments/1001', 'researcher')).json();
    expect(payment).toMatchObject({
      total_price: 2.5,
      adjusted: -1,
      net_price: 1.5,
      over_adjusted: false,
      adjustments: [{ adjustment_id: 'rf-1', amount: -1 }],
    });
  });

  test('with other content conflicts, and the first one stands', async () => {
    const service = await openTestApp();
    await post(service, REFUND);
    const other = await post(service, { ...REFUND, amount: '2', payment_id: 7, kind: 'void' });
    expect(other.statusCode).toBe(409);
    expect(other.json().problems.map(({ field }: { field: string }) => field)).toEqual([
      'payment_id',
      'kind',
      'amount',
    ]);
    expect(await service.count('farelog_adjustments')).toBe(1);
    expect(await service.count('farelog_quarantine')).toBe(0);
  });

  test.each([
    ['no name', { adjustment_id: undefined }, 'adjustment_id.required'],
    ['a name that is too long', { adjustment_id: 'x'.repeat(65) }, 'adjustment_id.too_long'],
    ['a name that is a card number', { adjustment_id: '4111111111111111' }, 'adjustment_id.card_number'],
    ['no payment', { payment_id: 0 }, 'payment_id.out_of_range'],
    ['an unknown kind', { kind: 'gift' }, 'kind.unknown'],
    ['nothing', { amount: '0.00' }, 'amount.zero'],
    ['half a cent', { amount: '0.005' }, 'amount.too_many_digits'],
    ['the future', { adjusted_on: '2026-03-10T15:02:00Z' }, 'adjusted_on.in_future'],
    ['another currency', { currency: 'EUR' }, 'currency.other_currency'],
    ['a reason that is no text', { reason: 7 }, 'reason.not_text'],
  ])('with %s is refused', async (_, changes, problem) => {
    const service = await openTestApp();
    const answer = await post(service, { ...REFUND, ...changes });
    expect(answer.statusCode).toBe(422);
    expect(
      answer.json().problems.map(({ field, code }: { field: string; code: string }) => `${field}.${code}`),
    ).toEqual([problem]);
    expect(await service.count('farelog_adjustments')).toBe(0);
  });

  test('more than was paid is kept, counts, and is flagged', async () => {
    const service = await openTestApp();
    await service.webhook(notificationText());
    const answer = await post(service, { ...REFUND, amount: '2.51' });
    expect(answer.json()).toMatchObject({ outcome: 'recorded', counted: true, over_adjusted: true });
    expect((await service.get('/api/v1/payments/1001', 'researcher')).json()).toMatchObject({
      net_price: -0.01,
      over_adjusted: true,
    });
    expect(await service.app.verify()).toMatchObject({ ok: true, adjustments_minor: '-251' });
  });

  test('many at once have an outcome each', async () => {
    const service = await openTestApp();
    const answer = await post(service, [
      REFUND,
      REFUND,
      { ...REFUND, kind: 'correction', amount: '-0.25', adjustment_id: 'co-1' },
      { ...REFUND, adjustment_id: 'rf-2', amount: 'much' },
    ]);
    expect(answer.statusCode).toBe(207);
    expect(answer.json().rows.map(({ status }: { status: number }) => status)).toEqual([201, 200, 201, 422]);
  });
});

describe('by webhook', () => {
  const payload = (changes: object = {}): string =>
    JSON.stringify({
      event_type: 'payment.refunded',
      refund_id: 'rf-9',
      payment_id: 1001,
      amount: '1.00',
      timestamp: '2026-03-10T14:59:50Z',
      ...changes,
    });

  test.each([
    ['an id of a refund', { event_type: undefined }, 'refund'],
    ['an event', { refund_id: undefined, event_id: 'rf-9' }, 'refund'],
    ['an event that is a void, in a payment', { event_type: 'voided', payment_method: 'card' }, 'void'],
    ['a type, without a way of paying', { event_type: undefined, type: 'correction' }, 'correction'],
  ])('is known by %s', async (_, changes, kind) => {
    const service = await openTestApp();
    const answer = await service.webhook(payload(changes));
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ adjustment: { adjustment_id: 'rf-9', kind, source: 'webhook' } });
  });

  test('a payment of a type that could be a word for a refund is a payment', async () => {
    const service = await openTestApp();
    const text = JSON.stringify({ ...JSON.parse(notificationText()), type: 'credit', refund_id: null });
    expect((await service.webhook(text)).json()).toMatchObject({ outcome: 'recorded', payment: {} });
  });

  test('what cannot be one goes to quarantine with its problems, and is recorded by a replay once mended', async () => {
    const service = await openTestApp();
    expect((await service.webhook(payload())).statusCode).toBe(201);
    const conflict = await service.webhook(payload({ amount: '2.00' }));
    expect(conflict.statusCode).toBe(202);
    expect(conflict.json()).toMatchObject({ outcome: 'conflict', problems: [{ field: 'amount' }] });
    const early = await service.webhook(payload({ refund_id: 'rf-10', timestamp: '2026-03-10T16:00:00Z' }));
    expect(early.json()).toMatchObject({ outcome: 'invalid', problems: [{ field: 'adjusted_on' }] });
    service.clock.ms += 3_600_000;
    const { quarantine_id } = early.json();
    const replayed = await service.post(`/api/v1/quarantine/${quarantine_id}/replay`, 'admin');
    expect(replayed.json()).toMatchObject({ outcome: 'recorded', adjustment: { source: 'replay' } });
  });

  test('names and words of a feed are settings', async () => {
    const service = await openTestApp({
      environment: {
        FARELOG_ADJUSTMENT_KINDS: 'terugbetaling=refund',
        FARELOG_ADJUSTMENT_FIELDS: 'adjustment_id=credit.no,amount=credit.value,kind=what',
      },
    });
    const text = JSON.stringify({
      what: 'Terugbetaling',
      credit: { no: 77, value: 1.25 },
      payment_id: 1001,
      timestamp: '2026-03-10T14:59:50Z',
    });
    expect((await service.webhook(text)).json()).toMatchObject({
      adjustment: { adjustment_id: '77', kind: 'refund', amount: -1.25 },
    });
  });
});

describe('the list', () => {
  test('filters, pages, and tells whose payment is not here', async () => {
    const service = await openTestApp();
    await service.webhook(notificationText());
    await post(service, [
      REFUND,
      { ...REFUND, adjustment_id: 'rf-2', payment_id: 2, adjusted_on: '2026-03-09T12:00:00Z' },
      { ...REFUND, adjustment_id: 'vo-1', kind: 'void', adjusted_on: '2026-03-08T12:00:00Z' },
    ]);
    expect(await idsOf(service)).toEqual(['rf-1', 'rf-2', 'vo-1']);
    expect(await idsOf(service, '?waiting=true')).toEqual(['rf-2']);
    expect(await idsOf(service, '?waiting=false')).toEqual(['rf-1', 'vo-1']);
    expect(await idsOf(service, '?kind=void')).toEqual(['vo-1']);
    expect(await idsOf(service, '?payment_id=2')).toEqual(['rf-2']);
    expect(await idsOf(service, '?from=2026-03-09&to=2026-03-10')).toEqual(['rf-2']);
    const { next_cursor } = await list(service, '?limit=2');
    expect(await idsOf(service, `?cursor=${next_cursor}`)).toEqual(['vo-1']);
    const csv = await service.get('/api/v1/adjustments?format=csv', 'researcher');
    expect(csv.body.split('\r\n')[1]).toBe(
      'rf-1,1001,refund,-1,2026-03-10T14:59:50Z,charged twice,api,2026-03-10T15:00:00Z,true',
    );
  });
});
