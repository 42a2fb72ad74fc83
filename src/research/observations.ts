/**
 * What every study reads: payments in columns, riders and payment types as numbers, in the order of (second, payment).
 * A frozen dataset and the live database both give this. Erased riders and those who have withdrawn are not in it.
 */
import type { CalendarEntry } from '../domain/calendar.js';
import type { Currency } from '../domain/money.js';

/** Where observations are from; stands in every result. */
export type Provenance =
  | {
      readonly kind: 'dataset';
      readonly study: string;
      /** The dataset's own digest: the same bytes, the same version. */
      readonly version: string;
      /** The last capture that is in it. */
      readonly sequence: number;
    }
  | {
      readonly kind: 'live';
      readonly sequence: number;
      /** When the database was so: of an earlier state, when the capture after it came in. */
      readonly read_at: string;
    };

/** What was given back or put right, in the order of (day, payment). */
export interface ObservedAdjustments {
  readonly size: number;
  /** Number of the rider of the payment, as in `riders`. */
  readonly rider: Int32Array;
  /** Number of the payment's type, as in `types`. */
  readonly type: Uint16Array;
  /** Local day, days since 1970-01-01. */
  readonly day: Int32Array;
  /** Minor units, below zero where money went back. */
  readonly amount: Float64Array;
}

/** When passes were used, in any order. */
export interface ObservedUses {
  readonly size: number;
  /** Number of the rider, as in `riders`. */
  readonly rider: Int32Array;
  /** Local day, days since 1970-01-01. */
  readonly day: Int32Array;
}

export interface Observations {
  readonly provenance: Provenance;
  /** The reporting zone, in which days are cut. */
  readonly zone: string;
  readonly currency: Currency;
  /** The local dates observed: from inclusive, to exclusive, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  /** Payments. */
  readonly size: number;
  readonly rider: Int32Array;
  /** Stored or study's pseudonyms by their number. */
  readonly riders: readonly string[];
  readonly type: Uint16Array;
  readonly types: readonly string[];
  /** Local day, days since 1970-01-01. */
  readonly day: Int32Array;
  /** Seconds since 1970 of `logged_on`. */
  readonly second: Float64Array;
  /** The price as it was paid, minor units. */
  readonly price: Float64Array;
  /** Seconds from `logged_on` to capture, of live sources; NaN for all others. */
  readonly lag: Float64Array;
  readonly adjustments: ObservedAdjustments;
  readonly calendar: readonly CalendarEntry[];
  /** Where they are known: of a dataset that was built with them. */
  readonly uses?: ObservedUses;
}
