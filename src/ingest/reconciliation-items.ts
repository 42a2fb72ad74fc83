/** What a person does with the exceptions of reconciliation: look, accept, ignore until a day, correct. Each decision is audited. */
import { type AuditEvent, filterText, type NameInAudit } from '../domain/audit.js';
import { removeCardNumbers } from '../domain/card-number.js';
import { AppError } from '../domain/errors.js';
import { EXCEPTION_KINDS, type ExceptionKind } from '../domain/reconciliation.js';
import { type ItemDetails, type ItemStatus, sentenceOf } from '../domain/reconciliation-item.js';
import { toIso } from '../domain/time.js';
import { appendAudit } from '../store/audit.js';
import type { Store } from '../store/dialect.js';
import {
  countItems,
  decideItems,
  type ItemFilter,
  type ItemRow,
  itemsByIds,
  listItems,
  type RunScope,
} from '../store/reconciliations.js';
import { type Correcting, recordCorrections } from './reconciliation-corrections.js';

/** An exception as it is shown. Times are UTC. */
export interface ReconciliationItem extends ItemDetails {
  readonly id: number;
  readonly source: string;
  readonly kind: ExceptionKind;
  readonly payment_id: number | null;
  readonly status: ItemStatus;
  readonly sentence: string;
  readonly at: string | null;
  readonly first_seen: string;
  readonly last_seen: string;
  /** The runs that saw it first and last. */
  readonly first_run: number;
  readonly last_run: number;
  readonly until: string | null;
  readonly reason: string | null;
  readonly decided_by: string | null;
  readonly decided: string | null;
}

const iso = (ms: number | null): string | null => (ms === null ? null : toIso(Math.floor(ms / 1000)));

function kindOf(text: string): ExceptionKind {
  return EXCEPTION_KINDS.find((one) => one === text) ?? 'differs';
}

function toItem(row: ItemRow): ReconciliationItem {
  const details: ItemDetails = JSON.parse(row.details);
  const kind = kindOf(row.kind);
  return {
    id: row.id,
    source: row.source,
    kind,
    payment_id: row.payment_id,
    status: row.status,
    sentence: sentenceOf(kind, details),
    ...details,
    at: row.at_s === null ? null : toIso(row.at_s),
    first_seen: toIso(Math.floor(row.first_seen_ms / 1000)),
    last_seen: toIso(Math.floor(row.last_seen_ms / 1000)),
    first_run: row.first_run,
    last_run: row.last_run,
    until: iso(row.until_ms),
    reason: row.reason,
    decided_by: row.decided_by,
    decided: iso(row.decided_ms),
  };
}

