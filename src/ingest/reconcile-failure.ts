/** Reconciliations that do not come to their end, and what is kept of them. */
import { ProviderError } from '../bytemark/provider-error.js';
import { AppError } from '../domain/errors.js';
import type { Span } from '../domain/time.js';
import type { Store } from '../store/dialect.js';
import { finishRun } from '../store/reconciliations.js';
import { type ReconciliationSource, windowText } from './reconcile-records.js';
import type { FailedRun } from './reconcile-report.js';

interface FailureEffects {
  readonly store: Store;
  readonly clock: () => number;
  readonly signal?: AbortSignal | undefined;
}

/** What the list of runs says of one that failed; where not even that can be written, the failure itself is told. */
export async function keepFailure(
  id: number,
  error: unknown,
  { store, clock, signal }: FailureEffects,
): Promise<void> {
  const failed: FailedRun = { failure: signal?.aborted === true ? STOPPED : failureText(error) };
  const finished = { finished_ms: clock(), report: JSON.stringify(failed) };
  await store.write((trx) => finishRun(trx, id, finished)).catch(() => undefined);
}

const STOPPED = 'It was stopped before its end. What it has found is kept; run it again.';

function failureText(error: unknown): string {
  return error instanceof AppError ? error.message : 'Something went wrong here; the log says what.';
}

export function nothingListed(source: ReconciliationSource, span: Span): ProviderError {
  const where = source === 'api' ? 'FARELOG_BYTEMARK_PAYMENTS_PATH and this client’s rights' : 'the file';
  const message = `Not one payment is listed there, and payments of ${windowText(span)} are recorded here. Is ${where} right? Nothing was compared.`;
  return new ProviderError('refused', message);
}
