/** Entries of the journal: nothing lost or changed on the way into the text and out of it, months apart, bounded in size. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factOf, factsOfEntry, journalEntries } from '../../src/domain/journal.js';
import { type Fact, LedgerCalendar } from '../../src/domain/ledger.js';
import { CHICAGO } from '../support/databases.js';
import { delivery, SAMPLE_S } from '../support/deliveries.js';

const calendar = new LedgerCalendar(CHICAGO);

const anyFact: fc.Arbitrary<Fact> = fc.record({
  logged_s: fc.integer({ min: -30_000_000_000, max: 250_000_000_000 }),
  payment_type: fc.oneof(fc.constantFrom('coins', '__proto__', '', '"\\\n'), fc.string({ unit: 'binary' })),
  user_id: fc.oneof(fc.constantFrom('rider-1', 'constructor', '🚌'), fc.string({ unit: 'binary' })),
  price_minor: fc.integer({ min: -5, max: 999_999_999_999_999 }),
  lag_s: fc.option(fc.integer({ min: -100, max: 2 ** 40 })),
});

const inOrder = (facts: readonly Fact[]): string[] => facts.map((fact) => JSON.stringify(fact)).sort();

test('what goes into entries comes out of them, each month in entries of its own that say what they add up to', () => {
  fc.assert(
    fc.property(fc.array(anyFact, { maxLength: 60 }), (facts) => {
      const entries = journalEntries(facts, calendar);
      expect(inOrder(entries.flatMap((entry) => factsOfEntry(entry.facts)))).toEqual(inOrder(facts));
      expect(new Set(entries.map(({ month }) => month)).size).toBe(entries.length);
      for (const { month, payments, minor, facts: text } of entries) {
        const held = factsOfEntry(text);
        expect(held.map(({ logged_s }) => calendar.monthOf(logged_s))).toEqual(held.map(() => month));
        expect(payments).toBe(held.length);
        expect(minor).toBe(held.reduce((sum, { price_minor }) => sum + BigInt(price_minor), 0n));
      }
    }),
  );
});

test('an entry holds a thousand facts at the most, and facts in the order in which they came', () => {
  const facts = Array.from({ length: 2_001 }, (_, index) => factOf(delivery({ logged_s: SAMPLE_S + index })));
  const entries = journalEntries(facts, calendar);
  expect(entries.map(({ payments }) => payments)).toEqual([1_000, 1_000, 1]);
  expect(entries.flatMap((entry) => factsOfEntry(entry.facts))).toEqual(facts);
});

test.each([
  ['webhook', 5],
  ['api', 5],
  ['import', null],
  ['sync', null],
  ['pull', null],
  ['replay', null],
] as const)('a %s has the lag %s, in whole seconds that are cut', (source, lag_s) => {
  const received_ms = (SAMPLE_S + 5) * 1000 + 999;
  expect(factOf(delivery({ source, received_ms }))).toMatchObject({ logged_s: SAMPLE_S, lag_s });
});

test.each([
  ['cut off within a fact', '{"types":["a"],"riders":["r"],"facts":[1,0,0,250]}'],
  ['a type that is not in its table', '{"types":[],"riders":["r"],"facts":[1,0,0,250,null]}'],
  ['a rider that is not in its table', '{"types":["a"],"riders":["r"],"facts":[1,0,1,250,null]}'],
  ['a price that is none', '{"types":["a"],"riders":["r"],"facts":[1,0,0,null,null]}'],
  ['an instant that is none', '{"types":["a"],"riders":["r"],"facts":[null,0,0,250,null]}'],
])('a damaged entry is refused: %s', (_, text) => {
  expect(() => factsOfEntry(text)).toThrow(RangeError);
});
