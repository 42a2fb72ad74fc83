import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERASED } from '../../src/domain/erasure.js';
import { IdSet } from '../../src/domain/id-set.js';
import { minorToNumber } from '../../src/domain/money.js';
import type { Payment } from '../../src/domain/payment.js';
import { type Category, Comparison, type Pairing } from '../../src/domain/reconciliation.js';
import {
  type AdjustedHere,
  type Listed,
  NOT_ADJUSTED,
  netOfListed,
} from '../../src/domain/reconciliation-prices.js';
import { ReconciliationTotals } from '../../src/domain/reconciliation-totals.js';
import { CHICAGO, USD } from '../support/databases.js';

const FROM = Date.UTC(2026, 0, 5, 6) / 1000;
const DAY_S = 86_400;
const SPAN = { from: FROM, to: FROM + 4 * DAY_S };
const PENDING_FROM = FROM + 3 * DAY_S;

const payment = (changes: Partial<Payment> = {}): Payment => ({
  payment_id: 7,
  user_id: 'rider-1',
  order_id: 70,
  payment_type: 'credit_card',
  price_minor: 250,
  logged_s: FROM + 100,
  ...changes,
});
const listed = (changes: Partial<Payment> = {}, lacks: readonly string[] = []): Listed => ({
  payment: payment(changes),
  lacks,
});

/** As the runner does it: the provider's records by chunks, ours by chunks. */
function compare(
  here: readonly Payment[],
  there: readonly Listed[],
  { chunk = Number.POSITIVE_INFINITY, pendingFrom = PENDING_FROM, adjusted = NOT_ADJUSTED } = {},
): Pairing[] {
  const comparison = new Comparison({ span: SPAN, pendingFrom });
  const pairings: Pairing[] = [];
  for (let at = 0; at < there.length; at += chunk) {
    const some = there.slice(at, at + chunk);
    const ids = new Set(some.map((one) => one.payment.payment_id));
    pairings.push(
      ...comparison.pair(
        here.filter(({ payment_id }) => ids.has(payment_id)),
        some,
        adjusted,
      ),
    );
  }
  // As the table is read: the newest first.
  const inSpan = here
    .filter(({ logged_s }) => logged_s >= SPAN.from && logged_s < SPAN.to)
    .sort((a, b) => b.logged_s - a.logged_s || b.payment_id - a.payment_id);
  for (const one of inSpan) pairings.push(...comparison.remaining([one], adjusted));
  return [...pairings, ...comparison.end()];
}

const found = (pairings: readonly Pairing[]): [Category, ...string[]][] =>
  pairings.map(({ category, fields }) => [category, ...fields]);

describe('one payment', () => {
  test.each<[string, Payment[], Listed[], [Category, ...string[]][]]>([
    ['is the same on both sides', [payment()], [listed()], [['matched']]],
    ['is missing here', [], [listed()], [['missing_here']]],
    ['is missing there', [payment()], [], [['missing_there']]],
    ['costs more there', [payment()], [listed({ price_minor: 300 })], [['differs', 'total_price']]],
    [
      'has another time and type',
      [payment()],
      [listed({ logged_s: FROM + 40, payment_type: 'coins' })],
      [['differs', 'payment_type', 'logged_on']],
    ],
    ['is of another rider', [payment()], [listed({ user_id: 'rider-2' })], [['differs', 'user_id']]],
    ['is of a rider who was erased', [payment({ user_id: ERASED })], [listed()], [['matched']]],
    [
      'is of a rider whom the file does not tell',
      [payment()],
      [listed({ user_id: 'x' }, ['user_id'])],
      [['matched']],
    ],
    ['is listed twice', [payment()], [listed(), listed()], [['matched'], ['duplicate_there']]],
    [
      'is listed twice, once in another way',
      [payment()],
      [listed({ price_minor: 1 }), listed()],
      [['matched'], ['duplicate_there', 'total_price']],
    ],
    ['is listed twice and not here', [], [listed(), listed()], [['missing_here'], ['duplicate_there']]],
    ['is too recent to be missing there', [payment({ logged_s: PENDING_FROM })], [], [['pending']]],
    ['is a second too old for that', [payment({ logged_s: PENDING_FROM - 1 })], [], [['missing_there']]],
    ['is too recent to be missing here', [], [listed({ logged_s: PENDING_FROM })], [['pending']]],
    [
      'is recent and differs, which is known',
      [payment({ logged_s: PENDING_FROM })],
      [listed({ logged_s: PENDING_FROM, price_minor: 1 })],
      [['differs', 'total_price']],
    ],
    [
      'lies outside of the span on both sides',
      [payment({ logged_s: SPAN.to })],
      [listed({ logged_s: SPAN.to })],
      [],
    ],
    [
      'lies in the span there alone',
      [payment({ logged_s: SPAN.from - 60 })],
      [listed({ logged_s: SPAN.from })],
      [['differs', 'logged_on']],
    ],
    [
      'lies in the span here alone',
      [payment({ logged_s: SPAN.from })],
      [listed({ logged_s: SPAN.from - 60 })],
      [['differs', 'logged_on']],
    ],
  ])('%s', (_, here, there, expected) => {
    expect(found(compare(here, there))).toEqual(expected);
  });
});

