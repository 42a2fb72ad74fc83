/** From a claim to a delivery: checked, and its rider made a pseudonym. Nothing before this point is stored. */
import type { Problem } from '../domain/errors.js';
import type { Delivery, Source } from '../domain/outcome.js';
import { checkPayment, checkStoredUserId, type PaymentClaim, type PaymentRules } from '../domain/payment.js';
import { type PseudonymKey, pseudonymOf } from '../domain/pseudonym.js';

/** The stored name of a provider's rider: a pseudonym, or what the platform's own mapping gives. */
export type NameRider = (providerUserId: string) => string | Promise<string>;

export type Prepared =
  | { readonly ok: true; readonly delivery: Delivery }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const REMEMBERED_RIDERS = 50_000;

/** Names riders by keyed hash, remembering recent ones, since riders come again and again. */
export function pseudonymRiders(key: PseudonymKey): NameRider {
  const names = new Map<string, string>();
  return (providerUserId) => {
    const known = names.get(providerUserId);
    if (known !== undefined) return known;
    if (names.size >= REMEMBERED_RIDERS) names.clear();
    const name = pseudonymOf(providerUserId, key);
    names.set(providerUserId, name);
    return name;
  };
}

/**
 * Checks a claim and names its rider.
 * @param now milliseconds since 1970 by the application's clock: the time of receipt
 */
export async function prepare(
  claim: PaymentClaim,
  source: Source,
  rules: PaymentRules,
  nameRider: NameRider,
  now: number,
): Promise<Prepared> {
  const checked = checkPayment(claim, rules, now);
  if (!checked.ok) return checked;
  const { provider_user_id, raw_method, reference, ...rest } = checked.payment;
  const named = nameRider(provider_user_id);
  const userId = typeof named === 'string' ? named : await named;
  const problems = checkStoredUserId(userId);
  if (problems.length > 0) return { ok: false, problems };
  const capture = { source, raw_method, reference, received_ms: now };
  return { ok: true, delivery: { payment: { ...rest, user_id: userId }, capture } };
}
