/** The silence alarm: when it must not cry, when it must, and that it counts the right hours. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CountedHour,
  isQuiet,
  lastHours,
  silenceOf,
  usualRange,
  weeksBefore,
} from '../../src/analytics/silence.js';
import type { Delivery } from '../../src/domain/outcome.js';
import { openTestApp as openTestServer } from '../support/app.js';
import { DATABASES, describeOn } from '../support/databases.js';
import { delivery } from '../support/deliveries.js';
import { openTestApp, recordAll } from '../support/farelog.js';
import { POSTINGS, post } from '../support/figures.js';
import { calendarOf, HOUR, isoOf, secondOf } from '../support/local-calendar.js';
import { failureOf } from '../support/promises.js';
import { zoneOf } from '../support/zones.js';

const CHICAGO = zoneOf('America/Chicago');
const WEEK = 7 * 24 * HOUR;

const weeks = fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 8 });
const payments = fc.integer({ min: 0, max: 2_000 });

/** Two full hours and 20 minutes of the third, on a Tuesday from 08:00 on. */
const START = secondOf('2025-04-08T08:00:00-05:00');

function hoursOf(
  full: Partial<CountedHour>,
  current: Partial<CountedHour> = {},
  elapsed = 1_200,
): CountedHour[] {
  const nothing = { payments: 0, earlier: [] };
  return [
    { ...nothing, span: { from: START, to: START + HOUR }, ...full },
    { ...nothing, span: { from: START + HOUR, to: START + HOUR + elapsed }, ...current },
  ];
}

const EIGHT = [180, 195, 205, 210, 213, 220, 231, 242];

describe('an hour', () => {
  test('is never quiet with under four weeks of history', () => {
    const few = fc.array(fc.integer({ min: 0, max: 1e6 }), { maxLength: 3 });
    fc.assert(
      fc.property(payments, few, (seen, earlier) => {
        expect(isQuiet(seen, usualRange(earlier))).toBe(undefined);
        expect(
          silenceOf(hoursOf({ payments: seen, earlier }, { payments: seen, earlier }), CHICAGO).alarm,
        ).toBe(false);
      }),
    );
  });

  test('is quiet only below its usual range, below half of the median, and far below', () => {
    fc.assert(
      fc.property(payments, weeks, (seen, earlier) => {
        const usual = usualRange(earlier);
        if (isQuiet(seen, usual) !== true || usual === undefined) return;
        expect(seen).toBeLessThan(usual.low);
        expect(seen * 2).toBeLessThan(usual.median);
        expect(usual.median - seen).toBeGreaterThan(3 * Math.sqrt(usual.median));
      }),
    );
  });

  test('with fewer payments is no less quiet, and the order of weeks says nothing', () => {
    fc.assert(
      fc.property(payments, fc.nat(50), weeks, (seen, fewer, earlier) => {
        const usual = usualRange(earlier);
        if (isQuiet(seen, usual) === true) expect(isQuiet(Math.max(0, seen - fewer), usual)).toBe(true);
        expect(usualRange(earlier.toReversed())).toEqual(usual);
      }),
    );
  });

  test('is quiet where nothing came in and something always does', () => {
    const busy = fc.array(fc.integer({ min: 10, max: 2_000 }), { minLength: 4, maxLength: 8 });
    fc.assert(
      fc.property(busy, (earlier) => {
        expect(isQuiet(0, usualRange(earlier))).toBe(true);
      }),
    );
  });

  test('that usually has under ten payments tells nothing', () => {
    const calm = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 8 });
    fc.assert(
      fc.property(calm, (earlier) => {
        expect(isQuiet(0, usualRange(earlier))).toBe(undefined);
      }),
    );
  });

  test('has the range of R: type 7', () => {
    // quantile(c(180,195,205,210,213,220,231,242), c(.05,.5,.95))
    expect(usualRange(EIGHT)).toEqual({ low: 185.25, median: 211.5, high: 238.15 });
    expect(usualRange([3, 1, 4, 1])).toEqual({ low: 1, median: 2, high: 3.85 });
  });
});

