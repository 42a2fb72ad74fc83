import { describe, expect, test } from 'vitest';
import { type BytemarkPayment, Demand, type DemandOptions } from '../../src/bytemark/demand.js';
import { claimFromWebhook } from '../../src/bytemark/payload.js';
import { checkPayment } from '../../src/domain/payment.js';
import { zoneOf } from '../support/zones.js';
import { RULES, receive } from './rules.js';

const DAY_S = 86_400;
const HOUSTON = zoneOf('America/Chicago');
/** Midnight in Houston. */
const START_S = Date.UTC(2025, 3, 7, 5) / 1000;

function options(changes: Partial<DemandOptions> = {}): DemandOptions {
  return { seed: 7, startS: START_S, zone: HOUSTON, dailyPayments: 500, ...changes };
}

function payments(days: number, changes: Partial<DemandOptions> = {}): BytemarkPayment[] {
  const all = options(changes);
  return [...new Demand(all).until(all.startS + days * DAY_S)];
}

const secondOf = ({ timestamp }: BytemarkPayment): number => Date.parse(timestamp) / 1000;
const localOf = (payment: BytemarkPayment, zone = HOUSTON): Date =>
  new Date(zone.localOf(secondOf(payment)) * 1000);

function shareOf(all: readonly BytemarkPayment[], holds: (payment: BytemarkPayment) => boolean): number {
  return all.filter(holds).length / all.length;
}

function countsBy<Key>(
  all: readonly BytemarkPayment[],
  key: (payment: BytemarkPayment) => Key,
): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const payment of all) counts.set(key(payment), (counts.get(key(payment)) ?? 0) + 1);
  return counts;
}

const QUARTER = payments(91);

describe('the same demand', () => {
  test('has the same bytes for the same seed', () => {
    expect(JSON.stringify(payments(3))).toBe(JSON.stringify(payments(3)));
  });

  test('has others for another seed, from the first payment on', () => {
    const [first, second] = [payments(1, { seed: 1 })[0], payments(1, { seed: 2 })[0]];
    expect(first?.timestamp).not.toBe(second?.timestamp);
    expect(first?.order_uuid).not.toBe(second?.order_uuid);
  });

  test('goes on where it stands, however often it is stopped', () => {
    const stopped = new Demand(options());
    const first = [...stopped.until(START_S + DAY_S)];
    const second = [...stopped.until(START_S + 2 * DAY_S)];
    expect(first.every((payment) => secondOf(payment) < START_S + DAY_S)).toBe(true);
    expect(second.every((payment) => secondOf(payment) >= START_S + DAY_S)).toBe(true);
    expect(second[0]?.payment_id).toBe(first.length + 1);
    expect([...stopped.until(START_S + 2 * DAY_S)]).toEqual([]);
  });

  test('never ends where no end is given', () => {
    const endless = new Demand(options()).until(Number.POSITIVE_INFINITY);
    const taken = Array.from({ length: 2_000 }, () => endless.next().done);
    expect(taken).not.toContain(true);
  });

  test('knows a rider again that was started at another time', () => {
    const faresBought = (all: readonly BytemarkPayment[]): Map<string, number> =>
      countsBy(
        all.filter(({ user_id }) => user_id === busiest),
        ({ amount }) => amount,
      );
    const busiest =
      [...countsBy(QUARTER, ({ user_id }) => user_id)].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
    const favourite = (counts: Map<string, number>): string | undefined =>
      [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
    const later = payments(91, { startS: START_S + 30 * DAY_S });
    expect(favourite(faresBought(later))).toBe(favourite(faresBought(QUARTER)));
  });
});

describe('every payment', () => {
  test('comes in the order of time, within the range', () => {
    const seconds = QUARTER.map(secondOf);
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    expect(seconds[0]).toBeGreaterThanOrEqual(START_S);
    expect(seconds.at(-1)).toBeLessThan(START_S + 91 * DAY_S);
  });

  test('has the next id, from the first given', () => {
    const ids = payments(1, { firstPaymentId: 5_000 }).map(({ payment_id }) => payment_id);
    expect(ids).toEqual(ids.map((_, index) => 5_000 + index));
  });

  test('is valid', () => {
    const refused = QUARTER.filter((payment) => {
      const claim = claimFromWebhook(payment);
      return claim === undefined || !checkPayment(claim, RULES, (START_S + 91 * DAY_S) * 1000).ok;
    });
    expect(refused).toEqual([]);
  });

  test('is valid as bytes, too, up to the last payment id', () => {
    const last = new Demand(options({ firstPaymentId: 4_294_967_295 })).until(START_S + DAY_S);
    const { value } = last.next();
    expect(receive(JSON.stringify(value), (START_S + DAY_S) * 1000).ok).toBe(true);
    expect(() => last.next()).toThrow('payment ids end');
  });

  test('has an order uuid of version 4 and an event id, both its own', () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(QUARTER.filter(({ order_uuid }) => !uuid.test(order_uuid))).toEqual([]);
    expect(new Set(QUARTER.map(({ order_uuid }) => order_uuid)).size).toBe(QUARTER.length);
    expect(new Set(QUARTER.map(({ event_id }) => event_id)).size).toBe(QUARTER.length);
  });

  test('is a price of the currency, whatever digits that has', () => {
    const [yen] = payments(1, { currency: { code: 'JPY', digits: 0 } });
    const [dinar] = payments(1, { currency: { code: 'KWD', digits: 3 } });
    expect(yen?.amount).toMatch(/^\d+$/);
    expect(dinar?.amount).toMatch(/^\d+\.\d{3}$/);
  });
});

