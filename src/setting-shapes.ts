/** Shapes of a setting's text, shared by the files that list settings. */
import { z } from 'zod';

export const whole = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must lie between ${min} and ${max}`)
    .optional()
    .transform((value) => value ?? fallback);

export const accept = z
  .enum(['accept', 'refuse'])
  .optional()
  .transform((value) => value === 'accept');

export const secret = (minimum: number) =>
  z
    .string()
    .min(minimum, `must have at least ${minimum} characters`)
    .optional()
    .transform((value) => value ?? null);

export const header = (fallback: string | null) =>
  z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header')
    .optional()
    .transform((value) => value?.toLowerCase() ?? fallback);
