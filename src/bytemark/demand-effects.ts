/** Planted effects as they meet a purchase: what it costs, whether it comes about, and how it is paid. */
import { normalizePaymentType } from '../domain/payment-type.js';
import type { Zone } from '../domain/time.js';
import type { Rider } from './demand-riders.js';
import type { Effect, FareRise, NewMethod } from './effects.js';
import { type FareKind, methodAt } from './fares.js';

const DAY_S = 86_400;

interface Day {
  readonly rise: FareRise | undefined;
  readonly isFree: boolean;
  /** Rides / those that would be without effects. */
  readonly rides: number;
  /** Each with the part of its riders who have come by then. */
  readonly methods: readonly { readonly word: string; readonly share: number }[];
}

const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / (DAY_S * 1000);

export class PlantedEffects {
  readonly #effects: readonly Effect[];
  readonly #zone: Zone;
  #number = Number.NaN;
  #day: Day = { rise: undefined, isFree: false, rides: 1, methods: [] };

  /** @throws RangeError where an effect is out of range */
  constructor(effects: readonly Effect[], zone: Zone) {
    for (const effect of effects) refuseEffect(effect);
    this.#effects = effects;
    this.#zone = zone;
  }

  /** Rides that come where one would come without effects. */
  ridesAt(second: number): number {
    return this.#at(second).rides;
  }

  isFree(kind: FareKind, second: number): boolean {
    return kind === 'fare' && this.#at(second).isFree;
  }

  priceOf(kind: FareKind, minor: number, second: number): number {
    const { rise, isFree } = this.#at(second);
    if (isFree && kind === 'fare') return 0;
    return rise === undefined ? minor : Math.round(minor * rise.factor);
  }

  /** The share of a rider's purchases that the price leaves. */
  keptOf({ preferred, taste }: Rider, second: number): number {
    const { rise } = this.#at(second);
    if (rise === undefined) return 1;
    // By what was used when the price rose: who goes over to another way later stays as price-minded.
    const usual = methodAt(preferred.kind, taste, dayNumber(rise.startsOn) * DAY_S);
    return rise.factor ** (rise.elasticities[normalizePaymentType(usual)] ?? rise.otherwise);
  }

  /** The new way to pay that a rider of this taste has come over to. */
  methodOf(taste: number, second: number): string | undefined {
    // Digits of the taste that no way to pay depends on.
    let left = (taste * 1e6) % 1;
    for (const { word, share } of this.#at(second).methods) {
      if (left < share) return word;
      left -= share;
    }
    return undefined;
  }

  #at(second: number): Day {
    const number = Math.floor(this.#zone.localOf(second) / DAY_S);
    if (number !== this.#number) {
      this.#day = dayOf(this.#effects, number);
      this.#number = number;
    }
    return this.#day;
  }
}

function dayOf(effects: readonly Effect[], number: number): Day {
  const begun = effects.filter(({ startsOn }) => number >= dayNumber(startsOn));
  const free = begun.find((effect) => effect.kind === 'free' && number < dayNumber(effect.endsBefore));
  return {
    rise: begun.filter((effect) => effect.kind === 'fare').at(-1),
    isFree: free !== undefined,
    rides: free?.kind === 'free' ? free.rides : 1,
    methods: begun.filter((effect) => effect.kind === 'method').map((method) => adoptedBy(method, number)),
  };
}

function adoptedBy({ method, startsOn, share, adoptionDays }: NewMethod, number: number) {
  const days = number - dayNumber(startsOn) + 1;
  return { word: method, share: share * Math.min(1, days / adoptionDays) };
}

function refuseEffect(effect: Effect): void {
  const refuse = (what: string): never => {
    throw new RangeError(`the effect ${effect.name}: ${what}`);
  };
  if (Number.isNaN(dayNumber(effect.startsOn))) refuse('startsOn must be a date');
  if (effect.kind === 'free') {
    if (!(dayNumber(effect.endsBefore) > dayNumber(effect.startsOn)))
      refuse('endsBefore must lie after startsOn');
    if (!(effect.rides > 0)) refuse('rides must be over 0');
  } else if (effect.kind === 'fare') {
    if (!(effect.factor >= 1)) refuse('factor must be 1 or more');
    // Purchases can be left out, not made.
    if (![effect.otherwise, ...Object.values(effect.elasticities)].every((one) => one <= 0))
      refuse('elasticities must be 0 or less');
  } else {
    if (!(effect.share >= 0 && effect.share <= 1)) refuse('share must be between 0 and 1');
    if (!(effect.adoptionDays >= 1)) refuse('adoptionDays must be 1 or more');
  }
}
