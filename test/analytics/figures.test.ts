/**
 * Every figure, over any range, in any zone, however far the ledger is posted, against the same figure worked out
 * plainly from the list of payments.
 */
import fc from 'fast-check';
import { describe, test } from 'vitest';
import type { App } from '../../src/app.js';
import type { Delivery } from '../../src/domain/outcome.js';
import { SOURCES } from '../../src/domain/outcome.js';
import type { FigureRequest, Period } from '../../src/index.js';
import { DATABASES, describeOn } from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { emptyBooks, POSTINGS, type Posting, post } from '../support/figures.js';
import { calendarOf, DAY, HOUR, isoOf, PERIODS, QUARTER, secondOf } from '../support/local-calendar.js';
import * as plain from '../support/plain-figures.js';
import { expectFigures } from '../support/same-figures.js';

const ZONES = [
  'UTC',
  'America/Chicago',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Asia/Kolkata',
  'Pacific/Chatham',
];
const NOW = secondOf('2026-01-15T12:34:56Z');

/** Changes of the clocks, a leap day, ends of months and of a year. */
const AROUND = [
  '2024-02-29T12:00:00Z',
  '2025-03-01T00:00:00Z',
  '2025-03-09T08:00:00Z',
  '2025-03-09T05:30:00Z',
  '2025-03-31T23:30:00Z',
  '2025-04-05T15:00:00Z',
  '2025-09-27T14:00:00Z',
  '2025-10-04T15:30:00Z',
  '2025-11-02T07:00:00Z',
  '2025-12-31T23:45:00Z',
].map(secondOf);

/** So that a week, a month and a year earlier have payments too. */
const SHIFTS = [0, 0, 0, 7, 28, 29, 30, 31, 62, 365, 366].map((days) => days * DAY);

interface Asked {
  readonly request: FigureRequest;
  readonly range: plain.Range;
}

interface Scene {
  readonly deliveries: readonly Delivery[];
  readonly asked: Asked;
  readonly posting: Posting;
  readonly period: Period;
  readonly fill: boolean;
  readonly byType: boolean;
  readonly compare: plain.EarlierName | undefined;
}

function anyInstant(around: number): fc.Arbitrary<number> {
  const near = fc.oneof(
    fc.integer({ min: -3 * HOUR, max: 3 * HOUR }),
    fc.integer({ min: -4 * DAY, max: 4 * DAY }),
    fc.integer({ min: -60, max: 60 }).map((quarters) => quarters * QUARTER),
    fc.constantFrom(-1, 0, 1),
  );
  return fc.tuple(near, fc.constantFrom(...SHIFTS)).map(([by, shift]) => around + by - shift);
}

/** Few riders and few prices, so that riders tie; names that collations take for equal. */
function anyDeliveries(around: number): fc.Arbitrary<Delivery[]> {
  const payment = fc.record({
    logged_s: anyInstant(around),
    price_minor: fc.oneof(fc.constantFrom(100, 100, 250, 275), fc.integer({ min: 1, max: 100_000 })),
    payment_type: fc.constantFrom('credit_card', 'coins', 'other', 'mobile_payment'),
    user_id: fc.constantFrom('r1', 'R1', 'ré', 're', 'r10', 'r2', 'r3'),
    source: fc.constantFrom(...SOURCES),
    lag_s: fc.oneof(fc.integer({ min: -50, max: 200 }), fc.integer({ min: 0, max: 40 * DAY })),
    ms: fc.integer({ min: 0, max: 999 }),
  });
  return fc.array(payment, { maxLength: 70 }).map((payments) =>
    payments.map(({ lag_s, ms, ...one }, index) => {
      const received_ms = (one.logged_s + lag_s) * 1000 + ms;
      return delivery({ ...one, received_ms, payment_id: index + 1 });
    }),
  );
}

