import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusteredShares } from '../../../src/research/numeric/clustered-shares.js';
import { chiSquareTails } from '../../../src/research/numeric/distributions.js';
import { ABSENT, pooledMoves, squareMoves } from '../../../src/research/numeric/pooled-moves.js';
import { wilson } from '../../../src/research/numeric/shares.js';
import { transitionsOf } from '../../../src/research/numeric/transitions.js';
import type { Observations } from '../../../src/research/observations.js';
import { switching } from '../../../src/research/studies/switching.js';
import { runStudy } from '../../../src/research/studies.js';
import { calendarEntry, type ObservedPayment, observed } from '../../support/observations.js';
import { answered, coverageOf } from '../../support/simulated.js';
import { resultOf, resultsOfPayments, rowsOf } from '../../support/study-results.js';

const result = resultsOfPayments(switching);

/** One word a rider: a letter a month, what was paid by; `.` is nothing. */
const TYPES: Readonly<Record<string, string>> = { c: 'coins', k: 'credit_card', m: 'mobile_payment' };
const monthly = (riders: readonly string[]): ObservedPayment[] =>
  riders.flatMap((word, i) =>
    [...word].flatMap((letter, month) => {
      const type = TYPES[letter];
      return type === undefined ? [] : [{ rider: `r${i}`, date: `2026-0${month + 1}-10`, type }];
    }),
  );
const THREE_MONTHS = { from: '2026-01-01', to: '2026-04-01' };
const WORDS = ['ccc', 'ck.', 'c.c', '.kk', 'kkk', 'ckk'];

test('a month that is not over when a live database is read is none', () => {
  const data = observed(monthly(WORDS), THREE_MONTHS);
  const read_at = '2026-03-20T12:00:00Z';
  const live: Observations = { ...data, provenance: { kind: 'live', sequence: data.size, read_at } };
  const periods = (of: Observations) => rowsOf(resultOf(switching, of), 'trend').map(([period]) => period);
  expect(periods(data)).toEqual(['2026-02', '2026-03']);
  expect(periods(live)).toEqual(['2026-02']);
});

test('a hand-made table: moves pooled over months, no payment a state, nobody there before the first payment', () => {
  const answer = result(monthly(WORDS), {}, THREE_MONTHS);
  const counts = rowsOf(answer, 'transitions').map(([from, to, moves]) => `${from} → ${to}: ${moves}`);
  // By k: .kk once, kkk twice, ckk once and ck. to nothing; by c: ccc twice, ck., c.c and ckk; nothing: c.c came back.
  expect(counts).toEqual([
    'credit_card → credit_card: 4',
    'credit_card → coins: 0',
    'credit_card → no payment: 1',
    'coins → credit_card: 2',
    'coins → coins: 2',
    'coins → no payment: 1',
  ]);
  expect(rowsOf(answer, 'trend').map(([period, paid]) => [period, paid])).toEqual([
    ['2026-02', 5],
    ['2026-03', 5],
  ]);
  expect(answer.findings[0]).toMatchObject({
    name: 'share who changed their main payment type',
    estimate: 0.2,
    segment: null,
  });
  expect(answer).toMatchObject({ payments: 15, riders: 6, clusters: 6 });
});

test('the main type is that of most payments of the month, of equal ones the one that is used more', () => {
  const payments = [
    ...monthly(['kk', 'kk', 'cc']),
    { rider: 'r0', date: '2026-02-11', type: 'coins' },
    { rider: 'r2', date: '2026-01-11', type: 'credit_card' },
    { rider: 'r2', date: '2026-01-12', type: 'credit_card' },
  ];
  const answer = result(payments, {}, { from: '2026-01-01', to: '2026-03-01' });
  const stayed = rowsOf(answer, 'transitions').filter(([from, to]) => from === to);
  expect(stayed.map(([from, , moves]) => [from, moves])).toEqual([['credit_card', 2]]);
});

/** Histories of units in up to three states, absent at first. */
const histories = fc.integer({ min: 2, max: 5 }).chain((periods) =>
  fc.array(fc.array(fc.constantFrom(0, 1, 2), { minLength: periods, maxLength: periods }), {
    minLength: 2,
    maxLength: 25,
  }),
);
const historyOf = (rows: readonly (readonly number[])[]) => ({
  units: rows.length,
  periods: rows[0]?.length ?? 0,
  values: Uint8Array.from(rows.flat()),
});

