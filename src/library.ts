/** The library's shape: what it is opened with, the source document's verbs, and what they take. */
import type { Knex } from 'knex';
import type { FigureRequest, Figures, RiderPageRequest } from './analytics/figures.js';
import type { MethodComparison } from './analytics/methods.js';
import type { PaymentPerformance } from './analytics/performance.js';
import type { PaymentReport } from './analytics/report.js';
import type { UserSpending } from './analytics/spending.js';
import type { TrendOptions, TrendRow } from './analytics/trends.js';
import type { VerifyReport } from './analytics/verify.js';
import type { Headers } from './bytemark/signature.js';
import type { Environment } from './config.js';
import type { StudyAnswer, StudyRequest } from './documents/study-question.js';
import type { AdjustmentKind } from './domain/adjustment.js';
import type { ListedAdjustment } from './domain/adjustment-record.js';
import type { Period } from './domain/bucket.js';
import type { PaymentRecord } from './domain/payment.js';
import type { ErasureReport, RiderRequest } from './ingest/erasure.js';
import type { ReconciliationReport } from './ingest/reconcile-report.js';
import type { ReconcileRequest } from './ingest/reconciler.js';
import type { Decision, ReconciliationItem } from './ingest/reconciliation-items.js';
import type { PaymentAnswer, RecordAnswer } from './ingest/record.js';
import type { KeptAdjustment } from './ingest/record-adjustment.js';
import type { WithdrawalReport } from './ingest/withdrawal.js';
import type { LibraryCalendar } from './library-calendar.js';
import type { Logger } from './log.js';
import type { BuildListeners, BuiltDataset } from './research/dataset/build.js';
import type { DatasetRequest } from './research/dataset/request.js';
import type { StudyDescription } from './research/studies.js';
import type { StudyName } from './research/study.js';

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

/** What is reconciled: a span of dates of the reporting zone, instants or Dates, its end left out. */
export interface ReconciliationRequest extends Omit<ReconcileRequest, 'span'> {
  readonly from: string | Date;
  readonly to: string | Date;
}

/** An adjustment of a payment, which need not be here yet. */
export interface AdjustmentData {
  /** 1 to 64 characters; the same again is a duplicate. */
  readonly adjustment_id: string;
  readonly payment_id: number;
  readonly kind: AdjustmentKind;
  /** Of a refund or void how much goes back; of a correction the change, with its sign. */
  readonly amount: string | number;
  /** A Date, or ISO 8601 with offset or Z. It counts at this time. */
  readonly adjusted_on: string | Date;
  readonly reason?: string;
}

/** Which adjustments; the end of a range is left out. */
export interface AdjustmentRequest {
  readonly paymentId?: number;
  readonly kind?: AdjustmentKind;
  readonly from?: string | Date;
  readonly to?: string | Date;
  /** Only those whose payment is not here. */
  readonly waiting?: boolean;
  /** By default 100. */
  readonly limit?: number;
}

/** A payment that is kept: recorded now, or the duplicate of one that is stored. */
export type KeptPayment = Extract<PaymentAnswer, { readonly payment: PaymentRecord }>;

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
  /**
   * Records a refund, void or correction, once. One whose payment is not here yet waits for it.
   * @throws AppError `invalid` or `conflict`, with the problems
   */
  recordAdjustment(data: AdjustmentData): Promise<KeptAdjustment>;
  /** Adjustments by filter, newest `adjusted_on` first. */
  adjustments(request?: AdjustmentRequest): Promise<ListedAdjustment[]>;
  /**
   * Freezes payments of a period as a folder of Parquet and CSV files, for research. `openDataset(folder)` reads it and
   * `verifyDataset(folder)` checks it, without a database.
   * @throws AppError `usage` naming what is wrong, `conflict` where the folder is there or riders left meanwhile
   */
  buildDataset(request: DatasetRequest, listeners?: BuildListeners): Promise<BuiltDataset>;
  /**
   * Erases riders from everything that is stored, for good; payments and totals stay, with `erased` for the rider.
   * @throws AppError `usage` where none is named
   */
  eraseRiders(riders: RiderRequest): Promise<ErasureReport>;
  /** Leaves riders out of research that is released from now on; operational figures keep them. */
  withdrawRiders(riders: RiderRequest): Promise<WithdrawalReport>;
  /** Takes a withdrawal back. */
  restoreRiders(riders: RiderRequest): Promise<WithdrawalReport>;
  /**
   * Holds the provider's records, or a settlement file's, against the payments here, and records what is missing here.
   * @throws AppError `settings` where no provider is configured and no file is given
   */
  reconcile(request: ReconciliationRequest): Promise<ReconciliationReport>;
  /** Exceptions of all reconciliations, newest first; by default the open ones. */
  reconciliationItems(filter?: {
    readonly status?: ReconciliationItem['status'];
    readonly limit?: number;
    /** Only those with a lower id: the last one of an earlier page. */
    readonly beforeId?: number;
  }): Promise<ReconciliationItem[]>;
  /** Accepts exceptions, ignores them until a day, or corrects them by adjustments: all of them, or none. */
  decideReconciliationItems(decision: Decision): Promise<ReconciliationItem[]>;
  /** The fare and policy calendar: entries are read, added, changed, ended, removed and imported. */
  readonly calendar: LibraryCalendar;
  /**
   * A study of the payments as they are, or why it has no answer. On an address of a database it runs in a thread of its
   * own; on a platform's Knex it runs here and holds up whatever else does.
   * @throws AppError `usage` naming what is wrong with the question
   */
  study(name: StudyName, request?: StudyRequest): Promise<StudyAnswer>;
  /** Every study, with its question and its options. */
  studies(): StudyDescription[];
  /** Compares the ledger with the raw payments. */
  verify(): Promise<VerifyReport>;
  /** Makes the whole ledger again; returns how many payments it counted. */
  rebuild(): Promise<number>;
  /** Commits what is under way and closes what Farelog opened. */
  close(): Promise<void>;
}
