/** The demo's city as studies see it, with its planted effects or without them: the same seed is the same city. */
import { Demand } from '../../src/bytemark/demand.js';
import { calendarEntriesOf, demoEffects, type Effect } from '../../src/bytemark/effects.js';
import { parsePrice } from '../../src/domain/money.js';
import { normalizePaymentType } from '../../src/domain/payment-type.js';
import type { Observations } from '../../src/research/observations.js';
import { NO_ADJUSTMENTS } from './observations.js';
import { zoneOf } from './zones.js';

const DAY_S = 86_400;
const CHICAGO = zoneOf('America/Chicago');
const USD = { code: 'USD', digits: 2 };
/** The demo's 90 days. */
const DAYS = 90;

export interface DemoWorld {
  readonly seed: number;
  /** The first local date. */
  readonly from: string;
  readonly dailyPayments: number;
  readonly zeroFares?: boolean;
}

const later = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_S * 1000).toISOString().slice(0, 10);

export function demoWorld(
  world: DemoWorld,
  effects: readonly Effect[] = demoEffects(world.from),
): Observations {
  const { from, seed, dailyPayments, zeroFares = false } = world;
  const startS = CHICAGO.startOf(Date.parse(`${from}T00:00:00Z`) / 1000);
  const endS = CHICAGO.startOf(Date.parse(`${later(from, DAYS)}T00:00:00Z`) / 1000);
  const demand = new Demand({ seed, startS, zone: CHICAGO, dailyPayments, effects, zeroFares });
  const payments = [...demand.until(endS)];
  const second = Float64Array.from(payments, ({ timestamp }) => Date.parse(timestamp) / 1000);
  const numbered = (words: readonly string[]) => {
    const names = [...new Set(words)];
    const places = new Map(names.map((name, place) => [name, place]));
    return { names, of: words.map((word) => places.get(word) ?? 0) };
  };
  const riders = numbered(payments.map(({ user_id }) => user_id));
  const types = numbered(payments.map(({ payment_method }) => normalizePaymentType(payment_method)));
  const minorOf = (amount: string): number => {
    const price = parsePrice(amount, 'major', USD);
    return price.ok ? price.minor : 0;
  };
  return {
    provenance: { kind: 'dataset', study: 'demo', version: `seed-${seed}`, sequence: payments.length },
    zone: 'America/Chicago',
    currency: USD,
    from,
    to: later(from, DAYS),
    size: payments.length,
    rider: Int32Array.from(riders.of),
    riders: riders.names,
    type: Uint16Array.from(types.of),
    types: types.names,
    day: Int32Array.from(second, (at) => Math.floor(CHICAGO.localOf(at) / DAY_S)),
    second,
    price: Float64Array.from(payments, ({ amount }) => minorOf(amount)),
    lag: new Float64Array(payments.length).fill(Number.NaN),
    adjustments: NO_ADJUSTMENTS,
    calendar: calendarEntriesOf(effects).map((entry, index) => ({ entry_id: index + 1, ...entry })),
  };
}
