/** Blocks of the ledger in which entries of some keys become those of another. */
import { type Entries, type Entry, entryAt, toEntries } from './ledger.js';

/** The entries with those of `moved` under `to`; undefined where the block has none of them. */
export function withKeysMoved(entries: Entries, moved: ReadonlySet<number>, to: number): Entries | undefined {
  if (!entries.key.some((key) => moved.has(key))) return undefined;
  const rows = Array.from({ length: entries.length }, (_, at): Entry => {
    const entry = entryAt(entries, at);
    return moved.has(entry.key) ? { ...entry, key: to } : entry;
  });
  return toEntries(rows);
}
