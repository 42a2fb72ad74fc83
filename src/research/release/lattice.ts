/**
 * The cells that a release tells of. An **atom** is a piece that no table divides further: a stretch of days, a payment
 * type, a price band. A **grid** is a table, or the sums of one over some of its dimensions; each of its cells is a set of
 * atoms, so that everything that is told is a sum of atoms.
 */
import { dateOf, firstDayOfWeek, weekOf } from '../days.js';
import type { Declaration, Dimension } from './declaration.js';

const TIME_LEVELS = ['day', 'week', 'month'] as const;
type TimeLevel = (typeof TIME_LEVELS)[number];

/** What a grid divides by; null: it has one stretch of time, all of it. `segment`: where weeks and months cross. */
export interface Levels {
  readonly time: TimeLevel | 'segment' | null;
  readonly type: boolean;
  readonly price: boolean;
}

export interface Grid {
  readonly name: string;
  readonly levels: Levels;
  /** Told as a table. */
  readonly told: boolean;
  /** Told by the records: their rows can be counted. */
  readonly inRecords: boolean;
  /** The grid's time of each stretch of days. */
  readonly timeOf: Int32Array;
  readonly times: readonly string[];
  readonly types: number;
  readonly bands: number;
  readonly cells: number;
}

export interface Lattice {
  readonly firstDay: number;
  /** The stretch of each day. */
  readonly stretchOf: Int32Array;
  readonly stretches: number;
  readonly types: number;
  readonly bands: number;
  readonly atoms: number;
  readonly grids: readonly Grid[];
  /** Of each grid, the others whose cells each of its own lies within, and those whose cells lie within its own. */
  readonly around: readonly (readonly number[])[];
  readonly within: readonly (readonly number[])[];
  /** Of each grid, the first stretch of each of its times, and the end. */
  readonly stretchesFrom: readonly Int32Array[];
}

/** The name of the time that a day is in: its date, that of its week's Sunday, or its month. */
function timeName(level: TimeLevel, day: number): string {
  if (level === 'day') return dateOf(day);
  if (level === 'month') return dateOf(day).slice(0, 7);
  return dateOf(firstDayOfWeek(weekOf(day)));
}

export function gridName({ time, type, price }: Levels): string {
  const parts = [time, type ? 'type' : null, price ? 'price' : null].filter((part) => part !== null);
  return parts.length === 0 ? 'total' : `by-${parts.join('-')}`;
}

function levelsOf(dimensions: readonly Dimension[]): Levels {
  const time = dimensions.find((name) => name === 'day' || name === 'week' || name === 'month') ?? null;
  return { time, type: dimensions.includes('type'), price: dimensions.includes('price') };
}

/** A grid and all sums of it. */
function withTotals({ time, type, price }: Levels): Levels[] {
  const times = time === null ? [null] : [time, null];
  const flags = (flag: boolean): boolean[] => (flag ? [true, false] : [false]);
  return times.flatMap((one) =>
    flags(type).flatMap((byType) =>
      flags(price).map((byPrice) => ({ time: one, type: byType, price: byPrice })),
    ),
  );
}

/** Where weeks and months are both told, what lies between them can be found by subtracting: those stretches. */
function crossings(levels: readonly Levels[]): Levels[] {
  const has = (time: TimeLevel, type: boolean, price: boolean): boolean =>
    levels.some((one) => one.time === time && (one.type || !type) && (one.price || !price));
  return [false, true].flatMap((type) =>
    [false, true]
      .filter((price) => has('week', type, price) && has('month', type, price))
      .map((price): Levels => ({ time: 'segment', type, price })),
  );
}

