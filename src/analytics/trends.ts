/** Revenue over time, by hour, day, week or month of the reporting zone. */
import { BUCKET_FIELD, bucketLabel, bucketStart, nextBucketStart, type Period } from '../domain/bucket.js';
import { AppError } from '../domain/errors.js';
import { averageOf, minorToNumber } from '../domain/money.js';
import type { BucketTotal, Span } from '../store/rollups.js';
import { type Counted, type Reader, totalsByBucket } from './totals.js';

/** More buckets than this in one answer are refused. */
const MAX_BUCKETS = 20_000;

/**
 * A row of the source's `analyzeRevenueTrends`: its bucket under the source's name (`hour` YYYY-MM-DD HH:00:00,
 * `date`, `week` as YEARWEEK in MySQL's default mode, `month` YYYY-MM) and as the instant it starts, with offset.
 */
export interface TrendRow {
  readonly hour?: string;
  readonly date?: string;
  readonly week?: number;
  readonly month?: string;
  readonly starts_at: string;
  readonly transactions: number;
  readonly revenue: number;
  readonly avg_transaction_value: number;
}

export interface TrendOptions {
  readonly period: Period;
  readonly span: Span;
  /** Whether buckets without payments are rows of zeros; by default they are. */
  readonly fill?: boolean;
  /** Milliseconds since 1970: a span without end is filled up to now. */
  readonly now: number;
}

/** Trend rows in the order of time. Where clocks go back, an hour's name comes twice, with two starts. */
export async function revenueTrends(reader: Reader, options: TrendOptions): Promise<Counted<TrendRow>> {
  const { period, span } = options;
  const { zone } = reader.calendar;
  const { rows, as_of } = await totalsByBucket(reader, span);
  const sums = new Map<number, { payments: number; revenue_minor: bigint }>();
  for (const row of rows) {
    const start = bucketStart(period, row.starts_s, zone);
    const sum = sums.get(start) ?? { payments: 0, revenue_minor: 0n };
    sums.set(start, {
      payments: sum.payments + row.payments,
      revenue_minor: sum.revenue_minor + row.revenue_minor,
    });
  }
  const starts =
    options.fill === false ? [...sums.keys()].sort((a, b) => a - b) : filled(reader, options, rows);
  return {
    as_of,
    rows: starts.map((start) => {
      const sum = sums.get(start) ?? { payments: 0, revenue_minor: 0n };
      return {
        ...labelled(period, bucketLabel(period, start, zone)),
        starts_at: zone.toIso(start),
        transactions: sum.payments,
        revenue: minorToNumber(sum.revenue_minor, reader.currency),
        avg_transaction_value: averageOf(sum.revenue_minor, sum.payments, reader.currency),
      };
    }),
  };
}

function labelled(period: Period, label: string | number): Partial<TrendRow> {
  return { [BUCKET_FIELD[period]]: label };
}

/** Every bucket's start from the span's first to its last, or to now, or to the last payment where that is later. */
function filled({ calendar }: Reader, options: TrendOptions, rows: readonly BucketTotal[]): number[] {
  const { period, span, now } = options;
  const lastPayment = rows.at(-1)?.starts_s ?? span.from;
  const last = Math.min(span.to - 1, Math.max(lastPayment, Math.floor(now / 1000)));
  const starts: number[] = [];
  let start = bucketStart(period, span.from, calendar.zone);
  while (start <= last) {
    if (starts.length === MAX_BUCKETS) {
      const message = `That range has more than ${MAX_BUCKETS} ${BUCKET_FIELD[period]} buckets; ask for a shorter one or a longer period.`;
      throw new AppError('usage', message);
    }
    starts.push(start);
    start = nextBucketStart(period, start, calendar.zone);
  }
  return starts;
}