describe('the alarm', () => {
  const third = (list: readonly number[]): number[] => list.map((one) => Math.round(one / 3));

  test('says what was seen and what is usual', () => {
    const silence = silenceOf(hoursOf({ payments: 31, earlier: EIGHT }), CHICAGO);
    const reason = '31 payments from 08:00 to 09:00; usually 185–238 at this time on a Tuesday';
    expect(silence).toMatchObject({ alarm: true, reason });
    expect(silence.rows[0]).toEqual({
      starts_at: '2025-04-08T08:00:00-05:00',
      ends_at: '2025-04-08T09:00:00-05:00',
      payments: 31,
      weeks: 8,
      low: 185.25,
      median: 211.5,
      high: 238.15,
      quiet: true,
      reason,
    });
  });

  test('is off on a slow day, and in an hour like others', () => {
    for (const seen of [120, 185, 210, 900])
      expect(silenceOf(hoursOf({ payments: seen, earlier: EIGHT }), CHICAGO).alarm).toBe(false);
  });

  test('is that of the hour that is going on, once a quarter of it is over', () => {
    const quiet = { payments: 1, earlier: third(EIGHT) };
    const usual = { payments: 70, earlier: third(EIGHT) };
    const full = { payments: 210, earlier: EIGHT };
    expect(silenceOf(hoursOf(full, quiet, 900), CHICAGO).alarm).toBe(true);
    expect(silenceOf(hoursOf(full, quiet, 899), CHICAGO).alarm).toBe(false);
    expect(silenceOf(hoursOf({ payments: 0, earlier: EIGHT }, usual), CHICAGO).alarm).toBe(false);
    expect(silenceOf(hoursOf({ payments: 0, earlier: EIGHT }, usual, 60), CHICAGO).alarm).toBe(true);
  });

  test('in words knows one payment, thousands, and why it cannot tell', () => {
    const reasonOf = (full: Partial<CountedHour>): string => silenceOf(hoursOf(full), CHICAGO).reason;
    expect(reasonOf({ payments: 1, earlier: [9, 12, 7, 8] })).toBe(
      '1 payment from 08:00 to 09:00; usually 7–12 at this time on a Tuesday, too few to tell silence from chance',
    );
    expect(reasonOf({ payments: 1_234, earlier: [5_000, 6_000, 7_000, 8_000] })).toBe(
      '1,234 payments from 08:00 to 09:00; usually 5,150–7,850 at this time on a Tuesday',
    );
    expect(reasonOf({ payments: 5, earlier: [200] })).toBe(
      '5 payments from 08:00 to 09:00; there are 1 week of history for this time on a Tuesday, and an alarm needs 4',
    );
  });
});

describe('the hours', () => {
  const ZONES = ['UTC', 'America/Chicago', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Asia/Kolkata'];
  const anySecond = fc.integer({
    min: secondOf('2024-01-01T00:00:00Z'),
    max: secondOf('2026-12-31T00:00:00Z'),
  });

  test.each(ZONES)('of weeks before show the same wall clock and weekday in %s', (name) => {
    const zone = zoneOf(name);
    fc.assert(
      fc.property(
        anySecond,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 24 }),
        (now, back, hours) => {
          const spans = lastHours(now, hours, zone);
          expect(spans).toHaveLength(hours + 1);
          expect(spans.at(-1)?.to).toBe(Math.max(now, (spans.at(-1)?.from ?? 0) + 1));
          for (const [index, span] of spans.entries()) {
            if (index > 0) expect(span.from).toBe(spans[index - 1]?.to);
            const then = weeksBefore(span, back, zone);
            if (then === undefined) continue;
            expect(then.to - then.from).toBe(span.to - span.from);
            expect(zone.localOf(span.from) - zone.localOf(then.from)).toBe(back * WEEK);
          }
        },
      ),
    );
  });

  test('that clocks left out have no week before', () => {
    const span = { from: secondOf('2025-03-16T02:00:00-05:00'), to: secondOf('2025-03-16T03:00:00-05:00') };
    expect(weeksBefore(span, 1, CHICAGO)).toBe(undefined);
    expect(weeksBefore(span, 2, CHICAGO)?.from).toBe(secondOf('2025-03-02T02:00:00-06:00'));
  });
});

