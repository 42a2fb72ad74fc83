import { expect, test } from 'vitest';
import { isRefusal } from '../../../src/research/numeric/answer.js';
import { shareTrends } from '../../../src/research/numeric/clustered-shares.js';
import { clustered } from '../../../src/research/numeric/covariance.js';
import { designOf, leastSquares } from '../../../src/research/numeric/least-squares.js';
import { shares } from '../../../src/research/studies/shares.js';
import { runStudy, studyNamed } from '../../../src/research/studies.js';
import type { StudyResult } from '../../../src/research/study.js';
import { type ObservedPayment, observed } from '../../support/observations.js';
import { resultsOfPayments } from '../../support/study-results.js';

/** The counts of the method sheet, each payment of a rider of its own. */
const COUNTS = [56, 72, 73, 59, 62, 87, 58];

function oneEach(counts: readonly number[]): ObservedPayment[] {
  return counts.flatMap((count, k) =>
    Array.from({ length: count }, (_, i) => ({ rider: `${k}-${i}`, type: `t${k}`, date: '2026-03-02' })),
  );
}

const result = resultsOfPayments(shares);

const ends = (answer: StudyResult, name: string): number[] =>
  answer.findings
    .filter((finding) => finding.name === name)
    .flatMap(({ lower, upper }) => [lower, upper].map((end) => Number(end.toFixed(4))));

test('where each payment is a rider of its own, the intervals are those of the method sheet', () => {
  const payments = oneEach(COUNTS);
  expect(ends(result(payments), 'share of t0')).toEqual([0.0852, 0.1663]);
  expect(ends(result(payments, { interval: 'sison-glaz' }), 'share of t0')).toEqual([0.0792, 0.1644]);
  const wilson = result(oneEach([81, 182]), { interval: 'wilson' });
  expect(ends(wilson, 'share of t0')).toEqual([0.2553, 0.3662]);
});

test('ten payments of each rider of one type tell no more than one', () => {
  const once = result(oneEach([20, 20]));
  const tenfold = result(oneEach([20, 20]).flatMap((payment) => Array.from({ length: 10 }, () => payment)));
  const [one] = once.findings;
  const [ten] = tenfold.findings;
  expect(ten?.standardError).toBeCloseTo(one?.standardError ?? 0, 12);
  expect(ten?.lower).toBeCloseTo(one?.lower ?? 0, 12);
  expect(tenfold).toMatchObject({ payments: 400, riders: 40, clusters: 40 });
});

test('Sison and Glaz are asked for as many payments as riders make of them', () => {
  const tenfold = oneEach(COUNTS).flatMap((payment) => Array.from({ length: 10 }, () => payment));
  const found = result(tenfold, { interval: 'sison-glaz' });
  expect(ends(found, 'share of t0')).toEqual([0.0792, 0.1644]);
  expect(found.method).toContain('design effect 10.00');
});

test('shares of revenue count money', () => {
  const payments = [
    { rider: 'a', type: 'coins', date: '2026-03-02', price: 100 },
    { rider: 'b', type: 'credit_card', date: '2026-03-02', price: 300 },
  ];
  const found = result(payments, { of: 'revenue' }).findings.map(({ name, estimate }) => [name, estimate]);
  expect(found).toEqual([
    ['share of coins', 0.25],
    ['share of credit_card', 0.75],
  ]);
});

test('the trend is that of least squares with clustered errors', () => {
  const cluster = Array.from({ length: 200 }, (_, i) => (i * 7) % 40);
  const time = Array.from({ length: 200 }, (_, i) => Math.floor(i / 25));
  const category = cluster.map((own, i) => ((own * 31 + i * i) % 11 < 3 + (time[i] ?? 0) / 2 ? 1 : 0));
  const fit = leastSquares(category, designOf({ constant: new Float64Array(200).fill(1), time }));
  if (isRefusal(fit)) throw new Error(fit.message);
  const expected = clustered(fit, cluster);
  const found = shareTrends({ cluster, clusters: 40, category, categories: 2 }, time, ['no', 'yes']);
  if (isRefusal(expected) || isRefusal(found)) throw new Error('refused');
  expect(found[1]?.estimate).toBeCloseTo(fit.coefficients[1] ?? 0, 12);
  expect(found[1]?.standardError).toBeCloseTo(Math.sqrt(expected.matrix[1]?.[1] ?? 0), 12);
});

test('a type that is taken up is told with its slope, and no other change is claimed', () => {
  const payments = Array.from({ length: 60 }, (_, i) =>
    ['2026-01-10', '2026-02-10', '2026-03-10', '2026-04-10'].map((date, month) => ({
      rider: `r${i}`,
      date,
      type: i < 12 * month ? 'mobile_payment' : 'credit_card',
    })),
  ).flat();
  const answer = result(payments);
  const slope = answer.findings.find(({ name }) => name === 'change of the share of mobile_payment a month');
  expect(slope?.estimate).toBeCloseTo(0.2, 12);
  expect(answer.sentence).toContain(
    'he share of mobile payment rose by 20.00 percentage points a month (95% interval',
  );
});

test('one rider alone is refused, and so are no payments', () => {
  const alone = observed([{ rider: 'a', date: '2026-03-02' }]);
  expect(runStudy(shares, alone)).toMatchObject({ kind: 'refused', reason: 'too_few', study: 'shares' });
  expect(runStudy(shares, observed([]))).toMatchObject({ kind: 'refused', reason: 'too_few' });
});

test('options come as text too, and wrong ones are named together', () => {
  const payments = observed(oneEach([20, 20]));
  expect(runStudy(shares, payments, { level: '0.9' })).toMatchObject({
    options: { level: 0.9, of: 'payments' },
  });
  expect(() => runStudy(shares, payments, { level: '2', colour: 'red' })).toThrow(
    /level: .*colour: is no option/s,
  );
  expect(() => studyNamed('astrology')).toThrow(/There is no study astrology; there are .*shares/);
});
