/** The time that a reconciliation looked at, as dates of the reporting zone where it begins and ends with days. */
import type { Span } from '../../view/range.ts';
import { instantOf, localTime, monthStart, plusDays } from '../../view/zone-time.ts';

function momentIn(instant: string, zone: string): string {
  const { date, hour, minute, second } = localTime(Date.parse(instant), zone);
  // A day whose midnight the clocks skip begins later, and is a whole day all the same.
  const start = instantOf({ date, hour: 0, minute: 0, second: 0 }, zone);
  return (hour === 0 && minute === 0 && second === 0) || start === Date.parse(instant) ? date : instant;
}

export function spanOfRun({ from, to }: { from: string; to: string }, zone: string): Required<Span> {
  return { from: momentIn(from, zone), to: momentIn(to, zone) };
}

/** What is most likely to be reconciled now: last month while it is being closed, else this one up to yesterday. */
export function likelySpan(now: number, zone: string): { readonly first: string; readonly last: string } {
  const today = localTime(now, zone).date;
  const thisMonth = monthStart(today);
  if (Number(today.slice(8)) <= 10) return { first: monthStart(today, -1), last: plusDays(thisMonth, -1) };
  return { first: thisMonth, last: plusDays(today, -1) };
}
