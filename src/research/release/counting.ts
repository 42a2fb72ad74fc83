/** Counts what a release may tell: payments and money of each atom; riders and the largest payers of each cell. */
import { atomOf, type Lattice } from './lattice.js';
import { cellOfAtom } from './lattice-cells.js';
import type { ReleasePayments } from './payments.js';

export interface GridCounts {
  readonly payments: Float64Array;
  /** Minor units, as the prices were paid. */
  readonly money: Float64Array;
  /** Different riders. */
  readonly riders: Int32Array;
  /** What the rider who paid most paid, and the next one. */
  readonly largest: Float64Array;
  readonly second: Float64Array;
}

export interface Counts {
  /** By atom. */
  readonly payments: Float64Array;
  readonly money: Float64Array;
  /** The lowest and highest price of each type and band. Whoever knows the fares knows these. */
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
  /** In the order of the lattice's grids. */
  readonly grids: readonly GridCounts[];
}

/** The band of a price: how many bands begin at or below it. */
export function bandOf(price: number, starts: readonly number[]): number {
  let band = 0;
  while (band < starts.length && (starts[band] ?? 0) <= price) band++;
  return band;
}

/** Payments of one rider behind the other: where each rider's begin, their atoms, and what was paid. */
interface ByRider {
  readonly starts: Int32Array;
  readonly atoms: Int32Array;
  readonly paid: Float64Array;
}

export function countCells(
  observations: ReleasePayments,
  lattice: Lattice,
  bands: readonly number[],
): Counts {
  const { size, type, day, price, rider, riders } = observations;
  const payments = new Float64Array(lattice.atoms);
  const money = new Float64Array(lattice.atoms);
  const lowest = new Float64Array(lattice.types * lattice.bands).fill(Number.POSITIVE_INFINITY);
  const highest = new Float64Array(lattice.types * lattice.bands);
  const starts = startsOf(observations);
  const next = starts.slice(0, riders.length);
  const byRider: ByRider = { starts, atoms: new Int32Array(size), paid: new Float64Array(size) };
  for (let at = 0; at < size; at++) {
    const paid = price[at] ?? 0;
    const [oneType, band] = [type[at] ?? 0, bandOf(paid, bands)];
    const atom = atomOf(lattice, lattice.stretchOf[(day[at] ?? 0) - lattice.firstDay] ?? 0, oneType, band);
    payments[atom] = (payments[atom] ?? 0) + 1;
    money[atom] = (money[atom] ?? 0) + paid;
    const kind = oneType * lattice.bands + band;
    lowest[kind] = Math.min(lowest[kind] ?? 0, paid);
    highest[kind] = Math.max(highest[kind] ?? 0, paid);
    const place = next[rider[at] ?? 0] ?? 0;
    next[rider[at] ?? 0] = place + 1;
    byRider.atoms[place] = atom;
    byRider.paid[place] = paid;
  }
  return {
    payments,
    money,
    lowest,
    highest,
    grids: lattice.grids.map((_, grid) => countGrid(lattice, grid, byRider)),
  };
}

function startsOf({ size, rider, riders }: ReleasePayments): Int32Array {
  const starts = new Int32Array(riders.length + 1);
  for (let at = 0; at < size; at++) starts[(rider[at] ?? 0) + 1] = (starts[(rider[at] ?? 0) + 1] ?? 0) + 1;
  for (let one = 0; one < riders.length; one++) starts[one + 1] = (starts[one + 1] ?? 0) + (starts[one] ?? 0);
  return starts;
}

function countGrid(lattice: Lattice, index: number, { starts, atoms, paid }: ByRider): GridCounts {
  const cells = lattice.grids[index]?.cells ?? 0;
  const cellOf = Int32Array.from({ length: lattice.atoms }, (_, atom) => cellOfAtom(lattice, index, atom));
  const make = (): Float64Array => new Float64Array(cells);
  const counts = {
    ...{ payments: make(), money: make(), riders: new Int32Array(cells) },
    ...{ largest: make(), second: make() },
  };
  const mine = make();
  // The rider who was last seen in a cell, plus one.
  const seen = new Int32Array(cells);
  const touched: number[] = [];
  for (let rider = 0; rider + 1 < starts.length; rider++) {
    for (let place = starts[rider] ?? 0; place < (starts[rider + 1] ?? 0); place++) {
      const cell = cellOf[atoms[place] ?? 0] ?? 0;
      const price = paid[place] ?? 0;
      counts.payments[cell] = (counts.payments[cell] ?? 0) + 1;
      counts.money[cell] = (counts.money[cell] ?? 0) + price;
      if (seen[cell] !== rider + 1) {
        seen[cell] = rider + 1;
        counts.riders[cell] = (counts.riders[cell] ?? 0) + 1;
        mine[cell] = 0;
        touched.push(cell);
      }
      mine[cell] = (mine[cell] ?? 0) + price;
    }
    for (const cell of touched) rankPayer(counts, cell, mine[cell] ?? 0);
    touched.length = 0;
  }
  return counts;
}

function rankPayer({ largest, second }: GridCounts, cell: number, paid: number): void {
  const before = largest[cell] ?? 0;
  if (paid >= before) {
    second[cell] = before;
    largest[cell] = paid;
  } else if (paid > (second[cell] ?? 0)) second[cell] = paid;
}
