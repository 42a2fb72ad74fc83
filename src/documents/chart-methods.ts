/**
 * Payment types against each other as ECharts options: their shares over time, and how riders flow from one to another.
 * As in `charts.ts`, nothing here draws, and colours and texts are the caller's.
 */
import { type RevenueTrend, revenueOverTime, type SeriesTheme } from './chart-trends.js';
import type { Chart } from './charts.js';
import { drawable } from './values.js';

const FONT_PX = 13;

/** Shares over time, stacked to the whole; the values of each bucket add up to 1, or to 0 where it has none. */
export function sharesOverTime(
  shares: RevenueTrend,
  shareText: (share: number) => string,
  theme: SeriesTheme,
  widthPx: number,
): Chart {
  const { option, heightPx } = revenueOverTime(shares, shareText, theme, widthPx);
  return {
    option: {
      ...option,
      // A sum of shares may come out a little over the whole, and the axis would go on to the next round number.
      yAxis: {
        type: 'value',
        min: 0,
        max: 1,
        interval: 0.25,
        axisLabel: { color: theme.quiet, fontSize: FONT_PX, formatter: shareText },
        splitLine: { lineStyle: { color: theme.gridLine } },
      },
    },
    heightPx,
  };
}

/** From one payment of a rider to the next one. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** Below this width names are smaller, and long ones cut. */
const NARROW_PX = 620;
/** What a type takes beside its neighbours, at least. */
const NODE_PX = 40;

/**
 * Flows from the types on the left to those on the right, in the same order on both sides.
 * @param names what the types are called, the order that they are shown in; one that has no flow is left out
 */
export function methodFlows(
  flows: readonly Flow[],
  names: readonly string[],
  theme: SeriesTheme,
  widthPx: number,
): Chart {
  const isNarrow = widthPx < NARROW_PX;
  const labelPx = isNarrow ? 108 : 150;
  const colourOf = (name: string): string =>
    theme.series[Math.min(names.indexOf(name), theme.series.length - 1)] ?? theme.accent;
  const side = (end: 'from' | 'to') =>
    names
      .filter((name) => flows.some((flow) => flow[end] === name))
      .map((name) => ({
        // A type stands on both sides, so its name alone would be one node.
        name: `${end} ${name}`,
        depth: end === 'from' ? 0 : 1,
        itemStyle: { color: colourOf(name) },
        label: {
          position: end === 'from' ? ('left' as const) : ('right' as const),
          formatter: drawable(name),
        },
      }));
  const [left, right] = [side('from'), side('to')];
  return {
    option: {
      animation: false,
      textStyle: { fontFamily: theme.fontFamily, fontSize: FONT_PX },
      series: [
        {
          type: 'sankey',
          left: labelPx,
          right: labelPx,
          top: 8,
          bottom: 8,
          nodeWidth: 12,
          nodeGap: 16,
          draggable: false,
          // In the order given, so that both sides can be compared.
          layoutIterations: 0,
          emphasis: { focus: 'adjacency' },
          label: {
            color: theme.ink,
            fontSize: isNarrow ? FONT_PX - 1 : FONT_PX,
            width: labelPx - 8,
            overflow: 'truncate',
          },
          data: [...left, ...right],
          links: flows.map(({ from, to, count }) => ({
            source: `from ${from}`,
            target: `to ${to}`,
            value: count,
            lineStyle: { color: colourOf(from), opacity: 0.35, curveness: 0.5 },
          })),
        },
      ],
    },
    heightPx: Math.max(260, Math.max(left.length, right.length) * NODE_PX + 16),
  };
}
