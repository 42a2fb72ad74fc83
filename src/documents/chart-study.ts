/**
 * A study's chart as an ECharts option: over time, over numbers, or over categories, whose names then stand at the side.
 * As in `charts.ts`, nothing here draws, and colours and texts are the caller's.
 */
import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts';
import type { StudyChart, StudySeries } from '../research/study.js';
import { NARROW_PX, studyMarks } from './chart-study-marks.js';
import { bucketLabels, labelledPlaces, type SeriesTheme, type TrendPeriod } from './chart-trends.js';
import { axisText, base, type Chart, namesAtSide } from './charts.js';
import { drawable, visible } from './values.js';

const HEIGHT_PX = 320;
const ROW_PX = 30;
const MAX_NAME_CHARACTERS = 34;

type MoneyText = (amount: number) => string;
type Drawn = BarSeriesOption | LineSeriesOption;

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
}

/** Names of the series in their order, each once: an area and the line within it are one. */
const namesOf = ({ series }: StudyChart): string[] => [...new Set(series.map(({ name }) => name))];

function colourOf(chart: StudyChart, name: string, theme: SeriesTheme): string {
  const names = namesOf(chart);
  if (names.length === 1) return theme.accent;
  return theme.series[Math.min(names.indexOf(name), theme.series.length - 1)] ?? theme.accent;
}

/** What colours mean; none where there is but one. */
export function studyLegend(chart: StudyChart, theme: SeriesTheme): LegendEntry[] {
  const names = namesOf(chart);
  if (names.length < 2) return [];
  return names.map((name) => ({ name: visible(name), color: colourOf(chart, name, theme) }));
}

/** Whether the categories' names stand at the side. */
export const isSideways = ({ xAxis, series }: StudyChart): boolean =>
  xAxis.kind === 'category' && series.every(({ kind }) => kind === 'points' || kind === 'bars');

export function studyChart(
  chart: StudyChart,
  moneyText: MoneyText,
  theme: SeriesTheme,
  widthPx: number,
): Chart {
  return isSideways(chart)
    ? sideways(chart, moneyText, theme, widthPx)
    : upright(chart, moneyText, theme, widthPx);
}

/** A number of an axis: round, short. */
export function axisNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(4))).replace('-', '\u2212');
}

function valueText({ yAxis }: StudyChart, moneyText: MoneyText): (value: number) => string {
  if (yAxis.format === 'money') return moneyText;
  if (yAxis.format === 'percent') return (value) => `${axisNumber(Number((value * 100).toPrecision(10)))}%`;
  return axisNumber;
}

const valueAxis = (chart: StudyChart, moneyText: MoneyText, theme: SeriesTheme) => ({
  type: 'value' as const,
  // Bars begin at nothing; what is drawn by lines and points may stand far from it.
  scale: !chart.series.some(({ kind }) => kind === 'bars'),
  splitNumber: 4,
  axisLabel: {
    ...axisText(theme),
    hideOverlap: true,
    formatter: valueText(chart, moneyText),
  },
  splitLine: { lineStyle: { color: theme.gridLine } },
});

/** Categories at the side, the first on top. */
function sideways(chart: StudyChart, moneyText: MoneyText, theme: SeriesTheme, widthPx: number): Chart {
  const names = [...new Set(chart.series.flatMap(({ x }) => x.map(String)))];
  const placeOf = new Map(names.map((name, place) => [name, place]));
  const longest = names.reduce((most, name) => Math.max(most, name.length), 4);
  const namePx = Math.min(widthPx < NARROW_PX ? 130 : 260, 24 + 7.4 * Math.min(longest, MAX_NAME_CHARACTERS));
  const series = chart.series.flatMap((one): Drawn[] => {
    const color = colourOf(chart, one.name, theme);
    const place = (x: string | number): number => placeOf.get(String(x)) ?? 0;
    if (one.kind === 'bars') {
      const data = one.x.map((x, i) => [one.y[i] ?? null, place(x)]);
      return [{ type: 'bar', name: one.name, barMaxWidth: 18, itemStyle: { color }, data }];
    }
    return pointSeries(one, color, theme, (x, value) => [value, place(x)]);
  });
  return {
    option: {
      ...base(theme),
      grid: { left: namePx, right: 24, top: 6, bottom: 28, outerBoundsMode: 'none' },
      xAxis: valueAxis(chart, moneyText, theme),
      yAxis: namesAtSide(names, { widthPx: namePx, textPx: namePx * 0.92 }, theme),
      series,
    },
    heightPx: 40 + ROW_PX * names.length,
  };
}

function pointSeries(
  one: StudySeries,
  color: string,
  theme: SeriesTheme,
  place: (x: string | number, value: number | null) => (string | number | null)[],
): Drawn[] {
  const { lower, upper } = one;
  const ends =
    lower === undefined || upper === undefined
      ? []
      : one.x.flatMap((x, i) => [place(x, lower[i] ?? null), place(x, upper[i] ?? null), [null, null]]);
  const intervals: Drawn = {
    type: 'line',
    name: one.name,
    showSymbol: false,
    silent: true,
    lineStyle: { color, width: 2, opacity: 0.7 },
    data: ends,
  };
  const points: Drawn = {
    type: 'line',
    name: one.name,
    symbol: 'circle',
    symbolSize: 9,
    showAllSymbol: true,
    silent: true,
    lineStyle: { width: 0 },
    itemStyle: { color, borderColor: theme.paper, borderWidth: 1.5 },
    data: one.x.map((x, i) => place(x, one.y[i] ?? null)),
  };
  return ends.length === 0 ? [points] : [intervals, points];
}