test('law: each row is 1 together, and its errors are those of shares of clusters', () => {
  fc.assert(
    fc.property(histories, (rows) => {
      const found = pooledMoves(historyOf(rows), squareMoves(3));
      for (const [from, row] of found.entries()) {
        const moves = rows.flatMap((own, unit) =>
          own.slice(1).flatMap((to, i) => (own[i] === from ? [{ unit, to }] : [])),
        );
        expect(row.moves).toBe(moves.length);
        const expected = clusteredShares({
          cluster: moves.map(({ unit }) => unit),
          clusters: rows.length,
          category: moves.map(({ to }) => to),
          categories: 3,
        });
        if ('kind' in row.to || 'kind' in expected) {
          expect(row.to).toMatchObject({ reason: 'too_few' });
          continue;
        }
        expect(row.to.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
        for (const [k, own] of row.to.entries()) {
          expect(own.standardError).toBeCloseTo(expected.shares[k]?.standardError ?? Number.NaN, 9);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('where each unit moves once the intervals are plain Wilson; who is absent does not move', () => {
  const rows = [...Array.from({ length: 10 }, (_, i) => [0, i < 3 ? 1 : 0]), [1, 1], [1, 0], [ABSENT, 0]];
  const found = pooledMoves(historyOf(rows), squareMoves(2));
  const plain = transitionsOf(['a', 'b'], [Float64Array.of(7, 3), Float64Array.of(1, 1)]);
  for (const [i, { to }] of plain.rows.entries()) {
    const own = answered(found[i]?.to ?? []);
    for (const [k, { share, lower, upper, count }] of answered(to).entries()) {
      expect(own[k]?.count).toBe(count);
      expect(own[k]?.share).toBeCloseTo(share, 12);
      expect(own[k]?.lower).toBeCloseTo(lower, 12);
      expect(own[k]?.upper).toBeCloseTo(upper, 12);
    }
  }
  expect(answered(wilson(3, 10)).lower).toBeCloseTo(answered(found[0]?.to ?? [])[1]?.lower ?? 0, 12);
});

/** The method sheet's table: 794 and 570 stayed, 86 went one way, 150 the other. */
const MOVED = [
  ...new Array<string>(794).fill('kk'),
  ...new Array<string>(86).fill('kc'),
  ...new Array<string>(150).fill('ck'),
  ...new Array<string>(570).fill('cc'),
];

test('first against last: the numbers of the method sheet, and the sentence tells the direction', () => {
  const answer = result(monthly(MOVED), {}, { from: '2026-01-01', to: '2026-03-01' });
  const [card, , all] = rowsOf(answer, 'first_and_last');
  expect(card?.slice(0, 5)).toEqual(['credit_card', 794, 86, 150, 64 / 1600]);
  expect(card?.[7]).toBeCloseTo(chiSquareTails(16.81779661, 1).upper, 9);
  expect(all?.[7]).toBeCloseTo(chiSquareTails(17.3559322, 1).upper, 9);
  expect(answer.sentence).toMatch(
    /^From one month to the next, 1,600 riders who paid changed their main payment type in 14\.8% \(95% interval 13\.\d% to 16\.\d%\) of all moves .* Of 1,600 riders who paid both in 2026-01 and in 2026-02, more came to credit card than left it \(150 came, 86 left; 4\.00 percentage points, 95% interval 2\.\d+ to 5\.\d+; p < 0\.001\)\.$/,
  );
});

test('as many each way is told as none', () => {
  const answer = result(monthly(['kc', 'ck', 'kk', 'cc']), {}, { from: '2026-01-01', to: '2026-03-01' });
  expect(answer.sentence).toContain('no more went to any type than came from it, beyond chance');
});

test('an event compares the weeks before with those after', () => {
  const payments = ['kkkkmmmm', 'kkkkkkkk', 'mmmmmmmm', 'kkkk....'].flatMap((word, i) =>
    [...word].flatMap((letter, week) => {
      const date = `2026-0${1 + Math.floor(week / 4)}-${String(5 + 7 * (week % 4)).padStart(2, '0')}`;
      const type = TYPES[letter];
      return type === undefined ? [] : [{ rider: `r${i}`, date, type }];
    }),
  );
  const calendar = [calendarEntry({ starts_on: '2026-02-01', kind: 'policy', name: 'Wallets' })];
  const answer = result(payments, { event: 'Wallets' }, { from: '2026-01-01', to: '2026-03-05', calendar });
  expect(answer.options).toMatchObject({ event_from: '2026-02-01' });
  const moves = rowsOf(answer, 'transitions').slice(0, 3);
  expect(moves.map(([from, to, count]) => [from, to, count])).toEqual([
    ['credit_card', 'credit_card', 1],
    ['credit_card', 'mobile_payment', 1],
    ['credit_card', 'no payment', 1],
  ]);
  expect(answer.charts.map(({ name }) => name)).toEqual(['stayed']);
});

test('segments are told from the month before those whose moves count', () => {
  const answer = result(monthly([...WORDS, 'ckk', 'kck']), { segments: 'method' }, THREE_MONTHS);
  const changed = answer.findings
    .filter(({ name }) => name.includes('changed'))
    .map(({ segment }) => segment);
  expect(changed).toEqual([null, 'coins', 'credit_card']);
  expect(rowsOf(answer, 'trend').map(([period]) => period)).toEqual(['2026-03']);
});

test('intervals hold the truth though moves of a rider are alike (a few worlds)', () => {
  const coverage = coverageOf(60, 4, (chance) => {
    const words = Array.from({ length: 80 }, () => {
      const habit = 0.6 * chance.uniform();
      return Array.from({ length: 9 }, () => (chance.happens(habit) ? 'k' : 'c')).join('');
    });
    // Of two months of one rider: E(2h(1 − h)) for h uniform up to 0.6.
    const found = result(monthly(words), {}, { from: '2026-01-01', to: '2026-10-01' });
    return [found.findings[0] ?? { lower: 1, upper: 0 }, 0.36];
  });
  expect(coverage).toBeGreaterThanOrEqual(0.85);
});

test.each([
  ['one month', 'too_few', 'There are 1 whole months', ['kc'], {}, { to: '2026-02-01' }],
  ['no month to tell segments from', 'too_few', 'the first to tell', ['kc', 'ck'], { segments: 'spend' }, {}],
  ['one type', 'no_variation', 'nobody can switch', ['kk', 'kk'], {}, {}],
  ['one rider', 'too_few', 'Fewer than two riders', ['kc'], {}, {}],
  ['everyone is new', 'too_few', 'Fewer than two riders', ['.k', '.c'], {}, {}],
  ['an unknown event', 'not_identified', 'No entry', ['kc', 'ck'], { event: 'Rise' }, {}],
])('refused: %s', (_, reason, words, riders, given, more) => {
  const data = observed(monthly(riders), { from: '2026-01-01', to: '2026-03-01', ...more });
  expect(runStudy(switching, data, given)).toMatchObject({
    kind: 'refused',
    study: 'switching',
    reason,
    message: expect.stringContaining(words),
  });
});
