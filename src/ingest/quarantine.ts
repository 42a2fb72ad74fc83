/** What a person does with the quarantine: look, replay, discard; and what time does: expire. */
import { AppError, type Problem } from '../domain/errors.js';
import { toIso } from '../domain/time.js';
import type { Store } from '../store/dialect.js';
import {
  closeQuarantined,
  expireQuarantined,
  findQuarantined,
  listQuarantine,
  type QuarantineRow,
  type QuarantineStatus,
} from '../store/quarantine.js';
import { isKept, type RecordAnswer, type Recorder } from './record.js';
import { type SealKey, unseal } from './seal.js';

/** A quarantined delivery as it is shown: times as ISO 8601 in UTC; its payload only where it is asked for by id. */
export interface QuarantinedItem {
  readonly id: number;
  readonly source: string;
  readonly reason: string;
  readonly status: QuarantineStatus;
  readonly problems: readonly Problem[];
  readonly attempts: number;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly expires: string;
}

function toItem(row: QuarantineRow): QuarantinedItem {
  const iso = (ms: number): string => toIso(Math.floor(ms / 1000));
  const problems: Problem[] = JSON.parse(row.problems);
  return {
    id: row.id,
    source: row.source,
    reason: row.reason,
    status: row.status,
    problems,
    attempts: row.attempts,
    first_seen: iso(row.first_seen_ms),
    last_seen: iso(row.last_seen_ms),
    expires: iso(row.expires_ms),
  };
}

/** A page, newest first; `next` is the `beforeId` of the page after, or null. */
export async function listQuarantined(
  store: Store,
  filter: { readonly status?: QuarantineStatus | undefined; readonly beforeId?: number | undefined },
  limit: number,
): Promise<{ rows: QuarantinedItem[]; next: number | null }> {
  const rows = await listQuarantine(store.knex, filter, limit + 1);
  const page = rows.slice(0, limit);
  return { rows: page.map(toItem), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

async function find(store: Store, id: number): Promise<QuarantineRow> {
  const row = await findQuarantined(store.knex, id);
  if (row === undefined) throw new AppError('not_found', `Nothing in quarantine has the id ${id}.`);
  return row;
}

/** One delivery with its payload as text, where it is still kept. The payload holds the rider's identity. */
export async function showQuarantined(
  store: Store,
  key: SealKey,
  id: number,
): Promise<QuarantinedItem & { payload: string | null }> {
  const row = await find(store, id);
  return { ...toItem(row), payload: row.sealed === null ? null : unseal(row.sealed, key).toString('utf8') };
}

async function findOpen(store: Store, id: number): Promise<QuarantineRow & { sealed: Buffer }> {
  const row = await find(store, id);
  if (row.status !== 'open' || row.sealed === null) {
    throw new AppError(
      'conflict',
      `Quarantined delivery ${id} is ${row.status}; only open ones can be acted on.`,
    );
  }
  return { ...row, sealed: row.sealed };
}

/** Records an open delivery again. Recorded or duplicate closes it; with problems it stays open. */
export async function replayQuarantined(
  store: Store,
  recorder: Pick<Recorder, 'replay'>,
  key: SealKey,
  id: number,
): Promise<RecordAnswer> {
  const row = await findOpen(store, id);
  const answer = await recorder.replay(unseal(row.sealed, key));
  if (isKept(answer)) {
    await store.write((trx) => closeQuarantined(trx, id, 'replayed'));
  }
  return answer;
}

/** Gives an open delivery up: its payload is erased, its problems and times stay. */
export async function discardQuarantined(store: Store, id: number): Promise<void> {
  await findOpen(store, id);
  await store.write((trx) => closeQuarantined(trx, id, 'discarded'));
}

/** Erases the payloads of everything past its day; returns how many. */
export function expireQuarantine(store: Store, now: number): Promise<number> {
  return store.write((trx) => expireQuarantined(trx, now));
}
