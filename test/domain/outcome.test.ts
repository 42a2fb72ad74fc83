import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstOfEachPayment, judge } from '../../src/domain/outcome.js';
import { differingFields } from '../../src/domain/payment.js';
import { delivery } from '../support/deliveries.js';

const anyDelivery = fc
  .record({
    payment_id: fc.integer({ min: 1, max: 6 }),
    order_id: fc.constantFrom(1, 2),
    price_minor: fc.constantFrom(100, 200),
  })
  .map((changes) => delivery(changes));

describe('judging a batch', () => {
  test('records the first of an id and compares each other with it', () => {
    const batch = [
      delivery(),
      delivery(),
      delivery({ order_id: 12 }),
      delivery(),
      delivery({ payment_id: 2 }),
    ];
    expect(judge(batch, new Map())).toEqual(['recorded', 'duplicate', 'conflict', 'duplicate', 'recorded']);
  });

  test('compares with what the database held', () => {
    const held = new Map([[1, delivery({ order_id: 12 }).payment]]);
    expect(judge([delivery(), delivery({ order_id: 12 })], held)).toEqual(['conflict', 'duplicate']);
    expect([...held.keys()]).toEqual([1]);
  });

  test('is not swayed by where, when and under which word a payment was captured', () => {
    const elsewhere = delivery({ source: 'import', raw_method: 'CARD', reference: 'x', received_ms: 0 });
    expect(judge([delivery(), elsewhere], new Map())).toEqual(['recorded', 'duplicate']);
  });

  test('records every id once, and its duplicates are equal to it and its conflicts are not', () => {
    fc.assert(
      fc.property(fc.array(anyDelivery), (batch) => {
        const outcomes = judge(batch, new Map());
        const recorded = batch.filter((_, index) => outcomes[index] === 'recorded');
        const ids = recorded.map(({ payment }) => payment.payment_id);
        expect(new Set(ids)).toEqual(new Set(batch.map(({ payment }) => payment.payment_id)));
        expect(new Set(ids).size).toBe(ids.length);
        expect(firstOfEachPayment(batch)).toEqual(
          [...recorded].sort((a, b) => a.payment.payment_id - b.payment.payment_id),
        );
        const standing = new Map(recorded.map(({ payment }) => [payment.payment_id, payment]));
        for (const [index, { payment }] of batch.entries()) {
          const stands = standing.get(payment.payment_id) ?? payment;
          const differs = differingFields(stands, payment).length > 0;
          expect(outcomes[index] === 'conflict').toBe(differs);
        }
      }),
    );
  });

  test('of the same batch again, once it stands, finds no new payment', () => {
    fc.assert(
      fc.property(fc.array(anyDelivery), (batch) => {
        const held = new Map(firstOfEachPayment(batch).map(({ payment }) => [payment.payment_id, payment]));
        expect(judge(batch, held)).not.toContain('recorded');
      }),
    );
  });
});
