/** Shapes of a setting's text, shared by the files that list settings. */
import { isIP } from 'node:net';
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

/** Whether text is an IP address, or a network of them. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (bits === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= bits);
}
