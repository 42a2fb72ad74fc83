import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExactNumber } from '../../src/domain/exact-number.js';
import type { Currency } from '../../src/domain/money.js';
import {
  checkPayment,
  checkStoredUserId,
  conflictProblems,
  differingFields,
  fromRow,
  type PaymentClaim,
  type PaymentRules,
  toRecord,
  toRow,
} from '../../src/domain/payment.js';
import { paymentTypeTable } from '../../src/domain/payment-type.js';
import { delivery, SAMPLE_S } from '../support/deliveries.js';
import { zoneOf } from '../support/zones.js';

const USD: Currency = { code: 'USD', digits: 2 };
const NOW_MS = (SAMPLE_S + 10) * 1_000;

const RULES: PaymentRules = {
  currency: USD,
  unit: 'major',
  time: { format: 'iso', zone: null },
  acceptZeroFares: false,
  clockSkewS: 60,
  paymentTypes: paymentTypeTable(),
};

const CLAIM: PaymentClaim = {
  payment_id: 12_345,
  user_id: 'rider-1',
  order_id: 67,
  payment_type: 'Apple_Pay',
  total_price: '2.50',
  logged_on: '2025-04-07T03:11:31Z',
};

function check(changes: Partial<PaymentClaim> = {}, rules: Partial<PaymentRules> = {}) {
  return checkPayment({ ...CLAIM, ...changes }, { ...RULES, ...rules }, NOW_MS);
}

function problemsOf(changes: Partial<PaymentClaim>, rules: Partial<PaymentRules> = {}): string[] {
  const result = check(changes, rules);
  return result.ok ? [] : result.problems.map(({ field, code }) => `${field} ${code}`);
}

