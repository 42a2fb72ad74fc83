/**
 * Money in every figure: sums past 2⁵³, prices of 15 digits, currencies without a minor unit and with three digits.
 * Not one minor unit is lost, and averages are rounded half away from zero.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { averageOf } from '../../src/domain/money.js';
import type { Delivery } from '../../src/domain/outcome.js';
import { DATABASES, describeOn } from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { emptyBooks, POSTINGS, post } from '../support/figures.js';
import { DAY, PERIODS, secondOf } from '../support/local-calendar.js';
import * as plain from '../support/plain-figures.js';
import { expectFigures } from '../support/same-figures.js';

const NOW = secondOf('2026-01-15T12:34:56Z');
const LARGEST = 999_999_999_999_999;
const RANGE = { from: secondOf('2025-11-01T00:00:00Z'), to: secondOf('2026-01-01T00:00:00Z') };
const REQUEST = { from: '2025-11-01', to: '2026-01-01' };

const CURRENCIES = [
  { currency: 'USD', digits: 2 },
  { currency: 'JPY', digits: 0 },
  { currency: 'KWD', digits: 3 },
];

/** Prices from one minor unit to the largest, in few hours and of few riders, so that sums pass 2⁵³ again and again. */
const anyDeliveries: fc.Arbitrary<Delivery[]> = fc
  .array(
    fc.record({
      logged_s: fc.oneof(
        fc.constantFrom(secondOf('2025-11-30T23:59:59Z'), secondOf('2025-12-01T00:00:00Z')),
        fc.integer({ min: RANGE.from, max: RANGE.to - 1 }),
        // So that there is a period before, and a month whose block is read as a whole.
        fc.integer({ min: RANGE.from - 60 * DAY, max: RANGE.from - 1 }),
      ),
      price_minor: fc.oneof(
        fc.constantFrom(1, LARGEST, LARGEST - 1, LARGEST - 2, 99_999_999_999_999),
        fc.integer({ min: LARGEST - 100_000, max: LARGEST }),
        fc.integer({ min: 1, max: LARGEST }),
        fc.integer({ min: 1, max: 1_000 }),
      ),
      payment_type: fc.constantFrom('credit_card', 'coins'),
      user_id: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
    }),
    { maxLength: 80 },
  )
  .map((payments) => payments.map((one, index) => delivery({ ...one, payment_id: index + 1 })));

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    test.each(CURRENCIES)('no figure in $currency drifts by one minor unit', async ({ currency, digits }) => {
      const app = await openTestApp({
        databaseUrl: await database.freshUrl(),
        environment: { FARELOG_REPORT_TIMEZONE: 'UTC', FARELOG_CURRENCY: currency },
        clock: () => NOW * 1000,
      });
      const { figures } = app;
      const oneScene = async (deliveries: readonly Delivery[], posting: (typeof POSTINGS)[number]) => {
        await emptyBooks(app);
        await recordAll(app, deliveries);
        await post(app, posting, deliveries.length);
        const books = { zone: 'UTC', digits, deliveries, now: NOW };
        expectFigures((await figures.methods(REQUEST)).rows, plain.methods(books, RANGE));
        for (const period of PERIODS) {
          const { rows } = await figures.trends(period, { ...REQUEST, fill: false, compare: 'month' });
          const options = { fill: false, compare: 'month' } as const;
          expectFigures(rows, plain.trends(books, period, RANGE, options));
        }
        expectFigures((await figures.profile(REQUEST)).rows, plain.profile(books, RANGE));
        const prices = await figures.prices(REQUEST);
        expectFigures(prices.rows, plain.prices(books, RANGE));
        for (const row of prices.rows) expectExactEnds(row, plain.within(books, RANGE), digits);
        const {
          from,
          to,
          zone,
          currency: code,
          as_of,
          as_of_received_at,
          ...spread
        } = await figures.spendingDistribution(REQUEST);
        expect([code, zone]).toEqual([currency, 'UTC']);
        expectFigures(spread, plain.spendingDistribution(books, RANGE));
        expectFigures((await figures.topRiders(REQUEST)).rows, plain.topRiders(books, RANGE));
        const { summary, before, trends, userAnalysis, paymentMethods } = await figures.report(REQUEST);
        expectFigures(
          { summary, before, trends, userAnalysis, paymentMethods },
          pickMoney(plain.report(books, RANGE)),
        );
        for (const rider of ['r1', 'nobody']) {
          const { overview, monthly } = await figures.spending(rider);
          expectFigures({ overview, monthly }, plain.spending(books, rider));
        }
        const { rows: restated } = await figures.restatements({ ...REQUEST, since: '0' });
        expectFigures(restated, plain.restatements(books, currency, RANGE, deliveries));
        const asOf = await figures.methods({ ...REQUEST, asOf: String(as_of) });
        expectFigures(asOf.rows, plain.methods(books, RANGE));
      };
      await fc.assert(fc.asyncProperty(anyDeliveries, fc.constantFrom(...POSTINGS), oneScene), {
        numRuns: database.dialect === 'sqlite' ? 15 : 4,
      });
    });
  });
}

