import { expect, test } from 'vitest';
import { freshSqliteUrl } from '../support/databases.js';
import { openTestFarelog } from '../support/farelog.js';
import { inputFile } from '../support/importing.js';
import { failureOf } from '../support/promises.js';

test('the library reconciles with a settlement file, lists what it found, and takes a decision', async () => {
  const farelog = await openTestFarelog({ databaseUrl: freshSqliteUrl() });
  const payment = { payment_id: 7, user_id: 'rider-1', order_id: 1, payment_type: 'credit_card' };
  await farelog.insertPaymentSafely({ ...payment, total_price: '2.50', logged_on: '2026-03-01T15:00:00Z' });
  const header = 'payment_id,user_id,order_id,payment_type,total_price,logged_on';
  const lines = [
    '7,rider-1,1,credit_card,2.75,2026-03-01T15:00:00Z',
    '8,rider-2,2,coins,1.10,2026-03-01T16:00:00Z',
  ];
  const file = inputFile('settled.csv', [header, ...lines, ''].join('\n'));
  const settlement = { file, unit: 'major', time: 'iso', zone: null } as const;
  const request = { from: '2026-03-01', to: new Date('2026-03-02T06:00:00Z'), settlement };
  const report = await farelog.reconcile({ ...request, dryRun: true });
  expect(report).toMatchObject({ id: null, recorded: 0, open: 2, counts: { differs: 1, missing_here: 1 } });
  expect(await farelog.reconcile(request)).toMatchObject({ id: 1, recorded: 1, open: 1 });
  expect(await farelog.getPaymentTransactions({ orderId: 2 })).toMatchObject([
    { payment_id: 8, total_price: 1.1 },
  ]);
  const [item] = await farelog.reconciliationItems();
  expect(item).toMatchObject({
    kind: 'differs',
    fields: [{ field: 'total_price', here: '2.50', there: '2.75' }],
  });
  const decision = { decision: 'accept', ids: [item?.id ?? 0], reason: 'known' } as const;
  expect(await farelog.decideReconciliationItems(decision)).toMatchObject([
    { status: 'accepted', decided_by: 'library' },
  ]);
  expect(await farelog.reconciliationItems()).toEqual([]);
  const correction = { ...decision, decision: 'correct' } as const;
  expect(await farelog.decideReconciliationItems(correction)).toMatchObject([{ status: 'corrected' }]);
  expect(await farelog.reconcile(request)).toMatchObject({ open: 0, totals: { difference: 0 } });
  expect(await farelog.verify()).toMatchObject({ ok: true, adjustments: 1 });
  const { settlement: _, ...withoutFile } = request;
  expect(await failureOf(farelog.reconcile(withoutFile))).toMatchObject({ code: 'settings' });
});
