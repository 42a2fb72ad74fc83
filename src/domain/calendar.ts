/** The fare and policy calendar: what was changed for riders, and when. Dates are local ones of the reporting zone. */
import { LAST_SECOND, type Span, toIso, type Zone } from './time.js';

/** `fare`: a price changed; `promotion`: cheaper for a while; `free`: no fare at all; `policy`: every other rule; `event`: what no one decided. */
export const CALENDAR_KINDS = ['fare', 'promotion', 'free', 'policy', 'event'] as const;
export type CalendarKind = (typeof CALENDAR_KINDS)[number];

export interface CalendarEntry {
  readonly entry_id: number;
  readonly kind: CalendarKind;
  readonly name: string;
  /** The first local date, `YYYY-MM-DD`. */
  readonly starts_on: string;
  /** The local date after the last one; null: it holds until another entry says otherwise. */
  readonly ends_before: string | null;
  /** The payment type that it is about; null: all of them. */
  readonly payment_type: string | null;
  /** Price in minor units before and after, where it is about a price. */
  readonly price_before_minor: number | null;
  readonly price_after_minor: number | null;
  readonly note: string | null;
}

/** Local dates `YYYY-MM-DD`, from inclusive, to exclusive. */
export interface DateSpan {
  readonly from: string;
  readonly to: string;
}

/** The local date of an instant. */
export function localDate(second: number, zone: Zone): string {
  return toIso(zone.localOf(second)).slice(0, 10);
}

/** The local dates that a span of seconds touches. */
export function datesOf({ from, to }: Span, zone: Zone): DateSpan {
  const dayAfter = Math.min(zone.localOf(to - 1) + 86_400, LAST_SECOND);
  return { from: localDate(from, zone), to: toIso(dayAfter).slice(0, 10) };
}
