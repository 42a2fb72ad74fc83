/**
 * Text that a spreadsheet would run as a formula gets an apostrophe before it. Text that already has apostrophes before
 * such a sign gets one more, so that taking one away always gives the text back.
 */
const FORMULA = /^'*[=+\-@\t\r]/;

export function harmlessText(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}
