/**
 * Payments and adjustments as they are read, put into columns that grow: riders and payment types become numbers, and no
 * payment stays an object.
 */
import { ERASED } from '../domain/erasure.js';
import type { LedgerCalendar } from '../domain/ledger.js';
import type { CountedAdjustment } from '../store/adjustments.js';
import type { PaymentBatch } from '../store/observed-payments.js';
import { localDay } from './days.js';
import { Numbered } from './numbered.js';
import { at } from './numeric/vectors.js';
import type { Observations } from './observations.js';

type Column = Int32Array | Uint16Array | Float64Array;

const FIRST_LENGTH = 16_384;
/** By how much a full column grows: memory is at most so much too large, and each value is copied some three times. */
const GROWTH = 1.5;
const MAX_TYPES = 65_535;

/** A column with room for more. */
class Growing<T extends Column> {
  #values: T;

  constructor(readonly make: (length: number) => T) {
    this.#values = make(FIRST_LENGTH);
  }

  put(place: number, value: number): void {
    if (place >= this.#values.length) {
      const larger = this.make(Math.ceil(this.#values.length * GROWTH));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[place] = value;
  }

  /** Those that were put, in an array of their own. */
  first(size: number): T {
    const whole = this.make(size);
    whole.set(this.#values.subarray(0, size));
    this.#values = this.make(0);
    return whole;
  }
}

const int32 = (length: number): Int32Array => new Int32Array(length);
const uint16 = (length: number): Uint16Array => new Uint16Array(length);
const float64 = (length: number): Float64Array => new Float64Array(length);

export type Columns = Pick<
  Observations,
  'size' | 'rider' | 'riders' | 'type' | 'types' | 'day' | 'second' | 'price' | 'lag' | 'adjustments'
>;

export class ObservedColumns {
  #size = 0;
  readonly #riders = new Numbered();
  readonly #types = new Numbered();
  readonly #rider = new Growing(int32);
  readonly #type = new Growing(uint16);
  readonly #day = new Growing(int32);
  readonly #second = new Growing(float64);
  readonly #price = new Growing(float64);
  readonly #lag = new Growing(float64);
  #adjusted = 0;
  readonly #adjustedRider = new Growing(int32);
  readonly #adjustedType = new Growing(uint16);
  readonly #adjustedDay = new Growing(int32);
  readonly #amount = new Growing(float64);
  readonly #days: LocalDays;
  readonly #withdrawn: ReadonlySet<string>;

  /** @param withdrawn stored ids of riders who are left out, as erased ones are */
  constructor(calendar: LedgerCalendar, withdrawn: ReadonlySet<string>) {
    this.#days = new LocalDays(calendar);
    this.#withdrawn = withdrawn;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds payments that come in the order of time. */
  add({ size, userId, paymentType, second, price, lag }: PaymentBatch): void {
    for (let i = 0; i < size; i++) {
      const who = userId[i] ?? '';
      if (this.#isLeftOut(who)) continue;
      const place = this.#size++;
      this.#rider.put(place, this.#riders.numberOf(who));
      this.#type.put(place, this.#types.numberOf(paymentType[i] ?? ''));
      this.#day.put(place, this.#days.of(at(second, i)));
      this.#second.put(place, at(second, i));
      this.#price.put(place, at(price, i));
      this.#lag.put(place, at(lag, i));
    }
    if (this.#types.texts.length > MAX_TYPES) throw new Error(`more than ${MAX_TYPES} payment types`);
  }

  /** Adds adjustments that come in the order of time; their payments may lie before what is observed. */
  addAdjustments(some: readonly CountedAdjustment[]): void {
    for (const { user_id, payment_type, adjusted_s, amount_minor } of some) {
      if (this.#isLeftOut(user_id)) continue;
      const place = this.#adjusted++;
      this.#adjustedRider.put(place, this.#riders.numberOf(user_id));
      this.#adjustedType.put(place, this.#types.numberOf(payment_type));
      this.#adjustedDay.put(place, this.#days.of(adjusted_s));
      this.#amount.put(place, amount_minor);
    }
  }

  #isLeftOut(userId: string): boolean {
    return userId === ERASED || this.#withdrawn.has(userId);
  }

  /** All that were added; nothing can be added afterwards. */
  columns(): Columns {
    const [size, adjusted] = [this.#size, this.#adjusted];
    return {
      size,
      rider: this.#rider.first(size),
      riders: this.#riders.texts,
      type: this.#type.first(size),
      types: this.#types.texts,
      day: this.#day.first(size),
      second: this.#second.first(size),
      price: this.#price.first(size),
      lag: this.#lag.first(size),
      adjustments: {
        size: adjusted,
        rider: this.#adjustedRider.first(adjusted),
        type: this.#adjustedType.first(adjusted),
        day: this.#adjustedDay.first(adjusted),
        amount: this.#amount.first(adjusted),
      },
    };
  }
}

/** Local days since 1970-01-01, as the figures cut them; times that come one after the other are mostly of one bucket. */
export class LocalDays {
  readonly #calendar: LedgerCalendar;
  #bucket = Number.NaN;
  #day = 0;

  constructor(calendar: LedgerCalendar) {
    this.#calendar = calendar;
  }

  of(second: number): number {
    const bucket = this.#calendar.bucketOf(second);
    if (bucket !== this.#bucket) {
      this.#bucket = bucket;
      const { start } = this.#calendar.dayOf(second);
      this.#day = localDay(start, this.#calendar.zone);
    }
    return this.#day;
  }
}
