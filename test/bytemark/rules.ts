/** The default rules of a Bytemark feed, and what its bodies become under them. */
import { claimFromWebhook, parseJson } from '../../src/bytemark/payload.js';
import { type CheckResult, checkPayment, type PaymentRules } from '../../src/domain/payment.js';
import { paymentTypeTable } from '../../src/domain/payment-type.js';

export const RULES: PaymentRules = {
  currency: { code: 'USD', digits: 2 },
  unit: 'major',
  time: { format: 'iso', zone: null },
  acceptZeroFares: false,
  clockSkewS: 60,
  paymentTypes: paymentTypeTable(),
};

/** What a delivery's bytes become at `now` (milliseconds since 1970): a payment, or problems. */
export function receive(body: string, now: number, rules: PaymentRules = RULES): CheckResult {
  const parsed = parseJson(Buffer.from(body));
  if (!parsed.ok) return { ok: false, problems: [parsed.problem] };
  const claim = claimFromWebhook(parsed.value);
  const notAnObject = { field: 'body', code: 'not_an_object', message: 'body must be a JSON object' };
  return claim === undefined ? { ok: false, problems: [notAnObject] } : checkPayment(claim, rules, now);
}
