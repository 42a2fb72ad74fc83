/** Days that are over: the last day of a live database goes on, and would look like a fall. */
import { localDate } from '../domain/calendar.js';
import { Zone } from '../domain/time.js';
import { dayOf } from './days.js';
import type { Observations } from './observations.js';

/** The day after the last one that was over when the data were read. */
export function endOfWholeDays({
  provenance,
  zone,
  to,
}: Pick<Observations, 'provenance' | 'zone' | 'to'>): number {
  const end = dayOf(to);
  const known = Zone.of(zone);
  if (provenance.kind !== 'live' || known === undefined) return end;
  return Math.min(end, dayOf(localDate(Math.floor(Date.parse(provenance.read_at) / 1000), known)));
}
