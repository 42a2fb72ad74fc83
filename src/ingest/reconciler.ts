/** Reconciliation as it is asked for: with the provider that is configured, or with a settlement file. */
import { BytemarkClient } from '../bytemark/client.js';
import type { ProviderSettings } from '../bytemark/provider-settings.js';
import { AppError } from '../domain/errors.js';
import type { Span } from '../domain/time.js';
import { type ReconcileEffects, reconcile } from './reconcile.js';
import {
  type ProviderRecords,
  recordsOfApi,
  recordsOfFile,
  type SettlementFile,
} from './reconcile-records.js';
import type { ReconciliationReport } from './reconcile-report.js';

export interface ReconcileRequest {
  readonly span: Span;
  /** By default the provider's API. */
  readonly settlement?: SettlementFile | undefined;
  /** How long one side may be behind the other; by default 24 hours. */
  readonly pendingHours?: number | undefined;
  readonly dryRun?: boolean | undefined;
}

export type ReconcileListeners = Pick<ReconcileEffects, 'signal' | 'onProgress' | 'onWarning' | 'onStarted'>;

/** Compares a span and records what is missing here; see `ingest/reconcile.ts`. */
export type Reconcile = (
  request: ReconcileRequest,
  listeners?: ReconcileListeners,
) => Promise<ReconciliationReport>;

export interface ReconcilerParts extends Omit<ReconcileEffects, 'records' | keyof ReconcileListeners> {
  /** Null: only files can be reconciled with. */
  readonly provider: ProviderSettings | null;
  /** Windows of time in which the API is read. */
  readonly windowS: number;
}

const DEFAULT_PENDING_HOURS = 24;

export function openReconciler({ provider, windowS, ...effects }: ReconcilerParts): Reconcile {
  return async (request, listeners = {}) => {
    const { span, settlement, pendingHours = DEFAULT_PENDING_HOURS, dryRun = false } = request;
    const options = { span, pendingS: pendingHours * 3600, dryRun };
    const run = (records: ProviderRecords) => reconcile(options, { ...effects, ...listeners, records });
    if (settlement !== undefined) return run(recordsOfFile(settlement));
    if (provider === null) {
      const message =
        'FARELOG_BYTEMARK_URL is not set, so there is no provider to reconcile with. Set it, or give a settlement file with --file.';
      throw new AppError('settings', message);
    }
    const client = new BytemarkClient(provider);
    const end = (): void => void client.close();
    listeners.signal?.addEventListener('abort', end);
    try {
      return await run(recordsOfApi(client, span, windowS, Math.floor(effects.clock() / 1000)));
    } finally {
      listeners.signal?.removeEventListener('abort', end);
      await client.close();
    }
  };
}
