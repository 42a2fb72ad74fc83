/** Card numbers are never stored. A card number is 13–19 digits that pass Luhn, with single spaces or dashes. */

export const CARD_NUMBER_REMOVED = '[card number removed]';

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;

const LONG_RUN = /\d(?:[ -]?\d){12,}/g;

/** The text with every card number replaced; the same string where there is none. */
export function removeCardNumbers(text: string): string {
  if (text.length < MIN_DIGITS) return text;
  return text.replace(LONG_RUN, removeFromRun);
}

/** Whether the whole text is a card number; a keyed hash that has one's digits among others is not. */
export function isCardNumber(text: string): boolean {
  return removeCardNumbers(text) === CARD_NUMBER_REMOVED;
}

/** A run may hold more than a card number, such as an order number before it: every span of its groups is tried. */
function removeFromRun(run: string): string {
  const groups = run.split(/([ -])/);
  let kept = '';
  for (let first = 0; first < groups.length; first++) {
    const end = first % 2 === 0 ? endOfCardNumber(groups, first) : undefined;
    kept += end === undefined ? groups[first] : CARD_NUMBER_REMOVED;
    first = end ?? first;
  }
  return kept;
}

/** Index of the last group of the longest card number that begins with group `first`; every other is a separator. */
function endOfCardNumber(groups: readonly string[], first: number): number | undefined {
  let digits = '';
  let found: number | undefined;
  for (let end = first; end < groups.length; end += 2) {
    digits += groups[end];
    if (digits.length > MAX_DIGITS) break;
    if (hasCardDigits(digits)) found = end;
  }
  return found;
}

function hasCardDigits(digits: string): boolean {
  if (digits.length < MIN_DIGITS || digits.length > MAX_DIGITS) return false;
  // No scheme issues 13 digits that begin with 1: that is a time in milliseconds.
  if (digits.length === 13 && digits.startsWith('1')) return false;
  return luhn(digits);
}

/** ISO/IEC 7812-1, annex B: the Luhn check. */
function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
