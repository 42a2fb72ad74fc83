import { describe, expect, test } from 'vitest';
import { type BytemarkPayment, Demand } from '../../src/bytemark/demand.js';
import {
  type DeliveryKind,
  type DisturbanceOptions,
  disturb,
  FLAWS,
  type Flaw,
  type PlannedDelivery,
} from '../../src/bytemark/disturbance.js';
import { differingFields, type Payment } from '../../src/domain/payment.js';
import { zoneOf } from '../support/zones.js';
import { receive } from './rules.js';

const START_S = Date.UTC(2025, 3, 7, 5) / 1000;
const END_S = START_S + 3 * 86_400;
const NOW = END_S * 1000;
const demand = new Demand({
  seed: 3,
  startS: START_S,
  zone: zoneOf('America/Chicago'),
  dailyPayments: 2_000,
});
const PAYMENTS: readonly BytemarkPayment[] = [...demand.until(END_S)].slice(0, 3_000);

function deliveries(options: Partial<DisturbanceOptions> = {}): PlannedDelivery[] {
  return [...disturb(PAYMENTS, { seed: 5, duplicates: 0.1, conflicts: 0.05, invalid: 0.03, ...options })];
}

function ofKind(kind: DeliveryKind, all: readonly PlannedDelivery[]): PlannedDelivery[] {
  return all.filter((delivery) => delivery.kind === kind);
}

function received({ body }: PlannedDelivery | { readonly body: string }): Payment {
  const checked = receive(body, NOW);
  if (!checked.ok) throw new Error(`expected a payment: ${body}`);
  return { ...checked.payment, user_id: checked.payment.provider_user_id };
}

describe('without disturbances', () => {
  test('every payment is delivered once, in order, as it is', () => {
    const planned = [...disturb(PAYMENTS, { seed: 1 })];
    expect(planned.map(({ body }) => body)).toEqual(PAYMENTS.map((payment) => JSON.stringify(payment)));
    expect(new Set(planned.map(({ kind }) => kind))).toEqual(new Set(['new']));
  });
});

describe.each([1, 40])('with disorder %d', (disorder) => {
  const all = deliveries({ disorder });
  const news = ofKind('new', all);
  const places = new Map(all.map((delivery, place) => [delivery, place]));
  const placeOf = (delivery: PlannedDelivery | undefined): number =>
    (delivery === undefined ? undefined : places.get(delivery)) ?? Number.NaN;
  const newById = new Map(news.map((delivery) => [delivery.payment_id, delivery]));

  test('there are as many of each kind as the shares say', () => {
    const counts = (['new', 'duplicate', 'conflict', 'invalid'] as const).map(
      (kind) => ofKind(kind, all).length,
    );
    expect(counts).toEqual([3_000, 300, 150, 90]);
  });

  test('every payment of the stream is new exactly once', () => {
    expect(news.map(({ body }) => body).sort()).toEqual(
      PAYMENTS.map((payment) => JSON.stringify(payment)).sort(),
    );
  });

  test('a duplicate has the bytes and the id of its original, and comes later', () => {
    for (const duplicate of ofKind('duplicate', all)) {
      const original = newById.get(duplicate.payment_id);
      expect(duplicate).toEqual({ ...original, kind: 'duplicate' });
      expect(placeOf(duplicate)).toBeGreaterThan(placeOf(original));
    }
  });

  test('a conflict is a valid payment with another price or rider, and comes later', () => {
    const conflicts = ofKind('conflict', all);
    const fields = conflicts.map((conflict) => {
      const original = newById.get(conflict.payment_id);
      if (original === undefined) throw new Error('a conflict contradicts nothing');
      expect(placeOf(conflict)).toBeGreaterThan(placeOf(original));
      expect(conflict.id).not.toBe(original.id);
      return differingFields(received(original), received(conflict));
    });
    expect(fields.every(([field, more]) => field !== undefined && more === undefined)).toBe(true);
    expect(fields.flat().filter((field) => field === 'total_price')).toHaveLength(75);
    expect(fields.flat().filter((field) => field === 'user_id')).toHaveLength(75);
  });

  test('what is invalid is really invalid', () => {
    const invalid = ofKind('invalid', all);
    expect(invalid.filter(({ body }) => receive(body, NOW).ok)).toEqual([]);
    expect(invalid.filter(({ payment_id }) => payment_id !== null)).toEqual([]);
  });

  test('no two bodies for quarantine are the same', () => {
    const kept = [...ofKind('conflict', all), ...ofKind('invalid', all)];
    expect(new Set(kept.map(({ body }) => body)).size).toBe(240);
    expect(new Set(kept.map(({ id }) => id)).size).toBe(240);
  });
});

