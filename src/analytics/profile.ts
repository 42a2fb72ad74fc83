/** When people pay: payments and revenue by weekday and hour of the reporting zone. */
import { ExactSum } from '../domain/ledger.js';
import { minorToNumber } from '../domain/money.js';
import type { Span } from '../domain/time.js';
import type { Ledger } from './ledger.js';
import type { ProfileCell } from './report.js';

const HOUR = 3600;
const HOURS = 24;
const CELLS = 7 * HOURS;

/** All 168 cells, from Sunday's first hour. An hour that clocks repeat counts in its one cell. */
export async function weekProfile(ledger: Ledger, span: Span): Promise<ProfileCell[]> {
  const { zone, grainS } = ledger.calendar;
  const payments = new Float64Array(CELLS);
  const revenue = Array.from({ length: CELLS }, () => new ExactSum());
  for (const { start, entries, from, to } of await ledger.slices('revenue', span)) {
    let bucket = -1;
    let cell = 0;
    for (let at = from; at < to; at++) {
      const next = entries.bucket[at] ?? 0;
      if (next !== bucket) {
        cell = cellOf(zone.localOf(start + next * grainS));
        bucket = next;
      }
      payments[cell] = (payments[cell] ?? 0) + (entries.count[at] ?? 0);
      revenue[cell]?.add(entries.sum[at] ?? 0);
    }
  }
  return revenue.map((sum, cell) => ({
    weekday: Math.floor(cell / HOURS),
    hour: cell % HOURS,
    transactions: payments[cell] ?? 0,
    revenue: minorToNumber(sum.value, ledger.currency),
  }));
}

/** 1970-01-01 was a Thursday; Sunday is 0. */
function cellOf(local: number): number {
  const hours = Math.floor(local / HOUR);
  return ((Math.floor(hours / HOURS) + 4) % 7) * HOURS + (hours % HOURS);
}
