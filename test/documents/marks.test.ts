/** Entries of the calendar as marks on charts: where they stand, and that many of them can be read. */
import { describe, expect, test } from 'vitest';
import { drawnMarks, type Mark, marksOn, markTexts } from '../../src/documents/chart-marks.js';
import { revenueByDay } from '../../src/documents/charts.js';
import { reportCsv } from '../../src/documents/csv.js';
import { reportHtml } from '../../src/documents/html.js';
import { PAGE_THEME } from '../../src/documents/style.js';
import { chartSvg } from '../../src/documents/svg.js';
import type { CalendarEntry } from '../../src/domain/calendar.js';
import { USD } from '../support/databases.js';
import { goldenReport } from '../support/golden.js';
import { pageTable } from '../support/reports.js';

const entry = (starts_on: string, ends_before: string | null = null, entry_id = 1): CalendarEntry => ({
  ...{ entry_id, kind: 'fare', name: 'Single fare rises', starts_on, ends_before, payment_type: null },
  ...{ price_before_minor: 125, price_after_minor: 150, note: null },
});

const days = (count: number): string[] =>
  Array.from({ length: count }, (_, day) => `2026-03-${String(day + 1).padStart(2, '0')}`);

function places(entries: readonly CalendarEntry[], starts: readonly string[], period: 'daily' | 'weekly') {
  return marksOn(entries, starts, period).map(({ first, last, begins }) => [first, last, begins]);
}

describe('by day, an entry', () => {
  test.each([
    ['stands on its first day', entry('2026-03-03'), [[2, null, true]]],
    ['ends on the day before its end', entry('2026-03-03', '2026-03-05'), [[2, 3, true]]],
    [
      'that began before and ends on the chart begins at its edge',
      entry('2026-02-01', '2026-03-03'),
      [[0, 1, false]],
    ],
    ['goes on beyond the chart', entry('2026-03-30', '2026-05-01'), [[29, 30, true]]],
    ['that began before and has no end is no mark', entry('2026-02-01'), []],
    ['that was over is none', entry('2026-02-01', '2026-03-01'), []],
    ['that begins after it is none', entry('2026-04-01'), []],
  ])('%s', (_, one, expected) => {
    expect(places([one], days(31), 'daily')).toEqual(expected);
  });
});

test('by week, month and hour an entry stands in the bucket of its first day', () => {
  const weeks = ['2026-03-01T00:00:00-06:00', '2026-03-08T00:00:00-06:00', '2026-03-15T00:00:00-05:00'];
  expect(places([entry('2026-03-10', '2026-03-15')], weeks, 'weekly')).toEqual([[1, 1, true]]);
  expect(places([entry('2026-03-22')], weeks, 'weekly')).toEqual([]);
  const months = ['2026-01-01T00:00:00-06:00', '2026-02-01T00:00:00-06:00'];
  expect(marksOn([entry('2026-02-28')], months, 'monthly').map(({ first }) => first)).toEqual([1]);
  expect(marksOn([entry('2026-03-01')], months, 'monthly')).toEqual([]);
  const hours = ['2026-03-07T22:00:00-06:00', '2026-03-07T23:00:00-06:00', '2026-03-08T00:00:00-06:00'];
  const [mark] = marksOn([entry('2026-03-08', '2026-03-09')], hours, 'hourly');
  expect([mark?.first, mark?.last]).toEqual([2, 2]);
});

describe('numbers', () => {
  const marks = (...firsts: readonly number[]): Mark[] =>
    firsts.map((first, index) => ({
      ...{ number: index + 1, entry: entry('2026-03-01'), first, last: null, begins: true },
    }));
  test('stand over each line where there is room, and together where there is not', () => {
    expect([...markTexts(marks(5, 6, 15), 31, 900).values()]).toEqual(['1', '2', '3']);
    expect([...markTexts(marks(5, 6, 15), 31, 350).values()]).toEqual(['1–2', '3']);
  });

  test('never stand on each other, however many there are', () => {
    const many = marks(...Array.from({ length: 200 }, (_, index) => index));
    const texts = markTexts(many, 200, 900);
    const places = [...texts.keys()].map((number) => ((number - 0.5) / 200) * (900 - 56));
    const apart = places.slice(1).map((px, index) => px - (places[index] ?? 0));
    expect(Math.min(...apart)).toBeGreaterThan(26);
    const told = [...texts.values()].join('–').split('–').map(Number);
    expect([told[0], told.at(-1)]).toEqual([1, 200]);
  });
});

test('a chart without marks is as it was, and one with them has their numbers', () => {
  const { trends } = goldenReport('full-month');
  const place = { widthPx: 880, id: 'chart', className: 'wide', label: 'A chart' };
  const draw = (marks: readonly Mark[]) => chartSvg(revenueByDay(trends, USD, PAGE_THEME, 880, marks), place);
  expect(drawnMarks([], 31, PAGE_THEME, 880, true)).toEqual({});
  const dates = trends.map(({ date }) => date);
  const marked = draw(
    marksOn([entry(dates[4] ?? '', dates[9]), entry(dates[20] ?? '', null, 2)], dates, 'daily'),
  );
  expect(marked).toContain('>1</text>');
  expect(marked).toContain('>2</text>');
  expect(marked).toContain('fill="var(--quiet)"');
  expect(draw([])).not.toContain('>1</text>');
});

test('a report lists its marks by the numbers of the chart, on the page and in the CSV', () => {
  const report = { ...goldenReport('full-month'), calendar: [entry('2026-03-06', '2026-03-09', 12)] };
  expect(pageTable(reportHtml(report), 'calendar')).toEqual([
    [
      '1',
      'Single fare rises',
      'fare',
      'Mar\u00a06,\u00a02026',
      'Mar\u00a09,\u00a02026',
      '',
      '$1.25',
      '$1.50',
    ],
  ]);
  expect(reportCsv(report)).toContain('calendar,12,ends_before,2026-03-09\r\ncalendar,12,payment_type,');
});
