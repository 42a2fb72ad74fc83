/** A payment, what makes it valid, and the record it becomes. */
import { CARD_NUMBER_REMOVED, isCardNumber, removeCardNumbers } from './card-number.js';
import type { Problem } from './errors.js';
import { ExactNumber } from './exact-number.js';
import {
  checkCharacters,
  checkCurrency,
  checkInstant,
  checkInteger,
  checkText,
  isAbsent,
  type Report,
} from './field-checks.js';
import {
  type Currency,
  formatMinor,
  type MoneyUnit,
  minorToNumber,
  numberToMinor,
  parsePrice,
} from './money.js';
import { normalizePaymentType, type PaymentTypeTable } from './payment-type.js';
import { fromSqlText, type InstantRules, sqlTextToIso, toIso, toSqlText } from './time.js';

/** A payment as Farelog counts with it: money in minor units, time in whole seconds, the rider a pseudonym. */
export interface Payment {
  readonly payment_id: number;
  readonly user_id: string;
  readonly order_id: number;
  readonly payment_type: string;
  readonly price_minor: number;
  readonly logged_s: number;
}

/** A row of the table `hntb_bytemark_order_payments`: money as DOUBLE, times as UTC text. */
export interface PaymentRow {
  readonly payment_id: number;
  readonly user_id: string;
  readonly order_id: number;
  readonly payment_type: string;
  readonly total_price: number;
  readonly logged_on: string;
  readonly created_on: string;
  readonly modified_on: string;
}

/** A payment as it is answered: money as a number of currency units, times as ISO 8601 in UTC. */
export type PaymentRecord = PaymentRow;

/** What a delivery says of a payment, before anything is believed. */
export interface PaymentClaim {
  readonly payment_id: unknown;
  readonly user_id: unknown;
  readonly order_id: unknown;
  /** The provider's word, or a payment type. */
  readonly payment_type: unknown;
  readonly total_price: unknown;
  readonly logged_on: unknown;
  /** ISO 4217; undefined where the feed does not say. */
  readonly currency?: unknown;
  /** Where it came from, for the capture: an event or order id. */
  readonly reference?: unknown;
}

export interface PaymentRules {
  readonly currency: Currency;
  readonly unit: MoneyUnit;
  readonly time: InstantRules;
  readonly acceptZeroFares: boolean;
  readonly clockSkewS: number;
  readonly paymentTypes: PaymentTypeTable;
}

/** A claim that held: a payment but for its rider, who is still the provider's. */
export interface CheckedPayment extends Omit<Payment, 'user_id'> {
  /** The provider's id of the rider. Never stored. */
  readonly provider_user_id: string;
  /** The provider's own word for the payment type. */
  readonly raw_method: string;
  readonly reference: string | null;
}

export type CheckResult =
  | { readonly ok: true; readonly payment: CheckedPayment }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export const MAX_PAYMENT_ID = 4_294_967_295;
const MAX_ORDER_ID = 2_147_483_647;
export const MAX_USER_ID_CHARACTERS = 256;
export const MAX_PAYMENT_TYPE_CHARACTERS = 32;
/**
 * Checks a claim by the contract's table of rules and reports all its problems together, in the table's order.
 * @param now milliseconds since 1970 by the application's clock
 */
export function checkPayment(claim: PaymentClaim, rules: PaymentRules, now: number): CheckResult {
  const problems: Problem[] = [];
  const report = (field: string, code: string, message: string): void => {
    problems.push({ field, code, message: `${field} ${message}` });
  };
  const paymentId = checkInteger('payment_id', claim.payment_id, MAX_PAYMENT_ID, report);
  const userId = checkUserId(claim.user_id, report);
  const orderId = checkInteger('order_id', claim.order_id, MAX_ORDER_ID, report);
  const rawMethod = checkText('payment_type', claim.payment_type, report);
  const paymentType = rawMethod === '' ? '' : normalizePaymentType(rawMethod, rules.paymentTypes);
  const price = checkPrice(claim.total_price, rules, report);
  const logged = checkInstant('logged_on', claim.logged_on, rules, now, report);
  checkCurrency(claim.currency, rules.currency, report);
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    payment: {
      payment_id: paymentId,
      provider_user_id: userId,
      order_id: orderId,
      payment_type: paymentType,
      price_minor: price,
      logged_s: logged,
      raw_method: removeCardNumbers(rawMethod),
      reference: readReference(claim.reference),
    },
  };
}

function checkUserId(value: unknown, report: Report): string {
  if (isAbsent(value) || value === '') {
    report('user_id', 'required', 'is missing');
    return '';
  }
  if (value instanceof ExactNumber && /^-?\d+$/.test(value.text)) return value.text;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string') {
    report('user_id', 'not_an_id', 'must be a non-empty string or a whole number');
    return '';
  }
  if (value.includes(CARD_NUMBER_REMOVED)) {
    report(
      'user_id',
      'card_number_removed',
      'held a card number, which was not kept; have it sent again with the real id',
    );
  }
  return checkCharacters('user_id', value, Number.POSITIVE_INFINITY, report);
}

