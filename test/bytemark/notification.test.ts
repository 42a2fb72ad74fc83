import fc from 'fast-check';
import { expect, test } from 'vitest';
import { notificationOf } from '../../src/bytemark/notification.js';
import { claimFromWebhook, parseJsonText } from '../../src/bytemark/payload.js';
import { checkPayment, type PaymentClaim, type PaymentRules } from '../../src/domain/payment.js';
import { paymentTypeTable } from '../../src/domain/payment-type.js';
import { CHICAGO, USD } from '../support/databases.js';

const NOW = Date.UTC(2026, 5, 1);
const WEBHOOKS: PaymentRules = {
  currency: USD,
  unit: 'major',
  time: { format: 'iso', zone: null },
  acceptZeroFares: false,
  clockSkewS: 60,
  paymentTypes: paymentTypeTable(),
};

/** What a replay of the notification makes of it. */
function replayed(claim: PaymentClaim, rules: PaymentRules) {
  const parsed = parseJsonText(notificationOf(claim, rules));
  const again = parsed.ok ? claimFromWebhook(parsed.value) : undefined;
  return again === undefined ? undefined : checkPayment(again, WEBHOOKS, NOW);
}

/** The first value four times in five. */
const mostly = (good: unknown, ...others: unknown[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

/** Values of which some are right by one feed, some by another, and some by none. */
const claims = fc.record({
  payment_id: mostly(7, 0, 'seven', undefined),
  user_id: mostly('rider-1', '', 12),
  order_id: mostly(9, undefined),
  payment_type: mostly('card', 'applepay', ''),
  total_price: fc.constantFrom<unknown>(250, '250', '2.50', 2.5, '2.505', '-3', '', null, 'free'),
  logged_on: fc.constantFrom<unknown>(
    1_767_312_000,
    1_767_312_000_000,
    '2026-01-02T00:00:00Z',
    '2026-01-02T00:00:00',
    '2026-03-08T02:30:00',
    null,
  ),
  currency: mostly('USD', undefined, 'EUR'),
  reference: mostly('evt_1', undefined),
});
const feeds = fc.record({
  unit: fc.constantFrom('major' as const, 'minor' as const),
  format: fc.constantFrom('iso' as const, 'epoch_s' as const, 'epoch_ms' as const),
  zone: fc.constantFrom(null, CHICAGO),
});

test('a row that is a payment is the same payment as a notification, whatever its unit and its times', () => {
  let valid = 0;
  fc.assert(
    fc.property(claims, feeds, (claim, { unit, format, zone }) => {
      const rules = { ...WEBHOOKS, unit, time: { format, zone } };
      const direct = checkPayment(claim, rules, NOW);
      if (!direct.ok) return;
      valid++;
      expect(replayed(claim, rules)).toEqual(direct);
    }),
    { numRuns: 5_000 },
  );
  expect(valid).toBeGreaterThan(100);
});

test('a price that is none in its feed is not taken for another one when it is replayed', () => {
  fc.assert(
    fc.property(claims, feeds, (claim, { unit, format, zone }) => {
      const rules = { ...WEBHOOKS, unit, time: { format, zone } };
      const direct = checkPayment(claim, rules, NOW);
      const isWrong = !direct.ok && direct.problems.some(({ field }) => field === 'total_price');
      const again = replayed(claim, rules);
      if (isWrong) expect(again?.ok).toBe(false);
    }),
    { numRuns: 5_000 },
  );
});
