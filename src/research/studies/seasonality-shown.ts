/** Tables and charts of seasonality. */
import { asShare, type Estimate } from '../numeric/answer.js';
import type { Season } from '../numeric/season.js';
import { at, dot, meanOf, varianceOf } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { OUTCOME_TITLES, type SeriesOutcome } from '../outcome-series.js';
import { marksOf } from '../result.js';
import {
  inUnits,
  periodDates,
  periodTitle,
  type SeasonPeriods,
  type SeasonSeries,
} from '../season-series.js';
import { estimateCells } from '../shown-estimates.js';
import type { Cell, StudyChart, StudyTable } from '../study.js';

export interface ToldGroup {
  /** Null: all. */
  readonly segment: string | null;
  readonly series: SeasonSeries;
  readonly season: Season;
}

export interface ToldSeason {
  readonly observations: Observations;
  readonly outcome: SeriesOutcome;
  readonly when: SeasonPeriods;
  readonly all: ToldGroup;
  /** All, and segments. */
  readonly groups: readonly ToldGroup[];
}

type Format = StudyTable['columns'][number]['format'];

const unitFormat = ({ outcome }: ToldSeason): 'money' | 'number' =>
  outcome === 'revenue' ? 'money' : 'number';
/** Of distances: shares where the logarithm was taken apart. */
const distanceFormat = (told: ToldSeason): 'money' | 'number' | 'percent' =>
  told.all.series.log ? 'percent' : unitFormat(told);
const distance = (value: number, log: boolean): number => (log ? Math.exp(value) - 1 : value);

/** In the calendar's order. */
function placesOf({ season, series }: ToldGroup, { inOrder }: SeasonPeriods): Estimate[] {
  const places = inOrder.flatMap((name) => season.places.filter((place) => place.name === name));
  return series.log ? places.map(asShare) : places;
}

export function seasonTable(told: ToldSeason): StudyTable {
  // A segment may have days of nothing and so be told in units where all are told in shares.
  const formatOf = (log: boolean): Format => (log ? 'percent' : unitFormat(told));
  const mixed = new Set(told.groups.map(({ series }) => series.log)).size > 1;
  const format = mixed ? 'number' : formatOf(told.all.series.log);
  return {
    name: 'season',
    caption: `${OUTCOME_TITLES[told.outcome]} against the trend, by place in the ${told.when.cycle}${mixed ? '; shares of the trend, or units where points are nothing' : ''}`,
    columns: [
      { name: 'segment', title: 'Segment', format: 'text' },
      { name: 'place', title: told.when.cycle === 'week' ? 'Weekday' : 'Month', format: 'text' },
      { name: 'distance', title: 'Against the trend', format },
      { name: 'standard_error', title: 'Standard error', format },
      { name: 'lower', title: 'From', format },
      { name: 'upper', title: 'To', format },
      { name: 'p_value', title: 'p of this place alone', format: 'p_value' },
    ],
    rows: told.groups.flatMap((group) =>
      placesOf(group, told.when).map((own): Cell[] => [
        group.segment ?? 'all',
        own.name,
        ...estimateCells(own),
      ]),
    ),
  };
}

export function strengthTable({ groups, when }: ToldSeason): StudyTable {
  return {
    name: 'strength',
    caption: 'How much the season and the trend explain of what the other leaves',
    columns: [
      { name: 'segment', title: 'Segment', format: 'text' },
      { name: 'scale', title: 'Scale', format: 'text' },
      { name: 'cycles', title: `Whole ${when.cycle}s`, format: 'count' },
      { name: 'season', title: 'Season', format: 'percent' },
      { name: 'trend', title: 'Trend', format: 'percent' },
      { name: 'p_value', title: 'p of no season', format: 'p_value' },
    ],
    rows: groups.map(({ segment, series, season }): Cell[] => [
      segment ?? 'all',
      series.log ? 'log' : 'level',
      season.cycles,
      season.seasonStrength,
      season.trendStrength,
      season.pValue,
    ]),
  };
}

