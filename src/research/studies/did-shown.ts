/** Tables and charts of difference in differences. */
import { dateOf } from '../days.js';
import { markOf, type StudyEvent } from '../events.js';
import { type Estimate, isRefusal, type Refusal } from '../numeric/answer.js';
import type { ContrastEstimates } from '../numeric/balanced-panel.js';
import { at } from '../numeric/vectors.js';
import type { Outcome } from '../panels.js';
import type { Periods } from '../periods.js';
import { estimateCells, estimateColumns } from '../shown-estimates.js';
import type { Cell, StudyChart, StudyTable } from '../study.js';

export interface ToldDifference {
  readonly outcome: Outcome;
  readonly weeks: Periods;
  readonly before: number;
  readonly event: StudyEvent;
}

const formatOf = (outcome: Outcome): 'money' | 'number' => (outcome === 'revenue' ? 'money' : 'number');

export function effectTable(
  { clusters, n }: ContrastEstimates,
  main: Estimate,
  { outcome }: ToldDifference,
): StudyTable {
  return {
    name: 'effect',
    caption: 'Effect on a treated rider, a week',
    columns: [
      ...estimateColumns(formatOf(outcome)),
      { name: 'riders', title: 'Riders', format: 'count' },
      { name: 'clusters', title: 'Clusters', format: 'count' },
    ],
    rows: [[...estimateCells(main), n / 2, clusters]],
  };
}

export function meansTable({ means }: ContrastEstimates, { outcome }: ToldDifference): StudyTable {
  const format = formatOf(outcome);
  return {
    name: 'means',
    caption: 'Means of a rider and week',
    columns: [
      { name: 'side', title: 'Riders', format: 'text' },
      { name: 'before', title: 'Before', format },
      { name: 'after', title: 'After', format },
      { name: 'change', title: 'Change', format },
    ],
    rows: (['compared with', 'treated'] as const).map((side, i): Cell[] => {
      const [before, after] = [at(means[i] ?? [], 0), at(means[i] ?? [], 1)];
      return [side, before, after, after - before];
    }),
  };
}

export function eventStudyTable(study: ContrastEstimates): StudyTable {
  return {
    name: 'event_study',
    caption: 'Treated less compared riders, each week beside the week before the event',
    columns: [{ name: 'week', title: 'Week', format: 'text' }, ...estimateColumns('number')],
    rows: study.estimates.map((own): Cell[] => [own.name, ...estimateCells(own)]),
  };
}

const datesOf = ({ bounds, count }: Periods): string[] => Array.from(bounds.subarray(0, count), dateOf);

export function meansChart(
  { means }: ContrastEstimates,
  { weeks, outcome, event }: ToldDifference,
): StudyChart {
  const x = datesOf(weeks);
  return {
    name: 'means',
    caption: 'Means of a rider, week by week; both sides should move alike before the event',
    xAxis: { title: 'Week from', kind: 'date' },
    yAxis: {
      title: outcome === 'revenue' ? 'Net revenue a rider' : 'Payments a rider',
      format: formatOf(outcome),
    },
    series: [
      { name: 'Treated', kind: 'line', x, y: Array.from(means[1]) },
      { name: 'Compared with', kind: 'line', x, y: Array.from(means[0]) },
    ],
    marks: [markOf(event)],
  };
}

export function eventStudyChart(
  study: ContrastEstimates,
  { weeks, before, outcome, event }: ToldDifference,
): StudyChart {
  const x = datesOf(weeks);
  /** The week beside which the others are shown is zero by its choice. */
  const shownAt = (week: number, value: (own: Estimate) => number): number => {
    const own = week === before - 1 ? undefined : study.estimates[week < before ? week : week - 1];
    return own === undefined ? 0 : value(own);
  };
  return {
    name: 'event_study',
    caption: 'Treated less compared riders beside the week before the event, with intervals',
    xAxis: { title: 'Week from', kind: 'date' },
    yAxis: { title: 'Difference', format: formatOf(outcome) },
    series: [
      {
        name: 'Difference',
        kind: 'points',
        x,
        y: x.map((_, week) => shownAt(week, ({ estimate }) => estimate)),
        lower: x.map((_, week) => shownAt(week, ({ lower }) => lower)),
        upper: x.map((_, week) => shownAt(week, ({ upper }) => upper)),
      },
    ],
    marks: [markOf(event)],
  };
}

export function preTrendTable(
  preTrends: { readonly test: string; readonly statistic: number; readonly pValue: number },
  placebo: Estimate | Refusal,
): StudyTable {
  const placebos: Cell[][] = isRefusal(placebo)
    ? []
    : [['placebo: two halves of the time before', placebo.estimate, placebo.statistic, placebo.pValue]];
  return {
    name: 'pre_trends',
    caption: 'Whether both sides moved alike before the event',
    columns: [
      { name: 'test', title: 'Test', format: 'text' },
      { name: 'estimate', title: 'Estimate', format: 'number' },
      { name: 'statistic', title: 'Statistic', format: 'number' },
      { name: 'p_value', title: 'p', format: 'p_value' },
    ],
    rows: [[preTrends.test, null, preTrends.statistic, preTrends.pValue], ...placebos],
  };
}
