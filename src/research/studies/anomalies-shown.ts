/** Tables and charts of anomalies. */
import type { Estimate } from '../numeric/answer.js';
import { at, dot, meanOf } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { OUTCOME_TITLES, type SeriesOutcome } from '../outcome-series.js';
import { marksOf } from '../result.js';
import { periodDates, periodTitle, type SeasonPeriods } from '../season-series.js';
import { type ScaledAnomalies, TRANSFORM } from '../steady-scale.js';
import type { Cell, StudyChart, StudyTable } from '../study.js';

export interface Anomaly {
  readonly date: string;
  /** Currency units, payments or riders. */
  readonly observed: number;
  readonly expected: number;
  /** Within these it would be none. */
  readonly lower: number;
  readonly upper: number;
  /** From what was expected. */
  readonly distance: Estimate;
  /** Entries of the calendar around it. */
  readonly calendar: readonly string[];
}

export interface ToldAnomalies {
  readonly observations: Observations;
  readonly outcome: SeriesOutcome;
  readonly when: SeasonPeriods;
  readonly values: Float64Array;
  readonly scaled: ScaledAnomalies;
  readonly anomalies: readonly Anomaly[];
}

const unitFormat = ({ outcome }: ToldAnomalies): 'money' | 'number' =>
  outcome === 'revenue' ? 'money' : 'number';

export function anomalyTable(told: ToldAnomalies): StudyTable {
  const unit = unitFormat(told);
  return {
    name: 'anomalies',
    caption: 'What is unlike the rest of its season and trend, the farthest first',
    columns: [
      { name: 'from', title: periodTitle(told.when), format: 'date' },
      { name: told.outcome, title: 'Observed', format: unit },
      { name: 'expected', title: 'Expected', format: unit },
      { name: 'lower', title: 'None from', format: unit },
      { name: 'upper', title: 'None to', format: unit },
      { name: 'distance', title: 'Distance', format: unit },
      { name: 'distance_lower', title: 'From', format: unit },
      { name: 'distance_upper', title: 'To', format: unit },
      { name: 'share', title: 'Of expected', format: 'percent' },
      { name: 'statistic', title: 'Standard deviations', format: 'number' },
      { name: 'calendar', title: 'Calendar', format: 'text' },
    ],
    rows: told.anomalies.map(({ date, observed, expected, lower, upper, distance, calendar }): Cell[] => [
      date,
      observed,
      expected,
      lower,
      upper,
      distance.estimate,
      distance.lower,
      distance.upper,
      expected > 0 ? distance.estimate / expected : null,
      distance.statistic,
      calendar.length === 0 ? null : calendar.join(', '),
    ]),
  };
}

/** Expected, and what would still be none. */
function rangesOf({
  scaled: { scale, found },
}: ToldAnomalies): { expected: number; lower: number; upper: number }[] {
  const { from } = TRANSFORM[scale];
  const reach = found.critical * found.deviation;
  return Array.from(found.expected, (value) => ({
    expected: from(value),
    lower: from(value - reach),
    upper: from(value + reach),
  }));
}

export function seriesTable(told: ToldAnomalies): StudyTable {
  const unit = unitFormat(told);
  const odd = new Set(told.anomalies.map(({ date }) => date));
  const ranges = rangesOf(told);
  return {
    name: 'series',
    caption: 'All points, what season and trend let expect, and the range within which one is no anomaly',
    columns: [
      { name: 'from', title: periodTitle(told.when), format: 'date' },
      { name: told.outcome, title: 'Observed', format: unit },
      { name: 'expected', title: 'Expected', format: unit },
      { name: 'lower', title: 'From', format: unit },
      { name: 'upper', title: 'To', format: unit },
      { name: 'anomaly', title: 'Anomaly', format: 'text' },
    ],
    rows: periodDates(told.when).map((date, i): Cell[] => {
      const { expected = null, lower = null, upper = null } = ranges[i] ?? {};
      return [date, at(told.values, i), expected, lower, upper, odd.has(date) ? 'yes' : 'no'];
    }),
  };
}

export function seriesChart(told: ToldAnomalies): StudyChart {
  const x = periodDates(told.when);
  const ranges = rangesOf(told);
  return {
    name: 'series',
    caption: `${OUTCOME_TITLES[told.outcome]} by ${told.when.periods.grain}; within the area a point is no anomaly`,
    xAxis: { title: periodTitle(told.when), kind: 'date' },
    yAxis: { title: OUTCOME_TITLES[told.outcome], format: unitFormat(told) },
    series: [
      {
        name: 'Expected',
        kind: 'band',
        x,
        y: ranges.map(({ expected }) => expected),
        lower: ranges.map(({ lower }) => lower),
        upper: ranges.map(({ upper }) => upper),
      },
      { name: 'Observed', kind: 'line', x, y: Array.from(told.values) },
      {
        name: 'Anomaly',
        kind: 'points',
        x: told.anomalies.map(({ date }) => date),
        y: told.anomalies.map(({ observed }) => observed),
      },
    ],
    marks: marksOf(told.observations),
  };
}

/** How near to normal the rest is, those found apart. */
export function remainderTable({ scaled: { found, unevenness } }: ToldAnomalies): StudyTable {
  const odd = new Set(found.found.map(({ index }) => index));
  const rest = found.remainder.filter((_, i) => !odd.has(i));
  const mean = meanOf(rest);
  const centred = rest.map((value) => value - mean);
  const moment = (power: number): number => meanOf(centred.map((value) => value ** power));
  const spread = moment(2);
  return {
    name: 'remainder',
    caption: 'The rest without those found; of normal values skewness and excess kurtosis are near 0',
    columns: [
      { name: 'measure', title: 'Measure', format: 'text' },
      { name: 'value', title: 'Value', format: 'number' },
    ],
    rows: [
      ['Correlation of its size with what was expected', unevenness],
      ['Standard deviation', found.deviation],
      ['Skewness', moment(3) / spread ** 1.5],
      ['Excess kurtosis', moment(4) / spread ** 2 - 3],
      [
        'Correlation with the one before',
        dot(centred.subarray(1), centred.subarray(0, -1)) / dot(centred, centred),
      ],
    ],
  };
}

export function stepTable({ scaled: { found }, when }: ToldAnomalies): StudyTable {
  const dates = periodDates(when);
  return {
    name: 'steps',
    caption:
      'The test step by step: up to the last step whose statistic is over its critical value all are anomalies',
    columns: [
      { name: 'step', title: 'Step', format: 'count' },
      { name: 'from', title: periodTitle(when), format: 'date' },
      { name: 'statistic', title: 'Statistic', format: 'number' },
      { name: 'critical', title: 'Critical', format: 'number' },
    ],
    rows: found.steps.map(({ index, statistic, critical }, i): Cell[] => [
      i + 1,
      dates[index] ?? null,
      statistic,
      critical,
    ]),
  };
}
