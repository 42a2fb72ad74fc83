/**
 * A world to measure in: any number of payments by 200,000 riders over 18 months, the same ones each time. Payments
 * come in the order of their arrival, which their ids follow; nothing is kept but the riders and last night's import.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import { skipN } from 'pure-rand/utils/skipN';
import { DemandCalendar, SLOT_S } from '../dist/bytemark/demand-calendar.js';
import { type Fare, otherFare, preferredFare } from '../dist/bytemark/fares.js';
import type { Source } from '../dist/domain/outcome.js';
import { normalizePaymentType } from '../dist/domain/payment-type.js';
import { pseudonymKey, pseudonymOf } from '../dist/domain/pseudonym.js';
import { toIso, toSqlText, Zone } from '../dist/domain/time.js';

/** Midnight in Chicago. */
export const START_S = Date.UTC(2025, 0, 1, 6) / 1000;
/** What a bench takes for now: in the middle of a rush hour, a bucket and a day, as it is whenever someone asks. */
export const NOW_S = Date.UTC(2026, 5, 30, 15, 37, 21) / 1000;
export const RIDERS = 200_000;

export interface WorldPayment {
  readonly payment_id: number;
  /** From 0 to `RIDERS`. */
  readonly rider: number;
  readonly user_id: string;
  readonly order_id: number;
  readonly payment_type: string;
  readonly price_minor: number;
  readonly logged_s: number;
  readonly source: Source;
  readonly raw_method: string;
  readonly received_ms: number;
}

const SEED = 20_250_407;
const DAY_S = 86_400;

/**
 * The last days up to now, as Farelog is asked (`to` is exclusive) and as the source is (`dateRange` is its first and
 * its last second). 548 days are all there is.
 */
export function lastDays(days: number): { from: string; to: string; dateRange: readonly [string, string] } {
  const fromS = NOW_S - days * DAY_S;
  return { from: toIso(fromS), to: toIso(NOW_S + 1), dateRange: [toSqlText(fromS), toSqlText(NOW_S)] };
}

/** Of eight payment types, the provider's words and their shares. */
const METHODS: readonly (readonly [word: string, share: number])[] = [
  ['credit_card', 0.26],
  ['debit_card', 0.22],
  ['apple_pay', 0.17],
  ['google_pay', 0.09],
  ['transit_card', 0.11],
  ['paypal', 0.06],
  ['stored_value', 0.04],
  ['bank_transfer', 0.03],
  ['voucher', 0.02],
];

/** How often riders do what they usually do not, and buy for a companion or two. */
const OTHER_METHOD = 0.06;
const OTHER_FARE = 0.12;
const COMPANION = 0.05;

/** Sales that come as a file the next day, all at that hour. */
const IMPORT_SHARE = 0.04;
const IMPORT_HOUR = 3;

/** Seconds from payment to arrival are Pareto: half within 2 s, one in a hundred over 20 s, none over 6 hours. */
const LAG_LEAST_S = 1.2;
const LAG_EXPONENT = 1.6;
const LAG_MOST_S = 6 * 3600;

/** Riders: a fifth buy passes; how often the others buy is Pareto, cut where they would ride all day. */
const PASS_RIDERS = 0.2;
const TAIL_EXPONENT = 1.2;
const MOST_ACTIVE = 20;
const THERE_FROM_THE_START = 0.6;
const MEAN_STAY_S = 500 * DAY_S;

function seeded(part: number): JumpableRandomGenerator {
  const random = xoroshiro128plus(SEED);
  skipN(random, 64);
  for (let jump = 0; jump < part; jump++) random.jump();
  return random;
}

interface Rider {
  readonly id: string;
  readonly preferred: Fare;
  readonly method: number;
  readonly joinsS: number;
  readonly leavesS: number;
}

const RIDER_KEY = pseudonymKey('the riders of the bench');

/** The stored id of a rider, by number. */
export function userOf(rider: number): string {
  return pseudonymOf(`rider-${rider}`, RIDER_KEY);
}

/** Everyone who ever rides, drawn by how often they do while they are there. */
class Riders {
  readonly #riders: readonly Rider[];
  readonly #sums = new Float64Array(RIDERS);

