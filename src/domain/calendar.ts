/** The fare and policy calendar: what was changed for riders, and when. Dates are local ones of the reporting zone. */

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
