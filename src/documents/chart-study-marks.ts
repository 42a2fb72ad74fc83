/**
 * Events in a study's chart: dashed lines with their names on top, and areas for those with an end. Names that would run
 * into each other stand in lines above each other. A narrow chart shows no names; whoever shows it may list them.
 */
import type { LineSeriesOption } from 'echarts/charts';
import type { StudyChart } from '../research/study.js';
import type { ChartTheme } from './charts.js';
import { drawable } from './values.js';

/** A narrower chart has no room for names. */
export const NARROW_PX = 500;

const NAME_PX = 12;
const LETTER_PX = 6.4;
const GAP_PX = 10;
const LINE_PX = 15;
const DISTANCE_PX = 5;
const MAX_LINES = 4;

export interface StudyMarks {
  /** For the first series. */
  readonly drawn: Pick<LineSeriesOption, 'markLine' | 'markArea'>;
  /** Room above the chart. */
  readonly topPx: number;
}

export function studyMarks(
  { marks, xAxis }: StudyChart,
  places: readonly (string | number)[],
  theme: ChartTheme,
  widthPx: number,
): StudyMarks {
  if (marks.length === 0 || xAxis.kind !== 'date') return { drawn: {}, topPx: 12 };
  // In the period that holds it; one that was on already is drawn where the data begin.
  const placeOf = (date: string): number =>
    Math.max(
      0,
      places.findLastIndex((place) => String(place) <= date),
    );
  const shown = marks
    .map((mark) => ({ ...mark, at: placeOf(mark.from) }))
    .sort((left, right) => left.at - right.at);
  const lines = [...new Set(shown.map(({ at }) => at))].map((at) => ({ name: namesAt(shown, at), at }));
  const lanes = lanesOf(lines, widthPx / Math.max(1, places.length));
  const areas = shown.flatMap(({ to, at }): [{ xAxis: number }, { xAxis: number }][] => {
    // What is over within a period is a line alone.
    const end = to === null ? at : placeOf(to);
    return end > at ? [[{ xAxis: at }, { xAxis: end }]] : [];
  });
  const hasNames = widthPx >= NARROW_PX;
  const markLine: LineSeriesOption['markLine'] = {
    silent: true,
    symbol: 'none',
    lineStyle: { color: theme.ink, type: 'dashed', width: 1.25 },
    label: { color: theme.quiet, fontSize: NAME_PX, formatter: ({ name }) => name },
    data: lines.map(({ name, at }, i) => {
      const lane = lanes[i] ?? 0;
      const label = { show: hasNames && lane < MAX_LINES, distance: DISTANCE_PX + LINE_PX * lane };
      return { name, xAxis: at, label };
    }),
  };
  const markArea = { silent: true, itemStyle: { color: theme.ink, opacity: 0.07 }, data: areas };
  const used = hasNames ? Math.min(MAX_LINES, Math.max(...lanes) + 1) : 1;
  return {
    drawn: { markLine, ...(areas.length === 0 ? {} : { markArea }) },
    topPx: 11 + LINE_PX * used,
  };
}

/** Entries at one place are one line: the first one's name, and how many more there are. */
function namesAt(marks: readonly { readonly name: string; readonly at: number }[], place: number): string {
  const [first, ...others] = marks.filter(({ at }) => at === place);
  return `${drawable(first?.name ?? '')}${others.length === 0 ? '' : ` +${others.length}`}`;
}

/** The lowest line in which each name is clear of those to its left. */
function lanesOf(
  lines: readonly { readonly name: string; readonly at: number }[],
  placePx: number,
): number[] {
  const ends: number[] = [];
  return lines.map(({ name, at }) => {
    const [centre, half] = [at * placePx, (name.length * LETTER_PX) / 2];
    const free = ends.findIndex((end) => end + GAP_PX <= centre - half);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = centre + half;
    return lane;
  });
}
