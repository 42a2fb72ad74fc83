/** Gross, adjustments and net in every figure, against plain sums, before and after posting, and as of an earlier state. */
import { describe, expect, test } from 'vitest';
import type { App } from '../../src/app.js';
import { DATABASES, describeOn, freshSqliteUrl, type TestDatabase } from '../support/databases.js';
import { adjusting, batchOf, delivery, SAMPLE_S } from '../support/deliveries.js';
import { openTestApp } from '../support/farelog.js';
import { failureOf } from '../support/promises.js';

const DAY = 86_400;
const at = (second: number): string => new Date(second * 1000).toISOString();
/** 2025-04-06 in Chicago, where SAMPLE_S lies, and the two days after it. */
const RANGE = { from: '2025-04-06', to: '2025-04-09' };

/**
 * Two riders: card 2.50 and 2.50, coins 1.00, all on the first day. On the second 1.00 of the first is given back, on
 * the third the coins are voided; a correction of the first day adds 0.25. One waits for its payment.
 */
async function adjustedApp(database: TestDatabase): Promise<App> {
  const app = await openTestApp({
    databaseUrl: await database.freshUrl(),
    clock: () => (SAMPLE_S + 5 * DAY) * 1000,
  });
  await app.store.commit(
    batchOf(
      [
        delivery({ payment_id: 1 }),
        delivery({ payment_id: 2, user_id: 'rider-2' }),
        delivery({ payment_id: 3, payment_type: 'coins', price_minor: 100, logged_s: SAMPLE_S + 60 }),
      ],
      {
        adjustments: [
          adjusting(),
          adjusting({ adjustment_id: 'v', payment_id: 3, kind: 'void', adjusted_s: SAMPLE_S + 2 * DAY }),
          adjusting({
            adjustment_id: 'c',
            payment_id: 2,
            kind: 'correction',
            amount_minor: 25,
            adjusted_s: SAMPLE_S + 90,
          }),
          adjusting({ adjustment_id: 'w', payment_id: 99 }),
        ],
      },
    ),
    0,
  );
  return app;
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    test.each(['before', 'after'] as const)('stand beside every gross figure, %s posting', async (when) => {
      const app = await adjustedApp(database);
      if (when === 'after') await app.post();
      const { figures } = app;
      const { now } = await figures.overview(RANGE);
      expect(now).toMatchObject({ payments: 3, revenue: 6, adjustments: -1.75, net_revenue: 4.25 });
      const { rows: methods } = await figures.methods(RANGE);
      expect(
        methods.map((row) => [row.payment_type, row.total_revenue, row.adjustments, row.net_revenue]),
      ).toEqual([
        ['credit_card', 5, -0.75, 4.25],
        ['coins', 1, -1, 0],
      ]);
      const { rows: days } = await figures.trends('daily', RANGE);
      expect(days.map((row) => [row.date, row.revenue, row.adjustments, row.net_revenue])).toEqual([
        ['2025-04-06', 6, 0.25, 6.25],
        ['2025-04-07', 0, -1, -1],
        ['2025-04-08', 0, -1, -1],
      ]);
      const { rows: riders } = await figures.topRiders(RANGE);
      expect(riders.map((row) => [row.user_id, row.total_spent, row.adjustments, row.net_spent])).toEqual([
        ['rider-1', 3.5, -2, 1.5],
        ['rider-2', 2.5, 0.25, 2.75],
      ]);
      const { overview, monthly } = await figures.spending('rider-1');
      expect(overview).toMatchObject({ total_spent: 3.5, adjustments: -2, net_spent: 1.5 });
      expect(monthly).toMatchObject([{ monthly_total: 3.5, adjustments: -2, net_total: 1.5 }]);
      const report = await figures.report(RANGE);
      expect(report.summary).toMatchObject({ total_revenue: 6, adjustments: -1.75, net_revenue: 4.25 });
      expect(report.trends.map(({ net_revenue }) => net_revenue)).toEqual([6.25, -1, -1]);
      expect(report.paymentMethods.map(({ net_revenue }) => net_revenue)).toEqual([4.25, 0]);
      expect(report.userAnalysis?.map(({ net_spent }) => net_spent)).toEqual([1.5, 2.75]);
    });

    test('a range without payments has its adjustments, also where it cuts the hour', async () => {
      const app = await adjustedApp(database);
      await app.post();
      const second = { from: at(SAMPLE_S + DAY), to: at(SAMPLE_S + DAY + 1) };
      const { now } = await app.figures.overview(second);
      expect(now).toMatchObject({ payments: 0, revenue: 0, adjustments: -1, net_revenue: -1, avg_price: 0 });
      const { rows } = await app.figures.methods(second);
      expect(rows).toMatchObject([{ payment_type: 'credit_card', transaction_count: 0, net_revenue: -1 }]);
      expect((await app.figures.trends('daily', { ...second, fill: false })).rows).toHaveLength(1);
      expect((await app.figures.averagePrices()).get('credit_card')).toBe(250);
    });

    test('as of an earlier state, what came in later does not count, and is told as a restatement', async () => {
      const app = await adjustedApp(database);
      const before = await app.figures.overview(RANGE);
      const late = (SAMPLE_S + 4 * DAY) * 1000;
      // One that waited is counted by its payment, one comes anew.
      await app.store.commit(
        batchOf([delivery({ payment_id: 99, received_ms: late })], {
          adjustments: [adjusting({ adjustment_id: 'late', amount_minor: -40, received_ms: late })],
        }),
        0,
      );
      await app.post();
      const since = at(SAMPLE_S + 3 * DAY);
      expect(await app.figures.overview({ ...RANGE, asOf: since })).toEqual(before);
      expect(await app.figures.overview({ ...RANGE, asOf: String(before.as_of) })).toEqual(before);
      const { now } = await app.figures.overview(RANGE);
      expect(now).toMatchObject({ revenue: 8.5, adjustments: -3.15, net_revenue: 5.35 });
      const { rows } = await app.figures.restatements({ ...RANGE, since });
      expect(rows.map((row) => [row.date, row.late_revenue, row.late_adjustments, row.adjustments])).toEqual([
        ['2025-04-06', 2.5, 0, 0],
        ['2025-04-07', 0, 2, -1.4],
      ]);
      expect(rows[1]?.reason).toBe('Monday 2025-04-07 has 2 adjustments of -1.40 USD more');
    });
  });
}

