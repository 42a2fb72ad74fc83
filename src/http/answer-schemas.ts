/** Schemas that the answers of several routes are made of. Times are UTC; money is in units of the currency. */
import { z } from 'zod';
import { ADJUSTMENT_KINDS } from '../domain/adjustment.js';
import type { AdjustmentRecord } from '../domain/adjustment-record.js';
import { CALENDAR_KINDS, type CalendarEntry } from '../domain/calendar.js';
import type { Problem } from '../domain/errors.js';
import { SOURCES } from '../domain/outcome.js';
import type { PaymentRecord } from '../domain/payment.js';

export const instant = z.string().meta({ format: 'date-time' });

export const PAYMENT_RECORD = z
  .object({
    payment_id: z.int().min(1).max(4_294_967_295),
    user_id: z.string().describe('The stored id of the rider: a pseudonym.'),
    order_id: z.int(),
    payment_type: z.string().describe('Normalised by the table of payment types.'),
    total_price: z.number().describe('In units of the currency: dollars, not cents.'),
    logged_on: instant.describe('When the rider paid, UTC.'),
    created_on: instant.describe('When the record was made, UTC.'),
    modified_on: instant.describe('When the record was last changed, UTC.'),
  })
  .meta({ id: 'Payment', description: 'A recorded payment.' }) satisfies z.ZodType<PaymentRecord>;

export const EXAMPLE_PAYMENT: z.input<typeof PAYMENT_RECORD> = {
  payment_id: 1001,
  user_id: 'k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b',
  order_id: 501,
  payment_type: 'mobile_payment',
  total_price: 2.5,
  logged_on: '2025-04-07T03:11:31Z',
  created_on: '2025-04-07T03:11:32Z',
  modified_on: '2025-04-07T03:11:32Z',
};

export const FIELD_PROBLEM = z
  .object({
    field: z.string().describe("A payment's field, or body."),
    code: z.string().describe('For machines; it does not change.'),
    message: z.string().describe('For people.'),
  })
  .meta({ id: 'FieldProblem', description: 'One problem of one field.' }) satisfies z.ZodType<Problem>;

export const EXAMPLE_FIELD_PROBLEM: Problem = {
  field: 'total_price',
  code: 'negative',
  message: 'total_price must be over 0',
};

/** A payment that is kept, and whether it was new. */
export const KEPT = z
  .object({ outcome: z.enum(['recorded', 'duplicate']), payment: PAYMENT_RECORD })
  .meta({ id: 'Kept', description: 'A payment that is stored, once: now, or before.' });

export const ADJUSTMENT_RECORD = z
  .object({
    adjustment_id: z.string(),
    payment_id: z.int(),
    kind: z.enum(ADJUSTMENT_KINDS),
    amount: z
      .number()
      .describe('What it changes of the revenue, in units of the currency: below 0 where money goes back.'),
    adjusted_on: instant.describe(
      'When it came about, UTC. It counts at this time, not at that of its payment.',
    ),
    reason: z.string().nullable(),
    source: z.enum(SOURCES),
    created_on: instant.describe('When it was received, UTC.'),
  })
  .meta({
    id: 'Adjustment',
    description: 'A refund, void or correction of a payment.',
  }) satisfies z.ZodType<AdjustmentRecord>;

export const EXAMPLE_ADJUSTMENT: z.input<typeof ADJUSTMENT_RECORD> = {
  adjustment_id: 'rf-7001',
  payment_id: 1001,
  kind: 'refund',
  amount: -2.5,
  adjusted_on: '2025-04-08T14:00:00Z',
  reason: 'ticket machine charged twice',
  source: 'webhook',
  created_on: '2025-04-08T14:00:01Z',
};

/** An adjustment that is kept, and how its payment stands with it. */
export const KEPT_ADJUSTMENT = z
  .object({
    outcome: z.enum(['recorded', 'duplicate']),
    adjustment: ADJUSTMENT_RECORD,
    counted: z.boolean().describe('Whether its payment is here; until then it waits and is in no figure.'),
    over_adjusted: z
      .boolean()
      .describe('Whether more was taken back of its payment than that had cost. It counts all the same.'),
  })
  .meta({
    id: 'KeptAdjustment',
    description: 'An adjustment that is stored, once: now, or before.',
  });

export const EXAMPLE_KEPT_ADJUSTMENT: z.input<typeof KEPT_ADJUSTMENT> = {
  outcome: 'recorded',
  adjustment: EXAMPLE_ADJUSTMENT,
  counted: true,
  over_adjusted: false,
};

/** RFC 9457, with this API's own members. */
export const PROBLEM = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What is wrong, by name, and the way out.'),
    outcome: z.enum(['conflict', 'invalid']).optional().describe('What became of a payment.'),
    problems: z.array(FIELD_PROBLEM).optional().describe('All problems of a payment together.'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });

/** The place of the next page of a list. */
export const nextCursor = z
  .string()
  .nullable()
  .describe('The cursor of the next page; null on the last one.');

/** A date of the reporting zone. */
export const localDate = z.string().meta({ format: 'date' });
/** Minor units (cents). */
export const minorOrNone = z.int().min(0).max(999_999_999_999_999).nullable();

export const CALENDAR_ENTRY = z
  .object({
    entry_id: z.int(),
    kind: z.enum(CALENDAR_KINDS),
    name: z.string(),
    starts_on: localDate.describe('The first date, in the reporting zone.'),
    ends_before: localDate
      .nullable()
      .describe('The date after the last one; null: until another entry says otherwise.'),
    payment_type: z.string().nullable().describe('What it is about; null: all payment types.'),
    price_before_minor: minorOrNone.describe('In minor units (cents), where it is about a price.'),
    price_after_minor: minorOrNone.describe('In minor units (cents), where it is about a price.'),
    note: z.string().nullable(),
  })
  .meta({ id: 'CalendarEntry' }) satisfies z.ZodType<CalendarEntry>;
