/** Adjustments of a dataset, month by month. */
import type { Zone } from '../../domain/time.js';
import type { ObservedAdjustment } from '../../store/observed-adjustments.js';
import { localDay, monthOf } from '../days.js';
import { toRows } from './cells.js';
import type { StudyRiders } from './riders.js';
import type { TableWriter } from './table-writer.js';
import { TABLES } from './tables.js';
import type { DatasetTotals } from './totals.js';

type Record = (string | number | null)[];

/**
 * Writes those whose rider is in the study.
 * @param numbers of payments that are in the dataset, by their ids
 * @returns those that are left out
 */
export function writeAdjustments(
  adjustments: readonly ObservedAdjustment[],
  numbers: ReadonlyMap<number, number>,
  { zone, riders, totals }: { zone: Zone; riders: StudyRiders; totals: DatasetTotals },
  writer: TableWriter,
): ObservedAdjustment[] {
  const months = new Map<number, Record[]>();
  const leftOut: ObservedAdjustment[] = [];
  for (const adjustment of adjustments) {
    const { payment_id, user_id, payment_type, kind, amount_minor, adjusted_s } = adjustment;
    const rider = riders.find(user_id);
    if (typeof rider !== 'number') {
      leftOut.push(adjustment);
      continue;
    }
    const day = localDay(adjusted_s, zone);
    totals.adjustment(day, payment_type, amount_minor);
    const month = monthOf(day);
    const records = months.get(month) ?? [];
    months.set(month, records);
    const number = numbers.get(payment_id) ?? 0;
    records.push([adjusted_s, day, rider, payment_type, kind, amount_minor, number === 0 ? null : number]);
  }
  for (const [month, records] of months) writer.writeMonth(month, toRows(TABLES.adjustments, records));
  writer.end();
  return leftOut;
}
