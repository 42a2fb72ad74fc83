/**
 * Every figure there is, each from one state of the database, with what it says about itself: period, zone, currency,
 * and up to which capture it counts.
 */
import type { Knex } from 'knex';
import type { Period } from '../domain/bucket.js';
import { AppError } from '../domain/errors.js';
import { SMALL_CELL_RIDERS } from '../domain/small-cell.js';
import type { Span } from '../domain/time.js';
import { adjustedSince } from '../store/adjustments.js';
import { newestCapture, receivedAfter, sequenceAt } from '../store/captures.js';
import { aboutOf } from './about.js';
import { Ledger, type Reader } from './ledger.js';
import { averagePrices, comparedMethods, type MethodComparison } from './methods.js';
import { type Overview, overview } from './overview.js';
import { decodeRiderCursor, encodeRiderCursor, paymentReport } from './payment-report.js';
import { type PaymentPerformance, paymentPerformance } from './performance.js';
import { type PriceDistribution, priceDistribution } from './prices.js';
import { weekProfile } from './profile.js';
import { OPEN_END, parseMoment, type RangeRequest, resolveRange, spanBefore } from './range.js';
import type { About, PaymentReport, ProfileCell, ReportRider, Restatement } from './report.js';

import { type EarlierState, restatements } from './restatements.js';
import { riderTotals } from './rider-totals.js';
import {
  type RiderActivityRow,
  riderActivity,
  ridersBySpend,
  type SpendingDistribution,
  spendingDistribution,
} from './riders.js';
import { captureSilence, lastHours, type Silence } from './silence.js';
import { type SourcesFigure, sourcesFigure } from './sources.js';
import { type UserSpending, userSpending } from './spending.js';
import { refuseLongSwitching, type SwitchingRow, switching } from './switching.js';
import { revenueTrends, type TrendOptions, type TrendRow } from './trends.js';

/** A range, and the capture up to which figures count: by its sequence, or by an instant or local date; by default all. */
export interface FigureRequest extends RangeRequest {
  readonly asOf?: string | undefined;
}

export type Answer<Row> = About & { readonly rows: Row[] };

/** Riders of a page: how many, and the `next_cursor` of the page before. */
export interface RiderPageRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface Figures {
  /** The headline figures, those of the period just before, and what changed; by default 30 days. */
  overview(request: FigureRequest): Promise<About & Overview>;
  /** Payment types by revenue, with share and change against the period before; by default 30 days. */
  methods(request: FigureRequest): Promise<Answer<MethodComparison>>;
  /** Revenue by bucket; by default 90 days. */
  trends(
    period: Period,
    request: FigureRequest & Pick<TrendOptions, 'fill' | 'byType' | 'compare'>,
  ): Promise<Answer<TrendRow>>;
  /** One rider, by the stored id; by default over all time. */
  spending(userId: string, request?: FigureRequest): Promise<About & UserSpending>;
  /** The whole report; by default 30 days. Without riders where `riders` is null. */
  report(
    request: FigureRequest & {
      readonly riders?: RiderPageRequest | null | undefined;
      readonly since?: string | undefined;
    },
  ): Promise<PaymentReport>;
  /** Capture lag and error rates; by default 30 days. */
  performance(request: FigureRequest): Promise<About & PaymentPerformance>;
  /** What each way of coming in has brought, and how far it has read; by default 30 days. */
  sources(request: FigureRequest): Promise<About & SourcesFigure>;
  /** Weekday × hour; by default 90 days. */
  profile(request: FigureRequest): Promise<Answer<ProfileCell>>;
  /** How prices are spread; by default 30 days. */
  prices(request: FigureRequest): Promise<Answer<PriceDistribution>>;
  /** How spending is spread over riders; by default 30 days. */
  spendingDistribution(request: FigureRequest): Promise<About & SpendingDistribution>;
  /** New and returning riders by `daily`, `weekly` or `monthly` bucket; by default 90 days. */
  riderActivity(period: Period, request: FigureRequest): Promise<Answer<RiderActivityRow>>;
  /** Riders by spend, a page; by default 30 days. */
  topRiders(
    request: FigureRequest & RiderPageRequest,
  ): Promise<Answer<ReportRider> & { readonly next_cursor: string | null }>;
  /**
   * Changes between payment types, from each payment of a rider to the next; no row has fewer than `minRiders` riders, by
   * default 11. At most 92 days, by default 30.
   */
  switching(
    request: FigureRequest & { readonly minRiders?: number | undefined },
  ): Promise<Answer<SwitchingRow> & { readonly min_riders: number }>;
  /** Whether capture is unusually quiet: the last full hours, by default 3 and at most 24, and the one going on. */
  silence(request?: { readonly hours?: number | undefined }): Promise<About & Silence>;
  /** Days that changed since an earlier capture, and why; by default 90 days. */
  restatements(request: FigureRequest & { readonly since: string }): Promise<Answer<Restatement>>;
  /** Average price of each payment type so far, in minor units. */
  averagePrices(): Promise<Map<string, number>>;
}

