/** Card numbers are never stored. A card number is 13–19 digits that pass Luhn, with single spaces or dashes. */

export const CARD_NUMBER_REMOVED = '[card number removed]';

const LONG_RUN = /\d(?:[ -]?\d){12,}/g;

/** The text with every card number replaced; the same string where there is none. */
export function removeCardNumbers(text: string): string {
  return text.replace(LONG_RUN, removeFromRun);
}

export function holdsCardNumber(text: string): boolean {
  return removeCardNumbers(text) !== text;
}

/** A run may hold more than a card number, such as an order number before it: every span of its groups is tried. */
function removeFromRun(run: string): string {
  const groups = run.split(/[ -]/);
  for (let first = 0; first < groups.length; first++) {
    for (let end = groups.length; end > first; end--) {
      if (!isCardNumber(groups.slice(first, end).join(''))) continue;
      const start = groups.slice(0, first).reduce((length, group) => length + group.length + 1, 0);
      const length = groups.slice(first, end).join(' ').length;
      return run.slice(0, start) + CARD_NUMBER_REMOVED + removeCardNumbers(run.slice(start + length));
    }
  }
  return run;
}

function isCardNumber(digits: string): boolean {
  if (digits.length < 13 || digits.length > 19) return false;
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
