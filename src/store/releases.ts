/** The log of releases. Rows are added and read; nothing here changes or deletes one. */
import type { Knex } from 'knex';

const RELEASES = 'farelog_releases';

export interface ReleaseRow {
  readonly id: number;
  readonly name: string;
  readonly at_ms: number;
  readonly actor: string;
  readonly recipient: string;
  readonly purpose: string;
  /** The dataset that it was made of: its study, its version, and the last capture in it. */
  readonly study: string;
  readonly dataset_version: string;
  readonly as_of: number;
  /** Local dates: from inclusive, to exclusive. */
  readonly from_date: string;
  readonly to_date: string;
  /** JSON of the declaration, and of what was released. */
  readonly settings: string;
  readonly contents: string;
  readonly sha256: string;
}

export async function addRelease(trx: Knex.Transaction, row: Omit<ReleaseRow, 'id'>): Promise<void> {
  await trx(RELEASES).insert(row);
}

export async function isReleased(knex: Knex, name: string): Promise<boolean> {
  return (await knex(RELEASES).select('id').where({ name }).first()) !== undefined;
}

/** Newest first. */
export async function listReleases(
  knex: Knex,
  limit: number,
  beforeId: number | undefined,
): Promise<ReleaseRow[]> {
  const query = knex(RELEASES).orderBy('id', 'desc').limit(limit);
  if (beforeId !== undefined) query.where('id', '<', beforeId);
  const rows: ReleaseRow[] = await query;
  return rows.map((row) => ({
    ...row,
    id: Number(row.id),
    at_ms: Number(row.at_ms),
    as_of: Number(row.as_of),
  }));
}

/** Names of other releases whose days are some of these: whoever has both may put them together. */
export async function releasesOver(knex: Knex, from: string, to: string): Promise<string[]> {
  const rows: { name: string }[] = await knex(RELEASES)
    .select('name')
    .where('from_date', '<', to)
    .where('to_date', '>', from)
    .orderBy('id');
  return rows.map(({ name }) => name);
}
