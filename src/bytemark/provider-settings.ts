/** What is configured of the provider's API, since no public contract says it. */
import type { MoneyUnit } from '../domain/money.js';
import type { PaymentClaim } from '../domain/payment.js';
import type { TimeFormat, Zone } from '../domain/time.js';

export type ProviderField = keyof PaymentClaim;

/** Where each field of a payment stands in an item of the API: a name, or names joined by dots. */
export type FieldPaths = Readonly<Record<ProviderField, string>>;

/** The names of the notification, which is all that is known of how the provider calls them. */
export const DEFAULT_FIELDS: FieldPaths = {
  payment_id: 'payment_id',
  user_id: 'user_id',
  order_id: 'order_id',
  payment_type: 'payment_method',
  total_price: 'amount',
  logged_on: 'timestamp',
  currency: 'currency',
  reference: 'event_id',
};

export function isProviderField(name: string): name is ProviderField {
  return Object.hasOwn(DEFAULT_FIELDS, name);
}

/** Lists that the API's envelope is known to hold. */
export const LISTS = ['payments', 'orders', 'passes'] as const;
export type ListName = (typeof LISTS)[number];

/** What stands for a part of the question in the path of a list. */
export const PLACEHOLDERS = ['from', 'to', 'from_s', 'to_s', 'page', 'per_page'] as const;

export interface ProviderLimits {
  readonly pageRows: number;
  /** Pages of one window of time. */
  readonly windowPages: number;
  readonly answerBytes: number;
  /** For a whole answer. */
  readonly answerTimeoutMs: number;
  /** Of one request. */
  readonly tries: number;
  /** The longest wait that the provider may ask for. */
  readonly waitMs: number;
  readonly requestsPerS: number;
  /** Failures in a row after which the provider is left alone, and for how long. */
  readonly failures: number;
  readonly breakMs: number;
}

export interface ProviderSettings {
  /** Of http or https, without a slash at its end. */
  readonly url: string;
  readonly tokenPath: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the client's id and secret go: the header that RFC 6749 prefers, or the form. */
  readonly clientAuth: 'basic' | 'body';
  readonly scope: string | null;
  /** The rider or operator whose token is asked for; null: the client's own. */
  readonly owner: { readonly username: string; readonly password: string } | null;
  /** A path with `{page}` and, where the API filters by time, `{from}` and `{to}`. */
  readonly paymentsPath: string;
  readonly list: ListName;
  readonly fields: FieldPaths;
  /** Where a row tells of its payment's adjustments: a name, or names joined by dots. */
  readonly adjustments: string;
  readonly unit: MoneyUnit;
  readonly time: TimeFormat;
  /** The zone of local times without offset; null: such items are refused. */
  readonly zone: Zone | null;
  /** Whether `total_count` counts the rows that were asked for. */
  readonly trustTotals: boolean;
  readonly limits: ProviderLimits;
}

/** Whether the API is asked for a span of time, rather than for everything. */
export function asksForSpans({ paymentsPath }: Pick<ProviderSettings, 'paymentsPath'>): boolean {
  return /\{from(_s)?\}/.test(paymentsPath);
}
