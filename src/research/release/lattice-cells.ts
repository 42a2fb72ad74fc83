/** Where cells lie: their atoms, the cells around them, and those within. */
import { atomOf, cellOf, type Lattice } from './lattice.js';

export interface Place {
  readonly grid: number;
  readonly cell: number;
}

export function placeOf(
  { types, bands }: Lattice,
  atom: number,
): [stretch: number, type: number, band: number] {
  const rest = Math.floor(atom / bands);
  return [Math.floor(rest / types), rest % types, atom % bands];
}

export function cellOfAtom(lattice: Lattice, grid: number, atom: number): number {
  const one = lattice.grids[grid];
  if (one === undefined) throw new RangeError(`no grid ${grid}`);
  return cellOf(one, ...placeOf(lattice, atom));
}

/** The cell of a coarser grid that a cell lies in. */
export function coarserCell(lattice: Lattice, { grid, cell }: Place, coarser: number): number {
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

/** By pair of grids, then by cell. */
type Parts = (readonly number[] | undefined)[];
const parts = new WeakMap<Lattice, Map<number, Parts>>();

/** The cells of a finer grid that a cell is made of. */
export function partsOf(lattice: Lattice, { grid, cell }: Place, finer: number): readonly number[] {
  const known = parts.get(lattice) ?? new Map<number, Parts>();
  parts.set(lattice, known);
  const pair = grid * lattice.grids.length + finer;
  const ofPair = known.get(pair) ?? [];
  known.set(pair, ofPair);
  const before = ofPair[cell];
  if (before !== undefined) return before;
  const found = [...new Set(atomsOf(lattice, grid, cell).map((atom) => cellOfAtom(lattice, finer, atom)))];
  ofPair[cell] = found;
  return found;
}
