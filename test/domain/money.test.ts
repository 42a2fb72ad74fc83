import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExactNumber } from '../../src/domain/exact-number.js';
import {
  averageOf,
  type Currency,
  currencyOf,
  formatMinor,
  minorToNumber,
  numberToMinor,
  parsePrice,
} from '../../src/domain/money.js';

const USD: Currency = { code: 'USD', digits: 2 };
const JPY: Currency = { code: 'JPY', digits: 0 };
const KWD: Currency = { code: 'KWD', digits: 3 };
const MAX_MINOR = 999_999_999_999_999;

const currencies = fc.constantFrom(USD, JPY, KWD);
const prices = fc.integer({ min: 0, max: MAX_MINOR });

describe('a price', () => {
  test('every cent from 0.00 to 2000.00 is read exactly as text, as a number, and from the DOUBLE column', () => {
    const wrong: string[] = [];
    for (let minor = 0; minor <= 200_000; minor++) {
      const text = `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;
      for (const value of [text, Number(text)]) {
        const read = parsePrice(value, 'major', USD);
        if (!read.ok || read.minor !== minor) wrong.push(`${value} was read as ${JSON.stringify(read)}`);
      }
      const column = minorToNumber(minor, USD);
      if (column !== Number(text)) wrong.push(`${text} is stored as ${column}`);
      if (numberToMinor(column, USD) !== minor) wrong.push(`${column} was read from the column wrongly`);
      if (formatMinor(minor, USD) !== text) wrong.push(`${minor} is shown as ${formatMinor(minor, USD)}`);
    }
    expect(wrong).toEqual([]);
  });

  test('of up to 15 digits survives its text, its number and the DOUBLE column in every currency', () => {
    fc.assert(
      fc.property(prices, currencies, (minor, currency) => {
        const text = formatMinor(minor, currency);
        expect(parsePrice(text, 'major', currency)).toEqual({ ok: true, minor });
        expect(numberToMinor(minorToNumber(minor, currency), currency)).toBe(minor);
        expect(minorToNumber(minor, currency)).toBe(Number(text));
        expect(parsePrice(new ExactNumber(text), 'major', currency)).toEqual({ ok: true, minor });
      }),
      { numRuns: 2_000 },
    );
  });

  test('counted in minor units is taken as it is', () => {
    fc.assert(
      fc.property(prices, currencies, (minor, currency) => {
        expect(parsePrice(minor, 'minor', currency)).toEqual({ ok: true, minor });
        expect(parsePrice(String(minor), 'minor', currency)).toEqual({ ok: true, minor });
      }),
    );
  });

  test('may have fewer digits than the currency, and leading zeros', () => {
    expect(parsePrice('2.5', 'major', USD)).toEqual({ ok: true, minor: 250 });
    expect(parsePrice('2', 'major', USD)).toEqual({ ok: true, minor: 200 });
    expect(parsePrice('0002.50', 'major', USD)).toEqual({ ok: true, minor: 250 });
    expect(parsePrice(`${'0'.repeat(40)}1`, 'major', USD)).toEqual({ ok: true, minor: 100 });
  });

  test('keeps its sign, and zero has none', () => {
    expect(parsePrice('-2.50', 'major', USD)).toEqual({ ok: true, minor: -250 });
    expect(parsePrice('-0.00', 'major', USD)).toEqual({ ok: true, minor: 0 });
    expect(parsePrice(-0, 'major', USD)).toEqual({ ok: true, minor: 0 });
  });

  test.each([
    '1e2',
    '1E2',
    '0x10',
    '0b1',
    '0o7',
    '12abc',
    'abc',
    ' 5 ',
    '5 ',
    ' 5',
    '5\n',
    '',
    '.',
    '.5',
    '5.',
    '+5',
    '--5',
    '5-',
    '1,000.00',
    '1.000,00',
    '$5',
    '5 USD',
    '5.0.0',
    'NaN',
    'Infinity',
    '-Infinity',
    '٥',
    '５',
    'null',
    'true',
    '1_000',
  ])('is not %j', (text) => {
    expect(parsePrice(text, 'major', USD)).toMatchObject({ ok: false, code: 'not_a_price' });
    expect(parsePrice(text, 'minor', USD)).toMatchObject({ ok: false, code: 'not_a_price' });
  });

  test.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['minus infinity', Number.NEGATIVE_INFINITY],
    ['a number with an exponent', 1e21],
    ['a tiny number', 1e-7],
    ['an array', [5]],
    ['an array of text', ['5.00']],
    ['an empty array', []],
    ['an object', { value: 5 }],
    ['an object with a text form', { toString: () => '5' }],
    ['a Number object', Object(5)],
    ['a boolean', true],
    ['null', null],
    ['undefined', undefined],
    ['a bigint', 5n],
    ['a function', () => 5],
  ])('is not %s', (_, value) => {
    expect(parsePrice(value, 'major', USD)).toMatchObject({ ok: false, code: 'not_a_price' });
  });

  test.each([
    ['2.505', 'major', USD, 'has 3 digits after the point; USD has at most 2 digits'],
    ['2.500', 'major', USD, 'USD has at most 2 digits'],
    [0.1 + 0.2, 'major', USD, 'has 17 digits after the point'],
    ['100.0', 'major', JPY, 'JPY has no digits'],
    ['1.2345', 'major', KWD, 'KWD has at most 3 digits'],
    ['250.5', 'minor', USD, 'USD counted in minor units has no digits'],
    ['250.0', 'minor', USD, 'has no digits'],
  ] as const)('%s in %s units has too many digits, and is not rounded', (value, unit, currency, says) => {
    const read = parsePrice(value, unit, currency);
    expect(read).toMatchObject({
      ok: false,
      code: 'too_many_digits',
      message: expect.stringContaining(says),
    });
  });

  test('over 15 digits is too large, and the limit is named', () => {
    expect(parsePrice('9999999999999.99', 'major', USD)).toEqual({ ok: true, minor: MAX_MINOR });
    expect(parsePrice('10000000000000.00', 'major', USD)).toMatchObject({
      code: 'too_large',
      message: expect.stringContaining('9999999999999.99 USD'),
    });
    expect(parsePrice('1000000000000000', 'minor', USD)).toMatchObject({ code: 'too_large' });
    expect(parsePrice('9'.repeat(400), 'major', USD)).toMatchObject({ code: 'too_large' });
  });

  test('of a number that JSON would have rounded is read digit by digit', () => {
    expect(parsePrice(new ExactNumber('1234567890123.45'), 'major', USD)).toEqual({
      ok: true,
      minor: 123_456_789_012_345,
    });
    expect(parsePrice(new ExactNumber('2.50000000000000000001'), 'major', USD)).toMatchObject({
      code: 'too_many_digits',
    });
    expect(parsePrice(new ExactNumber('1e2'), 'major', USD)).toMatchObject({ code: 'not_a_price' });
  });
});

describe('a currency', () => {
  test('has the digits of its minor unit', () => {
    expect(['USD', 'EUR', 'JPY', 'KWD'].map(currencyOf)).toEqual([USD, { code: 'EUR', digits: 2 }, JPY, KWD]);
  });

  test.each(['usd', 'US', 'USDX', '', 'ZZZ', '840', 'U$D'])('is not %j', (code) => {
    expect(currencyOf(code)).toBeUndefined();
  });
});

describe('minor units', () => {
  test('are shown with all digits of the currency', () => {
    expect(formatMinor(5, USD)).toBe('0.05');
    expect(formatMinor(-5, USD)).toBe('-0.05');
    expect(formatMinor(250, JPY)).toBe('250');
    expect(formatMinor(1, KWD)).toBe('0.001');
    expect(formatMinor(2n ** 70n, USD)).toBe('11805916207174113034.24');
  });

  test('of sums past 2^53 become the nearest number', () => {
    expect(minorToNumber(19_999_999_999_999_980n, USD)).toBe(199_999_999_999_999.8);
    expect(minorToNumber(-250n, USD)).toBe(-2.5);
  });
});

describe('an average', () => {
  test('is rounded half away from zero to 4 decimals', () => {
    expect(averageOf(500n, 3, USD)).toBe(1.6667);
    expect(averageOf(1n, 3, USD)).toBe(0.0033);
    expect(averageOf(1n, 200, USD)).toBe(0.0001);
    expect(averageOf(-1n, 200, USD)).toBe(-0.0001);
    expect(averageOf(10n, 4, JPY)).toBe(2.5);
    expect(averageOf(5n, 1, KWD)).toBe(0.005);
  });

  test('of nothing is 0', () => {
    expect(averageOf(0n, 0, USD)).toBe(0);
  });

  test('lies within half a ten-thousandth of the exact quotient, for any sum and count', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 11n), max: 10n ** 11n }),
        fc.integer({ min: 1, max: 1_000_000 }),
        currencies,
        (sum, count, currency) => {
          const tenThousandths = BigInt(Math.round(averageOf(sum, count, currency) * 10_000));
          const unit = BigInt(count) * 10n ** BigInt(currency.digits);
          const difference = tenThousandths * unit - sum * 10_000n;
          expect(2n * (difference < 0n ? -difference : difference)).toBeLessThanOrEqual(unit);
        },
      ),
    );
  });
});
