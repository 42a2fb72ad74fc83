/** How each rider mostly paid in each period, or that the rider paid nothing. A rider is there from the first payment on. */
import { ABSENT, type StateHistory } from './numeric/pooled-moves.js';
import { at } from './numeric/vectors.js';
import type { Observations } from './observations.js';
import { type Periods, periodLookup } from './periods.js';
import type { UsedTypes } from './used-types.js';

/** Places of the payments of each period; days are not always in the order of seconds. */
function placesByPeriod({ size, day }: Observations, periods: Periods): Int32Array[] {
  const periodOf = periodLookup(periods);
  const counts = new Int32Array(periods.count);
  const index = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const period = periodOf(at(day, i));
    index[i] = period;
    if (period >= 0) counts[period] = at(counts, period) + 1;
  }
  const places = Array.from(counts, (count) => new Int32Array(count));
  const next = new Int32Array(periods.count);
  for (let i = 0; i < size; i++) {
    const own = places[at(index, i)];
    if (own === undefined) continue;
    own[at(next, at(index, i))] = i;
    next[at(index, i)] = at(next, at(index, i)) + 1;
  }
  return places;
}

/** States are the types by their place, of equal ones the first; the one after the last is no payment. */
export function riderStates(
  observations: Observations,
  { names, category }: UsedTypes,
  periods: Periods,
): StateHistory {
  const { rider, riders, day, size } = observations;
  const [types, nothing] = [names.length, names.length];
  const values = new Uint8Array(riders.length * periods.count).fill(ABSENT);
  const counts = new Int32Array(riders.length * types);
  for (const [period, places] of placesByPeriod(observations, periods).entries()) {
    for (const i of places) {
      const cell = at(rider, i) * types + at(category, i);
      counts[cell] = at(counts, cell) + 1;
    }
    for (const i of places) {
      const who = at(rider, i);
      const place = who * periods.count + period;
      if (values[place] === ABSENT) values[place] = mostOf(counts, who * types, types);
    }
    for (const i of places) counts[at(rider, i) * types + at(category, i)] = 0;
  }
  const isKnown = new Uint8Array(riders.length);
  const start = at(periods.bounds, 0);
  for (let i = 0; i < size; i++) if (at(day, i) < start) isKnown[at(rider, i)] = 1;
  for (let who = 0; who < riders.length; who++) {
    let known = isKnown[who] === 1;
    for (let place = who * periods.count; place < (who + 1) * periods.count; place++) {
      if (values[place] !== ABSENT) known = true;
      else if (known) values[place] = nothing;
    }
  }
  return { units: riders.length, periods: periods.count, values };
}

/** The first place of the largest count. */
function mostOf(counts: Int32Array, from: number, length: number): number {
  let most = 0;
  for (let place = 1; place < length; place++) {
    if (at(counts, from + place) > at(counts, from + most)) most = place;
  }
  return most;
}
