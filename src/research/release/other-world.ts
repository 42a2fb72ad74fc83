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
import type { Lattice } from './lattice.js';
import { cellOfAtom, coarserCell, type Place, partsOf } from './lattice-cells.js';
import type { RidersOfParts } from './part-riders.js';

export interface Cells {
  readonly lattice: Lattice;
  readonly counts: Counts;
  /** By grid and cell: 0 shown, 1 hidden for itself, 2 hidden for the sake of another. */
  readonly hidden: readonly Uint8Array[];
  readonly revenueTold: boolean;
  readonly ridersTold: boolean;
  readonly ridersOfParts: RidersOfParts;
}

interface Change {
  readonly payments: number;
  readonly riders: number;
}
const UNCHANGED: Change = { payments: 0, riders: 0 };

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
  /** Payments and minor units, moved from corner to corner. */
  readonly payments: number;
  readonly money: number;
  /** How many riders more or fewer each changed cell has, in their order. */
  readonly riders: readonly number[];
  /** Payments of the cells that would have to be hidden for it. */
  readonly cost: number;
}

/** What is different in a world so far. */
export class OtherWorld {
  readonly #atoms = new Map<number, { payments: number; money: number }>();
  /** By grid, then by cell. */
  readonly #cells: readonly Map<number, Change>[];

  /** @param direction whether the cell that it is about is larger in it, or smaller */
  constructor(
    readonly cells: Cells,
    readonly direction: 1 | -1,
  ) {
    this.#cells = cells.lattice.grids.map(() => new Map());
  }

  /** How a cell has changed. */
  change({ grid, cell }: Place): Change {
    return this.#cells[grid]?.get(cell) ?? UNCHANGED;
  }

