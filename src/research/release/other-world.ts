/**
 * Another world: payments moved between atoms so that everything that is shown stays as it is, and a hidden cell is
 * another. As long as such a world fits, nobody can tell from what is shown that it is not the real one; so a cell is
 * protected by worlds in which it is larger, or smaller, and no calculation can undo that.
 *
 * A **move** takes two places on each of one to three axes (time, type, price), adds payments at the corners of the one
 * sign and takes as many away at the others. A grid that sums over one of these axes does not see it; in all others the
 * corners' cells must be hidden. What a reader may know besides is granted: that a hidden cell is not empty, that no
 * count is negative, the lowest and highest price of each type and band, and that riders are no more than payments nor
 * than those of a cell around.
 *
 * Trade-off: moves are looked for near by and one after the other, so more is hidden than the least that would do.
 */
import type { Counts } from './counting.js';
import { atomOf, cellOf, type Lattice } from './lattice.js';

export interface Cells {
  readonly lattice: Lattice;
  readonly counts: Counts;
  /** By grid and cell: 0 shown, 1 hidden for itself, 2 hidden for the sake of another. */
  readonly hidden: readonly Uint8Array[];
  readonly revenueTold: boolean;
  readonly ridersTold: boolean;
}

export interface Place {
  readonly grid: number;
  readonly cell: number;
}

interface Corner {
  readonly atom: number;
  /** Of type and band, for the range of prices. */
  readonly kind: number;
  readonly sign: 1 | -1;
}

interface Changed extends Place {
  readonly sign: 1 | -1;
}

export interface Move {
  readonly corners: readonly Corner[];
  /** Cells that are others afterwards: all of them must be hidden. */
  readonly changed: readonly Changed[];
  /** Payments moved from corner to corner, riders, and minor units. */
  readonly payments: number;
  readonly riders: number;
  readonly money: number;
  /** Payments of the cells that would have to be hidden for it. */
  readonly cost: number;
}

/** What is different in a world so far. */
export class OtherWorld {
  readonly #atoms = new Map<number, { payments: number; money: number }>();
  readonly #cells = new Map<string, { payments: number; riders: number }>();
  /** As they were when first asked: what is hidden meanwhile only loosens them. */
  readonly #around = new Map<string, number>();
  readonly #parts = new Map<string, number>();

  /** @param direction whether the cell that it is about is larger in it, or smaller */
  constructor(
    readonly cells: Cells,
    readonly direction: 1 | -1,
  ) {}

  /** How a cell has changed. */
  change({ grid, cell }: Place): { payments: number; riders: number } {
    return this.#cells.get(`${grid}:${cell}`) ?? { payments: 0, riders: 0 };
  }

