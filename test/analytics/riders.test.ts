/** Riders: pages of riders by spend, how spending is spread, and who is new. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantileOf } from '../../src/analytics/quantiles.js';
import { sortedAscending } from '../../src/analytics/rider-totals.js';
import { giniOf, lorenzOf } from '../../src/analytics/riders.js';
import type { App } from '../../src/app.js';
import type { Delivery } from '../../src/domain/outcome.js';
import type { FigureRequest } from '../../src/index.js';
import { DATABASES, describeOn } from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { emptyBooks, POSTINGS, post } from '../support/figures.js';
import { DAY, secondOf } from '../support/local-calendar.js';
import * as plain from '../support/plain-figures.js';
import { failureOf } from '../support/promises.js';
import { expectFigures } from '../support/same-figures.js';

const NOW = secondOf('2026-01-15T12:34:56Z');
const FROM = secondOf('2025-12-01T00:00:00Z');
const RANGE = { from: FROM, to: secondOf('2026-01-01T00:00:00Z') };
const REQUEST = { from: '2025-12-01', to: '2026-01-01' };

function openIn(databaseUrl: string, zone = 'UTC'): Promise<App> {
  return openTestApp({
    databaseUrl,
    environment: { FARELOG_REPORT_TIMEZONE: zone },
    clock: () => NOW * 1000,
  });
}

/** A payment each of riders who spend that. */
function spenders(spent: readonly (readonly [string, number])[]): Delivery[] {
  return spent.map(([user_id, price_minor], index) =>
    delivery({ payment_id: index + 1, user_id, price_minor, logged_s: FROM + index }),
  );
}

const MAX_PAGES = 200;

