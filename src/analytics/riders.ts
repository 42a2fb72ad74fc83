/** Exact figures by rider over any span: how many, who spent most, how spending is spread, who is new. */
import { bucketLabel, bucketStart, type Period } from '../domain/bucket.js';
import { AppError } from '../domain/errors.js';
import { averageOf, minorToNumber } from '../domain/money.js';
import type { Span } from '../domain/time.js';
import { adjustedByRider } from './adjusted.js';
import { type BucketName, bucketName, filledBuckets } from './buckets.js';
import type { Ledger, Slice } from './ledger.js';
import { type QuantileRow, quantilesOf, toDecimals } from './quantiles.js';
import type { ReportRider } from './report.js';
import { type RiderTotals, riderTotals } from './rider-totals.js';

/** Where a page of riders by spend ends: the last rider's spending in minor units, and the rider. */
export interface RiderPosition {
  readonly spent: bigint;
  readonly userId: string;
}

export interface RiderPage {
  readonly rows: ReportRider[];
  readonly next: RiderPosition | null;
}

/** A page of riders by what they paid, highest first, among equals by their id; what was adjusted stands beside it. */
export async function ridersBySpend(
  ledger: Ledger,
  { span, totals }: { readonly span: Span; readonly totals: RiderTotals },
  limit: number,
  after?: RiderPosition,
): Promise<RiderPage> {
  const adjusted = await adjustedByRider(ledger, span);
  // Those who spent as much as the last page's last rider may have come already: names tell.
  let wanted = limit + 1;
  for (;;) {
    const numbers = totals.top(wanted, after?.spent);
    const names = await ledger.riderNames(numbers);
    const riders = numbers
      .map((no) => ({ no, userId: names.get(no) ?? '', spent: totals.spent(no) }))
      .filter((rider) => after === undefined || isAfter(rider, after))
      .sort((a, b) => (isAfter(b, a) ? -1 : 1));
    if (riders.length <= limit && numbers.length >= wanted) {
      wanted *= 2;
      continue;
    }
    const page = riders.slice(0, limit);
    const last = page.at(-1);
    return {
      rows: page.map(({ no, userId, spent }) => ({
        user_id: userId,
        transaction_count: totals.payments[no] ?? 0,
        total_spent: minorToNumber(spent, ledger.currency),
        adjustments: minorToNumber(adjusted.of(no), ledger.currency),
        net_spent: minorToNumber(spent + adjusted.of(no), ledger.currency),
      })),
      next: riders.length > limit && last !== undefined ? { spent: last.spent, userId: last.userId } : null,
    };
  }
}

function isAfter(rider: RiderPosition, other: RiderPosition): boolean {
  if (rider.spent !== other.spent) return rider.spent < other.spent;
  return rider.userId > other.userId;
}

/** A point of the Lorenz curve: the share of spending of the share of riders who spend least. */
export interface LorenzPoint {
  readonly riders_share: number;
  readonly spending_share: number;
}

export interface SpendingDistribution {
  readonly riders: number;
  readonly total_spent: number;
  readonly avg_spent: number;
  /** 0 where all spend the same, towards 1 where one spends all. */
  readonly gini: number;
  readonly quantiles: QuantileRow[];
  /** At every tenth of the riders. */
  readonly lorenz: LorenzPoint[];
}

/** How spending is spread over the riders who paid within the span. */
export async function spendingDistribution(ledger: Ledger, span: Span): Promise<SpendingDistribution> {
  const totals = await riderTotals(ledger, span);
  const spending = totals.sortedSpending();
  const exact = totals.total;
  return {
    riders: spending.length,
    total_spent: minorToNumber(exact, ledger.currency),
    avg_spent: averageOf(exact, spending.length, ledger.currency),
    gini: giniOf(spending),
    quantiles: quantilesOf(
      { length: spending.length, at: (index) => spending[index] ?? 0 },
      (minor) => minor / 10 ** ledger.currency.digits,
    ),
    lorenz: lorenzOf(spending),
  };
}

