/**
 * Every figure worked out a second time, the slow and plain way: from the list of payments, with whole numbers
 * (BigInt) and the runtime's calendar. Nothing here knows of blocks, journals or the product's zones.
 */
import type { Delivery } from '../../src/domain/outcome.js';
import type { Period } from '../../src/index.js';
import { calendarOf, DAY, FIELD, type LocalCalendar } from './local-calendar.js';

export interface Range {
  /** Seconds since 1970, inclusive and exclusive. */
  readonly from: number;
  readonly to: number;
}

/** Payments as they were recorded, and how they are reported. */
export interface Books {
  readonly zone: string;
  /** Digits of the currency's minor unit. */
  readonly digits: number;
  readonly deliveries: readonly Delivery[];
  /** Seconds since 1970. */
  readonly now: number;
}

/** The end of a range without one. */
export const NO_END = Number.POSITIVE_INFINITY;

export const QUANTILES = [0, 5, 10, 25, 50, 75, 90, 95, 99, 100];

function ascending<T>(values: Iterable<T>): T[] {
  return [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

export function within({ deliveries }: Pick<Books, 'deliveries'>, { from, to }: Range): Delivery[] {
  return deliveries.filter(({ payment }) => payment.logged_s >= from && payment.logged_s < to);
}

export function minorOf(deliveries: readonly Delivery[]): bigint {
  return deliveries.reduce((sum, { payment }) => sum + BigInt(payment.price_minor), 0n);
}

function grouped<K>(deliveries: readonly Delivery[], key: (one: Delivery) => K): Map<K, Delivery[]> {
  const groups = new Map<K, Delivery[]>();
  for (const one of deliveries) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return groups;
}

/** The double nearest to minor units. */
export function moneyOf(minor: bigint, digits: number): number {
  const text = String(minor).padStart(digits + 1, '0');
  return Number(digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`);
}

/** sum ÷ count in currency units to 4 decimals, half away from zero; sums are never below zero. */
export function averageOf(minor: bigint, count: number, digits: number): number {
  if (count === 0) return 0;
  const divisor = BigInt(count) * 10n ** BigInt(digits);
  return moneyOf((minor * 20_000n + divisor) / (divisor * 2n), 4);
}

/** A ratio of whole numbers, as near as a double comes. */
function ratio(part: bigint, whole: bigint): number {
  const scaled = (part * 10n ** 15n) / whole;
  return Number(scaled) / 1e15;
}

function shareOf(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : ratio(part, whole);
}

function changeOf(now: bigint, before: bigint): number | null {
  return before === 0n ? null : ratio(now - before, before);
}

/** The range of the same length just before; one without end is as long as it has lasted. */
export function rangeBefore({ from, to }: Range, now: number): Range {
  const end = to === NO_END ? Math.max(from + 1, now) : to;
  return { from: Math.max(0, from - (end - from)), to: from };
}

export function methods(books: Books, range: Range): object[] {
  const { digits, now } = books;
  const [these, those] = [within(books, range), within(books, rangeBefore(range, now))];
  const rows = [...grouped(these, ({ payment }) => payment.payment_type)].sort(([a, one], [b, two]) => {
    if (minorOf(one) !== minorOf(two)) return minorOf(one) > minorOf(two) ? -1 : 1;
    return a < b ? -1 : 1;
  });
  return rows.map(([type, all]) => {
    const before = those.filter(({ payment }) => payment.payment_type === type);
    const share = shareOf(minorOf(all), minorOf(these));
    return {
      payment_type: type,
      transaction_count: all.length,
      total_revenue: moneyOf(minorOf(all), digits),
      avg_transaction_value: averageOf(minorOf(all), all.length, digits),
      revenue_share: share,
      transaction_share: shareOf(BigInt(all.length), BigInt(these.length)),
      previous_transaction_count: before.length,
      previous_revenue: moneyOf(minorOf(before), digits),
      revenue_change: changeOf(minorOf(all), minorOf(before)),
      share_change: share - shareOf(minorOf(before), minorOf(those)),
      ...unadjusted(moneyOf(minorOf(all), digits)),
    };
  });
}

/** Beside a gross sum where nothing was adjusted. */
export function unadjusted(gross: number): { adjustments: number; net_revenue: number } {
  return { adjustments: 0, net_revenue: gross };
}

export function overview(books: Books, range: Range): object {
  const { digits, now } = books;
  const [these, those] = [within(books, range), within(books, rangeBefore(range, now))];
  const ridersOf = (all: readonly Delivery[]): number =>
    new Set(all.map(({ payment }) => payment.user_id)).size;
  const figures = (all: readonly Delivery[]): object => ({
    payments: all.length,
    revenue: moneyOf(minorOf(all), digits),
    ...unadjusted(moneyOf(minorOf(all), digits)),
    riders: ridersOf(all),
    avg_price: averageOf(minorOf(all), all.length, digits),
  });
  const [payments, before] = [BigInt(these.length), BigInt(those.length)];
  const average = changeOf(minorOf(these) * before, minorOf(those) * payments);
  return {
    now: figures(these),
    before: figures(those),
    change: {
      payments: changeOf(payments, before),
      revenue: changeOf(minorOf(these), minorOf(those)),
      net_revenue: minorOf(those) <= 0n ? null : changeOf(minorOf(these), minorOf(those)),
      riders: changeOf(BigInt(ridersOf(these)), BigInt(ridersOf(those))),
      avg_price: payments === 0n ? null : average,
    },
  };
}

export type EarlierName = 'week' | 'month' | 'year';

/** The same wall-clock time earlier, on a month's last day where it is shorter. */
export function earlierOf(calendar: LocalCalendar, earlier: EarlierName, second: number): number {
  const local = calendar.isoOf(second).slice(0, 19);
  const time = local.slice(10);
  if (earlier === 'week') {
    const date = new Date(Date.parse(`${local.slice(0, 10)}T00:00:00Z`) - 7 * DAY * 1000);
    return calendar.instantOf(`${date.toISOString().slice(0, 10)}${time}`);
  }
  const [year = 0, month = 0, day = 0] = local.slice(0, 10).split('-').map(Number);
  const months = year * 12 + month - 1 - (earlier === 'month' ? 1 : 12);
  const first = `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
  // Counting back from the day, the first date that exists.
  for (let date = day; ; date--) {
    const text = `${first}-${String(date).padStart(2, '0')}`;
    if (new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text)
      return calendar.instantOf(`${text}${time}`);
  }
}

export interface PlainTrendOptions {
  readonly fill?: boolean;
  readonly byType?: boolean;
  readonly compare?: EarlierName;
}

/** Starts of the buckets of a range: all of them up to now or to the last payment, or those with payments. */
function bucketsOf(books: Books, period: Period, range: Range, fill: boolean): number[] {
  const calendar = calendarOf(books.zone);
  const paid = within(books, range).map(({ payment }) => payment.logged_s);
  if (!fill) return ascending(new Set(paid.map((second) => calendar.startOf(period, second))));
  const last = Math.min(range.to - 1, Math.max(...paid, range.from, books.now));
  const starts: number[] = [];
  for (let at = calendar.startOf(period, range.from); at <= last; at = calendar.endOf(period, at))
    starts.push(at);
  return starts;
}

export function trends(
  books: Books,
  period: Period,
  range: Range,
  { fill = true, byType = false, compare }: PlainTrendOptions = {},
): object[] {
  const { zone, digits } = books;
  const calendar = calendarOf(zone);
  const starts = bucketsOf(books, period, range, fill);
  const startOf = ({ payment }: Delivery): number => calendar.startOf(period, payment.logged_s);
  const inRange = grouped(within(books, range), startOf);
  const ever = grouped(books.deliveries, startOf);
  const thenOf = (start: number): number =>
    compare === undefined ? start : calendar.startOf(period, earlierOf(calendar, compare, start));
  const typesOf = (deliveries: readonly Delivery[]): string[] =>
    deliveries.map(({ payment }) => payment.payment_type);
  const first = starts[0];
  const lastStart = starts.at(-1);
  const types = new Set(typesOf(within(books, range)));
  if (compare !== undefined && first !== undefined && lastStart !== undefined) {
    const earlier = { from: thenOf(first), to: calendar.endOf(period, thenOf(lastStart)) };
    for (const type of typesOf(within(books, earlier))) types.add(type);
  }
  const rows: object[] = [];
  for (const start of starts) {
    for (const type of byType ? ascending(types) : [undefined]) {
      const ofType = (deliveries: readonly Delivery[] = []): Delivery[] =>
        deliveries.filter(({ payment }) => type === undefined || payment.payment_type === type);
      const all = ofType(inRange.get(start));
      if (!fill && all.length === 0) continue;
      const before = ofType(ever.get(thenOf(start)));
      rows.push({
        [FIELD[period]]: calendar.label(period, start),
        starts_at: calendar.isoOf(start),
        ...(type === undefined ? {} : { payment_type: type }),
        transactions: all.length,
        revenue: moneyOf(minorOf(all), digits),
        avg_transaction_value: averageOf(minorOf(all), all.length, digits),
        ...unadjusted(moneyOf(minorOf(all), digits)),
        ...(compare === undefined
          ? {}
          : {
              previous_starts_at: calendar.isoOf(thenOf(start)),
              previous_transactions: before.length,
              previous_revenue: moneyOf(minorOf(before), digits),
              revenue_change: changeOf(minorOf(all), minorOf(before)),
            }),
      });
    }
  }
  return rows;
}

export function profile(books: Books, range: Range): object[] {
  const calendar = calendarOf(books.zone);
  const cells = grouped(within(books, range), ({ payment }) => {
    const { weekday, hour } = calendar.cellOf(payment.logged_s);
    return weekday * 24 + hour;
  });
  return Array.from({ length: 168 }, (_, cell) => ({
    weekday: Math.floor(cell / 24),
    hour: cell % 24,
    transactions: cells.get(cell)?.length ?? 0,
    revenue: moneyOf(minorOf(cells.get(cell) ?? []), books.digits),
  }));
}

/** Type 7 of Hyndman and Fan in whole numbers: `value` is the quantile as near as a double comes. */
export function quantiles(values: readonly bigint[], digits: number): object[] {
  const sorted = ascending(values);
  if (sorted.length === 0) return [];
  return QUANTILES.map((percent) => {
    const place = (sorted.length - 1) * percent;
    const [index, hundredths] = [Math.floor(place / 100), BigInt(place % 100)];
    const low = sorted[index] ?? 0n;
    const high = sorted[index + 1] ?? low;
    return { quantile: percent / 100, value: moneyOf(low * 100n + hundredths * (high - low), digits + 2) };
  });
}

export function prices(books: Books, range: Range): object[] {
  const all = within(books, range);
  const types = ascending(new Set(all.map(({ payment }) => payment.payment_type)));
  return [null, ...types].map((type) => {
    const these = all.filter(({ payment }) => type === null || payment.payment_type === type);
    const counts = [...grouped(these, ({ payment }) => payment.price_minor)];
    const most = counts.sort(([a, one], [b, two]) => two.length - one.length || a - b).slice(0, 100);
    return {
      payment_type: type,
      transactions: these.length,
      avg_price: averageOf(minorOf(these), these.length, books.digits),
      quantiles: quantiles(
        these.map(({ payment }) => BigInt(payment.price_minor)),
        books.digits,
      ),
      most_paid: most
        .sort(([a], [b]) => a - b)
        .map(([price, paid]) => ({ price: moneyOf(BigInt(price), books.digits), transactions: paid.length })),
      distinct_prices: counts.length,
    };
  });
}

function spentBy(deliveries: readonly Delivery[]): Map<string, bigint> {
  const riders = grouped(deliveries, ({ payment }) => payment.user_id);
  return new Map([...riders].map(([rider, all]) => [rider, minorOf(all)]));
}

export function spendingDistribution(books: Books, range: Range): object {
  const all = within(books, range);
  const spent = ascending(spentBy(all).values());
  const n = BigInt(spent.length);
  const total = minorOf(all);
  // Gini by its definition: the mean difference of all pairs over twice the mean.
  let differences = 0n;
  for (const one of spent) for (const other of spent) differences += one > other ? one - other : other - one;
  const cumulative = (tenth: number): bigint => {
    // Ten times the spending of the tenth's riders, so that parts of a rider are whole numbers.
    const tenths = spent.length * tenth;
    const whole = spent.slice(0, Math.floor(tenths / 10)).reduce((sum, one) => sum + one, 0n);
    return whole * 10n + BigInt(tenths % 10) * (spent[Math.floor(tenths / 10)] ?? 0n);
  };
  return {
    riders: spent.length,
    total_spent: moneyOf(total, books.digits),
    avg_spent: averageOf(total, spent.length, books.digits),
    gini: total === 0n ? 0 : ratio(differences, 2n * n * total),
    quantiles: quantiles(spent, books.digits),
    lorenz: Array.from({ length: 11 }, (_, tenth) => ({
      riders_share: tenth / 10,
      spending_share: total === 0n ? tenth / 10 : ratio(cumulative(tenth), total * 10n),
    })),
  };
}

/** A rider is new in the row that has the rider's first payment ever. */
export function riderActivity(books: Books, period: Period, range: Range): object[] {
  const calendar = calendarOf(books.zone);
  const firsts = new Map<string, number>();
  for (const { payment } of books.deliveries)
    firsts.set(payment.user_id, Math.min(payment.logged_s, firsts.get(payment.user_id) ?? NO_END));
  return bucketsOf(books, period, range, true).map((start) => {
    const from = Math.max(start, range.from);
    const paid = within(books, { from, to: Math.min(calendar.endOf(period, start), range.to) });
    const riders = new Set(paid.map(({ payment }) => payment.user_id));
    const fresh = [...riders].filter((rider) => (firsts.get(rider) ?? 0) >= from);
    return {
      [FIELD[period]]: calendar.label(period, start),
      starts_at: calendar.isoOf(start),
      riders: riders.size,
      new_riders: fresh.length,
      returning_riders: riders.size - fresh.length,
    };
  });
}

export interface PlainRider {
  readonly user_id: string;
  readonly transaction_count: number;
  readonly total_spent: number;
  readonly adjustments: number;
  readonly net_spent: number;
}

/** All riders by spend, highest first, among equals by id. */
export function topRiders(books: Books, range: Range): PlainRider[] {
  const riders = grouped(within(books, range), ({ payment }) => payment.user_id);
  return [...riders]
    .map(([rider, all]) => ({ rider, all, spent: minorOf(all) }))
    .sort((a, b) => {
      if (a.spent !== b.spent) return a.spent > b.spent ? -1 : 1;
      return a.rider < b.rider ? -1 : 1;
    })
    .map(({ rider, all, spent }) => ({
      user_id: rider,
      transaction_count: all.length,
      total_spent: moneyOf(spent, books.digits),
      adjustments: 0,
      net_spent: moneyOf(spent, books.digits),
    }));
}

export function summary(books: Books, range: Range): object {
  const all = within(books, range);
  const calendar = calendarOf(books.zone);
  const times = ascending(all.map(({ payment }) => payment.logged_s));
  const iso = (second: number | undefined): string | null =>
    second === undefined ? null : calendar.isoOf(second);
  return {
    total_transactions: all.length,
    unique_users: spentBy(all).size,
    total_revenue: moneyOf(minorOf(all), books.digits),
    ...unadjusted(moneyOf(minorOf(all), books.digits)),
    avg_transaction: averageOf(minorOf(all), all.length, books.digits),
    first_transaction: iso(times[0]),
    latest_transaction: iso(times.at(-1)),
  };
}

/** The report but for what it says about itself; riders are all on one page. */
export function report(books: Books, range: Range): object {
  const before = rangeBefore(range, books.now);
  const days = trends(books, 'daily', range) as { date: string; transactions: number; revenue: number }[];
  return {
    summary: summary(books, range),
    trends: days.map(({ date, transactions, revenue }) => ({
      date,
      daily_transactions: transactions,
      daily_revenue: revenue,
      ...unadjusted(revenue),
    })),
    userAnalysis: topRiders(books, range),
    next_cursor: null,
    paymentMethods: methods({ ...books, deliveries: within(books, range) }, range).map((row) => {
      const { payment_type, transaction_count, total_revenue, avg_transaction_value } = row as Record<
        string,
        unknown
      >;
      return {
        payment_type,
        usage_count: transaction_count,
        method_revenue: total_revenue,
        avg_amount: avg_transaction_value,
        ...unadjusted(Number(total_revenue)),
      };
    }),
    profile: profile(books, range),
    before: before.from === before.to ? null : summary(books, before),
    left_out: [],
  };
}

export function spending(books: Books, rider: string): object {
  const calendar = calendarOf(books.zone);
  const all = books.deliveries.filter(({ payment }) => payment.user_id === rider);
  const minors = ascending(all.map(({ payment }) => BigInt(payment.price_minor)));
  const times = ascending(all.map(({ payment }) => payment.logged_s));
  const money = (minor: bigint | undefined): number | null =>
    minor === undefined ? null : moneyOf(minor, books.digits);
  const iso = (second: number | undefined): string | null =>
    second === undefined ? null : calendar.isoOf(second);
  const months = grouped(all, ({ payment }) => calendar.dateOf(payment.logged_s).slice(0, 7));
  return {
    overview: {
      total_transactions: all.length,
      total_spent: moneyOf(minorOf(all), books.digits),
      adjustments: 0,
      net_spent: moneyOf(minorOf(all), books.digits),
      avg_transaction: averageOf(minorOf(all), all.length, books.digits),
      min_transaction: money(minors[0]),
      max_transaction: money(minors.at(-1)),
      first_payment: iso(times[0]),
      latest_payment: iso(times.at(-1)),
    },
    monthly: ascending(months.keys()).map((month) => ({
      year: Number(month.slice(0, 4)),
      month: Number(month.slice(5)),
      transactions: months.get(month)?.length ?? 0,
      monthly_total: moneyOf(minorOf(months.get(month) ?? []), books.digits),
      adjustments: 0,
      net_total: moneyOf(minorOf(months.get(month) ?? []), books.digits),
    })),
  };
}

function isLive({ capture }: Delivery): boolean {
  return capture.source === 'webhook' || capture.source === 'api';
}

/** Whole seconds from payment to capture. */
export function lagOf({ payment, capture }: Delivery): number {
  return Math.floor(capture.received_ms / 1000) - payment.logged_s;
}

export function processingTimes(books: Books, range: Range): object[] {
  const byType = grouped(within(books, range).filter(isLive), ({ payment }) => payment.payment_type);
  return [...byType]
    .map(([type, all]) => {
      const lags = ascending(all.map(lagOf));
      const sum = lags.reduce((total, lag) => total + lag, 0);
      const at = (percent: number): number => {
        const place = (lags.length - 1) * percent;
        const low = lags[Math.floor(place / 100)] ?? 0;
        return low + ((place % 100) / 100) * ((lags[Math.ceil(place / 100)] ?? 0) - low);
      };
      return {
        payment_type: type,
        avg_processing_seconds: sum / lags.length,
        max_processing_seconds: lags.at(-1) ?? 0,
        sample_size: lags.length,
        p50_processing_seconds: at(50),
        p95_processing_seconds: at(95),
        p99_processing_seconds: at(99),
      };
    })
    .sort(
      (a, b) =>
        a.avg_processing_seconds - b.avg_processing_seconds || (a.payment_type < b.payment_type ? -1 : 1),
    );
}

/** Of deliveries that were all recorded: their sources, by the whole hour in which they came in. */
export function recordedRates(books: Books, range: Range): object[] {
  const from = (range.from - (range.from % 3_600)) * 1000;
  const hours = books.deliveries.filter(({ capture }) => {
    const hour = capture.received_ms - (capture.received_ms % 3_600_000);
    return hour >= from && hour < range.to * 1000;
  });
  const bySource = grouped(hours, ({ capture }) => capture.source);
  return ascending(bySource.keys()).map((source) => ({
    source,
    outcome: 'recorded',
    reason: '',
    deliveries: bySource.get(source)?.length ?? 0,
    rate: 1,
  }));
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const spaced = (whole: number | bigint): string => whole.toLocaleString('en-US');

/** What `late`, the payments captured since, changed in each day. */
export function restatements(
  books: Books,
  currency: string,
  range: Range,
  late: readonly Delivery[],
): object[] {
  const calendar = calendarOf(books.zone);
  const days = grouped(within({ deliveries: late }, range), ({ payment }) =>
    calendar.dateOf(payment.logged_s),
  );
  return ascending(days.keys()).map((date) => {
    const all = days.get(date) ?? [];
    const bySource = grouped(all, ({ capture }) => capture.source);
    const sources = ascending(bySource.keys())
      .map((source) => ({ source, transactions: bySource.get(source)?.length ?? 0 }))
      .sort((a, b) => b.transactions - a.transactions);
    const list = sources.map(({ source, transactions }) => `${spaced(transactions)} ${source}`).join(', ');
    const weekday = WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()];
    const text = String(minorOf(all)).padStart(books.digits + 1, '0');
    const whole = spaced(BigInt(books.digits === 0 ? text : text.slice(0, -books.digits)));
    const amount = books.digits === 0 ? whole : `${whole}.${text.slice(-books.digits)}`;
    const count = all.length === 1 ? '1 late payment' : `${spaced(all.length)} late payments`;
    return {
      date,
      late_transactions: all.length,
      late_revenue: moneyOf(minorOf(all), books.digits),
      late_adjustments: 0,
      adjustments: 0,
      sources,
      reason: `${weekday} ${date} rose by ${amount} ${currency}: ${count} (${list})`,
    };
  });
}