test('a currency of other digits is refused where adjustments are kept in those of before', async () => {
  const url = freshSqliteUrl();
  const app = await openTestApp({ databaseUrl: url });
  await app.store.commit(batchOf([delivery()], { adjustments: [adjusting()] }), 0);
  const other = await openTestApp({
    databaseUrl: url,
    environment: { FARELOG_CURRENCY: 'JPY' },
    acceptStaleLedger: true,
  });
  expect(await failureOf(other.rebuild())).toMatchObject({ code: 'settings' });
  expect(await app.verify()).toMatchObject({ ok: true, adjustments: 1 });
});

describe('erasing a rider', () => {
  test('keeps every sum, and takes the reasons', async () => {
    const [memory] = DATABASES.filter(({ name }) => name === 'sqlite memory');
    if (memory === undefined) throw new Error('no database in memory');
    const app = await adjustedApp(memory);
    await app.post();
    const before = await app.figures.overview(RANGE);
    const { riders } = await app.writeSide();
    const { payments } = await riders.erase(
      { pseudonyms: ['rider-1'] },
      { actor: 'command:test', operation: 'test' },
    );
    expect(payments).toBe(2);
    const after = await app.figures.overview(RANGE);
    expect(after.now).toEqual({ ...before.now, riders: before.now.riders - 1 });
    expect(await app.verify()).toMatchObject({ ok: true, adjustments: 3 });
    expect((await app.figures.topRiders(RANGE)).rows).toMatchObject([
      { user_id: 'rider-2', net_spent: 2.75 },
    ]);
    const rows = await app.store.knex('farelog_adjustments').select('reason').whereIn('payment_id', [1, 3]);
    expect(rows).toEqual([{ reason: null }, { reason: null }]);
    await app.rebuild();
    expect(await app.figures.overview(RANGE)).toEqual(after);
  });
});
