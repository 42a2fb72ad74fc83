/** From the bytes of a delivery to what it claims. Numbers keep every digit; unknown fields are ignored. */
import { parse, stringify } from 'lossless-json';
import type { Problem } from '../domain/errors.js';
import { ExactNumber } from '../domain/exact-number.js';
import type { PaymentClaim } from '../domain/payment.js';

export type ParsedBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: Problem };

/** A number token as a number where that reproduces it digit by digit; else its text. */
function parseNumber(token: string): number | ExactNumber {
  const number = Number(token);
  return String(number) === token ? number : new ExactNumber(token);
}

/** Reads JSON without losing a digit; refuses bad UTF-8, bad JSON, keys that contradict themselves and endless nesting. */
export function parseJson(body: Uint8Array): ParsedBody {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return unreadable('not_utf8', 'is not UTF-8 text');
  }
  return parseJsonText(text);
}

/** The same for text. */
export function parseJsonText(text: string): ParsedBody {
  try {
    return { ok: true, value: parse(text, null, parseNumber) };
  } catch (error) {
    if (error instanceof RangeError) return unreadable('too_deep', 'is nested too deeply');
    return unreadable('not_json', 'is not JSON, or gives a key two values');
  }
}

/** A parsed value as JSON again, with every digit it came with. */
export function formatJson(value: unknown): string {
  return stringify(value, null, undefined, [{ test: isExactNumber, stringify: textOf }]) ?? 'null';
}

function isExactNumber(value: unknown): value is ExactNumber {
  return value instanceof ExactNumber;
}

function textOf(value: unknown): string {
  return isExactNumber(value) ? value.text : String(value);
}

function unreadable(code: string, message: string): ParsedBody {
  return { ok: false, problem: { field: 'body', code, message: `body ${message}` } };
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a parsed value is a plain object; one that names a prototype is not, nor is a number kept as text. */
export function isObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !isExactNumber(value) &&
    !Object.hasOwn(value, '__proto__')
  );
}

/** The fields of Bytemark's payment notification, as the contract names them. */
export function claimFromWebhook(payload: unknown): PaymentClaim | undefined {
  if (!isObject(payload)) return undefined;
  return {
    payment_id: payload.payment_id,
    user_id: payload.user_id,
    order_id: payload.order_id,
    payment_type: payload.payment_method,
    total_price: payload.amount,
    logged_on: payload.timestamp,
    currency: payload.currency,
    reference: payload.event_id ?? payload.order_uuid,
  };
}

/** A payment in the table's own field names, or in those of the notification. */
export function claimFromRecord(record: unknown): PaymentClaim | undefined {
  if (!isObject(record)) return undefined;
  return {
    payment_id: record.payment_id,
    user_id: record.user_id,
    order_id: record.order_id,
    payment_type: record.payment_type ?? record.payment_method,
    total_price: record.total_price ?? record.amount,
    logged_on: record.logged_on ?? record.timestamp,
    currency: record.currency,
    reference: record.reference ?? record.event_id ?? record.order_uuid,
  };
}
