/**
 * Small worlds of payments for studies, with effects of known size or without any, made in milliseconds. Riders come and
 * go so that as many are there at any time, differ in how often they pay, pay more in some months than in others, and
 * mostly in one way. Nothing else changes by itself; weather, which all riders share, is asked for.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { skipN } from 'pure-rand/utils/skipN';
import { calendarEntriesOf, type Effect } from '../../src/bytemark/effects.js';
import type { Observations } from '../../src/research/observations.js';
import { NO_ADJUSTMENTS } from './observations.js';

export interface WorldOptions {
  readonly seed: number;
  /** Who is there at any time. */
  readonly riders?: number;
  readonly days?: number;
  /** Payments of a rider a week, on average. */
  readonly weekly?: number;
  readonly effects?: readonly Effect[];
  /** Standard deviation of the logarithm of a day's demand that all riders share. */
  readonly weather?: number;
  /** Correlation of a day's weather with that of the day before. */
  readonly persistence?: number;
  /** The same riders from the first day to the last, each alike at all times: what they do adds up without a memory. */
  readonly steady?: boolean;
}

/** A Monday. */
export const WORLD_FROM = '2026-01-05';
const DAY_MS = 86_400_000;
const FIRST_DAY = Date.parse(`${WORLD_FROM}T00:00:00Z`) / DAY_MS;
export const WORLD_TYPES = [
  'credit_card',
  'debit_card',
  'mobile_payment',
  'transit_card',
  'digital_wallet',
] as const;
const TYPE_SHARES = [0.3, 0.22, 0.3, 0.12, 0.06];
const OTHER_TYPE = 0.06;
const WEEK = [1.2, 1.2, 1.2, 1.2, 1.2, 0.55, 0.45];
const PRICES = [125, 300, 60];
const PRICE_SHARES = [0.6, 0.25, 0.15];
const MEAN_STAY_DAYS = 300;
const SPELL_DAYS = 28;

/** A local date so many days after the world's first. */
export const worldDate = (days: number): string =>
  new Date((FIRST_DAY + days) * DAY_MS).toISOString().slice(0, 10);

class Chance {
  readonly #random;

  constructor(seed: number) {
    this.#random = xoroshiro128plus(seed);
    // The generator's first numbers are still alike for neighbouring seeds.
    skipN(this.#random, 64);
  }

  uniform(): number {
    return uniformFloat64(this.#random);
  }

  exponential(): number {
    return -Math.log(1 - this.uniform());
  }

  /** Of mean 1; the higher the shape, the nearer to it. */
  gamma(shape: number): number {
    let sum = 0;
    for (let i = 0; i < shape; i++) sum += this.exponential();
    return sum / shape;
  }

  normal(): number {
    return Math.sqrt(2 * this.exponential()) * Math.cos(2 * Math.PI * this.uniform());
  }

  pick(shares: readonly number[]): number {
    let left = this.uniform();
    for (const [place, share] of shares.entries()) {
      left -= share;
      if (left < 0) return place;
    }
    return shares.length - 1;
  }
}

interface Drawn {
  readonly rider: number;
  readonly second: number;
  readonly type: number;
  readonly price: number;
}

interface Rider {
  readonly from: number;
  readonly until: number;
  readonly rate: number;
  readonly type: number;
  readonly price: number;
  /** By which a new way to pay finds its riders. */
  readonly openness: number;
}

class World {
  readonly #chance: Chance;
  readonly #effects: readonly Effect[];
  readonly #days: number;
  readonly #weather: Float64Array;
  readonly #steady: boolean;
  readonly types: string[];
  readonly payments: Drawn[] = [];

  constructor(options: WorldOptions) {
    const { seed, days = 168, effects = [], weather = 0, persistence = 0.5 } = options;
    this.#chance = new Chance(seed);
    this.#effects = effects;
    this.#days = days;
    this.#steady = options.steady === true;
    this.#weather = this.#weatherOf(days, weather, persistence);
    const added = effects.flatMap((effect) => (effect.kind === 'method' ? [effect.paymentType] : []));
    this.types = [...WORLD_TYPES, ...added];
  }

  #weatherOf(days: number, deviation: number, persistence: number): Float64Array {
    const weather = new Float64Array(days);
    let now = this.#chance.normal();
    for (let day = 0; day < days; day++) {
      weather[day] = Math.exp(deviation * now - deviation ** 2 / 2);
      now = persistence * now + Math.sqrt(1 - persistence ** 2) * this.#chance.normal();
    }
    return weather;
  }

  rider(number: number, from: number, weekly: number): void {
    const chance = this.#chance;
    const rider: Rider = {
      from,
      until: this.#steady ? Number.POSITIVE_INFINITY : from + chance.exponential() * MEAN_STAY_DAYS,
      rate: (weekly / 7) * chance.gamma(2),
      type: chance.pick(TYPE_SHARES),
      price: PRICES[chance.pick(PRICE_SHARES)] ?? 0,
      openness: chance.uniform(),
    };
    let hazard = chance.exponential();
    const phase = Math.floor(chance.uniform() * SPELL_DAYS);
    let spell = this.#spell();
    for (let day = 0; day < this.#days; day++) {
      if (day % SPELL_DAYS === phase) spell = this.#spell();
      const there = Math.min(1, day + 1 - rider.from, rider.until - day);
      if (there <= 0) continue;
      const intensity =
        rider.rate *
        spell *
        there *
        (WEEK[day % 7] ?? 0) *
        (this.#weather[day] ?? 0) *
        this.#demandOf(rider, day);
      for (hazard -= intensity; hazard < 0; hazard += chance.exponential()) this.#pay(number, rider, day);
    }
  }

  #spell(): number {
    return this.#steady ? 1 : this.#chance.gamma(4);
  }

  #demandOf({ type }: Rider, day: number): number {
    let demand = 1;
    for (const effect of this.#effects) {
      if (day < dayOf(effect.startsOn)) continue;
      if (effect.kind === 'fare')
        demand *= effect.factor ** (effect.elasticities[WORLD_TYPES[type] ?? ''] ?? effect.otherwise);
      if (effect.kind === 'free' && day < dayOf(effect.endsBefore)) demand *= effect.rides;
    }
    return demand;
  }

