/** The API's envelope: `{errors[], data: {<list>[], page_count, total_count, pagination: {page, per_page, next}}}`. */
import { z } from 'zod';
import type { AdjustmentClaim } from '../domain/adjustment.js';
import { removeCardNumbers } from '../domain/card-number.js';
import { ExactNumber } from '../domain/exact-number.js';
import type { PaymentClaim } from '../domain/payment.js';
import { adjustmentsInRow } from './adjustment-payload.js';
import { ProviderError } from './provider-error.js';
import type { FieldPaths, ProviderSettings } from './provider-settings.js';

/** One row of a list. */
export interface ProviderItem {
  /** What the row says by the configured fields; undefined where it is no object. */
  readonly claim: PaymentClaim | undefined;
  readonly raw: unknown;
  /** What the row tells of the payment's adjustments. */
  readonly adjustments?: readonly AdjustmentClaim[];
}

export interface ProviderPage {
  readonly page: number;
  readonly items: readonly ProviderItem[];
  /** Null where the provider does not say. */
  readonly totalCount: number | null;
  /** What to ask for next: a page, or an address; null at the end. */
  readonly next: number | string | null;
}

const count = z.number().int().min(0).nullish();

const PAGING = z.object({
  page_count: count,
  total_count: count,
  pagination: z
    .object({
      page: count,
      per_page: count,
      next: z.union([z.number().int(), z.string().max(2048), z.boolean(), z.null()]).optional(),
    })
    .nullish(),
});
const ENVELOPE = z.object({ errors: z.array(z.unknown()).nullish(), data: z.unknown() });
const ROWS = z.array(z.unknown());
const ERROR_TEXT = z.union([
  z.string(),
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ code: z.union([z.string(), z.number()]) }).transform(({ code }) => `code ${code}`),
]);
const ERROR_CHARACTERS = 200;

/**
 * Reads a page of a list.
 * @param asked the page that was asked for
 * @throws ProviderError `refused` with the provider's errors, `malformed` naming the field
 */
export function readPage(value: unknown, asked: number, settings: ProviderSettings): ProviderPage {
  const { list, fields, adjustments, limits } = settings;
  const envelope = ENVELOPE.safeParse(value);
  if (!envelope.success) throw malformed(envelope.error.issues[0], []);
  const { errors, data } = envelope.data;
  if (errors !== null && errors !== undefined && errors.length > 0) {
    const message = `The provider refuses page ${asked}: ${errors.slice(0, 3).map(errorText).join('; ')}`;
    throw new ProviderError('refused', message);
  }
  const paging = PAGING.safeParse(data);
  if (!paging.success) throw malformed(paging.error.issues[0], ['data']);
  const rows = ROWS.safeParse(at(data, list));
  if (!rows.success) {
    const message = `The provider's answer has no list data.${list}. Are FARELOG_BYTEMARK_LIST and FARELOG_BYTEMARK_PAYMENTS_PATH right?`;
    throw new ProviderError('malformed', message);
  }
  const items = rows.data.map((raw): ProviderItem => {
    const claim = claimOf(raw, fields);
    const told = adjustmentsInRow(raw, adjustments, claim?.payment_id);
    return { claim, raw, ...(told.length === 0 ? {} : { adjustments: told }) };
  });
  const totalCount = paging.data.total_count ?? null;
  const next = nextOf(paging.data, asked, items.length, limits.pageRows);
  return { page: asked, items, totalCount, next };
}

/** Errors of an answer that is no page, in a few words; undefined where it tells none. */
export function errorsIn(value: unknown): string | undefined {
  const errors = ROWS.safeParse(at(value, 'errors'));
  if (!errors.success || errors.data.length === 0) return undefined;
  return errors.data.slice(0, 3).map(errorText).join('; ');
}

function errorText(error: unknown): string {
  const text = ERROR_TEXT.safeParse(error);
  return text.success
    ? removeCardNumbers(text.data.slice(0, ERROR_CHARACTERS))
    : 'an error without a message';
}

function malformed(issue: z.core.$ZodIssue | undefined, before: readonly string[]): ProviderError {
  const field = [...before, ...(issue?.path ?? []).map(String)].join('.') || 'body';
  const message = `The provider's answer is not the envelope that is known: ${field}: ${issue?.message ?? 'unreadable'}.`;
  return new ProviderError('malformed', message);
}

/** By `pagination.next` where there is one, else by the counts, else until a page is not full. */
function nextOf(
  { pagination, page_count, total_count }: z.infer<typeof PAGING>,
  asked: number,
  rows: number,
  pageRows: number,
): number | string | null {
  const next = pagination?.next;
  if (next !== undefined) return goesOn(typeof next === 'boolean' ? (next ? asked + 1 : null) : next, asked);
  if (page_count !== null && page_count !== undefined) return asked < page_count ? asked + 1 : null;
  const perPage = pagination?.per_page ?? pageRows;
  if (total_count !== null && total_count !== undefined)
    return asked * perPage < total_count && rows > 0 ? asked + 1 : null;
  return rows === 0 ? null : asked + 1;
}

/** A page that is not a later one would go round for ever. */
function goesOn(next: number | string | null, asked: number): number | string | null {
  if (next === null || next === '') return null;
  if (typeof next === 'string' && !/^\d{1,9}$/.test(next)) return next;
  if (Number(next) > asked) return Number(next);
  const message = `The provider's answer does not go on: data.pagination.next is ${next} on page ${asked}.`;
  throw new ProviderError('malformed', message);
}

function at(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof ExactNumber)
    return undefined;
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

function claimOf(raw: unknown, fields: FieldPaths): PaymentClaim | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw) || raw instanceof ExactNumber)
    return undefined;
  const field = (path: string): unknown => path.split('.').reduce(at, raw);
  return {
    payment_id: wholeNumber(field(fields.payment_id)),
    user_id: field(fields.user_id),
    order_id: wholeNumber(field(fields.order_id)),
    payment_type: field(fields.payment_type),
    total_price: field(fields.total_price),
    logged_on: field(fields.logged_on),
    currency: field(fields.currency),
    reference: field(fields.reference),
  };
}

/** Ids that come as text; anything else is left to be refused. */
function wholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}
