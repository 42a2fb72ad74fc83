/**
 * Rollups: counts and integer sums by bucket. The same fold serves live commits and rebuilds, and its result is added
 * to what stands, so that any order and any grouping of payments gives the same rollups.
 */
import { monthOf } from './bucket.js';
import type { Batch, Outcome, PaymentOutcome, Source } from './outcome.js';
import type { Payment } from './payment.js';
import type { Zone } from './time.js';

/** Stands in `farelog_meta`; a database whose rollups were made by another version is rebuilt before it serves. */
export const ROLLUP_VERSION = 1;

/** Payments of one type within one UTC bucket. */
export interface RevenueRollup {
  readonly starts_s: number;
  readonly payment_type: string;
  payments: number;
  revenue_minor: bigint;
  min_minor: number;
  max_minor: number;
}

/** Payments of one rider within one month of the reporting zone. */
export interface RiderRollup {
  readonly user_id: string;
  /** YYYYMM. */
  readonly month: number;
  payments: number;
  spent_minor: bigint;
  min_minor: number;
  max_minor: number;
  first_s: number;
  last_s: number;
}

/** Deliveries of one source and outcome within one UTC hour of their receipt. */
export interface CaptureRollup {
  readonly hour_s: number;
  readonly source: Source;
  readonly outcome: Outcome;
  /** Why, for `invalid` and `conflict`; else empty. */
  readonly reason: string;
  deliveries: number;
}

export interface Rollups {
  readonly revenue: RevenueRollup[];
  readonly riders: RiderRollup[];
  readonly captures: CaptureRollup[];
}

/** Which bucket and month an instant falls into, remembered by bucket, as payments come close together. */
export class RollupCalendar {
  readonly #months = new Map<number, number>();

  constructor(
    readonly zone: Zone,
    readonly grainS: number = zone.grainS(),
  ) {}

  bucketOf(second: number): number {
    return second - (second % this.grainS);
  }

  monthOf(second: number): number {
    const bucket = this.bucketOf(second);
    const known = this.#months.get(bucket);
    if (known !== undefined) return known;
    if (this.#months.size > 100_000) this.#months.clear();
    const month = monthOf(second, this.zone);
    this.#months.set(bucket, month);
    return month;
  }
}

/** Adds payments up by bucket and by rider; `take` gives the rows, each list in the order of its key. */
export class RollupFold {
  readonly #revenue = new Map<string, RevenueRollup>();
  readonly #riders = new Map<string, RiderRollup>();
  readonly #captures = new Map<string, CaptureRollup>();

  constructor(readonly calendar: RollupCalendar) {}

  addPayment(payment: Payment): void {
    this.#addRevenue(payment);
    this.#addRider(payment);
  }

  addCapture(receivedMs: number, source: Source, outcome: Outcome, reason: string): void {
    const hour = Math.floor(receivedMs / 3_600_000) * 3600;
    const key = `${hour}\0${source}\0${outcome}\0${reason}`;
    const row = this.#captures.get(key);
    if (row === undefined) this.#captures.set(key, { hour_s: hour, source, outcome, reason, deliveries: 1 });
    else row.deliveries += 1;
  }

  #addRevenue(payment: Payment): void {
    const { payment_type, price_minor } = payment;
    const starts = this.calendar.bucketOf(payment.logged_s);
    const key = `${starts}\0${payment_type}`;
    const row = this.#revenue.get(key);
    if (row === undefined) {
      const revenue = BigInt(price_minor);
      this.#revenue.set(key, {
        starts_s: starts,
        payment_type,
        payments: 1,
        revenue_minor: revenue,
        min_minor: price_minor,
        max_minor: price_minor,
      });
      return;
    }
    row.payments += 1;
    row.revenue_minor += BigInt(price_minor);
    if (price_minor < row.min_minor) row.min_minor = price_minor;
    if (price_minor > row.max_minor) row.max_minor = price_minor;
  }

  #addRider(payment: Payment): void {
    const { user_id, price_minor, logged_s } = payment;
    const month = this.calendar.monthOf(logged_s);
    const key = `${user_id}\0${month}`;
    const row = this.#riders.get(key);
    if (row === undefined) {
      this.#riders.set(key, {
        user_id,
        month,
        payments: 1,
        spent_minor: BigInt(price_minor),
        min_minor: price_minor,
        max_minor: price_minor,
        first_s: logged_s,
        last_s: logged_s,
      });
      return;
    }
    row.payments += 1;
    row.spent_minor += BigInt(price_minor);
    if (price_minor < row.min_minor) row.min_minor = price_minor;
    if (price_minor > row.max_minor) row.max_minor = price_minor;
    if (logged_s < row.first_s) row.first_s = logged_s;
    if (logged_s > row.last_s) row.last_s = logged_s;
  }

  take(): Rollups {
    return {
      revenue: inKeyOrder(this.#revenue),
      riders: inKeyOrder(this.#riders),
      captures: inKeyOrder(this.#captures),
    };
  }
}

function inKeyOrder<Row>(rows: ReadonlyMap<string, Row>): Row[] {
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** What a judged batch adds to the rollups: its recorded payments, and every delivery by its outcome. */
export function foldBatch(
  batch: Batch,
  outcomes: readonly PaymentOutcome[],
  calendar: RollupCalendar,
): Rollups {
  const fold = new RollupFold(calendar);
  batch.deliveries.forEach(({ payment, capture }, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) return;
    if (outcome === 'recorded') fold.addPayment(payment);
    // A conflict counts when it is quarantined or refused, which knows why.
    if (outcome !== 'conflict') fold.addCapture(capture.received_ms, capture.source, outcome, '');
  });
  for (const item of batch.quarantined) {
    const outcome = item.reason === 'conflict' ? 'conflict' : 'invalid';
    fold.addCapture(item.received_ms, item.source, outcome, reasonOf(item.reason, item.problems[0]));
  }
  for (const item of batch.refused) fold.addCapture(item.received_ms, item.source, item.outcome, item.reason);
  return fold.take();
}

/** A short, bounded name for why: the first problem as `field.code`. */
export function reasonOf(reason: string, problem: { field: string; code: string } | undefined): string {
  return problem === undefined ? reason : `${problem.field}.${problem.code}`;
}
