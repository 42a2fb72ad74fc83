/**
 * Which cells are hidden: those of few riders or of one who outweighs the others, and as many more as it takes to keep
 * them so. Hidden cells look all alike. What is shown later can only be less, so a world that fits now fits at the end.
 */
import { AppError } from '../../domain/errors.js';
import type { Counts } from './counting.js';
import type { Declaration } from './declaration.js';
import { atomOf, gridName, type Lattice, namesOf } from './lattice.js';
import { atomsOf, type Place, placeOf } from './lattice-cells.js';
import { type Cells, type Move, OtherWorld } from './other-world.js';
import { RidersOfParts } from './part-riders.js';

type Rules = Pick<Declaration, 'k' | 'dominance_percent' | 'measures'>;

/** Atoms of a cell from which a move is tried, and places on the time axis to which. */
const BASES = 24;
const NEAR = 12;
/** Of a hidden cell's payments, how much must stay open where they are many. */
const OPEN_SHARE = 0.2;
const MOST_MOVES = 200;

export interface Hidden {
  /** By grid and cell: whether it is shown. */
  readonly hidden: readonly Uint8Array[];
  readonly few: number;
  readonly dominated: number;
  readonly complementary: number;
}

/** @throws AppError `invalid` where a cell cannot be hidden, with what would help */
export function hideCells(lattice: Lattice, counts: Counts, rules: Rules): Hidden {
  const hidden = lattice.grids.map(({ cells }) => new Uint8Array(cells));
  const revenueTold = rules.measures.includes('revenue');
  const ridersTold = rules.measures.includes('riders');
  const ridersOfParts = new RidersOfParts(lattice, counts);
  const cells: Cells = { lattice, counts, hidden, revenueTold, ridersTold, ridersOfParts };
  const queue: Place[] = [];
  let [few, dominated] = [0, 0];
  for (const [grid, { told, inRecords, cells: size }] of lattice.grids.entries()) {
    const all = counts.grids[grid];
    for (let cell = 0; cell < size; cell++) {
      const payments = all?.payments[cell] ?? 0;
      // What no table tells is hidden by that, and may only not be found; a row that is not there may be any reason's.
      const untold = !told && !inRecords;
      if (untold || (!told && payments === 0)) mark(hidden, { grid, cell }, 2);
      if (payments === 0) continue;
      const isFew = (all?.riders[cell] ?? 0) < rules.k;
      const isDominated = !isFew && revenueTold && isOutweighed(all, cell, rules.dominance_percent);
      if (!isFew && !isDominated) continue;
      mark(hidden, { grid, cell }, 1);
      queue.push({ grid, cell });
      if (untold) continue;
      if (isFew) few++;
      else dominated++;
    }
  }
  let complementary = 0;
  for (let place = queue.shift(); place !== undefined; place = queue.shift()) {
    const more = protect(cells, place, rules);
    complementary += more.length;
    queue.push(...more);
  }
  return { hidden, few, dominated, complementary };
}

function mark(hidden: readonly Uint8Array[], { grid, cell }: Place, why: 1 | 2): void {
  const of = hidden[grid];
  if (of !== undefined) of[cell] = why;
}

/** The p% rule: what all but the two largest payers paid is less than p% of the largest. */
function isOutweighed(all: Counts['grids'][number] | undefined, cell: number, percent: number): boolean {
  const largest = all?.largest[cell] ?? 0;
  const rest = (all?.money[cell] ?? 0) - largest - (all?.second[cell] ?? 0);
  return rest * 100 < percent * largest;
}

/** Finds the worlds that a hidden cell needs, and hides what must be for them. Returns what it hid. */
function protect(cells: Cells, place: Place, { k }: Rules): Place[] {
  const { counts, hidden } = cells;
  const payments = counts.grids[place.grid]?.payments[place.cell] ?? 0;
  const riders = counts.grids[place.grid]?.riders[place.cell] ?? 0;
  const ownSake = hidden[place.grid]?.[place.cell] === 1;
  const wide = ownSake ? Math.max(k - 1, Math.ceil(payments * OPEN_SHARE)) : payments < 2 * k ? k - 1 : 1;
  const more = new OtherWorld(cells, 1);
  const less = new OtherWorld(cells, -1);
  const chosen: Place[] = [];
  /** How much is wanting: of payments, of more riders, and of fewer. */
  const wanting = () => {
    const width = wide - more.change(place).payments + less.change(place).payments;
    if (!cells.ridersTold || (!ownSake && riders >= 2 * k)) return { width, higher: 0, lower: 0 };
    const [high, low] = [riders + more.change(place).riders, riders + less.change(place).riders];
    const narrow = k - 1 - (high - low);
    return { width, higher: Math.max(k - high, narrow), lower: narrow };
  };
  for (let moves = 0; ; moves++) {
    const { width, higher, lower } = wanting();
    if (width <= 0 && higher <= 0 && lower <= 0) return chosen;
    const up = Math.max(width, higher);
    const down = Math.max(width, lower);
    let world = more;
    const of = width > 0 ? 'payments' : 'riders';
    let move = up > 0 ? bestMove(more, place, up, of) : undefined;
    if (move === undefined && down > 0) {
      world = less;
      move = bestMove(less, place, down, of);
    }
    if (move === undefined || moves >= MOST_MOVES) throw cannotHide(cells, place);
    world.apply(move);
    for (const { grid, cell } of move.changed) {
      if (hidden[grid]?.[cell] !== 0) continue;
      mark(hidden, { grid, cell }, 2);
      chosen.push({ grid, cell });
    }
  }
}

