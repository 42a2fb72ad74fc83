import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateOf, dayOf } from '../../../src/research/days.js';
import { anomaliesOf } from '../../../src/research/numeric/anomalies.js';
import { anomalies } from '../../../src/research/studies/anomalies.js';
import { runStudy } from '../../../src/research/studies.js';
import { calendarEntry, type ObservedPayment, observed } from '../../support/observations.js';
import { answered, type Chance, chanceOf } from '../../support/simulated.js';
import { resultsOfPayments, rowsOf } from '../../support/study-results.js';

const result = resultsOfPayments(anomalies);

const FROM = dayOf('2026-01-05');
/** One payment a day, of that price. From a Monday. */
const daily = (prices: ArrayLike<number>, type = 'credit_card'): ObservedPayment[] =>
  Array.from(prices, (price, i) => ({ rider: `r${i % 9}`, date: dateOf(FROM + i), price, type }));

const WEEK = [1, 1.2, 1.3, 1.1, 1.2, 0.8, 0.6];
const noisy = (chance: Chance, days: number): number[] =>
  Array.from({ length: days }, (_, i) => Math.round(10_000 * (WEEK[i % 7] ?? 1) + 300 * chance.normal()));
const changed = (days: readonly number[], factors: Readonly<Record<number, number>>): number[] =>
  days.map((price, i) => Math.round(price * (factors[i] ?? 1)));

test('planted days are named with what was expected, its range and the calendar beside them; no others', () => {
  const prices = changed(noisy(chanceOf(1), 84), { 30: 0.5, 61: 1.3 });
  const calendar = [
    calendarEntry({ starts_on: '2026-02-03', ends_before: '2026-02-05', kind: 'event', name: 'Snow' }),
    calendarEntry({ starts_on: '2026-01-10', kind: 'policy', name: 'Long ago' }),
  ];
  const answer = result(daily(prices), {}, { calendar });
  expect(answer.findings.map(({ name }) => name).sort()).toEqual([
    '2026-02-04 less what was expected',
    '2026-03-07 less what was expected',
  ]);
  const [snow] = rowsOf(answer, 'anomalies');
  expect(snow?.[0]).toBe('2026-02-04');
  expect(snow?.[1]).toBe((prices[30] ?? 0) / 100);
  expect(Number(snow?.[2])).toBeCloseTo(130, -1);
  expect(snow?.at(-1)).toBe('Snow');
  expect(answer.sentence).toMatch(
    /^2 of 84 days have net revenue unlike others of their weekday and trend: 2026-02-04 with 6\d\.\d\d USD instead of 1[23]\d\.\d\d USD \(range 1[12]\d.* USD to 1\d\d.* USD; Snow\) and 2026-03-07 with /,
  );
  expect(rowsOf(answer, 'series').filter((row) => row[5] === 'yes')).toHaveLength(2);
});

test('the distance of a finding is that of the table, its interval holds what was planted', () => {
  const plain = noisy(chanceOf(2), 84);
  const answer = result(daily(changed(plain, { 40: 0.6 })));
  const [own] = answer.findings;
  const planted = (-0.4 * 10_000 * (WEEK[40 % 7] ?? 0)) / 100;
  expect(own?.lower).toBeLessThan(planted);
  expect(own?.upper).toBeGreaterThan(planted);
  expect(own?.estimate).toBe(rowsOf(answer, 'anomalies')[0]?.[5]);
});

test('two odd days of one week and one weekday do not hide each other', () => {
  const prices = changed(noisy(chanceOf(3), 56), { 15: 0.75, 16: 0.75, 22: 0.75 });
  const found = result(daily(prices), { most: 0.1 }).findings.map(({ name }) => name.slice(0, 10));
  expect(found.sort()).toEqual([15, 16, 22].map((i) => dateOf(FROM + i)));
});

test('small days of a growing series are not odd: the scale of even spread is found', () => {
  const chance = chanceOf(14);
  const counts = Array.from({ length: 210 }, (_, i) => chance.poisson(4 * 1.015 ** i * (WEEK[i % 7] ?? 1)));
  const payments = counts.flatMap((count, i) =>
    Array.from({ length: count }, (_, k) => ({ rider: `r${k}`, date: dateOf(FROM + i) })),
  );
  const answer = result(payments, { outcome: 'payments' });
  expect(answer.options).toMatchObject({ scale: 'root' });
  expect(answer.sentence).toBe('None of 210 days has payments beyond what weekday and trend let expect.');
  const forced = result(payments, { outcome: 'payments', scale: 'level' });
  expect(forced.warnings.join()).toContain('What is left spreads more where more is expected');
});

test('where nothing is odd 5 of 100 series of normal days name something', () => {
  const chance = chanceOf(5);
  const options = { period: 7, seasonalWindow: 'periodic' } as const;
  const named = Array.from({ length: 200 }, () =>
    answered(anomaliesOf(chance.normals(84), options, 4)).found.length > 0 ? 1 : 0,
  ).reduce<number>((sum, one) => sum + one, 0);
  expect(named).toBeGreaterThanOrEqual(2);
  expect(named).toBeLessThanOrEqual(20);
});

test('law: what was expected and what is left make the series; unit and level do not matter', () => {
  const base = changed(noisy(chanceOf(6), 63), { 20: 0.3 });
  const options = { period: 7, seasonalWindow: 'periodic' } as const;
  const plain = answered(anomaliesOf(Float64Array.from(base), options, 4));
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 99, noNaN: true }), fc.nat(9_999), (factor, shift) => {
      const values = Float64Array.from(base, (value) => factor * value + shift);
      const moved = answered(anomaliesOf(values, options, 4));
      expect(moved.found.map(({ index }) => index)).toEqual(plain.found.map(({ index }) => index));
      for (const [i, value] of values.entries()) {
        expect((moved.expected[i] ?? 0) + (moved.remainder[i] ?? 0)).toBeCloseTo(value, 6);
      }
    }),
    { numRuns: 20 },
  );
});

test('more odd days than are looked for: it is said', () => {
  const prices = changed(noisy(chanceOf(7), 84), { 9: 0.3, 25: 0.3, 52: 0.3 });
  expect(result(daily(prices), { most: 0.03 }).warnings.join()).toContain('raise most');
});

const plain = noisy(chanceOf(8), 28);
test.each([
  ['two weeks', 'too_few', 'fewer than two cycles', daily(plain.slice(0, 14)), {}],
  ['a year of months', 'too_few', 'fewer than two cycles', daily(noisy(chanceOf(9), 370)), { cycle: 'year' }],
  ['no logarithm', 'out_of_domain', 'have no log', daily([...plain, 0]), { scale: 'log' }],
  ['unknown type', 'too_few', 'no payment by gold', daily(plain), { payment_type: 'gold' }],
  ['all the same', 'no_variation', 'as season and trend', daily(plain), { outcome: 'payments' }],
])('refused: %s', (_, reason, words, payments, given) => {
  expect(runStudy(anomalies, observed(payments), given)).toMatchObject({
    kind: 'refused',
    study: 'anomalies',
    reason,
    message: expect.stringContaining(words),
  });
});
