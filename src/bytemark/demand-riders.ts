/**
 * Who buys: riders who come again, each with a preferred fare and a preferred way to pay. How often they buy is
 * heavy-tailed: a few ride daily, many now and then. Riders join and leave all the time. What a rider is like follows
 * from the seed and the rider's number alone, so a demo that is started again knows its riders.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import { GROWTH_PER_S, PASS_SHARE } from './demand-calendar.js';
import { type Fare, type FareKind, preferredFare } from './fares.js';

const DAY_S = 86_400;
/** Mean days between purchases. Pass riders outnumber one purchase a month, since not everyone renews at once. */
const INTERVAL_DAYS: Readonly<Record<FareKind, number>> = { fare: 5, pass: 45 };
const RIDERS_PER_DAILY_PAYMENT = (1 - PASS_SHARE) * INTERVAL_DAYS.fare + PASS_SHARE * INTERVAL_DAYS.pass;
const PASS_RIDERS = (PASS_SHARE * INTERVAL_DAYS.pass) / RIDERS_PER_DAILY_PAYMENT;
const MIN_RIDERS = 20;
const MEAN_STAY_S = 300 * DAY_S;
/** Activity is Pareto with this exponent, cut where a rider would buy several times a day. */
const TAIL_EXPONENT = 1.4;
const MAX_ACTIVITY = 15;
const MAX_DRAWS = 6;
/** Who joins or leaves does so for the draws up to this much later: filling a pool takes time. */
const REFILL_S = 3 * DAY_S;

export interface Rider {
  /** The provider's id: `rider-000123`. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly leavesS: number;
  readonly activity: number;
  readonly preferred: Fare;
  /** Where the rider lies between the ways to pay, 0…1: as their shares drift, the riders at the edges switch. */
  readonly taste: number;
  /** The last purchase serves until then, in seconds since 1970. */
  coveredUntilS: number;
}

/** Riders of one kind who are there for some days, to be drawn by their activity. */
class Pool {
  #riders: readonly Rider[] = [];
  #sums = new Float64Array(0);

  fill(riders: readonly Rider[]): void {
    this.#riders = riders;
    this.#sums = new Float64Array(riders.length);
    let sum = 0;
    for (let i = 0; i < riders.length; i++) {
      sum += riders[i]?.activity ?? 0;
      this.#sums[i] = sum;
    }
  }

  draw(random: JumpableRandomGenerator): Rider {
    const sums = this.#sums;
    const target = uniformFloat64(random) * (sums[sums.length - 1] ?? 0);
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > target) high = middle;
      else low = middle + 1;
    }
    const rider = this.#riders[low];
    if (rider === undefined) throw new RangeError('there are no riders yet at this instant');
    return rider;
  }
}

/** An exponential draw of mean 1: the time until the next of independent arrivals. */
export function exponential(random: JumpableRandomGenerator): number {
  return -Math.log(1 - uniformFloat64(random));
}

export class Riders {
  readonly #traits: JumpableRandomGenerator;
  readonly #arrivals: JumpableRandomGenerator;
  readonly #firstCount: number;
  readonly #originS: number;
  readonly #pools: Readonly<Record<FareKind, Pool>> = { fare: new Pool(), pass: new Pool() };
  #present: Rider[] = [];
  #joined = 0;
  #nextJoinsS: number;
  #filledUntilS = Number.NEGATIVE_INFINITY;

  /**
   * @param random this object's own from now on
   * @param originS seconds since 1970: the riders of that moment are there already
   */
  constructor(random: JumpableRandomGenerator, dailyPayments: number, originS: number) {
    this.#traits = random;
    this.#arrivals = random.clone();
    this.#arrivals.jump();
    this.#originS = originS;
    this.#firstCount = Math.max(MIN_RIDERS, Math.ceil(dailyPayments * RIDERS_PER_DAILY_PAYMENT));
    while (this.#joined < this.#firstCount) this.#join(originS);
    this.#nextJoinsS = originS + this.#untilNextJoins(originS);
  }

  /**
   * Who buys a fare or a pass at an instant: by activity, and if possible someone whose last purchase serves no longer.
   * Instants go forward.
   */
  draw(kind: FareKind, second: number, random: JumpableRandomGenerator): Rider {
    if (second >= this.#filledUntilS) this.#fill(second);
    let rider = this.#pools[kind].draw(random);
    for (let draws = 1; draws < MAX_DRAWS && rider.coveredUntilS > second; draws++) {
      rider = this.#pools[kind].draw(random);
    }
    return rider;
  }

  #fill(second: number): void {
    while (this.#nextJoinsS <= second) {
      this.#join(this.#nextJoinsS);
      this.#nextJoinsS += this.#untilNextJoins(this.#nextJoinsS);
    }
    const present: Rider[] = [];
    const ofKind: Readonly<Record<FareKind, Rider[]>> = { fare: [], pass: [] };
    for (const rider of this.#present) {
      if (rider.leavesS <= second) continue;
      present.push(rider);
      ofKind[rider.preferred.kind].push(rider);
    }
    this.#present = present;
    this.#pools.fare.fill(ofKind.fare);
    this.#pools.pass.fill(ofKind.pass);
    this.#filledUntilS = second + REFILL_S;
  }

  /** As many join as leave, and some more: riders grow with demand. */
  #untilNextJoins(second: number): number {
    const count = this.#firstCount * Math.exp(GROWTH_PER_S * (second - this.#originS));
    return exponential(this.#arrivals) / (count * (1 / MEAN_STAY_S + GROWTH_PER_S));
  }

  /** Takes the same number of draws for every rider, so that a rider depends on the seed and the number only. */
  #join(second: number): void {
    const random = this.#traits;
    const kindDraw = uniformFloat64(random);
    const fareDraw = uniformFloat64(random);
    const activityDraw = uniformFloat64(random);
    const taste = uniformFloat64(random);
    const stay = exponential(random) * MEAN_STAY_S;
    this.#joined++;
    // The first two stay, one of each kind, so that the smallest demand has someone to draw.
    const stays = this.#joined <= 2;
    const isPassRider = stays ? this.#joined === 2 : kindDraw < PASS_RIDERS;
    const preferred = preferredFare(isPassRider ? 'pass' : 'fare', fareDraw);
    const tail = Math.min(MAX_ACTIVITY, (1 - activityDraw) ** (-1 / TAIL_EXPONENT));
    this.#present.push({
      id: `rider-${String(this.#joined).padStart(6, '0')}`,
      leavesS: stays ? Number.POSITIVE_INFINITY : second + stay,
      activity: preferred.pace * (isPassRider ? 1 : tail),
      preferred,
      taste,
      coveredUntilS: Number.NEGATIVE_INFINITY,
    });
  }
}
