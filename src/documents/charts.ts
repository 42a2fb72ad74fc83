/**
 * What the charts show, as ECharts options: the same for a document's SVG and for a page in the browser. Nothing here
 * draws, and colours are the caller's, so that a document may hand in CSS variables and a canvas real colours.
 */
import type {
  BarSeriesOption,
  HeatmapSeriesOption,
  LineSeriesOption,
  SankeySeriesOption,
} from 'echarts/charts';
import type { GridComponentOption, VisualMapComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import type { ProfileCell, ReportDay, ReportMethod } from '../analytics/report.js';
import { averageOf, type Currency, numberToMinor } from '../domain/money.js';
import { drawnMarks, MARK_TOP_PX, type Mark, marksNeedTicks } from './chart-marks.js';
import { HOURS, hourLabel, isWeekend, monthName, short, WEEK, WEEKDAYS } from './names.js';
import { drawable, percentText, permilleOf, shortMoneyText } from './values.js';

export interface ChartTheme {
  /** Of what is read. */
  readonly ink: string;
  /** Of what is looked up: axes. */
  readonly quiet: string;
  readonly gridLine: string;
  readonly paper: string;
  /** Of the data. */
  readonly accent: string;
  /** Of data that steps back: weekends, single days behind their mean. */
  readonly accentSoft: string;
  /** From none to most, `HEAT_STEPS` of them. */
  readonly heat: readonly string[];
  readonly fontFamily: string;
}

/** Steps of a heat map: none, then six from few to most. */
export const HEAT_STEPS = 7;

export type ChartOption = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | HeatmapSeriesOption
  | SankeySeriesOption
  | GridComponentOption
  | VisualMapComponentOption
>;

/** An option and the height it is made for; the width is the caller's. */
export interface Chart {
  readonly option: ChartOption;
  readonly heightPx: number;
}

/** Below this width a chart says less. */
const NARROW_PX = 500;
/** With more days than these, single days step back behind their mean over a week. */
export const MAX_DAY_BARS = 92;
const MEAN_DAYS = 7;
const FONT_PX = 13;

export const base = (theme: ChartTheme): ChartOption => ({
  animation: false,
  textStyle: { fontFamily: theme.fontFamily, fontSize: FONT_PX },
});

export const axisText = (theme: ChartTheme) => ({ color: theme.quiet, fontSize: FONT_PX });

/** Categories by name at the side, the first on top. `textPx` is less than `widthPx`: where there is no canvas, the width of a text is only estimated. */
export const namesAtSide = (
  names: readonly string[],
  { widthPx, textPx }: { readonly widthPx: number; readonly textPx: number },
  theme: ChartTheme,
) =>
  ({
    type: 'category',
    inverse: true,
    data: names.map(drawable),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      color: theme.ink,
      fontSize: FONT_PX,
      interval: 0,
      align: 'left',
      margin: widthPx,
      width: textPx,
      overflow: 'truncate',
    },
  }) as const;

/** Revenue by day: a bar a day, weekends softer; over long ranges a thin line with its mean over seven days. */
export function revenueByDay(
  days: readonly ReportDay[],
  currency: Currency,
  theme: ChartTheme,
  widthPx: number,
  marks: readonly Mark[] = [],
): Chart {
  const isLong = days.length > MAX_DAY_BARS;
  const series = isLong ? longSeries(days, currency, theme) : [dayBars(days, theme)];
  const drawn = drawnMarks(marks, days.length, theme, widthPx, !isLong);
  const labels = isLong ? monthLabels(days, widthPx) : dayLabels(days, widthPx);
  const option: ChartOption = {
    ...base(theme),
    grid: {
      left: 0,
      right: 8,
      top: marks.length > 0 ? MARK_TOP_PX : 12,
      bottom: 6,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'category',
      data: days.map(({ date }) => date),
      boundaryGap: !isLong,
      axisLine: { lineStyle: { color: theme.quiet } },
      axisTick: marksNeedTicks(marks)
        ? { show: false, interval: 0 }
        : { show: true, lineStyle: { color: theme.quiet }, interval: (index) => labels.has(index) },
      axisLabel: {
        ...axisText(theme),
        interval: (index) => labels.has(index),
        formatter: (_, index) => labels.get(index) ?? '',
        hideOverlap: false,
      },
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      axisLabel: { ...axisText(theme), formatter: (value: number) => shortMoneyText(value, currency) },
      splitLine: { lineStyle: { color: theme.gridLine } },
    },
    series: series.map((one, index) => (index === 0 ? { ...one, ...drawn } : one)),
  };
  return { option, heightPx: 300 };
}

function dayBars(days: readonly ReportDay[], theme: ChartTheme): BarSeriesOption {
  return {
    type: 'bar',
    name: 'Revenue',
    barCategoryGap: '25%',
    data: days.map(({ date, daily_revenue }) => ({
      value: daily_revenue,
      itemStyle: { color: isWeekend(date) ? theme.accentSoft : theme.accent },
    })),
  };
}

function longSeries(days: readonly ReportDay[], currency: Currency, theme: ChartTheme): LineSeriesOption[] {
  const line = { type: 'line', showSymbol: false, silent: true } as const;
  return [
    {
      ...line,
      name: 'Revenue',
      data: days.map(({ daily_revenue }) => daily_revenue),
      lineStyle: { color: theme.accentSoft, width: 1 },
    },
    {
      ...line,
      name: 'Mean of seven days',
      data: weekMeans(days, currency),
      lineStyle: { color: theme.accent, width: 2.5 },
    },
  ];
}

