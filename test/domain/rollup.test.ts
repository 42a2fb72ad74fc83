import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { monthOf } from '../../src/domain/bucket.js';
import type { Delivery } from '../../src/domain/outcome.js';
import { foldBatch, RollupCalendar, RollupFold, type Rollups, reasonOf } from '../../src/domain/rollup.js';
import { batchOf, delivery, quarantined, SAMPLE_S } from '../support/deliveries.js';
import { zoneOf } from '../support/zones.js';

const CHICAGO = new RollupCalendar(zoneOf('America/Chicago'));
const HOUR_S = SAMPLE_S - (SAMPLE_S % 3_600);

function foldOf(deliveries: readonly Delivery[], calendar = CHICAGO): Rollups {
  const fold = new RollupFold(calendar);
  for (const { payment, capture } of deliveries) {
    fold.addPayment(payment);
    fold.addCapture(capture.received_ms, capture.source, 'recorded', '');
  }
  return fold.take();
}

/** Adds rollups to rollups by key, as the databases do. */
function sumOf(parts: readonly Rollups[]): Rollups {
  const sum = <Row extends object>(
    rows: readonly Row[],
    key: (row: Row) => string,
    add: (a: Row, b: Row) => Row,
  ): Row[] => {
    const byKey = new Map<string, Row>();
    for (const row of rows) {
      const stands = byKey.get(key(row));
      byKey.set(key(row), stands === undefined ? row : add(stands, row));
    }
    return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  };
  return {
    revenue: sum(
      parts.flatMap(({ revenue }) => revenue),
      (row) => `${row.starts_s}\0${row.payment_type}`,
      (a, b) => ({
        ...a,
        payments: a.payments + b.payments,
        revenue_minor: a.revenue_minor + b.revenue_minor,
        min_minor: Math.min(a.min_minor, b.min_minor),
        max_minor: Math.max(a.max_minor, b.max_minor),
      }),
    ),
    riders: sum(
      parts.flatMap(({ riders }) => riders),
      (row) => `${row.user_id}\0${row.month}`,
      (a, b) => ({
        ...a,
        payments: a.payments + b.payments,
        spent_minor: a.spent_minor + b.spent_minor,
        min_minor: Math.min(a.min_minor, b.min_minor),
        max_minor: Math.max(a.max_minor, b.max_minor),
        first_s: Math.min(a.first_s, b.first_s),
        last_s: Math.max(a.last_s, b.last_s),
      }),
    ),
    captures: sum(
      parts.flatMap(({ captures }) => captures),
      (row) => `${row.hour_s}\0${row.source}\0${row.outcome}\0${row.reason}`,
      (a, b) => ({ ...a, deliveries: a.deliveries + b.deliveries }),
    ),
  };
}

const anyDelivery = fc
  .record({
    payment_id: fc.nat(),
    user_id: fc.constantFrom('rider-1', 'rider-2', '__proto__'),
    payment_type: fc.constantFrom('coins', 'other', 'constructor'),
    price_minor: fc.integer({ min: 0, max: 999_999_999_999_999 }),
    logged_s: fc.integer({ min: SAMPLE_S - 10_000_000, max: SAMPLE_S }),
    source: fc.constantFrom('webhook', 'import'),
    received_ms: fc.integer({ min: SAMPLE_S * 1_000, max: (SAMPLE_S + 10_000) * 1_000 }),
  })
  .map((changes) => delivery(changes));

