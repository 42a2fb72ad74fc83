/**
 * From a payload to what it claims of an adjustment. How Bytemark tells of a refund is not public, so names and words
 * are configuration; without it those are understood that its kind of payload would have.
 */
import { type AdjustmentClaim, type AdjustmentKindTable, kindOf } from '../domain/adjustment.js';
import { isObject, type JsonObject } from './payload.js';

export const ADJUSTMENT_FIELDS = [
  'adjustment_id',
  'payment_id',
  'kind',
  'amount',
  'adjusted_on',
  'reason',
  'currency',
] as const satisfies readonly (keyof AdjustmentClaim)[];
export type AdjustmentField = (typeof ADJUSTMENT_FIELDS)[number];

/** Where a feed has a field under another name: a name, or names joined by dots. */
export type AdjustmentFields = Readonly<Partial<Record<AdjustmentField, string>>>;

export function isAdjustmentField(name: string): name is AdjustmentField {
  return ADJUSTMENT_FIELDS.some((field) => field === name);
}

/** Names of an adjustment that say of which kind it is. */
const IDS = { refund_id: 'refund', void_id: 'void', correction_id: 'correction' } as const;

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function at(payload: JsonObject, path: string): unknown {
  const step = (value: unknown, name: string): unknown =>
    isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return path.split('.').reduce<unknown>(step, payload);
}

/**
 * The claim of a payload that tells of an adjustment; undefined for all others, which are taken for payments. It tells
 * of one where it names one by its id, where its event is one, or where it says so and names no way of paying.
 */
export function adjustmentFromWebhook(
  payload: unknown,
  kinds: AdjustmentKindTable,
  fields: AdjustmentFields = {},
): AdjustmentClaim | undefined {
  if (!isObject(payload)) return undefined;
  const claim = adjustmentFromRecord(payload, fields);
  if (claim === undefined) return undefined;
  const isNamed = isGiven(claim.adjustment_id);
  const isEvent = kindOf(payload.event_type, kinds) !== undefined;
  const saysSo = kindOf(claim.kind, kinds) !== undefined && !isGiven(payload.payment_method);
  if (!isNamed && !isEvent && !saysSo) return undefined;
  // The event's name is all that a feed without names of adjustments has to know a repetition by.
  return isNamed ? claim : { ...claim, adjustment_id: payload.event_id };
}

/**
 * What a listed row of a payment tells of its adjustments, at a path: one object, or several. Each is of the row's
 * payment, and a refund, where it does not say otherwise. What is no object tells nothing.
 */
export function adjustmentsInRow(raw: unknown, path: string, paymentId: unknown): AdjustmentClaim[] {
  if (!isObject(raw)) return [];
  const found = at(raw, path);
  return (Array.isArray(found) ? found : [found]).flatMap((one: unknown) => {
    const claim = adjustmentFromRecord(one);
    if (claim === undefined) return [];
    return {
      ...claim,
      payment_id: isGiven(claim.payment_id) ? claim.payment_id : paymentId,
      kind: isGiven(claim.kind) ? claim.kind : 'refund',
    };
  });
}

/** An adjustment in the record's own field names, or in those of a notification. */
export function adjustmentFromRecord(
  record: unknown,
  fields: AdjustmentFields = {},
): AdjustmentClaim | undefined {
  if (!isObject(record)) return undefined;
  const given = (field: AdjustmentField, ...others: readonly string[]): unknown => {
    const path = fields[field];
    const mapped = path === undefined ? undefined : at(record, path);
    const names = [field, ...others].filter((name) => isGiven(record[name]));
    return isGiven(mapped) ? mapped : record[names[0] ?? field];
  };
  const ofId = Object.entries(IDS).find(([id]) => isGiven(record[id]))?.[1];
  return {
    adjustment_id: given('adjustment_id', ...Object.keys(IDS)),
    payment_id: given('payment_id'),
    kind: given('kind', 'event_type', 'type') ?? ofId,
    amount: given('amount'),
    adjusted_on: given('adjusted_on', 'timestamp'),
    reason: given('reason'),
    currency: given('currency'),
  };
}