  apply({ corners, changed, payments, riders, money }: Move): void {
    for (const { atom, sign } of corners) {
      const before = this.#atoms.get(atom) ?? { payments: 0, money: 0 };
      this.#atoms.set(atom, {
        payments: before.payments + sign * payments,
        money: before.money + sign * money,
      });
    }
    for (const { grid, cell, sign } of changed) {
      const before = this.change({ grid, cell });
      this.#cells.set(`${grid}:${cell}`, {
        payments: before.payments + sign * payments,
        riders: before.riders + sign * riders,
      });
    }
  }

  /**
   * The move that changes what these corners change, as far as it goes; undefined where it does not.
   * @param wanted payments, at most
   */
  weigh(corners: readonly Corner[], wanted: number): Move | undefined {
    const changed = this.#changedBy(corners);
    if (changed === undefined) return undefined;
    let payments = wanted;
    for (const { atom, sign } of corners)
      if (sign < 0) payments = Math.min(payments, this.#atomNow(atom).payments);
    for (const place of changed) {
      // What no table tells may be empty.
      if (place.sign > 0 || this.cells.lattice.grids[place.grid]?.told !== true) continue;
      const { payments: there = new Float64Array(0) } = this.cells.counts.grids[place.grid] ?? {};
      payments = Math.min(payments, (there[place.cell] ?? 0) + this.change(place).payments - 1);
    }
    for (; payments >= 1; payments = Math.floor(payments / 2)) {
      const money = this.#moneyFor(corners, payments);
      const riders = money === undefined ? undefined : this.#ridersFor(changed, payments);
      if (money === undefined || riders === undefined) continue;
      return { corners, changed, payments, riders, money, cost: this.#costOf(changed) };
    }
    return undefined;
  }

  #atomNow(atom: number): { payments: number; money: number } {
    const { counts } = this.cells;
    const moved = this.#atoms.get(atom) ?? { payments: 0, money: 0 };
    return {
      payments: (counts.payments[atom] ?? 0) + moved.payments,
      money: (counts.money[atom] ?? 0) + moved.money,
    };
  }

  /** Cells that a move changes; undefined where one of them is shown as empty, which it must stay. */
  #changedBy(corners: readonly Corner[]): Changed[] | undefined {
    const { lattice, counts } = this.cells;
    const changed: Changed[] = [];
    for (let grid = 0; grid < lattice.grids.length; grid++) {
      const from = changed.length;
      for (const { atom, sign } of corners) {
        const cell = cellOfAtom(lattice, grid, atom);
        const at = changed.findIndex((one, index) => index >= from && one.cell === cell);
        if (at < 0) changed.push({ grid, cell, sign });
        // Of one sign twice there is none: two corners of a cell differ on an axis that the grid sums over.
        else changed.splice(at, 1);
      }
      if (lattice.grids[grid]?.told !== true) continue;
      for (let at = from; at < changed.length; at++)
        if ((counts.grids[grid]?.payments[changed[at]?.cell ?? 0] ?? 0) === 0) return undefined;
    }
    return changed;
  }

  /** Money that goes with the payments, so that every price stays one that its type and band has. */
  #moneyFor(corners: readonly Corner[], payments: number): number | undefined {
    if (!this.cells.revenueTold) return 0;
    let least = 0;
    let most = Number.MAX_SAFE_INTEGER;
    for (const { atom, kind, sign } of corners) {
      const lowest = this.cells.counts.lowest[kind] ?? 0;
      const highest = this.cells.counts.highest[kind] ?? 0;
      if (lowest > highest) return undefined;
      const now = this.#atomNow(atom);
      const after = now.payments + sign * payments;
      const [low, high] = [lowest * after - now.money, highest * after - now.money];
      least = Math.max(least, sign > 0 ? low : -high);
      most = Math.min(most, sign > 0 ? high : -low);
    }
    if (least > most) return undefined;
    return Math.floor((least + most) / 2);
  }

  /**
   * How many riders fewer the one corners have, and as many more the others; undefined where it cannot be. Where the cell
   * is to be smaller as many as may be, and else no more than must, since a cell of more payments may have more riders by
   * itself: they are riders of the cells around.
   */
  #ridersFor(changed: readonly Changed[], payments: number): number | undefined {
    if (!this.cells.ridersTold) return 0;
    let least = 0;
    for (const place of changed) {
      const { riders, payments: paid } = this.#riders(place);
      if (place.sign < 0) least = Math.max(least, riders - (paid - payments));
    }
    if (least === 0 && this.direction > 0) return 0;
    let most = payments;
    for (const place of changed) {
      const { riders } = this.#riders(place);
      if (place.sign > 0) most = Math.min(most, this.ridersAround(place) - riders);
      else most = Math.min(most, riders - Math.max(1, this.#largestPart(place)));
      if (most < least) return undefined;
    }
    return this.direction > 0 ? least : most;
  }

  #riders(place: Place): { riders: number; payments: number } {
    const counts = this.cells.counts.grids[place.grid];
    const change = this.change(place);
    return {
      riders: (counts?.riders[place.cell] ?? 0) + change.riders,
      payments: (counts?.payments[place.cell] ?? 0) + change.payments,
    };
  }

  /** The fewest riders of a shown cell that this one is within. */
  ridersAround(place: Place): number {
    return remembered(this.#around, place, () => {
      const { lattice, counts, hidden } = this.cells;
      let fewest = Number.POSITIVE_INFINITY;
      for (const around of lattice.around[place.grid] ?? []) {
        const outer = coarserCell(lattice, place, around);
        if (hidden[around]?.[outer] === 0)
          fewest = Math.min(fewest, counts.grids[around]?.riders[outer] ?? 0);
      }
      return fewest;
    });
  }

  /** The most riders of a shown cell within this one. */
  #largestPart(place: Place): number {
    return remembered(this.#parts, place, () => {
      const { lattice, counts, hidden } = this.cells;
      const atoms = atomsOf(lattice, place.grid, place.cell);
      let most = 0;
      for (const within of lattice.within[place.grid] ?? [])
        for (const atom of atoms) {
          const inner = cellOfAtom(lattice, within, atom);
          if (hidden[within]?.[inner] === 0) most = Math.max(most, counts.grids[within]?.riders[inner] ?? 0);
        }
      return most;
    });
  }

  #costOf(changed: readonly Changed[]): number {
    const { counts, hidden } = this.cells;
    let cost = 0;
    for (const { grid, cell } of changed)
      if (hidden[grid]?.[cell] === 0) cost += 10 + (counts.grids[grid]?.payments[cell] ?? 0);
    return cost;
  }
}

function remembered(known: Map<string, number>, { grid, cell }: Place, find: () => number): number {
  const key = `${grid}:${cell}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = find();
  known.set(key, found);
  return found;
}

export function placeOf(
  { types, bands }: Lattice,
  atom: number,
): [stretch: number, type: number, band: number] {
  const rest = Math.floor(atom / bands);
  return [Math.floor(rest / types), rest % types, atom % bands];
}

function cellOfAtom(lattice: Lattice, grid: number, atom: number): number {
  const one = lattice.grids[grid];
  if (one === undefined) throw new RangeError(`no grid ${grid}`);
  return cellOf(one, ...placeOf(lattice, atom));
}

/** The cell of a coarser grid that a cell lies in. */
function coarserCell(lattice: Lattice, { grid, cell }: Place, coarser: number): number {
  const [one, outer] = [lattice.grids[grid], lattice.grids[coarser]];
  if (one === undefined || outer === undefined) throw new RangeError(`no grid ${grid} or ${coarser}`);
  const band = cell % one.bands;
  const rest = Math.floor(cell / one.bands);
  const stretch = lattice.stretchesFrom[grid]?.[Math.floor(rest / one.types)] ?? 0;
  return cellOf(outer, stretch, rest % one.types, band);
}

/** The atoms of a cell. */
export function atomsOf(lattice: Lattice, grid: number, cell: number): number[] {
  const one = lattice.grids[grid];
  if (one === undefined) throw new RangeError(`no grid ${grid}`);
  const band = cell % one.bands;
  const rest = Math.floor(cell / one.bands);
  const [type, time] = [rest % one.types, Math.floor(rest / one.types)];
  const atoms: number[] = [];
  const [from, to] = [lattice.stretchesFrom[grid]?.[time] ?? 0, lattice.stretchesFrom[grid]?.[time + 1] ?? 0];
  for (let stretch = from; stretch < to; stretch++)
    for (let t = one.levels.type ? type : 0; t < (one.levels.type ? type + 1 : lattice.types); t++)
      for (let b = one.levels.price ? band : 0; b < (one.levels.price ? band + 1 : lattice.bands); b++)
        atoms.push(atomOf(lattice, stretch, t, b));
  return atoms;
}
