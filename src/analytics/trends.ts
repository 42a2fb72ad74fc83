/** Revenue over time, by hour, day, week or month of the reporting zone; split by type, and against an earlier time. */
import {
  BUCKET_FIELD,
  bucketLabel,
  bucketStart,
  nextBucketStart,
  PERIODS,
  type Period,
} from '../domain/bucket.js';
import { AppError } from '../domain/errors.js';
import { ExactSum, type Section } from '../domain/ledger.js';
import { averageOf, minorToNumber } from '../domain/money.js';
import type { Span, Zone } from '../domain/time.js';
import { type BucketName, filledBuckets } from './buckets.js';
import type { Ledger } from './ledger.js';
import { changeOf } from './methods.js';
import { OPEN_END } from './range.js';
import type { Adjusted } from './report.js';

/** What trends may be compared with: the same bucket one week, month or year earlier. */
export const EARLIER = ['week', 'month', 'year'] as const;
export type Earlier = (typeof EARLIER)[number];

/** A row of the source's `analyzeRevenueTrends`, and what was adjusted within the bucket. */
export interface TrendRow extends BucketName, Adjusted {
  readonly transactions: number;
  readonly revenue: number;
  readonly avg_transaction_value: number;
  /** Where trends are split by type. */
  readonly payment_type?: string;
  /** Where trends are compared: the bucket one week, month or year earlier, as a whole, though the span cut this one. */
  readonly previous_starts_at?: string;
  readonly previous_transactions?: number;
  readonly previous_revenue?: number;
  /** Relative: 0.1 is 10% more; null where there was no revenue then. */
  readonly revenue_change?: number | null;
}

export interface TrendOptions {
  readonly period: Period;
  readonly span: Span;
  /** Whether buckets without payments are rows of zeros; by default they are. */
  readonly fill?: boolean | undefined;
  /** One row a bucket and payment type. */
  readonly byType?: boolean | undefined;
  readonly compare?: Earlier | undefined;
  /** Milliseconds since 1970: a span without end is filled up to now. */
  readonly now: number;
}

interface Sum {
  payments: number;
  readonly revenue: ExactSum;
  readonly adjusted: ExactSum;
}

interface BucketSum {
  readonly payments: number;
  readonly revenue_minor: bigint;
  readonly adjusted_minor: bigint;
}

const NO_TYPE = -1;

/** Payments, revenue and adjustments by bucket start and, where they are split, by type. */
class BucketSums {
  readonly #sums = new Map<number, Map<number, Sum>>();
  /** Start of the last bucket that has a payment or an adjustment. */
  lastPaid = Number.NEGATIVE_INFINITY;

  add(start: number, type: number, payments: number, minor: number): void {
    const sum = this.#sumOf(start, type);
    sum.payments += payments;
    sum.revenue.add(minor);
  }

  adjust(start: number, type: number, minor: number): void {
    this.#sumOf(start, type).adjusted.add(minor);
  }