/** As in the source: 30 days of methods and performance, 90 of trends. */
const MONTH_DAYS = 30;
const QUARTER_DAYS = 90;

const DEFAULT_RIDERS = 100;
const MAX_RIDERS = 1_000;
const SILENCE_HOURS = 3;
export const MAX_SILENCE_HOURS = 24;
const ALL_TIME: Span = { from: 0, to: OPEN_END };

/** @param clock milliseconds since 1970 */
export function figuresOf(reader: Reader, clock: () => number): Figures {
  const { zone } = reader.calendar;
  /** Runs `work` on the ledger up to the capture asked for, and adds what the answer says about itself. */
  const answer = async <T extends object>(
    request: FigureRequest,
    days: number | Span,
    work: (ledger: Ledger, span: Span) => Promise<T>,
  ): Promise<About & T> => {
    const span = typeof days === 'number' ? resolveRange(request, days, zone, clock()) : days;
    return onLedger(reader, request.asOf, async (ledger) => {
      const result = await work(ledger, span);
      return { ...result, ...(await aboutOf(ledger, span)) };
    });
  };
  const rows = <Row>(
    request: FigureRequest,
    days: number,
    work: (ledger: Ledger, span: Span) => Promise<Row[]>,
  ): Promise<Answer<Row>> =>
    answer(request, days, async (ledger, span) => ({ rows: await work(ledger, span) }));
  return {
    overview: (request) =>
      answer(request, MONTH_DAYS, (ledger, span) => overview(ledger, span, spanBefore(span, clock()))),
    methods: (request) =>
      rows(request, MONTH_DAYS, (ledger, span) => comparedMethods(ledger, span, spanBefore(span, clock()))),
    trends: (period, request) =>
      rows(request, QUARTER_DAYS, (ledger, span) => {
        const { fill, byType, compare } = request;
        return revenueTrends(ledger, { period, span, fill, byType, compare, now: clock() });
      }),
    spending: (userId, request = {}) =>
      answer(request, isRange(request) ? MONTH_DAYS : ALL_TIME, (ledger, span) =>
        userSpending(ledger, userId, span),
      ),
    report: async (request) => {
      const span = resolveRange(request, MONTH_DAYS, zone, clock());
      const riders = request.riders === null ? null : pageOf(request.riders ?? {});
      return onLedger(reader, request.asOf, async (ledger) => {
        const since =
          request.since === undefined ? undefined : await stateOf(ledger.trx, 'since', request.since, reader);
        return paymentReport(ledger, { span, riders, since, now: clock() });
      });
    },
    performance: (request) => answer(request, MONTH_DAYS, paymentPerformance),
    sources: (request) => answer(request, MONTH_DAYS, sourcesFigure),
    profile: (request) => rows(request, QUARTER_DAYS, weekProfile),
    prices: (request) => rows(request, MONTH_DAYS, priceDistribution),
    spendingDistribution: (request) => answer(request, MONTH_DAYS, spendingDistribution),
    riderActivity: (period, request) =>
      rows(request, QUARTER_DAYS, (ledger, span) => riderActivity(ledger, period, span, clock())),
    topRiders: (request) =>
      answer(request, MONTH_DAYS, async (ledger, span) => {
        const { limit, after } = pageOf(request);
        const page = await ridersBySpend(
          ledger,
          { span, totals: await riderTotals(ledger, span) },
          limit,
          after,
        );
        return { rows: page.rows, next_cursor: page.next === null ? null : encodeRiderCursor(page.next) };
      }),
    switching: (request) =>
      answer(request, MONTH_DAYS, async (ledger, span) => {
        const { minRiders = SMALL_CELL_RIDERS } = request;
        refuseLongSwitching(span, clock());
        return { rows: await switching(ledger, span, minRiders), min_riders: minRiders };
      }),
    silence: async ({ hours = SILENCE_HOURS } = {}) => {
      if (!(Number.isInteger(hours) && hours >= 1 && hours <= MAX_SILENCE_HOURS)) {
        throw new AppError('usage', `hours must be a whole number from 1 to ${MAX_SILENCE_HOURS}.`);
      }
      const nowS = Math.floor(clock() / 1000);
      const span = { from: lastHours(nowS, hours, zone)[0]?.from ?? nowS, to: nowS };
      return answer({}, span, (ledger) => captureSilence(ledger, hours, nowS));
    },
    restatements: (request) =>
      rows(request, QUARTER_DAYS, async (ledger, span) =>
        restatements(ledger, span, await stateOf(ledger.trx, 'since', request.since, reader)),
      ),
    averagePrices: () => onLedger(reader, undefined, averagePrices),
  };
}

