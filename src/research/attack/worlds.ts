/** All worlds that fit what is told, as one linear program, and between which numbers a region lies in them. */
import { Contradiction, Program } from './bounds.js';
import { type Pieces, type Region, split } from './pieces.js';
import type { SeenRelease } from './read-release.js';
import { type Recovered, recoveredOf } from './recovered.js';

export interface Told {
  readonly releases: readonly SeenRelease[];
  readonly pieces: Pieces;
  readonly shown: readonly Region[];
  readonly hidden: readonly Region[];
  /** Pieces whose payments are not known by themselves, and those of the others. */
  readonly open: readonly number[];
  readonly fixed: ReadonlyMap<number, number>;
}

export async function boundRegions(told: Told, asked: readonly Region[], k: number): Promise<Recovered[]> {
  if (asked.length === 0) return [];
  const fares = constantFares(told.shown);
  try {
    return await boundWith(told, asked, k, fares);
  } catch (error) {
    // Averages may be the same by chance; then there is no such fare.
    if (!(error instanceof Contradiction) || fares.size === 0) throw error;
    return boundWith(told, asked, k, new Map());
  }
}

type Fares = ReadonlyMap<string, number>;

async function boundWith(
  told: Told,
  asked: readonly Region[],
  k: number,
  fares: Fares,
): Promise<Recovered[]> {
  const { program, sums, riders, money } = unknownsOf(told, asked, fares);
  const questions = asked.flatMap((region) => {
    const of = (what: Recovered['what'], unknown: number | undefined, enough: number) =>
      unknown === undefined ? [] : [{ region, what, unknown, enough }];
    return [
      ...of('payments', sums.get(region), k - 1),
      ...of('riders', riders.get(region), k - 1),
      ...of('revenue', money.sums.get(region), 1 / money.unit),
    ];
  });
  const bounds = await program.bounds(questions);
  return questions.flatMap(({ region, what }, index) => {
    const bound = bounds[index] ?? { low: 0, high: Number.POSITIVE_INFINITY };
    const unit = what === 'revenue' ? money.unit : 1;
    const [low, high] = [bound.low * unit, bound.high * unit];
    if (!isFound(region, what, low, high, k)) return [];
    return [recoveredOf(region, 'bounded', what, low, high)];
  });
}

/** What is small for sure, is one number, or is one of fewer than k whole numbers and may be small. */
function isFound(region: Region, what: Recovered['what'], low: number, high: number, k: number): boolean {
  const slack = 0.001;
  // What no table tells may be known; that it is small and of somebody may not.
  if (region.table.cells.length === 0) return what === 'payments' && low > 0.5 && high < k - slack;
  if (what === 'revenue') return high - low < 0.5;
  // That a hidden cell has k riders or more is no secret; its payments may still be those of few.
  if (what === 'payments' && high - low < 0.5) return true;
  return high < k - slack || (low < k - slack && high - low < k - 1 - slack);
}

function unknownsOf(told: Told, asked: readonly Region[], fares: Fares) {
  const { open, shown, hidden, fixed } = told;
  const program = new Program();
  const payments = new Map(open.map((piece) => [piece, program.unknown(0)]));
  for (const region of shown) {
    const parts = split(region, fixed);
    if (parts.open.length === 0) continue;
    const rest = (region.cell.payments ?? 0) - parts.known;
    program.row(terms(parts.open, payments), rest, rest);
  }
  const sums = new Map<Region, number>();
  for (const region of new Set([...hidden, ...asked])) {
    const parts = split(region, fixed);
    const sum = program.unknown(region.table.cells.length === 0 ? 0 : 1);
    program.row([[sum, -1], ...terms(parts.open, payments)], -parts.known, -parts.known);
    sums.set(region, sum);
  }
  const riders = ridersOf(told, program, sums);
  return { program, sums, riders, money: moneyOf(told, program, payments, fares) };
}

/** The unknowns of some pieces, each once. */
function terms(pieces: readonly number[], of: ReadonlyMap<number, number>) {
  return pieces.flatMap((piece) => {
    const unknown = of.get(piece);
    return unknown === undefined ? [] : [[unknown, 1] as const];
  });
}

/** Riders of hidden cells: at least one, no more than payments, and what cells within and around them say. */
function ridersOf({ releases, pieces, hidden }: Told, program: Program, sums: ReadonlyMap<Region, number>) {
  const riders = new Map<Region, number>();
  const telling = new Set(releases.filter((one) => one.ridersTold).map(({ release }) => release));
  for (const region of hidden) {
    if (!telling.has(region.table.release)) continue;
    const unknown = program.unknown(1);
    const sum = sums.get(region);
    if (sum !== undefined)
      program.row(
        [
          [sum, 1],
          [unknown, -1],
        ],
        0,
        Number.POSITIVE_INFINITY,
      );
    riders.set(region, unknown);
  }
  for (const { whole, parts, isAll } of wholesAndParts(pieces.regions)) {
    const own = riders.get(whole);
    if (own === undefined && whole.cell.riders === undefined) continue;
    const wholeTerm = own === undefined ? [] : [[own, 1] as const];
    const wholeKnown = own === undefined ? (whole.cell.riders ?? 0) : 0;
    const unknownParts = parts.flatMap((part) => riders.get(part) ?? []);
    const knownParts = parts.reduce((sum, { cell }) => sum + (cell.riders ?? 0), 0);
    for (const unknown of unknownParts)
      program.row([...wholeTerm, [unknown, -1]], -wholeKnown, Number.POSITIVE_INFINITY);
    if (own !== undefined)
      for (const { cell } of parts)
        if (cell.riders !== undefined) program.row(wholeTerm, cell.riders, Number.POSITIVE_INFINITY);
    const isTold = parts.every((part) => riders.has(part) || part.cell.riders !== undefined);
    if (!isAll || !isTold) continue;
    const partTerms = unknownParts.map((unknown) => [unknown, 1] as const);
    const negative = wholeTerm.map(([unknown]) => [unknown, -1] as const);
    if (partTerms.length + negative.length > 0)
      program.row([...partTerms, ...negative], wholeKnown - knownParts, Number.POSITIVE_INFINITY);
  }
  return riders;
}

