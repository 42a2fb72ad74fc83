/** What routes are given: the open application's parts that HTTP needs. */
import type { FastifyInstance } from 'fastify';
import type { Figures } from '../analytics/figures.js';
import type { SignatureScheme } from '../bytemark/signature.js';
import type { Studies } from '../documents/study-question.js';
import type { NameInAudit } from '../domain/audit.js';
import type { Currency } from '../domain/money.js';
import type { Zone } from '../domain/time.js';
import type { Audit } from '../ingest/audit-log.js';
import type { Calendar } from '../ingest/calendar.js';
import type { Feed } from '../ingest/feed.js';
import type { Correcting } from '../ingest/reconciliation-corrections.js';
import type { ReconciliationStarter } from '../ingest/reconciliation-starter.js';
import type { Recorder } from '../ingest/record.js';
import type { Riders } from '../ingest/riders.js';
import type { ViewParts } from '../ingest/schedule-view.js';
import type { SealKey } from '../ingest/seal.js';
import type { Store } from '../store/dialect.js';
import type { Metrics } from './metrics.js';

/** The part of the log that HTTP uses. */
interface ErrorLog {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** The part of the traces that HTTP uses. */
export interface RequestTracing {
  readonly onServer: (server: FastifyInstance) => void;
  readonly span: <T>(name: string, work: () => T) => T;
}

export interface ServiceLimits {
  readonly bodyBytes: number;
  readonly bulkBodyBytes: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly liveStreams: number;
  readonly liveHeartbeatMs: number;
  readonly sessionMs: number;
  readonly signInsPerMinute: number;
  readonly addressSignInsPerMinute: number;
  readonly unknownKeysPerMinute: number;
  readonly addressUnknownKeysPerMinute: number;
  readonly keyRequestsPerMinute: number;
  readonly keyRecordingsPerMinute: number;
  readonly addressDeliveriesPerMinute: number;
  readonly queryTimeoutMs: number;
}

export interface Service {
  readonly store: Store;
  readonly figures: Figures;
  readonly recorder: Pick<Recorder, 'recordWebhook' | 'recordRecord' | 'recordAdjustment' | 'replay'>;
  /** By which corrections of reconciliation are recorded. */
  readonly correcting: Correcting;
  readonly audit: Audit;
  /** Names a rider in the audit. */
  readonly auditName: NameInAudit;
  readonly riders: Riders;
  readonly calendar: Calendar;
  readonly studies: Pick<Studies, 'write'>;
  /** Reconciliations that are started by HTTP. */
  readonly reconciliations: Pick<ReconciliationStarter, 'canStart' | 'underWay' | 'start'>;
  readonly feed: Pick<Feed, 'join'>;
  readonly sealKey: SealKey;
  readonly scheme: SignatureScheme;
  /** When this instance has jobs done, and how long a runner's lease is. */
  readonly schedule: Pick<ViewParts, 'times' | 'leaseMs'>;
  readonly zone: Zone;
  readonly currency: Currency;
  readonly limits: ServiceLimits;
  /** Whose X-Forwarded headers tell of the caller's address, host and protocol. */
  readonly trustedProxies: readonly string[];
  /** Payments that an export reads at once. */
  readonly exportPageRows: number;
  /** Where the build of the dashboard stands, if there is one. */
  readonly dashboardFolder: string;
  readonly metricsAccess: 'open' | 'admin' | 'off';
  readonly metrics: Metrics;
  /** Traces of requests; undefined where none are asked for. */
  readonly tracing?: RequestTracing | undefined;
  readonly logger: ErrorLog;
  readonly clock: () => number;
  /** False from the moment a stop was asked for: load balancers are turned away. */
  readonly ready: () => boolean;
  /** False from the moment on which requests are refused, which may be later. */
  readonly accepting: () => boolean;
  /** False while the database refuses payments, though it may be read. */
  readonly takesPayments: () => boolean;
}
