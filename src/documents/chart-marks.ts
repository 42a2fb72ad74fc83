/**
 * Entries of the calendar as marks on a chart over time: a line where one begins, a shaded stretch where it ends too.
 * Each has a number, by which a list beside the chart names it; numbers that would stand on each other stand together.
 */
import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts';
import type { CalendarEntry } from '../domain/calendar.js';

export interface Mark {
  /** From 1, in the order of their first days. */
  readonly number: number;
  readonly entry: CalendarEntry;
  /** The first bucket that it touches, and the last one where it ends. */
  readonly first: number;
  readonly last: number | null;
  /** Whether it begins on the chart, and not before it. */
  readonly begins: boolean;
}

const DAY_MS = 86_400_000;
/** A bucket's days; a month's are counted by its own last day. */
const DAYS = { hourly: 1, daily: 1, weekly: 7, monthly: 31 } as const;

/** The date after the last bucket, whose first date is given. */
function endOf(lastDate: string, period: keyof typeof DAYS): string {
  const end = new Date(Date.parse(`${lastDate}T00:00:00Z`) + DAYS[period] * DAY_MS);
  return `${end.toISOString().slice(0, period === 'monthly' ? 7 : 10)}${period === 'monthly' ? '-01' : ''}`;
}

/**
 * What begins or ends on a chart, among entries that hold on some day of it. What began before it and has no end is how
 * things are there, and no mark.
 * @param starts where each bucket begins: local dates, or ISO 8601 with the offset of the reporting zone
 */
export function marksOn(
  entries: readonly CalendarEntry[],
  starts: readonly string[],
  period: keyof typeof DAYS,
): Mark[] {
  const dates = starts.map((start) => start.slice(0, 10));
  const [firstDate] = dates;
  const lastDate = dates.at(-1);
  if (firstDate === undefined || lastDate === undefined) return [];
  const endDate = endOf(lastDate, period);
  const marks = entries.flatMap((entry) => {
    const { starts_on, ends_before } = entry;
    const begins = starts_on >= firstDate;
    if (starts_on >= endDate || (!begins && (ends_before === null || ends_before <= firstDate))) return [];
    const onIt = dates.indexOf(starts_on);
    const within = dates.findLastIndex((date) => date <= starts_on);
    const first = Math.max(0, onIt >= 0 ? onIt : within);
    const last = ends_before === null ? null : dates.findLastIndex((date) => date < ends_before);
    return [{ entry, first, last, begins }];
  });
  return marks.map((mark, index) => ({ number: index + 1, ...mark }));
}

/** What a number takes, with the space around it. */
const NUMBER_PX = 26;
/** About what the axis takes beside the plot. */
const AXIS_PX = 56;

/** The text over each line, by the mark's number; numbers that come too close stand together over the first of them. */
export function markTexts(marks: readonly Mark[], buckets: number, widthPx: number): Map<number, string> {
  const pxOf = ({ first }: Mark): number => ((first + 0.5) / buckets) * Math.max(1, widthPx - AXIS_PX);
  const groups: { px: number; first: number; last: number }[] = [];
  for (const mark of [...marks].sort((a, b) => a.first - b.first)) {
    const group = groups.at(-1);
    if (group !== undefined && pxOf(mark) - group.px < NUMBER_PX * (group.first === group.last ? 1 : 1.6))
      group.last = mark.number;
    else groups.push({ px: pxOf(mark), first: mark.number, last: mark.number });
  }
  return new Map(
    groups.map(({ first, last }) => [first, first === last ? `${first}` : `${first}–${last}`] as const),
  );
}

/** Room over the plot for the numbers. */
export const MARK_TOP_PX = 32;
const NUMBER_FONT_PX = 11;

/** Colours, of which a chart's theme has more. */
interface MarkTheme {
  readonly ink: string;
  readonly quiet: string;
  readonly paper: string;
}

type Marked = Pick<BarSeriesOption & LineSeriesOption, 'markLine' | 'markArea'>;

/** A stretch begins and ends at ticks; with fewer ticks than buckets, at the wrong ones. */
export function marksNeedTicks(marks: readonly Mark[]): boolean {
  return marks.some(({ last }) => last !== null);
}

/** What draws marks on the first series of a chart. Bars have the width of their bucket, points have none. */
export function drawnMarks(
  marks: readonly Mark[],
  buckets: number,
  theme: MarkTheme,
  widthPx: number,
  isBars: boolean,
): Marked {
  if (marks.length === 0) return {};
  const texts = markTexts(marks, buckets, widthPx);
  const label = {
    show: true,
    position: 'end' as const,
    distance: 8,
    rotate: 0,
    fontSize: NUMBER_FONT_PX,
    padding: [2, 4],
    // A line that is not seen would take its number along.
    opacity: 1,
    color: theme.ink,
    backgroundColor: theme.paper,
    borderColor: theme.quiet,
    borderWidth: 1,
    borderRadius: 3,
  };
  const lines = marks.map(({ number, first, begins }) => {
    const text = texts.get(number);
    // What began before has its number where it is met, and no line.
    const lineStyle = { opacity: begins ? 1 : 0 };
    return {
      xAxis: first,
      lineStyle,
      label: text === undefined ? { show: false } : { ...label, formatter: text },
    };
  });
  const areas = marks.flatMap(({ first, last }): [{ xAxis: number }, { xAxis: number }][] =>
    last === null ? [] : [[{ xAxis: first }, { xAxis: isBars ? last : Math.min(last + 1, buckets - 1) }]],
  );
  return {
    markLine: {
      ...{ silent: true, animation: false, symbol: 'none', z: 6 },
      lineStyle: { color: theme.ink, width: 1, type: [2, 2] },
      data: lines,
    },
    ...(areas.length === 0
      ? {}
      : {
          markArea: {
            ...{ silent: true, animation: false, z: 0 },
            itemStyle: { color: theme.quiet, opacity: 0.16 },
            data: areas,
          },
        }),
  };
}
