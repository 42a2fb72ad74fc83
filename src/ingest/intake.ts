/** From a claim to a delivery: checked, and its rider made a pseudonym. Nothing before this point is stored. */
import { ERASED } from '../domain/erasure.js';
import type { Problem } from '../domain/errors.js';
import type { Delivery, Source } from '../domain/outcome.js';
import {
  type CheckedPayment,
  checkPayment,
  checkStoredUserId,
  type PaymentClaim,
  type PaymentRules,
} from '../domain/payment.js';
import { type PseudonymKey, pseudonymOf } from '../domain/pseudonym.js';

/** The stored name of a provider's rider: a pseudonym, or what the platform's own mapping gives. */
export type NameRider = (providerUserId: string) => string | Promise<string>;

export type Prepared =
  | { readonly ok: true; readonly delivery: Delivery }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** An HMAC costs more than all other checks of a payment; a remembered name takes some 200 bytes. */
const REMEMBERED_RIDERS = 250_000;

/** Names riders by keyed hash, remembering recent ones, since riders come again and again. */
export function pseudonymRiders(key: PseudonymKey): NameRider {
  const names = new Map<string, string>();
  return (providerUserId) => {
    const known = names.get(providerUserId);
    if (known !== undefined) return known;
    if (names.size >= REMEMBERED_RIDERS) names.clear();
    const name = pseudonymOf(providerUserId, key);
    // The copy lets go of the text that the id was cut from, which may be far larger.
    names.set(Buffer.from(providerUserId).toString(), name);
    return name;
  };
}

/**
 * Checks a claim and names its rider. Answers at once unless the naming itself is asynchronous, so that a file of
 * millions of rows makes no promise a row.
 * @param now milliseconds since 1970 by the application's clock: the time of receipt
 */
export function prepareAtOnce(
  claim: PaymentClaim,
  source: Source,
  rules: PaymentRules,
  nameRider: NameRider,
  now: number,
): Prepared | Promise<Prepared> {
  const checked = checkPayment(claim, rules, now);
  if (!checked.ok) return checked;
  const { payment } = checked;
  const named = nameRider(payment.provider_user_id);
  if (typeof named === 'string') return withRider(payment, source, named, now);
  return named.then((userId) => withRider(payment, source, userId, now));
}

/** The same, always as a promise. */
export async function prepare(...claim: Parameters<typeof prepareAtOnce>): Promise<Prepared> {
  return prepareAtOnce(...claim);
}

/** What an erasure left in quarantine is replayed under that word, and nothing else may bring it. */
const NOBODY: Problem = {
  field: 'user_id',
  code: 'reserved',
  message: `user_id must not be "${ERASED}", which stands for riders who were erased`,
};

function withRider(checked: CheckedPayment, source: Source, userId: string, now: number): Prepared {
  const problems = userId === ERASED && source !== 'replay' ? [NOBODY] : checkStoredUserId(userId);
  if (problems.length > 0) return { ok: false, problems };
  const { payment_id, order_id, payment_type, price_minor, logged_s, raw_method, reference } = checked;
  return {
    ok: true,
    delivery: {
      payment: { payment_id, user_id: userId, order_id, payment_type, price_minor, logged_s },
      capture: { source, raw_method, reference, received_ms: now },
    },
  };
}