export function latticeOf(
  declaration: Pick<Declaration, 'tables' | 'records'>,
  days: { readonly first: number; readonly count: number },
  types: number,
  bands: number,
): Lattice {
  const told = new Map<string, Levels>();
  for (const { dimensions, totals } of declaration.tables) {
    const levels = levelsOf(dimensions);
    for (const one of totals ? withTotals(levels) : [levels]) told.set(gridName(one), one);
  }
  const { records } = declaration;
  const recorded: Levels | undefined =
    records === null ? undefined : { time: records.time, type: records.type, price: records.price };
  const published = [...told.values(), ...(recorded === undefined ? [] : [recorded])];
  const all = new Map([...published, ...crossings(published)].map((one) => [gridName(one), one]));

  const used = new Set(TIME_LEVELS.filter((level) => published.some(({ time }) => time === level)));
  const { stretchOf, firstDays } = stretchesOf(days, used);
  const grids = [...all].map(([name, levels]) => {
    const { timeOf, times } = timesOf(levels.time, firstDays);
    const [nTypes, nBands] = [levels.type ? types : 1, levels.price ? bands : 1];
    return {
      ...{ name, levels, timeOf, times, types: nTypes, bands: nBands, cells: times.length * nTypes * nBands },
      told: told.has(name),
      inRecords: recorded !== undefined && gridName(recorded) === name,
    };
  });
  const stretches = firstDays.length;
  const related = (is: (one: Levels, other: Levels) => boolean): number[][] =>
    grids.map((one) =>
      grids.flatMap((other, index) => (other !== one && is(one.levels, other.levels) ? [index] : [])),
    );
  return {
    ...{ firstDay: days.first, stretchOf, stretches, types, bands, grids },
    atoms: stretches * types * bands,
    around: related(refines),
    within: related((one, other) => refines(other, one)),
    stretchesFrom: grids.map(({ timeOf, times }) => {
      const from = new Int32Array(times.length + 1).fill(stretches);
      for (let stretch = stretches - 1; stretch >= 0; stretch--) from[timeOf[stretch] ?? 0] = stretch;
      return from;
    }),
  };
}

/** Days that no grid tells apart are one stretch. */
function stretchesOf(days: { readonly first: number; readonly count: number }, used: ReadonlySet<TimeLevel>) {
  const stretchOf = new Int32Array(days.count);
  const firstDays: number[] = [];
  let last: string | undefined;
  for (let at = 0; at < days.count; at++) {
    const name = [...used].map((level) => timeName(level, days.first + at)).join('|');
    if (name !== last) firstDays.push(days.first + at);
    last = name;
    stretchOf[at] = firstDays.length - 1;
  }
  return { stretchOf, firstDays };
}

function timesOf(level: Levels['time'], firstDays: readonly number[]) {
  const times: string[] = [];
  const timeOf = Int32Array.from(firstDays, (day) => {
    const name =
      level === null
        ? 'all'
        : level === 'segment'
          ? `${timeName('week', day)} ${timeName('month', day)}`
          : timeName(level, day);
    if (times.at(-1) !== name) times.push(name);
    return times.length - 1;
  });
  return { timeOf, times };
}

/** Whether each cell of `finer` lies within one of `coarser`. */
function refines(finer: Levels, coarser: Levels): boolean {
  const within: Readonly<Record<string, readonly Levels['time'][]>> = {
    day: ['day', 'segment', 'week', 'month', null],
    segment: ['segment', 'week', 'month', null],
    week: ['week', null],
    month: ['month', null],
    null: [null],
  };
  const inTime = within[String(finer.time)]?.includes(coarser.time) === true;
  return inTime && (finer.type || !coarser.type) && (finer.price || !coarser.price);
}

export const atomOf = ({ types, bands }: Lattice, stretch: number, type: number, band: number): number =>
  (stretch * types + type) * bands + band;

export function cellOf(grid: Grid, stretch: number, type: number, band: number): number {
  const time = grid.timeOf[stretch] ?? 0;
  return (time * grid.types + (grid.levels.type ? type : 0)) * grid.bands + (grid.levels.price ? band : 0);
}

/** The names of a cell: its time, its type's and its band's number; undefined where the grid does not divide. */
export function namesOf(grid: Grid, cell: number): { time: string; type: number; band: number } {
  const band = cell % grid.bands;
  const rest = Math.floor(cell / grid.bands);
  return { time: grid.times[Math.floor(rest / grid.types)] ?? '', type: rest % grid.types, band };
}
