import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayOf } from '../../../src/research/days.js';
import type { Observations } from '../../../src/research/observations.js';
import { retention } from '../../../src/research/studies/retention.js';
import { runStudy } from '../../../src/research/studies.js';
import { type ObservedPayment, observed } from '../../support/observations.js';
import { coverageOf } from '../../support/simulated.js';
import { resultsOf, rowsOf } from '../../support/study-results.js';

const result = resultsOf(retention);

/** A word a rider, a letter a month: `x` paid 2.50 by coins, `k` by card, `.` nothing. */
const monthly = (words: readonly string[], months = words[0]?.length ?? 0): Observations =>
  observed(
    words.flatMap((word, i) =>
      [...word].flatMap((letter, month) =>
        letter === '.'
          ? []
          : [
              {
                rider: `r${i}`,
                date: `2026-${String(month + 1).padStart(2, '0')}-10`,
                type: letter === 'x' ? 'coins' : 'credit_card',
              },
            ],
      ),
    ),
    { from: '2026-01-01', to: `2026-${String(months + 1).padStart(2, '0')}-01` },
  );

const WORDS = ['xx.x', 'x...', '.xx.', '.k.k', '..xx', '...x'];

test('a hand-made triangle: who may have paid before is in no cohort', () => {
  const answer = result(monthly(WORDS));
  expect(rowsOf(answer, 'triangle')).toEqual([
    ['2026-02', 2, 0.5, 0.5],
    ['2026-03', 1, 1, null],
    ['2026-04', 1, null, null],
  ]);
  // Of three riders whose next month has come two paid in it; of two whose second has, one.
  const told = rowsOf(answer, 'retention').map(([segment, age, paid, share]) => [segment, age, paid, share]);
  expect(told).toEqual([
    ['all', 0, 4, 1],
    ['all', 1, 2, 2 / 3],
    ['all', 2, 1, 0.5],
  ]);
  expect(answer).toMatchObject({ riders: 4, payments: 7, clusters: null });
  expect(answer.warnings.join()).toContain('before the second whole month are in no cohort');
  expect(answer.sentence).toMatch(
    /^Of 4 riders in 3 cohorts, 66\.7% \(95% interval 20\.8% to 93\.9%\) paid again in the month after their first, and 50\.0% \(.*\) 2 months after it\./,
  );
});

test('where the data begin with the service, the first month is a cohort too', () => {
  const answer = result(monthly(WORDS), { from_start: true });
  expect(rowsOf(answer, 'triangle')[0]).toEqual(['2026-01', 2, 0.5, 0, 0.5]);
  expect(answer.warnings.join()).not.toContain('in no cohort');
});

test('who paid in a part of a month before the first whole one is known, and months that are not over do not count', () => {
  const early: ObservedPayment[] = [
    { rider: 'a', date: '2025-12-20' },
    { rider: 'a', date: '2026-01-05' },
    { rider: 'b', date: '2026-01-05' },
    { rider: 'b', date: '2026-02-05' },
    { rider: 'c', date: '2026-03-03' },
  ];
  const answer = result(observed(early, { from: '2025-12-15', to: '2026-03-10' }), { from_start: true });
  expect(rowsOf(answer, 'triangle')).toEqual([['2026-01', 1, 1]]);
  const read = { kind: 'live', sequence: 1, read_at: '2026-02-28T12:00:00Z' } as const;
  const live = { ...observed(early, { from: '2025-12-15', to: '2026-04-01' }), provenance: read };
  expect(runStudy(retention, live, { from_start: true })).toMatchObject({ reason: 'too_few' });
});

test('segments are by the type of the first payment, not of those that came after', () => {
  const words = ['.kx', '.kk', '.k.', '.xk', '.x.', 'x..'];
  const answer = result(monthly(words), { segments: 'method' });
  const next = answer.findings.filter(({ name }) => name === 'share who paid again after 1 month');
  expect(next.map(({ segment, estimate }) => [segment, estimate])).toEqual([
    [null, 3 / 5],
    ['credit_card', 2 / 3],
    ['coins', 1 / 2],
  ]);
  const file = 'rider,segment\nr0,one\nr3,other\nr4,other\n';
  const own = result(monthly(words), { segments: 'file', segments_csv: file });
  expect(own.findings.map(({ segment }) => segment)).toEqual([null, 'one', 'other']);
});

