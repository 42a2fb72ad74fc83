/** Why the provider could not be asked, told apart as those need it who act on it. */
import { AppError } from '../domain/errors.js';

export type ProviderErrorKind =
  /** Our credentials or our token are not accepted: a person must look. */
  | 'auth'
  /** Too many requests, and the provider asks for a longer wait than is allowed. */
  | 'rate_limited'
  /** No answer, a broken one, or the provider's own trouble: later it may go. */
  | 'unavailable'
  /** The provider does not do what was asked: a setting must be mended. */
  | 'refused'
  /** An answer that is not what the settings say; its message names the field. */
  | 'malformed';

export class ProviderError extends AppError {
  readonly kind: ProviderErrorKind;
  /** How long the provider asks to be left alone; null where it does not say. */
  readonly retryAfterMs: number | null;

  constructor(
    kind: ProviderErrorKind,
    message: string,
    details: { readonly retryAfterMs?: number | null; readonly cause?: unknown } = {},
  ) {
    super('unavailable', message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'ProviderError';
    this.kind = kind;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}
