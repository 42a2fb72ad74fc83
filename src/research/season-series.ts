/** A series by day with the cycle of a week, or by month with that of a year, ready to be taken apart. */
import { dateOf, dayOf, firstDayOfWeek, monthOf, weekOf } from './days.js';
import { isRefusal, type Refusal, refuse } from './numeric/answer.js';
import { type Decomposition, type StlOptions, stl } from './numeric/stl.js';
import { at } from './numeric/vectors.js';
import type { Observations } from './observations.js';
import { outcomeSeries, type SeriesOutcome } from './outcome-series.js';
import type { TypeFilter } from './panels.js';
import { type Periods, periodsOf } from './periods.js';
import type { Segmentation } from './segments.js';
import { endOfWholeDays } from './whole-days.js';

export const CYCLES = ['week', 'year'] as const;
export type Cycle = (typeof CYCLES)[number];

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

const CYCLE: Readonly<
  Record<
    Cycle,
    {
      readonly grain: 'day' | 'month';
      readonly places: readonly string[];
      readonly placeOf: (day: number) => number;
    }
  >
> = {
  week: { grain: 'day', places: WEEKDAYS, placeOf: (day) => day - firstDayOfWeek(weekOf(day)) },
  year: { grain: 'month', places: MONTHS, placeOf: (day) => monthOf(day) % 12 },
};

export interface SeasonPeriods {
  readonly cycle: Cycle;
  readonly periods: Periods;
  /** Names of places, from that of the first period on. */
  readonly places: readonly string[];
  /** The same in the calendar's order. */
  readonly inOrder: readonly string[];
}

export function seasonPeriods(observations: Observations, cycle: Cycle | 'auto'): SeasonPeriods {
  const [from, to] = [dayOf(observations.from), endOfWholeDays(observations)];
  const months = periodsOf('month', from, to);
  const chosen = cycle === 'auto' ? (months.count > 2 * MONTHS.length ? 'year' : 'week') : cycle;
  const { grain, places, placeOf } = CYCLE[chosen];
  const periods = grain === 'month' ? months : periodsOf('day', from, to);
  const first = placeOf(at(periods.bounds, 0));
  const turned = [...places.slice(first), ...places.slice(0, first)];
  return { cycle: chosen, periods, places: turned, inOrder: places };
}

export const periodDates = ({ periods }: Pick<SeasonPeriods, 'periods'>): string[] =>
  Array.from(periods.bounds.subarray(0, periods.count), dateOf);

export const periodTitle = ({ periods }: Pick<SeasonPeriods, 'periods'>): string =>
  periods.grain === 'day' ? 'Day' : `First day of the ${periods.grain}`;

/** What is counted, by segment. Of months, a day on average: a short one is not low for that. Riders are as many as they are. */
export function seasonValues(
  observations: Observations,
  outcome: SeriesOutcome,
  segmentation: Segmentation,
  { cycle, periods }: SeasonPeriods,
  only: TypeFilter,
): readonly Float64Array[] {
  const all = outcomeSeries(observations, outcome, segmentation, periods, only);
  if (cycle === 'week' || outcome === 'riders') return all;
  return all.map((own) => own.map((value, i) => value / (at(periods.bounds, i + 1) - at(periods.bounds, i))));
}

export interface SeasonSeries {
  readonly values: Float64Array;
  readonly log: boolean;
  /** Of the values, or of their logarithms. */
  readonly parts: Decomposition;
}

export function takeApart(
  values: Float64Array,
  wanted: 'auto' | 'log' | 'level',
  options: StlOptions,
): SeasonSeries | Refusal {
  const positive = values.every((value) => value > 0);
  if (wanted === 'log' && !positive) {
    return refuse(
      'out_of_domain',
      'A point is nothing, or less than nothing, and has no logarithm; take scale=level.',
    );
  }
  const log = wanted !== 'level' && positive;
  const parts = stl(log ? values.map(Math.log) : values, options);
  return isRefusal(parts) ? parts : { values, log, parts };
}

/** A value on the scale of the decomposition, in units. */
export const inUnits = (value: number, log: boolean): number => (log ? Math.exp(value) : value);
