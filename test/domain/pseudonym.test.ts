import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pseudonymKey, pseudonymOf } from '../../src/domain/pseudonym.js';

const KEY = pseudonymKey('a key of this test, long enough');

test('a pseudonym is the key id and half of an HMAC-SHA256 of the id', () => {
  const mac = createHmac('sha256', 'a key of this test, long enough').update('rider-1').digest('hex');
  expect(pseudonymOf('rider-1', KEY)).toBe(`${KEY.id}_${mac.slice(0, 32)}`);
});

test('the same rider always has the same pseudonym, and no two riders share one', () => {
  const pseudonyms = new Set(Array.from({ length: 10_000 }, (_, id) => pseudonymOf(String(id), KEY)));
  expect(pseudonyms.size).toBe(10_000);
  expect(pseudonymOf('rider-1', KEY)).toBe(
    pseudonymOf('rider-1', pseudonymKey('a key of this test, long enough')),
  );
});

test('another key gives another pseudonym and another key id', () => {
  const other = pseudonymKey('another key');
  expect(other.id).not.toBe(KEY.id);
  expect(pseudonymOf('rider-1', other).slice(9)).not.toBe(pseudonymOf('rider-1', KEY).slice(9));
});

test('a pseudonym fits the column whatever the id, and does not tell it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'binary', maxLength: 2_000 }), (id) => {
      const pseudonym = pseudonymOf(id, KEY);
      expect(pseudonym).toMatch(/^[0-9a-f]{8}_[0-9a-f]{32}$/);
    }),
  );
});

test('the key id does not hold the key', () => {
  expect(KEY.id).toMatch(/^[0-9a-f]{8}$/);
  expect(KEY.id).not.toBe(KEY.secret.toString('hex').slice(0, 8));
});
