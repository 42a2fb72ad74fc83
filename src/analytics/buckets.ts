/** Buckets of an answer: their names as the source's queries give them, and the list of them without gaps. */
import { BUCKET_FIELD, bucketStart, nextBucketStart, type Period } from '../domain/bucket.js';
import { AppError } from '../domain/errors.js';
import type { Span, Zone } from '../domain/time.js';

/** More buckets than this in one answer are refused. */
const MAX_BUCKETS = 20_000;

/**
 * A bucket under the source's name (`hour` YYYY-MM-DD HH:00:00, `date`, `week` as YEARWEEK in MySQL's default mode,
 * `month` YYYY-MM) and as the instant it starts, with offset.
 */
export interface BucketName {
  readonly hour?: string;
  readonly date?: string;
  readonly week?: number;
  readonly month?: string;
  readonly starts_at: string;
}

export function bucketName(period: Period, label: string | number): Omit<BucketName, 'starts_at'> {
  return { [BUCKET_FIELD[period]]: label };
}

/**
 * Every bucket's start from the span's first to its last, or to now, or to the last payment where that is later.
 * @param lastPaid the last second known to have a payment
 * @param now milliseconds since 1970
 * @throws AppError `usage` where those are too many
 */
export function filledBuckets(
  period: Period,
  span: Span,
  lastPaid: number,
  now: number,
  zone: Zone,
): number[] {
  const last = Math.min(span.to - 1, Math.max(lastPaid, span.from, Math.floor(now / 1000)));
  const starts: number[] = [];
  let start = bucketStart(period, span.from, zone);
  while (start <= last) {
    if (starts.length === MAX_BUCKETS) {
      const message = `That range has more than ${MAX_BUCKETS} ${BUCKET_FIELD[period]} buckets; ask for a shorter one or a longer period.`;
      throw new AppError('usage', message);
    }
    starts.push(start);
    start = nextBucketStart(period, start, zone);
  }
  return starts;
}
