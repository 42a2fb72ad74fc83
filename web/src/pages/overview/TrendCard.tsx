/** Revenue over time: by hour, day, week or month, split by type, against an earlier time, and closer by dragging. */
import { revenueOverTime, type SeriesTheme } from 'farelog/documents/chart-trends.ts';
import { useCallback, useMemo } from 'react';
import { useCalendar } from '../../api/calendar.ts';
import { useFigure } from '../../api/figures.ts';
import { Chart } from '../../charts/Chart.tsx';
import { ChartCard } from '../../charts/ChartCard.tsx';
import { Button } from '../../components/Button.tsx';
import type { DataColumn } from '../../components/DataTable.tsx';
import { Select } from '../../components/Select.tsx';
import { Segments } from '../../components/Tabs.tsx';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { lengthDays, momentOf, type Range, type Span, writeRange } from '../../view/range.ts';
import { useView } from '../../view/view.ts';
import { bucketInWords } from './bucket-words.ts';
import { EmptyRange } from './EmptyRange.tsx';
import { MarkList } from './Marks.tsx';
import './marks.css';
import { TrendTip } from './TrendTip.tsx';
import { PERIODS, periodFor, suitingPeriod, type Trend, type TrendBucketSum, trendOf } from './trend.ts';

const HEIGHT_PX = 348;
const PERIOD_NAMES = { hourly: 'Hour', daily: 'Day', weekly: 'Week', monthly: 'Month' } as const;
const SPLITS = ['none', 'type'] as const;
const COMPARISONS = ['none', 'week', 'month', 'year'] as const;
const EARLIER_NAMES = {
  none: 'No comparison',
  week: 'A week earlier',
  month: 'A month earlier',
  year: 'A year earlier',
} as const;

interface Props {
  readonly range: Range;
  readonly span: Span;
  readonly setRange: (range: Range) => void;
}

export function TrendCard({ range, span, setRange }: Props) {
  const view = useView();
  const { zone } = useSession();
  const days = lengthDays(span, Date.now(), zone);
  const period = periodFor(view.get('period'), days);
  const split = view.choice('split', SPLITS);
  const compare = view.choice('compare', COMPARISONS);
  const query = useFigure('/api/v1/analytics/trends', {
    ...span,
    period,
    by_type: split === 'type' ? 'true' : 'false',
    ...(compare === 'none' ? {} : { compare }),
  });
  const { currency, currency_digits } = useSession();
  const calendar = useCalendar(span);
  const entries = calendar.data?.rows;
  const trend = useMemo(
    () =>
      query.data === undefined
        ? undefined
        : trendOf(
            query.data,
            { code: currency, digits: currency_digits },
            Date.now(),
            EARLIER_NAMES[compare],
            entries,
          ),
    [query.data, currency, currency_digits, compare, entries],
  );
  const zoom = useCallback(
    (first: number, last: number) => {
      const [from, end] = [trend?.starts[first], trend?.starts[last + 1]];
      if (from === undefined) return;
      const to = end === undefined ? span.to : momentOf(end);
      view.set({ ...writeRange({ kind: 'custom', from: momentOf(from), to }), period: null });
    },
    [trend, span.to, view],
  );
  return (
    <ChartCard
      title="Revenue over time"
      about={
        <>
          By {PERIOD_NAMES[period].toLowerCase()}.
          <span className="for-pointer"> Drag over a stretch to look closer.</span>
        </>
      }
      query={{ ...query, data: trend }}
      heightPx={HEIGHT_PX}
      tools={
        <>
          {range.kind === 'custom' && (
            <Button kind="quiet" onClick={() => setRange({ kind: 'preset', preset: '30d' })}>
              Zoom out
            </Button>
          )}
          <Segments
            label="Size of a bucket"
            value={period}
            options={PERIODS.map((one) => [one, PERIOD_NAMES[one]])}
            onChange={(one) => view.set({ period: one === suitingPeriod(days) ? null : one })}
          />
          <Select
            label="Split"
            isLabelHidden
            value={split}
            options={[
              ['none', 'All types'],
              ['type', 'Split by type'],
            ]}
            onChange={(one) => view.set({ split: one === 'none' ? null : one })}
          />
          <Select
            label="Compare with"
            isLabelHidden
            value={compare}
            options={COMPARISONS.map((one) => [one, EARLIER_NAMES[one]])}
            onChange={(one) => view.set({ compare: one === 'none' ? null : one })}
          />
        </>
      }
      table={{
        columns: useTrendColumns(trend),
        rowsOf: ({ buckets }) => buckets,
        keyOf: ({ starts_at }) => starts_at,
      }}
      emptyOf={({ buckets }) =>
        buckets.every(
          ({ payments, adjustments, earlier }) =>
            payments === 0 && adjustments === 0 && (earlier?.revenue ?? 0) === 0,
        ) ? (
          <EmptyRange />
        ) : null
      }
    >
      {(data) => <TrendChart trend={data} onZoom={zoom} />}
    </ChartCard>
  );
}

