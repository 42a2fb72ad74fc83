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
  return provenance.kind === 'live' ? Math.min(end, dayOfReading(provenance.read_at, zone)) : end;
}

/** The local day in which a live database was read. */
export const dayOfReading = (readAt: string, zone: string): number =>
  dayOf(localDate(Math.floor(Date.parse(readAt) / 1000), zoneNamed(zone)));

/** The zone of observations, which is known. */
export function zoneNamed(name: string): Zone {
  const zone = Zone.of(name);
  if (zone === undefined) throw new RangeError(`there is no zone ${name}`);
  return zone;
}