describe('each flaw', () => {
  const PROBLEMS: Readonly<Record<Flaw, readonly string[]>> = {
    missing_field: ['required'],
    not_a_price: ['not_a_price'],
    zero: ['zero'],
    future: ['in_future'],
    not_json: ['not_json'],
    too_many_digits: ['too_many_digits'],
    other_currency: ['other_currency'],
  };

  test.each(FLAWS)('%s is the only problem of its deliveries', (flaw) => {
    const invalid = ofKind('invalid', deliveries({ flaws: [flaw] }));
    expect(invalid).toHaveLength(90);
    for (const { body } of invalid) {
      const checked = receive(body, NOW);
      expect(checked.ok ? [] : checked.problems.map(({ code }) => code)).toEqual(PROBLEMS[flaw]);
    }
  });

  test('comes in turn', () => {
    const codes = ofKind('invalid', deliveries()).map(({ body }) => {
      const checked = receive(body, NOW);
      return checked.ok ? '' : (checked.problems[0]?.code ?? '');
    });
    expect(codes.slice(0, FLAWS.length)).toEqual(FLAWS.flatMap((flaw) => PROBLEMS[flaw]));
    expect(codes.slice(FLAWS.length, 2 * FLAWS.length)).toEqual(codes.slice(0, FLAWS.length));
  });

  test('a missing field is another each time', () => {
    const invalid = ofKind('invalid', deliveries({ flaws: ['missing_field'] }));
    const fields = invalid.map(({ body }) => {
      const checked = receive(body, NOW);
      return checked.ok ? '' : checked.problems[0]?.field;
    });
    expect(new Set(fields).size).toBe(6);
  });
});

describe('disorder', () => {
  const SIZE = 25;
  const ordered = deliveries();
  const disordered = deliveries({ disorder: SIZE });
  /** A key that every delivery has for itself: duplicates of one payment are told apart by their turn. */
  const keysOf = (all: readonly PlannedDelivery[]): string[] => {
    const turns = new Map<string, number>();
    return all.map(({ kind, body }) => {
      const key = `${kind} ${body}`;
      turns.set(key, (turns.get(key) ?? 0) + 1);
      return `${key} ${turns.get(key)}`;
    });
  };

  test('has the same deliveries in another order', () => {
    expect(keysOf(disordered)).not.toEqual(keysOf(ordered));
    expect(keysOf(disordered).sort()).toEqual(keysOf(ordered).sort());
  });

  test('moves nothing as far as its size', () => {
    const places = new Map(keysOf(ordered).map((key, place) => [key, place]));
    const moves = keysOf(disordered).map((key, place) => Math.abs(place - (places.get(key) ?? Number.NaN)));
    expect(Math.max(...moves)).toBeLessThan(SIZE);
    expect(Math.max(...moves)).toBeGreaterThan(SIZE / 2);
  });

  test('keeps every contradiction behind its payment, however crowded', () => {
    const few = PAYMENTS.slice(0, 200);
    for (let seed = 0; seed < 50; seed++) {
      const all = [...disturb(few, { seed, duplicates: 1, conflicts: 1, disorder: 64 })];
      const firsts = new Map<number | null, DeliveryKind>();
      for (const { kind, payment_id } of all) if (!firsts.has(payment_id)) firsts.set(payment_id, kind);
      expect(new Set(firsts.values())).toEqual(new Set(['new']));
    }
  });
});

describe('a plan', () => {
  test('is the same for the same seed and another for another', () => {
    expect(deliveries({ disorder: 8 })).toEqual(deliveries({ disorder: 8 }));
    expect(deliveries({ disorder: 8 })).not.toEqual(deliveries({ disorder: 8, seed: 6 }));
  });

  test('is made as it is taken: an endless stream is no trouble', () => {
    const endless = new Demand({
      seed: 1,
      startS: START_S,
      zone: zoneOf('America/Chicago'),
      dailyPayments: 100,
    }).until(Number.POSITIVE_INFINITY);
    const planned = disturb(endless, { seed: 1, duplicates: 0.5, disorder: 10 });
    expect(Array.from({ length: 100 }, () => planned.next().done)).not.toContain(true);
  });

  test.each([
    ['duplicates', { duplicates: 1.5 }],
    ['conflicts', { conflicts: -0.1 }],
    ['invalid', { invalid: Number.NaN }],
    ['disorder', { disorder: 0 }],
    ['seed', { seed: 0.5 }],
    ['flaw', { flaws: [] }],
  ])('with %s out of range is refused', (name, options) => {
    expect(() => deliveries(options)).toThrow(name);
  });
});
