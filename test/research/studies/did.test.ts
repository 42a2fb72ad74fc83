import { expect, test } from 'vitest';
import { isRefusal } from '../../../src/research/numeric/answer.js';
import { afterLessBefore, beside, contrastEstimates } from '../../../src/research/numeric/balanced-panel.js';
import { jointTest } from '../../../src/research/numeric/covariance.js';
import { differenceInDifferences } from '../../../src/research/numeric/differences.js';
import { eventStudy } from '../../../src/research/numeric/event-study.js';
import { did } from '../../../src/research/studies/did.js';
import { runStudy } from '../../../src/research/studies.js';
import { answered, chanceOf, coverageOf, expectNear } from '../../support/simulated.js';
import { simulateRiders, type World } from '../../support/simulated-riders.js';
import { resultsOf } from '../../support/study-results.js';

const typed = (rider: number): string => (rider % 2 === 0 ? 'credit_card' : 'bank_transfer');
const cards = (rider: number): boolean => rider % 2 === 0;
const WORLD: World = {
  riders: 300,
  weeks: 26,
  event: 14,
  type: typed,
  met: cards,
  elasticity: (rider) => (cards(rider) ? -1 : 0),
  swing: (week) => 1 + 0.3 * Math.sin(week),
  entry: { payment_type: 'credit_card' },
};

const result = resultsOf(did);

/** 200 → 250 at −1: a fifth fewer of 2 a week, times what the season makes of the weeks after. */
const season = Array.from({ length: 12 }, (_, i) => 1 + 0.3 * Math.sin(14 + i)).reduce((a, b) => a + b) / 12;
const TRUTH = -0.2 * 2 * season;

test('a planted effect is within the interval, none is found before, the season of all is no effect', () => {
  const answer = result(simulateRiders(chanceOf(1), WORLD));
  const [main] = answer.findings;
  expect(main?.name).toBe('effect (2×2)');
  expect((main?.lower ?? 0) < TRUTH && (main?.upper ?? -9) > TRUTH && (main?.upper ?? 0) < 0).toBe(true);
  // Who paid nothing in the base period is of no method.
  expect(answer.riders).toBeGreaterThan(290);
  expect(answer.clusters).toBe(answer.riders);
  expect(answer.sentence).toContain('of a rider of credit_card by');
  expect(answer.sentence).toContain('beside riders of bank_transfer');
  expect(answer.charts.map(({ name }) => name)).toEqual(['means', 'event_study']);
  const [preTrends] = answer.diagnostics.tables;
  expect(preTrends?.rows.map(([, , , p]) => Number(p) > 0.01)).toEqual([true, true]);
});

test('in one pass it is what the regressions give: 2×2, event study, joint test, by rider and by cluster', () => {
  const chance = chanceOf(2);
  const [units, periods] = [40, 8];
  const treated = Array.from({ length: units }, (_, unit) => (unit % 3 === 0 ? 1 : 0));
  const values = Float64Array.from(
    { length: units * periods },
    (_, i) => chance.normal() + (i % periods) + Math.floor(i / periods) * 0.1,
  );
  const unit = Array.from(values, (_, i) => Math.floor(i / periods));
  const period = Array.from(values, (_, i) => i % periods);
  for (const clusters of [
    undefined,
    Array.from({ length: units }, (_, i) => (i % 12) + 100 * (treated[i] ?? 0)),
  ]) {
    const panel = { units, periods, values, treated, ...(clusters === undefined ? {} : { clusters }) };
    const long = {
      outcome: values,
      unit,
      period,
      treated: unit.map((own) => treated[own] ?? 0),
      event: 5,
      clusters: unit.map((own) => clusters?.[own] ?? own),
    };
    const theirs = answered(eventStudy(long));
    const weeks = [0, 1, 2, 3, 5, 6, 7];
    const ours = answered(
      contrastEstimates(
        panel,
        weeks.map((week) => beside(`${week}`, periods, week, 4)),
      ),
    );
    const told = (all: readonly { estimate: number; standardError: number }[]) =>
      all.flatMap((own) => [own.estimate, own.standardError]);
    expectNear(told(ours.estimates), told(theirs.effects));
    const joint = answered(
      jointTest(
        { names: ours.estimates.map(({ name }) => name), coefficients: ours.coefficients, n: ours.n },
        ours.covariance,
        ['0', '1', '2', '3'],
      ),
    );
    if (isRefusal(theirs.preTrends)) throw new Error(theirs.preTrends.message);
    expectNear([joint.statistic, joint.pValue], [theirs.preTrends.statistic, theirs.preTrends.pValue]);
    const average = answered(contrastEstimates(panel, [afterLessBefore('average', periods, 0, 5, 8)]));
    expectNear(told(average.estimates), told([answered(theirs.average)]));
  }
  const pairs = values.slice(0, 2 * units);
  const two = answered(
    contrastEstimates(
      { units, periods: 2, values: pairs, treated },
      [afterLessBefore('effect', 2, 0, 1, 2)],
      4,
    ),
  );
  const plain = answered(
    differenceInDifferences({
      outcome: pairs,
      treated: Array.from(pairs, (_, i) => treated[i >> 1] ?? 0),
      after: Array.from(pairs, (_, i) => i & 1),
      clusters: Array.from(pairs, (_, i) => i >> 1),
    }),
  ).effect;
  const [own] = two.estimates;
  expectNear([own?.estimate ?? 0, own?.standardError ?? 0], [plain.estimate, plain.standardError]);
});

