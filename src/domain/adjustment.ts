/** Adjustments: what was given back or put right after a payment. The payment's own row stays as it is. */
import { CARD_NUMBER_REMOVED, isCardNumber, removeCardNumbers } from './card-number.js';
import type { Problem } from './errors.js';
import { ExactNumber } from './exact-number.js';
import {
  checkCurrency,
  checkInstant,
  checkInteger,
  checkText,
  isAbsent,
  type Report,
} from './field-checks.js';
import { type Currency, formatMinor, parsePrice } from './money.js';
import { MAX_PAYMENT_ID, type PaymentRules } from './payment.js';
import { toIso } from './time.js';

/** `refund`: money given back; `void`: the payment did not come about; `correction`: its price was wrong. */
export const ADJUSTMENT_KINDS = ['refund', 'void', 'correction'] as const;
export type AdjustmentKind = (typeof ADJUSTMENT_KINDS)[number];

export interface Adjustment {
  /** The provider's name of it, or one made here; never two adjustments of one name. 1…64 characters. */
  readonly adjustment_id: string;
  readonly payment_id: number;
  readonly kind: AdjustmentKind;
  /** What it changes of the revenue, in minor units: below zero where money goes back. Never zero. */
  readonly amount_minor: number;
  /** When it came about, whole seconds since 1970. It counts at this time, not at that of its payment. */
  readonly adjusted_s: number;
  readonly reason: string | null;
}

/** What a delivery says of an adjustment, before anything is believed. */
export interface AdjustmentClaim {
  readonly adjustment_id: unknown;
  readonly payment_id: unknown;
  /** A kind, or the provider's word for one. */
  readonly kind: unknown;
  /** Of refunds and voids how much goes back, with or without a sign; of corrections the change, with its sign. */
  readonly amount: unknown;
  readonly adjusted_on: unknown;
  readonly reason?: unknown;
  readonly currency?: unknown;
}

/** Every provider word (lower case) and its kind. */
export type AdjustmentKindTable = ReadonlyMap<string, AdjustmentKind>;

const WORDS: Readonly<Record<string, AdjustmentKind>> = {
  refund: 'refund',
  refunded: 'refund',
  partial_refund: 'refund',
  credit: 'refund',
  credited: 'refund',
  credited_order_item: 'refund',
  chargeback: 'refund',
  void: 'void',
  voided: 'void',
  cancel: 'void',
  canceled: 'void',
  cancelled: 'void',
  reversal: 'void',
  reversed: 'void',
  correction: 'correction',
  corrected: 'correction',
  adjustment: 'correction',
};

/** The words that are known, and a platform's own, which go first. */
export function adjustmentKinds(more: Readonly<Record<string, AdjustmentKind>> = {}): AdjustmentKindTable {
  const own = Object.entries(more).map(([word, kind]) => [word.toLowerCase(), kind] as const);
  return new Map([...Object.entries(WORDS), ...own]);
}

/** The kind of a word: also of an event's name such as `payment.refunded` or `order-voided`; undefined for none. */
export function kindOf(word: unknown, kinds: AdjustmentKindTable): AdjustmentKind | undefined {
  if (typeof word !== 'string') return undefined;
  const whole = word.toLowerCase();
  return kinds.get(whole) ?? kinds.get(whole.replace(/^.*[.:/-]/, ''));
}

export interface AdjustmentRules extends Pick<PaymentRules, 'currency' | 'unit' | 'time' | 'clockSkewS'> {
  readonly adjustmentKinds: AdjustmentKindTable;
}

export type AdjustmentCheck =
  | { readonly ok: true; readonly adjustment: Adjustment }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** So begin the names of those that reconciliation has made. */
export const CORRECTING_PREFIX = 'reconciliation-';

/** The column for the name of an adjustment. */
const MAX_ADJUSTMENT_ID_CHARACTERS = 64;

/**
 * Checks a claim and reports all its problems together. Whether its payment is there is no question of validity.
 * @param now milliseconds since 1970 by the application's clock
 */
