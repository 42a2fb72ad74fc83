/** What the page of a reconciliation works out by itself: sums to the cent, and the days of a run. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReportedDay } from '../src/api/reconciliations.ts';
import { likelySpan, spanOfRun } from '../src/pages/reconciliation/spans.ts';
import { differenceOf, differs, FOLDS, foldTotals, sumOf } from '../src/pages/reconciliation/totals.ts';

function day(date: string, type: string, here: number, there: number): ReportedDay {
  return {
    date,
    payment_type: type,
    ...{ payments_here: here > 0 ? 1 : 0, total_here: here / 100 },
    ...{ payments_there: there > 0 ? 1 : 0, total_there: there / 100 },
    difference: (here - there) / 100,
    explained: here === there ? {} : { differs: (here - there) / 100 },
  };
}

test('however it is folded, the rows and the parts of their differences add up to the sum, to the cent', () => {
  const cents = fc.integer({ min: 0, max: 1_000_000_000 });
  const days = fc.array(
    fc
      .record({
        date: fc.constantFrom('2026-10-01', '2026-10-02', '2026-10-03'),
        type: fc.constantFrom('coins', 'credit_card'),
        here: cents,
        there: cents,
      })
      .map(({ date, type, here, there }) => day(date, type, here, there)),
  );
  fc.assert(
    fc.property(days, fc.constantFrom(...FOLDS), (list, fold) => {
      const sum = sumOf(list, 2);
      const rows = foldTotals(list, fold, 2);
      for (const row of [...rows, sum])
        expect(row.parts.reduce((total, { minor }) => total + minor, 0)).toBe(differenceOf(row));
      expect(rows.reduce((total, { here }) => total + here, 0)).toBe(sum.here);
      expect(rows.reduce((total, { there }) => total + there, 0)).toBe(sum.there);
      expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    }),
    { numRuns: 50 },
  );
});

test('a day whose sums are equal by chance differs all the same', () => {
  const balanced = {
    ...day('2026-10-01', 'coins', 500, 500),
    explained: { missing_here: -1, missing_there: 1 },
  };
  expect(foldTotals([balanced], 'day', 2).map(differs)).toEqual([true]);
  expect(foldTotals([day('2026-10-01', 'coins', 500, 500)], 'day', 2).map(differs)).toEqual([false]);
});

test('a span of whole days is told in dates, over a change of the clocks too, any other in instants', () => {
  const november = { from: '2026-11-01T05:00:00Z', to: '2026-12-01T06:00:00Z' };
  expect(spanOfRun(november, 'America/Chicago')).toEqual({ from: '2026-11-01', to: '2026-12-01' });
  const cut = { from: '2026-11-01T05:00:00Z', to: '2026-11-15T12:30:00Z' };
  expect(spanOfRun(cut, 'America/Chicago')).toEqual({ from: '2026-11-01', to: '2026-11-15T12:30:00Z' });
});

test.each([
  ['2026-11-03T12:00:00Z', '2026-10-01', '2026-10-31'],
  ['2026-11-01T04:59:00Z', '2026-10-01', '2026-10-30'],
  ['2026-11-25T12:00:00Z', '2026-11-01', '2026-11-24'],
  ['2026-01-10T12:00:00Z', '2025-12-01', '2025-12-31'],
])('at %s it is most likely %s to %s that is closed', (now, first, last) => {
  expect(likelySpan(Date.parse(now), 'America/Chicago')).toEqual({ first, last });
});