/** The mean of each day and the six before it; null until there are seven. */
function weekMeans(days: readonly ReportDay[], currency: Currency): (number | null)[] {
  const minors = days.map(({ daily_revenue }) => BigInt(numberToMinor(daily_revenue, currency)));
  return minors.map((_, index) => {
    if (index < MEAN_DAYS - 1) return null;
    const sum = minors.slice(index - MEAN_DAYS + 1, index + 1).reduce((a, b) => a + b, 0n);
    return averageOf(sum, MEAN_DAYS, currency);
  });
}

const shortMonth = (date: string): string => short(monthName(Number(date.slice(5, 7))));

/** Labels a day or two, or some weeks, apart: index → "Mar 8". */
function dayLabels(days: readonly ReportDay[], widthPx: number): Map<number, string> {
  const most = Math.max(2, Math.floor(widthPx / 70));
  const step = [1, 2, 7, 14, 28].find((apart) => days.length / apart <= most) ?? 28;
  const labels = days.map(({ date }, index): [number, string] => [
    index,
    `${shortMonth(date)} ${Number(date.slice(8))}`,
  ]);
  return new Map(labels.filter(([index]) => index % step === 0));
}

/** Labels on the first of a month, or of some months; January tells its year. */
function monthLabels(days: readonly ReportDay[], widthPx: number): Map<number, string> {
  const firsts = days.flatMap(({ date }, index) => (date.endsWith('-01') ? [{ date, index }] : []));
  const most = Math.max(2, Math.floor(widthPx / 55));
  const step = [1, 2, 3, 6, 12].find((months) => firsts.length / months <= most) ?? 24;
  const kept = firsts.filter(({ date }) => (Number(date.slice(5, 7)) - 1) % step === 0);
  return new Map(
    kept.map(({ date, index }) => [index, date.slice(5, 7) === '01' ? date.slice(0, 4) : shortMonth(date)]),
  );
}

/** With more types than these, the rest is left to the table. */
export const MAX_METHOD_BARS = 12;

type ChartMethod = Omit<ReportMethod, 'adjustments' | 'net_revenue'>;

/** Revenue by payment type, the largest first, each with its share of all. */
export function methodMix(
  methods: readonly ChartMethod[],
  nameOf: (paymentType: string) => string,
  currency: Currency,
  theme: ChartTheme,
  widthPx: number,
): Chart {
  const minor = (method: ChartMethod): bigint => BigInt(numberToMinor(method.method_revenue, currency));
  const total = methods.reduce((sum, method) => sum + minor(method), 0n);
  const shown = methods.slice(0, MAX_METHOD_BARS);
  const isNarrow = widthPx < NARROW_PX;
  const share = (method: ChartMethod): string => percentText(permilleOf(minor(method), total) ?? 0);
  const nameWidthPx = isNarrow ? 128 : 150;
  const option: ChartOption = {
    ...base(theme),
    grid: { left: nameWidthPx, right: 56, top: 4, bottom: 4, outerBoundsMode: 'none' },
    xAxis: { type: 'value', min: 0, show: false },
    yAxis: namesAtSide(
      shown.map(({ payment_type }) => nameOf(payment_type)),
      { widthPx: nameWidthPx, textPx: nameWidthPx * 0.85 },
      theme,
    ),
    series: [
      {
        type: 'bar',
        name: 'Revenue',
        barWidth: 18,
        itemStyle: { color: theme.accent },
        data: shown.map((method) => ({
          value: method.method_revenue,
          label: { show: true, position: 'right', formatter: () => share(method) },
        })),
        label: { color: theme.ink, fontSize: FONT_PX, distance: 8 },
      },
    ],
  };
  return { option, heightPx: 8 + 34 * shown.length };
}

/** The step of a heat map: 0 for none, then six equal ones up to the most. */
export function heatStep(value: number, most: number): number {
  if (value <= 0 || most <= 0) return 0;
  return Math.min(HEAT_STEPS - 1, Math.max(1, Math.ceil((value / most) * (HEAT_STEPS - 1))));
}

/** Payments by weekday and hour. A cell's data: hour, row, step; then its payments and revenue. */
export function weekdayHours(profile: readonly ProfileCell[], theme: ChartTheme, widthPx: number): Chart {
  const most = profile.reduce((max, { transactions }) => Math.max(max, transactions), 0);
  const isNarrow = widthPx < NARROW_PX;
  const every = isNarrow ? 6 : 3;
  const rowOf = new Map(WEEK.map((weekday, row): [number, number] => [weekday, row]));
  const plain = { axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false } };
  const option: ChartOption = {
    ...base(theme),
    grid: { left: 40, right: 8, top: 4, bottom: 28, outerBoundsMode: 'none' },
    xAxis: {
      type: 'category',
      data: HOURS.map(hourLabel),
      ...plain,
      axisLabel: { ...axisText(theme), interval: (index) => index % every === 0 },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: WEEK.map((weekday) => short(WEEKDAYS[weekday])),
      ...plain,
      axisLabel: { ...axisText(theme), interval: 0 },
    },
    visualMap: {
      type: 'piecewise',
      show: false,
      dimension: 2,
      pieces: theme.heat.slice(0, HEAT_STEPS).map((color, value) => ({ value, color })),
    },
    series: [
      {
        type: 'heatmap',
        name: 'Payments',
        itemStyle: { borderColor: theme.paper, borderWidth: isNarrow ? 1 : 2 },
        data: profile.map(({ weekday, hour, transactions, revenue }) => [
          hour,
          rowOf.get(weekday) ?? 0,
          heatStep(transactions, most),
          transactions,
          revenue,
        ]),
      },
    ],
  };
  return { option, heightPx: isNarrow ? 210 : 260 };
}
