/** What the library's verbs log, as those of the source do. */
import type { App } from './app.js';
import { AppError } from './domain/errors.js';
import { isKept, type RecordAnswer } from './ingest/record.js';
import type { WriteSide } from './write-side.js';

const LINES = {
  payment: {
    recorded: 'Payment transaction recorded',
    duplicate: 'Duplicate payment transaction',
    failed: 'Failed to record payment transaction',
  },
  webhook: {
    recorded: 'Payment processed successfully',
    duplicate: 'Duplicate payment processing attempt',
    failed: 'Bytemark webhook processing failed',
  },
} as const;

/** Records, and logs as the source's verbs do: never a rider, whom the message of a platform's own error may name. */
export async function logged<Answer extends RecordAnswer>(
  { logger, writeSide }: App,
  verb: keyof typeof LINES,
  record: (side: WriteSide) => Promise<Answer>,
): Promise<Answer> {
  const lines = LINES[verb];
  try {
    const answer = await record(await writeSide());
    if (!isKept(answer)) {
      const codes = answer.problems.map(({ field, code }) => `${field}.${code}`);
      logger.warn(`Payment ${answer.outcome}`, { problems: codes });
    } else if ('adjustment' in answer) {
      const { adjustment, outcome, over_adjusted } = answer;
      logger.info(`Adjustment ${outcome}: ${adjustment.adjustment_id}`);
      if (over_adjusted) logger.warn(`More is taken back than was paid: ${adjustment.payment_id}`);
    } else if (answer.outcome === 'duplicate') {
      logger.warn(`${lines.duplicate}: ${answer.payment.payment_id}`);
    } else {
      logger.info(`${lines.recorded}: ${answer.payment.payment_id}`);
    }
    return answer;
  } catch (error) {
    const why =
      error instanceof AppError ? error.message : error instanceof Error ? error.name : typeof error;
    logger.error(`${lines.failed}: ${why}`);
    throw error;
  }
}
