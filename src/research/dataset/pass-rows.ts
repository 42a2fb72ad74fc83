/** Uses of passes by the riders of a dataset. */
import type { Zone } from '../../domain/time.js';
import type { ObservedPass } from '../../store/observed-passes.js';
import { localDay } from '../days.js';
import { toRows } from './cells.js';
import type { StudyRiders } from './riders.js';
import type { TableWriter } from './table-writer.js';
import { TABLES } from './tables.js';

/** Rows that are written at once. */
const PIECE_ROWS = 100_000;

/** @returns how many were of others than the study's riders, and are left out */
export async function writePasses(
  passes: AsyncIterable<readonly ObservedPass[]>,
  zone: Zone,
  riders: StudyRiders,
  writer: TableWriter,
): Promise<number> {
  let others = 0;
  let records: number[][] = [];
  const flush = (): void => {
    writer.write(toRows(TABLES.passes, records));
    records = [];
  };
  for await (const some of passes) {
    for (const { user_id, used_s } of some) {
      const rider = riders.numberOf(user_id);
      if (rider === undefined) others++;
      else records.push([used_s, localDay(used_s, zone), rider]);
    }
    if (records.length >= PIECE_ROWS) flush();
  }
  flush();
  writer.end();
  return others;
}
