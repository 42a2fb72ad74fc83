import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateOf, dayOf } from '../../../src/research/days.js';
import { seasonOf } from '../../../src/research/numeric/season.js';
import { stl } from '../../../src/research/numeric/stl.js';
import type { Observations } from '../../../src/research/observations.js';
import { seasonality } from '../../../src/research/studies/seasonality.js';
import { runStudy } from '../../../src/research/studies.js';
import { calendarEntry, type ObservedPayment, observed } from '../../support/observations.js';
import { answered, type Chance, chanceOf, falsePositives } from '../../support/simulated.js';
import { resultOf, resultsOfPayments, rowsOf, tableOf } from '../../support/study-results.js';

const result = resultsOfPayments(seasonality);

/** One payment a day, of a price by the number of the day. From a Monday. */
const daily = (days: number, price: (day: number) => number, type = 'credit_card'): ObservedPayment[] =>
  Array.from({ length: days }, (_, i) => ({
    rider: `${type} ${i % 9}`,
    date: dateOf(dayOf('2026-01-05') + i),
    price: price(i),
    type,
  }));
/** Mondays cost twice, and what is left over is a little that follows no week. */
const mondays = daily(70, (i) => (i % 7 === 0 ? 400 : 200) + ((i * 37) % 11) - 5);

test('a planted weekday is found, in the calendar’s order, and told as a share of the trend', () => {
  const answer = result(mondays);
  const rows = rowsOf(answer, 'season');
  expect(rows.map(([, place]) => place).slice(0, 2)).toEqual(['Sunday', 'Monday']);
  // Twice the others, whose geometric mean with Monday's is 2^(1/7): 2^(6/7) − 1.
  const monday = answer.findings.find(({ name }) => name === 'Monday against the trend');
  expect(monday?.lower).toBeLessThan(2 ** (6 / 7) - 1);
  expect(monday?.upper).toBeGreaterThan(2 ** (6 / 7) - 1);
  expect(monday?.estimate).toBeCloseTo(2 ** (6 / 7) - 1, 1);
  expect(answer.sentence).toMatch(
    /^Net revenue by day: Monday is highest, 8\d\.\d% \(95% interval 7\d.*% to \d\d.*%\) against the trend, and .* lowest, −9\.\d% .*\. Over 10 whole weeks the season explains 99\.\d% of what the trend leaves\.$/,
  );
  expect(answer.options).toMatchObject({ cycle: 'week', scale: 'log' });
});

test('in units where a day has nothing; money is in units of the currency', () => {
  const answer = result(
    mondays.filter((_, i) => i !== 20),
    {},
  );
  expect(answer.options).toMatchObject({ scale: 'level' });
  const distance = tableOf(answer, 'season')?.columns.find(({ name }) => name === 'distance');
  expect(distance?.format).toBe('money');
  const series = rowsOf(answer, 'series');
  expect(series[20]?.slice(0, 2)).toEqual(['2026-01-25', 0]);
  expect(series[0]?.[1]).toBeCloseTo(3.95, 12);
  const monday = answer.findings.find(({ name }) => name === 'Monday against the trend');
  expect(monday?.estimate).toBeCloseTo(2 * (6 / 7), 0);
});

test('law: the parts make the series again', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9_999 }), { minLength: 15, maxLength: 40 }), (prices) => {
      fc.pre(new Set(prices).size > 3);
      const series = result(
        daily(prices.length, (i) => prices[i] ?? 0),
        { scale: 'level' },
      );
      for (const [i, row] of rowsOf(series, 'series').entries()) {
        const [, value, trend, season, rest] = row.map(Number);
        expect(value).toBeCloseTo((prices[i] ?? 0) / 100, 12);
        expect((trend ?? 0) + (season ?? 0) + (rest ?? 0)).toBeCloseTo(value ?? 0, 9);
      }
    }),
    { numRuns: 15 },
  );
  const rows = rowsOf(result(mondays), 'series');
  for (const row of rows) {
    const [, value, trend, season, rest] = row.map(Number);
    expect((trend ?? 0) * (1 + (season ?? 0)) * (1 + (rest ?? 0))).toBeCloseTo(value ?? 0, 9);
  }
});

test('months of the year are told where there are two and a month more, a day on average', () => {
  const months = daily(365 * 3, (i) => 100 + 50 * ((i * i) % 3));
  const answer = result(months);
  expect(answer.options).toMatchObject({ cycle: 'year' });
  const rows = rowsOf(answer, 'series');
  // From February 2026: January is not whole. Two of three days cost 1.50, and the third 1.00, whatever the month's length.
  expect(rows[0]?.[0]).toBe('2026-02-01');
  for (const [, value] of rows) expect(Number(value)).toBeCloseTo(4 / 3, 1);
  expect(tableOf(answer, 'season')?.rows[0]?.[1]).toBe('January');
});

