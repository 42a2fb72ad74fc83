import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateOf, dayOf } from '../../../src/research/days.js';
import { captureLag } from '../../../src/research/numeric/capture-lag.js';
import { clusteredDistribution } from '../../../src/research/numeric/clustered-quantiles.js';
import { ascendingOf, quantile } from '../../../src/research/numeric/quantiles.js';
import type { Observations } from '../../../src/research/observations.js';
import { lag } from '../../../src/research/studies/lag.js';
import { runStudy } from '../../../src/research/studies.js';
import { type ObservedPayment, observed } from '../../support/observations.js';
import { answered, type Chance, chanceOf, coverageOf } from '../../support/simulated.js';
import { resultsOf, rowsOf } from '../../support/study-results.js';

const result = resultsOf(lag);

const FROM = dayOf('2026-01-05');
const exponential = (chance: Chance, mean: number): number => -mean * Math.log(1 - chance.uniform());

/** Payments through the day, of which those captured before the end of the last day are there. */
function seen(chance: Chance, days: number, perDay: number, meanS: number): Observations {
  const end = 86_400 * days;
  const payments = Array.from({ length: days * perDay }, (_, i): ObservedPayment & { until: number } => {
    const [day, second] = [Math.floor(i / perDay), Math.floor(86_400 * chance.uniform())];
    const own = exponential(chance, meanS);
    const until = 86_400 * day + second + own;
    return { rider: `r${i % 50}`, date: dateOf(FROM + day), second, lag: own, until };
  });
  const kept = payments.filter(({ until }) => until < end);
  return observed(kept, { to: dateOf(FROM + days) });
}

test('a known lag is found: half within its median, 95 of 100 within theirs', () => {
  const data = seen(chanceOf(1), 40, 60, 600);
  const answer = result(data, { watched_until: dateOf(FROM + 40) });
  const of = (share: string) =>
    answer.findings.find(({ name }) => name === `seconds within which ${share} are captured`);
  for (const [share, truth] of [
    ['50%', 600 * Math.LN2],
    ['95%', 600 * Math.log(20)],
  ] as const) {
    expect(of(share)?.lower).toBeLessThan(truth);
    expect(of(share)?.upper).toBeGreaterThan(truth);
  }
  expect(of('50%')?.estimate).toBeCloseTo(quantile(ascendingOf(data.lag), 0.5), 9);
  const within = rowsOf(answer, 'within').find((row) => row[1] === 300);
  expect(Number(within?.[3])).toBeCloseTo(1 - Math.exp(-0.5), 1);
  expect(answer.sentence).toMatch(
    /^Half of 2,\d{3} payments of 40 complete days were captured within \d\.\d\d minutes \(95% interval .* minutes to .* minutes\), 95 of 100 within [23]\d\.\d minutes .*\. Every day up to 2026-02-13 is complete\.$/,
  );
});