/** The lowest and the highest price are prices that were paid, to the last digit. */
function expectExactEnds(
  row: { payment_type: string | null; quantiles: { value: number }[] },
  deliveries: readonly Delivery[],
  digits: number,
): void {
  const paid = deliveries
    .filter(({ payment }) => row.payment_type === null || payment.payment_type === row.payment_type)
    .map(({ payment }) => payment.price_minor);
  if (paid.length === 0) return;
  const ends = [row.quantiles.at(0)?.value, row.quantiles.at(-1)?.value];
  const exact = [Math.min(...paid), Math.max(...paid)].map((minor) => plain.moneyOf(BigInt(minor), digits));
  expect(ends).toEqual(exact);
}

function pickMoney(report: object): object {
  const { summary, before, trends, userAnalysis, paymentMethods } = report as Record<string, unknown>;
  return { summary, before, trends, userAnalysis, paymentMethods };
}

describe('averages have 4 decimals, half away from zero', () => {
  test.each<[string, number, number[], number]>([
    ['USD', 2, [1, 1, 1, 1, 1, 1, 1, 2], 0.0113],
    ['USD', 2, [1, 1, 1, 1, 1, 1, 2, 3], 0.0138],
    ['USD', 2, [1, 1, 2], 0.0133],
    ['USD', 2, [1, 2, 2], 0.0167],
    ['USD', 2, [LARGEST, LARGEST - 1], Number('9999999999999.985')],
    ['KWD', 3, [1, 1, 1, 2], 0.0013],
    ['KWD', 3, [1, 1, 2, 3], 0.0018],
    ['JPY', 0, [...Array(31).fill(1), 2], 1.0313],
    ['JPY', 0, [1, 2], 1.5],
  ])('%s with %i digits: of %j it is %d', async (currency, digits, prices, average) => {
    expect(
      averageOf(BigInt(prices.reduce((sum, one) => sum + one, 0)), prices.length, { code: '', digits }),
    ).toBe(average);
    const app = await openTestApp({
      databaseUrl: 'sqlite::memory:',
      environment: { FARELOG_REPORT_TIMEZONE: 'UTC', FARELOG_CURRENCY: currency },
      clock: () => NOW * 1000,
    });
    const payments = prices.map((price_minor, index) =>
      delivery({ payment_id: index + 1, price_minor, user_id: `r${index}`, logged_s: RANGE.from }),
    );
    await recordAll(app, payments);
    const { figures } = app;
    expect((await figures.methods(REQUEST)).rows[0]?.avg_transaction_value).toBe(average);
    expect((await figures.trends('daily', REQUEST)).rows[0]?.avg_transaction_value).toBe(average);
    expect((await figures.prices(REQUEST)).rows[0]?.avg_price).toBe(average);
    expect((await figures.spendingDistribution(REQUEST)).avg_spent).toBe(average);
    const { summary, paymentMethods } = await figures.report(REQUEST);
    expect([summary.avg_transaction, paymentMethods[0]?.avg_amount]).toEqual([average, average]);
  });

  test('and below zero as above', () => {
    expect([-9n, 9n, -1n, 1n].map((sum) => averageOf(sum, 8, { code: '', digits: 2 }))).toEqual([
      -0.0113, 0.0113, -0.0013, 0.0013,
    ]);
  });
});
