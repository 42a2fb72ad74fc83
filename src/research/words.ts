/** Numbers in the sentences of studies: rounded to what a reader can use, the whole ones stand in the tables. */
import { type Currency, formatMinor } from '../domain/money.js';
import type { Interval } from './numeric/answer.js';

const MINUS = '\u2212';

const signed = (value: number, text: string): string => (value < 0 ? `${MINUS}${text}` : text);

/** Thousands separators in plain digits. */
const grouped = (digits: string): string => digits.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');

export const countInWords = (value: number): string =>
  signed(Math.round(value), grouped(String(Math.abs(Math.round(value)))));

/** "1 rider", "1,234 riders". */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${countInWords(value)} ${Math.round(value) === 1 ? one : many}`;

/** Three digits that matter, as 0.0123, 1.23, 123. */
export function numberInWords(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return 'unknown';
  if (value === 0) return '0';
  const place = Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.min(8, Math.max(0, digits - 1 - place));
  return signed(value, grouped(Math.abs(value).toFixed(decimals)));
}

/** 0.3456 as "34.6%". */
export const percentInWords = (share: number, decimals = 1): string =>
  Number.isFinite(share)
    ? signed(share, `${grouped((100 * Math.abs(share)).toFixed(decimals))}%`)
    : 'unknown';

/** Minor units as "1,234.50 USD", cut to whole units where those are many. */
export function moneyInWords(minor: number, currency: Currency): string {
  if (!Number.isFinite(minor)) return 'unknown';
  const unit = 10 ** currency.digits;
  const text =
    Math.abs(minor) >= 1000 * unit
      ? String(Math.round(Math.abs(minor) / unit))
      : formatMinor(Math.round(Math.abs(minor)), currency);
  return `${signed(minor, grouped(text))} ${currency.code}`;
}

/** "95% interval 34.1% to 35.0%", with the ends written as the estimate is. */
export const intervalInWords = (
  { lower, upper, level }: Interval,
  write: (value: number) => string,
): string => `${Number((100 * level).toPrecision(4))}% interval ${write(lower)} to ${write(upper)}`;

/** Seconds in the unit that fits: "1.80 seconds", "12.0 minutes", "2.50 days". */
export function durationInWords(seconds: number): string {
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const;
  const [name, length] = units.find(([, own]) => Math.abs(seconds) >= 2 * own) ?? ['second', 1];
  const value = seconds / length;
  return `${Number.isInteger(value) ? countInWords(value) : numberInWords(value)} ${name}${value === 1 ? '' : 's'}`;
}

/** "p = 0.034", "p < 0.001". */
export const pInWords = (p: number): string =>
  p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(p < 0.1 ? 3 : 2)}`;

/** "a", "a and b", "a, b and c". */
export function listInWords(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

/** `credit_card` as "credit card"; a word of any other form stays as it is. */
export const typeInSentence = (type: string): string =>
  /^[a-z]+(_[a-z]+)*$/.test(type) ? type.replaceAll('_', ' ') : type;

export const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
