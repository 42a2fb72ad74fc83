/** Riders taken out of the journal and the ledger: their entries become those of the word for erased riders, and their numbers are nobody's. */
import type { Knex } from 'knex';
import { ERASED } from '../domain/erasure.js';
import { entryWithRidersNamed } from '../domain/journal.js';
import { isMonth, SECTIONS, type Section, SHAPES } from '../domain/ledger.js';
import { decodeEntries } from '../domain/ledger-bytes.js';
import { withKeysMoved } from '../domain/ledger-moves.js';
import { replaceFacts, someEntries } from '../store/journal.js';
import { blockPeriods, blockRow, deleteKeys, keyNumbers, readBlocks, saveBlock } from '../store/ledger.js';
import { addRiderKey } from './ledger-keys.js';

/**
 * Within the transaction that has raised the ledger's version. Which days to write anew is told by the blocks of
 * months, not by payments, so that nothing stays of a payment whose row another program has deleted.
 */
export async function moveToErased(trx: Knex, version: number, userIds: readonly string[]): Promise<void> {
  const numbers = await keyNumbers(trx, 'rider', userIds);
  if (numbers.size === 0) return;
  const moved = new Set(numbers.values());
  const to = await addRiderKey(trx, ERASED);
  for (const section of SECTIONS.filter((one) => SHAPES[one].by === 'rider')) {
    const periods = await blockPeriods(trx, section);
    for (const month of periods.filter(isMonth)) {
      if (!(await moveInBlock(trx, version, section, month, moved, to))) continue;
      const days = periods.filter((period) => !isMonth(period) && Math.floor(period / 100) === month);
      for (const day of days) await moveInBlock(trx, version, section, day, moved, to);
    }
  }
  await deleteKeys(trx, 'rider', [...moved]);
}

/** Whether the block had entries of those riders. */
async function moveInBlock(
  trx: Knex,
  version: number,
  section: Section,
  period: number,
  moved: ReadonlySet<number>,
  to: number,
): Promise<boolean> {
  const [block] = await readBlocks(trx, section, [period]);
  const entries = block === undefined ? undefined : withKeysMoved(decodeEntries(block.data), moved, to);
  if (entries === undefined) return false;
  await saveBlock(trx, blockRow(section, period, version, entries));
  return true;
}

const ENTRIES = 500;

/** Within the same transaction: what waits to be posted is counted under the word for erased riders too. */
export async function eraseFromJournal(trx: Knex, userIds: readonly string[]): Promise<void> {
  const riders = new Set(userIds);
  for (let last = 0; ; ) {
    const entries = await someEntries(trx, last, ENTRIES);
    for (const { id, facts } of entries) {
      const changed = entryWithRidersNamed(facts, riders, ERASED);
      if (changed !== undefined) await replaceFacts(trx, id, changed);
    }
    const newest = entries.at(-1);
    if (newest === undefined) return;
    last = newest.id;
  }
}