  #pay(number: number, rider: Rider, day: number): void {
    const chance = this.#chance;
    let type = chance.uniform() < OTHER_TYPE ? chance.pick(TYPE_SHARES) : rider.type;
    let price = rider.price * (chance.uniform() < 0.05 ? 2 : 1);
    let methods = WORLD_TYPES.length;
    for (const effect of this.#effects) {
      const since = day - dayOf(effect.startsOn);
      if (effect.kind === 'method') {
        const share = effect.share * Math.min(1, (since + 1) / effect.adoptionDays);
        if (since >= 0 && type === rider.type && rider.openness < share) type = methods;
        methods++;
      } else if (effect.kind === 'fare' && since >= 0) price = Math.round(price * effect.factor);
      else if (effect.kind === 'free' && since >= 0 && day < dayOf(effect.endsBefore)) price = 0;
    }
    const second = (FIRST_DAY + day) * 86_400 + Math.floor(chance.uniform() * 86_400);
    this.payments.push({ rider: number, second, type, price });
  }

  /** When the next of the riders joins who take the place of those that leave. */
  nextJoins(from: number, riders: number): number {
    return from + (this.#chance.exponential() * MEAN_STAY_DAYS) / riders;
  }

  lag(): number {
    return 1 + 3 * this.#chance.exponential();
  }
}

const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS - FIRST_DAY;

export function makeWorld(options: WorldOptions): Observations {
  const { riders = 400, days = 168, weekly = 1.5, seed, effects = [] } = options;
  const world = new World(options);
  let number = 0;
  while (number < riders) world.rider(number++, 0, weekly);
  for (
    let from = options.steady ? days : world.nextJoins(0, riders);
    from < days;
    from = world.nextJoins(from, riders)
  )
    world.rider(number++, from, weekly);
  const payments = world.payments.sort((a, b) => a.second - b.second);
  const column = (value: (payment: Drawn) => number): Float64Array => Float64Array.from(payments, value);
  return {
    provenance: { kind: 'dataset', study: 'world', version: `seed-${seed}`, sequence: payments.length },
    zone: 'UTC',
    currency: { code: 'USD', digits: 2 },
    from: WORLD_FROM,
    to: worldDate(days),
    size: payments.length,
    rider: Int32Array.from(column(({ rider }) => rider)),
    riders: Array.from({ length: number }, (_, rider) => `r${rider}`),
    type: Uint16Array.from(column(({ type }) => type)),
    types: world.types,
    day: Int32Array.from(column(({ second }) => Math.floor(second / 86_400))),
    second: column(({ second }) => second),
    price: column(({ price }) => price),
    lag: column(() => world.lag()),
    adjustments: NO_ADJUSTMENTS,
    calendar: calendarEntriesOf(effects).map((entry, index) => ({ entry_id: index + 1, ...entry })),
  };
}