  #sumOf(start: number, type: number): Sum {
    const types = this.#sums.get(start) ?? new Map<number, Sum>();
    this.#sums.set(start, types);
    const sum = types.get(type) ?? { payments: 0, revenue: new ExactSum(), adjusted: new ExactSum() };
    types.set(type, sum);
    if (start > this.lastPaid) this.lastPaid = start;
    return sum;
  }

  get(start: number, type: number): BucketSum {
    const sum = this.#sums.get(start)?.get(type);
    return {
      payments: sum?.payments ?? 0,
      revenue_minor: sum?.revenue.value ?? 0n,
      adjusted_minor: sum?.adjusted.value ?? 0n,
    };
  }

  get starts(): number[] {
    return [...this.#sums.keys()].sort((a, b) => a - b);
  }

  get types(): number[] {
    const found = new Set<number>();
    for (const types of this.#sums.values()) for (const type of types.keys()) found.add(type);
    return [...found];
  }

  has(start: number, type: number): boolean {
    return this.#sums.get(start)?.has(type) ?? false;
  }
}

async function sumsOf(ledger: Ledger, { period, byType }: TrendOptions, span: Span): Promise<BucketSums> {
  const sums = new BucketSums();
  const each = (section: Section, add: (start: number, type: number, count: number, sum: number) => void) =>
    addEach(ledger, section, period, span, (start, type, count, sum) =>
      add(start, byType ? type : NO_TYPE, count, sum),
    );
  await each('revenue', (start, type, count, sum) => sums.add(start, type, count, sum));
  await each('adjustments', (start, type, _count, sum) => sums.adjust(start, type, sum));
  return sums;
}

/** Every entry of a section, with the start of the bucket that it falls into. */
async function addEach(
  ledger: Ledger,
  section: Section,
  period: Period,
  span: Span,
  add: (start: number, type: number, count: number, sum: number) => void,
): Promise<void> {
  const { zone, grainS } = ledger.calendar;
  for (const { start, entries, from, to } of await ledger.slices(section, span)) {
    let bucket = -1;
    let bucketOf = bucketStart(period, start, zone);
    for (let at = from; at < to; at++) {
      const next = entries.bucket[at] ?? 0;
      if (period === 'hourly' && next !== bucket) {
        bucketOf = bucketStart(period, start + next * grainS, zone);
        bucket = next;
      }
      add(bucketOf, entries.key[at] ?? 0, entries.count[at] ?? 0, entries.sum[at] ?? 0);
    }
  }
}

/**
 * Trend rows in the order of time. Where clocks go back, an hour's name comes twice, with two starts.
 * @throws AppError `usage` naming an option that a caller without types made up
 */
export async function revenueTrends(ledger: Ledger, options: TrendOptions): Promise<TrendRow[]> {
  const { period, span, now, compare } = options;
  if (!PERIODS.includes(period)) throw new AppError('usage', `period must be one of ${PERIODS.join(', ')}.`);
  if (compare !== undefined && !EARLIER.includes(compare)) {
    throw new AppError('usage', `compare must be one of ${EARLIER.join(', ')}.`);
  }
  const { zone } = ledger.calendar;
  const { currency } = ledger;
  const sums = await sumsOf(ledger, options, span);
  const starts = options.fill === false ? sums.starts : filledBuckets(period, span, sums.lastPaid, now, zone);
  const earlier = compare === undefined ? undefined : await earlierSums(ledger, options, compare, starts);
  const nameOf = await ledger.typeNames();
  const lines = options.byType ? typesOf([sums, earlier?.sums], nameOf) : [NO_TYPE];
  const field = BUCKET_FIELD[period];
  const rows: TrendRow[] = [];
  for (const start of starts) {
    const label = bucketLabel(period, start, zone);
    const starts_at = zone.toIso(start);
    for (const type of lines) {
      if (options.fill === false && !sums.has(start, type)) continue;
      const { payments, revenue_minor, adjusted_minor } = sums.get(start, type);
      // One literal: thousands of rows are made here, and each spread would copy them once more.
      const row: TrendRow = {
        [field]: label,
        starts_at,
        transactions: payments,
        revenue: minorToNumber(revenue_minor, currency),
        avg_transaction_value: averageOf(revenue_minor, payments, currency),
        adjustments: minorToNumber(adjusted_minor, currency),
        net_revenue: minorToNumber(revenue_minor + adjusted_minor, currency),
      };
      const split = options.byType ? { ...row, payment_type: nameOf(type) } : row;
      rows.push(
        earlier === undefined
          ? split
          : { ...split, ...comparison(ledger, earlier, start, type, revenue_minor) },
      );
    }
  }
  return rows;
}

/** Every type of the sums, by name. */
function typesOf(all: readonly (BucketSums | undefined)[], nameOf: (type: number) => string): number[] {
  const types = new Set(all.flatMap((sums) => sums?.types ?? []));
  return [...types].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

interface EarlierSums {
  readonly sums: BucketSums;
  readonly startOf: (start: number) => number;
}

async function earlierSums(
  ledger: Ledger,
  options: TrendOptions,
  compare: Earlier,
  starts: readonly number[],
): Promise<EarlierSums> {
  const { zone } = ledger.calendar;
  const { period } = options;
  const startOf = (start: number): number => bucketStart(period, earlierBy(compare, start, zone), zone);
  const [first, last] = [starts.at(0), starts.at(-1)];
  if (first === undefined || last === undefined) return { sums: new BucketSums(), startOf };
  const span = { from: startOf(first), to: Math.min(OPEN_END, nextBucketStart(period, startOf(last), zone)) };
  return { sums: await sumsOf(ledger, options, span), startOf };
}

/** The same wall-clock time a week, month or year earlier; on a month's last day where the earlier one is shorter. */
export function earlierBy(compare: Earlier, second: number, zone: Zone): number {
  const local = new Date(zone.localOf(second) * 1000);
  if (compare === 'week') return zone.startOf(local.getTime() / 1000 - 7 * 86_400);
  const months = compare === 'month' ? 1 : 12;
  const [year, month] = [local.getUTCFullYear(), local.getUTCMonth() - months];
  const daysInMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(local.getUTCDate(), daysInMonth);
  const timeOfDay = local.getTime() % 86_400_000;
  return zone.startOf((Date.UTC(year, month, day) + timeOfDay) / 1000);
}

function comparison(
  { calendar, currency }: Ledger,
  { sums, startOf }: EarlierSums,
  start: number,
  type: number,
  revenueMinor: bigint,
) {
  const then = startOf(start);
  const { payments, revenue_minor } = sums.get(then, type);
  return {
    previous_starts_at: calendar.zone.toIso(then),
    previous_transactions: payments,
    previous_revenue: minorToNumber(revenue_minor, currency),
    revenue_change: changeOf(revenueMinor, revenue_minor),
  };
}
