import { expect, test } from 'vitest';
import { dayOf } from '../../../src/research/days.js';
import { crossmodal } from '../../../src/research/studies/crossmodal.js';
import { runStudy } from '../../../src/research/studies.js';
import { type ObservedPayment, observed } from '../../support/observations.js';
import { coverageOf } from '../../support/simulated.js';
import { resultsOf } from '../../support/study-results.js';

const result = resultsOf(crossmodal);

const PAYMENTS: ObservedPayment[] = [
  { rider: 'a', date: '2026-01-01', type: 'coins' },
  { rider: 'b', date: '2026-01-02' },
  { rider: 'c', date: '2026-01-03' },
  { rider: 'a', date: '2026-01-05' },
  { rider: 'd', date: '2026-01-09' },
];
const data = observed(PAYMENTS);
// The last use is known of 11 January: the payment of the 9th is not three days old then.
const CSV =
  'mode,rider,date\ntrip,a,2026-01-06\npass,a,2026-01-01\ntrip,b,2026-01-20\ntrip,zz,2026-01-11\n'.replace(
    '2026-01-20',
    '2026-01-08',
  );

test('a hand-made table: by mode and by payment type, what is not over left out', () => {
  const answer = result(data, { uses_csv: CSV, within_days: 3 });
  expect(answer).toMatchObject({ payments: 4, riders: 3, clusters: 3 });
  const rows = answer.tables[0]?.rows.map(([mode, type, n, , followed]) => [mode, type, n, followed]);
  expect(rows).toEqual([
    ['any use', 'all', 4, 2],
    ['trip', 'all', 4, 1],
    ['pass', 'all', 4, 1],
    ['any use', 'coins', 1, 1],
    ['any use', 'credit_card', 3, 1],
  ]);
  expect(answer.tables[1]?.rows.map(([days, count]) => [days, count])).toEqual([
    [0, 1],
    [1, 1],
    [2, 0],
    [3, 0],
  ]);
  expect(answer.sentence).toMatch(
    /^50\.0% of 4 payments were followed by a use within 3 days .* over 3 riders\. Half of those were followed within 1 day\.$/,
  );
  expect(answer.warnings.join()).toContain('1 use of the file are of riders who are not in the data');
  expect(answer.warnings.join()).toContain('2 riders paid and are in no use at all');
});

test("the dataset's own passes, where it has some", () => {
  const uses = {
    size: 2,
    rider: Int32Array.of(0, 1),
    day: Int32Array.of(dayOf('2026-01-06'), dayOf('2026-01-30')),
  };
  const answer = result({ ...data, uses }, { within_days: 1 });
  expect(answer.tables[0]?.rows[0]?.slice(0, 5)).toEqual(['passes', 'all', 5, 4, 1]);
});

test('intervals hold the truth though payments of a rider are alike (a few worlds)', () => {
  const coverage = coverageOf(40, 1, (chance) => {
    const [paid, used] = [[] as ObservedPayment[], ['rider,date']];
    for (let rider = 0; rider < 60; rider++) {
      const habit = 0.1 + 0.8 * chance.uniform();
      for (let week = 0; week < 8; week++) {
        const date = `2026-0${1 + Math.floor(week / 4)}-${String(1 + 7 * (week % 4)).padStart(2, '0')}`;
        paid.push({ rider: `r${rider}`, date });
        if (chance.happens(habit)) used.push(`r${rider},${date}`);
      }
    }
    used.push('nobody,2026-03-30');
    const [all] = result(observed(paid), { uses_csv: used.join('\n'), within_days: 2 }).findings;
    return [{ lower: all?.lower ?? 1, upper: all?.upper ?? 0 }, 0.5];
  });
  expect(coverage).toBeGreaterThanOrEqual(0.82);
});

test.each([
  ['no uses at all', 'too_few', 'the data hold no passes', {}],
  ['no titles', 'out_of_domain', 'must name the columns', { uses_csv: 'a,2026-01-02' }],
  ['no date', 'out_of_domain', 'Line 2', { uses_csv: 'rider,date\na,yesterday' }],
  ['no such day', 'out_of_domain', 'Line 2', { uses_csv: 'rider,date\na,2026-02-30' }],
  ['no CSV', 'out_of_domain', 'is no CSV', { uses_csv: 'rider,date\n"a' }],
  ['nobody known', 'too_few', 'No use of a rider', { uses_csv: 'rider,date\nzz,2026-01-02' }],
  ['days that are not over', 'too_few', 'days old', { uses_csv: CSV, within_days: 300 }],
])('refused: %s', (_, reason, words, given) => {
  expect(runStudy(crossmodal, data, given)).toMatchObject({
    kind: 'refused',
    study: 'crossmodal',
    reason,
    message: expect.stringContaining(words),
  });
});
