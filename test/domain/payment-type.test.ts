import { describe, expect, test } from 'vitest';
import { normalizePaymentType, paymentTypeTable } from '../../src/domain/payment-type.js';

describe('a payment type', () => {
  test.each([
    ['credit_card', 'credit_card'],
    ['debit_card', 'debit_card'],
    ['apple_pay', 'mobile_payment'],
    ['google_pay', 'mobile_payment'],
    ['transit_card', 'transit_card'],
    ['bank_transfer', 'bank_transfer'],
    ['digital_wallet', 'digital_wallet'],
  ])("of the source's word %s is %s, in any case", (word, type) => {
    expect(normalizePaymentType(word)).toBe(type);
    expect(normalizePaymentType(word.toUpperCase())).toBe(type);
  });

  test.each([
    'card',
    'applepay',
    'paypal',
    'ideal',
    'dotpay',
    'paynearme',
    'incomm',
    'WalletPay',
    'STORED_VALUE',
    'STORED_CARD',
    'PAYPAL',
    'coins',
    'tokens',
  ])('of the documented provider word %s is not other', (word) => {
    expect(normalizePaymentType(word)).not.toBe('other');
  });

  test.each(['', ' ', 'cheque', ' credit_card', 'constructor', '__proto__', 'toString', 'credit card'])(
    'of the unknown word %j is other',
    (word) => {
      expect(normalizePaymentType(word)).toBe('other');
    },
  );

  test('follows words that a deployment adds or overrides, in any case', () => {
    const table = paymentTypeTable({ Klarna: 'pay_later', CARD: 'credit_card' });
    expect(normalizePaymentType('KLARNA', table)).toBe('pay_later');
    expect(normalizePaymentType('card', table)).toBe('credit_card');
    expect(normalizePaymentType('apple_pay', table)).toBe('mobile_payment');
    expect(normalizePaymentType('klarna')).toBe('other');
  });

  test('always fits its column', () => {
    for (const type of paymentTypeTable().values()) expect(type).toMatch(/^[a-z_]{1,32}$/);
  });
});
