/** What an entry of the calendar must be like, all its problems together, and beside which others it may stand. */
import { CALENDAR_KINDS, type CalendarEntry, type CalendarKind } from './calendar.js';
import { removeCardNumbers } from './card-number.js';
import type { Problem } from './errors.js';
import { characterCount } from './field-checks.js';
import { MAX_PRICE_DIGITS } from './money.js';
import { MAX_PAYMENT_TYPE_CHARACTERS } from './payment.js';

/** An entry as somebody gives it: nothing of it is believed. */
export type CalendarClaim = { readonly [Field in keyof CalendarContent]?: unknown };
export type CalendarContent = Omit<CalendarEntry, 'entry_id'>;

export const CALENDAR_FIELDS = [
  'kind',
  'name',
  'starts_on',
  'ends_before',
  'payment_type',
  'price_before_minor',
  'price_after_minor',
  'note',
] as const satisfies readonly (keyof CalendarContent)[];

export const MAX_NAME_CHARACTERS = 100;
export const MAX_NOTE_CHARACTERS = 1_000;

export type CheckedEntry =
  | { readonly ok: true; readonly entry: CalendarContent }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Whether text names a real date of 1970 to 9999. */
export function isDate(text: unknown): text is string {
  if (typeof text !== 'string' || !DATE.test(text) || text < '1970-01-01') return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text;
}

export function isCalendarKind(value: unknown): value is CalendarKind {
  return CALENDAR_KINDS.some((kind) => kind === value);
}

/** The content of a claim, card numbers taken out of its texts; what is absent or empty is null. */
export function checkEntry(claim: CalendarClaim): CheckedEntry {
  const problems: Problem[] = [];
  const refuse = (field: string, code: string, message: string): null => {
    problems.push({ field, code, message: `${field} ${message}` });
    return null;
  };
  const text = (field: 'name' | 'note' | 'payment_type', most: number): string | null => {
    const value = claim[field] ?? '';
    if (typeof value !== 'string') return refuse(field, 'not_text', 'must be text');
    const trimmed = removeCardNumbers(value.trim());
    if (characterCount(trimmed) > most)
      return refuse(field, 'too_long', `must have at most ${most} characters`);
    return trimmed === '' ? null : trimmed;
  };
  const price = (field: 'price_before_minor' | 'price_after_minor'): number | null => {
    const value = claim[field] ?? null;
    if (value === null || value === '') return null;
    const minor = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof minor === 'number' && Number.isInteger(minor) && minor >= 0 && minor < 10 ** MAX_PRICE_DIGITS)
      return minor;
    return refuse(field, 'not_a_price', 'must be a whole number of minor units (cents), 0 or more');
  };
  const date = (field: 'starts_on' | 'ends_before'): string | null => {
    const value = claim[field] ?? null;
    if (value === null || value === '') return null;
    if (isDate(value)) return value;
    return refuse(field, 'not_a_date', 'must be a date such as 2026-03-01');
  };
  const { kind } = claim;
  if (!isCalendarKind(kind)) refuse('kind', 'unknown', `must be one of ${CALENDAR_KINDS.join(', ')}`);
  const name = text('name', MAX_NAME_CHARACTERS);
  if (name === null && !problems.some(({ field }) => field === 'name'))
    refuse('name', 'missing', 'must say what happened');
  const starts_on = date('starts_on');
  if (starts_on === null && !problems.some(({ field }) => field === 'starts_on'))
    refuse('starts_on', 'missing', 'must be the first date, such as 2026-03-01');
  const entry = {
    ends_before: date('ends_before'),
    payment_type: text('payment_type', MAX_PAYMENT_TYPE_CHARACTERS),
    price_before_minor: price('price_before_minor'),
    price_after_minor: price('price_after_minor'),
    note: text('note', MAX_NOTE_CHARACTERS),
  };
  if (starts_on !== null && entry.ends_before !== null && entry.ends_before <= starts_on)
    refuse(
      'ends_before',
      'before_start',
      `must lie after starts_on, ${starts_on}: it is the day after the last one`,
    );
  if (
    kind === 'fare' &&
    entry.price_after_minor === null &&
    !problems.some(({ field }) => field === 'price_after_minor')
  )
    refuse('price_after_minor', 'missing', 'must say the price from then on, since this is a fare');
  if (problems.length > 0 || !isCalendarKind(kind) || name === null || starts_on === null)
    return { ok: false, problems };
  return { ok: true, entry: { kind, name, starts_on, ...entry } };
}

/**
 * Fares among `others` that say something else of the same payment type and days. A fare without an end gives way to the
 * next one of its type; one with an end must be over before the next begins.
 */
export function overlappingFares(
  entry: CalendarContent,
  others: readonly CalendarEntry[],
): readonly CalendarEntry[] {
  if (entry.kind !== 'fare') return [];
  return others.filter((other) => {
    if (other.kind !== 'fare' || other.payment_type !== entry.payment_type) return false;
    const [earlier, later] = other.starts_on < entry.starts_on ? [other, entry] : [entry, other];
    if (earlier.starts_on === later.starts_on) return true;
    return earlier.ends_before !== null && earlier.ends_before > later.starts_on;
  });
}

/** How an entry is named where others are told of it: `12 "Single fare" (2026-03-01 to 2026-04-01)`. */
export function nameOfEntry({ entry_id, name, starts_on, ends_before }: CalendarEntry): string {
  return `${entry_id} "${name}" (${starts_on} to ${ends_before ?? 'further notice'})`;
}
