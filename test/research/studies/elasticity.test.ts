import { expect, test } from 'vitest';
import { dateOf, dayOf } from '../../../src/research/days.js';
import { named } from '../../../src/research/numeric/answer.js';
import { designOf } from '../../../src/research/numeric/least-squares.js';
import { poissonEstimates } from '../../../src/research/numeric/poisson.js';
import type { Observations } from '../../../src/research/observations.js';
import { periodsOf } from '../../../src/research/periods.js';
import { entries, priceEffect } from '../../../src/research/price-panel.js';
import { everyone } from '../../../src/research/segments.js';
import { elasticity } from '../../../src/research/studies/elasticity.js';
import { runStudy } from '../../../src/research/studies.js';
import { answered, chanceOf, coverageOf, expectNear } from '../../support/simulated.js';
import { simulateRiders, type World } from '../../support/simulated-riders.js';
import { resultsOf } from '../../support/study-results.js';

const WORLD: World = { riders: 120, weeks: 30, event: 16, elasticity: () => -0.5 };

const result = resultsOf(elasticity);

const typed = (rider: number): string => (rider % 2 === 0 ? 'credit_card' : 'bank_transfer');

test('a planted elasticity is within the interval, by every definition and by the panel', () => {
  const answer = result(simulateRiders(chanceOf(1), { ...WORLD, riders: 600 }));
  expect(answer.findings.map(({ name }) => name)).toEqual([
    'shrinkage elasticity',
    'midpoint elasticity',
    'log-arc elasticity',
    'price elasticity of riders over weeks (Poisson)',
  ]);
  for (const finding of answer.findings.slice(2)) {
    expect(finding.lower).toBeLessThan(-0.5);
    expect(finding.upper).toBeGreaterThan(-0.5);
    expect(finding.upper).toBeLessThan(0);
    expect(finding.literature.map(({ name }) => name)).toEqual([
      'Simpson–Curtin rule (Curtin 1968)',
      'Bly 1976',
    ]);
  }
  expect(answer.sentence).toMatch(
    /^Payments fell by .* from 2\.00 USD to 2\.50 USD \(Fare rise, 2026-04-27\): a log-arc elasticity/,
  );
  expect(answer.warnings.join()).toContain('The price was the same for everyone');
  expect(answer.charts.find(({ name }) => name === 'weeks')?.marks).toEqual([
    { name: 'Fare rise', from: '2026-04-27', to: null },
  ]);
});

test('segments differ as planted; where only some met the price, weeks have effects too', () => {
  const world = { ...WORLD, riders: 600, type: typed, met: (rider: number) => rider % 2 === 0 };
  const own = {
    ...world,
    elasticity: (rider: number) => (rider % 2 === 0 ? -0.7 : 0),
    swing: (week: number) => 1 + 0.3 * Math.sin(week),
  };
  const data = simulateRiders(chanceOf(2), { ...own, entry: { payment_type: 'credit_card' } });
  const answer = result(data, { segments: 'method' });
  const panel = named(answer.findings, 'price elasticity of riders over weeks (Poisson)');
  expect(panel.lower < -0.7 && panel.upper > -0.7).toBe(true);
  expect(answer.warnings.join()).toContain(
    'Not told of bank_transfer: The price of bank_transfer did not change.',
  );
  expect(answer.warnings.join()).not.toContain('The price was the same for everyone');
});

test('the week in which a live database was read is not over, and counts on neither side', () => {
  const data = simulateRiders(chanceOf(1), WORLD);
  const read_at = `${dateOf(dayOf(data.to) - 2)}T12:00:00Z`;
  const live: Observations = { ...data, provenance: { kind: 'live', sequence: data.size, read_at } };
  const given = { before_weeks: 14, after_weeks: 14 };
  expect(result(data, given).method).toContain('14 whole weeks on each side');
  expect(result(live, given).method).toContain('13 whole weeks on each side');
});

test('a segment without payments in the first week had the price that it met first, not none', () => {
  const data = simulateRiders(chanceOf(9), WORLD);
  const start = dayOf(data.from) + 8 * 7;
  const paidIn = (from: number, to: number): Set<number> =>
    new Set(data.rider.filter((_, i) => (data.day[i] ?? 0) >= from && (data.day[i] ?? 0) < to));
  const [before, first] = [paidIn(0, start), paidIn(start, start + 7)];
  const idle = (rider: number): boolean => before.has(rider) && !first.has(rider);
  const lines = data.riders.map((name, rider) => `${name},${idle(rider) ? 'idle' : 'busy'}`);
  const segments_csv = `rider,segment\n${lines.join('\n')}\n`;
  const answer = result(data, { segments: 'file', segments_csv, price: 'observed', before_weeks: 8 });
  expect(lines.filter((line) => line.endsWith('idle')).length).toBeGreaterThan(9);
  expect(answer.warnings.join()).toContain('The price was the same for everyone');
});

