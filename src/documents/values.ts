/** What stands in a table: a value with its meaning, written one way for people and one way for machines. */
import { type Currency, currencyOf, formatMinor, numberToMinor } from '../domain/money.js';

export type Value =
  | { readonly kind: 'text'; readonly text: string }
  /** `iso` for machines, `words` for people. */
  | { readonly kind: 'instant'; readonly iso: string; readonly words: string }
  | { readonly kind: 'count'; readonly count: number }
  /** In currency units, a whole count of minor units. */
  | { readonly kind: 'money'; readonly amount: number }
  /** In currency units, to 4 decimals. */
  | { readonly kind: 'average'; readonly amount: number }
  /** A part of a whole, in thousandths: what is shown is what is exported. */
  | { readonly kind: 'share'; readonly permille: number }
  /** A gain or loss against something before it, in thousandths of that. */
  | { readonly kind: 'change'; readonly permille: number }
  /** Nothing was there to tell. */
  | { readonly kind: 'none' };

export const NONE: Value = { kind: 'none' };

export const text = (value: string): Value => ({ kind: 'text', text: value });
export const count = (value: number): Value => ({ kind: 'count', count: value });
export const money = (amount: number): Value => ({ kind: 'money', amount });
export const average = (amount: number): Value => ({ kind: 'average', amount });

const AVERAGE_DIGITS = 4;
const RATIO_DIGITS = 3;
const MINUS = '\u2212';
const NO_BREAK_SPACE = '\u00a0';

/** The report's currency. Reports are made with a currency that was checked at the start. */
export function knownCurrency(code: string): Currency {
  const currency = currencyOf(code);
  if (currency === undefined) throw new Error(`the report's currency ${code} is not one of ISO 4217`);
  return currency;
}

/** part ÷ whole in thousandths, rounded half away from zero; undefined where there is no whole. */
export function permilleOf(part: bigint, whole: bigint): number | undefined {
  if (whole === 0n) return undefined;
  const negative = part < 0n !== whole < 0n;
  const [top, bottom] = [part < 0n ? -part : part, whole < 0n ? -whole : whole];
  const rounded = Number((top * 2000n + bottom) / (bottom * 2n));
  return negative && rounded !== 0 ? -rounded : rounded;
}

/** `$`, `¥`, or the code with a space where en-US has no sign for it. */
function currencySign(currency: Currency): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency: currency.code });
  const sign = format.formatToParts(0).find(({ type }) => type === 'currency')?.value ?? currency.code;
  return /[A-Za-z]$/.test(sign) ? `${sign}${NO_BREAK_SPACE}` : sign;
}

/** Thousands separators in plain decimal text, which has no sign. */
function grouped(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const thousands = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? thousands : `${thousands}.${fraction}`;
}

function decimalText(amount: number, digits: number): string {
  const scale = { code: '', digits };
  return formatMinor(numberToMinor(amount, scale), scale);
}

/** Writes plain decimal text as money: -1234.5 → −$1,234.50. */
function withSign(decimal: string, currency: Currency): string {
  const negative = decimal.startsWith('-');
  return `${negative ? MINUS : ''}${currencySign(currency)}${grouped(negative ? decimal.slice(1) : decimal)}`;
}

/** Money as people read it in en-US, with the digits of its currency. */
export function moneyText(amount: number, currency: Currency): string {
  return withSign(decimalText(amount, currency.digits), currency);
}

/** Money for the ticks of an axis, which are round: $12k, ¥1.5M. */
export function shortMoneyText(amount: number, currency: Currency): string {
  const steps = [
    { from: 1e9, letter: 'B' },
    { from: 1e6, letter: 'M' },
    { from: 1e3, letter: 'k' },
  ];
  const step = steps.find(({ from }) => Math.abs(amount) >= from) ?? { from: 1, letter: '' };
  const scaled = decimalText(amount / step.from, 3).replace(/\.?0+$/, '');
  return `${withSign(scaled === '' ? '0' : scaled, currency)}${step.letter}`;
}

/** 34.6% of 346 thousandths. */
export function percentText(permille: number): string {
  return `${grouped(decimalText(Math.abs(permille) / 10, 1))}%`;
}

function changeText(permille: number): string {
  const sign = permille === 0 ? '±' : permille < 0 ? MINUS : '+';
  return `${sign}${percentText(permille)}`;
}

export function countText(value: number): string {
  const digits = String(Math.abs(value));
  return value < 0 ? `${MINUS}${grouped(digits)}` : grouped(digits);
}

/** "1 payment", "1,234 payments". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${countText(value)} ${value === 1 ? one : many}`;
}

/** For people: en-US, signs, separators. Text that came from outside is still to be escaped for its medium. */
export function peopleText(value: Value, currency: Currency): string {
  switch (value.kind) {
    case 'text':
      return visible(value.text);
    case 'instant':
      return value.words;
    case 'count':
      return countText(value.count);
    case 'money':
      return moneyText(value.amount, currency);
    case 'average':
      return withSign(decimalText(value.amount, AVERAGE_DIGITS), currency);
    case 'share':
      return percentText(value.permille);
    case 'change':
      return changeText(value.permille);
    case 'none':
      return '–';
  }
}

/** For machines: plain digits, ISO instants, ratios as fractions of one, nothing where there is none. */
export function machineText(value: Value, currency: Currency): string {
  switch (value.kind) {
    case 'text':
      return value.text;
    case 'instant':
      return value.iso;
    case 'count':
      return String(value.count);
    case 'money':
      return decimalText(value.amount, currency.digits);
    case 'average':
      return decimalText(value.amount, AVERAGE_DIGITS);
    case 'share':
    case 'change':
      return formatMinor(value.permille, { code: '', digits: RATIO_DIGITS });
    case 'none':
      return '';
  }
}

/** Figures stand to the right, so that their digits line up. */
export function isFigure(value: Value): boolean {
  return value.kind !== 'text' && value.kind !== 'instant';
}

/** Characters that steer a terminal, break a line or turn the reading direction, as a mark that can be seen. */
export function visible(value: string): string {
  return value.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

const PROTOTYPE_NAMES = Object.getOwnPropertyNames(Object.prototype);

/**
 * Text for a chart, which is measured as it is and shortened. ECharts remembers the widths of texts by name in a plain
 * object: one that is called or begins like a property of every object, as `__proto__`, would be taken for what it
 * remembers, and all objects of the process would be written to. A word joiner, which takes no room, keeps them apart.
 */
export function drawable(text: string): string {
  const shown = visible(text);
  return PROTOTYPE_NAMES.some((name) => shown.startsWith(name)) ? `\u2060${shown}` : shown;
}
