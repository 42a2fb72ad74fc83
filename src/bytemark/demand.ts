/**
 * A city's worth of payments, made up: the same seed gives the same payments, byte for byte. Arrivals are a Poisson
 * process whose intensity follows the calendar; who buys what, and how it is paid, follows from the riders.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import { skipN } from 'pure-rand/utils/skipN';
import { type Currency, formatMinor } from '../domain/money.js';
import { toIso, type Zone } from '../domain/time.js';
import { DemandCalendar, type Intensity, SLOT_S } from './demand-calendar.js';
import { PlantedEffects } from './demand-effects.js';
import { exponential, type Rider, Riders } from './demand-riders.js';
import type { Effect } from './effects.js';
import { type Fare, methodAt, otherFare, SINGLE } from './fares.js';

/** Bytemark's notification of a payment, as the contract names its fields. */
export interface BytemarkPayment {
  readonly payment_id: number;
  readonly user_id: string;
  readonly order_id: number;
  readonly payment_method: string;
  /** Decimal text in units of the currency. */
  readonly amount: string;
  /** RFC 3339, UTC, whole seconds. */
  readonly timestamp: string;
  readonly order_uuid: string;
  readonly event_id: string;
}

export interface DemandOptions {
  /** A whole number, of which 32 bits count. */
  readonly seed: number;
  /** Whole seconds since 1970 at which the first payments come. */
  readonly startS: number;
  /** The riders' zone: its clock makes the rush hours. */
  readonly zone: Zone;
  /** Mean payments per day of an ordinary week at the start; demand grows by about 0.8 % a month. */
  readonly dailyPayments: number;
  /** By default 1; each payment has the next. */
  readonly firstPaymentId?: number;
  /** By default US dollars. Prices keep their count of minor units. */
  readonly currency?: Currency;
  /** What is planted; by default nothing. The same seed without it is what would have been. */
  readonly effects?: readonly Effect[];
  /** Whether what costs nothing is a payment all the same; by default it is none. */
  readonly zeroFares?: boolean;
}

const US_DOLLARS: Currency = { code: 'USD', digits: 2 };
const MAX_PAYMENT_ID = 4_294_967_295;
const MAX_ORDER_ID = 2_147_483_647;
/** How often riders do what they usually do not. */
const OTHER_FARE = 0.12;
const OTHER_METHOD = 0.06;
const COMPANY = { ordinary: 0.04, event: 0.45 } as const;

const TWO_DIGITS = Array.from({ length: 60 }, (_, count) => String(count).padStart(2, '0'));
const BYTE_HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** 8 hex digits of the next 32 bits. */
function hex8(word: number): string {
  return `${BYTE_HEX[word >>> 24]}${hex4(word >>> 8)}${BYTE_HEX[word & 255]}`;
}

function hex4(word: number): string {
  return `${BYTE_HEX[(word >>> 8) & 255]}${BYTE_HEX[word & 255]}`;
}

/** A random (version 4) UUID. */
function uuid(random: JumpableRandomGenerator): string {
  const middle = random.next();
  const variant = random.next();
  const versioned = `4${hex4(middle).slice(1)}`;
  const tail = hex4((variant & 0x3fff) | 0x8000);
  return `${hex8(random.next())}-${hex4(middle >>> 16)}-${versioned}-${tail}-${hex4(variant >>> 16)}${hex8(random.next())}`;
}

/**
 * Demand that goes on from one moment to the next: `until` takes it forward along the calendar, payment by payment;
 * `paymentAt` makes single payments for whoever sets the pace.
 */
export class Demand {
  readonly #calendar: DemandCalendar;
  readonly #riders: Riders;
  readonly #random: JumpableRandomGenerator;
  readonly #effects: PlantedEffects;
  /** Draws for effects alone. */
  readonly #chance: JumpableRandomGenerator;
  readonly #zeroFares: boolean;
  readonly #currency: Currency;
  readonly #amounts = new Map<number, string>();
  #nextPaymentId: number;
  #atS: number;
  #hour = Number.NaN;
  #hourText = '';