/** A page, newest first; `next` is the `beforeId` of the page after, or null. */
export async function itemsPage(
  store: Store,
  filter: ItemFilter,
  limit: number,
): Promise<{ rows: ReconciliationItem[]; next: number | null }> {
  const rows = await listItems(store.knex, filter, limit + 1);
  const page = rows.slice(0, limit);
  return { rows: page.map(toItem), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

/** All of them, newest first, page by page. */
export async function* pagesOfItems(
  store: Store,
  filter: ItemFilter,
  pageRows: number,
): AsyncGenerator<ReconciliationItem[], void> {
  for (let beforeId = filter.beforeId; ; ) {
    const { rows, next } = await itemsPage(store, { ...filter, beforeId }, pageRows);
    yield rows;
    if (next === null) return;
    beforeId = next;
  }
}

export interface ItemCounts {
  readonly kind: ExceptionKind;
  readonly status: ItemStatus;
  readonly items: number;
}

/** How many there are of each kind and status, those of none left out. */
export async function itemCounts(store: Store, ofRun?: RunScope): Promise<ItemCounts[]> {
  const counts = await countItems(store.knex, ofRun);
  return counts.map(({ kind, ...rest }) => ({ ...rest, kind: kindOf(kind) }));
}

export async function showItem(store: Store, id: number): Promise<ReconciliationItem> {
  const [row] = await itemsByIds(store.knex, [id]);
  if (row === undefined) throw new AppError('not_found', `Reconciliation found nothing with the id ${id}.`);
  return toItem(row);
}

export const DECISIONS = ['accept', 'ignore', 'correct'] as const;
export type DecisionKind = (typeof DECISIONS)[number];

export interface Decision {
  readonly decision: DecisionKind;
  readonly ids: readonly number[];
  readonly reason: string;
  /** Of `ignore`: milliseconds since 1970. */
  readonly untilMs?: number | undefined;
}

export const MAX_DECIDED = 1_000;
export const MAX_REASON_CHARACTERS = 1_000;

const STATUS_AFTER = {
  accept: 'accepted',
  ignore: 'ignored',
  correct: 'corrected',
} as const satisfies Record<DecisionKind, ItemStatus>;

/**
 * Decides all of them, or none; the audit's row is written in the same transaction, and where something is corrected
 * before it: who is cut off in between decides once more.
 */
export async function decide(
  store: Store,
  decision: Decision,
  by: Pick<AuditEvent, 'actor' | 'operation'>,
  nameRider: NameInAudit,
  now: number,
  correcting?: Correcting,
): Promise<ReconciliationItem[]> {
  const { decision: kind, untilMs } = decision;
  const ids = [...new Set(decision.ids)].sort((a, b) => a - b);
  const reason = removeCardNumbers(decision.reason.trim());
  refuseUnfit({ ...decision, ids, reason }, now);
  const until = kind === 'ignore' && untilMs !== undefined ? Math.floor(untilMs) : null;
  const filter = filterText({ ids, reason, ...(until === null ? {} : { until: iso(until) }) }, nameRider);
  const audit = [{ ...by, action: `reconciliation.${kind}` as const, filter, at_ms: now }];
  if (kind === 'correct') {
    if (correcting === undefined) throw new Error('corrections are recorded by the door, which is not here');
    const found = await itemsByIds(store.knex, ids);
    refuseOthers(ids, found);
    const request = { items: found, reason, now, audit: () => store.appendAudit(audit) };
    await recordCorrections(store, correcting, request);
  }
  return store.write(async (trx) => {
    const found = await itemsByIds(trx, ids);
    refuseOthers(ids, found);
    if (kind !== 'correct') await appendAudit(trx, audit);
    const status = STATUS_AFTER[kind];
    await decideItems(trx, ids, { status, until_ms: until, reason, decided_by: by.actor, decided_ms: now });
    return (await itemsByIds(trx, ids)).map(toItem);
  });
}

function refuseUnfit({ decision, ids, reason, untilMs }: Decision, now: number): void {
  const refuse = (message: string): never => {
    throw new AppError('usage', message);
  };
  if (ids.length === 0) refuse('ids: name at least one item.');
  if (ids.length > MAX_DECIDED) refuse(`ids: at most ${MAX_DECIDED} items are decided at once.`);
  if (reason === '') refuse('reason: say why; it is kept with the decision.');
  if ([...reason].length > MAX_REASON_CHARACTERS)
    refuse(`reason: must have at most ${MAX_REASON_CHARACTERS} characters.`);
  if (decision !== 'ignore' && untilMs !== undefined) refuse('until: goes with ignore only.');
  if (decision === 'ignore' && untilMs === undefined) refuse('until: say until when it is ignored.');
  if (untilMs !== undefined && untilMs <= now) refuse('until: must be in the future.');
}

const SETTLED: readonly ItemStatus[] = ['corrected', 'recorded', 'agreed'];

function refuseOthers(ids: readonly number[], found: readonly ItemRow[]): void {
  const known = new Set(found.map(({ id }) => id));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0)
    throw new AppError('not_found', `Reconciliation found nothing with the ids ${unknown.join(', ')}.`);
  const settled = found.filter(({ status }) => SETTLED.includes(status));
  if (settled.length === 0) return;
  const list = settled.map(({ id, status }) => `${id} (${status})`).join(', ');
  throw new AppError('conflict', `Nothing is left to decide of ${list}. Nothing was decided.`);
}
