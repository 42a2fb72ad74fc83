import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Delivery } from '../../src/domain/outcome.js';
import { type PaymentRow, toRow } from '../../src/domain/payment.js';
import { LAST_SECOND, toIso, toSqlText } from '../../src/domain/time.js';
import { newestCapture, receivedAt, sequenceAt } from '../../src/store/captures.js';
import type { Store } from '../../src/store/dialect.js';
import { factsCapturedAfter, loggedEnds, riderPayments, streamFacts } from '../../src/store/facts.js';
import { journalFacts, journalMonths, journalSize } from '../../src/store/journal.js';
import {
  hasPayments,
  listPayments,
  type PagePosition,
  type PaymentFilter,
  paymentSpan,
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

    describe('facts', () => {
      const factOf = ({ payment, capture }: Delivery) => {
        const { payment_id, user_id, payment_type, price_minor, logged_s } = payment;
        const lag_s = Math.floor(capture.received_ms / 1000) - logged_s;
        return { payment_id, user_id, payment_type, price_minor, logged_s, lag_s };
      };
      const oldestFirst = [...PAYMENTS].sort(
        ({ payment: a }, { payment: b }) => a.logged_s - b.logged_s || a.payment_id - b.payment_id,
      );
      const all = async <T>(facts: AsyncIterable<T>): Promise<T[]> => {
        const list: T[] = [];
        for await (const fact of facts) list.push(fact);
        return list;
      };
      const SPAN = { from: SAMPLE_S + 10, to: SAMPLE_S + 60 };
      const within = ({ payment }: Delivery): boolean =>
        payment.logged_s >= SPAN.from && payment.logged_s < SPAN.to;

      test('of a span come in the order of time, its start included and its end not', async () => {
        const store = await freshStore(database);
        await store.commit(batchOf(PAYMENTS), 0);
        const facts = await all(streamFacts(store, store.knex, USD, { span: SPAN }));
        expect(facts.flat()).toEqual(oldestFirst.filter(within).map(factOf));
        expect(await loggedEnds(store, store.knex, { span: SPAN })).toEqual({
          first: SAMPLE_S + 10,
          last: SAMPLE_S + 50,
        });
        const nothing = { from: SAMPLE_S + 71, to: LAST_SECOND + 1 };
        expect(await all(streamFacts(store, store.knex, USD, { span: nothing }))).toEqual([]);
        expect(await loggedEnds(store, store.knex, { span: nothing })).toBeUndefined();
      });

      test('up to a capture leave out what was captured later, and keep rows without capture', async () => {
        const store = await freshStore(database);
        await store.commit(batchOf(oldestFirst.slice(0, 30)), 0);
        const { sequence: upTo } = await newestCapture(store.knex);
        await store.commit(batchOf(oldestFirst.slice(30)), 0);
        await store
          .knex('farelog_captures')
          .where('payment_id', oldestFirst[47]?.payment.payment_id)
          .delete();
        const span = { from: 0, to: LAST_SECOND + 1 };
        const facts = (await all(streamFacts(store, store.knex, USD, { span, upTo }))).flat();
        const expected = [
          ...oldestFirst.slice(0, 30).map(factOf),
          { ...factOf(oldestFirst[47] ?? delivery()), lag_s: null },
        ];
        expect(facts).toEqual(expected);
        expect(await loggedEnds(store, store.knex, { span, upTo })).toEqual({
          first: SAMPLE_S,
          last: SAMPLE_S + 70,
        });
        const later = await all(factsCapturedAfter(store, store.knex, USD, { span: SPAN }, upTo));
        expect(later.map(({ payment_id }) => payment_id).sort((a, b) => a - b)).toEqual(
          oldestFirst
            .slice(30)
            .filter(within)
            .map(({ payment }) => payment.payment_id)
            .sort((a, b) => a - b),
        );
        expect(new Set(later.map(({ source }) => source))).toEqual(new Set(['webhook']));
        expect(await all(factsCapturedAfter(store, store.knex, USD, { span: SPAN, upTo }, upTo))).toEqual([]);
      });

      test.each(USERS)('of the rider %j are of no other rider', async (userId) => {
        const store = await freshStore(database);
        await store.commit(batchOf(PAYMENTS), 0);
        expect(
          await all(riderPayments(store, store.knex, USD, userId, { span: { from: 0, to: 2 ** 36 } })),
        ).toEqual(oldestFirst.filter(({ payment }) => payment.user_id === userId).map(factOf));
      });

      test('have a lag where the delivery was live, below zero where clocks differ, and else none', async () => {
        const store = await freshStore(database);
        const received_ms = (SAMPLE_S - 3) * 1000 + 999;
        const sources = ['webhook', 'api', 'import', 'sync', 'pull', 'replay'] as const;
        await store.commit(
          batchOf(sources.map((source, index) => delivery({ payment_id: index + 1, source, received_ms }))),
          0,
        );
        const span = { from: SAMPLE_S, to: SAMPLE_S + 1 };
        const facts = (await all(streamFacts(store, store.knex, USD, { span }))).flat();
        expect(facts.map(({ lag_s }) => lag_s)).toEqual([-3, -3, null, null, null, null]);
      });

      test('of the journal are found by their months, both ends included', async () => {
        const store = await freshStore(database);
        const months = [
          '2025-03-31T12:00:00Z',
          '2025-04-01T04:59:59Z',
          '2025-04-01T05:00:00Z',
          '2025-06-01T12:00:00Z',
        ];
        await store.commit(
          batchOf(
            months.map((at, index) => delivery({ payment_id: index + 1, logged_s: Date.parse(at) / 1000 })),
          ),
          0,
        );
        const timesOf = async (from: number, to: number): Promise<string[]> =>
          (await journalFacts(store.knex, { from, to })).map(({ logged_s }) => toIso(logged_s)).sort();
        expect(await timesOf(202503, 202503)).toEqual(months.slice(0, 2));
        expect(await timesOf(202504, 202505)).toEqual(months.slice(2, 3));
        expect(await timesOf(202503, 202506)).toEqual(months);
        expect(await timesOf(202505, 202505)).toEqual([]);
        expect((await journalMonths(store.knex)).sort()).toEqual([202503, 202504, 202506]);
        expect(await journalSize(store.knex)).toBe(4);
      });
    });

    test('captures are found by the instant by which they had come in', async () => {
      const store = await freshStore(database);
      expect(await newestCapture(store.knex)).toEqual({ sequence: 0, receivedMs: null });
      expect(await sequenceAt(store.knex, SAMPLE_S * 1000)).toBe(0);
      for (let id = 1; id <= 9; id++) {
        await store.commit(batchOf([delivery({ payment_id: id, received_ms: id * 1_000 })]), 0);
      }
      // A payment whose row another program deleted, recorded again, leaves a gap.
      await store.knex('hntb_bytemark_order_payments').where('payment_id', 4).delete();
      await store.commit(batchOf([delivery({ payment_id: 4, received_ms: 10_000 })]), 0);
      const rows: { sequence: number; received_ms: number }[] = await store.knex('farelog_captures').select();
      for (const ms of [0, 999, 1_000, 3_999, 4_000, 5_000, 9_999, 10_000, 99_000]) {
        const sequence = await sequenceAt(store.knex, ms);
        const by = rows.filter((row) => Number(row.received_ms) <= ms).map((row) => Number(row.sequence));
        const captured = rows.filter((row) => Number(row.sequence) <= sequence);
        expect(captured.map((row) => Number(row.sequence)).sort()).toEqual(by.sort());
      }
      expect(await receivedAt(store.knex, 4)).toBe(3_000);
      expect(await receivedAt(store.knex, 0)).toBeNull();
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
