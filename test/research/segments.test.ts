import { describe, expect, test } from 'vitest';
import { dayOf } from '../../src/research/days.js';
import { isRefusal } from '../../src/research/numeric/answer.js';
import { ridersPaying, riderTable, rowsFor, segmentSeries } from '../../src/research/panels.js';
import { periodsOf } from '../../src/research/periods.js';
import { entries } from '../../src/research/price-panel.js';
import { everyone, MAX_SEGMENTS, type SegmentKind, segmentRiders } from '../../src/research/segments.js';
import { observed } from '../support/observations.js';
import { answered } from '../support/simulated.js';

const BASE = { from: dayOf('2026-01-01'), to: dayOf('2026-02-01') };

const data = observed(
  [
    ...['a', 'b', 'c', 'd', 'e'].map((rider, i) => ({
      rider,
      date: '2026-01-05',
      price: 100 * (i + 1),
      type: 'coins',
    })),
    { rider: 'b', date: '2026-01-09', price: 100, type: 'credit_card' },
    { rider: 'new', date: '2026-02-03', price: 900 },
  ],
  { from: '2025-01-01' },
);

function namesOf(by: SegmentKind, file?: string): Record<string, string> {
  const { names, of } = answered(segmentRiders(data, by, BASE, file));
  return Object.fromEntries(data.riders.map((rider, who) => [rider, names[of[who] ?? -1] ?? 'none']));
}

describe('segments', () => {
  test('spend: equal riders are together, those without a base are in none and told of', () => {
    // b and c both spent 300: below them one of five, so both are in the second fifth.
    expect(namesOf('spend')).toEqual({
      a: 'spent least',
      b: 'second fifth',
      c: 'second fifth',
      d: 'fourth fifth',
      e: 'spent most',
      new: 'none',
    });
    expect(answered(segmentRiders(data, 'spend', BASE, undefined)).warnings.join()).toContain(
      '1 riders paid nothing',
    );
  });

  test('spend is net of what was given back in the base period', () => {
    const adjustments = {
      size: 1,
      rider: Int32Array.of(4),
      type: Uint16Array.of(0),
      day: Int32Array.of(dayOf('2026-01-20')),
      amount: Float64Array.of(-500),
    };
    const { of } = answered(segmentRiders({ ...data, adjustments }, 'spend', BASE, undefined));
    expect(of[4]).toBe(0);
  });

  test('method: the most used; of equal ones the first by name', () => {
    expect(namesOf('method')).toMatchObject({ a: 'coins', b: 'coins', new: 'none' });
  });

  test('tenure: from the first payment, and what cannot be told is told', () => {
    expect(namesOf('tenure')).toMatchObject({ a: 'up to 90 days', new: 'none' });
    expect(answered(segmentRiders(data, 'tenure', BASE, undefined)).warnings[0]).toContain(
      'begin 27 days before',
    );
  });

  test('a file: columns in any order, unknown riders and those not in it are told of', () => {
    const file = 'segment,rider\nnorth,a\nsouth,b\nsouth,zz\n';
    expect(namesOf('file', file)).toMatchObject({ a: 'north', b: 'south', c: 'none' });
    expect(answered(segmentRiders(data, 'file', BASE, file)).warnings).toEqual([
      '1 riders of the file of segments are not in the data.',
      '4 riders are not in the file of segments, and in no segment.',
    ]);
  });

  const many = Array.from({ length: MAX_SEGMENTS + 1 }, (_, i) => `r${i},s${i}`).join('\n');
  test.each([
    ['no file', undefined, 'need the file'],
    ['no titles', 'a,north\n', 'must name the columns'],
    ['no CSV', 'rider,segment\n"a,north\n', 'is no CSV'],
    ['a rider in two segments', 'rider,segment\na,north\na,south\n', 'Line 3'],
    ['no segment', 'rider,segment\na,\n', 'Line 2'],
    ['nobody known', 'rider,segment\nzz,north\n', 'No rider'],
    ['too many segments', `rider,segment\n${many}\n`, 'more than 64'],
  ])('a file with %s is refused', (_, file, words) => {
    const answer = segmentRiders(data, 'file', BASE, file);
    expect(isRefusal(answer) && answer.message).toContain(words);
  });

  test('too few riders for fifths, or no base period, is refused', () => {
    const few = observed([{ rider: 'a', date: '2026-01-05' }]);
    expect(segmentRiders(few, 'spend', BASE, undefined)).toMatchObject({ reason: 'too_few' });
    expect(segmentRiders(data, 'spend', { from: BASE.to, to: BASE.to }, undefined)).toMatchObject({
      reason: 'too_few',
    });
  });
});

describe('periods and panels', () => {
  test('weeks are whole ones from the event on, both ways; months are whole ones', () => {
    const weeks = periodsOf('week', dayOf('2026-01-01'), dayOf('2026-02-01'), dayOf('2026-01-14'));
    expect(Array.from(weeks.bounds, (day) => day - dayOf('2026-01-01'))).toEqual([6, 13, 20, 27]);
    const months = periodsOf('month', dayOf('2026-01-02'), dayOf('2026-04-30'));
    expect([months.count, months.bounds[0]]).toEqual([2, dayOf('2026-02-01')]);
    expect(periodsOf('month', dayOf('2026-01-02'), dayOf('2026-01-20')).count).toBe(0);
  });

  test('tables hold every payment once, zeros where there is none, and adjustments on their own day', () => {
    const adjustments = {
      size: 1,
      rider: Int32Array.of(0),
      type: Uint16Array.of(0),
      day: Int32Array.of(dayOf('2026-01-12')),
      amount: Float64Array.of(-40),
    };
    const own = { ...data, adjustments };
    const weeks = periodsOf('week', dayOf('2026-01-05'), dayOf('2026-02-09'));
    const series = segmentSeries(own, everyone(own), weeks);
    expect(Array.from(series.payments[0] ?? [])).toEqual([6, 0, 0, 0, 1]);
    expect(Array.from(series.gross[0] ?? [])).toEqual([1600, 0, 0, 0, 900]);
    expect(Array.from(series.net[0] ?? [])).toEqual([1600, -40, 0, 0, 900]);
    expect(Array.from(ridersPaying(own, everyone(own), weeks)[0] ?? [])).toEqual([5, 0, 0, 0, 1]);
    const table = riderTable(
      own,
      weeks,
      rowsFor(own.riders.length, (who) => who < 2),
      'revenue',
    );
    expect(Array.from(table.values)).toEqual([100, -40, 0, 0, 0, 300, 0, 0, 0, 0]);
    const coins = own.types.indexOf('coins');
    expect(Array.from(segmentSeries(own, everyone(own), weeks, coins).payments[0] ?? [])).toEqual([
      5, 0, 0, 0, 0,
    ]);
  });

  test("a rider's weeks begin after that of the first payment, or with the panel where it is older", () => {
    const weeks = periodsOf('week', dayOf('2026-01-08'), dayOf('2026-02-05'));
    const own = observed([
      { rider: 'old', date: '2026-01-07' },
      { rider: 'first week', date: '2026-01-08' },
      { rider: 'second week', date: '2026-01-15' },
      { rider: 'second week', date: '2026-01-29' },
      { rider: 'after', date: '2026-02-05' },
    ]);
    expect(Array.from(entries(own, everyone(own), weeks))).toEqual([0, 1, 2, 4]);
    const nobody = { ...everyone(own), of: new Int16Array(4).fill(-1) };
    expect(Array.from(entries(own, nobody, weeks))).toEqual([-1, -1, -1, -1]);
  });
});
