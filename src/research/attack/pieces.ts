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
  /** What no table tells, and subtracting might: where weeks and months cross. */
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

export function piecesOf(releases: readonly SeenRelease[]): Pieces {
  const stretches = stretchesOf(releases);
  const types = [...new Set(releases.flatMap((one) => one.types))];
  const starts = [...new Set([0, ...releases.flatMap((one) => one.bandStarts)])].sort((a, b) => a - b);
  const kinds = stretches.flatMap(() =>
    types.flatMap((type) =>
      starts.map((low, index) => ({
        type,
        low,
        high: (starts[index + 1] ?? Number.POSITIVE_INFINITY) - 1,
      })),
    ),
  );
  const placed = (table: SeenTable, bandStarts: readonly number[], crossing: boolean) => {
    const byPlace = new Map<string, number[]>();
    for (const [s, { day, of }] of stretches.entries()) {
      if (!of.has(table.release)) continue;
      const time = crossing ? `${timeOf('week', day)} ${timeOf('month', day)}` : timeOf(table.time, day);
      for (const [t, type] of types.entries())
        for (const [b, start] of starts.entries()) {
          const band = [0, ...bandStarts].findLast((one) => one <= start);
          const place = { time, type: table.type ? type : undefined, price: table.price ? band : undefined };
          const key = JSON.stringify(place);
          const pieces = byPlace.get(key) ?? [];
          pieces.push((s * types.length + t) * starts.length + b);
          byPlace.set(key, pieces);
        }
    }
    return byPlace;
  };
  const regions = releases.flatMap(({ tables, bandStarts }) =>
    tables.flatMap((table) => {
      const byPlace = placed(table, bandStarts, false);
      return table.cells.map((cell) => {
        const { time, type, price } = cell;
        return { table, cell, pieces: byPlace.get(JSON.stringify({ time, type, price })) ?? [] };
      });
    }),
  );
  const crossings = releases.flatMap((release) =>
    crossed(release).flatMap((table) =>
      [...placed(table, release.bandStarts, true)].map(([key, pieces]) => {
        const place: Pick<SeenCell, 'time' | 'type' | 'price'> = JSON.parse(key);
        const unknown = { suppressed: true, riders: undefined, payments: undefined, money: undefined };
        return {
          table,
          cell: { time: place.time, type: place.type, price: place.price, ...unknown },
          pieces,
        };
      }),
    ),
  );
  return { count: kinds.length, regions, kinds, crossings };
}

/** The tables of crossings that weeks and months of one release make. */
function crossed({ release, tables }: SeenRelease): SeenTable[] {
  const has = (time: SeenTable['time'], type: boolean, price: boolean): boolean =>
    tables.some((one) => one.time === time && (one.type || !type) && (one.price || !price));
  return [false, true].flatMap((type) =>
    [false, true]
      .filter((price) => has('week', type, price) && has('month', type, price))
      .map((price) => ({
        ...{ release, file: 'weeks less months', time: 'week' as const, type, price },
        ...{ fromRecords: false, cells: [] },
      })),
  );
}
