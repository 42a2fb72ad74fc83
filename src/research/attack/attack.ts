/**
 * An attack on releases: everything that they tell, put together, to find cells that they mean to hide. It knows the
 * folders and nothing of how they were made; it imports nothing of the builder, and a test says so.
 *
 * It looks for small cells that are shown; counts the rows of records; subtracts, by exact elimination over all that is
 * told; and bounds what is left by linear programming, knowing that hidden cells are not empty, that riders are no
 * more than payments nor than those of a cell around, that those of a cell are no more than those of its parts together,
 * and between which prices a band lies.
 */
import { Elimination } from './elimination.js';
import { type Pieces, piecesOf, type Region, split } from './pieces.js';
import { readRelease } from './read-release.js';
import { type Recovered, recoveredOf } from './recovered.js';
import { boundRegions } from './worlds.js';

export interface AttackReport {
  readonly releases: readonly string[];
  readonly k: number;
  /** Cells told, hidden and not told at all that were tried. */
  readonly shown: number;
  readonly hidden: number;
  readonly between: number;
  readonly equations: number;
  readonly unknowns: number;
  readonly recovered: readonly Recovered[];
}

/** Beyond this, elimination and bounds would take hours. */
const MOST_PIECES = 60_000;

/** Releases of the same payments are attacked together, as whoever has both would. */
export async function attackReleases(folders: readonly string[]): Promise<AttackReport> {
  const releases = await Promise.all(folders.map(readRelease));
  const k = Math.min(...releases.map((one) => one.k));
  const pieces = piecesOf(releases);
  if (pieces.count > MOST_PIECES)
    throw new Error(`${pieces.count} pieces are more than this attack can put together (${MOST_PIECES})`);
  const shown = pieces.regions.filter(({ cell }) => !cell.suppressed);
  const hidden = pieces.regions.filter(({ cell }) => cell.suppressed);
  const plain = shown.flatMap((region) => smallShown(region, k));
  const { open, fixed } = knownPieces(pieces, shown);
  const subtracted = subtract(shown, [...hidden, ...pieces.crossings], fixed, k);
  const found = new Set(subtracted.map(({ region }) => region));
  const left = [...hidden, ...pieces.crossings].filter((region) => !found.has(region));
  const bounded = await boundRegions({ releases, pieces, shown, hidden, open, fixed }, left, k);
  return {
    ...{ releases: releases.map(({ release }) => release), k },
    ...{ shown: shown.length, hidden: hidden.length, between: pieces.crossings.length },
    ...{ equations: shown.length, unknowns: open.length },
    recovered: [...plain, ...subtracted.map(({ recovered }) => recovered), ...bounded],
  };
}

/** A cell that tells of fewer than k; riders where they are told, payments else. */
function smallShown(region: Region, k: number): Recovered[] {
  const { riders, payments = 0 } = region.cell;
  const value = riders ?? payments;
  if (value <= 0 || value >= k) return [];
  const how = region.table.fromRecords ? 'counted' : 'shown';
  return [recoveredOf(region, how, riders === undefined ? 'payments' : 'riders', value, value)];
}

/** Pieces that a shown cell tells by itself, nothing or something, and those that are still open. */
function knownPieces(pieces: Pieces, shown: readonly Region[]) {
  const fixed = new Map<number, number>();
  for (const { cell, pieces: own } of shown) {
    const [only] = own;
    if (cell.payments === 0) for (const piece of own) fixed.set(piece, 0);
    else if (own.length === 1 && only !== undefined) fixed.set(only, cell.payments ?? 0);
  }
  const open: number[] = [];
  for (let piece = 0; piece < pieces.count; piece++) if (!fixed.has(piece)) open.push(piece);
  return { fixed, open };
}

function subtract(
  shown: readonly Region[],
  targets: readonly Region[],
  fixed: ReadonlyMap<number, number>,
  k: number,
): { region: Region; recovered: Recovered }[] {
  const elimination = new Elimination();
  for (const region of shown) {
    const { open, known } = split(region, fixed);
    if (open.length > 0) elimination.add(open, (region.cell.payments ?? 0) - known);
  }
  return targets.flatMap((region) => {
    const { open, known } = split(region, fixed);
    const rest = elimination.solve(open);
    if (rest === undefined) return [];
    const value = rest + known;
    // Between tables many are told by intent; it is small ones that are not.
    const isBetween = region.table.cells.length === 0;
    if (isBetween && (value === 0 || value >= k)) return [];
    return [{ region, recovered: recoveredOf(region, 'subtracted', 'payments', value, value) }];
  });
}
