/** The rider whom quarantined bytes name, and the bytes without anything of that rider. */
import { claimFromWebhook, formatJson, parseJson } from '../bytemark/payload.js';
import { ERASED } from '../domain/erasure.js';
import { ExactNumber } from '../domain/exact-number.js';

/** The provider's id of the rider; undefined where none can be read. */
export function riderInPayload(body: Uint8Array): string | undefined {
  const parsed = parseJson(body);
  const claim = parsed.ok ? claimFromWebhook(parsed.value) : undefined;
  return claim === undefined ? riderInText(Buffer.from(body).toString('utf8')) : idText(claim.user_id);
}

/** As `checkPayment` reads ids. */
function idText(value: unknown): string | undefined {
  if (value instanceof ExactNumber) return value.text;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Bytes that are no JSON object may still hold one: cut off, or in a list. */
function riderInText(text: string): string | undefined {
  const [, quoted, digits] = /"user_id"\s*:\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+))/.exec(text) ?? [];
  if (digits !== undefined) return digits;
  const parsed = quoted === undefined ? undefined : parseJson(Buffer.from(quoted));
  return parsed?.ok === true ? idText(parsed.value) : undefined;
}

/** What of a notification is about the payment or its adjustment; all else may name the rider in a way that is not known here. */
const KEPT_FIELDS = [
  ...['payment_id', 'order_id', 'payment_method', 'amount', 'timestamp', 'currency'],
  ...['adjustment_id', 'refund_id', 'void_id', 'correction_id', 'kind', 'event_type', 'type', 'adjusted_on'],
];
const MAX_KEPT_CHARACTERS = 64;

/** The notification with the word for erased riders in the place of its rider; undefined where it is none. */
export function payloadWithoutRider(body: Uint8Array): Buffer | undefined {
  const parsed = parseJson(body);
  if (!parsed.ok || claimFromWebhook(parsed.value) === undefined) return undefined;
  const rider = riderInPayload(body);
  const kept = Object.entries(Object(parsed.value)).filter(
    ([field, value]) =>
      KEPT_FIELDS.includes(field) && isPlain(value) && (typeof value !== 'string' || value !== rider),
  );
  return Buffer.from(formatJson({ ...Object.fromEntries(kept), user_id: ERASED }), 'utf8');
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= MAX_KEPT_CHARACTERS;
  return value === null || ['number', 'boolean'].includes(typeof value) || value instanceof ExactNumber;
}

/** In the place of bytes of which nothing can be kept. */
export const NOTHING_KEPT = Buffer.from(`{"user_id":"${ERASED}"}`, 'utf8');
