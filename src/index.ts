/**
 * Farelog as a library: the source document's verbs, bound to an opened Farelog.
 *
 *     const farelog = await openFarelog({ knex })          // in a service that has a Knex
 *     await farelog.insertPaymentSafely({ … })
 *     await farelog.close()
 */
import type { Knex } from 'knex';
import type { FigureRequest, Figures, RiderPageRequest } from './analytics/figures.js';
import type { MethodComparison } from './analytics/methods.js';
import type { PaymentPerformance } from './analytics/performance.js';
import { parseMoment } from './analytics/range.js';
import type { PaymentReport } from './analytics/report.js';
import type { UserSpending } from './analytics/spending.js';
import type { TrendOptions, TrendRow } from './analytics/trends.js';
import type { VerifyReport } from './analytics/verify.js';
import { type App, openApp, type WriteSide } from './app.js';
import { claimFromRecord } from './bytemark/payload.js';
import { type Headers, verifySignature } from './bytemark/signature.js';
import type { Environment } from './config.js';
import type { Period } from './domain/bucket.js';
import { AppError } from './domain/errors.js';
import {
  characterCount,
  checkPayment,
  checkStoredUserId,
  MAX_PAYMENT_TYPE_CHARACTERS,
  type PaymentRecord,
  toRecord,
} from './domain/payment.js';
import { normalizePaymentType } from './domain/payment-type.js';
import { LAST_SECOND, toIso, type Zone } from './domain/time.js';
import type { RecordAnswer } from './ingest/record.js';
import type { Logger } from './log.js';
import { listPayments } from './store/payments.js';

export type { About, Answer, FigureRequest, Figures, RiderPageRequest } from './analytics/figures.js';
export type { MethodComparison, MethodRow } from './analytics/methods.js';
export type { ErrorRate, PaymentPerformance, ProcessingTime } from './analytics/performance.js';
export type { RangeRequest } from './analytics/range.js';
export type { PaymentReport, Restatement } from './analytics/report.js';
export type { SpendingMonth, SpendingOverview, UserSpending } from './analytics/spending.js';
export type { TrendRow } from './analytics/trends.js';
export type { Drift, VerifyReport } from './analytics/verify.js';
export type { Period } from './domain/bucket.js';
export { AppError, type ErrorCode, type Problem } from './domain/errors.js';
export type { PaymentRecord } from './domain/payment.js';
export { normalizePaymentType } from './domain/payment-type.js';
export type { RecordAnswer } from './ingest/record.js';
export type { Logger } from './log.js';
export { farelogMigrations } from './store/migrations/source.js';

export interface OpenOptions {
  /** `sqlite:./data/farelog.db` or `mysql://…`; by default FARELOG_DATABASE_URL. */
  readonly databaseUrl?: string;
  /** An open Knex of the platform (client mysql2, mysql or better-sqlite3) instead; it stays the platform's to close. */
  readonly knex?: Knex;
  /** Further settings by their names in the environment, `FARELOG_…`; they go before the environment's. */
  readonly settings?: Environment;
  readonly logger?: Logger;
  /**
   * The platform's own mapping of a provider's rider to a research id, as the source's
   * `mapBytemarkUserToResearchId`. Without it riders are pseudonyms by HMAC-SHA256.
   */
  readonly mapBytemarkUserToResearchId?: (providerUserId: string) => string | Promise<string>;
  /** Milliseconds since 1970; by default the system's clock. */
  readonly clock?: () => number;
  /** Whether pending migrations are applied at once; by default they are. */
  readonly migrate?: boolean;
}

/** A payment in the table's field names; `payment_method`, `amount` and `timestamp` are understood too. */
export interface PaymentData {
  readonly payment_id: number;
  readonly user_id: string | number;
  readonly order_id: number;
  readonly payment_type: string;
  readonly total_price: string | number;
  /** A Date, or ISO 8601 with offset or Z. */
  readonly logged_on: string | Date;
}

export interface BytemarkData {
  readonly payment_id: number;
  readonly order_id: number;
  readonly payment_method: string;
  readonly amount: string | number;
  readonly timestamp: string | Date;
}

/** The filters of the source's `getPaymentTransactions`; both ends of a range are included, as there. */
export interface TransactionFilters {
  /** The stored id of a rider: the pseudonym or research id. */
  readonly userId?: string;
  readonly paymentType?: string;
  readonly orderId?: number;
  /** Dates of the reporting zone, instants, or Dates. */
  readonly dateRange?: readonly [string | Date, string | Date];
  /** In currency units. */
  readonly priceRange?: { readonly min: number; readonly max: number };
  /** By default 100. */
  readonly limit?: number;
}

/** What the source's `generatePaymentReport` is given, and what more may be asked. */
export interface ReportConfig extends RiderPageRequest {
  /** Dates of the reporting zone, instants, or Dates. */
  readonly dateRange?: readonly [string | Date, string | Date];
  /** Figures as they stood at a capture: its sequence, or an instant. */
  readonly asOf?: string;
  /** Tell what changed since that capture: its sequence, or an instant. */
  readonly since?: string;
}

