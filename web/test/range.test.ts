/** The range in the URL, its ends in the reporting zone, and the stretch that it is held against. */
import { describe, expect, test } from 'vitest';
import {
  lengthDays,
  momentOf,
  PRESETS,
  readRange,
  spanBefore,
  spanOf,
  startOf,
  writeRange,
} from '../src/view/range.ts';
import { withChanges } from '../src/view/view.ts';
import { daysBetween, instantOf, localTime, monthStart, plusDays } from '../src/view/zone-time.ts';

const ZONE = 'America/Chicago';
/** 2026-03-10T10:00:00-05:00, a Tuesday; clocks went forward on the Sunday before. */
const NOW = Date.parse('2026-03-10T15:00:00Z');

const preset = (name: (typeof PRESETS)[number]) => ({ kind: 'preset', preset: name }) as const;

describe('the URL', () => {
  test('holds every range, and gives it back', () => {
    const ranges = [
      ...PRESETS.map(preset),
      { kind: 'custom', from: '2026-01-01', to: '2026-02-01' } as const,
      { kind: 'custom', from: '2026-03-10T05:00:00-05:00', to: undefined } as const,
    ];
    for (const range of ranges) {
      const parameters = withChanges(
        new URLSearchParams('range=90d&from=2020-01-01&split=type'),
        writeRange(range),
      );
      expect(readRange(parameters)).toEqual(range);
      expect(parameters.get('split')).toBe('type');
    }
  });

  test('what is no range there is the default', () => {
    for (const text of ['', 'range=year', 'from=yesterday', 'from=2026-02-31T', 'from=1', 'to=2026-01-01'])
      expect(readRange(new URLSearchParams(text))).toEqual(preset('30d'));
    expect(readRange(new URLSearchParams(), 'today')).toEqual(preset('today'));
  });
});

describe('the ends', () => {
  test('days of the zone, today among them, without an end where they go on', () => {
    expect(spanOf(preset('today'), NOW, ZONE)).toEqual({ from: '2026-03-10', to: undefined });
    expect(spanOf(preset('7d'), NOW, ZONE)).toEqual({ from: '2026-03-04', to: undefined });
    expect(spanOf(preset('this-month'), NOW, ZONE)).toEqual({ from: '2026-03-01', to: undefined });
    expect(spanOf(preset('last-month'), NOW, ZONE)).toEqual({ from: '2026-02-01', to: '2026-03-01' });
    // In Kiritimati it is tomorrow already.
    expect(spanOf(preset('today'), NOW, 'Pacific/Kiritimati').from).toBe('2026-03-11');
  });

  test('are as long as the clock says, a day of 23 hours too', () => {
    expect(lengthDays({ from: '2026-03-08', to: '2026-03-09' }, NOW, ZONE)).toBeCloseTo(23 / 24);
    expect(startOf('2026-03-08', ZONE)).toBe(Date.parse('2026-03-08T06:00:00Z'));
    expect(startOf('2026-03-09', ZONE)).toBe(Date.parse('2026-03-09T05:00:00Z'));
    expect(lengthDays({ from: '2026-03-10', to: undefined }, NOW, ZONE)).toBeCloseTo(10 / 24);
  });

  test('an instant at the start of a day is written as the day', () => {
    expect(momentOf('2026-03-10T00:00:00-05:00')).toBe('2026-03-10');
    expect(momentOf('2026-03-10T07:00:00-05:00')).toBe('2026-03-10T07:00:00-05:00');
  });
});

describe('the stretch before', () => {
  const before = (range: Parameters<typeof spanBefore>[0]) => spanBefore(range, NOW, ZONE);

  test('today is held against yesterday up to this time, by the clock on the wall', () => {
    expect(before(preset('today'))).toEqual({ from: '2026-03-09', to: '2026-03-09T15:00:00Z' });
    // A week ago 10:00 was an hour later in UTC.
    expect(before(preset('7d'))).toEqual({ from: '2026-02-25', to: '2026-03-03T16:00:00Z' });
  });

  test('months are held against months', () => {
    expect(before(preset('this-month'))).toEqual({ from: '2026-02-01', to: '2026-02-10T16:00:00Z' });
    expect(before(preset('last-month'))).toEqual({ from: '2026-01-01', to: '2026-02-01' });
    const endOfMarch = Date.parse('2026-03-30T15:00:00Z');
    expect(spanBefore(preset('this-month'), endOfMarch, ZONE).to).toBe('2026-02-28T16:00:00Z');
  });

  test('any other range is held against its own length', () => {
    expect(before({ kind: 'custom', from: '2026-02-01', to: '2026-02-08' })).toEqual({
      from: '2026-01-25',
      to: '2026-02-01',
    });
    expect(
      before({ kind: 'custom', from: '2026-03-10T10:00:00-05:00', to: '2026-03-10T12:00:00-05:00' }),
    ).toEqual({ from: '2026-03-10T13:00:00Z', to: '2026-03-10T15:00:00Z' });
  });
});

test('times of a zone and instants agree, where clocks change too', () => {
  for (const zone of [ZONE, 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC']) {
    for (let ms = NOW - 10 * 86_400_000; ms < NOW + 10 * 86_400_000; ms += 5_400_000)
      expect(localTime(instantOf(localTime(ms, zone), zone), zone)).toEqual(localTime(ms, zone));
  }
  // 02:30 does not exist on that day.
  const missing = { date: '2026-03-08', hour: 2, minute: 30, second: 0 };
  expect(localTime(instantOf(missing, ZONE), ZONE).date).toBe('2026-03-08');
});

test('days and months are counted by the calendar', () => {
  expect(plusDays('2026-02-28', 1)).toBe('2026-03-01');
  expect(plusDays('2024-03-01', -1)).toBe('2024-02-29');
  expect(monthStart('2026-01-15', -1)).toBe('2025-12-01');
  expect(daysBetween('2026-03-01', '2026-03-31')).toBe(30);
});
