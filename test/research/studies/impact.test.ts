import { expect, test } from 'vitest';
import { dateOf, dayOf } from '../../../src/research/days.js';
import type { Observations } from '../../../src/research/observations.js';
import { impact } from '../../../src/research/studies/impact.js';
import { runStudy } from '../../../src/research/studies.js';
import { chanceOf, coverageOf } from '../../support/simulated.js';
import { eventDate, simulateRiders, type World } from '../../support/simulated-riders.js';
import { resultsOf, tableOf } from '../../support/study-results.js';

/** A fall of a fifth in payments at a price that stays, so of revenue too. */
const WORLD: World = {
  riders: 60,
  weeks: 40,
  event: 24,
  priceAfter: 200,
  swing: (week) => (week >= 24 ? 0.8 : 1),
};

const result = resultsOf(impact);

test.each(['revenue', 'payments'])(
  'a planted change of %s is within the interval, and told as a share',
  (outcome) => {
    const answer = result(simulateRiders(chanceOf(1), { ...WORLD, riders: 300 }), { outcome });
    const [main, beside] = answer.findings;
    expect([main?.name, beside?.name]).toEqual([
      'change at the event (Prais–Winsten)',
      'change at the event (Newey–West)',
    ]);
    expect((main?.lower ?? 0) < -0.2 && (main?.upper ?? -1) > -0.2).toBe(true);
    expect(answer.sentence).toMatch(/ by week fell by .*% at Fare rise \(2026-06-22\)/);
    expect(answer.method).toContain('40 weeks');
    expect(tableOf(answer.diagnostics, 'placebo')?.rows).toHaveLength(5);
    expect(answer.charts[0]?.marks).toEqual([{ name: 'Fare rise', from: '2026-06-22', to: null }]);
  },
);

test('revenue is net: what is given back each week after the event is in the change', () => {
  const data = simulateRiders(chanceOf(2), { ...WORLD, swing: () => 1 });
  const rows = Array.from(data.day, (day, i) => ({ day, rider: data.rider[i] ?? 0 })).filter(
    ({ day }) => day >= dayOf(eventDate(WORLD)),
  );
  const adjustments = {
    size: rows.length,
    rider: Int32Array.from(rows, ({ rider }) => rider),
    type: new Uint16Array(rows.length),
    day: Int32Array.from(rows, ({ day }) => day),
    amount: new Float64Array(rows.length).fill(-100),
  };
  const [main] = result({ ...data, adjustments }).findings;
  expect((main?.lower ?? 0) < -0.5 && (main?.upper ?? -1) > -0.5 && (main?.upper ?? 0) < -0.3).toBe(true);
});

test('under 12 points it says so and takes least squares', () => {
  const answer = result(simulateRiders(chanceOf(3), { ...WORLD, weeks: 11, event: 6 }), { period: 'week' });
  expect(answer.findings[0]?.name).toBe('change at the event (least squares)');
  expect(answer.warnings.join()).toContain('Only 11 points');
  expect(answer.sentence).toContain('by least squares on 11 points');
});

test('a short event is looked at by days, while it held, with weekdays apart', () => {
  const from = dayOf(eventDate(WORLD));
  const free: World = {
    ...WORLD,
    riders: 200,
    swing: (week) => (week === 24 ? 1.5 : 1),
    entry: { kind: 'free', name: 'Free week', ends_before: dateOf(from + 7) },
  };
  const answer = result(simulateRiders(chanceOf(4), free), { outcome: 'payments' });
  expect(answer.method).toContain('terms of weekdays');
  const [main] = answer.findings;
  expect((main?.lower ?? 1) < 0.5 && (main?.upper ?? 0) > 0.5 && (main?.lower ?? 0) > 0.2).toBe(true);
  expect(tableOf(answer, 'series')?.rows.filter((row) => row[3] !== null)).toHaveLength(7);
  const weeks = runStudy(impact, simulateRiders(chanceOf(4), free), { period: 'month' });
  expect(weeks).toMatchObject({
    kind: 'refused',
    reason: 'too_few',
    message: expect.stringContaining('for no whole month'),
  });
});

test('the week in which a live database was read is not over, and no fall', () => {
  const data = simulateRiders(chanceOf(1), WORLD);
  const read_at = `${dateOf(dayOf(data.to) - 2)}T12:00:00Z`;
  const live: Observations = { ...data, provenance: { kind: 'live', sequence: data.size, read_at } };
  expect(result(data).method).toContain('of 40 weeks');
  expect(result(live).method).toContain('of 39 weeks');
});

test('months: one that has days of both sides has a term of its own; two years have terms of months', () => {
  const long = {
    ...WORLD,
    riders: 40,
    weeks: 160,
    event: 100,
    swing: (week: number) => (week >= 100 ? 0.8 : 1),
  };
  const answer = result(simulateRiders(chanceOf(5), long), { period: 'month', outcome: 'payments' });
  const terms = tableOf(answer, 'terms')?.rows.map(([, term]) => String(term)) ?? [];
  expect(terms.some((term) => term.startsWith('month of both sides'))).toBe(true);
  expect(answer.method).toContain('terms of months');
});

test('where nothing changed, nothing is found', () => {
  const answer = result(simulateRiders(chanceOf(9), { ...WORLD, swing: () => 1 }));
  expect(answer.sentence).toMatch(/^No change of net revenue by week beyond chance/);
});

test('intervals hold the truth (a few worlds; the long form runs 2,000)', () => {
  const coverage = coverageOf(30, 6, (chance) => {
    const [main] = result(simulateRiders(chance, { ...WORLD, riders: 15 }), { outcome: 'payments' }).findings;
    return [{ lower: main?.lower ?? 1, upper: main?.upper ?? 0 }, -0.2];
  });
  expect(coverage).toBeGreaterThanOrEqual(0.8);
});

const refusals: [string, string, string, Partial<World>, Record<string, unknown>][] = [
  ['an event outside the period', 'not_identified', 'nothing on one side', {}, { event: '2030-01-01' }],
  ['an event in the second week', 'not_identified', 'at least two periods', { event: 1 }, {}],
  ['an event in the last week', 'not_identified', 'at least two periods', { event: 39 }, {}],
  ['a type that nobody used', 'too_few', 'no payment by coins', {}, { payment_type: 'coins' }],
  [
    'a logarithm of nothing',
    'out_of_domain',
    'take scale=level',
    { swing: (week) => (week === 3 ? 0 : 1) },
    { scale: 'log' },
  ],
  ['a series too short for its terms', 'too_few', 'cannot carry', { weeks: 4, event: 2 }, { period: 'week' }],
];
test.each(refusals)('refused: %s', (_, reason, words, world, given) => {
  const answer = runStudy(impact, simulateRiders(chanceOf(8), { ...WORLD, riders: 20, ...world }), given);
  expect(answer).toMatchObject({
    kind: 'refused',
    study: 'impact',
    reason,
    message: expect.stringContaining(words),
  });
});