describe('demand follows the calendar', () => {
  const hours = countsBy(QUARTER, (payment) => localOf(payment).getUTCHours());
  const hour = (...of: number[]): number =>
    of.reduce((sum, each) => sum + (hours.get(each) ?? 0), 0) / of.length;

  test('has about as many payments as asked for', () => {
    expect(QUARTER.length / 91).toBeGreaterThan(400);
    expect(QUARTER.length / 91).toBeLessThan(600);
  });

  test('peaks on the way to work and back, and sleeps at night', () => {
    expect(hour(7)).toBeGreaterThan(1.5 * hour(10));
    expect(hour(16, 17)).toBeGreaterThan(1.4 * hour(13, 14));
    expect(hour(7, 17)).toBeGreaterThan(15 * hour(1, 2, 3));
  });

  test('is higher on weekdays than on weekends', () => {
    const days = countsBy(QUARTER, (payment) => localOf(payment).getUTCDay());
    const day = (...of: number[]): number =>
      of.reduce((sum, each) => sum + (days.get(each) ?? 0), 0) / of.length;
    expect(day(1, 2, 3, 4, 5)).toBeGreaterThan(1.5 * day(0, 6));
  });

  test('sells monthly passes around the start of a month', () => {
    const isPass = ({ amount }: BytemarkPayment): boolean => Number(amount) >= 22;
    const dates = countsBy(QUARTER.filter(isPass), (payment) => localOf(payment).getUTCDate());
    const date = (...of: number[]): number =>
      of.reduce((sum, each) => sum + (dates.get(each) ?? 0), 0) / of.length;
    expect(date(1, 2)).toBeGreaterThan(2 * date(10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20));
  });

  test('is low on Christmas and on Thanksgiving', () => {
    const winter = payments(60, { startS: Date.UTC(2025, 10, 1, 5) / 1000 });
    const dates = countsBy(winter, (payment) => localOf(payment).toISOString().slice(5, 10));
    const usual = dates.get('12-11') ?? 0;
    for (const holiday of ['11-27', '12-25']) expect(dates.get(holiday)).toBeLessThan(0.6 * usual);
  });

  test('grows slowly', () => {
    const start = new Demand(options()).paymentsPerSecondAt(START_S);
    // The same day of the calendar, seen from a start two years earlier.
    const grown = new Demand(options({ startS: START_S - 730 * DAY_S })).paymentsPerSecondAt(START_S);
    expect(grown / start).toBeGreaterThan(1.15);
    expect(grown / start).toBeLessThan(1.3);
  });

  test.each([
    ['the day that clocks go forward', Date.UTC(2025, 2, 9, 6) / 1000, 23],
    ['the day that clocks go back', Date.UTC(2025, 10, 2, 5) / 1000, 25],
  ])('keeps to the wall clock on %s', (_, startS, hoursOfDay) => {
    const all = [...new Demand(options({ startS, dailyPayments: 20_000 })).until(startS + hoursOfDay * 3600)];
    expect(new Set(all.map((payment) => localOf(payment).toISOString().slice(0, 10))).size).toBe(1);
    const byHour = countsBy(all, (payment) => localOf(payment).getUTCHours());
    expect(byHour.has(2)).toBe(hoursOfDay === 25);
    expect(byHour.get(14) ?? 0).toBeGreaterThan(5 * (byHour.get(4) ?? 0));
    expect(all.map(secondOf)).toEqual(all.map(secondOf).sort((a, b) => a - b));
  });

  test('keeps to the wall clock of a zone that is off by three quarters of an hour', () => {
    const zone = zoneOf('Asia/Kathmandu');
    const all = payments(14, { zone });
    const byHour = countsBy(all, (payment) => localOf(payment, zone).getUTCHours());
    expect(byHour.get(17) ?? 0).toBeGreaterThan(5 * (byHour.get(3) ?? 0));
  });
});

