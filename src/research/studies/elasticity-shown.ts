/** Tables, charts and warnings of the study of elasticities. */

import { dateOf } from '../days.js';
import { markOf } from '../events.js';
import { type Estimate, isRefusal, type Refusal } from '../numeric/answer.js';
import { LITERATURE } from '../numeric/elasticity.js';
import { sumOf } from '../numeric/vectors.js';
import type { SegmentSeries } from '../panels.js';
import type { priceEffectOf } from '../price-panel.js';
import type { Segmentation } from '../segments.js';
import { estimateCells } from '../shown-estimates.js';
import type { Cell, Finding, StudyChart, StudyTable } from '../study.js';
import { capitalised, pInWords } from '../words.js';
import { type Comparison, mainOf, type Options, type Row } from './price-comparison.js';

type Literature = Finding['literature'][number];

export const BESIDE: readonly Literature[] = LITERATURE.flatMap(
  ({ source, elasticity: one, low, high }): Literature[] => {
    if (low !== null && high !== null) return [{ name: source, lower: high, upper: low }];
    return one === null ? [] : [{ name: source, lower: one, upper: one }];
  },
);

export function elasticityTable(
  { observations: { currency }, options: { definition } }: Comparison,
  rows: readonly Row[],
): StudyTable {
  const money = (minor: number): number => minor / 10 ** currency.digits;
  return {
    name: 'elasticities',
    caption: 'Elasticities by segment and definition; intervals by the delta method',
    columns: [
      { name: 'segment', title: 'Segment', format: 'text' },
      { name: 'definition', title: 'Definition', format: 'text' },
      { name: 'riders', title: 'Riders', format: 'count' },
      { name: 'price_before', title: 'Price before', format: 'money' },
      { name: 'price_after', title: 'Price after', format: 'money' },
      { name: 'payments_before', title: 'Payments before', format: 'count' },
      { name: 'payments_after', title: 'Payments after', format: 'count' },
      { name: 'elasticity', title: 'Elasticity', format: 'number' },
      { name: 'standard_error', title: 'Standard error', format: 'number' },
      { name: 'lower', title: 'From', format: 'number' },
      { name: 'upper', title: 'To', format: 'number' },
      { name: 'p_value', title: 'p', format: 'p_value' },
      { name: 'bootstrap_lower', title: 'Bootstrap from', format: 'number' },
      { name: 'bootstrap_upper', title: 'Bootstrap to', format: 'number' },
    ],
    rows: rows.flatMap(({ segment, riders, prices, before, after, estimates, drawn }) =>
      estimates.map((own): Cell[] => {
        const ends = own.name.startsWith(definition) ? drawn : null;
        return [
          segment ?? 'all',
          own.name.replace(' elasticity', ''),
          riders,
          money(prices.before),
          money(prices.after),
          sumOf(before),
          sumOf(after),
          ...estimateCells(own),
          ends?.lower ?? null,
          ends?.upper ?? null,
        ];
      }),
    ),
  };
}

type Panel = ReturnType<typeof priceEffectOf>;

export function panelTable({ time, estimates }: Panel): StudyTable {
  return {
    name: 'panel',
    caption: `Riders over weeks, effects of riders and ${time === 'weeks' ? 'weeks' : 'a straight trend'}`,
    columns: [
      { name: 'term', title: 'Term', format: 'text' },
      { name: 'estimate', title: 'Estimate', format: 'number' },
      { name: 'standard_error', title: 'Standard error', format: 'number' },
      { name: 'lower', title: 'From', format: 'number' },
      { name: 'upper', title: 'To', format: 'number' },
      { name: 'p_value', title: 'p', format: 'p_value' },
      { name: 'rider_weeks', title: 'Riders × weeks', format: 'count' },
      { name: 'riders', title: 'Riders', format: 'count' },
    ],
    rows: isRefusal(estimates)
      ? []
      : estimates.estimates.map((own): Cell[] => [
          own.name,
          ...estimateCells(own),
          estimates.n,
          estimates.clusters,
        ]),
  };
}

