/** How spending is spread over riders, as an ECharts option; as in `charts.ts`, nothing here draws. */
import type { Chart, ChartOption, ChartTheme } from './charts.js';

/** A point of a Lorenz curve: the share of all spending that the share of riders who spend least have. */
export interface LorenzShare {
  readonly riders_share: number;
  readonly spending_share: number;
}

const FONT_PX = 13;
const HEIGHT_PX = 300;
/** Below this width every other label would touch the next. */
const NARROW_PX = 420;

const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** The Lorenz curve under the dashed line on which all would spend the same. */
export function lorenzCurve(points: readonly LorenzShare[], theme: ChartTheme, widthPx: number): Chart {
  const every = widthPx < NARROW_PX ? 4 : 2;
  const axisLabel = { color: theme.quiet, fontSize: FONT_PX };
  const line = { type: 'line', showSymbol: false, silent: true } as const;
  const option: ChartOption = {
    animation: false,
    textStyle: { fontFamily: theme.fontFamily, fontSize: FONT_PX },
    grid: {
      left: 0,
      right: 20,
      top: 12,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'category',
      data: points.map(({ riders_share }) => percent(riders_share)),
      boundaryGap: false,
      axisLine: { lineStyle: { color: theme.quiet } },
      axisTick: { show: false },
      axisLabel: { ...axisLabel, interval: (index) => index % every === 0 },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: 1,
      interval: 0.25,
      axisLabel: { ...axisLabel, formatter: percent },
      splitLine: { lineStyle: { color: theme.gridLine } },
    },
    series: [
      {
        ...line,
        name: 'If all spent the same',
        lineStyle: { color: theme.quiet, width: 1.5, type: 'dashed' },
        data: points.map(({ riders_share }) => riders_share),
      },
      {
        ...line,
        name: 'Share of spending',
        lineStyle: { color: theme.accent, width: 2.5 },
        areaStyle: { color: theme.accent, opacity: 0.12 },
        data: points.map(({ spending_share }) => spending_share),
      },
    ],
  };
  return { option, heightPx: HEIGHT_PX };
}
