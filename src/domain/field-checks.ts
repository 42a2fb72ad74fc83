/** Checks of single fields of what is claimed, shared by payments and adjustments; each reports what it finds. */
import type { Currency } from './money.js';
import { type InstantRules, parseInstant, toIso } from './time.js';

export type Report = (field: string, code: string, message: string) => void;

/** The capture's columns for the provider's word and for the reference. */
export const MAX_RAW_CHARACTERS = 255;

export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

export function checkInteger(field: string, value: unknown, max: number, report: Report): number {
  if (isAbsent(value)) report(field, 'required', 'is missing');
  else if (typeof value !== 'number' || !Number.isInteger(value))
    report(field, 'not_an_integer', 'must be an integer');
  else if (value < 1 || value > max) report(field, 'out_of_range', `must lie between 1 and ${max}`);
  else return value;
  return 0;
}

/** Text that must be there, of `max` characters at the most. */
export function checkText(
  field: string,
  value: unknown,
  report: Report,
  max: number = MAX_RAW_CHARACTERS,
): string {
  if (isAbsent(value) || value === '') report(field, 'required', 'is missing');
  else if (typeof value !== 'string') report(field, 'not_text', 'must be text');
  else return checkCharacters(field, value, max, report);
  return '';
}

/** Text that every database keeps as it is: whole characters, no control characters, not too long. */
export function checkCharacters(field: string, value: string, max: number, report: Report): string {
  if (!value.isWellFormed() || hasControlCharacter(value)) {
    report(
      field,
      'bad_characters',
      'has control characters or half characters, which cannot be kept faithfully',
    );
  }
  if (characterCount(value) > max) report(field, 'too_long', `must have at most ${max} characters`);
  return value;
}

function hasControlCharacter(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 32 || code === 127) return true;
  }
  return false;
}

/** Code points, as VARCHAR(n) counts them. */
export function characterCount(value: string): number {
  let count = 0;
  for (const _ of value) count++;
  return count;
}

/** An instant that is not in the future, beyond what clocks may differ by. */
export function checkInstant(
  field: string,
  value: unknown,
  rules: { readonly time: InstantRules; readonly clockSkewS: number },
  now: number,
  report: Report,
): number {
  if (isAbsent(value)) {
    report(field, 'required', 'is missing');
    return 0;
  }
  const instant = parseInstant(value, rules.time);
  if (!instant.ok) {
    report(field, instant.code, instant.message);
    return 0;
  }
  if (instant.second > Math.floor(now / 1000) + rules.clockSkewS) {
    report(
      field,
      'in_future',
      `is more than ${rules.clockSkewS} s in the future of this server's clock (${toIso(Math.floor(now / 1000))})`,
    );
  }
  return instant.second;
}

export function checkCurrency(value: unknown, currency: Currency, report: Report): void {
  if (isAbsent(value)) return;
  if (typeof value === 'string' && value.toUpperCase() === currency.code) return;
  report('currency', 'other_currency', `must be ${currency.code}, the currency of this Farelog`);
}
