/** When something is due, across what clocks do twice a year. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localDate } from '../../src/domain/calendar.js';
import { dueAt, dueEvery, parseDueTimes } from '../../src/ingest/due-times.js';
import { zoneOf } from '../support/zones.js';

const CHICAGO = zoneOf('America/Chicago');
const ms = (text: string): number => Date.parse(text);

function timesFrom(text: string, from: string, count: number): string[] {
  const times = dueAt(text, CHICAGO);
  if (times === undefined) throw new Error(`${text} is no time`);
  const found: string[] = [];
  for (let at = ms(from); found.length < count; ) {
    at = times.after(at) ?? Number.NaN;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

describe('a time of day in Chicago', () => {
  test('that clocks skip comes once, at the first moment after the gap', () => {
    expect(timesFrom('02:30', '2026-03-07T12:00:00Z', 3)).toEqual([
      '2026-03-08T08:00',
      '2026-03-09T07:30',
      '2026-03-10T07:30',
    ]);
  });

  test('that comes twice is taken once, wherever one begins to look', () => {
    const days = ['2026-11-01T06:30', '2026-11-02T07:30'];
    expect(timesFrom('01:30', '2026-10-31T12:00:00Z', 2)).toEqual(days);
    expect(timesFrom('01:30', '2026-11-01T06:30:01Z', 1)).toEqual(days.slice(1));
    expect(timesFrom('01:30', '2026-11-01T07:29:00Z', 1)).toEqual(days.slice(1));
  });

  test('a pattern with a list of times is a time of day too', () => {
    expect(timesFrom('30 1,2 * * *', '2026-11-01T05:00:00Z', 3)).toEqual([
      '2026-11-01T06:30',
      '2026-11-01T08:30',
      '2026-11-02T07:30',
    ]);
  });
});

test('any time of day comes once on each local date, in zones that change at midnight, by half an hour, or not', () => {
  const zones = [
    'America/Chicago',
    'Australia/Lord_Howe',
    'Africa/Cairo',
    'America/Havana',
    'Asia/Kathmandu',
  ];
  const changes = ['2026-03-05', '2026-03-28', '2026-04-02', '2026-04-22', '2026-09-30', '2026-10-27'];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom(...changes),
      fc.nat(23),
      fc.nat(59),
      (name, start, hour, minute) => {
        const zone = zoneOf(name);
        const two = (value: number): string => String(value).padStart(2, '0');
        const times = dueAt(`${two(hour)}:${two(minute)}`, zone);
        const dates: string[] = [];
        for (let at = times?.after(ms(`${start}T00:00:00Z`)) ?? 0; dates.length < 7; ) {
          dates.push(localDate(at / 1000, zone));
          at = times?.after(at) ?? 0;
        }
        const [first = ''] = dates;
        const following = dates.map((_, index) =>
          new Date(ms(`${first}T00:00:00Z`) + index * 86_400_000).toISOString().slice(0, 10),
        );
        expect(dates).toEqual(following);
      },
    ),
    { numRuns: 40 },
  );
});

test('a stretch of time has the same moments wherever one begins to look', () => {
  const every = dueEvery('15m');
  expect(every?.after(ms('2026-03-10T15:00:00Z'))).toBe(ms('2026-03-10T15:15:00Z'));
  expect(every?.after(ms('2026-03-10T15:14:59.999Z'))).toBe(ms('2026-03-10T15:15:00Z'));
});

test('due times are read again from their text', () => {
  for (const times of [dueEvery('2h'), dueAt('02:30', CHICAGO), dueAt('30 2 * * 1-5', CHICAGO)]) {
    const again = parseDueTimes(times?.text ?? '', CHICAGO);
    expect(again?.text).toBe(times?.text);
    expect(again?.after(ms('2026-03-10T15:00:00Z'))).toBe(times?.after(ms('2026-03-10T15:00:00Z')));
  }
});

test.each(['', '24:00', '2:30', '02:60', 'noon', '* * *', '61 * * * *', '0 0 0 * * *', '@daily'])(
  '%j is no time',
  (text) => {
    expect(dueAt(text, CHICAGO)).toBe(undefined);
  },
);

test.each(['', '0s', '15', '1.5h', '-1h', '40d', '15 minutes'])('%j is no stretch', (text) => {
  expect(dueEvery(text)).toBe(undefined);
});

test('a date that never is never comes', () => {
  expect(dueAt('0 0 30 2 *', CHICAGO)?.after(0)).toBe(null);
});