test('segments and payment types have seasons of their own', () => {
  const flat = daily(70, (i) => 500 + ((i * 29) % 13), 'coins');
  const answer = result([...mondays, ...flat], { segments: 'method' });
  const monday = (segment: string | null) =>
    answer.findings.find((own) => own.segment === segment && own.name.startsWith('Monday'))?.estimate;
  expect(monday('credit_card')).toBeCloseTo(0.8, 1);
  expect(monday('coins')).toBeCloseTo(0, 1);
  const alone = result([...mondays, ...flat], { payment_type: 'coins' });
  expect(alone).toMatchObject({ payments: 70, riders: 9 });
  expect(alone.sentence).toContain('no season of the week beyond chance was found in 10 whole weeks');
});

test('the last day of a live database is not over, and is left out', () => {
  const data: Observations = {
    ...observed(mondays),
    zone: 'America/Chicago',
    provenance: { kind: 'live', sequence: 70, read_at: '2026-03-15T15:00:00Z' },
  };
  const answer = resultOf(seasonality, data);
  expect(answer.payments).toBe(69);
  expect(tableOf(answer, 'series')?.rows.at(-1)?.[0]).toBe('2026-03-14');
});

test('a short entry of the calendar is named', () => {
  const free = calendarEntry({ starts_on: '2026-02-02', ends_before: '2026-02-09', name: 'Free week' });
  expect(result(mondays, {}, { calendar: [free] }).warnings.join()).toContain('Free week (2026-02-02) is in');
});

/** Days of ten weeks, each keeping half of the chance of the day before. */
function week(chance: Chance, season: number): Float64Array {
  let error = chance.normal();
  return Float64Array.from({ length: 70 }, (_, i) => {
    error = 0.5 * error + Math.sqrt(0.75) * chance.normal();
    return 10 + 0.05 * i + error + (i % 7 === 0 ? season : 0);
  });
}
const PLACES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const seasonIn = (values: Float64Array) =>
  answered(seasonOf(answered(stl(values, { period: 7, seasonalWindow: 'periodic' })), PLACES));

test('law: a line that is added changes no place', () => {
  const y = week(chanceOf(8), 1);
  const slopes = fc.double({ min: -5, max: 5, noNaN: true });
  fc.assert(
    fc.property(slopes, (slope) => {
      const tilted = seasonIn(y.map((value, i) => value + slope * i)).places;
      for (const [k, { estimate, lower }] of seasonIn(y).places.entries()) {
        expect(tilted[k]?.estimate).toBeCloseTo(estimate, 9);
        expect(tilted[k]?.lower).toBeCloseTo(lower, 9);
      }
    }),
    { numRuns: 10 },
  );
});

test('where there is no season 5 of 100 worlds seem to have one; where there is, intervals hold it, all at once', () => {
  const found = falsePositives(500, 6, (chance) => seasonIn(week(chance, 0)).pValue);
  expect(found).toBeLessThanOrEqual(0.06);
  const chance = chanceOf(7);
  const truth = (place: number) => (place === 0 ? 6 / 7 : -1 / 7);
  const held = Array.from({ length: 400 }, () =>
    seasonIn(week(chance, 1)).places.every(({ lower, upper }, k) => lower <= truth(k) && truth(k) <= upper),
  ).filter(Boolean).length;
  expect(held / 400).toBeGreaterThanOrEqual(0.93);
});

test.each([
  ['two weeks', 'too_few', 'fewer than two cycles', daily(14, (i) => 100 + i), {}],
  ['one year of months', 'too_few', 'fewer than two cycles', daily(370, (i) => 100 + i), { cycle: 'year' }],
  [
    'no logarithm',
    'out_of_domain',
    'take scale=level',
    daily(20, (i) => (i === 4 ? 0 : 1)),
    { scale: 'log' },
  ],
  ['all the same', 'no_variation', 'Every cycle is the same', daily(28, () => 100), { outcome: 'payments' }],
  ['unknown type', 'too_few', 'no payment by gold', mondays, { payment_type: 'gold' }],
  ['no file', 'out_of_domain', 'need the file', mondays, { segments: 'file' }],
])('refused: %s', (_, reason, words, payments, given) => {
  expect(runStudy(seasonality, observed(payments), given)).toMatchObject({
    kind: 'refused',
    study: 'seasonality',
    reason,
    message: expect.stringContaining(words),
  });
});
