/** The body of a request: its raw bytes, or what JSON they are. */
import type { z } from 'zod';
import { parseJson } from '../bytemark/payload.js';
import { AppError } from '../domain/errors.js';
import { parseQuery } from './query.js';

/** @throws AppError `usage` where the request has no body */
export function asBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  throw new AppError('usage', 'Send a JSON body with Content-Type: application/json.');
}

/** @throws AppError `usage` naming what is wrong, and never what was sent: it may be a key */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = parseJson(asBytes(body));
  if (!parsed.ok) throw new AppError('usage', 'The body must be JSON.');
  return parseQuery(schema, parsed.value);
}