/** A webhook as it was received: the raw bytes of its body, since those are what is signed. */
export interface WebhookDelivery {
  readonly headers: Headers;
  readonly body: Buffer | string;
}

/** A payment that is kept: recorded now, or the duplicate of one that is stored. */
export type KeptPayment = Extract<RecordAnswer, { readonly payment: PaymentRecord }>;

export interface Farelog {
  /**
   * Records a payment, once, of a rider whom the platform has named already (`research_id` is stored as it is).
   * @throws AppError `invalid` or `conflict`, with the problems
   */
  processPaymentTransaction(
    bytemarkData: BytemarkData,
    userContext: { readonly research_id: string },
  ): Promise<KeptPayment>;
  /** Payments by filter, newest `logged_on` first. */
  getPaymentTransactions(filters?: TransactionFilters): Promise<PaymentRecord[]>;
  /**
   * Records a signed delivery; what cannot become a payment is quarantined.
   * @throws AppError `bad_signature`; `busy` or `unavailable`, after which it must be sent again
   */
  processBytemarkWebhook(delivery: WebhookDelivery): Promise<RecordAnswer>;
  /** The payment type of a provider's word, by the configured table; `other` where it has none. */
  normalizePaymentType(rawPaymentMethod: string): string;
  /** @throws AppError `invalid` with all problems of a payment together */
  validatePaymentData(data: Readonly<Record<string, unknown>> | PaymentData): void;
  /**
   * Records a payment once. A duplicate answers the stored record.
   * @throws AppError `invalid` or `conflict`, with the problems
   */
  insertPaymentSafely(data: PaymentData): Promise<KeptPayment>;
  /** Payment types by revenue over the last `days` times 24 hours (30), or over a range. */
  analyzePaymentMethods(range?: number | FigureRequest): Promise<MethodComparison[]>;
  /** Overview and months of one rider, by the stored id. */
  analyzeUserSpending(userId: string): Promise<UserSpending>;
  /** Revenue by `hourly`, `daily` (default), `weekly` or `monthly` bucket of the reporting zone; the last 90 days. */
  analyzeRevenueTrends(
    period?: Period,
    options?: FigureRequest & Pick<TrendOptions, 'fill' | 'byType' | 'compare'>,
  ): Promise<TrendRow[]>;
  /**
   * The whole report of a range of time; both ends are included, as in the source. By default the last 30 days.
   * @throws AppError `usage` naming what is wrong
   */
  generatePaymentReport(config?: ReportConfig): Promise<PaymentReport>;
  /** Capture lag by payment type and error rates by source and reason, of the last 30 days or of a range. */
  analyzePaymentPerformance(range?: number | FigureRequest): Promise<PaymentPerformance>;
  /** Every figure there is, with what each says about itself: zone, currency, and up to which capture it counts. */
  readonly figures: Figures;
  /** Compares the ledger with the raw payments. */
  verify(): Promise<VerifyReport>;
  /** Makes the whole ledger again; returns how many payments it counted. */
  rebuild(): Promise<number>;
  /** Commits what is under way and closes what Farelog opened. */
  close(): Promise<void>;
}

/**
 * Opens Farelog on a database address or on a platform's Knex.
 * @throws AppError `settings` where a setting, the database's durability or its rollups do not fit
 */
export async function openFarelog(options: OpenOptions = {}): Promise<Farelog> {
  const app = await openApp({
    environment: { ...process.env, ...options.settings },
    databaseUrl: options.databaseUrl,
    knex: options.knex,
    logger: options.logger,
    nameRider: options.mapBytemarkUserToResearchId,
    clock: options.clock,
    migrate: options.migrate,
  });
  return bind(app);
}

function bind(app: App): Farelog {
  return {
    processPaymentTransaction: async (bytemarkData, { research_id }) => {
      const data = { ...bytemarkData, user_id: research_id };
      const asItIs = (researchId: string): string => researchId;
      return kept(await logged(app, 'payment', ({ recorder }) => recorder.recordRecord(data, 'api', asItIs)));
    },
    getPaymentTransactions: (filters = {}) => transactions(app, filters),
    processBytemarkWebhook: (delivery) => processWebhook(app, delivery),
    normalizePaymentType: (rawPaymentMethod) =>
      normalizePaymentType(rawPaymentMethod, app.config.paymentTypes),
    validatePaymentData: (data) => validate(app, data),
    insertPaymentSafely: async (data) =>
      kept(await logged(app, 'payment', ({ recorder }) => recorder.recordRecord(data, 'api'))),
    analyzePaymentMethods: async (range = {}) => (await app.figures.methods(requestOf(range))).rows,
    analyzeUserSpending: async (userId) => {
      const { overview, monthly } = await app.figures.spending(userId);
      return { overview, monthly };
    },
    analyzeRevenueTrends: async (period = 'daily', options = {}) =>
      (await app.figures.trends(period, options)).rows,
    generatePaymentReport: (config = {}) => report(app, config),
    analyzePaymentPerformance: async (range = {}) => {
      const { processingTimes, errorRates } = await app.figures.performance(requestOf(range));
      return { processingTimes, errorRates };
    },
    figures: app.figures,
    verify: () => app.verify(),
    rebuild: () => app.rebuild(),
    close: () => app.close(),
  };
}

