import type { FigureRequest } from './analytics/figures.js';
import { parseMoment } from './analytics/range.js';
import type { PaymentReport } from './analytics/report.js';
import { type App, openApp } from './app.js';
import { claimFromRecord } from './bytemark/payload.js';
import { verifySignature } from './bytemark/signature.js';
import { buildDatasetNow } from './datasets.js';
import { AppError } from './domain/errors.js';
import { characterCount } from './domain/field-checks.js';
import {
  checkPayment,
  checkStoredUserId,
  MAX_PAYMENT_TYPE_CHARACTERS,
  type PaymentRecord,
  toRecord,
} from './domain/payment.js';
import { normalizePaymentType } from './domain/payment-type.js';
import { LAST_SECOND, toIso, type Zone } from './domain/time.js';
import { decide, itemsPage } from './ingest/reconciliation-items.js';
import type { PaymentAnswer, RecordAnswer } from './ingest/record.js';
import type {
  Farelog,
  KeptPayment,
  OpenOptions,
  ReportConfig,
  TransactionFilters,
  WebhookDelivery,
} from './library.js';
import { calendarByLibrary } from './library-calendar.js';
import { describeStudies } from './research/studies.js';
import { listAdjustments, toListedAdjustment } from './store/adjustment-list.js';
import { listPayments } from './store/payments.js';
import { logged } from './verb-log.js';

export type { Answer, FigureRequest, Figures, RiderPageRequest } from './analytics/figures.js';
export type { MethodComparison, MethodRow } from './analytics/methods.js';
export type { ErrorRate, PaymentPerformance, ProcessingTime } from './analytics/performance.js';
export type { RangeRequest } from './analytics/range.js';
export type { About, PaymentReport, Restatement } from './analytics/report.js';
export type { SpendingMonth, SpendingOverview, UserSpending } from './analytics/spending.js';
export type { TrendRow } from './analytics/trends.js';
export type { Drift, VerifyReport } from './analytics/verify.js';
export type { StudyAnswer, StudyRequest } from './documents/study-question.js';
export type { AdjustmentKind } from './domain/adjustment.js';
export type { AdjustmentRecord } from './domain/adjustment-record.js';
export type { Period } from './domain/bucket.js';
export type { CalendarEntry, CalendarKind, DateSpan } from './domain/calendar.js';
export type { CalendarClaim } from './domain/calendar-entry.js';
export { AppError, type ErrorCode, type Problem } from './domain/errors.js';
export type { PaymentRecord } from './domain/payment.js';
export { normalizePaymentType } from './domain/payment-type.js';
export type { CalendarImport } from './ingest/calendar.js';
export type { ErasureReport, RiderRequest } from './ingest/erasure.js';
export type { ReconciliationReport } from './ingest/reconcile-report.js';
export type { Decision, ReconciliationItem } from './ingest/reconciliation-items.js';
export type { RecordAnswer } from './ingest/record.js';
export type { KeptAdjustment } from './ingest/record-adjustment.js';
export type { WithdrawalReport } from './ingest/withdrawal.js';
export type {
  AdjustmentData,
  AdjustmentRequest,
  BytemarkData,
  Farelog,
  KeptPayment,
  OpenOptions,
  PaymentData,
  ReconciliationRequest,
  ReportConfig,
  TransactionFilters,
  WebhookDelivery,
} from './library.js';
export type { LibraryCalendar } from './library-calendar.js';
export type { Logger } from './log.js';
export type { BuildListeners, BuiltDataset } from './research/dataset/build.js';
export { openDataset } from './research/dataset/open-dataset.js';
export type { DatasetRequest } from './research/dataset/request.js';
export { type DatasetVerification, verifyDataset } from './research/dataset/verify.js';
export type { Observations } from './research/observations.js';
export type { StudyDescription } from './research/studies.js';
export type { Finding, StudyName, StudyRefusal, StudyResult } from './research/study.js';
export { farelogMigrations } from './store/migrations/source.js';

/**
 * Opens Farelog on a database address or on a platform's Knex.
 * @throws AppError `settings` where a setting, the database's durability or its ledger do not fit
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

/** Who acts, as the audit tells it: the platform knows for whom. */
const BY_LIBRARY = { actor: 'library' };

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
    buildDataset: (request, listeners) =>
      buildDatasetNow(app, request, { ...BY_LIBRARY, operation: 'buildDataset' }, listeners),
    recordAdjustment: async (data) => {
      const { recorder } = await app.writeSide();
      const answer = await recorder.recordAdjustment(data, 'api');
      if (!('problems' in answer)) return answer;
      throw refusal(answer.outcome, answer.problems);
    },
    adjustments: async ({ from, to, ...filter } = {}) => {
      const { zone, currency } = app.config;
      const span = {
        from: from === undefined ? undefined : momentOf(zone, 'from', from),
        to: to === undefined ? undefined : momentOf(zone, 'to', to),
      };
      const { limit = DEFAULT_TRANSACTIONS, ...others } = filter;
      const rows = await listAdjustments(app.store, { ...others, ...span }, limit);
      return rows.map((row) => toListedAdjustment(row, currency));
    },
    eraseRiders: async (riders) =>
      (await app.writeSide()).riders.erase(riders, { ...BY_LIBRARY, operation: 'eraseRiders' }),
    withdrawRiders: async (riders) =>
      (await app.writeSide()).riders.withdraw(riders, { ...BY_LIBRARY, operation: 'withdrawRiders' }),
    restoreRiders: async (riders) =>
      (await app.writeSide()).riders.restore(riders, { ...BY_LIBRARY, operation: 'restoreRiders' }),
    reconcile: async ({ from, to, ...request }) => {
      const { zone } = app.config;
      const { reconcile } = await app.writeSide();
      return reconcile({
        ...request,
        span: { from: momentOf(zone, 'from', from), to: momentOf(zone, 'to', to) },
      });
    },
    reconciliationItems: async ({ status = 'open', limit = 100, beforeId } = {}) =>
      (await itemsPage(app.store, { status, beforeId }, limit)).rows,
    decideReconciliationItems: async (decision) => {
      const by = { ...BY_LIBRARY, operation: 'decideReconciliationItems' };
      const { commit } = await app.writeSide();
      const correcting = { commit, currency: app.config.currency };
      return decide(app.store, decision, by, app.auditName, app.clock(), correcting);
    },
    calendar: calendarByLibrary(app.calendar),
    study: (study, request = {}) => app.studies.ask({ ...request, study }),
    studies: describeStudies,
    verify: () => app.verify(),
    rebuild: () => app.rebuild(),
    close: () => app.close(),
  };
}

/** @throws AppError `invalid` or `conflict`: nothing of the payment was kept, and the caller must know */
function kept(answer: PaymentAnswer): KeptPayment {
  if ('payment' in answer) return answer;
  throw refusal(answer.outcome, answer.problems);
}

function refusal(code: 'conflict' | 'invalid', problems: AppError['problems']): AppError {
  return new AppError(code, problems.map(({ message }) => message).join('; '), { problems });
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