test('sums of cohorts give what the whole panel of riders and weeks gives, zeros and all', () => {
  const world = {
    ...WORLD,
    riders: 60,
    type: typed,
    joins: (rider: number) => (rider % 3 === 0 ? rider % 28 : 0),
  };
  const data = simulateRiders(chanceOf(3), world);
  const names = ['credit_card', 'bank_transfer'];
  const segmentation = {
    ...everyone(data),
    names,
    of: Int16Array.from(data.riders, (_, rider) => rider % 2),
  };
  const weeks = periodsOf('week', dayOf(data.from) + 14, dayOf(data.to));
  const prices = names.map((_, place) =>
    Float64Array.from({ length: weeks.count }, (_, week) => (place === 0 && week >= 14 ? 250 : 200)),
  );
  const fast = answered(
    priceEffect({ observations: data, segmentation, weeks, prices, only: null }, 'weeks', 0.95),
  );
  const rows: { rider: number; week: number; count: number }[] = [];
  const entry = entries(data, segmentation, weeks);
  const counts = new Map<string, number>();
  for (const [i, rider] of data.rider.entries()) {
    const key = `${rider} ${Math.floor(((data.day[i] ?? 0) - (weeks.bounds[0] ?? 0)) / 7)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [rider, first] of entry.entries()) {
    for (let week = Math.max(0, first); first >= 0 && week < weeks.count; week++)
      rows.push({ rider, week, count: counts.get(`${rider} ${week}`) ?? 0 });
  }
  const whole = answered(
    poissonEstimates({
      outcome: rows.map(({ count }) => count),
      regressors: designOf({
        price: rows.map(({ rider, week }) => Math.log(prices[rider % 2]?.[week] ?? 1)),
      }),
      effects: [rows.map(({ rider }) => rider), rows.map(({ week }) => week)],
      clusters: rows.map(({ rider }) => rider),
    }),
  );
  const [a, b] = [fast.estimates[0], whole.estimates[0]];
  expectNear(
    [a?.estimate ?? 0, a?.standardError ?? 0, fast.n, fast.clusters ?? 0],
    [b?.estimate ?? 1, b?.standardError ?? 1, whole.n, whole.clusters ?? 1],
  );
  expect(rows.some(({ count }) => count === 0)).toBe(true);
});

test('intervals hold the truth (a few worlds; the long form runs 2,000)', () => {
  const coverage = coverageOf(60, 4, (chance) => [
    named(result(simulateRiders(chance, { ...WORLD, weeks: 12, event: 6 })).findings, 'log-arc elasticity'),
    -0.5,
  ]);
  expect(coverage).toBeGreaterThanOrEqual(0.86);
});

test('the same seed draws the same interval; another seed another', () => {
  const data = simulateRiders(chanceOf(5), WORLD);
  const drawn = (seed: number) => result(data, { seed }).tables[0]?.rows.at(-1)?.slice(-2);
  expect(drawn(1)).toEqual(drawn(1));
  expect(drawn(1)).not.toEqual(drawn(2));
});

const refusals: [string, string, string, Partial<World>, Record<string, unknown>][] = [
  [
    'an entry that is not there',
    'not_identified',
    'No entry of the calendar is New Year',
    {},
    { event: 'New Year' },
  ],
  ['a date that is none', 'out_of_domain', 'is no date', {}, { event: '2026-02-30' }],
  ['a month that is none', 'out_of_domain', 'is no date', {}, { event: '2026-13-01' }],
  ['an event before the data', 'not_identified', 'nothing on one side', {}, { event: '2025-04-01' }],
  ['an event at the end of the data', 'too_few', '1 of it', { event: 29 }, {}],
  ['no calendar and no event', 'not_identified', 'Which event is meant', { entry: null }, {}],
  [
    'a price that never varied, by the calendar',
    'no_variation',
    'The price never varied',
    { entry: { price_after_minor: 200 } },
    {},
  ],
  [
    'a price that never varied, by what was paid',
    'no_variation',
    'The price never varied',
    { priceAfter: 200 },
    { price: 'observed' },
  ],
  [
    'a calendar without prices',
    'no_variation',
    'names no price',
    { entry: { price_after_minor: null } },
    { price: 'calendar' },
  ],
  ['a free period', 'out_of_domain', 'a free period has none', { entry: { price_after_minor: 0 } }, {}],
  ['a type that nobody used', 'too_few', 'no payment by coins', { entry: { payment_type: 'coins' } }, {}],
  ['one rider', 'too_few', 'at least two riders', { riders: 1, rate: 5 }, {}],
  ['a file of segments that is not given', 'out_of_domain', 'need the file', {}, { segments: 'file' }],
];
test.each(refusals)('refused: %s', (_, reason, words, world, given) => {
  const answer = runStudy(elasticity, simulateRiders(chanceOf(6), { ...WORLD, riders: 20, ...world }), given);
  expect(answer).toMatchObject({
    kind: 'refused',
    study: 'elasticity',
    reason,
    message: expect.stringContaining(words),
  });
});