/** @throws AppError `invalid` or `conflict`: nothing of the payment was kept, and the caller must know */
function kept(answer: RecordAnswer): KeptPayment {
  if ('payment' in answer) return answer;
  throw refusal(answer.outcome, answer.problems);
}

function refusal(code: 'conflict' | 'invalid', problems: AppError['problems']): AppError {
  return new AppError(code, problems.map(({ message }) => message).join('; '), { problems });
}

/** What the source's verbs log. */
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
async function logged(
  { logger, writeSide }: App,
  verb: keyof typeof LINES,
  record: (side: WriteSide) => Promise<RecordAnswer>,
): Promise<RecordAnswer> {
  const lines = LINES[verb];
  try {
    const answer = await record(await writeSide());
    if (!('payment' in answer)) {
      const codes = answer.problems.map(({ field, code }) => `${field}.${code}`);
      logger.warn(`Payment ${answer.outcome}`, { problems: codes });
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

function processWebhook(app: App, { headers, body }: WebhookDelivery): Promise<RecordAnswer> {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  const lowered = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return logged(app, 'webhook', async ({ recorder, scheme }) => {
    const verified = verifySignature(scheme, lowered, bytes, app.clock());
    if (!verified.ok) throw new AppError('bad_signature', `The delivery is not kept: ${verified.reason}.`);
    return recorder.recordWebhook(bytes);
  });
}

/** The rules of the table, on data in its field names: the type as it would be stored, not a provider's word. */
function validate(app: App, data: object): void {
  const claim = claimFromRecord({ ...data });
  if (claim === undefined) throw new AppError('usage', 'validatePaymentData takes a payment object.');
  const checked = checkPayment(claim, app.rules, app.clock());
  const problems = checked.ok ? [] : [...checked.problems];
  if (typeof claim.user_id === 'string' && claim.user_id !== '')
    problems.push(...checkStoredUserId(claim.user_id));
  const { payment_type: type } = claim;
  if (typeof type === 'string' && characterCount(type) > MAX_PAYMENT_TYPE_CHARACTERS) {
    const message = `payment_type must have at most ${MAX_PAYMENT_TYPE_CHARACTERS} characters`;
    problems.push({ field: 'payment_type', code: 'too_long', message });
  }
  const distinct = new Map(problems.map((problem) => [`${problem.field}.${problem.code}`, problem]));
  if (distinct.size > 0) throw refusal('invalid', [...distinct.values()]);
}

/** As in the source. */
const DEFAULT_TRANSACTIONS = 100;

function requestOf(range: number | FigureRequest): FigureRequest {
  return typeof range === 'number' ? { days: range } : range;
}

async function report(
  app: App,
  { dateRange, asOf, since, limit, cursor }: ReportConfig,
): Promise<PaymentReport> {
  const riders = { limit, cursor };
  if (dateRange === undefined) return app.figures.report({ asOf, since, riders });
  const { zone } = app.config;
  const from = momentOf(zone, 'dateRange[0]', dateRange[0]);
  const to = endAfter(zone, 'dateRange[1]', dateRange[1]);
  if (to !== undefined && from >= to) {
    throw new AppError('usage', 'dateRange[0] must not lie after dateRange[1].');
  }
  return app.figures.report({
    from: toIso(from),
    to: to === undefined ? undefined : toIso(to),
    asOf,
    since,
    riders,
  });
}

/** The second after the end of a range that includes its end; undefined where that is the last second there is. */
function endAfter(zone: Zone, name: string, value: string | Date): number | undefined {
  const end = momentOf(zone, name, value);
  return end === LAST_SECOND ? undefined : end + 1;
}

function momentOf(zone: Zone, name: string, value: string | Date): number {
  if (typeof value === 'string') return parseMoment(name, value, zone);
  return parseMoment(name, Number.isNaN(value.getTime()) ? '' : value.toISOString(), zone);
}

async function transactions(app: App, filters: TransactionFilters): Promise<PaymentRecord[]> {
  const { zone } = app.config;
  const [from, to] = filters.dateRange ?? [];
  const { limit = DEFAULT_TRANSACTIONS } = filters;
  if (!(Number.isSafeInteger(limit) && limit >= 1)) {
    throw new AppError('usage', 'limit must be a whole number over 0.');
  }
  const rows = await listPayments(
    app.store,
    {
      userId: filters.userId,
      paymentType: filters.paymentType,
      orderId: filters.orderId,
      from: from === undefined ? undefined : momentOf(zone, 'dateRange[0]', from),
      to: to === undefined ? undefined : endAfter(zone, 'dateRange[1]', to),
      minPrice: filters.priceRange?.min,
      maxPrice: filters.priceRange?.max,
    },
    limit,
  );
  return rows.map(toRecord);
}
