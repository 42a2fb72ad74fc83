import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bucketLabel,
  bucketStart,
  monthOf,
  monthRange,
  nextBucketStart,
  PERIODS,
  type Period,
  yearWeek,
} from '../../src/domain/bucket.js';
import { describeOnServers } from '../support/databases.js';
import { zoneOf } from '../support/zones.js';

const HOUR = 3_600;
const DAY = 86_400;

const utc = (text: string): number => Date.parse(text) / 1000;

/** The instants a wall clock shows 00:00 on two days, given as UTC, and the minutes between them. */
function minutesOf(from: string, to: string): number[] {
  const minutes: number[] = [];
  for (let second = utc(from); second < utc(to); second += 60) minutes.push(second);
  return minutes;
}

function countBy(period: Period, seconds: readonly number[], zone: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const second of seconds) {
    const start = bucketStart(period, second, zoneOf(zone));
    const key = zoneOf(zone).toIso(start);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

describe('one payment a minute', () => {
  test.each([
    ['America/Chicago', '2025-03-09T06:00:00Z', '2025-03-10T05:00:00Z', 1_380],
    ['America/Chicago', '2025-11-02T05:00:00Z', '2025-11-03T06:00:00Z', 1_500],
    ['America/Chicago', '2025-04-07T05:00:00Z', '2025-04-08T05:00:00Z', 1_440],
    ['Australia/Lord_Howe', '2025-10-04T13:30:00Z', '2025-10-05T13:00:00Z', 1_410],
    ['Australia/Lord_Howe', '2025-04-05T13:00:00Z', '2025-04-06T13:30:00Z', 1_470],
    ['Asia/Kathmandu', '2025-04-06T18:15:00Z', '2025-04-07T18:15:00Z', 1_440],
  ])('in %s from %s to %s is one day of its own length', (zone, from, to, expected) => {
    const minutes = minutesOf(from, to);
    const around = [utc(from) - 60, ...minutes, utc(to)];
    const days = countBy('daily', around, zone);
    expect([...days.values()]).toEqual([1, expected, 1]);
    expect([...days.keys()][1]).toMatch(/T00:00:00/);
    const hours = [...countBy('hourly', minutes, zone).values()];
    expect(hours.reduce((sum, count) => sum + count, 0)).toBe(expected);
    expect(Math.max(...hours)).toBe(60);
  });

  test('the hour that clocks repeat is two hours of 60 minutes, told apart by their offset', () => {
    const hours = countBy(
      'hourly',
      minutesOf('2025-11-02T05:00:00Z', '2025-11-03T06:00:00Z'),
      'America/Chicago',
    );
    expect(hours.size).toBe(25);
    expect(hours.get('2025-11-02T01:00:00-05:00')).toBe(60);
    expect(hours.get('2025-11-02T01:00:00-06:00')).toBe(60);
  });

  test('the hour that clocks skip has no bucket', () => {
    const hours = countBy(
      'hourly',
      minutesOf('2025-03-09T06:00:00Z', '2025-03-10T05:00:00Z'),
      'America/Chicago',
    );
    expect(hours.size).toBe(23);
    expect([...hours.keys()].filter((key) => key.startsWith('2025-03-09T02'))).toEqual([]);
  });

  test('a half hour that clocks skip or repeat leaves half an hour', () => {
    const zone = 'Australia/Lord_Howe';
    const skipped = countBy('hourly', minutesOf('2025-10-04T13:30:00Z', '2025-10-05T13:00:00Z'), zone);
    expect([...skipped.values()].sort((a, b) => a - b).slice(0, 2)).toEqual([30, 60]);
    const repeated = countBy('hourly', minutesOf('2025-04-05T13:00:00Z', '2025-04-06T13:30:00Z'), zone);
    expect([...repeated.values()].reduce((sum, count) => sum + count, 0)).toBe(1_470);
    expect([...repeated.values()].filter((count) => count !== 60)).toEqual([30]);
  });
});

const ZONES = [
  'America/Chicago',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Havana',
  'America/Santiago',
  'Asia/Beirut',
  'Atlantic/Azores',
  'America/St_Johns',
  'Africa/Casablanca',
  'Pacific/Chatham',
  'UTC',
] as const;

const anyInstant = fc
  .tuple(
    fc.integer({ min: utc('2015-01-01T00:00:00Z'), max: utc('2035-12-31T00:00:00Z') }),
    fc.boolean(),
    fc.constantFrom(...ZONES),
  )
  .map(([second, nearChange, name]) => {
    const zone = zoneOf(name);
    const change = zone.offsetSince(second);
    // Half of them within three hours of a change of the clocks, where mistakes live.
    const near = Number.isFinite(change) ? change + (second % (6 * HOUR)) - 3 * HOUR : second;
    return { zone, second: nearChange ? near : second };
  });

describe('the law of buckets', () => {
  test.each(PERIODS)(
    '%s: start <= instant < next, and both ends are starts of their own buckets',
    (period) => {
      fc.assert(
        fc.property(anyInstant, ({ zone, second }) => {
          const start = bucketStart(period, second, zone);
          const next = nextBucketStart(period, start, zone);
          expect(start).toBeLessThanOrEqual(second);
          expect(second).toBeLessThan(next);
          expect(bucketStart(period, start, zone)).toBe(start);
          expect(bucketStart(period, next, zone)).toBe(next);
          expect(bucketStart(period, next - 1, zone)).toBe(start);
        }),
        { numRuns: 3_000 },
      );
    },
  );

  test.each(PERIODS)('%s: an instant and its bucket have one label', (period) => {
    fc.assert(
      fc.property(anyInstant, ({ zone, second }) => {
        const start = bucketStart(period, second, zone);
        expect(bucketLabel(period, second, zone)).toBe(bucketLabel(period, start, zone));
      }),
      { numRuns: 1_000 },
    );
  });

  test('a month by its number holds exactly the instants of that month', () => {
    fc.assert(
      fc.property(anyInstant, ({ zone, second }) => {
        const { start, end } = monthRange(monthOf(second, zone), zone);
        expect(start).toBe(bucketStart('monthly', second, zone));
        expect(end).toBe(nextBucketStart('monthly', start, zone));
      }),
    );
  });

  test('in UTC buckets are those of the calendar', () => {
    const zone = zoneOf('UTC');
    const second = utc('2025-04-09T15:16:17Z');
    expect(PERIODS.map((period) => bucketStart(period, second, zone))).toEqual(
      ['2025-04-09T15:00:00Z', '2025-04-09T00:00:00Z', '2025-04-06T00:00:00Z', '2025-04-01T00:00:00Z'].map(
        utc,
      ),
    );
  });

  test('a day that a zone skipped as a whole has no bucket', () => {
    const apia = zoneOf('Pacific/Apia');
    const lastOf29th = utc('2011-12-30T09:59:59Z');
    const start = bucketStart('daily', lastOf29th, apia);
    const next = nextBucketStart('daily', start, apia);
    expect([bucketLabel('daily', start, apia), bucketLabel('daily', next, apia)]).toEqual([
      '2011-12-29',
      '2011-12-31',
    ]);
    expect(next).toBe(lastOf29th + 1);
  });
});

describe('the name of a bucket', () => {
  test('is as the source query gives it', () => {
    const chicago = zoneOf('America/Chicago');
    const second = utc('2025-04-07T03:11:31Z');
    expect(PERIODS.map((period) => bucketLabel(period, second, chicago))).toEqual([
      '2025-04-06 22:00:00',
      '2025-04-06',
      202_514,
      '2025-04',
    ]);
    expect(monthOf(second, chicago)).toBe(202_504);
  });

  test('weeks begin on Sunday, and the days before the first Sunday belong to the old year', () => {
    const weekOf = (date: string): number => yearWeek(utc(`${date}T12:00:00Z`));
    expect(weekOf('2025-01-04')).toBe(202_452);
    expect(weekOf('2025-01-05')).toBe(202_501);
    expect(weekOf('2023-01-01')).toBe(202_301);
    expect(weekOf('2028-12-31')).toBe(202_853);
  });
});

describeOnServers((server) => {
  test('the week of every date from 2015 to 2035 is YEARWEEK in its default mode', async () => {
    const rows = await server.asRoot(
      // Digits joined with each other: MariaDB's sequences and recursion's limits are not the same everywhere.
      `WITH digits (d) AS (${Array.from({ length: 10 }, (_, digit) => `SELECT ${digit}`).join(' UNION ALL ')}),
         days (date) AS (SELECT '2015-01-01' + INTERVAL a.d + 10 * b.d + 100 * c.d + 1000 * e.d DAY
           FROM digits AS a, digits AS b, digits AS c, digits AS e)
       SELECT CAST(date AS CHAR) AS date, YEARWEEK(date) AS week FROM days WHERE date <= '2035-12-31' ORDER BY date`,
    );
    expect(rows.at(-1)?.date).toBe('2035-12-31');
    const wrong = rows.filter((row, index) => {
      const midnight = utc('2015-01-01T00:00:00Z') + index * DAY;
      return yearWeek(midnight) !== row.week || yearWeek(midnight + DAY - 1) !== row.week;
    });
    expect(wrong).toEqual([]);
  });
});
