import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CARD_NUMBER_REMOVED, removeCardNumbers } from '../../src/domain/card-number.js';

describe('a card number', () => {
  test.each([
    ['Visa', '4111111111111111'],
    ['Visa of 13 digits', '4222222222222'],
    ['Mastercard', '5555555555554444'],
    ['American Express', '378282246310005'],
    ['Discover', '6011111111111117'],
    ['Diners Club', '30569309025904'],
    ['JCB', '3530111333300000'],
    ['UnionPay of 19 digits', '6205500000000000004'],
    ['groups of four with spaces', '4111 1111 1111 1111'],
    ['groups with dashes', '4111-1111-1111-1111'],
    ['American Express groups', '3782 822463 10005'],
  ])('is removed: %s', (_, number) => {
    expect(removeCardNumbers(number)).toBe(CARD_NUMBER_REMOVED);
    expect(removeCardNumbers(`paid with ${number}, thanks`)).toBe(`paid with ${CARD_NUMBER_REMOVED}, thanks`);
    expect(removeCardNumbers(`x${number}y`)).toBe(`x${CARD_NUMBER_REMOVED}y`);
  });

  test('is removed each time', () => {
    expect(removeCardNumbers('4111111111111111 / 5555555555554444')).toBe(
      `${CARD_NUMBER_REMOVED} / ${CARD_NUMBER_REMOVED}`,
    );
    expect(removeCardNumbers('4111111111111111 5555555555554444')).not.toMatch(/4111|5555/);
  });

  test('is removed after another number, which stays', () => {
    expect(removeCardNumbers('order 12 4111 1111 1111 1111')).toBe(`order 12 ${CARD_NUMBER_REMOVED}`);
  });

  test.each([
    ['one digit changed', '4111111111111112'],
    ['12 digits', '411111111116'],
    ['a time in milliseconds', '1743995491000'],
    ['a payment id', '4294967295'],
    ['a UUID', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
    ['a word', 'credit_card'],
    ['nothing', ''],
    ['digits parted by two spaces', '41111111  11111111'],
  ])('is not %s', (_, text) => {
    expect(removeCardNumbers(text)).toBe(text);
  });

  test('never survives its removal', () => {
    const luhn = (body: string): string => {
      const sum = [...body].reverse().reduce((total, digit, index) => {
        const doubled = Number(digit) * (index % 2 === 0 ? 2 : 1);
        return total + (doubled > 9 ? doubled - 9 : doubled);
      }, 0);
      return body + String((10 - (sum % 10)) % 10);
    };
    const anyNumber = fc
      .tuple(fc.constantFrom('4', '5', '3', '6'), fc.stringMatching(/^\d{12,17}$/))
      .map(([first, rest]) => luhn(first + rest));
    fc.assert(
      fc.property(fc.string(), anyNumber, fc.string(), (before, number, after) => {
        const text = `${before.replace(/[\d -]/g, '')}${number}${after.replace(/[\d -]/g, '')}`;
        expect(removeCardNumbers(text)).not.toContain(number);
        expect(removeCardNumbers(removeCardNumbers(text))).toBe(removeCardNumbers(text));
      }),
      { numRuns: 500 },
    );
  });
});
