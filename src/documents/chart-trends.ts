/**
 * Revenue over time as an ECharts option: bars, or areas where there are many, stacked where they are split, and an
 * earlier time as a dashed line. As in `charts.ts`, nothing here draws, and colours and texts are the caller's.
 */
import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts';
import { drawnMarks, MARK_TOP_PX, type Mark, marksNeedTicks } from './chart-marks.js';
import { axisText, base, type Chart, type ChartOption, type ChartTheme, MAX_DAY_BARS } from './charts.js';
import { isWeekend, monthName, short } from './names.js';

/** What a chart needs that tells several things apart. */
export interface SeriesTheme extends ChartTheme {
  /** Told apart by every kind of eye; the last is for the rest. */
  readonly series: readonly string[];
}

export type TrendPeriod = 'hourly' | 'daily' | 'weekly' | 'monthly';

export interface TrendSeries {
  readonly name: string;
  /** One a bucket. */
  readonly values: readonly number[];
}

export interface RevenueTrend {
  readonly period: TrendPeriod;
  /** Where each bucket begins, as ISO 8601 with the offset of the reporting zone. */
  readonly starts: readonly string[];
  /** One, or several that add up. */
  readonly series: readonly TrendSeries[];
  /** The same buckets of an earlier time. */
  readonly earlier?: TrendSeries | undefined;
  /** What was changed for riders meanwhile, as it is marked. */
  readonly marks?: readonly Mark[] | undefined;
  /** Whether the last bucket is still going on, and so less than it will be. */
  readonly isUnfinished: boolean;
}

const MIN_BAR_PX = 7;
const HEIGHT_PX = 320;

/** With more buckets than these, or than there is room for, bars would be threads. */
function drawsBars(buckets: number, widthPx: number): boolean {
  return buckets <= Math.min(MAX_DAY_BARS, widthPx / MIN_BAR_PX);
}

export function revenueOverTime(
  { period, starts, series, earlier, isUnfinished, marks = [] }: RevenueTrend,
  moneyText: (amount: number) => string,
  theme: SeriesTheme,
  widthPx: number,
): Chart {
  const isBars = drawsBars(starts.length, widthPx);
  const labels = bucketLabels(starts, period, widthPx);
  const isSplit = series.length > 1;
  const rest = theme.series.length - 1;
  const colourOf = (index: number): string =>
    isSplit ? (theme.series[Math.min(index, rest)] ?? theme.accent) : theme.accent;
  const softens = (index: number): boolean =>
    !isSplit && period === 'daily' && isWeekend((starts[index] ?? '').slice(0, 10));
  const parts = series.map(({ name, values }, index): BarSeriesOption | LineSeriesOption => {
    const color = colourOf(index);
    if (!isBars) return area(name, values, color, isSplit);
    return {
      type: 'bar',
      name,
      ...(isSplit ? { stack: 'parts' } : {}),
      barCategoryGap: starts.length > 40 ? '15%' : '25%',
      barMaxWidth: 56,
      itemStyle: { color },
      data: values.map((value, at) => ({
        value,
        itemStyle: {
          color: softens(at) ? theme.accentSoft : color,
          opacity: isUnfinished && at === starts.length - 1 ? 0.55 : 1,
        },
      })),
    };
  });
  const drawn = drawnMarks(marks, starts.length, theme, widthPx, isBars);
  const marked = parts.map((part, index) => (index === 0 ? { ...part, ...drawn } : part));
  const option: ChartOption = {
    ...base(theme),
    grid: {
      left: 0,
      right: 8,
      top: marks.length > 0 ? MARK_TOP_PX : 12,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'category',
      data: [...starts],
      boundaryGap: isBars,
      axisLine: { lineStyle: { color: theme.quiet } },
      ...labelledPlaces(labels, theme),
      ...(marksNeedTicks(marks) ? { axisTick: { show: false, interval: 0 } } : {}),
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      axisLabel: { ...axisText(theme), formatter: (value: number) => moneyText(value) },
      splitLine: { lineStyle: { color: theme.gridLine } },
    },
    series: earlier === undefined ? marked : [...marked, dashed(earlier, theme)],
  };
  return { option, heightPx: HEIGHT_PX };
}

function area(name: string, values: readonly number[], color: string, isSplit: boolean): LineSeriesOption {
  return {
    type: 'line',
    name,
    ...(isSplit ? { stack: 'parts' } : {}),
    showSymbol: false,
    silent: true,
    lineStyle: { color, width: isSplit ? 1 : 1.75 },
    areaStyle: { color, opacity: isSplit ? 0.85 : 0.12 },
    itemStyle: { color },
    data: [...values],
  };
}

function dashed({ name, values }: TrendSeries, theme: SeriesTheme): LineSeriesOption {
  return {
    type: 'line',
    name,
    z: 5,
    showSymbol: values.length === 1,
    silent: true,
    lineStyle: { color: theme.ink, width: 1.75, type: 'dashed' },
    itemStyle: { color: theme.ink },
    data: [...values],
  };
}

/** Distances between labels, in buckets that count as one step: days for hours, and so on. */
const STEPS: Readonly<Record<TrendPeriod, readonly number[]>> = {
  hourly: [1, 2, 3, 6, 12, 24, 48, 168, 336, 672],
  daily: [1, 2, 7, 14, 28, 56, 91, 182, 364],
  weekly: [1, 2, 4, 8, 13, 26, 52],
  monthly: [1, 2, 3, 6, 12, 24, 60],
};

/** What a label takes, with the space around it. */
const LABEL_PX = 68;

/** Ticks and texts of a horizontal axis at those of its places that have a label. */
export const labelledPlaces = (labels: ReadonlyMap<number, string>, theme: ChartTheme) => ({
  axisTick: {
    show: true,
    lineStyle: { color: theme.quiet },
    interval: (index: number) => labels.has(index),
  },
  axisLabel: {
    ...axisText(theme),
    interval: (index: number) => labels.has(index),
    formatter: (_: string, index: number) => labels.get(index) ?? '',
    hideOverlap: true,
  },
});

/** Labels a round number of buckets apart: index → "06:00", "Nov 3", "2026". */
export function bucketLabels(
  starts: readonly string[],
  period: TrendPeriod,
  widthPx: number,
): Map<number, string> {
  const most = Math.max(2, Math.floor(widthPx / LABEL_PX));
  const step = STEPS[period].find((apart) => starts.length / apart <= most) ?? starts.length;
  // Counted from a round one, so that hours are 00, 06, 12 and months January, April, July.
  const first = starts[0] ?? '';
  const offset =
    period === 'hourly' ? Number(first.slice(11, 13)) : period === 'monthly' ? monthOf(first) - 1 : 0;
  const kept = starts.flatMap((start, index) =>
    (index + offset) % step === 0 ? [[index, bucketLabel(start, period)] as const] : [],
  );
  return new Map(kept);
}

const monthOf = (start: string): number => Number(start.slice(5, 7));

function bucketLabel(start: string, period: TrendPeriod): string {
  const month = short(monthName(monthOf(start)));
  if (period === 'monthly') return monthOf(start) === 1 ? start.slice(0, 4) : month;
  const time = start.slice(11, 16);
  if (period === 'hourly' && time !== '00:00') return time;
  return `${month} ${Number(start.slice(8, 10))}`;
}
