/** Tables and charts of the timing of capture. */
import { dateOf } from '../days.js';
import type { CaptureLag, PeriodCompleteness } from '../numeric/capture-lag.js';
import type { ClusteredDistribution } from '../numeric/clustered-quantiles.js';
import type { Observations } from '../observations.js';
import { marksOf } from '../result.js';
import type { SeenCaptures } from '../seen-captures.js';
import type { Cell, StudyChart, StudyTable } from '../study.js';
import { durationInWords, percentInWords } from '../words.js';

export interface LagGroup {
  /** Payment type; null: all. */
  readonly type: string | null;
  readonly found: ClusteredDistribution;
}

export interface ToldLag {
  readonly observations: Observations;
  readonly seen: SeenCaptures;
  readonly arrival: CaptureLag;
  /** Days that have payments, oldest first. */
  readonly days: readonly PeriodCompleteness[];
  /** All, and payment types. */
  readonly groups: readonly LagGroup[];
  readonly all: LagGroup;
}

export function percentileTable({ groups }: ToldLag): StudyTable {
  return {
    name: 'percentiles',
    caption: 'Seconds from payment to capture, of complete days',
    columns: [
      { name: 'payment_type', title: 'Payment type', format: 'text' },
      { name: 'payments', title: 'Payments', format: 'count' },
      { name: 'captured', title: 'Captured', format: 'percent' },
      { name: 'seconds', title: 'Within seconds', format: 'count' },
      { name: 'lower', title: 'From', format: 'count' },
      { name: 'upper', title: 'To', format: 'count' },
    ],
    rows: groups.flatMap(({ type, found }) =>
      found.quantiles.map(({ probability, quantile, lower, upper }): Cell[] => [
        type ?? 'all',
        found.n,
        probability,
        quantile,
        lower,
        upper,
      ]),
    ),
  };
}

export function withinTable({ all }: ToldLag): StudyTable {
  return {
    name: 'within',
    caption: 'Share of payments captured within a time, of complete days',
    columns: [
      { name: 'within', title: 'Within', format: 'text' },
      { name: 'seconds', title: 'Seconds', format: 'count' },
      { name: 'payments', title: 'Payments', format: 'count' },
      { name: 'share', title: 'Share', format: 'percent' },
      { name: 'lower', title: 'From', format: 'percent' },
      { name: 'upper', title: 'To', format: 'percent' },
    ],
    rows: all.found.within.map(({ limit, count, share, lower, upper }): Cell[] => [
      durationInWords(limit),
      limit,
      count,
      share,
      lower,
      upper,
    ]),
  };
}

export function dayTable({ days }: ToldLag): StudyTable {
  return {
    name: 'days',
    caption: 'Payments of each day that are here, and how many there will be',
    columns: [
      { name: 'date', title: 'Day', format: 'date' },
      { name: 'payments', title: 'Here', format: 'count' },
      { name: 'complete', title: 'Complete', format: 'percent' },
      { name: 'lower', title: 'From', format: 'percent' },
      { name: 'upper', title: 'To', format: 'percent' },
      { name: 'expected', title: 'To be expected', format: 'count' },
      { name: 'is_complete', title: 'Counts as complete', format: 'text' },
    ],
    // The latest first: of those it is asked.
    rows: days
      .toReversed()
      .map(({ period, seen, complete, lower, upper, expected, isComplete }): Cell[] => [
        dateOf(period),
        seen,
        complete,
        lower,
        upper,
        expected,
        isComplete ? 'yes' : 'no',
      ]),
  };
}

/** Beyond so much nothing is left to be told. */
const NEARLY_ALL = 0.99995;

export function daysAfterTable({ arrival }: ToldLag): StudyTable {
  const last = arrival.shares.findIndex(({ share }) => share >= NEARLY_ALL);
  return {
    name: 'days_after',
    caption:
      'Share of payments captured by the end of the day itself and of the days after, by all days together',
    columns: [
      { name: 'days', title: 'Days after', format: 'count' },
      { name: 'share', title: 'Captured', format: 'percent' },
      { name: 'lower', title: 'From', format: 'percent' },
      { name: 'upper', title: 'To', format: 'percent' },
    ],
    rows: arrival.shares
      .slice(0, Math.max(1, last + 1))
      .map(({ lag, share, lower, upper }): Cell[] => [lag, share, lower, upper]),
  };
}

export function percentileChart({ groups }: ToldLag): StudyChart {
  const pick = (probability: number, name: string): StudyChart['series'][number] => {
    const own = groups.map(({ found }) => found.quantiles.find((one) => one.probability === probability));
    return {
      name,
      kind: 'points',
      x: groups.map(({ type }) => type ?? 'all'),
      y: own.map((one) => one?.quantile ?? null),
      lower: own.map((one) => one?.lower ?? null),
      upper: own.map((one) => one?.upper ?? null),
    };
  };
  return {
    name: 'percentiles',
    caption: 'Seconds from payment to capture, by payment type',
    xAxis: { title: 'Payment type', kind: 'category' },
    yAxis: { title: 'Seconds', format: 'number' },
    series: [pick(0.5, 'Median'), pick(0.95, `${percentInWords(0.95, 0)} within`)],
    marks: [],
  };
}

export function dayChart({ days, observations }: ToldLag): StudyChart {
  const x = days.map(({ period }) => dateOf(period));
  return {
    name: 'days',
    caption: 'Payments of live sources by day: those that are here, and those to be expected',
    xAxis: { title: 'Day', kind: 'date' },
    yAxis: { title: 'Payments', format: 'number' },
    series: [
      { name: 'To be expected', kind: 'line', x, y: days.map(({ expected }) => expected) },
      { name: 'Here', kind: 'line', x, y: days.map(({ seen }) => seen) },
    ],
    marks: marksOf(observations),
  };
}