  constructor(random: JumpableRandomGenerator) {
    let sum = 0;
    this.#riders = Array.from({ length: RIDERS }, (_, number) => {
      const kind = uniformFloat64(random) < PASS_RIDERS ? 'pass' : 'fare';
      const preferred = preferredFare(kind, uniformFloat64(random));
      const tail = Math.min(MOST_ACTIVE, (1 - uniformFloat64(random)) ** (-1 / TAIL_EXPONENT));
      sum += preferred.pace * (kind === 'pass' ? 0.7 : tail);
      this.#sums[number] = sum;
      const since = (uniformFloat64(random) - THERE_FROM_THE_START) / (1 - THERE_FROM_THE_START);
      const joinsS = since < 0 ? 0 : START_S + since * (NOW_S - START_S);
      const leavesS = Math.max(joinsS, START_S) - Math.log(1 - uniformFloat64(random)) * MEAN_STAY_S;
      const method = methodAt(uniformFloat64(random));
      return { id: userOf(number), preferred, method, joinsS, leavesS };
    });
  }

  /** The number and the rider: of everyone, the first drawn who is there at that second. */
  draw(second: number, random: JumpableRandomGenerator): readonly [number, Rider] {
    for (;;) {
      const number = this.#numberAt(uniformFloat64(random));
      const rider = this.#riders[number];
      if (rider !== undefined && rider.joinsS <= second && second < rider.leavesS) return [number, rider];
    }
  }

  #numberAt(draw: number): number {
    const sums = this.#sums;
    const target = draw * (sums[RIDERS - 1] ?? 0);
    let low = 0;
    let high = RIDERS - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > target) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function methodAt(draw: number): number {
  let left = draw;
  return Math.max(
    0,
    METHODS.findIndex(([, share]) => {
      left -= share;
      return left < 0;
    }),
  );
}

const TYPES = METHODS.map(([word]) => normalizePaymentType(word));

/** The payments of a world of that many, in the order of their arrival. */
export function* worldOf(payments: number): Generator<WorldPayment, void, undefined> {
  const zone = Zone.of('America/Chicago');
  if (zone === undefined) throw new Error('the runtime does not know America/Chicago');
  const random = seeded(0);
  const riders = new Riders(seeded(1));
  let newestId = 0;
  const pay = (logged_s: number, source: Source, received_ms: number): WorldPayment => {
    const payment_id = ++newestId;
    const [rider, { id, preferred, method }] = riders.draw(logged_s, random);
    const fare =
      uniformFloat64(random) < OTHER_FARE ? otherFare(preferred, uniformFloat64(random)) : preferred;
    const company = fare.kind === 'pass' ? 1 : uniformFloat64(random) / COMPANION;
    const tickets = company >= 1 ? 1 : company < 0.7 ? 2 : 3;
    const way = uniformFloat64(random) < OTHER_METHOD ? methodAt(uniformFloat64(random)) : method;
    return {
      payment_id,
      rider,
      user_id: id,
      order_id: payment_id,
      payment_type: TYPES[way] ?? '',
      price_minor: fare.priceMinor * tickets,
      logged_s,
      source,
      raw_method: METHODS[way]?.[0] ?? '',
      received_ms,
    };
  };

  const demand = demandBySlot(zone, payments);
  const lastDay = Math.floor(zone.localOf(NOW_S) / DAY_S);
  let day = 0;
  let today: number[] = [];
  let waiting: number[] = [];
  for (let slot = 0; slot < demand.length; slot++) {
    const startS = START_S + slot * SLOT_S;
    const lengthS = Math.min(SLOT_S, NOW_S - startS);
    const local = zone.localOf(startS);
    if (Math.floor(local / DAY_S) !== day) {
      day = Math.floor(local / DAY_S);
      waiting = waiting.concat(today);
      today = [];
    }
    if (local % DAY_S >= IMPORT_HOUR * 3600) {
      for (const second of waiting) yield pay(second, 'import', startS * 1000);
      waiting = [];
    }
    const count = demand[slot] ?? 0;
    for (let index = 0; index < count; index++) {
      const at = startS + ((index + uniformFloat64(random)) / count) * lengthS;
      // What is sold on the last day is not in a file yet.
      if (day < lastDay && uniformFloat64(random) < IMPORT_SHARE) {
        today.push(Math.floor(at));
        continue;
      }
      const lagS = Math.min(LAG_MOST_S, LAG_LEAST_S * (1 - uniformFloat64(random)) ** (-1 / LAG_EXPONENT));
      yield pay(Math.max(START_S, Math.floor(at - lagS)), 'webhook', Math.floor(at * 1000));
    }
  }
}

/** How many payments each quarter of an hour has; `payments` in all. */
function demandBySlot(zone: Zone, payments: number): number[] {
  const calendar = new DemandCalendar(SEED, zone, 1, START_S);
  const slots = Math.ceil((NOW_S - START_S) / SLOT_S);
  const weights = Array.from({ length: slots }, (_, slot) => {
    const startS = START_S + slot * SLOT_S;
    const { fares, passes } = calendar.intensityAt(startS);
    return (fares + passes) * Math.min(SLOT_S, NOW_S - startS);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  let before = 0;
  return weights.map((weight, slot) => {
    sum += weight;
    const until = slot === slots - 1 ? payments : Math.round((sum / total) * payments);
    const count = until - before;
    before = until;
    return count;
  });
}