describe('in-app currencies, listed at nothing', () => {
  const coins = { payment_type: 'coins' };
  test.each<[string, Payment[], Listed[], [Category, ...string[]][]]>([
    ['are matched by id', [payment(coins)], [listed({ ...coins, price_minor: 0 })], [['internal_currency']]],
    [
      'are matched by order where ids are others',
      [payment(coins)],
      [listed({ ...coins, payment_id: 9, price_minor: 0 })],
      [['internal_currency']],
    ],
    [
      'are missing here where the order has more there',
      [payment(coins)],
      [
        listed({ ...coins, payment_id: 9, price_minor: 0 }),
        listed({ ...coins, payment_id: 10, price_minor: 0 }),
      ],
      [['internal_currency'], ['missing_here']],
    ],
    [
      'are missing there where the order has more here',
      [payment(coins), payment({ ...coins, payment_id: 8 })],
      [listed({ ...coins, payment_id: 9, price_minor: 0 })],
      [['internal_currency'], ['missing_there']],
    ],
    [
      'differ where the order does',
      [payment(coins)],
      [listed({ ...coins, price_minor: 0, order_id: 71 })],
      [['differs', 'order_id']],
    ],
    [
      'are money where they have a price',
      [payment(coins)],
      [listed({ ...coins, price_minor: 1 })],
      [['differs', 'total_price']],
    ],
    ['are no other types', [payment()], [listed({ price_minor: 0 })], [['differs', 'total_price']]],
  ])('%s', (_, here, there, expected) => {
    expect(found(compare(here, there))).toEqual(expected);
  });
});

test('a payment of a time that was not read is not called missing there', () => {
  const comparison = new Comparison({ span: SPAN, pendingFrom: PENDING_FROM });
  comparison.didNotRead({ from: FROM, to: FROM + 101 });
  expect(found(comparison.remaining([payment(), payment({ payment_id: 8, logged_s: FROM + 101 })]))).toEqual([
    ['pending'],
    ['missing_there'],
  ]);
});

test('a record that cannot be read is told of with its payment, which is not missing there', () => {
  const comparison = new Comparison({ span: SPAN, pendingFrom: PENDING_FROM });
  expect(comparison.unreadable(7, payment())).toMatchObject({
    category: 'unreadable_there',
    here: payment(),
  });
  expect(comparison.remaining([payment()])).toEqual([]);
});

const side = fc.record({
  payment_id: fc.integer({ min: 1, max: 12 }),
  user_id: fc.constantFrom('a', 'b', ERASED),
  order_id: fc.integer({ min: 1, max: 4 }),
  payment_type: fc.constantFrom('credit_card', 'coins', 'tokens'),
  price_minor: fc.constantFrom(0, 5, 250, 9_007_199_254_740_000),
  logged_s: fc.integer({ min: SPAN.from, max: SPAN.to - 1 }),
});
const ours = fc.uniqueArray(side, { selector: ({ payment_id }) => payment_id, maxLength: 12 });
const theirs = fc.array(
  fc
    .tuple(side, fc.constantFrom(undefined, undefined, -5, -250))
    .map(([one, adjusted_minor]): Listed => ({ payment: one, lacks: [], adjusted_minor })),
  { maxLength: 14 },
);
const asText = (pairings: readonly Pairing[]): string[] => pairings.map((one) => JSON.stringify(one)).sort();