interface WholeAndParts {
  readonly whole: Region;
  readonly parts: readonly Region[];
  /** Whether the parts are all of the whole. */
  readonly isAll: boolean;
}

function* wholesAndParts(regions: readonly Region[]): Generator<WholeAndParts> {
  const tables = [...new Set(regions.map(({ table }) => table))];
  const regionsOf = new Map(tables.map((table) => [table, regions.filter((one) => one.table === table)]));
  for (const whole of tables) {
    const at = new Map<number, Region>();
    for (const region of regionsOf.get(whole) ?? []) for (const piece of region.pieces) at.set(piece, region);
    for (const part of tables) {
      if (part === whole || part.release !== whole.release) continue;
      const parts = new Map<Region, Region[]>();
      const isWithin = (regionsOf.get(part) ?? []).every((region) => {
        const around = new Set(region.pieces.map((piece) => at.get(piece)));
        const [only] = around;
        if (around.size !== 1 || only === undefined) return false;
        parts.set(only, [...(parts.get(only) ?? []), region]);
        return true;
      });
      if (!isWithin) continue;
      for (const [region, inner] of parts) {
        const covered = inner.reduce((sum, { pieces }) => sum + pieces.length, 0);
        yield { whole: region, parts: inner, isAll: covered === region.pieces.length };
      }
    }
  }
}

/** Sums of money beyond this are counted in larger units, since the solver keeps seven digits behind the point of all sizes. */
const LARGEST_SUM = 1_000_000;

/** Money of pieces, where any is told: sums, what bands allow, and fares that never vary. */
function moneyOf(told: Told, program: Program, payments: ReadonlyMap<number, number>, fares: Fares) {
  const telling = told.shown.filter(({ cell }) => cell.money !== undefined);
  const sums = new Map<Region, number>();
  if (telling.length === 0) return { sums, unit: 1 };
  const known = knownMoney(telling);
  const rows = telling.flatMap((region) => {
    const { open, known: own } = split(region, known);
    return open.length === 0 ? [] : [{ open, rest: (region.cell.money ?? 0) - own }];
  });
  const unit = rows.reduce((most, { rest }) => Math.max(most, Math.ceil(rest / LARGEST_SUM)), 1);
  const money = moneyUnknowns(told, program, payments, known, fares, unit);
  for (const { open, rest } of rows) program.row(terms(open, money), rest / unit, rest / unit);
  for (const region of told.hidden) {
    if (region.table.fromRecords) continue;
    const { open, known: own } = split(region, known);
    const sum = program.unknown(0);
    program.row([[sum, -1], ...terms(open, money)], -own / unit, -own / unit);
    sums.set(region, sum);
  }
  return { sums, unit };
}

/** Money of pieces that a shown cell tells by itself. */
function knownMoney(telling: readonly Region[]): Map<number, number> {
  const known = new Map<number, number>();
  for (const { cell, pieces } of telling) {
    const [only] = pieces;
    if (cell.payments === 0) for (const piece of pieces) known.set(piece, 0);
    else if (pieces.length === 1 && only !== undefined) known.set(only, cell.money ?? 0);
  }
  return known;
}

/** An unknown for each other piece, between what its band and its type's fare allow. */
function moneyUnknowns(
  { pieces, fixed }: Told,
  program: Program,
  payments: ReadonlyMap<number, number>,
  known: ReadonlyMap<number, number>,
  fares: Fares,
  unit: number,
): Map<number, number> {
  const money = new Map<number, number>();
  const no = Number.POSITIVE_INFINITY;
  for (const [piece, { type, low, high }] of pieces.kinds.entries()) {
    if (known.has(piece)) continue;
    const paid = fixed.get(piece);
    if (paid !== undefined) {
      money.set(piece, program.unknown((low * paid) / unit, paid === 0 ? 0 : (high * paid) / unit));
      continue;
    }
    const unknown = program.unknown(0);
    money.set(piece, unknown);
    const count = payments.get(piece);
    if (count === undefined) continue;
    const times = (price: number) => [[unknown, 1] as const, [count, -price / unit] as const];
    if (low > 0) program.row(times(low), 0, no);
    if (high < no) program.row(times(high), -no, 0);
    const fare = fares.get(type);
    // Of another band it is not the fare.
    if (fare !== undefined && low <= fare && fare <= high) program.row(times(fare), 0, 0);
  }
  return money;
}

/** Where three cells or more of a type all have the same average, that is its fare. */
function constantFares(shown: readonly Region[]): Map<string, number> {
  const averages = new Map<string, number[]>();
  for (const { cell } of shown) {
    if (cell.type === undefined || !cell.payments || cell.money === undefined) continue;
    averages.set(cell.type, [...(averages.get(cell.type) ?? []), cell.money / cell.payments]);
  }
  const fares = new Map<string, number>();
  for (const [type, all] of averages) {
    const [fare = 0] = all;
    if (all.length >= 3 && Number.isInteger(fare) && all.every((one) => one === fare)) fares.set(type, fare);
  }
  return fares;
}
