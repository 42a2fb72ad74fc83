/** Checked query and path parameters. */
import type { z } from 'zod';
import { AppError } from '../domain/errors.js';

/** @throws AppError `usage` naming each parameter that is wrong */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const list = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  );
  throw new AppError('usage', list.join('; '));
}
