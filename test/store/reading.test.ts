import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../src/domain/outcome.js';
import { type PaymentRow, toRow } from '../../src/domain/payment.js';
import { toSqlText } from '../../src/domain/time.js';
import type { Store } from '../../src/store/dialect.js';
import {
  hasPayments,
  listPayments,
  type PagePosition,
  type PaymentFilter,
  paymentSpan,
  paymentsAfter,
  paymentsAfterId,
} from '../../src/store/payments.js';
import { DATABASES, describeOn, freshStore, USD } from '../support/databases.js';
import { batchOf, delivery, SAMPLE_S } from '../support/deliveries.js';

const USERS = ['rider-1', 'Rider-1', 'rïder-1', 'rider-1 '] as const;
const TYPES = ['credit_card', 'coins', 'COINS'] as const;

/** Payments that share seconds, prices, riders that differ by a capital, an accent or a trailing space. */
const PAYMENTS: readonly Delivery[] = Array.from({ length: 48 }, (_, index) =>
  delivery({
    payment_id: ((index * 29) % 48) + 1,
    user_id: USERS[index % 4] ?? '',
    payment_type: TYPES[index % 3] ?? '',
    order_id: (index % 5) + 1,
    price_minor: [1, 199, 200, 201, 100_000][index % 5] ?? 1,
    logged_s: SAMPLE_S + Math.floor(index / 6) * 10,
  }),
);

const rowOf = ({ payment, capture }: Delivery): PaymentRow =>
  toRow(payment, Math.floor(capture.received_ms / 1000), USD);

const newestFirst = (a: PaymentRow, b: PaymentRow): number =>
  a.logged_on === b.logged_on ? b.payment_id - a.payment_id : a.logged_on < b.logged_on ? 1 : -1;

const ROWS: readonly PaymentRow[] = PAYMENTS.map(rowOf).sort(newestFirst);

function matches(row: PaymentRow, filter: PaymentFilter): boolean {
  return (
    (filter.userId === undefined || row.user_id === filter.userId) &&
    (filter.paymentType === undefined || row.payment_type === filter.paymentType) &&
    (filter.orderId === undefined || row.order_id === filter.orderId) &&
    (filter.from === undefined || row.logged_on >= toSqlText(filter.from)) &&
    (filter.to === undefined || row.logged_on < toSqlText(filter.to)) &&
    (filter.minPrice === undefined || row.total_price >= filter.minPrice) &&
    (filter.maxPrice === undefined || row.total_price <= filter.maxPrice)
  );
}

async function allPages(store: Store, filter: PaymentFilter, limit: number): Promise<PaymentRow[]> {
  const rows: PaymentRow[] = [];
  for (let after: PagePosition | undefined; ; ) {
    const page = await listPayments(store, filter, limit, after);
    rows.push(...page);
    const last = page.at(-1);
    if (last === undefined || rows.length > ROWS.length) return rows;
    after = { loggedOn: last.logged_on, paymentId: last.payment_id };
  }
}

const anyFilter: fc.Arbitrary<PaymentFilter> = fc.record(
  {
    userId: fc.constantFrom(...USERS, 'nobody'),
    paymentType: fc.constantFrom(...TYPES),
    orderId: fc.integer({ min: 1, max: 6 }),
    from: fc.integer({ min: SAMPLE_S - 10, max: SAMPLE_S + 90 }),
    to: fc.integer({ min: SAMPLE_S - 10, max: SAMPLE_S + 90 }),
    minPrice: fc.constantFrom(0, 0.01, 1.99, 2, 2.01, 1_000),
    maxPrice: fc.constantFrom(0, 0.01, 1.99, 2, 2.01, 1_000),
  },
  { requiredKeys: [] },
);

for (const database of DATABASES) {
  describeOn(database, () => {
    describe('the list of payments', () => {
      test.each<[string, PaymentFilter]>([
        ['the rider, exactly', { userId: 'rider-1' }],
        ['a rider told apart by a capital only', { userId: 'Rider-1' }],
        ['a rider told apart by an accent only', { userId: 'rïder-1' }],
        ['a rider told apart by a trailing space only', { userId: 'rider-1 ' }],
        ['the payment type, exactly', { paymentType: 'coins' }],
        ['the order', { orderId: 3 }],
        ['from, inclusive', { from: SAMPLE_S + 30 }],
        ['to, exclusive', { to: SAMPLE_S + 30 }],
        ['the least price, inclusive', { minPrice: 2 }],
        ['the highest price, inclusive', { maxPrice: 2 }],
        ['nothing', {}],
      ])('filters by %s', async (_, filter) => {
        const store = await freshStore(database);
        await store.commit(batchOf(PAYMENTS), 0);
        const expected = ROWS.filter((row) => matches(row, filter));
        expect(expected.length).toBeGreaterThan(0);
        expect(await listPayments(store, filter, 1_000)).toEqual(expected);
      });

      test('gives every row once over its pages, for any filters and any size of page', async () => {
        const store = await freshStore(database);
        await store.commit(batchOf(PAYMENTS), 0);
        await fc.assert(
          fc.asyncProperty(anyFilter, fc.integer({ min: 1, max: 50 }), async (filter, limit) => {
            const expected = ROWS.filter((row) => matches(row, filter));
            expect(await allPages(store, filter, limit)).toEqual(expected);
          }),
          { numRuns: 60 },
        );
      });

      test('gives every row that was there once although newer ones arrive between pages', async () => {
        const store = await freshStore(database);
        await store.commit(batchOf(PAYMENTS), 0);
        const first = await listPayments(store, {}, 20);
        const last = first.at(-1);
        await store.commit(batchOf([delivery({ payment_id: 999, logged_s: SAMPLE_S + 1_000 })]), 0);
        const after = { loggedOn: last?.logged_on ?? '', paymentId: last?.payment_id ?? 0 };
        expect([...first, ...(await listPayments(store, {}, 1_000, after))]).toEqual(ROWS);
      });
    });

    test('chunks by id and chunks by time each give every row once, in order', async () => {
      const store = await freshStore(database);
      await store.commit(batchOf(PAYMENTS), 0);
      const byId: PaymentRow[] = [];
      for (let last: number | undefined = 0; last !== undefined; ) {
        const chunk: PaymentRow[] = await paymentsAfterId(store, store.knex, last, 7);
        byId.push(...chunk);
        last = chunk.at(-1)?.payment_id;
      }
      expect(byId).toEqual([...ROWS].sort((a, b) => a.payment_id - b.payment_id));
      const span = { from: SAMPLE_S + 10, to: SAMPLE_S + 60 };
      const byTime: PaymentRow[] = [];
      for (let after: PagePosition | undefined; ; ) {
        const chunk: PaymentRow[] = await paymentsAfter(store, store.knex, span, after, 5);
        byTime.push(...chunk);
        const last = chunk.at(-1);
        if (last === undefined) break;
        after = { loggedOn: last.logged_on, paymentId: last.payment_id };
      }
      expect(byTime).toEqual([...ROWS].reverse().filter((row) => matches(row, span)));
    });

    test('the span of payments is their first and last second, and there is none without payments', async () => {
      const store = await freshStore(database);
      expect(await paymentSpan(store, store.knex)).toBeUndefined();
      expect(await hasPayments(store.knex)).toBe(false);
      await store.commit(batchOf(PAYMENTS), 0);
      expect(await hasPayments(store.knex)).toBe(true);
      expect(await paymentSpan(store, store.knex)).toEqual({
        first: toSqlText(SAMPLE_S),
        last: toSqlText(SAMPLE_S + 70),
      });
    });
  });
}