  apply({ corners, changed, payments, riders, money }: Move): void {
    for (const { atom, sign } of corners) {
      const before = this.#atoms.get(atom) ?? { payments: 0, money: 0 };
      this.#atoms.set(atom, {
        payments: before.payments + sign * payments,
        money: before.money + sign * money,
      });
    }
    for (const [index, { grid, cell, sign }] of changed.entries()) {
      const before = this.change({ grid, cell });
      this.#cells[grid]?.set(cell, {
        payments: before.payments + sign * payments,
        riders: before.riders + (riders[index] ?? 0),
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
      if (money === undefined) continue;
      return { corners, changed, payments, riders: [], money, cost: this.#costOf(changed) };
    }
    return undefined;
  }

  /**
   * The same move with riders that it can be with, perhaps of fewer payments; undefined where there are none. Cells that
   * lose payments lose as many riders as they must, in a world where the cell is to be smaller as many as they can; the
   * others gain as many as they can, since a cell that has more payments may have riders of the cells around.
   */
  withRiders(move: Move): Move | undefined {
    if (!this.cells.ridersTold) return { ...move, riders: move.changed.map(() => 0) };
    const { corners, changed } = move;
    for (let payments = move.payments; payments >= 1; payments = Math.floor(payments / 2)) {
      const money = this.#moneyFor(corners, payments);
      if (money === undefined) continue;
      for (const fewer of this.direction > 0 ? [0] : halves(payments))
        for (const more of halves(payments)) {
          const riders = changed.map((place) => this.#riderChange(place, payments, fewer, more));
          if (this.#canBe(changed, payments, riders)) return { ...move, payments, money, riders };
        }
    }
    return undefined;
  }

  #riderChange(place: Changed, payments: number, fewer: number, more: number): number {
    const { riders, payments: paid } = this.#now(place);
    if (place.sign > 0) return Math.max(0, Math.min(more, payments, this.#room(place)));
    const must = Math.max(0, riders - (paid - payments));
    return -Math.min(payments, Math.max(must, Math.min(fewer, riders - 1)));
  }

  /** How many riders more a cell may have than it has, for the shown cells around it. */
  #room(place: Place): number {
    const { lattice, hidden } = this.cells;
    const { riders } = this.#now(place);
    return (lattice.around[place.grid] ?? []).reduce((least, around) => {
      const cell = coarserCell(lattice, place, around);
      if (hidden[around]?.[cell] !== 0) return least;
      return Math.min(least, this.#now({ grid: around, cell }).riders - riders);
    }, Number.POSITIVE_INFINITY);
  }

  /** Whether riders so changed go with payments, and with each other: parts with their whole, and all parts with it. */
  #canBe(changed: readonly Changed[], payments: number, riders: readonly number[]): boolean {
    const { lattice, hidden } = this.cells;
    const after = this.#ridersAfter(changed, riders);
    const isTold = (grid: number): boolean => lattice.grids[grid]?.told === true;
    return changed.every((place, index) => {
      // Riders of what no table tells are nobody's to compare.
      if (!isTold(place.grid)) return true;
      const own = after.at(place.grid, place.cell);
      const paid = this.#now(place).payments + place.sign * payments;
      if (own < 1 || own > paid) return false;
      const falls = (riders[index] ?? 0) < 0;
      for (const around of lattice.around[place.grid] ?? []) {
        const whole = { grid: around, cell: coarserCell(lattice, place, around) };
        if (!isTold(around) && hidden[around]?.[whole.cell] !== 0) continue;
        const outer = after.at(around, whole.cell);
        if (own > outer || (falls && after.sumOf(whole, place.grid) < outer)) return false;
      }
      for (const within of lattice.within[place.grid] ?? []) {
        if (!isTold(within)) continue;
        if (falls ? after.isOverIn(place, within, own) : after.sumOf(place, within) < own) return false;
      }
      return true;
    });
  }

  /** Riders in this world after a move. Sums are those of the real one and what differs, since few cells do. */
  #ridersAfter(changed: readonly Changed[], riders: readonly number[]) {
    const { lattice, counts, ridersOfParts } = this.cells;
    const grids = lattice.grids.length;
    const moved = new Map(changed.map(({ grid, cell }, index) => [cell * grids + grid, riders[index] ?? 0]));
    const change = (grid: number, cell: number): number =>
      (this.#cells[grid]?.get(cell)?.riders ?? 0) + (moved.get(cell * grids + grid) ?? 0);
    const at = (grid: number, cell: number): number =>
      (counts.grids[grid]?.riders[cell] ?? 0) + change(grid, cell);
    const changedCells = (grid: number): number[] => {
      const before = this.#cells[grid];
      const cells = before === undefined ? [] : [...before.keys()];
      for (const one of changed)
        if (one.grid === grid && before?.has(one.cell) !== true) cells.push(one.cell);
      return cells;
    };
    const sumOf = (whole: Place, finer: number): number =>
      changedCells(finer).reduce(
        (sum, cell) =>
          coarserCell(lattice, { grid: finer, cell }, whole.grid) === whole.cell
            ? sum + change(finer, cell)
            : sum,
        ridersOfParts.of(whole, finer).sum,
      );
    /** Whether one of the parts has more. */
    const isOverIn = (whole: Place, finer: number, most: number): boolean => {
      if (ridersOfParts.of(whole, finer).most > most)
        return partsOf(lattice, whole, finer).some((part) => at(finer, part) > most);
      return changedCells(finer).some(
        (cell) =>
          coarserCell(lattice, { grid: finer, cell }, whole.grid) === whole.cell && at(finer, cell) > most,
      );
    };
    return { at, sumOf, isOverIn };
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

  #now(place: Place): { riders: number; payments: number } {
    const counts = this.cells.counts.grids[place.grid];
    const change = this.change(place);
    return {
      riders: (counts?.riders[place.cell] ?? 0) + change.riders,
      payments: (counts?.payments[place.cell] ?? 0) + change.payments,
    };
  }

  #costOf(changed: readonly Changed[]): number {
    const { counts, hidden } = this.cells;
    let cost = 0;
    for (const { grid, cell } of changed)
      if (hidden[grid]?.[cell] === 0) cost += 10 + (counts.grids[grid]?.payments[cell] ?? 0);
    return cost;
  }
}

/** A number, half of it, and so on, and zero. */
function halves(most: number): number[] {
  const found: number[] = [];
  for (let one = most; one >= 1; one = Math.floor(one / 2)) found.push(one);
  return [...found, 0];
}