describe('a claim', () => {
  test('that is valid becomes a payment, with the raw word kept and the type normalised', () => {
    expect(check()).toEqual({
      ok: true,
      payment: {
        payment_id: 12_345,
        provider_user_id: 'rider-1',
        order_id: 67,
        payment_type: 'mobile_payment',
        price_minor: 250,
        logged_s: SAMPLE_S,
        raw_method: 'Apple_Pay',
        reference: null,
      },
    });
  });

  test('with an unknown word is of the type other, with the word kept', () => {
    expect(check({ payment_type: 'Bitcoin ₿' })).toMatchObject({
      payment: { payment_type: 'other', raw_method: 'Bitcoin ₿' },
    });
  });

  test.each<[string, Partial<PaymentClaim>]>([
    ['the largest payment id', { payment_id: 4_294_967_295 }],
    ['the smallest payment id', { payment_id: 1 }],
    ['the largest order id', { order_id: 2_147_483_647 }],
    ['a rider as a number', { user_id: 42 }],
    ['a rider as a number too large for JavaScript', { user_id: new ExactNumber('9007199254740993123') }],
    ['a long rider id, which becomes a pseudonym', { user_id: 'u'.repeat(2_000) }],
    ['a method of 255 characters', { payment_type: '💳'.repeat(255) }],
    ['a price as a number', { total_price: 2.5 }],
    ['the smallest price', { total_price: '0.01' }],
    ['the currency, in any case', { currency: 'usd' }],
    ['no currency', { currency: null }],
    ['a reference', { reference: 'order-uuid' }],
    ['a number as reference', { reference: 991 }],
    ['the last second of the allowed skew', { logged_on: '2025-04-07T03:12:41Z' }],
    ['a fraction within the last second of the allowed skew', { logged_on: '2025-04-07T03:12:41.999Z' }],
  ])('may have %s', (_, changes) => {
    expect(problemsOf(changes)).toEqual([]);
  });

  test('keeps a rider id too large for JavaScript digit by digit', () => {
    expect(check({ user_id: new ExactNumber('9007199254740993123') })).toMatchObject({
      payment: { provider_user_id: '9007199254740993123' },
    });
  });

  test.each<[string, Partial<PaymentClaim>, string]>([
    ['no payment id', { payment_id: undefined }, 'payment_id required'],
    ['a null payment id', { payment_id: null }, 'payment_id required'],
    ['payment id 0', { payment_id: 0 }, 'payment_id out_of_range'],
    ['a negative payment id', { payment_id: -1 }, 'payment_id out_of_range'],
    ['a payment id over INT UNSIGNED', { payment_id: 4_294_967_296 }, 'payment_id out_of_range'],
    ['a fractional payment id', { payment_id: 1.5 }, 'payment_id not_an_integer'],
    ['a payment id as text', { payment_id: '12345' }, 'payment_id not_an_integer'],
    ['NaN as payment id', { payment_id: Number.NaN }, 'payment_id not_an_integer'],
    ['a payment id in an array', { payment_id: [1] }, 'payment_id not_an_integer'],
    ['no rider', { user_id: undefined }, 'user_id required'],
    ['an empty rider', { user_id: '' }, 'user_id required'],
    ['a rider that is an object', { user_id: { id: 1 } }, 'user_id not_an_id'],
    ['a rider that is true', { user_id: true }, 'user_id not_an_id'],
    ['a fractional rider', { user_id: 1.5 }, 'user_id not_an_id'],
    ['a rider whose digits were rounded', { user_id: 2 ** 53 }, 'user_id not_an_id'],
    ['a rider with a NUL', { user_id: 'a\0b' }, 'user_id bad_characters'],
    ['a rider with half a character', { user_id: 'a\ud800' }, 'user_id bad_characters'],
    ['no order', { order_id: undefined }, 'order_id required'],
    ['order 0', { order_id: 0 }, 'order_id out_of_range'],
    ['an order over INT', { order_id: 2_147_483_648 }, 'order_id out_of_range'],
    ['an order as text', { order_id: '67' }, 'order_id not_an_integer'],
    ['no payment type', { payment_type: undefined }, 'payment_type required'],
    ['an empty payment type', { payment_type: '' }, 'payment_type required'],
    ['a payment type that is a number', { payment_type: 5 }, 'payment_type not_text'],
    ['a method over 255 characters', { payment_type: 'm'.repeat(256) }, 'payment_type too_long'],
    ['a method with a line break', { payment_type: 'card\n' }, 'payment_type bad_characters'],
    ['no price', { total_price: undefined }, 'total_price required'],
    ['a price of 0', { total_price: '0.00' }, 'total_price zero'],
    ['a negative price', { total_price: '-2.50' }, 'total_price negative'],
    ['a price with an exponent', { total_price: '1e2' }, 'total_price not_a_price'],
    ['an empty price', { total_price: '' }, 'total_price not_a_price'],
    ['a price with three digits', { total_price: '2.505' }, 'total_price too_many_digits'],
    ['a price over 15 digits', { total_price: '99999999999999.99' }, 'total_price too_large'],
    ['no time', { logged_on: undefined }, 'logged_on required'],
    ['a time that is none', { logged_on: 'yesterday' }, 'logged_on not_an_instant'],
    ['a local time', { logged_on: '2025-04-07T03:11:31' }, 'logged_on no_offset'],
    ['a time a second beyond the allowed skew', { logged_on: '2025-04-07T03:12:42Z' }, 'logged_on in_future'],
    ['a time before 1970', { logged_on: '1969-12-31T23:59:59Z' }, 'logged_on out_of_range'],
    ['another currency', { currency: 'EUR' }, 'currency other_currency'],
    ['a currency that is a number', { currency: 840 }, 'currency other_currency'],
  ])('with %s is refused', (_, changes, problem) => {
    expect(problemsOf(changes)).toEqual([problem]);
  });

  test.each([
    ['an object', {}],
    ['empty', ''],
    ['over 255 characters', 'r'.repeat(256)],
    ['not whole characters', 'evt_\ud800'],
  ])('is recorded without its reference where that is %s', (_, reference) => {
    expect(check({ reference })).toMatchObject({ ok: true, payment: { reference: null } });
  });

  test('reports all its problems together, in the order of the fields, each saying its field', () => {
    const nothing = {
      payment_id: 0,
      user_id: '',
      order_id: 'x',
      payment_type: null,
      total_price: 'NaN',
      logged_on: 5,
    };
    const result = check({ ...nothing, currency: 'GBP', reference: [] });
    const problems = result.ok ? [] : result.problems;
    expect(problems.map(({ field, code }) => `${field} ${code}`)).toEqual([
      'payment_id out_of_range',
      'user_id required',
      'order_id not_an_integer',
      'payment_type required',
      'total_price not_a_price',
      'logged_on not_an_instant',
      'currency other_currency',
    ]);
    for (const { field, message } of problems) expect(message.startsWith(`${field} `)).toBe(true);
  });

  test('of 0 is accepted where zero fares are, and a negative one is not', () => {
    expect(problemsOf({ total_price: '0' }, { acceptZeroFares: true })).toEqual([]);
    expect(problemsOf({ total_price: '-0.01' }, { acceptZeroFares: true })).toEqual(['total_price negative']);
  });

  test('of a feed in cents is counted in cents', () => {
    expect(check({ total_price: 250 }, { unit: 'minor' })).toMatchObject({ payment: { price_minor: 250 } });
    expect(problemsOf({ total_price: '2.50' }, { unit: 'minor' })).toEqual(['total_price too_many_digits']);
  });

  test('of a feed with a zone may leave the offset out', () => {
    const time = { format: 'iso', zone: zoneOf('America/Chicago') } as const;
    expect(check({ logged_on: '2025-04-06T22:11:31' }, { time })).toMatchObject({
      payment: { logged_s: SAMPLE_S },
    });
  });

  test('never lets a card number into what is kept of the provider', () => {
    const result = check({ payment_type: '4111 1111 1111 1111', reference: 'pan=5555555555554444' });
    expect(JSON.stringify(result)).not.toMatch(/1111|4444/);
    expect(result).toMatchObject({ ok: true });
  });

  test('of anything at all is judged without throwing', () => {
    fc.assert(
      fc.property(
        fc.record({
          payment_id: fc.anything(),
          user_id: fc.anything(),
          order_id: fc.anything(),
          payment_type: fc.anything(),
          total_price: fc.anything(),
          logged_on: fc.anything(),
          currency: fc.anything(),
          reference: fc.anything(),
        }),
        (claim) => {
          const result = checkPayment(claim, RULES, NOW_MS);
          if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe("a rider's stored name", () => {
  test('has 1 to 256 characters, counted as code points', () => {
    expect(checkStoredUserId('u')).toEqual([]);
    expect(checkStoredUserId('🚌'.repeat(256))).toEqual([]);
    expect(checkStoredUserId('🚌'.repeat(257))).toMatchObject([{ field: 'user_id', code: 'too_long' }]);
    expect(checkStoredUserId('')).toMatchObject([{ field: 'user_id', code: 'required' }]);
  });

  test('holds nothing that a database would change or not tell apart', () => {
    expect(checkStoredUserId('a\u0007')).toMatchObject([{ code: 'bad_characters' }]);
    expect(checkStoredUserId('a\udc00b')).toMatchObject([{ code: 'bad_characters' }]);
    expect(checkStoredUserId('rider-1 ')).toMatchObject([{ code: 'bad_characters' }]);
    expect(checkStoredUserId('rider 1')).toEqual([]);
  });

  test('is no card number', () => {
    expect(checkStoredUserId('4111111111111111')).toMatchObject([{ code: 'card_number' }]);
  });
});

describe('a row', () => {
  test('of any payment gives the payment back, and a record with times in ISO 8601', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999_999_999_999 }),
        fc.integer({ min: 0, max: 253_402_300_799 }),
        (price_minor, logged_s) => {
          const { payment } = delivery({ price_minor, logged_s });
          const row = toRow(payment, SAMPLE_S, USD);
          expect(fromRow(row, USD)).toEqual(payment);
          expect(toRecord(row)).toMatchObject({
            logged_on: `${row.logged_on.replace(' ', 'T')}Z`,
            created_on: '2025-04-07T03:11:31Z',
            modified_on: '2025-04-07T03:11:31Z',
          });
        },
      ),
    );
  });

  test('that another program wrote with an imprecise price is read to the cent', () => {
    const row = toRow(delivery().payment, SAMPLE_S, USD);
    expect(fromRow({ ...row, total_price: 0.1 + 0.2 }, USD).price_minor).toBe(30);
  });
});

describe('two payments of one id', () => {
  const stored = delivery().payment;

  test('with the same content do not differ', () => {
    expect(differingFields(stored, delivery().payment)).toEqual([]);
    expect(conflictProblems(stored, delivery().payment, USD)).toEqual([]);
  });

  test('name each field in which they differ, with both values but for the rider', () => {
    const received = delivery({
      user_id: 'rider-2',
      order_id: 12,
      payment_type: 'other',
      price_minor: 251,
      logged_s: SAMPLE_S + 1,
    }).payment;
    const problems = conflictProblems(stored, received, USD);
    expect(problems.map(({ field }) => field)).toEqual([
      'user_id',
      'order_id',
      'payment_type',
      'total_price',
      'logged_on',
    ]);
    expect(problems.every(({ code }) => code === 'differs')).toBe(true);
    const messages = problems.map(({ message }) => message);
    expect(messages[0]).not.toMatch(/rider-/);
    expect(messages.slice(1)).toEqual([
      'order_id is 12 here and 11 in the stored payment',
      'payment_type is other here and credit_card in the stored payment',
      'total_price is 2.51 here and 2.50 in the stored payment',
      'logged_on is 2025-04-07T03:11:32Z here and 2025-04-07T03:11:31Z in the stored payment',
    ]);
  });
});