  /** @throws RangeError where an option is out of range */
  constructor(options: DemandOptions) {
    const { seed, startS, zone, dailyPayments, firstPaymentId = 1, currency = US_DOLLARS } = options;
    if (!Number.isSafeInteger(seed)) throw new RangeError('seed must be a whole number');
    if (!Number.isSafeInteger(startS)) throw new RangeError('startS must be a whole number of seconds');
    if (!Number.isSafeInteger(firstPaymentId) || firstPaymentId < 1)
      throw new RangeError('firstPaymentId must be a whole number over 0');
    if (!Number.isFinite(dailyPayments) || dailyPayments <= 0)
      throw new RangeError('dailyPayments must be over 0');
    this.#random = xoroshiro128plus(seed);
    // The generator's first numbers are still alike for neighbouring seeds.
    skipN(this.#random, 64);
    const forRiders = this.#random.clone();
    forRiders.jump();
    this.#riders = new Riders(forRiders, dailyPayments, startS);
    this.#chance = xoroshiro128plus(seed ^ 0xeffec7);
    skipN(this.#chance, 64);
    this.#effects = new PlantedEffects(options.effects ?? [], zone);
    this.#zeroFares = options.zeroFares === true;
    this.#calendar = new DemandCalendar(seed, zone, dailyPayments, startS);
    this.#currency = currency;
    this.#nextPaymentId = firstPaymentId;
    this.#atS = startS;
  }

  /**
   * The payments from where demand stands until `endS` (exclusive; Infinity goes on for ever), in the order of their
   * timestamps. Demand then stands at the end, or at the last payment taken.
   * @throws RangeError where the payment ids are used up
   */
  *until(endS: number): Generator<BytemarkPayment, void, undefined> {
    let hazard = exponential(this.#random);
    while (this.#atS < endS) {
      const intensity = this.#intensityAt(this.#atS);
      const perSecond = intensity.fares + intensity.passes;
      const slotEndS = Math.min(endS, (Math.floor(this.#atS / SLOT_S) + 1) * SLOT_S);
      for (;;) {
        const nextS = this.#atS + hazard / perSecond;
        if (nextS >= slotEndS) break;
        this.#atS = nextS;
        hazard = exponential(this.#random);
        const payment = this.#purchase(Math.floor(nextS), intensity);
        if (payment !== undefined) yield payment;
      }
      hazard = Math.max(0, hazard - (slotEndS - this.#atS) * perSecond);
      this.#atS = slotEndS;
    }
  }

  /**
   * One more payment as this moment has them; the pace is the caller's. Moments go forward.
   * @param second seconds since 1970
   * @throws RangeError where the payment ids are used up
   */
  paymentAt(second: number): BytemarkPayment {
    this.#atS = Math.max(this.#atS, second);
    const intensity = this.#intensityAt(second);
    for (;;) {
      const payment = this.#purchase(Math.floor(second), intensity);
      if (payment !== undefined) return payment;
    }
  }

  /** Payments per second that the calendar has at an instant. */
  paymentsPerSecondAt(second: number): number {
    const { fares, passes } = this.#intensityAt(second);
    return fares + passes;
  }

  #intensityAt(second: number): Intensity {
    const intensity = this.#calendar.intensityAt(second);
    return { ...intensity, fares: intensity.fares * this.#effects.ridesAt(second) };
  }

  /**
   * A purchase that would be made without effects, as it is with them; undefined where they leave it out. Its rider is
   * as if it had been made, so that others' purchases do not depend on it.
   */
  #purchase(second: number, intensity: Intensity): BytemarkPayment | undefined {
    const random = this.#random;
    const { fares, passes, eventShare } = intensity;
    const kind = uniformFloat64(random) * (fares + passes) < passes ? 'pass' : 'fare';
    const rider = this.#riders.draw(kind, second, random);
    const fare = this.#choose(rider, second);
    const isAtEvent = kind === 'fare' && uniformFloat64(random) < eventShare;
    const effects = this.#effects;
    const ordinary = fare.priceMinor * this.#tickets(fare, isAtEvent);
    const isUsual = uniformFloat64(random) >= OTHER_METHOD;
    const taste = isUsual ? rider.taste : uniformFloat64(random);
    const newMethod = isUsual ? effects.methodOf(taste, second) : undefined;
    const order_uuid = uuid(random);
    const event_id = `evt_${hex8(random.next())}${hex8(random.next())}`;
    if (effects.isFree(fare.kind, second) && !this.#zeroFares) return undefined;
    const kept = effects.keptOf(rider, second);
    if (kept < 1 && uniformFloat64(this.#chance) >= kept) return undefined;
    const id = this.#nextPaymentId++;
    if (id > MAX_PAYMENT_ID) throw new RangeError(`payment ids end at ${MAX_PAYMENT_ID}`);
    return {
      payment_id: id,
      user_id: rider.id,
      order_id: ((id - 1) % MAX_ORDER_ID) + 1,
      payment_method: newMethod ?? methodAt(fare.kind, taste, second),
      amount: this.#amountOf(effects.priceOf(fare.kind, ordinary, second)),
      timestamp: this.#timestampOf(second),
      order_uuid,
      event_id,
    };
  }

  #choose(rider: Rider, second: number): Fare {
    // Someone with a valid ticket buys for a companion.
    if (rider.coveredUntilS > second) return SINGLE;
    const random = this.#random;
    const { preferred } = rider;
    const fare =
      uniformFloat64(random) < OTHER_FARE ? otherFare(preferred, uniformFloat64(random)) : preferred;
    rider.coveredUntilS = second + fare.coversS;
    return fare;
  }

  /** Tickets in one order: families and friends, above all on the way to an event. */
  #tickets(fare: Fare, isAtEvent: boolean): number {
    if (fare.kind === 'pass') return 1;
    const draw = uniformFloat64(this.#random) / (isAtEvent ? COMPANY.event : COMPANY.ordinary);
    if (draw >= 1) return 1;
    return draw < 0.7 ? 2 : draw < 0.85 ? 3 : 4;
  }

  /** RFC 3339, made from the text of its hour: payments come close together. */
  #timestampOf(second: number): string {
    const hour = Math.floor(second / 3600);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#hourText = toIso(second).slice(0, 14);
    }
    const inHour = second - hour * 3600;
    const minute = Math.floor(inHour / 60);
    return `${this.#hourText}${TWO_DIGITS[minute]}:${TWO_DIGITS[inHour - minute * 60]}Z`;
  }

  #amountOf(minor: number): string {
    const known = this.#amounts.get(minor);
    if (known !== undefined) return known;
    const text = formatMinor(minor, this.#currency);
    this.#amounts.set(minor, text);
    return text;
  }
}
