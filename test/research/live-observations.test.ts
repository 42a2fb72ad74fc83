/** The live database as observations: the same payments as the figures count, to the cent, but for who is left out. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { App } from '../../src/app.js';
import { ERASED } from '../../src/domain/erasure.js';
import { dateOf } from '../../src/research/days.js';
import { type LiveRequest, observeLive } from '../../src/research/live-observations.js';
import type { Observations } from '../../src/research/observations.js';
import { addWithdrawn } from '../../src/store/withdrawals.js';
import { DATABASES, describeOn } from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { emptyBooks } from '../support/figures.js';
import { calendarOf, secondOf } from '../support/local-calendar.js';
import { moneyOf } from '../support/plain-figures.js';
import { failureOf } from '../support/promises.js';

const ZONE = 'America/Chicago';
const NOW = secondOf('2025-12-15T12:34:56Z');
/** Around the change of the clocks on 2 November. */
const FIRST_S = secondOf('2025-10-30T00:00:00Z');
const DAYS = 7;

function openAt(databaseUrl = 'sqlite::memory:'): Promise<App> {
  return openTestApp({
    databaseUrl,
    environment: { FARELOG_REPORT_TIMEZONE: ZONE },
    clock: () => NOW * 1000,
  });
}

const observe = ({ store, reader, clock }: App, request: LiveRequest = {}): Promise<Observations> =>
  observeLive({ store, calendar: reader.calendar, currency: reader.currency, clock }, request);

/** Payments and minor units by day and type. */
type Sums = Record<string, { transactions: number; revenue: number }>;

function sumsOf(payments: Iterable<readonly [date: string, type: string, minor: number]>): Sums {
  const sums = new Map<string, { transactions: number; minor: bigint }>();
  for (const [date, type, minor] of payments) {
    const before = sums.get(`${date} ${type}`) ?? { transactions: 0, minor: 0n };
    const after = { transactions: before.transactions + 1, minor: before.minor + BigInt(minor) };
    sums.set(`${date} ${type}`, after);
  }
  return Object.fromEntries(
    [...sums].map(([key, { transactions, minor }]) => [key, { transactions, revenue: moneyOf(minor, 2) }]),
  );
}

function* paymentsOf({ size, day, type, types, price }: Observations) {
  for (let i = 0; i < size; i++)
    yield [dateOf(day[i] ?? Number.NaN), types[type[i] ?? -1] ?? '?', price[i] ?? -1] as const;
}

const payment = fc.record({
  user_id: fc.constantFrom('a', 'A', 'á', 'b', 'withdrawn', ERASED),
  payment_type: fc.constantFrom('credit_card', 'Credit_Card', 'other'),
  price_minor: fc.constantFrom(1, 250, 275, 99_999_999),
  logged_s: fc.integer({ min: FIRST_S, max: FIRST_S + DAYS * 86_400 }),
});

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    test('sums by day and type are those of the figures, and nobody is in them who must not be', async () => {
      const app = await openAt(await database.freshUrl());
      await addWithdrawn(app.store.knex, ['withdrawn'], 0);
      const cut = fc.tuple(fc.integer({ min: 0, max: DAYS }), fc.integer({ min: 0, max: DAYS }));
      const scene = fc.tuple(fc.array(payment, { maxLength: 40 }), cut);
      await fc.assert(
        fc.asyncProperty(scene, async ([payments, [a, b]]) => {
          await emptyBooks(app);
          const deliveries = payments.map((one, i) => delivery({ ...one, payment_id: i + 1 }));
          await recordAll(app, deliveries);
          const date = (days: number): string => dateOf(Math.floor(FIRST_S / 86_400) - 1 + days);
          const range = { from: date(Math.min(a, b)), to: date(Math.max(a, b) + 1) };
          const seen = await observe(app, range);
          const dates = calendarOf(ZONE);
          const inRange = ({ logged_s }: { logged_s: number }): boolean =>
            logged_s >= dates.startOfDate(range.from) && logged_s < dates.startOfDate(range.to);
          const out = payments
            .filter(inRange)
            .filter(({ user_id }) => user_id === 'withdrawn' || user_id === ERASED)
            .map((one) => [dates.dateOf(one.logged_s), one.payment_type, one.price_minor] as const);
          const { rows } = await app.figures.trends('daily', { ...range, byType: true, fill: false });
          const figures = Object.fromEntries(
            rows.map(({ date, payment_type, transactions, revenue }) => [
              `${date} ${payment_type}`,
              { transactions, revenue },
            ]),
          );
          expect(sumsOf([...paymentsOf(seen), ...out])).toEqual(figures);
          const riders = payments.filter(inRange).map(({ user_id }) => user_id);
          const kept = new Set(riders.filter((who) => who !== 'withdrawn' && who !== ERASED));
          expect(new Set(seen.riders)).toEqual(kept);
          expect([...seen.second]).toEqual([...seen.second].sort((x, y) => x - y));
        }),
        { numRuns: 25 },
      );
    });

    test('riders, lags and an earlier capture are as they were recorded', async () => {
      const app = await openAt(await database.freshUrl());
      await recordAll(app, [
        delivery({ payment_id: 1, user_id: 'x', logged_s: FIRST_S, received_ms: (FIRST_S + 3) * 1000 }),
        delivery({ payment_id: 2, user_id: 'y', logged_s: FIRST_S + 1, source: 'import' }),
        delivery({ payment_id: 3, user_id: 'x', logged_s: FIRST_S + 2, received_ms: (FIRST_S + 2) * 1000 }),
      ]);
      const now = await observe(app);
      expect([...now.rider].map((number) => now.riders[number])).toEqual(['x', 'y', 'x']);
      expect([...now.lag]).toEqual([3, Number.NaN, 0]);
      const { sequence } = now.provenance;
      await recordAll(app, [delivery({ payment_id: 4, user_id: 'z', logged_s: FIRST_S + 1 })]);
      expect((await observe(app)).size).toBe(4);
      const earlier = await observe(app, { asOf: sequence });
      expect([earlier.size, earlier.provenance.sequence]).toEqual([3, sequence]);
      expect(earlier.riders).toEqual(now.riders);
    });
  });
}

