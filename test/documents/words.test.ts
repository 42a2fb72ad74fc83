/** A report in words: its period, what it leaves out, how values are written. */
import { describe, expect, test } from 'vitest';
import type { LeftOut, PaymentReport } from '../../src/analytics/report.js';
import { reportHtml } from '../../src/documents/html.js';
import { typeInWords } from '../../src/documents/names.js';
import {
  machineText,
  moneyText,
  peopleText,
  permilleOf,
  shortMoneyText,
  visible,
} from '../../src/documents/values.js';
import { asOfInWords, leftOutInWords, periodInWords } from '../../src/documents/words.js';
import { USD } from '../support/databases.js';
import { goldenReport } from '../support/golden.js';

const JPY = { code: 'JPY', digits: 0 };
const KWD = { code: 'KWD', digits: 3 };

describe('the period', () => {
  const MONTH = goldenReport('full-month');
  const PERIODS: readonly (readonly [from: string, to: string | null, words: string, zone?: string])[] = [
    ['2026-03-01T00:00:00-06:00', '2026-04-01T00:00:00-05:00', 'March 2026'],
    ['2026-01-01T00:00:00-06:00', '2026-04-01T00:00:00-05:00', 'January – March 2026'],
    ['2026-01-01T00:00:00-06:00', '2027-01-01T00:00:00-06:00', 'Year 2026'],
    ['2025-01-01T00:00:00-06:00', '2026-07-01T00:00:00-05:00', 'January 2025 – June 2026'],
    ['2026-03-03T00:00:00-06:00', '2026-03-18T00:00:00-05:00', 'March 3–17, 2026'],
    ['2026-03-03T00:00:00-06:00', '2026-03-04T00:00:00-06:00', 'March 3, 2026'],
    ['2026-03-03T00:00:00-06:00', '2026-04-03T00:00:00-05:00', 'March 3 – April 2, 2026'],
    ['2025-12-30T00:00:00-06:00', '2026-01-03T00:00:00-06:00', 'December 30, 2025 – January 2, 2026'],
    ['2026-03-01T06:00:00Z', '2026-04-01T05:00:00Z', 'March 2026'],
    ['2026-03-03T08:30:00-06:00', '2026-03-04T00:00:00-06:00', 'March 3, 2026, 08:30 – March 4, 2026, 00:00'],
    ['2026-03-03T08:30:09-06:00', null, 'Since March 3, 2026, 08:30:09'],
    ['2026-03-03T00:00:00-06:00', null, 'Since March 3, 2026'],
    // Clocks skip midnight there: the day begins at one.
    ['2026-09-06T01:00:00-03:00', '2026-09-07T00:00:00-03:00', 'September 6, 2026', 'America/Santiago'],
  ];
  for (const [from, to, words, zone = 'America/Chicago'] of PERIODS) {
    test(`${from} to ${to} is ${words}`, () => {
      expect(periodInWords({ ...MONTH, from, to, zone })).toBe(words);
    });
  }
});

test('the watermark is told in the reporting zone', () => {
  const report: PaymentReport = {
    ...goldenReport('yen'),
    as_of: 1234,
    as_of_received_at: '2026-02-15T15:30:05Z',
  };
  expect(asOfInWords(report)).toBe('Capture 1,234, received February 16, 2026, 00:30:05');
});

test('what was left out is counted by reason, and nothing is said to be nothing', () => {
  const rows: LeftOut[] = [
    { reason: 'invalid', status: 'open', deliveries: 1 },
    { reason: 'invalid', status: 'replayed', deliveries: 1 },
    { reason: 'conflict', status: 'open', deliveries: 1 },
  ];
  expect(leftOutInWords(rows)).toBe(
    '3 deliveries could not become payments: 2 failed the checks (1 to be decided, 1 recorded since); 1 contradicted a recorded payment (to be decided).',
  );
  expect(leftOutInWords([])).toContain('Nothing was left out');
  expect(leftOutInWords([{ reason: 'invalid', status: 'open', deliveries: 0 }])).toContain('Nothing was');
});

test('money has the digits and the sign of its currency', () => {
  expect(moneyText(1234567.5, USD)).toBe('$1,234,567.50');
  expect(moneyText(-0.05, USD)).toBe('−$0.05');
  expect(moneyText(9999999999999.99, USD)).toBe('$9,999,999,999,999.99');
  expect(moneyText(1234, JPY)).toBe('¥1,234');
  expect(moneyText(1234.5, KWD)).toBe('KWD\u00a01,234.500');
  expect([0, 0.5, 2.5, 950, 12_000, 1_500_000, -2000].map((tick) => shortMoneyText(tick, USD))).toEqual([
    '$0',
    '$0.5',
    '$2.5',
    '$950',
    '$12k',
    '$1.5M',
    '−$2k',
  ]);
});

test('a value is written for people and for machines', () => {
  const both = (permille: number): string[] => [
    peopleText({ kind: 'change', permille }, USD),
    machineText({ kind: 'change', permille }, USD),
  ];
  expect(both(123)).toEqual(['+12.3%', '0.123']);
  expect(both(-1230)).toEqual(['−123.0%', '-1.230']);
  expect(both(0)).toEqual(['±0.0%', '0.000']);
  expect(machineText({ kind: 'average', amount: 2.5 }, JPY)).toBe('2.5000');
});

test('ratios round half away from zero, exactly', () => {
  expect(permilleOf(1n, 2000n)).toBe(1);
  expect(permilleOf(-1n, 2000n)).toBe(-1);
  expect(permilleOf(1n, 3n)).toBe(333);
  expect(permilleOf(10n ** 30n, 3n * 10n ** 30n)).toBe(333);
  expect(permilleOf(1n, 0n)).toBeUndefined();
});

test('payment types are told in words, and what else there is stays as it is', () => {
  expect(typeInWords('credit_card')).toBe('Credit card');
  expect(typeInWords('ACME Card')).toBe('ACME Card');
  expect(visible('\u001b[31m\u202eabc\n\u2028')).toBe('\ufffd[31m\ufffdabc\ufffd\ufffd');
});

test('the page tells what a month without a period before, and an empty one, has to tell', () => {
  const month = goldenReport('full-month');
  expect(reportHtml({ ...month, before: null })).not.toContain('class="change"');
  const empty = goldenReport('empty-period');
  expect(reportHtml(empty)).toContain('No payment was made in this period.');
  expect(reportHtml({ ...empty, before: month.summary })).toContain('49,550 payments worth $311,899.05');
});
