/** Riders of the cells that a cell is made of, which are asked for again and again while other worlds are looked for. */
import type { Counts } from './counting.js';
import type { Lattice } from './lattice.js';
import { type Place, partsOf } from './lattice-cells.js';

export interface PartRiders {
  /** Riders of all parts together: who is in two of them counts twice. */
  readonly sum: number;
  /** Riders of the part that has most. */
  readonly most: number;
}

export class RidersOfParts {
  /** By pair of grids, then by cell. */
  readonly #known = new Map<number, (PartRiders | undefined)[]>();

  constructor(
    readonly lattice: Lattice,
    readonly counts: Counts,
  ) {}

  of(whole: Place, finer: number): PartRiders {
    const pair = whole.grid * this.lattice.grids.length + finer;
    const ofPair = this.#known.get(pair) ?? [];
    this.#known.set(pair, ofPair);
    const known = ofPair[whole.cell];
    if (known !== undefined) return known;
    const riders = this.counts.grids[finer]?.riders;
    let [sum, most] = [0, 0];
    for (const part of partsOf(this.lattice, whole, finer)) {
      sum += riders?.[part] ?? 0;
      most = Math.max(most, riders?.[part] ?? 0);
    }
    const found = { sum, most };
    ofPair[whole.cell] = found;
    return found;
  }
}