export function checkAdjustment(
  claim: AdjustmentClaim,
  rules: AdjustmentRules,
  now: number,
): AdjustmentCheck {
  const problems: Problem[] = [];
  const report: Report = (field, code, message) => {
    problems.push({ field, code, message: `${field} ${message}` });
  };
  const adjustment_id = checkName(claim.adjustment_id, report);
  const payment_id = checkInteger('payment_id', claim.payment_id, MAX_PAYMENT_ID, report);
  const kind = checkKind(claim.kind, rules.adjustmentKinds, report);
  const amount_minor = checkAmount(claim.amount, kind, rules, report);
  const adjusted_s = checkInstant('adjusted_on', claim.adjusted_on, rules, now, report);
  const reason = checkReason(claim.reason, report);
  checkCurrency(claim.currency, rules.currency, report);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, adjustment: { adjustment_id, payment_id, kind, amount_minor, adjusted_s, reason } };
}

function checkName(value: unknown, report: Report): string {
  const field = 'adjustment_id';
  const text = value instanceof ExactNumber ? value.text : typeof value === 'number' ? String(value) : value;
  const name = checkText(field, text, report, MAX_ADJUSTMENT_ID_CHARACTERS);
  // Databases ignore spaces at the end, and would take two names for one.
  if (name.endsWith(' ')) report(field, 'bad_characters', 'ends with a space, which databases ignore');
  if (isCardNumber(name)) report(field, 'card_number', 'is a card number, which is never stored');
  if (name.includes(CARD_NUMBER_REMOVED))
    report(field, 'card_number_removed', 'held a card number, which was not kept');
  return name;
}

function checkKind(value: unknown, kinds: AdjustmentKindTable, report: Report): AdjustmentKind {
  const kind = kindOf(value, kinds);
  if (kind !== undefined) return kind;
  if (isAbsent(value)) report('kind', 'required', 'is missing');
  else
    report(
      'kind',
      'unknown',
      `must be one of ${ADJUSTMENT_KINDS.join(', ')}, or a word for one that is known`,
    );
  return 'correction';
}

function checkAmount(value: unknown, kind: AdjustmentKind, rules: AdjustmentRules, report: Report): number {
  if (isAbsent(value)) {
    report('amount', 'required', 'is missing');
    return 0;
  }
  const amount = parsePrice(value, rules.unit, rules.currency);
  if (!amount.ok) {
    report('amount', amount.code, amount.message);
    return 0;
  }
  if (amount.minor === 0) report('amount', 'zero', 'must not be 0: nothing would be adjusted');
  return kind === 'correction' ? amount.minor : -Math.abs(amount.minor);
}

function checkReason(value: unknown, report: Report): string | null {
  if (isAbsent(value) || value === '') return null;
  return removeCardNumbers(checkText('reason', value, report));
}

/** What two deliveries of one adjustment must agree on. The reason is no part of it: the first one stands. */
const CONTENT = ['payment_id', 'kind', 'amount_minor', 'adjusted_s'] as const;

const CONTENT_FIELD = {
  payment_id: 'payment_id',
  kind: 'kind',
  amount_minor: 'amount',
  adjusted_s: 'adjusted_on',
} as const satisfies Record<(typeof CONTENT)[number], string>;

/** The record's fields in which two adjustments of one name differ; empty for a duplicate. */
export function differingAdjustmentFields(stored: Adjustment, received: Adjustment): string[] {
  return CONTENT.filter((key) => stored[key] !== received[key]).map((key) => CONTENT_FIELD[key]);
}

/** The problems of a conflict: each differing field, with both values. */
export function adjustmentConflict(stored: Adjustment, received: Adjustment, currency: Currency): Problem[] {
  const show = (adjustment: Adjustment, field: string): string => {
    if (field === 'amount') return formatMinor(adjustment.amount_minor, currency);
    if (field === 'adjusted_on') return toIso(adjustment.adjusted_s);
    return field === 'kind' ? adjustment.kind : String(adjustment.payment_id);
  };
  return differingAdjustmentFields(stored, received).map((field) => ({
    field,
    code: 'differs',
    message: `${field} is ${show(received, field)} here and ${show(stored, field)} in the stored adjustment`,
  }));
}
