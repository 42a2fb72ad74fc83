/**
 * The demo's planted effects, each held against what studies say of them. The demo has seasons, holidays and the weather of
 * one city, which no study of before and after can tell from a fare. So where it could matter, what is said of the demo is
 * less what is said of the same city without that effect.
 */
import { expect, test } from 'vitest';
import { demoEffects, type Effect } from '../../src/bytemark/effects.js';
import type { Observations } from '../../src/research/observations.js';
import { within } from '../../src/research/observed-span.js';
import type { Finding, StudyResult } from '../../src/research/study.js';
import { demoWorld } from '../support/demo-world.js';
import { resultOf } from '../support/study-results.js';

const CITY = { seed: 5, from: '2026-02-02', dailyPayments: 800 };
const EFFECTS = demoEffects(CITY.from);
const demo = demoWorld(CITY);

/** The same city without one of its effects; its calendar is the demo's, as if it had been. */
function without(kind: Effect['kind']): Observations {
  const other = demoWorld(
    CITY,
    EFFECTS.filter((effect) => effect.kind !== kind),
  );
  return { ...other, calendar: demo.calendar };
}

function finding({ findings }: StudyResult, words: string, segment: string | null = null): Finding {
  const own = findings.find((one) => one.name.includes(words) && one.segment === segment);
  if (own === undefined) throw new Error(`nothing is told of ${words} ${segment}`);
  return own;
}

test('elasticity: each segment’s fare rise, and none where the price alone was written down', () => {
  const options = { event: 'Fare rise', segments: 'method' };
  const risen = resultOf('elasticity', demo, options);
  const ordinary = resultOf('elasticity', without('fare'), options);
  for (const [segment, truth] of [
    ['transit_card', -0.6],
    ['debit_card', -0.4],
    ['credit_card', -0.2],
    ['mobile_payment', -0.1],
  ] as const) {
    const [own, other] = [risen, ordinary].map((result) => finding(result, 'log-arc', segment));
    const shift = (own?.estimate ?? 0) - (other?.estimate ?? 0);
    const margin = ((own?.upper ?? 0) - (own?.lower ?? 0)) / 2;
    expect([segment, Math.abs(shift - truth) < margin]).toEqual([segment, true]);
  }
  // What the month brought is told as what it is: no effect of the fare.
  expect(risen.warnings.join()).toContain('a trend or a season is in the estimate');
});

test('impact: the free-fare week is found in its size', () => {
  const inWeek = (all: Observations): number => within(all, '2026-02-12', '2026-02-19').size;
  const truth = inWeek(demo) / inWeek(without('free')) - 1;
  expect(truth).toBeLessThan(-0.85);
  const own = finding(
    resultOf('impact', within(demo, '2026-02-02', '2026-04-03'), {
      event: 'Free-fare week',
      outcome: 'payments',
    }),
    'Prais',
  );
  expect(own.lower).toBeLessThan(truth);
  expect(own.upper).toBeGreaterThan(truth);
  const none = finding(
    resultOf('impact', within(without('free'), '2026-02-02', '2026-04-03'), {
      event: 'Free-fare week',
      outcome: 'payments',
    }),
    'Prais',
  );
  expect(none.pValue).toBeGreaterThan(0.05);
});

test('shares: the new way to pay is found with its share, and no other where there is none', () => {
  const settled = resultOf('shares', within(demo, '2026-03-04', '2026-05-03'), { period: 'week' });
  const share = finding(settled, 'share of stored_value');
  // A twentieth of purchases are paid otherwise than usual.
  expect(share.lower).toBeLessThan(0.12 * 0.94);
  expect(share.upper).toBeGreaterThan(0.12 * 0.94);
  expect(finding(settled, 'change of the share of stored_value').pValue).toBeGreaterThan(0.05);
  const taken = resultOf('shares', within(demo, '2026-02-02', '2026-04-03'), { period: 'week' });
  expect(finding(taken, 'change of the share of stored_value').lower).toBeGreaterThan(0.005);
});

test('switching: riders go to the new way to pay, and nowhere beyond chance where there is none', () => {
  const options = { event: 'Stored value in the app' };
  const net = (observations: Observations) =>
    resultOf('switching', observations, options).findings.filter(({ name }) => name.startsWith('net change'));
  const [most] = net(demo).toSorted((a, b) => b.estimate - a.estimate);
  expect(most?.name).toContain('by stored_value');
  expect(most?.lower).toBeGreaterThan(0.03);
  const none = net(without('method'));
  expect(none.filter(({ pValue }) => pValue < 0.05 / none.length).map(({ name }) => name)).toEqual([]);
});

test('anomalies: the free-fare week stands out among payments, and only where there was one', () => {
  const named = (observations: Observations): string[] =>
    resultOf('anomalies', observations, { outcome: 'payments' })
      .findings.map(({ name }) => name.slice(0, 10))
      .filter((date) => date >= '2026-02-12' && date < '2026-02-19');
  expect(named(demo).length).toBeGreaterThan(0);
  expect(named(without('free'))).toEqual([]);
});