/** All pages of a size, from the report or from the list of riders. */
async function pagesOf(
  { figures }: App,
  request: FigureRequest,
  limit: number,
  from: 'report' | 'list',
): Promise<plain.PlainRider[][]> {
  const pages: plain.PlainRider[][] = [];
  let cursor: string | undefined;
  do {
    const riders = { limit, cursor };
    const { rows, next_cursor } =
      from === 'list'
        ? await figures.topRiders({ ...request, ...riders })
        : await figures
            .report({ ...request, riders })
            .then(({ userAnalysis, next_cursor }) => ({ rows: userAnalysis ?? [], next_cursor }));
    pages.push([...rows]);
    if (pages.length > MAX_PAGES) throw new Error('the pages come to no end');
    cursor = next_cursor ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

function cut<T>(all: readonly T[], size: number): T[][] {
  const pages: T[][] = [];
  for (let at = 0; at < all.length; at += size) pages.push(all.slice(at, at + size));
  return pages.length === 0 ? [[]] : pages;
}

/** Names of many kinds, also such that a collation takes for one, or that a cursor could stumble over. */
const NAMES = ['a', 'A', 'á', 'a|b', '|', '1|2', 'ß', '日本', '😀', 'z'].flatMap((name) =>
  ['', '0', '00', '1'].map((end) => `${name}${end}`),
);
const SPENDING = [100, 100, 100, 250, 1, 999_999_999_999_999];

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    test('pages of any size give each rider once, by spend and among equals by id', async () => {
      const app = await openIn(await database.freshUrl());
      const anyRiders = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 40 });
      const anySpending = fc.array(fc.constantFrom(...SPENDING), { minLength: 120, maxLength: 120 });
      await fc.assert(
        fc.asyncProperty(
          anyRiders,
          anySpending,
          fc.constantFrom(...POSTINGS),
          async (riders, spending, posting) => {
            await emptyBooks(app);
            const payments = Array.from({ length: riders.length === 0 ? 0 : 120 }, (_, index) => {
              return [riders[index % riders.length] ?? '', spending[index] ?? 1] as const;
            });
            const deliveries = spenders(payments);
            await recordAll(app, deliveries);
            await post(app, posting, deliveries.length);
            const all = plain.topRiders({ zone: 'UTC', digits: 2, deliveries, now: NOW }, RANGE);
            for (const size of [1, 2, 3, 7, all.length, all.length + 1].filter((one) => one > 0)) {
              expect(await pagesOf(app, REQUEST, size, 'list')).toEqual(cut(all, size));
            }
            expect(await pagesOf(app, REQUEST, 5, 'report')).toEqual(cut(all, 5));
          },
        ),
        { numRuns: database.dialect === 'sqlite' ? 12 : 4 },
      );
    });

    test('as of a capture, pages go on as they began, whatever comes in between them', async () => {
      const app = await openIn(await database.freshUrl());
      await recordAll(app, spenders(Array.from({ length: 30 }, (_, rider) => [`r${rider}`, 100])));
      const { rows: all, as_of } = await app.figures.topRiders({ ...REQUEST, limit: 1_000 });
      expect(all).toHaveLength(30);
      const found: plain.PlainRider[] = [];
      let cursor: string | undefined;
      for (let page = 0; page === 0 || cursor !== undefined; page++) {
        const answer = await app.figures.topRiders({ ...REQUEST, asOf: String(as_of), limit: 4, cursor });
        found.push(...answer.rows);
        cursor = answer.next_cursor ?? undefined;
        if (page > MAX_PAGES) throw new Error('the pages come to no end');
        const more = { payment_id: 100 + page, price_minor: 50, logged_s: FROM };
        await recordAll(app, [
          delivery({ ...more, user_id: `r${page}` }),
          delivery({ ...more, payment_id: 200 + page, user_id: `new ${page}` }),
        ]);
        await post(app, POSTINGS[page % POSTINGS.length] ?? 'none', page + 30);
      }
      expect(found).toEqual(all);
    });

    test('equal spending past 2^53 keeps riders apart, and a minor unit of difference orders them', async () => {
      const app = await openIn(await database.freshUrl());
      const times = Array.from({ length: 20 }, () => 999_999_999_999_999);
      const deliveries = spenders([
        ...times.map((price): [string, number] => ['most', price]),
        ...times.map((price): [string, number] => ['equal b', price]),
        ...times.map((price): [string, number] => ['equal a', price]),
        ['most', 1],
        ['little', 1],
      ]);
      await recordAll(app, deliveries);
      for (const posting of ['none', 'half', 'all'] as const) {
        await post(app, posting, deliveries.length);
        const pages = await pagesOf(app, REQUEST, 1, 'list');
        expect(pages.flat().map((row) => row.user_id)).toEqual(['most', 'equal a', 'equal b', 'little']);
      }
    });

    test('riders who all spend the same have the Gini coefficient 0, and (n − 1) / n where one spends all', async () => {
      const app = await openIn(await database.freshUrl());
      for (const n of [1, 2, 3, 10, 97]) {
        const riders = Array.from({ length: n }, (_, rider) => `r${rider}`);
        await emptyBooks(app);
        await recordAll(app, spenders(riders.map((rider) => [rider, 37])));
        const equal = await app.figures.spendingDistribution(REQUEST);
        expect(equal).toMatchObject({ riders: n, gini: 0, avg_spent: 0.37 });
        expect(equal.lorenz).toEqual(
          Array.from({ length: 11 }, (_, tenth) => ({
            riders_share: tenth / 10,
            spending_share: tenth / 10,
          })),
        );
        expect(new Set(equal.quantiles.map(({ value }) => value))).toEqual(new Set([0.37]));
        await emptyBooks(app);
        await recordAll(app, spenders(riders.map((rider, index) => [rider, index === 0 ? 900 : 0])));
        await post(app, 'all', n);
        const one = await app.figures.spendingDistribution(REQUEST);
        expect(one).toMatchObject({ riders: n, total_spent: 9 });
        expect(one.gini).toBeCloseTo((n - 1) / n, 6);
        const below = one.lorenz.filter(({ riders_share }) => riders_share <= (n - 1) / n + 1e-9);
        expect(below.every(({ spending_share }) => spending_share === 0)).toBe(true);
        expect(one.lorenz.at(-1)).toEqual({ riders_share: 1, spending_share: 1 });
      }
    });

    test('fares of zero count as payments of riders who spent nothing', async () => {
      const app = await openIn(await database.freshUrl());
      await recordAll(
        app,
        spenders([
          ['a', 0],
          ['b', 0],
        ]),
      );
      const spread = await app.figures.spendingDistribution(REQUEST);
      expect(spread).toMatchObject({ riders: 2, total_spent: 0, avg_spent: 0, gini: 0 });
      expect((await app.figures.topRiders(REQUEST)).rows).toEqual([
        { user_id: 'a', transaction_count: 1, total_spent: 0, adjustments: 0, net_spent: 0 },
        { user_id: 'b', transaction_count: 1, total_spent: 0, adjustments: 0, net_spent: 0 },
      ]);
    });

    test('riders whom another program paid back more than they spent are in the list, last', async () => {
      const app = await openIn(await database.freshUrl());
      const rows = [2.5, -2.5, -7, -7, 1, -1].map((total_price, index) => ({
        payment_id: index + 1,
        user_id: `r${index}`,
        order_id: 1,
        payment_type: 'coins',
        total_price,
        logged_on: '2025-12-01 00:00:00',
      }));
      await app.store.knex('hntb_bytemark_order_payments').insert(rows);
      await app.rebuild();
      const { rows: all } = await app.figures.topRiders(REQUEST);
      expect(all.map((row) => [row.user_id, row.total_spent])).toEqual([
        ['r0', 2.5],
        ['r4', 1],
        ['r5', -1],
        ['r1', -2.5],
        ['r2', -7],
        ['r3', -7],
      ]);
      for (const size of [1, 2, 3, 5, 6, 7])
        expect(await pagesOf(app, REQUEST, size, 'list')).toEqual(cut(all, size));
    });

    test('a range of no payment has no riders, and nothing is divided by them', async () => {
      const app = await openIn(await database.freshUrl());
      const { riders, total_spent, avg_spent, gini, quantiles, lorenz } =
        await app.figures.spendingDistribution(REQUEST);
      expect({ riders, total_spent, avg_spent, gini, quantiles }).toEqual({
        riders: 0,
        total_spent: 0,
        avg_spent: 0,
        gini: 0,
        quantiles: [],
      });
      expect(lorenz).toHaveLength(11);
      expect(await app.figures.topRiders(REQUEST)).toMatchObject({ rows: [], next_cursor: null });
      expect((await app.figures.riderActivity('weekly', REQUEST)).rows.every((row) => row.riders === 0)).toBe(
        true,
      );
    });

    test('values are sorted as the runtime sorts them, whichever way is taken', () => {
      const anyValue = fc.oneof(
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 0, max: 4_000_001 }),
        fc.constantFrom(-1, 0.5, 2 ** 53 - 1),
      );
      fc.assert(
        fc.property(fc.array(anyValue, { maxLength: 60 }), (values) => {
          expect([...sortedAscending(Float64Array.from(values))]).toEqual([
            ...Float64Array.from(values).sort(),
          ]);
        }),
      );
    });

    describe('rider activity', () => {
      const at = (payment_id: number, user_id: string, instant: string): Delivery =>
        delivery({ payment_id, user_id, logged_s: secondOf(instant) });
      /** Chicago: UTC − 6 in December. Week 202548 begins on Sunday, 30 November. */
      const payments = [
        at(1, 'early', '2025-11-29T12:00:00Z'),
        at(2, 'sunday', '2025-11-30T12:00:00Z'),
        at(3, 'sunday', '2025-12-03T17:00:00Z'),
        at(4, 'early', '2025-12-03T18:30:00Z'),
        at(5, 'fresh', '2025-12-03T18:30:01Z'),
        at(6, 'fresh', '2025-12-06T00:00:00Z'),
        at(7, 'sunday', '2025-12-06T00:00:00Z'),
        at(8, 'fresh', '2025-12-07T06:00:00Z'),
        at(9, 'last', '2025-12-07T06:00:00Z'),
      ];
      const ask = async (period: 'daily' | 'weekly' | 'monthly', from: string, to: string) => {
        const app = await openIn(await database.freshUrl(), 'America/Chicago');
        await recordAll(app, payments);
        const answers: unknown[] = [];
        for (const posting of POSTINGS) {
          await post(app, posting, payments.length);
          const { rows } = await app.figures.riderActivity(period, { from, to });
          answers.push(
            rows.map((row) => [
              row.date ?? row.week ?? row.month,
              row.riders,
              row.new_riders,
              row.returning_riders,
            ]),
          );
        }
        expect(answers).toEqual(POSTINGS.map(() => answers[0]));
        return answers[0];
      };

      test('begins inside a week with who pays in what is left of it; who paid before is not new', async () => {
        expect(await ask('weekly', '2025-12-03T18:00:00Z', '2025-12-08')).toEqual([
          [202548, 3, 1, 2],
          [202549, 2, 1, 1],
        ]);
        expect(await ask('weekly', '2025-11-30', '2025-12-07')).toEqual([[202548, 3, 2, 1]]);
      });

      test('begins and ends inside a month', async () => {
        expect(await ask('monthly', '2025-12-01', '2026-01-01')).toEqual([['2025-12', 4, 2, 2]]);
        expect(await ask('monthly', '2025-11-30', '2025-12-04')).toEqual([
          ['2025-11', 1, 1, 0],
          ['2025-12', 3, 1, 2],
        ]);
        expect(await ask('monthly', '2025-12-04', '2025-12-06')).toEqual([['2025-12', 2, 0, 2]]);
      });

      test('counts a rider once a day, and as new on the first', async () => {
        expect(await ask('daily', '2025-12-03T18:30:01Z', '2025-12-07T06:00:01Z')).toEqual([
          ['2025-12-03', 1, 1, 0],
          ['2025-12-04', 0, 0, 0],
          ['2025-12-05', 2, 0, 2],
          ['2025-12-06', 0, 0, 0],
          ['2025-12-07', 2, 1, 1],
        ]);
      });

      test('within one hour counts what lies there', async () => {
        expect(await ask('daily', '2025-12-03T18:30:00Z', '2025-12-03T18:30:01Z')).toEqual([
          ['2025-12-03', 1, 0, 1],
        ]);
      });
    });
  });
}

