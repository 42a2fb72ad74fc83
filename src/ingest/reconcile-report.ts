/** What a reconciliation tells. Times are UTC; money is in currency units. */

import type { ExceptionKind } from '../domain/reconciliation.js';
import type { ItemDetails, ItemStatus } from '../domain/reconciliation-item.js';
import type { CategoryCounts, ReconciledDay, ReconciledSum } from '../domain/reconciliation-totals.js';
import type { ReconciliationSource } from './reconcile-records.js';

export interface ReconciliationSummary {
  readonly source: ReconciliationSource;
  /** What was read: an address, or a file's name. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** What one side alone has from here on is too recent to judge. */
  readonly pending_from: string;
  readonly dry_run: boolean;
  /** Records of the provider that were read; some are of other times. */
  readonly records_read: number;
  /** Findings by category. */
  readonly counts: CategoryCounts;
  /** Of what was missing here, how many were recorded. */
  readonly recorded: number;
  /** Adjustments that were listed with payments, missing here, and recorded. */
  readonly adjustments_recorded: number;
  /** Exceptions of the span that wait for a person. */
  readonly open: number;
  /** Exceptions of earlier runs that were not found any more. */
  readonly closed: number;
  /** Both sides as they were compared: before what was missing here was recorded. */
  readonly totals: ReconciledSum;
  readonly days: readonly ReconciledDay[];
  /** Windows of which not everything came that the provider counts. */
  readonly incomplete: readonly { readonly from: string; readonly to: string }[];
  readonly warnings: readonly string[];
  /** Whether a person should look. */
  readonly needs_attention: boolean;
}

/** What is kept in the place of a report where a run failed. */
export interface FailedRun {
  readonly failure: string;
}

/** An exception as the run shows it, with pseudonyms where riders differ. */
export interface ShownException extends ItemDetails {
  readonly kind: ExceptionKind;
  readonly payment_id: number | null;
  readonly status: ItemStatus;
  readonly sentence: string;
}

export interface ReconciliationReport extends ReconciliationSummary {
  /** The run; null where it was a dry one. */
  readonly id: number | null;
  /** The first of them; all are in the list of items, unless the run was a dry one. */
  readonly exceptions: readonly ShownException[];
}

export interface ReconciliationProgress {
  readonly read: number;
  readonly compared: number;
  readonly exceptions: number;
}
