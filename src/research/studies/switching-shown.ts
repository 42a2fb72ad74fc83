/** Tables and charts of switching between payment types. */
import { dateOf } from '../days.js';
import type { StudyEvent } from '../events.js';
import { type Estimate, isRefusal, type Refusal, type TestResult } from '../numeric/answer.js';
import { ABSENT, type PooledRow, type PooledShare, type StateHistory } from '../numeric/pooled-moves.js';
import { type Share, wilson } from '../numeric/shares.js';
import { at } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import type { Periods } from '../periods.js';
import { marksOf } from '../result.js';
import { shareLine } from '../shown-estimates.js';
import type { Cell, StudyChart, StudyTable } from '../study.js';

/** Of the riders who paid in the first and in the last period. */
export interface Change {
  readonly type: string;
  readonly stayed: number;
  readonly left: number;
  readonly came: number;
  /** Of the share of riders who mostly paid by this type. */
  readonly net: Estimate;
  readonly pValue: number;
}

/** Of those who paid in the period before; null where nobody did. */
export interface PeriodMoves {
  readonly paid: number;
  readonly switched: Share | null;
  readonly left: Share | null;
}

export interface ToldMoves {
  readonly observations: Observations;
  readonly periods: Periods;
  readonly names: readonly string[];
  readonly event: StudyEvent | null;
  readonly warnings: readonly string[];
  /** Payment types, and no payment as the last. */
  readonly states: readonly string[];
  readonly matrix: readonly PooledRow[];
  /** Of all who paid: the same type, another, nothing. */
  readonly paid: PooledRow;
  readonly paidTo: readonly PooledShare[];
  readonly bySegment: readonly { readonly segment: string; readonly row: PooledRow }[];
  readonly changes: {
    readonly riders: number;
    readonly types: readonly Change[];
    readonly symmetry: TestResult | Refusal;
  };
  /** By period, from the second on. */
  readonly trend: readonly PeriodMoves[];
}

export function periodNames({ grain, count, bounds }: Periods, event: StudyEvent | null): string[] {
  if (event !== null) {
    const [first = 0, middle = 0, last = 0] = bounds;
    return [
      [first, middle],
      [middle, last],
    ].map(([from = 0, to = 0]) => `${dateOf(from)} to before ${dateOf(to)}`);
  }
  return Array.from(bounds.subarray(0, count), (day) => dateOf(day).slice(0, grain === 'month' ? 7 : 10));
}

/** Each rider moves once from a period to the next, so here riders are independent. */
export function movesByPeriod(
  { units, periods, values }: StateHistory,
  types: number,
  level: number,
): PeriodMoves[] {
  return Array.from({ length: periods - 1 }, (_, period) => {
    let [paid, switched, left] = [0, 0, 0];
    for (let who = 0; who < units; who++) {
      const [from, to] = [at(values, who * periods + period), at(values, who * periods + period + 1)];
      if (from >= types || to === ABSENT) continue;
      paid += 1;
      if (to === types) left += 1;
      else if (to !== from) switched += 1;
    }
    const shareOf = (count: number): Share | null => {
      const own = wilson(count, paid, level);
      return isRefusal(own) ? null : own;
    };
    return { paid, switched: shareOf(switched), left: shareOf(left) };
  });
}

const INTERVAL_COLUMNS: StudyTable['columns'] = [
  { name: 'share', title: 'Share', format: 'percent' },
  { name: 'lower', title: 'From', format: 'percent' },
  { name: 'upper', title: 'To', format: 'percent' },
];

export function matrixTable({ matrix, states }: ToldMoves): StudyTable {
  return {
    name: 'transitions',
    caption: 'Where riders went from one period to the next, by how they mostly paid',
    columns: [
      { name: 'from_type', title: 'Before', format: 'text' },
      { name: 'to_type', title: 'After', format: 'text' },
      { name: 'moves', title: 'Moves', format: 'count' },
      ...INTERVAL_COLUMNS,
      { name: 'standard_error', title: 'Standard error', format: 'percent' },
      { name: 'riders', title: 'Riders who were there before', format: 'count' },
    ],
    rows: matrix.flatMap(({ to, units }, from) =>
      isRefusal(to)
        ? []
        : to.map((own, k): Cell[] => [
            states[from] ?? '',
            states[k] ?? '',
            own.count,
            own.share,
            own.lower,
            own.upper,
            own.standardError,
            units,
          ]),
    ),
  };
}

