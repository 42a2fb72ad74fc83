/** Tables and charts of the study of impact. */
import { dateOf } from '../days.js';
import type { EventSeries, Terms } from '../event-series.js';
import { markOf, type StudyEvent } from '../events.js';
import { asShare, type Estimate } from '../numeric/answer.js';
import { chiSquareTails } from '../numeric/distributions.js';
import type { InterruptedEstimates } from '../numeric/interrupted-series.js';
import { at, dot } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import type { SeriesOutcome } from '../outcome-series.js';
import type { TypeFilter } from '../panels.js';
import { estimateCells, estimateColumns } from '../shown-estimates.js';
import type { Cell, StudyChart, StudyTable } from '../study.js';

export interface ToldSeries {
  readonly observations: Observations;
  readonly options: { readonly outcome: SeriesOutcome };
  readonly event: StudyEvent;
  readonly only: TypeFilter;
  readonly series: EventSeries;
  readonly terms: Terms;
  readonly estimates: InterruptedEstimates;
  /** Currency units, payments or riders. */
  readonly values: Float64Array;
  readonly log: boolean;
}

export interface Placebo {
  readonly date: string;
  readonly estimate: Estimate;
}

/** Every coefficient by every method, on the regression's scale. */
export function termTable({ estimates, log }: ToldSeries): StudyTable {
  const { praisWinsten, neweyWest, leastSquares } = estimates;
  const methods = [
    ['Prais–Winsten', praisWinsten],
    ['Newey–West', neweyWest],
    ['least squares', leastSquares],
  ] as const;
  return {
    name: 'terms',
    caption: `Coefficients${log ? ' of the logarithm' : ''} by method`,
    columns: [
      { name: 'method', title: 'Method', format: 'text' },
      { name: 'term', title: 'Term', format: 'text' },
      ...estimateColumns('number'),
    ],
    rows: methods.flatMap(([name, own]) =>
      (own?.estimates ?? []).map((term): Cell[] => [name, term.name, ...estimateCells(term)]),
    ),
  };
}

/** What would have been without the event, while it held. */
const withoutEvent = ({ estimates, series, log }: ToldSeries, i: number): number | null =>
  i >= series.first && i < series.end ? back(at(estimates.counterfactual, i), log) : null;

const back = (value: number, log: boolean): number => (log ? Math.exp(value) : value);

const datesOf = ({ series: { periods } }: ToldSeries): string[] =>
  Array.from(periods.bounds.subarray(0, periods.count), dateOf);

export function seriesTable(told: ToldSeries): StudyTable {
  const { options, values, estimates, log, series } = told;
  const format = options.outcome === 'revenue' ? 'money' : 'number';
  return {
    name: 'series',
    caption: 'The series, what the regression makes of it, and what would have been without the event',
    columns: [
      { name: 'from', title: `First day of the ${series.periods.grain}`, format: 'date' },
      { name: options.outcome, title: 'Observed', format },
      { name: 'fitted', title: 'Fitted', format },
      { name: 'without_event', title: 'Without the event', format },
    ],
    rows: datesOf(told).map((date, i): Cell[] => [
      date,
      at(values, i),
      back(at(estimates.fitted, i), log),
      withoutEvent(told, i),
    ]),
  };
}

export function seriesChart(told: ToldSeries): StudyChart {
  const { options, values, estimates, log, event, series } = told;
  const x = datesOf(told);
  const titles = { revenue: 'Net revenue', payments: 'Payments', riders: 'Riders who paid' };
  return {
    name: 'series',
    caption: `${titles[options.outcome]} by ${series.periods.grain}, with the event`,
    xAxis: { title: `First day of the ${series.periods.grain}`, kind: 'date' },
    yAxis: { title: titles[options.outcome], format: options.outcome === 'revenue' ? 'money' : 'number' },
    series: [
      { name: 'Observed', kind: 'line', x, y: Array.from(values) },
      { name: 'Fitted', kind: 'line', x, y: Array.from(estimates.fitted, (value) => back(value, log)) },
      { name: 'Without the event', kind: 'line', x, y: x.map((_, i) => withoutEvent(told, i)) },
    ],
    marks: [markOf(event)],
  };
}

/** What is left when each error's share that follows from the one before is taken out. */
function innovationsOf({ estimates: { residuals, rho, praisWinsten } }: ToldSeries): Float64Array {
  if (praisWinsten === null) return residuals;
  return residuals.subarray(1).map((value, i) => value - rho * at(residuals, i));
}

function autocorrelations(values: Float64Array, lags: number): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const square = dot(centred, centred);
  return Array.from({ length: lags }, (_, k) => dot(centred.subarray(k + 1), centred) / square);
}

export function residualTable(told: ToldSeries): StudyTable {
  const { estimates } = told;
  const left = innovationsOf(told);
  const n = left.length;
  const lags = Math.max(1, Math.min(10, Math.floor(n / 5)));
  const correlations = autocorrelations(left, lags);
  const ljungBox = n * (n + 2) * correlations.reduce((sum, r, k) => sum + (r * r) / (n - k - 1), 0);
  const steps = left.subarray(1).map((value, i) => value - at(left, i));
  const deviation = Math.sqrt(dot(left, left) / n);
  const far = left.filter((value) => Math.abs(value) > 3 * deviation).length;
  return {
    name: 'residuals',
    caption: 'What the errors look like; they should tell nothing of those that follow',
    columns: [
      { name: 'measure', title: 'Measure', format: 'text' },
      { name: 'value', title: 'Value', format: 'number' },
      { name: 'p_value', title: 'p', format: 'p_value' },
    ],
    rows: [
      ['ρ of an error to the one before', estimates.rho, null],
      ['Durbin–Watson after ρ is taken out', dot(steps, steps) / dot(left, left), null],
      [`Ljung–Box over ${lags} lags after ρ is taken out`, ljungBox, chiSquareTails(ljungBox, lags).upper],
      ['Errors beyond three standard deviations', far, null],
    ],
  };
}

export function residualChart(told: ToldSeries): StudyChart {
  return {
    name: 'residuals',
    caption: 'Observed less fitted, on the scale of the regression',
    xAxis: { title: `First day of the ${told.series.periods.grain}`, kind: 'date' },
    yAxis: { title: 'Residual', format: 'number' },
    series: [{ name: 'Residual', kind: 'points', x: datesOf(told), y: Array.from(told.estimates.residuals) }],
    marks: [markOf(told.event)],
  };
}

export function placeboTable(placebos: readonly Placebo[], log: boolean): StudyTable {
  return {
    name: 'placebo',
    caption: `The same at dates of no event, from the time before${log ? '; shares' : ''}`,
    columns: [{ name: 'date', title: 'Date', format: 'date' }, ...estimateColumns('number')],
    rows: placebos.map(({ date, estimate }): Cell[] => [
      date,
      ...estimateCells(log ? asShare(estimate) : estimate),
    ]),
  };
}