function isRange({ days, from, to }: RangeRequest): boolean {
  return days !== undefined || from !== undefined || to !== undefined;
}

function pageOf({ limit = DEFAULT_RIDERS, cursor }: RiderPageRequest) {
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= MAX_RIDERS)) {
    throw new AppError('usage', `limit must be a whole number from 1 to ${MAX_RIDERS}.`);
  }
  return { limit, after: cursor === undefined ? undefined : decodeRiderCursor(cursor) };
}

function onLedger<T>(
  reader: Reader,
  asOf: string | undefined,
  work: (ledger: Ledger) => Promise<T>,
): Promise<T> {
  return reader.store.snapshot(async (trx) => {
    if (asOf === undefined) return work(new Ledger(reader, trx, undefined));
    const { sequence, beforeMs } = await stateOf(trx, 'as-of', asOf, reader);
    // As of the newest capture, and with all adjustments, figures are what they are now.
    const isNow = sequence === (await newestCapture(trx)).sequence && !(await adjustedSince(trx, beforeMs));
    return work(new Ledger(reader, trx, isNow ? undefined : { sequence, beforeMs }));
  }, reader.limit);
}

/**
 * The capture that a sequence, an instant or a local date names, the last that had come in by then; and when that is.
 * An instant is a whole second, as in `as_of_received_at`, where fractions are cut.
 */
async function stateOf(trx: Knex, name: string, text: string, { calendar }: Reader): Promise<EarlierState> {
  if (!/^\d{1,15}$/.test(text)) {
    const ms = parseMoment(name, text, calendar.zone) * 1000;
    return { sequence: await sequenceAt(trx, ms + 999), ms, beforeMs: ms + 1_000 };
  }
  const newest = await newestCapture(trx);
  if (Number(text) > newest.sequence) {
    const message = `${name} ${text} is not captured yet; the newest capture is ${newest.sequence}.`;
    throw new AppError('usage', message);
  }
  // That state stood until the next capture came in.
  const until = await receivedAfter(trx, Number(text));
  return { sequence: Number(text), ms: until ?? 0, beforeMs: until ?? Number.MAX_SAFE_INTEGER };
}