/** Time or numbers from left to right. */
function upright(chart: StudyChart, moneyText: MoneyText, theme: SeriesTheme, widthPx: number): Chart {
  const places = placesOf(chart);
  const axis = labelledPlaces(labelsOf(chart, places, widthPx), theme);
  const drawn = chart.series.flatMap((one, number) => uprightSeries(chart, one, number, places, theme));
  const hasBars = chart.series.some(({ kind }) => kind === 'bars');
  const [first, ...rest] = drawn;
  const marks = studyMarks(chart, places, theme, widthPx);
  return {
    option: {
      ...base(theme),
      grid: {
        left: 0,
        right: 14,
        top: marks.topPx,
        bottom: 4,
        outerBoundsMode: 'same',
        outerBoundsContain: 'axisLabel',
      },
      xAxis: {
        type: 'category',
        data: places.map((place) => drawable(String(place))),
        boundaryGap: hasBars || chart.xAxis.kind === 'category',
        axisLine: { onZero: false, lineStyle: { color: theme.quiet } },
        ...axis,
        axisLabel: { ...axis.axisLabel, ...tiltOf(chart, places, widthPx) },
      },
      yAxis: valueAxis(chart, moneyText, theme),
      series: first === undefined ? [] : [{ ...first, ...marks.drawn }, ...rest],
    },
    heightPx: HEIGHT_PX,
  };
}

/** Everything that stands on the horizontal axis, in order. */
function placesOf({ xAxis, series }: StudyChart): (string | number)[] {
  const all = [...new Set(series.flatMap(({ x }) => x))];
  if (xAxis.kind === 'category') return all;
  return all.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

const LABEL_PX = 68;
/** A line of text, and what a letter takes on average. */
const TILTED_PX = 24;
const LETTER_PX = 7.2;
const TILTED_NAME_PX = 110;

/** Names that would not fit beside each other stand at an angle. */
function tiltOf({ xAxis }: StudyChart, places: readonly (string | number)[], widthPx: number) {
  const longest = places.reduce((most: number, place) => Math.max(most, String(place).length), 0);
  const fits = places.length * (longest + 2) * LETTER_PX < widthPx;
  if (xAxis.kind !== 'category' || fits) return {};
  return { rotate: 35, hideOverlap: false, width: TILTED_NAME_PX, overflow: 'truncate' as const };
}

function labelsOf({ xAxis }: StudyChart, places: readonly (string | number)[], widthPx: number) {
  if (xAxis.kind === 'date') return bucketLabels(places.map(String), periodOf(places), widthPx);
  const labelPx = xAxis.kind === 'category' ? TILTED_PX : LABEL_PX;
  const every = Math.max(1, Math.ceil(places.length / Math.max(2, Math.floor(widthPx / labelPx))));
  const text = (place: string | number): string =>
    typeof place === 'number' ? axisNumber(Number(place.toPrecision(3))) : drawable(place);
  return new Map(places.flatMap((place, i) => (i % every === 0 ? [[i, text(place)] as const] : [])));
}

/** How far apart the dates are, by the nearest two. */
function periodOf(places: readonly (string | number)[]): TrendPeriod {
  const days = places.map((place) => Date.parse(`${place}T00:00:00Z`) / 86_400_000);
  const apart = days.slice(1).map((day, i) => day - (days[i] ?? 0));
  const least = apart.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (least >= 28) return 'monthly';
  return least >= 7 ? 'weekly' : 'daily';
}

function uprightSeries(
  chart: StudyChart,
  one: StudySeries,
  number: number,
  places: readonly (string | number)[],
  theme: SeriesTheme,
): Drawn[] {
  const color = colourOf(chart, one.name, theme);
  const placeOf = new Map(one.x.map((x, i) => [x, i]));
  const along = (values: readonly (number | null)[] | undefined): (number | null)[] =>
    places.map((place) => values?.[placeOf.get(place) ?? -1] ?? null);
  if (one.kind === 'bars') {
    return [{ type: 'bar', name: one.name, barMaxWidth: 40, itemStyle: { color }, data: along(one.y) }];
  }
  if (one.kind === 'points') {
    const indexOf = new Map(places.map((place, i) => [place, i]));
    return pointSeries(one, color, theme, (x, value) => [indexOf.get(x) ?? 0, value]);
  }
  if (one.kind === 'band') return bandSeries(one, number, color, along);
  return [
    {
      type: 'line',
      name: one.name,
      showSymbol: one.x.length < 3,
      silent: true,
      lineStyle: { color, width: places.length > 400 ? 1.25 : 2 },
      itemStyle: { color },
      data: along(one.y),
    },
  ];
}

/** The lower end, which is not seen, and on top of it the distance to the upper one. */
function bandSeries(
  one: StudySeries,
  number: number,
  color: string,
  along: (values: readonly (number | null)[] | undefined) => (number | null)[],
): Drawn[] {
  const [lower, upper] = [along(one.lower), along(one.upper)];
  const line = {
    type: 'line',
    name: one.name,
    stack: `band ${number}`,
    stackStrategy: 'all',
    showSymbol: false,
    silent: true,
    lineStyle: { width: 0 },
  } as const;
  const height = lower.map((low, i) => {
    const high = upper[i] ?? null;
    return low === null || high === null ? null : high - low;
  });
  return [
    { ...line, data: lower },
    { ...line, areaStyle: { color, opacity: 0.18 }, data: height },
  ];
}