/** Ranges that begin and end inside an hour, inside a day, at local midnights, at months; without end; of no payment. */
function anyRange(zone: string, around: number): fc.Arbitrary<Asked> {
  const calendar = calendarOf(zone);
  const instants = (from: number, to: number): Asked => ({
    request: { from: isoOf(from), to: isoOf(to) },
    range: { from, to },
  });
  const dates = (from: string, to: string): Asked => ({
    request: { from, to },
    range: { from: calendar.startOfDate(from), to: calendar.startOfDate(to) },
  });
  const instant = anyInstant(around);
  const short = fc.tuple(
    instant,
    fc.oneof(fc.integer({ min: 1, max: HOUR }), fc.integer({ min: 1, max: DAY })),
  );
  const ends = fc.tuple(instant, instant).filter(([a, b]) => a !== b);
  const date = fc.integer({ min: -70, max: 10 }).map((days) => calendar.dateOf(around + days * DAY));
  const month = fc.integer({ min: -14, max: 2 }).map((months) => {
    const day = new Date(around * 1000);
    day.setUTCDate(1);
    day.setUTCMonth(day.getUTCMonth() + months);
    return day.toISOString().slice(0, 10);
  });
  const ordered = (from: string, to: string): Asked => (from < to ? dates(from, to) : dates(to, from));
  return fc.oneof(
    short.map(([from, length]) => instants(from, from + length)),
    ends.map(([a, b]) => instants(Math.min(a, b), Math.max(a, b))),
    fc
      .tuple(date, date)
      .filter(([a, b]) => a !== b)
      .map(([a, b]) => ordered(a, b)),
    fc
      .tuple(month, month)
      .filter(([a, b]) => a !== b)
      .map(([a, b]) => ordered(a, b)),
    instant.map((from) => ({ request: { from: isoOf(from) }, range: { from, to: plain.NO_END } })),
    fc.integer({ min: 1, max: 500 }).map((days) => ({
      request: { days },
      range: { from: NOW - days * DAY, to: plain.NO_END },
    })),
    fc.constant(dates('2013-03-10', '2013-03-16')),
  );
}

function anyScene(zone: string): fc.Arbitrary<Scene> {
  return fc.constantFrom(...AROUND).chain((around) =>
    fc.record({
      deliveries: anyDeliveries(around),
      asked: anyRange(zone, around),
      posting: fc.constantFrom(...POSTINGS),
      period: fc.constantFrom(...PERIODS),
      fill: fc.boolean(),
      byType: fc.boolean(),
      compare: fc.constantFrom(undefined, 'week', 'month', 'year'),
    }),
  );
}

/** What every answer says about itself. */
async function aboutOf({ store }: App, { zone }: plain.Books, range: plain.Range): Promise<object> {
  const calendar = calendarOf(zone);
  const newest = await store.knex('farelog_captures').orderBy('sequence', 'desc').first();
  return {
    from: calendar.isoOf(range.from),
    to: range.to === plain.NO_END ? null : calendar.isoOf(range.to),
    zone,
    currency: 'USD',
    as_of: Number(newest?.sequence ?? 0),
    as_of_received_at:
      newest === undefined ? null : calendar.isoOf(Math.floor(Number(newest.received_ms) / 1000)),
  };
}

/** All figures of one question. */
async function expectAll({ figures }: App, books: plain.Books, scene: Scene, about: object): Promise<void> {
  const { asked, period, byType, compare } = scene;
  const { request, range } = asked;
  // Hours of years are too many to fill.
  const long = Math.min(range.to, NOW) - range.from > 40 * DAY;
  const fill = scene.fill && !(period === 'hourly' && long);
  const trendOptions = { fill, byType, ...(compare === undefined ? {} : { compare }) };
  const counted = period === 'hourly' ? 'daily' : period;
  const answers: [object, object][] = [
    [await figures.overview(request), plain.overview(books, range)],
    [await figures.methods(request), { rows: plain.methods(books, range) }],
    [
      await figures.trends(period, { ...request, ...trendOptions }),
      { rows: plain.trends(books, period, range, trendOptions) },
    ],
    [await figures.profile(request), { rows: plain.profile(books, range) }],
    [await figures.prices(request), { rows: plain.prices(books, range) }],
    [await figures.spendingDistribution(request), plain.spendingDistribution(books, range)],
    [await figures.riderActivity(counted, request), { rows: plain.riderActivity(books, counted, range) }],
    [await figures.topRiders(request), { rows: plain.topRiders(books, range), next_cursor: null }],
    [
      await figures.performance(request),
      {
        processingTimes: plain.processingTimes(books, range),
        errorRates: plain.recordedRates(books, range),
      },
    ],
    [await figures.report(request), plain.report(books, range)],
  ];
  for (const [actual, expected] of answers) expectFigures(actual, { ...expected, ...about });
  for (const rider of ['r1', 'ré', 'nobody']) {
    const { overview, monthly } = await figures.spending(rider);
    expectFigures({ overview, monthly }, plain.spending(books, rider));
  }
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    describe('every figure of any range', () => {
      test.each(ZONES)('equals what its payments add up to in %s', async (zone) => {
        const app = await openTestApp({
          databaseUrl: await database.freshUrl(),
          environment: { FARELOG_REPORT_TIMEZONE: zone },
          clock: () => NOW * 1000,
        });
        await fc.assert(
          fc.asyncProperty(anyScene(zone), async (scene) => {
            await emptyBooks(app);
            await recordAll(app, scene.deliveries);
            await post(app, scene.posting, scene.deliveries.length);
            const books = { zone, digits: 2, deliveries: scene.deliveries, now: NOW };
            await expectAll(app, books, scene, await aboutOf(app, books, scene.asked.range));
          }),
          { numRuns: database.dialect === 'sqlite' ? 25 : 6 },
        );
      });
    });
  });
}
