/** An exception as it is kept: what it shows, which never is a rider, and how it stands after it was seen again. */
import { type Currency, formatMinor } from './money.js';
import type { Payment } from './payment.js';
import { CATEGORY_SENTENCES, type ExceptionKind, type Pairing } from './reconciliation.js';
import { netOfListed } from './reconciliation-prices.js';
import { toIso } from './time.js';

export const ITEM_STATUSES = ['open', 'accepted', 'ignored', 'corrected', 'recorded', 'agreed'] as const;
export type ItemStatus = (typeof ITEM_STATUSES)[number];

export const ITEM_STATUS_SENTENCES: Readonly<Record<ItemStatus, string>> = {
  open: 'Waits for a person.',
  accepted: 'A person knows the difference, and it stays.',
  ignored: 'Left alone until a day, then open again if it is still there.',
  corrected: 'An adjustment was recorded that brings the payment to what the provider says.',
  recorded: 'It was missing here, and was recorded by reconciliation.',
  agreed: 'A later run no longer found it.',
};

/** A field with both values; of a rider, whose values are not kept, only that they differ. */
export interface FieldDifference {
  readonly field: string;
  readonly here: string | null;
  readonly there: string | null;
}

/** The payment, or what there is of it, without its rider. */
export interface ShownPayment {
  readonly order_id: number;
  readonly payment_type: string;
  readonly total_price: string;
  readonly logged_on: string;
}

export interface ItemDetails {
  readonly fields: readonly FieldDifference[];
  readonly payment: ShownPayment | null;
  /** Of a duplicate: how many records too many there are. */
  readonly times?: number;
  /** Why it could not be read or recorded. */
  readonly why?: string;
}

function shownValue(payment: Payment, field: string, currency: Currency): string {
  if (field === 'total_price' || field === 'net_price') return formatMinor(payment.price_minor, currency);
  if (field === 'logged_on') return toIso(payment.logged_s);
  if (field === 'user_id') return payment.user_id;
  return field === 'order_id' ? String(payment.order_id) : payment.payment_type;
}

/** Both values of each field; with riders' pseudonyms, which are for what is shown and never kept. */
export function differencesOf(
  { here, there, adjusted_minor = 0, fields }: Pick<Pairing, 'here' | 'there' | 'adjusted_minor' | 'fields'>,
  currency: Currency,
): FieldDifference[] {
  const ours = here && { ...here, price_minor: here.price_minor + adjusted_minor };
  const theirs = there && { ...there.payment, price_minor: netOfListed(there) };
  return fields.map((field) => ({
    field,
    here: ours && shownValue(ours, field, currency),
    there: theirs && shownValue(theirs, field, currency),
  }));
}

export function withoutRiders(fields: readonly FieldDifference[]): FieldDifference[] {
  return fields.map((one) => (one.field === 'user_id' ? { ...one, here: null, there: null } : one));
}

export function shownPayment(payment: Payment, currency: Currency): ShownPayment {
  return {
    order_id: payment.order_id,
    payment_type: payment.payment_type,
    total_price: shownValue(payment, 'total_price', currency),
    logged_on: shownValue(payment, 'logged_on', currency),
  };
}

/** An exception in a sentence or two. */
export function sentenceOf(kind: ExceptionKind, { fields, times = 1, why }: ItemDetails): string {
  const parts = [CATEGORY_SENTENCES[kind]];
  if (kind === 'duplicate_there') parts.push(`It is there ${times + 1} times.`);
  for (const { field, here, there } of fields) {
    if (kind === 'duplicate_there') parts.push(`Its ${field} is not the same each time.`);
    else if (here === null && there === null) parts.push(`${field} differs.`);
    else parts.push(`${field} is ${here ?? 'nothing'} here and ${there ?? 'nothing'} there.`);
  }
  if (why !== undefined) parts.push(`${why}.`);
  return parts.join(' ');
}

export interface StandingItem {
  readonly status: ItemStatus;
  readonly details: string;
  readonly until_ms: number | null;
}

/**
 * How an exception that was seen again stands: a decision holds as long as it is about the same difference, and an
 * ignored one until its day. What was corrected and is found again was not corrected by enough.
 */
export function statusAfter(before: StandingItem | undefined, details: string, now: number): ItemStatus {
  if (before === undefined || before.details !== details) return 'open';
  if (before.status === 'accepted') return 'accepted';
  return before.status === 'ignored' && (before.until_ms ?? 0) > now ? 'ignored' : 'open';
}
