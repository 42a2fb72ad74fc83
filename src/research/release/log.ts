/** What has been released, as it is told: to administrators, by command and over HTTP. */
import { toIso } from '../../domain/time.js';
import type { Store } from '../../store/dialect.js';
import { listReleases } from '../../store/releases.js';

export interface LoggedRelease {
  readonly id: number;
  readonly release: string;
  readonly released_at: string;
  readonly actor: string;
  readonly recipient: string;
  readonly purpose: string;
  readonly study: string;
  readonly dataset_version: string;
  readonly as_of: number;
  readonly from: string;
  readonly to: string;
  readonly settings: unknown;
  readonly contents: unknown;
  readonly sha256: string;
}

/** A page, newest first; `next` is the `beforeId` of the next one. */
export async function releasesPage(
  store: Store,
  limit: number,
  beforeId?: number,
): Promise<{ rows: LoggedRelease[]; next: number | null }> {
  const found = await listReleases(store.knex, limit + 1, beforeId);
  const rows = found
    .slice(0, limit)
    .map(({ name, at_ms, from_date, to_date, settings, contents, ...row }) => ({
      ...row,
      release: name,
      released_at: toIso(Math.floor(at_ms / 1000)),
      from: from_date,
      to: to_date,
      settings: parsed(settings),
      contents: parsed(contents),
    }));
  return { rows, next: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
}

function parsed(text: string): unknown {
  return JSON.parse(text);
}
