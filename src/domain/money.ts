/**
 * Money is an integer count of minor units (cents). Nothing here, or anywhere, adds up fractions.
 */

import { ExactNumber } from './exact-number.js';

/** Digits of a price in minor units that a DOUBLE still holds exactly (IEEE 754: 15 decimal digits). */
export const MAX_PRICE_DIGITS = 15;
const MAX_PRICE_MINOR = 10 ** MAX_PRICE_DIGITS - 1;

/** What a feed's numbers count: `major` = dollars, `minor` = cents. */
export type MoneyUnit = 'major' | 'minor';

export interface Currency {
  /** ISO 4217 code. */
  readonly code: string;
  /** Digits of the minor unit: 2 for USD, 0 for JPY, 3 for KWD. */
  readonly digits: number;
}

/** The currency of an ISO 4217 code; undefined where the code is not one. */
export function currencyOf(code: string): Currency | undefined {
  if (!/^[A-Z]{3}$/.test(code) || !Intl.supportedValuesOf('currency').includes(code)) return undefined;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: code });
  return { code, digits: format.resolvedOptions().maximumFractionDigits ?? 2 };
}

export type ParsedPrice =
  | { readonly ok: true; readonly minor: number }
  | { readonly ok: false; readonly code: string; readonly message: string };

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Reads a price exactly: a decimal as string or number, in `unit`. Returns minor units. Refuses what is not a
 * plain decimal (exponents, hex, spaces, NaN), what has more digits than the currency, and what is over 15 digits.
 * The sign is read, not judged: whether a price may be zero or negative is the payment's rule.
 */
export function parsePrice(value: unknown, unit: MoneyUnit, currency: Currency): ParsedPrice {
  const text = decimalText(value);
  const match = text === undefined ? null : DECIMAL.exec(text);
  if (match === null) {
    return refuse('not_a_price', 'must be a decimal number such as 2.50, as a string or a number');
  }
  const [, sign = '', whole = '', fraction = ''] = match;
  const digits = unit === 'major' ? currency.digits : 0;
  if (fraction.length > digits) {
    const allowed = digits === 0 ? 'no digits' : `at most ${digits} digits`;
    const counted = unit === 'major' ? currency.code : `${currency.code} counted in minor units`;
    return refuse(
      'too_many_digits',
      `has ${fraction.length} digits after the point; ${counted} has ${allowed}`,
    );
  }
  const minorText = (whole + fraction.padEnd(digits, '0')).replace(/^0+(?=\d)/, '');
  if (minorText.length > MAX_PRICE_DIGITS) {
    return refuse(
      'too_large',
      `is over ${formatMinor(MAX_PRICE_MINOR, currency)} ${currency.code}, the largest price kept exactly`,
    );
  }
  const minor = Number(minorText);
  return { ok: true, minor: sign === '-' && minor !== 0 ? -minor : minor };
}

function decimalText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (value instanceof ExactNumber) return value.text;
  return undefined;
}

function refuse(code: string, message: string): ParsedPrice {
  return { ok: false, code, message };
}

/** Minor units as decimal text: 250 → "2.50". */
export function formatMinor(minor: number | bigint, currency: Currency): string {
  const negative = minor < 0;
  const digits = String(negative ? -minor : minor).padStart(currency.digits + 1, '0');
  const split = digits.length - currency.digits;
  const text = currency.digits === 0 ? digits : `${digits.slice(0, split)}.${digits.slice(split)}`;
  return negative ? `-${text}` : text;
}

/** Minor units as a number of currency units: the double nearest to the exact value. */
export function minorToNumber(minor: number | bigint, currency: Currency): number {
  // A quotient of two exact doubles is the double nearest to it; past 2⁵³ the text is read instead.
  const exact = Number(minor);
  return Number.isSafeInteger(exact) ? exact / 10 ** currency.digits : Number(formatMinor(minor, currency));
}

/** The table's DOUBLE as minor units. Rounding undoes the double's error exactly up to 15 digits. */
export function numberToMinor(price: number, currency: Currency): number {
  return Math.round(price * 10 ** currency.digits);
}

/** sum ÷ count in currency units, rounded half away from zero to 4 decimals; 0 where nothing was counted. */
export function averageOf(sumMinor: bigint, count: number, currency: Currency): number {
  if (count === 0) return 0;
  const scaled = sumMinor * 10_000n * 2n;
  const divisor = BigInt(count) * 10n ** BigInt(currency.digits);
  const half = sumMinor < 0n ? -divisor : divisor;
  const tenThousandths = (scaled + half) / (divisor * 2n);
  return minorToNumber(tenThousandths, { code: '', digits: 4 });
}