function TrendChart({ trend, onZoom }: { trend: Trend; onZoom: (first: number, last: number) => void }) {
  const format = useFormat();
  const chart = useCallback(
    (theme: SeriesTheme, widthPx: number) => revenueOverTime(trend, format.shortMoney, theme, widthPx),
    [trend, format],
  );
  const total = trend.buckets.reduce((sum, { revenue }) => Math.max(sum, revenue), 0);
  const highest = trend.buckets.find(({ revenue }) => revenue === total);
  const summary =
    highest === undefined
      ? 'Revenue over time'
      : `Revenue over time, ${trend.buckets.length} values; the highest is ${format.money(highest.revenue)}, ${bucketInWords(highest.starts_at, trend.period, format)}.`;
  return (
    <>
      <Chart
        chart={chart}
        summary={summary}
        tip={({ x }) => (trend.buckets[x] === undefined ? null : <TrendTip trend={trend} index={x} />)}
        onZoom={onZoom}
      />
      <Legend trend={trend} />
      <MarkList marks={trend.marks ?? []} />
    </>
  );
}

function Legend({ trend: { series, earlier } }: { trend: Trend }) {
  if (series.length < 2 && earlier === undefined) return <div className="legend" />;
  return (
    <ul className="legend">
      {series.map(({ name }, index) => (
        <li key={name}>
          <span className={`swatch swatch-${index}`} />
          {name}
        </li>
      ))}
      {earlier !== undefined && (
        <li>
          <span className="swatch swatch-earlier" />
          {earlier.name}
        </li>
      )}
    </ul>
  );
}

/** Where anything was adjusted. */
function adjusted({ money }: Format): DataColumn<TrendBucketSum>[] {
  return [
    {
      name: 'Adjustments',
      isFigure: true,
      cell: (row) => money(row.adjustments),
      sortBy: (row) => row.adjustments,
    },
    { name: 'Net revenue', isFigure: true, cell: (row) => money(row.net), sortBy: (row) => row.net },
  ];
}

function useTrendColumns(trend: Trend | undefined): DataColumn<TrendBucketSum>[] {
  const format = useFormat();
  const period = trend?.period ?? 'daily';
  const columns: DataColumn<TrendBucketSum>[] = [
    {
      name: PERIOD_NAMES[period],
      cell: ({ starts_at }) => bucketInWords(starts_at, period, format),
      sortBy: ({ starts_at }) => Date.parse(starts_at),
    },
    {
      name: 'Payments',
      isFigure: true,
      cell: (row) => format.count(row.payments),
      sortBy: (row) => row.payments,
    },
    {
      name: 'Revenue',
      isFigure: true,
      cell: (row) => format.money(row.revenue),
      sortBy: (row) => row.revenue,
    },
  ];
  if (trend?.buckets.some(({ adjustments }) => adjustments !== 0)) columns.push(...adjusted(format));
  // Split, each type has a column of its own.
  const places = new Map(trend?.starts.map((start, index) => [start, index]));
  const parts = (trend?.series.length ?? 0) < 2 ? [] : (trend?.series ?? []);
  for (const { name, values } of parts) {
    const amountOf = (row: TrendBucketSum): number => values[places.get(row.starts_at) ?? -1] ?? 0;
    columns.push({ name, isFigure: true, cell: (row) => format.money(amountOf(row)), sortBy: amountOf });
  }
  if (trend?.earlier === undefined) return columns;
  return [
    ...columns,
    {
      name: trend.earlier.name,
      isFigure: true,
      cell: ({ earlier }) => format.money(earlier?.revenue ?? 0),
      sortBy: ({ earlier }) => earlier?.revenue ?? 0,
    },
  ];
}
