/** What everything in an episode shares: time, the database, the weather, and what has gone wrong so far. */
import type { Database } from './database.js';
import type { Laws } from './laws.js';
import type { Schedule } from './schedule.js';
import type { Fault, Weather } from './weather.js';

export interface World {
  readonly schedule: Schedule;
  readonly database: Database;
  readonly weather: Weather;
  readonly laws: Laws;
  /** How often each kind has struck. */
  readonly faults: Map<Fault, number>;
  /** Nothing goes wrong any more. */
  calm: boolean;
  databaseDown: boolean;
  /** How often the database went down: an answer from before does not arrive after. */
  databaseLife: number;
}

export function count(faults: Map<Fault, number>, fault: Fault, times = 1): void {
  faults.set(fault, (faults.get(fault) ?? 0) + times);
}

/** Whether a fault of the weather strikes now; counted where it does. */
export function strikes(world: World, share: number, fault: Fault): boolean {
  if (world.calm || !world.schedule.chance.happens(share)) return false;
  count(world.faults, fault);
  return true;
}
