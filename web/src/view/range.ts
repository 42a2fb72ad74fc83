/**
 * The range that a view looks at, as it stands in the URL: a name (`range=30d`), or `from` and `to` as the server takes
 * them: a date of the reporting zone or an instant, `to` exclusive. A named range that goes on has no end, so that
 * payments that come in belong to it.
 */
import { daysBetween, instantOf, isDate, localTime, monthStart, plusDays } from './zone-time.ts';

export const PRESETS = ['today', '7d', '30d', '90d', 'this-month', 'last-month'] as const;
export type Preset = (typeof PRESETS)[number];

export const PRESET_NAMES: Readonly<Record<Preset, string>> = {
  today: 'Today',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  'this-month': 'This month',
  'last-month': 'Last month',
};

export const DEFAULT_PRESET: Preset = '30d';

export type Range =
  | { readonly kind: 'preset'; readonly preset: Preset }
  | { readonly kind: 'custom'; readonly from: string; readonly to: string | undefined };

/** A range with its ends, for a request; `to` undefined: it goes on. */
export interface Span {
  readonly from: string;
  readonly to: string | undefined;
}

const LENGTHS: Readonly<Partial<Record<Preset, number>>> = { today: 1, '7d': 7, '30d': 30, '90d': 90 };

const isMoment = (text: string | null): text is string =>
  text !== null && (isDate(text) || (/^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text))));

/** What the URL says; whatever is not a range there is the default. */
export function readRange(parameters: URLSearchParams, fallback: Preset = DEFAULT_PRESET): Range {
  const [from, to] = [parameters.get('from'), parameters.get('to')];
  if (isMoment(from)) return { kind: 'custom', from, to: isMoment(to) ? to : undefined };
  const preset = PRESETS.find((one) => one === parameters.get('range'));
  return { kind: 'preset', preset: preset ?? fallback };
}

/** The parameters of a range; those that are null are taken out of the URL. */
export function writeRange(range: Range): Readonly<Record<'range' | 'from' | 'to', string | null>> {
  if (range.kind === 'preset') return { range: range.preset, from: null, to: null };
  return { range: null, from: range.from, to: range.to ?? null };
}

export function spanOf(range: Range, now: number, zone: string): Span {
  if (range.kind === 'custom') return { from: range.from, to: range.to };
  const today = localTime(now, zone).date;
  if (range.preset === 'this-month') return { from: monthStart(today), to: undefined };
  if (range.preset === 'last-month') return { from: monthStart(today, -1), to: monthStart(today) };
  return { from: plusDays(today, 1 - (LENGTHS[range.preset] ?? 1)), to: undefined };
}

/**
 * The same stretch before: today up to now is held against yesterday up to this time, this month against last month up
 * to this day and time, seven days against the seven before. Any other range is held against its own length before it.
 */
export function spanBefore(range: Range, now: number, zone: string): Span {
  const span = spanOf(range, now, zone);
  const local = localTime(now, zone);
  if (range.kind === 'preset' && range.preset === 'last-month') {
    return { from: monthStart(span.from, -1), to: span.from };
  }
  if (range.kind === 'preset' && range.preset === 'this-month') {
    const from = monthStart(span.from, -1);
    // Last month may be shorter: all of it, then.
    const date = plusDays(
      from,
      Math.min(daysBetween(span.from, local.date), daysBetween(from, span.from) - 1),
    );
    return { from, to: isoOf(instantOf({ ...local, date }, zone)) };
  }
  if (isDate(span.from) && (span.to === undefined || isDate(span.to))) {
    const days = Math.max(1, daysBetween(span.from, span.to ?? plusDays(local.date, 1)));
    const from = plusDays(span.from, -days);
    if (span.to !== undefined) return { from, to: span.from };
    return { from, to: isoOf(instantOf({ ...local, date: plusDays(local.date, -days) }, zone)) };
  }
  const [start, end] = [startOf(span.from, zone), span.to === undefined ? now : startOf(span.to, zone)];
  return { from: isoOf(start - Math.max(1_000, end - start)), to: isoOf(start) };
}

/** The instant of a date's first moment, or of an instant. */
export function startOf(moment: string, zone: string): number {
  if (!isDate(moment)) return Date.parse(moment);
  return instantOf({ date: moment, hour: 0, minute: 0, second: 0 }, zone);
}

const isoOf = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

export function lengthDays({ from, to }: Span, now: number, zone: string): number {
  return ((to === undefined ? now : startOf(to, zone)) - startOf(from, zone)) / 86_400_000;
}

/** An instant with an offset as the URL has it: the date alone where it begins a day. */
export function momentOf(startsAt: string): string {
  return startsAt.slice(10, 19) === 'T00:00:00' ? startsAt.slice(0, 10) : startsAt;
}