export function pointsChart(rows: readonly Row[], options: Options): StudyChart {
  const x = rows.map(({ segment }) => segment ?? 'all');
  const main = rows.map((row) => mainOf(row, options));
  const [bly] = BESIDE.filter(({ lower, upper }) => lower !== upper);
  const beside = bly === undefined ? [] : [bandOf(bly, x)];
  return {
    name: 'elasticities',
    caption: `${capitalised(options.definition)} elasticity with its interval; the area is what ${bly?.name ?? ''} found`,
    xAxis: { title: 'Segment', kind: 'category' },
    yAxis: { title: 'Elasticity', format: 'number' },
    series: [
      ...beside,
      {
        name: 'Elasticity',
        kind: 'points',
        x,
        y: main.map(({ estimate }) => estimate),
        lower: main.map(({ lower }) => lower),
        upper: main.map(({ upper }) => upper),
      },
    ],
    marks: [],
  };
}

const bandOf = ({ name, lower, upper }: Literature, x: readonly string[]): StudyChart['series'][number] => ({
  name,
  kind: 'band',
  x,
  y: x.map(() => null),
  lower: x.map(() => lower),
  upper: x.map(() => upper),
});

/** Lines beyond these could not be told apart. */
const MAX_LINES = 6;

export function weeklyChart(
  { segmentation, window, event }: Comparison,
  { payments }: SegmentSeries,
): StudyChart {
  const x = Array.from(window.weeks.bounds.subarray(0, window.weeks.count), dateOf);
  return {
    name: 'weeks',
    caption: 'Payments a week; a week begins on the weekday of the event',
    xAxis: { title: 'Week from', kind: 'date' },
    yAxis: { title: 'Payments', format: 'number' },
    series: segmentation.names
      .slice(0, MAX_LINES)
      .map((name, place) => ({ name, kind: 'line', x, y: Array.from(payments[place] ?? []) })),
    marks: [markOf(event)],
  };
}

export function placeboTable(rows: readonly Row[]): StudyTable {
  return {
    name: 'placebo',
    caption: 'The same at a date of no event, in the time before',
    columns: [
      { name: 'segment', title: 'Segment', format: 'text' },
      { name: 'elasticity', title: 'Elasticity', format: 'number' },
      { name: 'lower', title: 'From', format: 'number' },
      { name: 'upper', title: 'To', format: 'number' },
      { name: 'p_value', title: 'p', format: 'p_value' },
    ],
    rows: rows.flatMap(({ segment, placebo }): Cell[][] =>
      isRefusal(placebo)
        ? []
        : [[segment ?? 'all', placebo.estimate, placebo.lower, placebo.upper, placebo.pValue]],
    ),
  };
}

/** Of many placebos one in twenty is off by chance; so only those that stay off when all are counted. */
export function placeboWarnings(rows: readonly Row[], level: number): string[] {
  return rows.flatMap(({ segment, placebo }) =>
    !isRefusal(placebo) && placebo.pValue < (1 - level) / rows.length
      ? [
          `Before the event, payments of ${segment ?? 'all riders'} changed already (${pInWords(placebo.pValue)}): a trend or a season is in the estimate.`,
        ]
      : [],
  );
}

export function panelWarnings(
  { time, estimates }: Panel,
  estimate: Estimate | Refusal,
  { by }: Segmentation,
): string[] {
  if (isRefusal(estimates) || isRefusal(estimate)) {
    return [`No panel estimate: ${isRefusal(estimates) ? estimates.message : ''}`];
  }
  const same =
    'The price was the same for everyone at every time, so effects of weeks cannot be told from it; the panel has a straight trend instead, and whatever else changed at the event is in its estimate.';
  const shared =
    'The price differs by segment and not by rider: errors clustered by rider do not see what happens to a whole segment.';
  return [...estimates.warnings, ...(time === 'trend' ? [same] : by === 'none' ? [] : [shared])];
}
