/** Facts about this database: which zone and currency its ledger was made with, and which key its riders. */
import type { Knex } from 'knex';
import type { Store } from './dialect.js';

export interface Meta {
  readonly reporting_zone: string;
  readonly currency: string;
  readonly rollup_version: string;
  readonly pseudonym_key_id: string;
  /** The key of the tombstones of erased riders; absent where nobody was erased. */
  readonly tombstone_key_id: string;
  /** `demo` where the payments were invented; `real` otherwise. */
  readonly data: string;
  /** The first local date of the demo, by which its planted effects come; absent where there are none. */
  readonly demo_from: string;
  /** The provider's list that was pulled last, and the second up to which all of it is here. */
  readonly pulled_source: string;
  readonly pulled_until: string;
  /** The portal that was synced last, and the row's id up to which all of it was read. */
  readonly synced_source: string;
  readonly synced_id: string;
  /** The second at which the last sync that came to its end had begun; of a first one, that one. */
  readonly synced_at: string;
  /** When the calendar was last changed, in milliseconds since 1970. */
  readonly calendar_changed_ms: string;
  /** A digest of whom the last sync took and left out. */
  readonly synced_users: string;
}

export async function readMeta(knex: Knex): Promise<Partial<Meta>> {
  const rows: { name: string; value: string }[] = await knex('farelog_meta').select('name', 'value');
  return Object.fromEntries(rows.map((row) => [row.name, row.value]));
}

/** Settings that the ledger was made with and that are others now: name, before, now. None where no ledger is made. */
export function changedSettings(
  meta: Partial<Meta>,
  zone: string,
  currency: string,
): (readonly [string, string, string])[] {
  if (meta.rollup_version === undefined) return [];
  const compared = [
    ['FARELOG_REPORT_TIMEZONE', meta.reporting_zone ?? 'unknown', zone],
    ['FARELOG_CURRENCY', meta.currency ?? 'unknown', currency],
  ] as const;
  return compared.filter(([, before, now]) => before !== now);
}

export async function writeMeta(trx: Knex, meta: Partial<Meta>): Promise<void> {
  const rows = Object.entries(meta).map(([name, value]) => ({ name, value }));
  if (rows.length > 0) await trx('farelog_meta').insert(rows).onConflict('name').merge(['value']);
}

export function saveMeta(store: Store, meta: Partial<Meta>): Promise<void> {
  return store.write((trx) => writeMeta(trx, meta));
}
