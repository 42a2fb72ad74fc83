/** The journal: what was committed and is in no block yet, an entry or more a transaction. Written by the writers. */
import type { Knex } from 'knex';
import { factsOfEntry } from '../domain/journal.js';
import type { Fact } from '../domain/ledger.js';

const JOURNAL = 'farelog_journal';

/** A statement's parameters are limited, in SQLite to 32,766. */
const MANY_IDS = 5_000;

/** Facts of the journal whose month (YYYYMM) lies between two, both included; in no order. */
export async function journalFacts(
  knex: Knex,
  months: { readonly from: number; readonly to: number },
): Promise<Fact[]> {
  const rows: { facts: string }[] = await knex(JOURNAL)
    .select('facts')
    .where('month', '>=', months.from)
    .where('month', '<=', months.to);
  return rows.flatMap(({ facts }) => factsOfEntry(facts));
}

/** Entries to be posted, with what they hold. */
export interface JournalPart {
  readonly ids: readonly number[];
  readonly facts: readonly Fact[];
}

/**
 * Entries of the journal's earliest month, of so many payments at the most or of one entry: few blocks change with many
 * payments.
 */
export async function earliestEntries(knex: Knex, maxPayments: number): Promise<JournalPart> {
  const first = await knex(JOURNAL).min({ month: 'month' }).first();
  if (first?.month === null || first?.month === undefined) return { ids: [], facts: [] };
  const rows: { id: number; payments: number; facts: string }[] = await knex(JOURNAL)
    .select('id', 'payments', 'facts')
    .where('month', first.month)
    .orderBy('id')
    .limit(maxPayments);
  const ids: number[] = [];
  const facts: Fact[] = [];
  for (const { id, facts: text } of rows) {
    const more = factsOfEntry(text);
    if (ids.length > 0 && facts.length + more.length > maxPayments) break;
    ids.push(Number(id));
    facts.push(...more);
  }
  return { ids, facts };
}

export async function deleteEntries(trx: Knex, ids: readonly number[]): Promise<void> {
  for (let at = 0; at < ids.length; at += MANY_IDS) {
    await trx(JOURNAL)
      .whereIn('id', ids.slice(at, at + MANY_IDS))
      .delete();
  }
}

/** The months of the journal. */
export async function journalMonths(knex: Knex): Promise<number[]> {
  const rows: { month: number }[] = await knex(JOURNAL).distinct('month');
  return rows.map((row) => row.month);
}

/** How many payments wait in the journal. */
export async function journalSize(knex: Knex): Promise<number> {
  const row = await knex(JOURNAL).sum({ payments: 'payments' }).first();
  return Number(row?.payments ?? 0);
}

/** A chunk of the journal in the order of its entries. */
export async function someEntries(
  knex: Knex,
  afterId: number,
  limit: number,
): Promise<{ id: number; facts: string }[]> {
  const rows: { id: number; facts: string }[] = await knex(JOURNAL)
    .select('id', 'facts')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit);
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}

/** Puts other facts in the place of an entry's, which add up to the same. */
export async function replaceFacts(trx: Knex, id: number, facts: string): Promise<void> {
  await trx(JOURNAL).where({ id }).update({ facts });
}
