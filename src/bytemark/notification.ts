/**
 * A row of the API as the notification that should have come: what cannot be recorded goes to quarantine like this, so
 * that it can be replayed like any webhook.
 */
import { formatMinor, parsePrice } from '../domain/money.js';
import type { PaymentClaim, PaymentRules } from '../domain/payment.js';
import { parseInstant, toIso } from '../domain/time.js';
import { formatJson } from './payload.js';

/** @param rules those by which the API's rows are read: its unit and its times */
export function notificationOf(claim: PaymentClaim, rules: PaymentRules): string {
  return formatJson({
    payment_id: claim.payment_id,
    user_id: claim.user_id,
    order_id: claim.order_id,
    payment_method: claim.payment_type,
    amount: amountOf(claim.total_price, rules),
    timestamp: timestampOf(claim.logged_on, rules),
    currency: claim.currency,
    event_id: claim.reference,
  });
}

function amountOf(value: unknown, { unit, currency }: PaymentRules): unknown {
  const price = parsePrice(value, unit, currency);
  if (price.ok) return formatMinor(price.minor, currency);
  // "2.5" is no count of cents, and a replay must not take it for dollars.
  return unit === 'major' || value === undefined ? value : { [unit]: value };
}

function timestampOf(value: unknown, { time }: PaymentRules): unknown {
  const instant = parseInstant(value, time);
  return instant.ok ? toIso(instant.second) : value;
}