export function partsTable(told: ToldSeason): StudyTable {
  const { values, log, parts } = told.all.series;
  const [unit, apart] = [unitFormat(told), distanceFormat(told)];
  return {
    name: 'series',
    caption: `The series taken apart${log ? ': trend × (1 + season) × (1 + remainder)' : ': trend + season + remainder'}`,
    columns: [
      { name: 'from', title: periodTitle(told.when), format: 'date' },
      { name: told.outcome, title: 'Observed', format: unit },
      { name: 'trend', title: 'Trend', format: unit },
      { name: 'season', title: 'Season', format: apart },
      { name: 'remainder', title: 'Remainder', format: apart },
    ],
    rows: periodDates(told.when).map((date, i): Cell[] => [
      date,
      at(values, i),
      inUnits(at(parts.trend, i), log),
      distance(at(parts.seasonal, i), log),
      distance(at(parts.remainder, i), log),
    ]),
  };
}

export function seasonChart(told: ToldSeason): StudyChart {
  const places = placesOf(told.all, told.when);
  return {
    name: 'season',
    caption: `${OUTCOME_TITLES[told.outcome]} against the trend; intervals hold for all at once`,
    xAxis: { title: told.when.cycle === 'week' ? 'Weekday' : 'Month', kind: 'category' },
    yAxis: { title: 'Against the trend', format: distanceFormat(told) },
    series: [
      {
        name: 'Season',
        kind: 'points',
        x: places.map(({ name }) => name),
        y: places.map(({ estimate }) => estimate),
        lower: places.map(({ lower }) => lower),
        upper: places.map(({ upper }) => upper),
      },
    ],
    marks: [],
  };
}

export function seriesChart(told: ToldSeason): StudyChart {
  const { values, log, parts } = told.all.series;
  const x = periodDates(told.when);
  return {
    name: 'series',
    caption: `${OUTCOME_TITLES[told.outcome]} by ${told.when.periods.grain} and its trend`,
    xAxis: { title: periodTitle(told.when), kind: 'date' },
    yAxis: { title: OUTCOME_TITLES[told.outcome], format: unitFormat(told) },
    series: [
      { name: 'Observed', kind: 'line', x, y: Array.from(values) },
      { name: 'Trend', kind: 'line', x, y: Array.from(parts.trend, (value) => inUnits(value, log)) },
    ],
    marks: marksOf(told.observations),
  };
}

export function remainderTable({ all, when }: ToldSeason): StudyTable {
  const { remainder } = all.series.parts;
  const mean = meanOf(remainder);
  const centred = remainder.map((value) => value - mean);
  const follow = (lag: number): number => dot(centred.subarray(lag), centred) / dot(centred, centred);
  const deviation = Math.sqrt(varianceOf(remainder));
  const far = remainder.filter((value) => Math.abs(value - mean) > 3 * deviation).length;
  return {
    name: 'remainder',
    caption: 'What the remainder looks like; it should tell nothing of what follows',
    columns: [
      { name: 'measure', title: 'Measure', format: 'text' },
      { name: 'value', title: 'Value', format: 'number' },
    ],
    rows: [
      [`Correlation with the ${when.periods.grain} before`, follow(1)],
      [`Correlation with the same place of the ${when.cycle} before`, follow(when.places.length)],
      [`Standard deviation${all.series.log ? ' of the logarithm' : ''}`, deviation],
      [`${when.periods.grain === 'day' ? 'Days' : 'Months'} beyond three standard deviations`, far],
    ],
  };
}

export function remainderChart(told: ToldSeason): StudyChart {
  const { log, parts } = told.all.series;
  return {
    name: 'remainder',
    caption: 'What neither trend nor season explain',
    xAxis: { title: periodTitle(told.when), kind: 'date' },
    yAxis: { title: 'Remainder', format: distanceFormat(told) },
    series: [
      {
        name: 'Remainder',
        kind: 'points',
        x: periodDates(told.when),
        y: Array.from(parts.remainder, (value) => distance(value, log)),
      },
    ],
    marks: marksOf(told.observations),
  };
}
