import { expect, test } from 'vitest';
import { type BytemarkPayment, Demand, type DemandOptions } from '../../src/bytemark/demand.js';
import { calendarEntriesOf, demoEffects, type Effect, type FareRise } from '../../src/bytemark/effects.js';
import { normalizePaymentType } from '../../src/domain/payment-type.js';
import { zoneOf } from '../support/zones.js';

const DAY_S = 86_400;
/** 2025-04-07T00:00:00 in Chicago. */
const START_S = Date.UTC(2025, 3, 7, 5) / 1000;
const DAYS = 60;

function payments(effects: readonly Effect[], changes: Partial<DemandOptions> = {}): BytemarkPayment[] {
  const zone = zoneOf('America/Chicago');
  const demand = new Demand({ seed: 3, startS: START_S, zone, dailyPayments: 600, effects, ...changes });
  return [...demand.until(START_S + DAYS * DAY_S)];
}

/** Local days since the start. */
const dayOf = ({ timestamp }: BytemarkPayment): number =>
  Math.floor((Date.parse(timestamp) / 1000 - START_S) / DAY_S);
const without = payments([]);

const RISE: FareRise = {
  kind: 'fare',
  name: 'Fare rise',
  startsOn: '2025-05-07',
  factor: 1.2,
  elasticities: { transit_card: -3, debit_card: -1 },
  otherwise: 0,
};

test('a fare rise changes nothing before its day, then every price, and payments by factor^elasticity of their riders', () => {
  const risen = payments([RISE]);
  const before = (all: readonly BytemarkPayment[]) => all.filter((one) => dayOf(one) < 30);
  expect(before(risen)).toEqual(before(without));
  // The same orders, some of them left out: an order uuid tells which.
  const ordinary = new Map(without.map((one) => [one.order_uuid, one]));
  const usual = new Map<string, Map<string, number>>();
  for (const { user_id, payment_method } of before(without)) {
    const own = usual.get(user_id) ?? new Map<string, number>();
    const type = normalizePaymentType(payment_method);
    usual.set(user_id, own.set(type, (own.get(type) ?? 0) + 1));
  }
  const usualOf = (rider: string): string | undefined => {
    const [first, second] = [...(usual.get(rider) ?? [])].sort((a, b) => b[1] - a[1]);
    return first === undefined || first[1] === second?.[1] ? undefined : first[0];
  };
  for (const one of risen) {
    const twin = ordinary.get(one.order_uuid);
    const factor = dayOf(one) < 30 ? 1 : 1.2;
    expect(Number(one.amount)).toBeCloseTo(Number(twin?.amount) * factor, 9);
  }
  const after = (all: readonly BytemarkPayment[], type: string): number =>
    all.filter((one) => dayOf(one) >= 30 && usualOf(one.user_id) === type).length;
  for (const [type, elasticity] of [
    ['transit_card', -3],
    ['debit_card', -1],
    ['credit_card', 0],
  ] as const) {
    const kept = after(risen, type) / after(without, type);
    // A few riders have mostly paid otherwise than they usually do.
    expect(Math.abs(kept - 1.2 ** elasticity)).toBeLessThan(0.04);
  }
});

test('free days have no fares, or fares of nothing and more of them, and passes as ever', () => {
  const free: Effect = {
    kind: 'free',
    name: 'Free',
    startsOn: '2025-05-07',
    endsBefore: '2025-05-14',
    rides: 1.5,
  };
  const isFree = (one: BytemarkPayment): boolean => dayOf(one) >= 30 && dayOf(one) < 37;
  const refused = payments([free]).filter(isFree);
  const accepted = payments([free], { zeroFares: true }).filter(isFree);
  const ordinary = without.filter(isFree);
  const passes = (all: readonly BytemarkPayment[]): number =>
    all.filter(({ amount }) => Number(amount) >= 22).length;
  expect(refused.every(({ amount }) => Number(amount) >= 22)).toBe(true);
  expect(refused.length / passes(ordinary)).toBeGreaterThan(0.7);
  expect(refused.length / passes(ordinary)).toBeLessThan(1.3);
  const rides = accepted.filter(({ amount }) => amount === '0.00').length;
  expect(rides / (ordinary.length - passes(ordinary))).toBeGreaterThan(1.4);
  expect(rides / (ordinary.length - passes(ordinary))).toBeLessThan(1.6);
  expect(accepted.every(({ amount }) => Number(amount) === 0 || Number(amount) >= 22)).toBe(true);
});

test('a new way to pay takes its share of the riders, from all others alike, within its days', () => {
  const method: Effect = {
    kind: 'method',
    name: 'New',
    startsOn: '2025-04-27',
    method: 'stored_value',
    paymentType: 'stored_value',
    share: 0.2,
    adoptionDays: 10,
  };
  const all = payments([method]);
  expect(all.map(({ order_uuid }) => order_uuid)).toEqual(without.map(({ order_uuid }) => order_uuid));
  const share = (from: number, to: number): number => {
    const some = all.filter((one) => dayOf(one) >= from && dayOf(one) < to);
    return some.filter(({ payment_method }) => payment_method === 'stored_value').length / some.length;
  };
  expect(share(0, 20)).toBe(0);
  // A twentieth of purchases are paid otherwise than usual.
  expect(Math.abs(share(30, 60) - 0.2 * 0.94)).toBeLessThan(0.03);
  expect(share(20, 24)).toBeLessThan(0.1);
  const left = (type: string): number => {
    const was = without.flatMap((one, index) =>
      dayOf(one) >= 30 && one.payment_method === type ? [all[index]?.payment_method] : [],
    );
    return was.filter((now) => now === 'stored_value').length / was.length;
  };
  for (const type of ['debit_card', 'credit_card', 'apple_pay'])
    expect(Math.abs(left(type) - 0.19)).toBeLessThan(0.06);
});

test('the demo has one of each, apart from each other, and the calendar tells the same', () => {
  const effects = demoEffects('2025-12-20');
  const [free, method, rise] = effects;
  expect(effects.map(({ kind }) => kind)).toEqual(['free', 'method', 'fare']);
  expect([free?.startsOn, method?.startsOn, rise?.startsOn]).toEqual([
    '2025-12-30',
    '2026-01-09',
    '2026-02-18',
  ]);
  expect(calendarEntriesOf(effects)).toEqual([
    expect.objectContaining({ kind: 'free', starts_on: '2025-12-30', ends_before: '2026-01-06' }),
    expect.objectContaining({ kind: 'policy', starts_on: '2026-01-09', payment_type: 'stored_value' }),
    expect.objectContaining({
      kind: 'fare',
      starts_on: '2026-02-18',
      ends_before: null,
      price_before_minor: 125,
      price_after_minor: 150,
    }),
  ]);
  expect(method?.kind === 'method' && normalizePaymentType(method.method)).toBe('stored_value');
});

test.each([
  ['startsOn', { ...RISE, startsOn: 'tomorrow' }],
  ['factor', { ...RISE, factor: 0.9 }],
  ['elasticities', { ...RISE, otherwise: 0.1 }],
  ['endsBefore', { kind: 'free', name: 'Free', startsOn: '2025-05-07', endsBefore: '2025-05-07', rides: 1 }],
] as const)('an effect whose %s is out of range is refused', (what, effect) => {
  expect(() => payments([effect])).toThrow(what);
});
