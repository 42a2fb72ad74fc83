/** Checked query and path parameters. */
import { z } from 'zod';
import { AppError } from '../domain/errors.js';

/** Digits and nothing else: `0x10`, `1e3` and the empty text are no numbers here. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER) {
  return z
    .string('must be a whole number, given once')
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
}

/** An amount of money in currency units. */
export const amount = z
  .string('must be an amount, given once')
  .regex(/^\d{1,15}(\.\d{1,15})?$/, 'must be an amount such as 2.50')
  .transform(Number);

/** @throws AppError `usage` naming each parameter that is wrong */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const list = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new AppError('usage', list.join('; '));
}