/** The move of the least cost for what it gives. */
function bestMove(
  world: OtherWorld,
  place: Place,
  wanted: number,
  of: 'payments' | 'riders',
): Move | undefined {
  let best: Move | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const reach of [NEAR, Number.POSITIVE_INFINITY]) {
    for (const corners of candidates(world.cells, place, world.direction, reach)) {
      const weighed = world.weigh(corners, wanted);
      // Riders are looked at last, as it takes longest; they can only make it give less.
      if (weighed === undefined || (weighed.cost + 0.001) / weighed.payments >= least) continue;
      const move = world.withRiders(weighed);
      if (move === undefined) continue;
      const own = move.changed.findIndex(({ grid, cell }) => grid === place.grid && cell === place.cell);
      const gain = of === 'payments' ? move.payments : Math.abs(move.riders[own] ?? 0);
      if (gain === 0 || (move.cost + 0.001) / gain >= least) continue;
      least = (move.cost + 0.001) / gain;
      best = move;
      if (move.cost === 0 && gain >= wanted) return move;
    }
    if (best !== undefined) return best;
  }
  return undefined;
}

/** Corners of moves that change a cell by `sign`, from its atoms to places near by. */
function* candidates({ lattice, counts }: Cells, { grid, cell }: Place, sign: 1 | -1, reach: number) {
  const { levels, timeOf } = lattice.grids[grid] ?? { levels: { time: null, type: false, price: false } };
  const bases = atomsOf(lattice, grid, cell)
    .sort((a, b) => (counts.payments[b] ?? 0) - (counts.payments[a] ?? 0))
    .slice(0, BASES);
  for (const base of bases) {
    const [stretch, type, band] = placeOf(lattice, base);
    const stretches =
      levels.time === null
        ? []
        : others(lattice.stretches, stretch, reach).filter((one) => timeOf?.[one] !== timeOf?.[stretch]);
    const types = levels.type ? others(lattice.types, type) : [];
    const bands = levels.price ? others(lattice.bands, band) : [];
    for (const otherStretch of [stretch, ...stretches])
      for (const otherType of [type, ...types])
        for (const otherBand of [band, ...bands]) {
          const corners = cornersOf(
            lattice,
            [stretch, type, band],
            [otherStretch, otherType, otherBand],
            sign,
          );
          if (corners.length > 1) yield corners;
        }
  }
}

/** The other places of an axis, the nearest first. */
function others(size: number, own: number, reach = size): number[] {
  const found: number[] = [];
  for (let distance = 1; distance <= Math.min(reach, size); distance++)
    for (const one of [own - distance, own + distance]) if (one >= 0 && one < size) found.push(one);
  return found;
}

type Coordinates = readonly [stretch: number, type: number, band: number];

/** The corners between two atoms: on each axis on which they differ, either; their signs alternate. */
function cornersOf(lattice: Lattice, base: Coordinates, other: Coordinates, sign: 1 | -1) {
  let corners: { at: Coordinates; sign: 1 | -1 }[] = [{ at: base, sign }];
  for (const axis of [0, 1, 2] as const) {
    if (base[axis] === other[axis]) continue;
    const across = corners.map(({ at: [stretch, type, band], sign: of }) => {
      const at: Coordinates = [
        axis === 0 ? other[0] : stretch,
        axis === 1 ? other[1] : type,
        axis === 2 ? other[2] : band,
      ];
      return { at, sign: of === 1 ? (-1 as const) : (1 as const) };
    });
    corners = [...corners, ...across];
  }
  return corners.map(({ at: [stretch, type, band], sign: of }) => ({
    atom: atomOf(lattice, stretch, type, band),
    kind: type * lattice.bands + band,
    sign: of,
  }));
}

function cannotHide({ lattice }: Cells, { grid, cell }: Place): AppError {
  const one = lattice.grids[grid];
  const levels = one?.levels ?? { time: null, type: false, price: false };
  const when = one === undefined || levels.time === null ? '' : ` (${namesOf(one, cell).time})`;
  return new AppError(
    'invalid',
    `A cell of ${gridName(levels)}${when} has too few riders, and nothing that could be hidden with it keeps it from ` +
      'being found by subtraction. Coarsen the time or the price bands, leave a dimension or the totals out, or take more days.',
  );
}