describe('what is no page is refused by its name', () => {
  test.each([0, -1, 1.5, 1_001, Number.NaN])('limit %s', async (limit) => {
    const { figures } = await openIn('sqlite::memory:');
    const usage = { code: 'usage', message: 'limit must be a whole number from 1 to 1000.' };
    expect(await failureOf(figures.topRiders({ ...REQUEST, limit }))).toMatchObject(usage);
    expect(await failureOf(figures.report({ ...REQUEST, riders: { limit } }))).toMatchObject(usage);
  });

  test.each([
    '',
    'x',
    'MTAw',
    Buffer.from('--1|r').toString('base64url'),
    Buffer.from('1e3|r').toString('base64'),
  ])('cursor %j', async (cursor) => {
    const { figures } = await openIn('sqlite::memory:');
    const usage = { code: 'usage', message: 'cursor must be the next_cursor of an earlier page.' };
    expect(await failureOf(figures.topRiders({ ...REQUEST, cursor }))).toMatchObject(usage);
    expect(await failureOf(figures.report({ ...REQUEST, riders: { cursor } }))).toMatchObject(usage);
  });
});

describe('spread, by vectors worked out by hand', () => {
  test.each<[number[], number]>([
    [[], 0],
    [[5], 0],
    [[0, 0, 0], 0],
    [[1, 1, 1, 1], 0],
    [[0, 0, 0, 1], 0.75],
    [[1, 2, 3, 4], 0.25],
    [[1, 3], 0.25],
    [[1, 2, 3, 4, 5], 0.266667],
  ])('the Gini coefficient of %j is %d', (values, gini) => {
    expect(giniOf(values)).toBe(gini);
  });

  test('the Lorenz curve of 1, 2, 3, 4 goes through its corners and between them in straight lines', () => {
    const shares = lorenzOf([1, 2, 3, 4]).map(({ spending_share }) => spending_share);
    expect(shares).toEqual([0, 0.04, 0.08, 0.14, 0.22, 0.3, 0.42, 0.54, 0.68, 0.84, 1]);
  });

  /** R: quantile(c(1, 2, 4, 8, 16), c(0, .05, .1, .25, .5, .75, .9, .95, .99, 1), type = 7) */
  test('quantiles are of type 7, as in R', () => {
    const values = [1, 2, 4, 8, 16];
    const list = { length: values.length, at: (index: number) => values[index] ?? 0 };
    const expected = [
      [0, 1],
      [0.05, 1.2],
      [0.1, 1.4],
      [0.25, 2],
      [0.5, 4],
      [0.75, 8],
      [0.9, 12.8],
      [0.95, 14.4],
      [0.99, 15.68],
      [1, 16],
    ];
    for (const [quantile = 0, value = 0] of expected)
      expect(quantileOf(list, quantile)).toBeCloseTo(value, 10);
    expect(quantileOf({ length: 0, at: () => 0 }, 0.5)).toBeUndefined();
  });

  test('a distribution of random spending equals its definition', async () => {
    const app = await openIn('sqlite::memory:');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 5_000 })), {
          maxLength: 150,
        }),
        async (payments) => {
          await emptyBooks(app);
          const deliveries = spenders(payments.map(([rider, price]) => [`r${rider}`, price]));
          await recordAll(app, deliveries);
          const { riders, total_spent, avg_spent, gini, quantiles, lorenz } =
            await app.figures.spendingDistribution({ days: Math.ceil((NOW - FROM) / DAY) });
          expectFigures(
            { riders, total_spent, avg_spent, gini, quantiles, lorenz },
            plain.spendingDistribution({ zone: 'UTC', digits: 2, deliveries, now: NOW }, RANGE),
          );
        },
      ),
      { numRuns: 25 },
    );
  });
});
