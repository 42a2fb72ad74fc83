/**
 * What is planted into an invented city, with its true size: a study can be held against what it ought to find. These are
 * data; `Demand` lets them happen, and the demo's fare calendar is made of them. Dates are local ones, `YYYY-MM-DD`.
 */
import type { CalendarEntry } from '../domain/calendar.js';
import { SINGLE } from './fares.js';

/** Every fare and pass costs more from a day on, and riders buy less, each by an elasticity of their own. */
export interface FareRise {
  readonly kind: 'fare';
  readonly name: string;
  readonly startsOn: string;
  /** Price after / price before, 1 or more. Payments change by factor^elasticity. */
  readonly factor: number;
  /** By the payment type that a rider mostly uses; 0 or less. */
  readonly elasticities: Readonly<Record<string, number>>;
  /** Of riders who mostly use another type. */
  readonly otherwise: number;
}

/** Days without fares. Passes are bought as ever. */
export interface FreeDays {
  readonly kind: 'free';
  readonly name: string;
  readonly startsOn: string;
  readonly endsBefore: string;
  /** Rides of these days / those that would have been. */
  readonly rides: number;
}

/** A way to pay that was not there before. Its riders come over from all others, whom they leave alike. */
export interface NewMethod {
  readonly kind: 'method';
  readonly name: string;
  readonly startsOn: string;
  /** The provider's word, and the payment type that it is stored as. */
  readonly method: string;
  readonly paymentType: string;
  /** Of all riders, who uses it in the end, and how many days it takes until then. */
  readonly share: number;
  readonly adoptionDays: number;
}

export type Effect = FareRise | FreeDays | NewMethod;

const DAY_MS = 86_400_000;

/** The effects of the demo's 90 days, by the first of them: each has enough days around it without another. */
export function demoEffects(firstDate: string): readonly Effect[] {
  const after = (days: number): string =>
    new Date(Date.parse(`${firstDate}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
  return [
    { kind: 'free', name: 'Free-fare week', startsOn: after(10), endsBefore: after(17), rides: 1.25 },
    {
      kind: 'method',
      name: 'Stored value in the app',
      startsOn: after(20),
      method: 'stored_value',
      paymentType: 'stored_value',
      share: 0.12,
      adoptionDays: 10,
    },
    {
      kind: 'fare',
      name: 'Fare rise',
      startsOn: after(60),
      factor: 1.2,
      elasticities: { transit_card: -0.6, debit_card: -0.4, credit_card: -0.2, mobile_payment: -0.1 },
      otherwise: -0.3,
    },
  ];
}

/** The effects as the fare and policy calendar tells them; prices are those of a single ride. */
export function calendarEntriesOf(effects: readonly Effect[]): Omit<CalendarEntry, 'entry_id'>[] {
  return effects.map((effect) => {
    const { name, startsOn: starts_on } = effect;
    const entry = { name, starts_on, ends_before: null, payment_type: null };
    const price = { price_before_minor: null, price_after_minor: null };
    switch (effect.kind) {
      case 'fare': {
        const after = Math.round(SINGLE.priceMinor * effect.factor);
        const percent = Math.round((effect.factor - 1) * 100);
        const note = `A single ride; every other fare and pass by the same ${percent}%.`;
        return {
          ...entry,
          kind: 'fare',
          price_before_minor: SINGLE.priceMinor,
          price_after_minor: after,
          note,
        };
      }
      case 'free': {
        const note = 'Single rides and day tickets cost nothing; passes are sold as ever.';
        return { ...entry, ...price, kind: 'free', ends_before: effect.endsBefore, note };
      }
      case 'method':
        return { ...entry, ...price, kind: 'policy', payment_type: effect.paymentType, note: null };
      default:
        return effect satisfies never;
    }
  });
}