function checkPrice(value: unknown, rules: PaymentRules, report: Report): number {
  const field = 'total_price';
  if (isAbsent(value)) {
    report(field, 'required', 'is missing');
    return 0;
  }
  const price = parsePrice(value, rules.unit, rules.currency);
  if (!price.ok) {
    report(field, price.code, price.message);
    return 0;
  }
  if (price.minor < 0) report(field, 'negative', 'must be over 0');
  if (price.minor === 0 && !rules.acceptZeroFares) {
    report(field, 'zero', 'must be over 0; set FARELOG_ZERO_FARES=accept where fare-free payments are real');
  }
  return price.minor;
}

/** What the provider calls the event or order. It is provenance only: one that cannot be kept is left out. */
function readReference(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value instanceof ExactNumber ? value.text : value;
  let usable = true;
  const reference = checkText('reference', text, () => {
    usable = false;
  });
  return usable ? removeCardNumbers(reference) : null;
}

/** Problems of a rider's stored name, which a platform's own mapping may have made. */
export function checkStoredUserId(userId: string): readonly Problem[] {
  const problems: Problem[] = [];
  const report: Report = (field, code, message) =>
    problems.push({ field, code, message: `${field} ${message}` });
  if (userId === '') report('user_id', 'required', 'is empty after the mapping of riders');
  else checkCharacters('user_id', userId, MAX_USER_ID_CHARACTERS, report);
  // MySQL's collations pad: its keys would take "a " and "a" for one rider, and the ledger would not equal the rows.
  if (userId.endsWith(' ')) report('user_id', 'bad_characters', 'ends with a space, which databases ignore');
  if (isCardNumber(userId)) report('user_id', 'card_number', 'is a card number after the mapping of riders');
  return problems;
}

/** The contract's "content": what two deliveries of one payment must agree on. */
const CONTENT = ['user_id', 'order_id', 'payment_type', 'price_minor', 'logged_s'] as const;

const CONTENT_FIELD = {
  user_id: 'user_id',
  order_id: 'order_id',
  payment_type: 'payment_type',
  price_minor: 'total_price',
  logged_s: 'logged_on',
} as const satisfies Record<(typeof CONTENT)[number], keyof PaymentRow>;

/** The table's fields in which two payments of one id differ; empty for a duplicate. */
export function differingFields(stored: Payment, received: Payment): string[] {
  return CONTENT.filter((key) => stored[key] !== received[key]).map((key) => CONTENT_FIELD[key]);
}

/** The problems of a conflict: each differing field, with both values where they name no rider. */
export function conflictProblems(stored: Payment, received: Payment, currency: Currency): Problem[] {
  const show = (payment: Payment, field: string): string => {
    if (field === 'total_price') return formatMinor(payment.price_minor, currency);
    if (field === 'logged_on') return toIso(payment.logged_s);
    return field === 'order_id' ? String(payment.order_id) : payment.payment_type;
  };
  return differingFields(stored, received).map((field) => ({
    field,
    code: 'differs',
    message:
      field === 'user_id'
        ? 'user_id differs from the stored payment'
        : `${field} is ${show(received, field)} here and ${show(stored, field)} in the stored payment`,
  }));
}

/** The row of a payment captured at `received_s`. */
export function toRow(payment: Payment, receivedS: number, currency: Currency): PaymentRow {
  const captured = toSqlText(receivedS);
  return {
    payment_id: payment.payment_id,
    user_id: payment.user_id,
    order_id: payment.order_id,
    payment_type: payment.payment_type,
    total_price: minorToNumber(payment.price_minor, currency),
    logged_on: toSqlText(payment.logged_s),
    created_on: captured,
    modified_on: captured,
  };
}

export function fromRow(row: PaymentRow, currency: Currency): Payment {
  return {
    payment_id: row.payment_id,
    user_id: row.user_id,
    order_id: row.order_id,
    payment_type: row.payment_type,
    price_minor: numberToMinor(row.total_price, currency),
    logged_s: fromSqlText(row.logged_on),
  };
}

/** A row as it is answered: the same fields, times as ISO 8601 in UTC. */
export function toRecord(row: PaymentRow): PaymentRecord {
  return {
    payment_id: row.payment_id,
    user_id: row.user_id,
    order_id: row.order_id,
    payment_type: row.payment_type,
    total_price: row.total_price,
    logged_on: sqlTextToIso(row.logged_on),
    created_on: sqlTextToIso(row.created_on),
    modified_on: sqlTextToIso(row.modified_on),
  };
}
