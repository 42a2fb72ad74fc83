import { expect, test } from 'vitest';
import { dayOf } from '../../../src/research/days.js';
import { giniOf, linearInequality, MEASURES, theilOf } from '../../../src/research/numeric/inequality.js';
import { equity } from '../../../src/research/studies/equity.js';
import { runStudy } from '../../../src/research/studies.js';
import { observed } from '../../support/observations.js';
import { answered, type Chance, chanceOf, coverageOf, expectNear } from '../../support/simulated.js';
import { resultsOf, tableOf } from '../../support/study-results.js';

const result = resultsOf(equity);

const one = (prices: readonly number[]) =>
  observed(
    prices.map((price, i) => ({
      rider: `r${i}`,
      date: '2026-01-05',
      price,
      type: i % 2 === 0 ? 'coins' : 'credit_card',
    })),
  );

test('closed forms: 1 to 50, in money of the currency, with the tenth that spent most', () => {
  const answer = result(one(Array.from({ length: 50 }, (_, i) => 100 * (i + 1))));
  expect(answer.findings[0]?.estimate).toBeCloseTo(49 / 150, 12);
  expect(tableOf(answer, 'quantiles')?.rows[0]?.slice(0, 2)).toEqual(['all', 25.5]);
  expect(tableOf(answer, 'quantiles')?.rows[0]?.[6]).toBe(25.5);
  expect(tableOf(answer, 'top')?.rows[2]).toEqual([0.1, (50 + 49 + 48 + 47 + 46) / 1275]);
  expect(answer.sentence).toMatch(
    /^Net spending of 50 riders has a Gini coefficient of 0\.327 \(95% interval .*half of the riders paid less than 25\.50 USD\.$/,
  );
  expect(answer.charts[0]?.series[1]?.y.at(-1)).toBe(1);
});

test('spending is net; who had more given back than paid counts as zero, and is told of', () => {
  const data = one([100, 100, 300]);
  const adjustments = {
    size: 2,
    rider: Int32Array.of(0, 2),
    type: Uint16Array.of(0, 0),
    day: Int32Array.of(dayOf('2026-01-05'), dayOf('2026-01-05')),
    amount: Float64Array.of(-150, -200),
  };
  const answer = result({ ...data, adjustments });
  expect(answer.findings[0]?.estimate).toBeCloseTo(answered(giniOf([0, 100, 100])), 12);
  expect(answer.warnings.join()).toContain('1 rider had more given back than paid');
});

test('segments have inequalities of their own', () => {
  const answer = result(one([100, 100, 100, 900, 100, 500, 100, 100]), { segments: 'method' });
  const coins = answer.findings.find(({ segment, name }) => segment === 'coins' && name.startsWith('Gini'));
  expect(coins?.estimate).toBeCloseTo(0, 12);
});

const amountsOf = (chance: Chance, n: number) =>
  Float64Array.from({ length: n }, () => Math.exp(0.8 * chance.normal()));

test('the linearised error is how the measure moves when one amount counts more', () => {
  const amounts = amountsOf(chanceOf(1), 40);
  for (const [measure, of] of [
    ['gini', giniOf],
    ['theil', theilOf],
  ] as const) {
    // Each amount k times, one of them once more: the change times the number of amounts is its influence.
    const k = 200;
    const n = k * amounts.length;
    const many = Array.from(amounts).flatMap((amount) => new Array<number>(k).fill(amount));
    const base = answered(of(many));
    const moves = Array.from(amounts, (amount) => (n + 1) * (answered(of([...many, amount])) - base));
    const variance = moves.reduce((sum, move) => sum + move ** 2, 0) / (amounts.length - 1);
    expectNear(
      [answered(linearInequality(measure, amounts)).standardError],
      [Math.sqrt(variance / amounts.length)],
      1e-3,
    );
  }
});

test.each(MEASURES)('%s: linearised intervals hold the truth', (measure) => {
  // Of log-normal spending: Gini 2Φ(σ/√2) − 1, Theil σ²/2.
  const truth = measure === 'gini' ? 0.4283924 : 0.32;
  const coverage = coverageOf(150, 2, (chance) => [
    answered(linearInequality(measure, amountsOf(chance, 2_000))),
    truth,
  ]);
  expect(coverage).toBeGreaterThanOrEqual(0.88);
});

test('the same seed draws the same interval; another seed another', () => {
  const data = one(Array.from(amountsOf(chanceOf(3), 60), (amount) => Math.ceil(1000 * amount)));
  const ends = (seed: number) => result(data, { seed }).findings.map(({ lower, upper }) => [lower, upper]);
  expect(ends(5)).toEqual(ends(5));
  expect(ends(5)).not.toEqual(ends(6));
});

test.each([
  ['too_few', [100]],
  ['no_variation', [0, 0, 0]],
])('refused: %s of %o', (reason, prices) => {
  expect(runStudy(equity, one(prices), {})).toMatchObject({ kind: 'refused', study: 'equity', reason });
});
