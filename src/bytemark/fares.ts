/** What riders buy and how they pay. Prices and shares are invented, after the manner of a large US bus and rail agency. */

const HOUR_S = 3600;
const DAY_S = 86_400;

/** `pass`: by the month, bought ahead; `fare`: everything that is bought when it is ridden. */
export type FareKind = 'fare' | 'pass';

export interface Fare {
  readonly name: string;
  readonly kind: FareKind;
  readonly isReduced: boolean;
  /** Minor units of the currency. */
  readonly priceMinor: number;
  /** Among the riders of this kind, those who prefer it. */
  readonly share: number;
  /** How often its riders buy, against the others of this kind. */
  readonly pace: number;
  /** Seconds for which its rider needs no other; shorter than it is valid, as passes are renewed early. */
  readonly coversS: number;
}

export const SINGLE: Fare = {
  name: 'single',
  kind: 'fare',
  isReduced: false,
  priceMinor: 125,
  share: 0.42,
  pace: 1,
  coversS: 0.5 * HOUR_S,
};

const REDUCED_SINGLE: Fare = {
  ...SINGLE,
  name: 'reduced single',
  isReduced: true,
  priceMinor: 60,
  share: 0.12,
};

const FARES: readonly Fare[] = [
  SINGLE,
  REDUCED_SINGLE,
  { ...SINGLE, name: 'park and ride, zone 1', priceMinor: 200, share: 0.05, pace: 1.2 },
  { ...SINGLE, name: 'park and ride, zone 2', priceMinor: 325, share: 0.07, pace: 1.2 },
  { ...SINGLE, name: 'park and ride, zone 3', priceMinor: 390, share: 0.04, pace: 1.2 },
  { ...SINGLE, name: 'park and ride, zone 4', priceMinor: 450, share: 0.03, pace: 1.2 },
  { ...SINGLE, name: 'day', priceMinor: 300, share: 0.13, pace: 0.9, coversS: 10 * HOUR_S },
  { ...REDUCED_SINGLE, name: 'reduced day', priceMinor: 150, share: 0.05, pace: 0.9, coversS: 10 * HOUR_S },
  { ...SINGLE, name: '7 days', priceMinor: 1250, share: 0.07, pace: 0.7, coversS: 6.5 * DAY_S },
  {
    ...REDUCED_SINGLE,
    name: 'reduced 7 days',
    priceMinor: 600,
    share: 0.02,
    pace: 0.7,
    coversS: 6.5 * DAY_S,
  },
];

const MONTH: Fare = {
  name: 'month',
  kind: 'pass',
  isReduced: false,
  priceMinor: 4500,
  share: 0.56,
  pace: 1,
  coversS: 28 * DAY_S,
};

const PASSES: readonly Fare[] = [
  MONTH,
  { ...MONTH, name: 'reduced month', isReduced: true, priceMinor: 2250, share: 0.26 },
  { ...MONTH, name: 'park and ride month', priceMinor: 12_500, share: 0.18 },
];

const FARES_OF_KIND: Readonly<Record<FareKind, readonly Fare[]>> = { fare: FARES, pass: PASSES };

function pick(fares: readonly Fare[], draw: number): Fare {
  let left = draw * fares.reduce((sum, { share }) => sum + share, 0);
  for (const fare of fares) {
    left -= fare.share;
    if (left < 0) return fare;
  }
  return SINGLE;
}

/** The fare that a new rider of a kind prefers. @param draw 0…1 */
export function preferredFare(kind: FareKind, draw: number): Fare {
  return pick(FARES_OF_KIND[kind], draw);
}

/** What a rider buys who for once doesn't want the preferred fare; whoever has reduced fares keeps them. */
export function otherFare(preferred: Fare, draw: number): Fare {
  const eligible = FARES_OF_KIND[preferred.kind].filter(({ isReduced }) => isReduced === preferred.isReduced);
  return pick(eligible, draw);
}

/** A provider's word for a way to pay, its share at `DRIFT_FROM_S`, and what it gains in a year. */
type MethodShare = readonly [method: string, share: number, yearly: number];

/** 2025-01-01T00:00:00Z. */
const DRIFT_FROM_S = 1_735_689_600;
const MAX_DRIFT_YEARS = 3;
const YEAR_S = 365.25 * DAY_S;

/**
 * In an order in which each word that loses stands next to the one that gains: only the riders between the two switch.
 * `card`, `applepay`, `coins` and `tokens` are what older apps and the in-app currencies send.
 */
const METHODS: Readonly<Record<FareKind, readonly MethodShare[]>> = {
  fare: [
    ['debit_card', 0.22, -0.02],
    ['google_pay', 0.09, 0.02],
    ['credit_card', 0.24, -0.05],
    ['apple_pay', 0.18, 0.05],
    ['transit_card', 0.12, 0],
    ['digital_wallet', 0.07, 0],
    ['card', 0.03, 0],
    ['applepay', 0.02, 0],
    ['coins', 0.02, 0],
    ['tokens', 0.01, 0],
  ],
  pass: [
    ['debit_card', 0.2, -0.02],
    ['google_pay', 0.07, 0.02],
    ['credit_card', 0.27, -0.05],
    ['apple_pay', 0.15, 0.05],
    ['bank_transfer', 0.17, 0],
    ['transit_card', 0.05, 0],
    ['digital_wallet', 0.05, 0],
    ['card', 0.03, 0],
    ['applepay', 0.01, 0],
  ],
};

/**
 * The provider's word for how someone of a taste pays at an instant.
 * @param taste 0…1: where the rider lies between the ways to pay
 * @param second seconds since 1970
 */
export function methodAt(kind: FareKind, taste: number, second: number): string {
  const years = Math.min(MAX_DRIFT_YEARS, Math.max(0, (second - DRIFT_FROM_S) / YEAR_S));
  let left = taste;
  for (const [method, share, yearly] of METHODS[kind]) {
    left -= share + yearly * years;
    if (left < 0) return method;
  }
  return 'credit_card';
}