/** Gini's coefficient of ascending values: (2 Σ i·xᵢ) / (n Σ xᵢ) − (n + 1) / n, with i from 1; 0 where nothing is spent. */
export function giniOf(ascending: ArrayLike<number>): number {
  const n = ascending.length;
  let weighted = 0;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    weighted += (i + 1) * (ascending[i] ?? 0);
    sum += ascending[i] ?? 0;
  }
  return sum === 0 ? 0 : toDecimals((2 * weighted) / (n * sum) - (n + 1) / n, 6);
}

/** The Lorenz curve of ascending values at every tenth, by linear interpolation between riders. */
export function lorenzOf(ascending: ArrayLike<number>): LorenzPoint[] {
  const n = ascending.length;
  const cumulative = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) cumulative[i + 1] = (cumulative[i] ?? 0) + (ascending[i] ?? 0);
  const sum = cumulative[n] ?? 0;
  return Array.from({ length: 11 }, (_, tenth) => {
    const at = (n * tenth) / 10;
    const below = cumulative[Math.floor(at)] ?? 0;
    const part = (at - Math.floor(at)) * (ascending[Math.floor(at)] ?? 0);
    return {
      riders_share: tenth / 10,
      spending_share: sum === 0 ? tenth / 10 : toDecimals((below + part) / sum, 6),
    };
  });
}

/** Riders of a bucket as far as it lies in the span; `new_riders` paid for the first time ever. */
export interface RiderActivityRow extends BucketName {
  readonly riders: number;
  readonly new_riders: number;
  readonly returning_riders: number;
}

const RIDER_PERIODS: readonly Period[] = ['daily', 'weekly', 'monthly'];

/**
 * New and returning riders of every day, week or month of the span. Where the span begins inside a bucket, its row
 * counts what lies within the span, and a rider is new who had never paid before the span. Erased riders do not count.
 * @throws AppError `usage` where riders are not counted by that period
 */
export async function riderActivity(
  ledger: Ledger,
  period: Period,
  span: Span,
  now: number,
): Promise<RiderActivityRow[]> {
  if (!RIDER_PERIODS.includes(period)) {
    throw new AppError('usage', `period must be one of ${RIDER_PERIODS.join(', ')}.`);
  }
  const { zone } = ledger.calendar;
  const before = await ledger.slices('riders', { from: 0, to: span.from }, true);
  const within = await ledger.slices('riders', span, period === 'monthly');
  const erased = await ledger.erasedNumber();
  const seen = new Uint8Array(await ledger.riderCount());
  for (const slice of before) mark(seen, slice);
  const byBucket = new Map<number, Slice[]>();
  for (const slice of within) {
    // A block that begins before the span counts in the bucket that the span begins in.
    const start = bucketStart(period, Math.max(slice.start, span.from), zone);
    byBucket.set(start, [...(byBucket.get(start) ?? []), slice]);
  }
  const last = Math.max(...within.map(({ start }) => start), Number.NEGATIVE_INFINITY);
  const inBucket = new Uint32Array(seen.length);
  return filledBuckets(period, span, last, now, zone).map((start, index) => {
    let riders = 0;
    let newRiders = 0;
    for (const { entries, from, to } of byBucket.get(start) ?? []) {
      for (let at = from; at < to; at++) {
        const rider = entries.key[at] ?? 0;
        if (rider === erased || inBucket[rider] === index + 1) continue;
        inBucket[rider] = index + 1;
        riders++;
        if (seen[rider] === 0) newRiders++;
        seen[rider] = 1;
      }
    }
    return {
      ...bucketName(period, bucketLabel(period, start, zone)),
      starts_at: zone.toIso(start),
      riders,
      new_riders: newRiders,
      returning_riders: riders - newRiders,
    };
  });
}

function mark(seen: Uint8Array, { entries, from, to }: Slice): void {
  for (let at = from; at < to; at++) seen[entries.key[at] ?? 0] = 1;
}