/** A payment a minute, 200 of them, up to `now`'s time on the wall clock in each of the weeks before. */
function rides(now: number, weeksBack: readonly number[]): Delivery[] {
  const calendar = calendarOf('America/Chicago');
  const all = weeksBack.flatMap((back) => {
    const local = secondOf(`${calendar.isoOf(now).slice(0, 19)}Z`) - back * WEEK;
    const end = calendar.instantOf(isoOf(local).slice(0, 19));
    return Array.from({ length: 200 }, (_, minutes) => end - 1 - minutes * 60);
  });
  return all.map((logged_s, index) =>
    delivery({ payment_id: index + 1, logged_s, received_ms: (logged_s + 1) * 1000 }),
  );
}

for (const database of DATABASES.filter(({ name }) => name !== 'sqlite file')) {
  describeOn(database, () => {
    // Clocks were put forward four weeks ago.
    const NOW = secondOf('2025-04-08T09:20:30-05:00');

    test.each(POSTINGS)(
      'counts the same hours of weeks before, over a change of clocks, posted: %s',
      async (posting) => {
        const app = await openTestApp({ databaseUrl: await database.freshUrl(), clock: () => NOW * 1000 });
        const deliveries = rides(NOW, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        await recordAll(app, deliveries);
        await post(app, posting, deliveries.length);
        const silence = await app.figures.silence();
        expect(silence).toMatchObject({
          alarm: false,
          from: '2025-04-08T06:00:00-05:00',
          to: '2025-04-08T09:20:30-05:00',
          as_of: deliveries.length,
        });
        const rows = silence.rows.map(({ starts_at, payments: seen, low, median, high, weeks: history }) => [
          starts_at.slice(11, 16),
          [seen, low, median, high],
          history,
        ]);
        expect(rows).toEqual([
          // The oldest week begins within this hour, and is no history of it.
          ['06:00', [59, 59, 59, 59], 7],
          ['07:00', [60, 60, 60, 60], 8],
          ['08:00', [60, 60, 60, 60], 8],
          ['09:00', [21, 21, 21, 21], 8],
        ]);
      },
    );

    test('cries where nothing came in since the last full hour began', async () => {
      const app = await openTestApp({ databaseUrl: await database.freshUrl(), clock: () => NOW * 1000 });
      await recordAll(app, rides(NOW, [1, 2, 3, 4]));
      const silence = await app.figures.silence({ hours: 1 });
      expect(silence.alarm).toBe(true);
      expect(silence.reason).toBe('0 payments from 09:00 to 09:20; usually 21–21 at this time on a Tuesday');
      expect(silence.rows).toHaveLength(2);
    });

    test('says nothing of an empty database', async () => {
      const app = await openTestApp({ databaseUrl: await database.freshUrl(), clock: () => NOW * 1000 });
      const { alarm, rows } = await app.figures.silence();
      expect([alarm, rows.map(({ weeks: history }) => history)]).toEqual([false, [0, 0, 0, 0]]);
    });
  });
}

test('hours are asked for within their bounds', async () => {
  const service = await openTestServer();
  expect((await service.get('/api/v1/analytics/silence?hours=24', 'analyst')).json().rows).toHaveLength(25);
  for (const query of ['hours=0', 'hours=25', 'days=3', 'as_of=1'])
    expect((await service.get(`/api/v1/analytics/silence?${query}`, 'analyst')).statusCode).toBe(400);
  expect(String(await failureOf(service.app.figures.silence({ hours: 1.5 })))).toContain('from 1 to 24');
});
