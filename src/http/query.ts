/** Checked query and path parameters, and how they are told of in the OpenAPI document. */
import { z } from 'zod';
import { AppError } from '../domain/errors.js';

/**
 * What a parameter is on the wire, where the schema that reads it (digits, then a number) would tell a client less:
 * the OpenAPI document takes these instead.
 */
export const WIRE = z.registry<{ readonly json: z.core.JSONSchema.JSONSchema }>();

/** Digits and nothing else: `0x10`, `1e3` and the empty text are no numbers here. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER) {
  const schema = z
    .string('must be a whole number, given once')
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
  WIRE.add(schema, { json: { type: 'integer', minimum: min, maximum: max } });
  return schema;
}

/** An amount of money in currency units. */
export const amount = z
  .string('must be an amount, given once')
  .regex(/^\d{1,15}(\.\d{1,15})?$/, 'must be an amount such as 2.50')
  .transform(Number);
WIRE.add(amount, { json: { type: 'number', minimum: 0 } });

/** Text that a filter compares with. */
export const word = z.string('must be given once').min(1, 'must not be empty');

/** A date of the reporting zone or an instant, as text; `parseMoment` reads it, since it needs the zone. */
export const moment = z.string('must be given once');

/** The range of a question, for `resolveRange`. */
export const rangeParameters = {
  days: wholeNumber(1, 36_500)
    .optional()
    .describe('The last so many times 24 hours; instead of from and to.'),
  from: moment
    .optional()
    .describe('Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z).'),
  to: moment.optional().describe('Exclusive: a date of the reporting zone or an instant.'),
};

/** @throws AppError `usage` naming each parameter that is wrong */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const list = parsed.error.issues.flatMap((issue) => messagesOf(issue, schema));
  throw new AppError('usage', list.join('; '));
}

/** What is wrong with which parameter; for one that does not exist, the names of those that do. */
function messagesOf(issue: z.core.$ZodIssue, schema: z.ZodType): string[] {
  if (issue.code === 'unrecognized_keys' && schema instanceof z.ZodObject) {
    const known = Object.keys(schema.shape).join(', ');
    return issue.keys.map((key) => `${key}: is not a parameter here; there are ${known}`);
  }
  if (issue.code === 'invalid_value') {
    return [`${issue.path.join('.')}: must be one of ${issue.values.map(String).join(', ')}, given once`];
  }
  return [issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message];
}