test('scores are told from before the last month, and held against who paid in it; money is net, in units', () => {
  // Riders 0 to 9 paid in as many months before June as their number; 5 to 9 paid in June.
  const words = Array.from(
    { length: 10 },
    (_, i) => `${'.'.repeat(5 - Math.ceil(i / 2))}${'x'.repeat(Math.ceil(i / 2))}${i > 4 ? 'x' : '.'}`,
  );
  const data = monthly([...words, 'x....x', 'x.....', 'x.....', 'x.....', 'x.....']);
  const adjustments = {
    size: 2,
    rider: Int32Array.of(0, 0),
    type: Uint16Array.of(0, 0),
    day: Int32Array.of(dayOf('2026-02-01'), dayOf('2026-06-15')),
    amount: Float64Array.of(-100, -50),
  };
  const answer = result({ ...data, adjustments });
  const rows = rowsOf(answer, 'scores');
  const of = (name: string, fifth: number) => rows.find((row) => row[0] === name && row[1] === fifth) ?? [];
  const counts = [5, 4, 3, 2, 1].map((fifth) => Number(of('frequency', fifth)[2]));
  expect(counts.reduce((sum, riders) => sum + riders, 0)).toBe(14);
  expect(Number(of('frequency', 5)[6])).toBeGreaterThan(Number(of('frequency', 1)[6]));
  const spent = [5, 4, 3, 2, 1].map(
    (fifth) => Number(of('monetary', fifth)[2]) * Number(of('monetary', fifth)[4]),
  );
  // 25 payments of 2.50 by the ten, five more by the others, and 1.00 given back before June.
  expect(spent.reduce((sum, money) => sum + (Number.isNaN(money) ? 0 : money), 0)).toBeCloseTo(
    30 * 2.5 - 1,
    9,
  );
  expect(rowsOf(answer, 'rfm')).toHaveLength(25);
  expect(answer.sentence).toMatch(
    /whose last payment was most recent .* paid in the last month, of those longest ago /,
  );
  expect(answer.charts.map(({ name }) => name)).toEqual(['retention', 'cohorts', 'scores']);
});

test('four riders have no scores, and the rest is told', () => {
  const answer = result(monthly(['.xx', '.x.', '.xx']));
  expect(answer.warnings.join()).toContain('No scores: Quintiles need five riders');
  expect(answer.tables.map(({ name }) => name)).toEqual(['retention', 'triangle', 'cohorts']);
});

test('laws: every rider is in one cohort, everyone is there at first, order and names do not matter', () => {
  const letters = fc.constantFrom('x', '.', 'k');
  const word = fc.array(letters, { minLength: 5, maxLength: 5 }).map((own) => own.join(''));
  fc.assert(
    fc.property(fc.array(word, { minLength: 3, maxLength: 20 }), (words) => {
      const told = ['xx...', ...words];
      const answer = result(monthly(told), { from_start: true });
      const cohorts = rowsOf(answer, 'triangle');
      const riders = told.filter((own) => /[xk]/.test(own)).length;
      expect(cohorts.reduce((sum, row) => sum + Number(row[1]), 0)).toBe(riders);
      expect(rowsOf(answer, 'retention')[0]?.slice(2, 4)).toEqual([riders, 1]);
      const turned = result(monthly([...told].reverse()), { from_start: true });
      expect(rowsOf(turned, 'cohorts')).toEqual(rowsOf(answer, 'cohorts'));
    }),
    { numRuns: 25 },
  );
});

test('intervals hold the truth (a few worlds)', () => {
  const coverage = coverageOf(80, 9, (chance) => {
    const words = Array.from({ length: 60 }, () => `.x${chance.happens(0.7) ? 'x' : '.'}`);
    const [next] = result(monthly(words)).findings;
    return [next ?? { lower: 1, upper: 0 }, 0.7];
  });
  expect(coverage).toBeGreaterThanOrEqual(0.87);
});

test.each([
  ['two months', 'too_few', 'from_start=true', ['xx', '.x'], {}],
  ['one month', 'too_few', 'There are 1 whole months', ['x', 'x'], { from_start: true }],
  ['everyone was there before', 'too_few', 'Nobody paid for the first time', ['xxx', 'x.x'], {}],
  ['everyone is new', 'too_few', 'Nobody paid for the first time', ['..x', '..x'], {}],
  ['no file', 'out_of_domain', 'need the file', WORDS, { segments: 'file' }],
])('refused: %s', (_, reason, words, riders, given) => {
  expect(runStudy(retention, monthly(riders), given)).toMatchObject({
    kind: 'refused',
    study: 'retention',
    reason,
    message: expect.stringContaining(words),
  });
});
