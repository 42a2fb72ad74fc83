/** One problem of one field, as the contract reports it. `field` is a payment's field name, or `body`. */
export interface Problem {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** Why an operation failed. Status and exit codes are mapped from these at the edges, never here. */
export type ErrorCode =
  | 'bad_signature'
  | 'busy'
  | 'conflict'
  | 'forbidden'
  | 'invalid'
  | 'not_found'
  | 'settings'
  | 'too_many'
  | 'too_slow'
  | 'unauthorized'
  | 'unavailable'
  | 'usage';

/** The only error class a caller acts on: by its `code`. The message names the cause and the way out. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];
  /** After how many seconds the same may succeed, where that is known. */
  readonly retryAfterS: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    details: { problems?: readonly Problem[]; retryAfterS?: number; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'AppError';
    this.code = code;
    this.problems = details.problems ?? [];
    this.retryAfterS = details.retryAfterS;
  }
}

/** A short name of whatever was thrown, for the log where its text could name a rider: a driver's quotes its SQL. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error ? String(error.code) : error.name;
}

/** What a log may tell of a failure: of a driver's its code alone, since its text may quote a rider; else the text. */
export function failureOf(error: unknown): string {
  const fromDriver =
    error instanceof Error && !(error instanceof AppError) && ('code' in error || 'fatal' in error);
  return fromDriver ? codeOf(error) : String(error);
}

/** The text of whatever was thrown, for a log line or a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