export function changeTable({ changes, names }: ToldMoves): StudyTable {
  const { symmetry, riders } = changes;
  const rows = changes.types.map(({ type, stayed, left, came, net, pValue }): Cell[] => {
    const known = riders > 1;
    const told = known ? [net.estimate, net.lower, net.upper] : [null, null, null];
    return [type, stayed, left, came, ...told, Number.isNaN(pValue) ? null : pValue];
  });
  const all: Cell[] = ['all types (Bowker)', null, null, null, null, null, null];
  return {
    name: 'first_and_last',
    caption: `Riders who paid both in ${names[0] ?? ''} and in ${names.at(-1) ?? ''}`,
    columns: [
      { name: 'payment_type', title: 'Payment type', format: 'text' },
      { name: 'stayed', title: 'Stayed', format: 'count' },
      { name: 'left', title: 'Left', format: 'count' },
      { name: 'came', title: 'Came', format: 'count' },
      { name: 'net_change', title: 'Net change', format: 'percent' },
      { name: 'lower', title: 'From', format: 'percent' },
      { name: 'upper', title: 'To', format: 'percent' },
      { name: 'p_value', title: 'p', format: 'p_value' },
    ],
    rows: isRefusal(symmetry) ? rows : [...rows, [...all, symmetry.pValue]],
  };
}

export function trendTable({ trend, names }: ToldMoves): StudyTable {
  return {
    name: 'trend',
    caption: 'Of riders who paid in the period before: who changed the main type, and who paid nothing',
    columns: [
      { name: 'period', title: 'Period', format: 'text' },
      { name: 'riders', title: 'Paid before', format: 'count' },
      { name: 'changed', title: 'Changed', format: 'percent' },
      { name: 'changed_lower', title: 'From', format: 'percent' },
      { name: 'changed_upper', title: 'To', format: 'percent' },
      { name: 'nothing', title: 'Paid nothing', format: 'percent' },
      { name: 'nothing_lower', title: 'From', format: 'percent' },
      { name: 'nothing_upper', title: 'To', format: 'percent' },
    ],
    rows: trend.map(({ paid, switched, left }, i): Cell[] => [
      names[i + 1] ?? '',
      paid,
      ...[switched, left].flatMap((own) => [own?.share ?? null, own?.lower ?? null, own?.upper ?? null]),
    ]),
  };
}

export function segmentTable({ bySegment }: ToldMoves): StudyTable {
  const outcomes = ['stayed', 'changed the main type', 'paid nothing'];
  return {
    name: 'segments',
    caption: 'Where riders who paid went, by segment',
    columns: [
      { name: 'segment', title: 'Segment', format: 'text' },
      { name: 'riders', title: 'Riders', format: 'count' },
      { name: 'outcome', title: 'After', format: 'text' },
      ...INTERVAL_COLUMNS,
    ],
    rows: bySegment.flatMap(({ segment, row: { to, units } }) =>
      outcomes.map((outcome, k): Cell[] => {
        const own = isRefusal(to) ? undefined : to[k];
        return [segment, units, outcome, own?.share ?? null, own?.lower ?? null, own?.upper ?? null];
      }),
    ),
  };
}

export function stayChart({ matrix, states }: ToldMoves): StudyChart {
  const types = states.slice(0, -1);
  const series = (name: string, columnOf: (row: number) => number): StudyChart['series'][number] => {
    const own = types.map((_, k) => {
      const to = matrix[k]?.to;
      return to === undefined || isRefusal(to) ? undefined : to[columnOf(k)];
    });
    return {
      name,
      kind: 'points',
      x: types,
      y: own.map((share) => share?.share ?? null),
      lower: own.map((share) => share?.lower ?? null),
      upper: own.map((share) => share?.upper ?? null),
    };
  };
  return {
    name: 'stayed',
    caption: 'Of riders who mostly paid by a type: who stayed with it, and who paid nothing after',
    xAxis: { title: 'Main payment type before', kind: 'category' },
    yAxis: { title: 'Share of riders', format: 'percent' },
    series: [series('Stayed', (row) => row), series('Paid nothing', () => types.length)],
    marks: [],
  };
}

export function trendChart({ trend, periods, observations }: ToldMoves): StudyChart {
  const x = Array.from(periods.bounds.subarray(1, periods.count), dateOf);
  const lines = [
    ['Changed the main type', trend.map(({ switched }) => switched)],
    ['Paid nothing', trend.map(({ left }) => left)],
  ] as const;
  return {
    name: 'trend',
    caption: 'Of riders who paid in the period before; areas are intervals',
    xAxis: { title: 'Time', kind: 'date' },
    yAxis: { title: 'Share of riders', format: 'percent' },
    series: lines.flatMap(([name, own]) => shareLine(name, x, own)),
    marks: marksOf(observations),
  };
}
