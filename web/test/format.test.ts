/** Numbers as the reader writes them, times in the reporting zone. */
import { expect, test } from 'vitest';
import { formatFor } from '../src/format/format.ts';

const USD = { currency: 'USD', currency_digits: 2 };
const american = formatFor(USD, 'America/Chicago', 'en-US');
/** Which kind of space a locale puts before a sign is its own affair. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

test('money has the digits of its currency', () => {
  expect(american.money(1234.5)).toBe('$1,234.50');
  expect(formatFor({ currency: 'JPY', currency_digits: 0 }, 'Asia/Tokyo', 'en-US').money(1234)).toBe(
    '¥1,234',
  );
  const dinars = formatFor({ currency: 'KWD', currency_digits: 3 }, 'Asia/Kuwait', 'en-US');
  expect(plain(dinars.money(1.5))).toBe('KWD 1.500');
});

test('on an axis money is short, and cents are told where they are all there is', () => {
  expect([0, 2, 2.5, 950, 12_000, 1_500_000].map(american.shortMoney)).toEqual([
    '$0',
    '$2',
    '$2.50',
    '$950',
    '$12K',
    '$1.5M',
  ]);
});

test('numbers are the reader’s, words English', () => {
  const german = formatFor(USD, 'America/Chicago', 'de-DE');
  expect(plain(german.money(1234.5))).toBe('1.234,50 $');
  expect(plain(german.share(0.346))).toBe('34,6 %');
  expect(german.longDate('2026-03-10')).toMatch(/^Tuesday,? 10 March 2026$/);
  expect(german.ago(125_000)).toBe('2 min ago');
});

test('changes have a sign, but for none', () => {
  expect([0.0123, -0.5, 0].map(american.change)).toEqual(['+1.2%', '-50.0%', '0.0%']);
});

test('instants are told in the reporting zone, dates as they are', () => {
  expect(plain(american.time('2026-03-10T15:04:00Z'))).toBe('10:04 AM');
  expect(american.date('2026-03-10')).toBe('Mar 10, 2026');
  expect(american.month('2026-03-01T00:00:00-06:00')).toBe('March 2026');
  expect(american.ago(0)).toBe('now');
  expect(american.ago(3_700_000)).toMatch(/^1 hr\.? ago$/);
});

test('differences of shares are told in points, durations in their two largest units', () => {
  expect([0.0041, -0.02, 0].map(american.points)).toEqual(['+0.4 pts', '-2.0 pts', '0.0 pts']);
  expect([0, 1.42, 72, 3_600, 68_933, 170_495].map((seconds) => plain(american.duration(seconds)))).toEqual([
    '0 sec',
    '1.4 sec',
    '1 min 12 sec',
    '1 hr',
    '19 hr 8 min',
    '1 day 23 hr',
  ]);
});
