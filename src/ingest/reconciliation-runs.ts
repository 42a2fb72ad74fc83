/** Reconciliations that were made, as they are shown. Times are UTC; money is in currency units. */
import { AppError } from '../domain/errors.js';
import { toIso } from '../domain/time.js';
import type { Store } from '../store/dialect.js';
import { findRun, listRuns, type RunHeadline, type RunRow, type RunScope } from '../store/reconciliations.js';
import type { FailedRun, ReconciliationSummary } from './reconcile-report.js';

export interface ReconciliationRun {
  readonly id: number;
  readonly source: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly started: string;
  /** Null where it is under way, or was cut off. */
  readonly finished: string | null;
}

export interface ListedRun extends ReconciliationRun {
  /** What its report tells in all; null where it did not come to its end. */
  readonly headline: RunHeadline | null;
  /** Items of its time that are open now. */
  readonly open_now: number;
}

export interface ReportedRun extends ReconciliationRun {
  /** Null where it did not come to its end. */
  readonly report: ReconciliationSummary | null;
  /** Why it failed; null where it did not. */
  readonly failure: string | null;
}

type Run = Omit<RunRow, 'report'>;

function toRun({ id, source, name, from_s, to_s, started_ms, finished_ms }: Run): ReconciliationRun {
  const iso = (ms: number): string => toIso(Math.floor(ms / 1000));
  const finished = finished_ms === null ? null : iso(finished_ms);
  return { id, source, name, from: toIso(from_s), to: toIso(to_s), started: iso(started_ms), finished };
}

/** A page, newest first; `next` is the `beforeId` of the page after, or null. */
export async function runsPage(
  store: Store,
  beforeId: number | undefined,
  limit: number,
): Promise<{ rows: ListedRun[]; next: number | null }> {
  const rows = await listRuns(store.knex, beforeId, limit + 1);
  const page = rows.slice(0, limit);
  return {
    rows: page.map((row) => ({ ...toRun(row), headline: row.headline, open_now: row.openNow })),
    next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}

export async function showRun(store: Store, id: number): Promise<ReportedRun> {
  const row = await runOf(store, id);
  if (row.report === null) return { ...toRun(row), report: null, failure: null };
  const kept: ReconciliationSummary | FailedRun = JSON.parse(row.report);
  return 'failure' in kept
    ? { ...toRun(row), report: null, failure: kept.failure }
    : { ...toRun(row), report: kept, failure: null };
}

/** A run with the time that it looked at, by which its items are found. */
export async function scopeOfRun(store: Store, id: number): Promise<RunScope> {
  const { source, from_s: from, to_s: to } = await runOf(store, id);
  return { run: id, scope: { source, from, to } };
}

async function runOf({ knex }: Store, id: number): Promise<RunRow> {
  const row = await findRun(knex, id);
  if (row === undefined) throw new AppError('not_found', `No reconciliation has the id ${id}.`);
  return row;
}