describe('riders', () => {
  const riders = [...countsBy(QUARTER, ({ user_id }) => user_id).values()].sort((a, b) => b - a);

  test('come again, a few of them very often', () => {
    const busiest = riders.slice(0, Math.ceil(riders.length / 10)).reduce((a, b) => a + b, 0);
    expect(busiest / QUARTER.length).toBeGreaterThan(0.3);
    expect(riders[0]).toBeGreaterThan(40);
    expect(riders[riders.length >> 1]).toBeLessThan(10);
    expect(riders.filter((count) => count === 1).length / riders.length).toBeGreaterThan(0.05);
  });

  test('mostly keep to one way to pay and sometimes take another', () => {
    const methods = new Map<string, Map<string, number>>();
    for (const { user_id, payment_method } of QUARTER) {
      const own = methods.get(user_id) ?? new Map<string, number>();
      methods.set(user_id, own.set(payment_method, (own.get(payment_method) ?? 0) + 1));
    }
    const regular = [...methods.values()].filter((own) => [...own.values()].reduce((a, b) => a + b, 0) >= 20);
    const favourites = regular.map((own) => {
      const counts = [...own.values()];
      return Math.max(...counts) / counts.reduce((a, b) => a + b, 0);
    });
    expect(favourites.reduce((a, b) => a + b, 0) / favourites.length).toBeGreaterThan(0.85);
    expect(favourites.filter((share) => share < 1).length).toBeGreaterThan(favourites.length / 2);
  });

  test('join over time, and some leave', () => {
    const inMonth = (index: number): Set<string> => {
      const from = START_S + index * 30 * DAY_S;
      const within = QUARTER.filter(
        (payment) => secondOf(payment) >= from && secondOf(payment) < from + 30 * DAY_S,
      );
      return new Set(within.map(({ user_id }) => user_id));
    };
    const isNew = (id: string): boolean => Number(id.slice('rider-'.length)) > 4_300;
    expect([...inMonth(0)].filter(isNew).length).toBeLessThan([...inMonth(2)].filter(isNew).length);
  });

  test('are there in the smallest demand', () => {
    expect(payments(30, { dailyPayments: 1 }).length).toBeGreaterThan(5);
  });
});

describe('ways to pay', () => {
  const BOUNDS: readonly (readonly [string, number, number])[] = [
    ['credit_card', 0.15, 0.3],
    ['debit_card', 0.15, 0.28],
    ['apple_pay', 0.14, 0.27],
    ['google_pay', 0.06, 0.14],
    ['transit_card', 0.08, 0.15],
    ['digital_wallet', 0.04, 0.1],
    ['bank_transfer', 0.005, 0.03],
    ['card', 0.015, 0.05],
    ['applepay', 0.01, 0.035],
    ['coins', 0.01, 0.035],
    ['tokens', 0.003, 0.02],
  ];

  test.each(BOUNDS)('%s has a share between %d and %d', (method, least, most) => {
    const share = shareOf(QUARTER, ({ payment_method }) => payment_method === method);
    expect(share).toBeGreaterThan(least);
    expect(share).toBeLessThan(most);
  });

  test('are no others', () => {
    const known = new Set(BOUNDS.map(([method]) => method));
    expect(QUARTER.filter(({ payment_method }) => !known.has(payment_method))).toEqual([]);
  });

  test('drift: two years on, apple_pay has won from credit_card', () => {
    const later = payments(91, { startS: START_S + 730 * DAY_S });
    const gain = (method: string): number =>
      shareOf(later, (payment) => payment.payment_method === method) -
      shareOf(QUARTER, (payment) => payment.payment_method === method);
    expect(gain('apple_pay')).toBeGreaterThan(0.05);
    expect(gain('credit_card')).toBeLessThan(-0.05);
  });
});

describe('single payments, at the pace of whoever asks', () => {
  test('are of the moment asked for, and valid', () => {
    const demand = new Demand(options({ firstPaymentId: 90 }));
    const at = START_S + 12 * 3600 + 0.75;
    const payment = demand.paymentAt(at);
    expect(payment.payment_id).toBe(90);
    expect(payment.timestamp).toBe('2025-04-07T17:00:00Z');
    expect(receive(JSON.stringify(payment), at * 1000).ok).toBe(true);
  });

  test('follow on a history', () => {
    const demand = new Demand(options());
    const history = [...demand.until(START_S + DAY_S)];
    expect(demand.paymentAt(START_S + DAY_S).payment_id).toBe(history.length + 1);
  });
});

test.each([
  ['seed', { seed: 0.5 }],
  ['startS', { startS: Number.NaN }],
  ['dailyPayments', { dailyPayments: 0 }],
  ['dailyPayments', { dailyPayments: Number.POSITIVE_INFINITY }],
  ['firstPaymentId', { firstPaymentId: 0 }],
])('%s out of range is refused: %o', (name, changes) => {
  expect(() => new Demand(options(changes))).toThrow(name);
});