describe('the fold', () => {
  test('adds payments up by bucket and type, and by rider and month', () => {
    const rollups = foldOf([
      delivery({ payment_id: 1, price_minor: 300 }),
      delivery({ payment_id: 2, price_minor: 200, logged_s: SAMPLE_S + 60 }),
      delivery({ payment_id: 3, price_minor: 999, payment_type: 'coins', user_id: 'rider-2' }),
    ]);
    expect(rollups).toEqual({
      revenue: [
        {
          starts_s: HOUR_S,
          payment_type: 'coins',
          payments: 1,
          revenue_minor: 999n,
          min_minor: 999,
          max_minor: 999,
        },
        {
          starts_s: HOUR_S,
          payment_type: 'credit_card',
          payments: 2,
          revenue_minor: 500n,
          min_minor: 200,
          max_minor: 300,
        },
      ],
      riders: [
        {
          user_id: 'rider-1',
          month: 202_504,
          payments: 2,
          spent_minor: 500n,
          min_minor: 200,
          max_minor: 300,
          first_s: SAMPLE_S,
          last_s: SAMPLE_S + 60,
        },
        {
          user_id: 'rider-2',
          month: 202_504,
          payments: 1,
          spent_minor: 999n,
          min_minor: 999,
          max_minor: 999,
          first_s: SAMPLE_S,
          last_s: SAMPLE_S,
        },
      ],
      captures: [{ hour_s: HOUR_S, source: 'webhook', outcome: 'recorded', reason: '', deliveries: 3 }],
    });
  });

  test('gives the same rollups for any order', () => {
    fc.assert(
      fc.property(
        fc
          .array(anyDelivery, { maxLength: 40 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([inOrder, shuffled]) => {
          expect(foldOf(shuffled)).toEqual(foldOf(inOrder));
        },
      ),
    );
  });

  test('gives the same rollups for any grouping: the sum of the parts is the whole', () => {
    fc.assert(
      fc.property(
        fc.array(anyDelivery, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (all, sizes) => {
          const parts: Rollups[] = [];
          for (let at = 0; at < all.length; ) {
            const size = sizes[parts.length % sizes.length] ?? 1;
            parts.push(foldOf(all.slice(at, at + size)));
            at += size;
          }
          expect(sumOf(parts)).toEqual(foldOf(all));
        },
      ),
    );
  });

  test('keeps every payment and every cent', () => {
    fc.assert(
      fc.property(fc.array(anyDelivery), (all) => {
        const { revenue, riders, captures } = foldOf(all);
        const cents = all.reduce((sum, { payment }) => sum + BigInt(payment.price_minor), 0n);
        const add = <Row>(rows: readonly Row[], value: (row: Row) => number | bigint): bigint =>
          rows.reduce((sum, row) => sum + BigInt(value(row)), 0n);
        expect(add(revenue, (row) => row.revenue_minor)).toBe(cents);
        expect(add(riders, (row) => row.spent_minor)).toBe(cents);
        for (const count of [
          add(revenue, (row) => row.payments),
          add(riders, (row) => row.payments),
          add(captures, (row) => row.deliveries),
        ])
          expect(count).toBe(BigInt(all.length));
      }),
    );
  });

  test('the month it remembers is the month, in any zone', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom('America/Chicago', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Chatham')
          .map((name) => new RollupCalendar(zoneOf(name))),
        fc.array(fc.integer({ min: Date.UTC(2024, 0) / 1_000, max: Date.UTC(2026, 0) / 1_000 })),
        (calendar, seconds) => {
          const edges = seconds.flatMap((second) => {
            const month = new Date(second * 1_000);
            const edge =
              Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1) / 1_000 -
              calendar.zone.offsetAt(second);
            return [second, edge - 1, edge];
          });
          for (const second of edges) expect(calendar.monthOf(second)).toBe(monthOf(second, calendar.zone));
        },
      ),
    );
  });
});

describe('a judged batch', () => {
  test('adds only what was recorded to revenue, and counts every delivery once by its outcome', () => {
    const received_ms = SAMPLE_S * 1_000;
    const batch = batchOf([delivery(), delivery(), delivery({ order_id: 12 })], {
      quarantined: [
        quarantined({ reason: 'conflict', problems: [{ field: 'order_id', code: 'differs', message: '' }] }),
        quarantined({ reason: 'unreadable', problems: [] }),
      ],
      refused: [{ source: 'api', outcome: 'conflict', reason: 'user_id.differs', received_ms }],
    });
    const { revenue, captures } = foldBatch(batch, ['recorded', 'duplicate', 'conflict'], CHICAGO);
    expect(revenue).toMatchObject([{ payments: 1, revenue_minor: 250n }]);
    expect(captures.map((row) => `${row.source} ${row.outcome} ${row.reason} ${row.deliveries}`)).toEqual([
      'api conflict user_id.differs 1',
      'webhook conflict order_id.differs 1',
      'webhook duplicate  1',
      'webhook invalid unreadable 1',
      'webhook recorded  1',
    ]);
  });

  test('names a reason by its first problem', () => {
    expect(reasonOf('invalid', { field: 'user_id', code: 'required' })).toBe('user_id.required');
    expect(reasonOf('unreadable', undefined)).toBe('unreadable');
  });
});
