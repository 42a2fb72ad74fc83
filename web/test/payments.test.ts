/** What the payments' and riders' pages reckon: words for a lag, what a filter may be, the way back, months without gaps. */
import { describe, expect, test } from 'vitest';
import { durationInWords, lagInWords } from '../src/format/duration.ts';
import { errorsOf, queryOf, readFilter } from '../src/pages/payments/filter.ts';
import { monthsOf, riderPeriodFor } from '../src/pages/riders/rider-series.ts';
import { readTrail } from '../src/view/paging.ts';

describe('lags', () => {
  test.each([
    [0, 'no time'],
    [1, '1 second'],
    [59.9, '59 seconds'],
    [61, '1 minute 1 second'],
    [3_600, '1 hour'],
    // The third unit is left out.
    [90_061, '1 day 1 hour'],
    [86_400 * 1_234 + 59, '1,234 days'],
  ])('%s seconds are %s', (seconds, words) => expect(durationInWords(seconds)).toBe(words));

  test('are after the payment, or seem to be before it', () => {
    const paid = '2026-03-10T15:00:00Z';
    expect(lagInWords(paid, '2026-03-10T15:00:00Z')).toBe('Within the same second');
    expect(lagInWords(paid, '2026-03-10T15:02:05Z')).toBe('2 minutes 5 seconds after the payment');
    expect(lagInWords(paid, '2026-03-10T14:59:56Z')).toBe(
      '4 seconds before the payment, by the clocks of both',
    );
  });
});

describe('the filter', () => {
  const fieldsOf = (search: string) => readFilter(new URLSearchParams(search));

  test('is asked for as it stands in the address', () => {
    const fields = fieldsOf('user_id=k7&payment_type=coins&order_id=7&min_price=0.5&max_price=2.50');
    expect(errorsOf(fields)).toEqual({});
    expect(queryOf(fields)).toEqual({
      user_id: 'k7',
      payment_type: 'coins',
      order_id: 7,
      min_price: 0.5,
      max_price: 2.5,
    });
    expect(Object.values(queryOf(fieldsOf(''))).every((value) => value === undefined)).toBe(true);
  });

  test.each([
    ['order_id=x', ['order_id']],
    ['order_id=1.5', ['order_id']],
    ['min_price=-1', ['min_price']],
    ['min_price=1e3&max_price=1,50', ['min_price', 'max_price']],
    ['min_price=3&max_price=2.99', ['max_price']],
    ['min_price=3&max_price=3.00', []],
  ])('%s is wrong in %j', (search, names) => expect(Object.keys(errorsOf(fieldsOf(search)))).toEqual(names));
});

test('the way back is read from whatever the history holds', () => {
  expect(readTrail({ trail: ['', 'abc'] })).toEqual(['', 'abc']);
  for (const other of [null, undefined, 7, 'x', {}, { trail: 'x' }, { trail: [1, null] }])
    expect(readTrail(other)).toEqual([]);
});

test('months of a rider have no gaps', () => {
  const month = (year: number, number: number, spent: number) => ({
    year,
    month: number,
    transactions: 1,
    monthly_total: spent,
    adjustments: 0,
    net_total: spent,
  });
  expect(monthsOf([month(2025, 11, 5), month(2026, 2, 30)])).toEqual([
    { date: '2025-11-01', payments: 1, spent: 5 },
    { date: '2025-12-01', payments: 0, spent: 0 },
    { date: '2026-01-01', payments: 0, spent: 0 },
    { date: '2026-02-01', payments: 1, spent: 30 },
  ]);
  expect(monthsOf([])).toEqual([]);
});

test('riders are counted by the day at the finest', () => {
  expect([riderPeriodFor(null, 1), riderPeriodFor('hourly', 1), riderPeriodFor('daily', 9_000)]).toEqual([
    'daily',
    'daily',
    'monthly',
  ]);
});