test('columns grow beyond their first length', async () => {
  const app = await openAt();
  const many = 20_000;
  await recordAll(
    app,
    Array.from({ length: many }, (_, i) =>
      delivery({ payment_id: i + 1, user_id: `r${i % 700}`, price_minor: i + 1, logged_s: FIRST_S + i }),
    ),
  );
  const { size, price, riders, second } = await observe(app);
  expect([size, price.length, riders.length]).toEqual([many, many, 700]);
  expect(price.every((minor, i) => minor === i + 1 && second[i] === FIRST_S + i)).toBe(true);
});

test('by default the period goes from the first payment to the last, and not into today', async () => {
  const app = await openAt();
  expect(await observe(app)).toMatchObject({ from: '2025-12-14', to: '2025-12-15', size: 0 });
  const at = (payment_id: number, instant: string) =>
    delivery({ payment_id, logged_s: secondOf(instant), user_id: `r${payment_id}` });
  await recordAll(app, [at(1, '2025-11-03T05:59:59Z'), at(2, '2025-11-20T12:00:00Z')]);
  expect(await observe(app)).toMatchObject({ from: '2025-11-02', to: '2025-11-21', size: 2 });
  await recordAll(app, [at(3, '2025-12-15T06:00:00Z')]);
  expect(await observe(app)).toMatchObject({ from: '2025-11-02', to: '2025-12-15', size: 2 });
  expect(await observe(app, { from: '2025-12-15' })).toMatchObject({ to: '2025-12-16', size: 1 });
});

test.each<[string, LiveRequest, RegExp]>([
  ['no date', { from: '2025-02-30' }, /from must be a date such as .* a day of America\/Chicago begins/],
  ['an instant within a day', { to: '2025-11-03T05:00:00Z' }, /to must be a date/],
  ['an end before the beginning', { from: '2025-11-03', to: '2025-11-03' }, /from must lie before to/],
  ['a capture that is not there', { asOf: 7 }, /as_of 7 is not captured yet; the newest capture is 0/],
])('%s is refused', async (_, request, message) => {
  const app = await openAt();
  expect(await failureOf(observe(app, request))).toMatchObject({ code: 'usage' });
  expect(String(await failureOf(observe(app, request)))).toMatch(message);
});

test('an instant at which a local day begins is that day', async () => {
  const app = await openAt();
  const request = { from: '2025-11-03T06:00:00Z', to: '2025-11-05T00:00:00-06:00' };
  expect(await observe(app, request)).toMatchObject({ from: '2025-11-03', to: '2025-11-05' });
});

test('more payments than may be read are refused with the way out', async () => {
  const app = await openAt();
  await recordAll(app, [
    delivery({ payment_id: 1, logged_s: FIRST_S }),
    delivery({ payment_id: 2, logged_s: FIRST_S }),
  ]);
  expect((await observe(app, { maxPayments: 2 })).size).toBe(2);
  expect(String(await failureOf(observe(app, { maxPayments: 1 })))).toMatch(/over 1 payments.*shorter one/);
});
