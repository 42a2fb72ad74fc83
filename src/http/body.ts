/** The raw bytes of a request's body. */
import { AppError } from '../domain/errors.js';

/** @throws AppError `usage` where the request has no body */
export function asBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  throw new AppError('usage', 'Send a JSON body with Content-Type: application/json.');
}