describe('for any two sides', () => {
  test('every record of either side is in exactly one finding', () => {
    fc.assert(
      fc.property(ours, theirs, fc.integer({ min: 1, max: 5 }), (here, there, chunk) => {
        const pairings = compare(here, there, { chunk });
        const sorted = (records: readonly object[]): string[] =>
          records.map((one) => JSON.stringify(one)).sort();
        expect(sorted(pairings.flatMap((one) => one.here ?? []))).toEqual(sorted(here));
        expect(sorted(pairings.flatMap((one) => one.there ?? []))).toEqual(sorted(there));
      }),
    );
  });

  test('the sides add up to the cent, and what is between them is explained to the cent', () => {
    fc.assert(
      fc.property(ours, theirs, (here, there) => {
        const totals = new ReconciliationTotals(CHICAGO, USD);
        const pairings = compare(here, there);
        for (const pairing of pairings) totals.add(pairing);
        const sum = (payments: readonly Payment[]): bigint =>
          payments.reduce((before, { price_minor }) => before + BigInt(price_minor), 0n);
        const cents = (units: number): bigint => BigInt(Math.round(units * 100));
        const small = (payments: readonly Payment[]): boolean =>
          payments.every(({ price_minor }) => price_minor < 1_000);
        const net = (one: Listed): Payment => ({ ...one.payment, price_minor: netOfListed(one) });
        const [a, b] = [here, there.map(net)];
        const { total_here, total_there, payments_here, payments_there } = totals.sum();
        expect([payments_here, payments_there]).toEqual([a.length, b.length]);
        expect([total_here, total_there]).toEqual([minorToNumber(sum(a), USD), minorToNumber(sum(b), USD)]);
        if (!small([...a, ...b])) return;
        for (const { difference, explained } of totals.days()) {
          const parts = Object.values(explained).reduce((before, part) => before + cents(part), 0n);
          expect(parts).toBe(cents(difference));
        }
        const days = totals.days().reduce((before, day) => before + cents(day.difference), 0n);
        expect(days).toBe(sum(a) - sum(b));
      }),
    );
  });

  test('a side agrees with itself in whichever way each price is listed: as it was, net, or with its adjustments', () => {
    const way = fc.constantFrom('as it was', 'net', 'with its adjustments', 'net beside them');
    const adjustments = fc.array(
      fc.record({
        sum: fc.integer({ min: -300, max: 300 }),
        corrected: fc.integer({ min: -9, max: 9 }),
        way,
      }),
      { minLength: 12, maxLength: 12 },
    );
    fc.assert(
      fc.property(ours, adjustments, (here, some) => {
        const adjusted = new Map<number, AdjustedHere>();
        const there = here.map((one): Listed => {
          const { sum = 0, corrected = 0, way: lists } = some[one.payment_id - 1] ?? {};
          const sum_minor = sum + corrected;
          adjusted.set(one.payment_id, { sum_minor, corrected_minor: corrected, latest_s: null });
          const isNet = lists === 'net' || lists === 'net beside them';
          const isTold = lists === 'with its adjustments' || lists === 'net beside them';
          const price_minor = one.price_minor + (isNet ? sum_minor : corrected);
          return { payment: { ...one, price_minor }, lacks: [], adjusted_minor: isTold ? sum : undefined };
        });
        const pairings = compare(here, there, { adjusted });
        const totals = new ReconciliationTotals(CHICAGO, USD);
        for (const pairing of pairings) totals.add(pairing);
        expect(pairings.map(({ category }) => category)).not.toContain('differs');
        expect(totals.sum().difference).toBe(0);
      }),
    );
  });

  test('the order of either side changes nothing', () => {
    fc.assert(
      fc.property(ours, theirs, fc.integer(), (here, there, seed) => {
        const shuffled = <T>(list: readonly T[]): T[] =>
          list
            .map((one, index) => ({ one, key: Math.imul(index + 1, seed | 1) }))
            .sort((a, b) => a.key - b.key)
            .map(({ one }) => one);
        expect(asText(compare(shuffled(here), shuffled(there)))).toEqual(asText(compare(here, there)));
      }),
    );
  });

  test('a side agrees with itself, and with whatever chunks it comes in', () => {
    fc.assert(
      fc.property(ours, fc.integer({ min: 1, max: 5 }), (here, chunk) => {
        const there = here.map((one) => ({ payment: one, lacks: [] }));
        expect(new Set(compare(here, there, { chunk }).map(({ category }) => category)).size).toBeLessThan(2);
        expect(compare(here, there, { chunk }).every(({ category }) => category === 'matched')).toBe(true);
      }),
    );
  });
});

test('a set of ids is a set, to the ends of their range', () => {
  const id = fc.oneof(fc.integer({ min: 1, max: 9_000 }), fc.integer({ min: 1, max: 4_294_967_295 }));
  fc.assert(
    fc.property(fc.array(id), fc.array(id), (added, others) => {
      const set = new IdSet();
      for (const one of added) set.add(one);
      const known = new Set(added);
      expect(set.size).toBe(known.size);
      for (const one of [...added, ...others]) expect(set.has(one)).toBe(known.has(one));
    }),
    {
      examples: [
        [
          [4_294_967_295, 31, 32],
          [4_294_967_264, 1, 33, 4_127],
        ],
      ],
    },
  );
});
