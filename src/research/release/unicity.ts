/**
 * Unicity (de Montjoye and others, 2013 and 2015): the share of riders whom a few of their own payments, as they stand in
 * the records, tell apart from all others. Payments are drawn at random from a rider's different rows; riders who have
 * fewer of them are not tried.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { ReleasePayments } from './payments.js';
import type { ReleasedRecords } from './rows.js';

export interface Unicity {
  readonly payments: number;
  readonly riders_tried: number;
  readonly unique: number;
  /** Null where no rider has so many. */
  readonly share: number | null;
}

const KNOWN_PAYMENTS = [2, 3, 4] as const;

interface Traces {
  /** Of each rider the different cells, ascending, one rider behind the other. */
  readonly cells: Int32Array;
  readonly starts: Int32Array;
  /** Of each cell its different riders, ascending. */
  readonly riders: Int32Array;
  readonly cellStarts: Int32Array;
}

export function unicityOf(
  observations: ReleasePayments,
  records: ReleasedRecords,
  cells: number,
  options: { readonly riders: number; readonly seed: number },
): Unicity[] {
  const traces = tracesOf(observations, records, cells);
  return KNOWN_PAYMENTS.map((known) => {
    const random = xoroshiro128plus(options.seed + known);
    const able: number[] = [];
    for (let rider = 0; rider < observations.riders.length; rider++)
      if ((traces.starts[rider + 1] ?? 0) - (traces.starts[rider] ?? 0) >= known) able.push(rider);
    // The beginning of a shuffle is a sample.
    const tried = Math.min(options.riders, able.length);
    for (let at = 0; at < tried; at++) swap(able, at, uniformInt(random, at, able.length - 1));
    let unique = 0;
    for (const rider of able.slice(0, tried)) {
      const own = [...traces.cells.subarray(traces.starts[rider] ?? 0, traces.starts[rider + 1] ?? 0)];
      for (let at = 0; at < known; at++) swap(own, at, uniformInt(random, at, own.length - 1));
      if (isAlone(traces, own.slice(0, known))) unique++;
    }
    return { payments: known, riders_tried: tried, unique, share: tried === 0 ? null : unique / tried };
  });
}

function swap(list: number[], a: number, b: number): void {
  [list[a], list[b]] = [list[b] ?? 0, list[a] ?? 0];
}

/** Riders and cells that belong together, each pair once, both ways. */
function tracesOf(
  { rider, riders }: ReleasePayments,
  { order, cells: cellOf }: ReleasedRecords,
  cells: number,
): Traces {
  // The records are in the order of cells and, within one, of riders' names: sorted again by rider they stay so.
  const perRider = new Int32Array(riders.length + 1);
  const last = new Int32Array(riders.length).fill(-1);
  const isNew = (at: number): boolean => {
    const [one, cell] = [rider[at] ?? 0, cellOf[at] ?? 0];
    if (last[one] === cell) return false;
    last[one] = cell;
    return true;
  };
  const cellStarts = new Int32Array(cells + 1);
  for (const at of order) {
    if (!isNew(at)) continue;
    perRider[(rider[at] ?? 0) + 1] = (perRider[(rider[at] ?? 0) + 1] ?? 0) + 1;
    cellStarts[(cellOf[at] ?? 0) + 1] = (cellStarts[(cellOf[at] ?? 0) + 1] ?? 0) + 1;
  }
  for (let one = 0; one < riders.length; one++)
    perRider[one + 1] = (perRider[one + 1] ?? 0) + (perRider[one] ?? 0);
  for (let cell = 0; cell < cells; cell++)
    cellStarts[cell + 1] = (cellStarts[cell + 1] ?? 0) + (cellStarts[cell] ?? 0);
  const pairs = perRider[riders.length] ?? 0;
  const [byRider, byCell] = [new Int32Array(pairs), new Int32Array(pairs)];
  const [nextOfRider, nextOfCell] = [perRider.slice(), cellStarts.slice()];
  last.fill(-1);
  for (const at of order) {
    if (!isNew(at)) continue;
    const [one, cell] = [rider[at] ?? 0, cellOf[at] ?? 0];
    byRider[nextOfRider[one] ?? 0] = cell;
    nextOfRider[one] = (nextOfRider[one] ?? 0) + 1;
    byCell[nextOfCell[cell] ?? 0] = one;
    nextOfCell[cell] = (nextOfCell[cell] ?? 0) + 1;
  }
  for (let cell = 0; cell < cells; cell++) byCell.subarray(cellStarts[cell], cellStarts[cell + 1]).sort();
  return { cells: byRider, starts: perRider, riders: byCell, cellStarts };
}

/** Whether one rider alone has been in all of these cells. */
function isAlone({ riders, cellStarts }: Traces, cells: readonly number[]): boolean {
  const lists = cells
    .map((cell) => riders.subarray(cellStarts[cell] ?? 0, cellStarts[cell + 1] ?? 0))
    .sort((a, b) => a.length - b.length);
  const [shortest = new Int32Array(0), ...others] = lists;
  let found = 0;
  for (const rider of shortest) {
    if (!others.every((list) => holds(list, rider))) continue;
    found++;
    if (found > 1) return false;
  }
  return found === 1;
}

function holds(list: Int32Array, wanted: number): boolean {
  let [low, high] = [0, list.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = list[middle] ?? 0;
    if (value === wanted) return true;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
