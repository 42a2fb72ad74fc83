/**
 * What is told of one or more releases, as sums of pieces: stretches of days, types and price bands that nothing told
 * divides further. A piece's payments are what the attacker does not know.
 */
import type { SeenCell, SeenRelease, SeenTable } from './read-release.js';

export interface Region {
  readonly table: SeenTable;
  readonly cell: SeenCell;
  readonly pieces: readonly number[];
}

export interface Pieces {
  readonly count: number;
  readonly regions: readonly Region[];
  /** The type of each piece, and the lowest and highest price that its band allows. */
  readonly kinds: readonly { readonly type: string; readonly low: number; readonly high: number }[];
  /** What no table tells, and subtracting might: where weeks and months cross, and where releases differ. */
  readonly crossings: readonly Region[];
}

/** The pieces of a region that are still open, and what its known ones add up to. */
export function split({ pieces }: Region, known: ReadonlyMap<number, number>) {
  const open: number[] = [];
  let sum = 0;
  for (const piece of pieces) {
    const value = known.get(piece);
    if (value === undefined) open.push(piece);
    else sum += value;
  }
  return { open, known: sum };
}

const DAY_MS = 86_400_000;
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

function timeOf(level: SeenTable['time'], day: number): string | undefined {
  if (level === null) return undefined;
  if (level === 'day') return dateOf(day);
  if (level === 'month') return dateOf(day).slice(0, 7);
  const weekday = new Date(day * DAY_MS).getUTCDay();
  return dateOf(day - weekday);
}

interface Stretch {
  /** A day of it: all its days are alike. */
  readonly day: number;
  /** Releases whose days these are. */
  readonly of: ReadonlySet<string>;
}

function stretchesOf(releases: readonly SeenRelease[]): Stretch[] {
  const found = new Map<string, Stretch>();
  const first = Math.min(...releases.map(({ from }) => dayOf(from)));
  const end = Math.max(...releases.map(({ to }) => dayOf(to)));
  for (let day = first; day < end; day++) {
    const of = releases.filter(({ from, to }) => day >= dayOf(from) && day < dayOf(to));
    const names = of.flatMap(({ release, tables }) =>
      tables.map(({ time }) => `${release} ${time} ${timeOf(time, day)}`),
    );
    const key = [...names, ...of.map(({ release }) => release)].join('|');
    if (of.length > 0 && !found.has(key))
      found.set(key, { day, of: new Set(of.map(({ release }) => release)) });
  }
  return [...found.values()];
}

interface Space {
  readonly stretches: readonly Stretch[];
  readonly types: readonly string[];
  /** Where price bands begin. */
  readonly starts: readonly number[];
}

export function piecesOf(releases: readonly SeenRelease[]): Pieces {
  const space: Space = {
    stretches: stretchesOf(releases),
    types: [...new Set(releases.flatMap((one) => one.types))],
    starts: [...new Set([0, ...releases.flatMap((one) => one.bandStarts)])].sort((a, b) => a - b),
  };
  const { stretches, types, starts } = space;
  const highest = (band: number): number => (starts[band + 1] ?? Number.POSITIVE_INFINITY) - 1;
  const kinds = stretches.flatMap(() =>
    types.flatMap((type) => starts.map((low, band) => ({ type, low, high: highest(band) }))),
  );
  const regions = releases.flatMap(({ tables, bandStarts }) =>
    tables.flatMap((table) => {
      const named = ({ day, of }: Stretch): string | null | undefined =>
        of.has(table.release) ? (timeOf(table.time, day) ?? null) : undefined;
      const byPlace = placed(space, table, bandStarts, named);
      return table.cells.map((cell) => {
        const place = { time: cell.time ?? null, type: cell.type, price: cell.price };
        const pieces = byPlace.get(JSON.stringify(place));
        if (pieces === undefined)
          throw new Error(`${table.file} has a row that the description knows nothing of`);
        return { table, cell, pieces };
      });
    }),
  );
  const crossings = [...releases.flatMap((one) => weeksLessMonths(space, one)), ...between(space, releases)];
  return { count: kinds.length, regions, kinds, crossings };
}

/** Pieces by the place of the cell that they are in. @param named the time of a stretch; undefined where it has none */
function placed(
  { stretches, types, starts }: Space,
  by: Pick<SeenTable, 'type' | 'price'>,
  bandStarts: readonly number[],
  named: (stretch: Stretch) => string | null | undefined,
): Map<string, number[]> {
  const byPlace = new Map<string, number[]>();
  for (const [s, stretch] of stretches.entries()) {
    const time = named(stretch);
    if (time === undefined) continue;
    for (const [t, type] of types.entries())
      for (const [b, start] of starts.entries()) {
        const band = [0, ...bandStarts].findLast((one) => one <= start);
        const place = { time, type: by.type ? type : undefined, price: by.price ? band : undefined };
        const key = JSON.stringify(place);
        const pieces = byPlace.get(key) ?? [];
        pieces.push((s * types.length + t) * starts.length + b);
        byPlace.set(key, pieces);
      }
  }
  return byPlace;
}

type By = Pick<SeenTable, 'type' | 'price'>;
const DIVISIONS: readonly By[] = [false, true].flatMap((type) =>
  [false, true].map((price) => ({ type, price })),
);
const divides = (table: By, by: By): boolean => (table.type || !by.type) && (table.price || !by.price);

/** What weeks and months of one release leave between them. */
function weeksLessMonths(space: Space, { release, tables, bandStarts }: SeenRelease): Region[] {
  const has = (time: SeenTable['time'], by: By): boolean =>
    tables.some((one) => one.time === time && divides(one, by));
  const named = ({ day, of }: Stretch): string | undefined =>
    of.has(release) ? `${timeOf('week', day)} ${timeOf('month', day)}` : undefined;
  return DIVISIONS.filter((by) => has('week', by) && has('month', by)).flatMap((by) =>
    untold(placed(space, by, bandStarts, named), release, 'weeks less months', by),
  );
}

/** What one release leaves of another. */
function between(space: Space, releases: readonly SeenRelease[]): Region[] {
  const name = releases.map(({ release }) => release).join(' and ');
  const starts = space.starts.slice(1);
  return DIVISIONS.filter(
    (by) => releases.filter(({ tables }) => tables.some((one) => divides(one, by))).length > 1,
  ).flatMap((by) =>
    untold(
      placed(space, by, starts, ({ day }) => dateOf(day)),
      name,
      'one release less another',
      by,
    ),
  );
}

/** Regions that no table tells of. */
function untold(byPlace: ReadonlyMap<string, number[]>, release: string, file: string, by: By): Region[] {
  const table: SeenTable = { release, file, time: 'day', ...by, fromRecords: false, cells: [] };
  return [...byPlace].map(([key, pieces]) => {
    const { time, type, price }: { time: string; type?: string; price?: number } = JSON.parse(key);
    const unknown = { suppressed: true, riders: undefined, payments: undefined, money: undefined };
    return { table, cell: { time, type, price, ...unknown }, pieces };
  });
}