test('days that lack payments are told by the lag’s own distribution, the latest first', () => {
  // A lag of a day and a half on average: the last days lack much.
  const data = seen(chanceOf(2), 40, 80, 129_600);
  const answer = result(data, { watched_until: dateOf(FROM + 40), threshold: 0.95 });
  const rows = rowsOf(answer, 'days');
  expect(rows[0]?.[0]).toBe(dateOf(FROM + 39));
  const [, here, complete, , , expected, counts] = rows[0] ?? [];
  expect(counts).toBe('no');
  expect(Number(expected)).toBeCloseTo(Number(here) / Number(complete), 9);
  expect(Number(expected) / 80).toBeGreaterThan(0.5);
  expect(Number(expected) / 80).toBeLessThan(2);
  expect(rows.at(-1)?.[6]).toBe('yes');
  expect(answer.sentence).toMatch(
    /\d days still lack payments, the last of them: .* and 2026-02-13 holds \d\d\.\d% \(/,
  );
  // Of the last days only short lags are seen, so they are in no percentile.
  const naive = quantile(ascendingOf(data.lag), 0.5);
  expect(answer.findings[0]?.estimate).toBeGreaterThan(naive);
  expect(Math.abs((answer.findings[0]?.estimate ?? 0) / (129_600 * Math.LN2) - 1)).toBeLessThan(0.08);
});

test('completeness is that of the method, by local days', () => {
  const payments: ObservedPayment[] = [
    { rider: 'a', date: '2026-01-05', second: 80_000, lag: 10 },
    { rider: 'b', date: '2026-01-05', second: 80_000, lag: 10_000 },
    { rider: 'c', date: '2026-01-06', second: 100, lag: 90_000 },
    { rider: 'd', date: '2026-01-07', second: 100, lag: 5 },
  ];
  const answer = result(observed(payments), { watched_until: '2026-01-08', threshold: 0.5 });
  const expected = answered(captureLag({ period: [0, 0, 1, 2], lag: [0, 1, 1, 0], lastPeriod: 2 }));
  expect(rowsOf(answer, 'days').map(([, , complete]) => complete)).toEqual(
    expected.periods.map(({ complete }) => complete).reverse(),
  );
});

test('a local day ends where its zone says', () => {
  // 05:00 UTC is 23:00 in Chicago: ten minutes later it is the same day, two hours later the next.
  const local = (date: string, lagS: number): ObservedPayment => ({ rider: date, date, lag: lagS });
  const data = observed([local('2026-01-05', 600), local('2026-01-06', 7_200), local('2026-01-07', 1)]);
  const second = Float64Array.from(data.day, (day) => (day + 1) * 86_400 + 5 * 3_600);
  const given = { watched_until: '2026-01-09', threshold: 0.5 };
  const onTheDay = (zone: string): unknown =>
    rowsOf(result({ ...data, zone, second }, given), 'days_after')[0]?.[1];
  expect(onTheDay('America/Chicago')).toBeCloseTo(2 / 3, 12);
  expect(onTheDay('UTC')).toBe(0);
});

test('the day of reading is not over, and neither is the day of a dataset’s last capture', () => {
  const data = seen(chanceOf(3), 10, 20, 60);
  const read = { kind: 'live', sequence: 1, read_at: '2026-01-12T08:00:00Z' } as const;
  expect(result({ ...data, provenance: read }).options).toMatchObject({ watched_until: '2026-01-12' });
  const dataset = result(data);
  expect(dataset.options).toMatchObject({ watched_until: '2026-01-14' });
  expect(dataset.warnings.join()).toContain('were made or captured from 2026-01-14 on');
  expect(dataset.assumptions.join()).toContain('A dataset does not say when captures ended');
});

test('imports are left out, and clocks that differ a little count as no lag', () => {
  const payments = Array.from({ length: 60 }, (_, i) => ({
    rider: `r${i}`,
    date: dateOf(FROM + (i % 5)),
    ...(i % 3 === 0 ? {} : { lag: i === 1 ? -3 : i }),
  }));
  const answer = result(observed(payments), { watched_until: '2026-01-12' });
  expect(answer).toMatchObject({ payments: 40, riders: 40, clusters: 5 });
  expect(answer.warnings).toContain('Left out, since they came by other than live sources: 20 payments.');
  expect(answer.warnings.join()).toContain(
    'Captured before they were made, by clocks that differ: 1 payment',
  );
});

test('payment types have percentiles of their own', () => {
  const payments = Array.from({ length: 40 }, (_, i) => ({
    rider: `r${i}`,
    date: dateOf(FROM + (i % 4)),
    type: i % 2 === 0 ? 'coins' : 'tokens',
    lag: i % 2 === 0 ? 10 : 50,
  }));
  const rows = rowsOf(result(observed(payments), { watched_until: '2026-02-01' }), 'percentiles');
  const medians = rows
    .filter(([, , share]) => share === 0.5)
    .map(([type, n, , seconds]) => [type, n, seconds]);
  expect(medians.slice(1)).toEqual([
    ['coins', 20, 10],
    ['tokens', 20, 50],
  ]);
});

test('intervals hold the truth though lags of a day are alike (a few worlds)', () => {
  const coverage = coverageOf(150, 4, (chance) => {
    const values: number[] = [];
    const cluster: number[] = [];
    for (let day = 0; day < 40; day++) {
      const slow = Math.exp(0.5 * chance.normal());
      for (let i = 0; i < 20; i++) {
        values.push(slow * Math.exp(chance.normal()));
        cluster.push(day);
      }
    }
    const data = { values: Float64Array.from(values), cluster: Int32Array.from(cluster), clusters: 40 };
    const [median = { lower: 1, upper: 0 }] = answered(clusteredDistribution(data, [0.5], [])).quantiles;
    return [median, 1];
  });
  expect(coverage).toBeGreaterThanOrEqual(0.9);
});

test('laws: a higher share takes no less time, ends hold the quantile, order does not matter', () => {
  const values = fc.array(fc.record({ value: fc.nat(99), day: fc.nat(4) }), { minLength: 2, maxLength: 60 });
  fc.assert(
    fc.property(values, (rows) => {
      fc.pre(new Set(rows.map(({ day }) => day)).size > 1);
      const run = (own: typeof rows) =>
        answered(
          clusteredDistribution(
            {
              values: Float64Array.from(own, ({ value }) => value),
              cluster: Int32Array.from(own, ({ day }) => day),
              clusters: 5,
            },
            [0.5, 0.75, 0.95],
            [10, 50],
          ),
        );
      const found = run(rows);
      for (const [i, own] of found.quantiles.entries()) {
        expect(own.quantile).toBeGreaterThanOrEqual(found.quantiles[i - 1]?.quantile ?? 0);
        expect(own.lower).toBeLessThanOrEqual(own.quantile);
        expect(own.upper).toBeGreaterThanOrEqual(own.quantile);
      }
      expect(run([...rows].reverse()).quantiles.map(({ quantile: q }) => q)).toEqual(
        found.quantiles.map(({ quantile: q }) => q),
      );
    }),
    { numRuns: 40 },
  );
});

const few = Array.from({ length: 30 }, (_, i) => ({ rider: `r${i}`, date: dateOf(FROM + (i % 3)), lag: 5 }));
test.each([
  [
    'no live source',
    'too_few',
    'No payment came by a live source',
    few.map(({ rider, date }) => ({ rider, date })),
    {},
  ],
  ['clocks that disagree', 'out_of_domain', 'clocks', few.map((own) => ({ ...own, lag: -5 })), {}],
  ['nothing seen in time', 'too_few', 'captured before 2026-01-05', few, { watched_until: '2026-01-05' }],
  ['one day', 'too_few', 'Fewer than two days', few.slice(0, 1), { watched_until: '2026-01-10' }],
  ['no date', 'out_of_domain', '2026-02-30 is no date', few, { watched_until: '2026-02-30' }],
  ['no month', 'out_of_domain', '2026-13-01 is no date', few, { watched_until: '2026-13-01' }],
  ['no lag', 'out_of_domain', 'which is none', few.map((own) => ({ ...own, lag: 1e12 })), {}],
])('refused: %s', (_, reason, words, payments, given) => {
  expect(runStudy(lag, observed(payments), given)).toMatchObject({
    kind: 'refused',
    study: 'lag',
    reason,
    message: expect.stringContaining(words),
  });
});
