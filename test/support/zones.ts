import { Zone } from '../../src/domain/time.js';

const zones = new Map<string, Zone>();

/** The zone of a name; the same one each time, since it remembers its changes. */
export function zoneOf(name: string): Zone {
  const zone = zones.get(name) ?? Zone.of(name);
  if (zone === undefined) throw new Error(`this Node knows no zone ${name}`);
  zones.set(name, zone);
  return zone;
}
