/** Tables and charts of the shares of payment types. */
import type { ClusteredShares } from '../numeric/clustered-shares.js';
import type { Share } from '../numeric/shares.js';
import { at } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { marksOf } from '../result.js';
import { shareLine } from '../shown-estimates.js';
import type { StudyChart, StudyTable } from '../study.js';
import type { UsedTypes } from '../used-types.js';

const SHARE_COLUMNS: StudyTable['columns'] = [
  { name: 'share', title: 'Share', format: 'percent' },
  { name: 'lower', title: 'From', format: 'percent' },
  { name: 'upper', title: 'To', format: 'percent' },
];

export function sharesTable(
  types: Pick<UsedTypes, 'names' | 'counts'>,
  found: ClusteredShares,
  intervals: readonly Share[],
): StudyTable {
  return {
    name: 'shares',
    caption: 'Share of each payment type',
    columns: [
      { name: 'payment_type', title: 'Payment type', format: 'text' },
      { name: 'payments', title: 'Payments', format: 'count' },
      ...SHARE_COLUMNS,
      { name: 'standard_error', title: 'Standard error', format: 'percent' },
      { name: 'effective_payments', title: 'Independent payments', format: 'number' },
    ],
    rows: types.names.map((name, k) => {
      const [own, interval] = [found.shares[k], intervals[k]];
      return [
        name,
        at(types.counts, k),
        own?.share ?? null,
        interval?.lower ?? null,
        interval?.upper ?? null,
        own?.standardError ?? null,
        own?.effective ?? null,
      ];
    }),
  };
}

export function periodTable(
  names: readonly string[],
  periods: readonly string[],
  byPeriod: readonly (readonly (Share | null)[])[],
): StudyTable {
  return {
    name: 'trend',
    caption: 'Shares over time, each with its own interval (Wilson)',
    columns: [
      { name: 'period', title: 'Period', format: 'date' },
      { name: 'payment_type', title: 'Payment type', format: 'text' },
      ...SHARE_COLUMNS,
    ],
    rows: byPeriod.flatMap((own, period) =>
      own.map((share, k) => [
        periods[period] ?? '',
        names[k] ?? '',
        share?.share ?? null,
        share?.lower ?? null,
        share?.upper ?? null,
      ]),
    ),
  };
}

export function sharesChart(names: readonly string[], intervals: readonly Share[]): StudyChart {
  return {
    name: 'shares',
    caption: 'Share of each payment type with its interval',
    xAxis: { title: 'Payment type', kind: 'category' },
    yAxis: { title: 'Share', format: 'percent' },
    series: [
      {
        name: 'Share',
        kind: 'points',
        x: names,
        y: intervals.map(({ share }) => share),
        lower: intervals.map(({ lower }) => lower),
        upper: intervals.map(({ upper }) => upper),
      },
    ],
    marks: [],
  };
}

/** Lines beyond these could not be told apart. */
const MAX_LINES = 6;

export function trendChart(
  names: readonly string[],
  periods: readonly string[],
  byPeriod: readonly (readonly (Share | null)[])[],
  observations: Observations,
): StudyChart {
  const x = periods.map((name) => (name.length === 7 ? `${name}-01` : name));
  return {
    name: 'trend',
    caption: 'Shares over time; areas are intervals',
    xAxis: { title: 'Time', kind: 'date' },
    yAxis: { title: 'Share', format: 'percent' },
    series: names.slice(0, MAX_LINES).flatMap((name, k) =>
      shareLine(
        name,
        x,
        byPeriod.map((shares) => shares[k] ?? null),
      ),
    ),
    marks: marksOf(observations),
  };
}
