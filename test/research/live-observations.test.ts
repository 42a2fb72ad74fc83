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
import { adjusting, batchOf, delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { emptyBooks } from '../support/figures.js';
import { calendarOf, secondOf } from '../support/local-calendar.js';
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

/** What stands in one row: a payment, or an adjustment. */
interface Row {
  readonly date: string;
  readonly type: string;
  readonly payments: number;
  readonly minor: number;
  readonly adjusted: number;
}

/** Payments and minor units by day and type. */
type Sums = Record<string, readonly [payments: number, revenue: number, adjustments: number]>;

function sumsOf(rows: Iterable<Row>): Sums {
  const sums = new Map<string, { payments: number; minor: number; adjusted: number }>();
  for (const { date, type, payments, minor, adjusted } of rows) {
    const key = `${date} ${type}`;
    const before = sums.get(key) ?? { payments: 0, minor: 0, adjusted: 0 };
    sums.set(key, {
      payments: before.payments + payments,
      minor: before.minor + minor,
      adjusted: before.adjusted + adjusted,
    });
  }
  return Object.fromEntries(
    [...sums].map(([key, { payments, minor, adjusted }]) => [key, [payments, minor / 100, adjusted / 100]]),
  );
}

function* rowsOf({ size, day, type, types, price, adjustments }: Observations): Generator<Row> {
  const dateAt = (days: Int32Array, i: number): string => dateOf(days[i] ?? Number.NaN);
  const typeAt = (numbers: Uint16Array, i: number): string => types[numbers[i] ?? -1] ?? '?';
  for (let i = 0; i < size; i++)
    yield { date: dateAt(day, i), type: typeAt(type, i), payments: 1, minor: price[i] ?? 0.5, adjusted: 0 };
  for (let i = 0; i < adjustments.size; i++) {
    const own = { date: dateAt(adjustments.day, i), type: typeAt(adjustments.type, i) };
    yield { ...own, payments: 0, minor: 0, adjusted: adjustments.amount[i] ?? 0.5 };
  }
}

const payment = fc.record({
  user_id: fc.constantFrom('a', 'A', 'á', 'b', 'withdrawn', ERASED),
  payment_type: fc.constantFrom('credit_card', 'Credit_Card', 'other'),
  price_minor: fc.constantFrom(1, 250, 275, 99_999_999),
  logged_s: fc.integer({ min: FIRST_S, max: FIRST_S + DAYS * 86_400 }),
  /** What is given back of it, in minor units, and how many seconds later. */
  back: fc.option(
    fc.record({ minor: fc.constantFrom(1, 250, 500), afterS: fc.integer({ min: 0, max: 3 * 86_400 }) }),
  ),
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
          await app.store.knex('farelog_adjustments').delete();
          const adjustments = payments.flatMap(({ logged_s, back }, i) =>
            back === null
              ? []
              : [
                  adjusting({
                    ...{ adjustment_id: `a${i}`, payment_id: i + 1, amount_minor: -back.minor },
                    adjusted_s: logged_s + back.afterS,
                  }),
                ],
          );
          const deliveries = payments.map(({ back: _, ...one }, i) =>
            delivery({ ...one, payment_id: i + 1 }),
          );
          await app.store.commit(batchOf(deliveries, { adjustments }), 0);
          const date = (days: number): string => dateOf(Math.floor(FIRST_S / 86_400) - 1 + days);
          const range = { from: date(Math.min(a, b)), to: date(Math.max(a, b) + 1) };
          const seen = await observe(app, range);
          const dates = calendarOf(ZONE);
          const isIn = (second: number): boolean =>
            second >= dates.startOfDate(range.from) && second < dates.startOfDate(range.to);
          const isOut = ({ user_id }: { user_id: string }): boolean =>
            user_id === 'withdrawn' || user_id === ERASED;
          const out = payments
            .filter(isOut)
            .flatMap(({ logged_s, payment_type: type, price_minor, back }) => {
              const paid = {
                date: dates.dateOf(logged_s),
                type,
                payments: 1,
                minor: price_minor,
                adjusted: 0,
              };
              const backS = logged_s + (back?.afterS ?? 0);
              const given = {
                date: dates.dateOf(backS),
                type,
                payments: 0,
                minor: 0,
                adjusted: -(back?.minor ?? 0),
              };
              return [...(isIn(logged_s) ? [paid] : []), ...(back !== null && isIn(backS) ? [given] : [])];
            });
          const { rows } = await app.figures.trends('daily', { ...range, byType: true, fill: false });
          const figures = Object.fromEntries(
            rows.map(({ date, payment_type, transactions, revenue, adjustments: adjusted }) => [
              `${date} ${payment_type}`,
              [transactions, revenue, adjusted],
            ]),
          );
          expect(sumsOf([...rowsOf(seen), ...out])).toEqual(figures);
          const kept = payments.filter((one) => !isOut(one));
          const isSeen = ({ logged_s, back }: (typeof kept)[number]): boolean =>
            isIn(logged_s) || (back !== null && isIn(logged_s + back.afterS));
          expect(new Set(seen.riders)).toEqual(new Set(kept.filter(isSeen).map(({ user_id }) => user_id)));
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
      const next_ms = (FIRST_S + 60) * 1000;
      await recordAll(app, [
        delivery({ payment_id: 4, user_id: 'z', logged_s: FIRST_S + 1, received_ms: next_ms }),
      ]);
      expect((await observe(app)).size).toBe(4);
      const earlier = await observe(app, { asOf: sequence });
      expect([earlier.size, earlier.provenance.sequence]).toEqual([3, sequence]);
      expect(earlier.riders).toEqual(now.riders);
      // That state stood until the next capture came in.
      expect(now.provenance).toMatchObject({ read_at: '2025-12-15T12:34:56Z' });
      expect(earlier.provenance).toMatchObject({ read_at: '2025-10-30T00:01:00Z' });
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