test('fewer than 30 clusters: a warning, and the interval of the wild cluster bootstrap', () => {
  const district = (rider: number) => `d${rider % 12}`;
  const file = `rider,segment\n${Array.from({ length: 300 }, (_, rider) => `rider ${rider},${district(rider)}`).join('\n')}`;
  const treated = [0, 2, 4, 6, 8, 10].map((d) => `d${d}`).join(',');
  const answer = result(simulateRiders(chanceOf(3), WORLD), {
    segments: 'file',
    segments_csv: file,
    treated,
    cluster: 'segment',
  });
  const [wild, plain] = answer.findings;
  expect([wild?.name, plain?.name]).toEqual([
    'effect (2×2, wild cluster bootstrap)',
    'effect (2×2, clustered errors)',
  ]);
  expect(answer.clusters).toBe(12);
  expect(answer.warnings.join()).toContain('Only 12 clusters');
  expect(wild?.estimate).toBe(plain?.estimate);
  expect((wild?.lower ?? 0) < TRUTH && (wild?.upper ?? -9) > TRUTH).toBe(true);
});

test('revenue is per rider in currency units', () => {
  const answer = result(simulateRiders(chanceOf(4), { ...WORLD, elasticity: () => 0 }), {
    outcome: 'revenue',
  });
  // Two payments a week, each half a dollar dearer.
  const [main] = answer.findings;
  expect((main?.lower ?? 9) < season && (main?.upper ?? 0) > season).toBe(true);
  expect(answer.sentence).toContain('USD');
});

test('intervals hold the truth (a few worlds; the long form runs 2,000)', () => {
  let worlds = 0;
  const coverage = coverageOf(40, 5, (chance) => {
    const answer = runStudy(did, simulateRiders(chance, { ...WORLD, riders: 80 }), {
      before_weeks: 8,
      after_weeks: 12,
    });
    // One in twenty is refused for pre-trends by chance.
    if (answer.kind !== 'result') return [{ lower: TRUTH, upper: TRUTH }, TRUTH];
    worlds += 1;
    return [answer.findings[0] ?? { lower: 1, upper: 0 }, TRUTH];
  });
  expect(worlds).toBeGreaterThan(30);
  expect(coverage).toBeGreaterThanOrEqual(0.82);
});

const refusals: [string, string, string, Partial<World>, Record<string, unknown>][] = [
  ['an event outside the period', 'not_identified', 'nothing on one side', {}, { event: '2030-01-01' }],
  ['an event with one week after it', 'too_few', '2 are needed', { event: 25 }, {}],
  ['no segments', 'not_identified', 'nothing to compare with', {}, { segments: 'none' }],
  ['nobody named', 'not_identified', 'Whom did', { entry: { payment_type: null } }, {}],
  ['a segment that is not there', 'not_identified', 'no segment coins', {}, { treated: 'coins' }],
  [
    'everybody treated',
    'not_identified',
    'All segments were met',
    {},
    { treated: 'credit_card,bank_transfer' },
  ],
  ['both treated and compared', 'not_identified', 'both treated', {}, { comparison: 'credit_card' }],
  [
    'one treated rider',
    'too_few',
    '1 treated clusters',
    { type: (rider) => (rider === 0 ? 'credit_card' : 'bank_transfer') },
    {},
  ],
  ['sides that are clusters as a whole', 'too_few', 'untreated clusters', {}, { cluster: 'segment' }],
];
test.each(refusals)('refused: %s', (_, reason, words, world, given) => {
  const answer = runStudy(
    did,
    simulateRiders(chanceOf(6), { ...WORLD, riders: 40, rate: 4, ...world }),
    given,
  );
  expect(answer).toMatchObject({
    kind: 'refused',
    study: 'did',
    reason,
    message: expect.stringContaining(words),
  });
});

test('refused: sides that were on different ways already', () => {
  const data = simulateRiders(chanceOf(7), { ...WORLD, riders: 200, rate: 4 });
  // Of card payments before the event, ever more are left out the earlier they are.
  const keep = Array.from(data.day, (day, i) =>
    (data.rider[i] ?? 0) % 2 !== 0 ? true : (i * 7) % 14 < (day - (data.day[0] ?? 0)) / 7,
  );
  const pick = <T extends Int32Array | Uint16Array | Float64Array>(column: T) =>
    column.filter((_, i) => keep[i]);
  const drifting = {
    ...data,
    size: keep.filter(Boolean).length,
    rider: Int32Array.from(pick(data.rider)),
    type: Uint16Array.from(pick(data.type)),
    day: Int32Array.from(pick(data.day)),
    price: Float64Array.from(pick(data.price)),
  };
  expect(runStudy(did, drifting, {})).toMatchObject({
    kind: 'refused',
    reason: 'pre_trends',
    message: expect.stringContaining('differed before the event already'),
  });
});
