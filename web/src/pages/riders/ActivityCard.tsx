/** Riders by day, week or month: who had paid before, and who pays for the first time ever. */
import { revenueOverTime, type SeriesTheme } from 'farelog/documents/chart-trends.ts';
import { useCallback } from 'react';
import { useFigure } from '../../api/figures.ts';
import { Chart } from '../../charts/Chart.tsx';
import { ChartCard } from '../../charts/ChartCard.tsx';
import type { DataColumn } from '../../components/DataTable.tsx';
import { Segments } from '../../components/Tabs.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { lengthDays, type Span } from '../../view/range.ts';
import { useView } from '../../view/view.ts';
import { bucketInWords } from '../overview/bucket-words.ts';
import { NoRiders } from './distribution.tsx';
import {
  ACTIVITY_NAMES,
  type ActivityAnswer,
  type ActivityRow,
  activityTrend,
  RIDER_PERIODS,
  riderPeriodFor,
  suitingRiderPeriod,
} from './rider-series.ts';

const PERIOD_NAMES = { daily: 'Day', weekly: 'Week', monthly: 'Month' } as const;

export function ActivityCard({ span }: { span: Span }) {
  const view = useView();
  const { zone } = useSession();
  const format = useFormat();
  const days = lengthDays(span, Date.now(), zone);
  const period = riderPeriodFor(view.get('period'), days);
  const query = useFigure('/api/v1/analytics/riders', { ...span, period });
  const count = (name: string, of: (row: ActivityRow) => number): DataColumn<ActivityRow> => ({
    name,
    isFigure: true,
    cell: (row) => format.count(of(row)),
    sortBy: of,
  });
  return (
    <ChartCard
      title="New and returning riders"
      about={`By ${PERIOD_NAMES[period].toLowerCase()}. A rider is new once: with the first payment ever.`}
      query={query}
      heightPx={348}
      tools={
        <Segments
          label="Size of a bucket"
          value={period}
          options={RIDER_PERIODS.map((one) => [one, PERIOD_NAMES[one]])}
          onChange={(one) => view.set({ period: one === suitingRiderPeriod(days) ? null : one })}
        />
      }
      table={{
        columns: [
          {
            name: PERIOD_NAMES[period],
            cell: ({ starts_at }) => bucketInWords(starts_at, period, format),
            sortBy: ({ starts_at }) => Date.parse(starts_at),
          },
          count('Riders', ({ riders }) => riders),
          count('New', ({ new_riders }) => new_riders),
          count('Returning', ({ returning_riders }) => returning_riders),
        ],
        rowsOf: ({ rows }) => rows,
        keyOf: ({ starts_at }) => starts_at,
      }}
      emptyOf={({ rows }) => (rows.every(({ riders }) => riders === 0) ? <NoRiders /> : null)}
    >
      {(data) => <ActivityChart data={data} />}
    </ChartCard>
  );
}

function ActivityChart({ data }: { data: ActivityAnswer }) {
  const format = useFormat();
  const chart = useCallback(
    (theme: SeriesTheme, widthPx: number) =>
      revenueOverTime(activityTrend(data, Date.now()), format.shortCount, theme, widthPx),
    [data, format],
  );
  const fresh = data.rows.reduce((sum, { new_riders }) => sum + new_riders, 0);
  const summary = `New and returning riders, ${data.rows.length} values; ${format.count(fresh)} riders are new in all.`;
  return (
    <>
      <Chart chart={chart} summary={summary} tip={({ x }) => <ActivityTip data={data} index={x} />} />
      <ul className="legend">
        {ACTIVITY_NAMES.map((name, index) => (
          <li key={name}>
            <span className={`swatch swatch-${index}`} />
            {name}
          </li>
        ))}
      </ul>
    </>
  );
}

function ActivityTip({ data: { rows, period, to }, index }: { data: ActivityAnswer; index: number }) {
  const format = useFormat();
  const row = rows[index];
  if (row === undefined) return null;
  const isUnfinished = index === rows.length - 1 && (to === null || Date.parse(to) > Date.now());
  return (
    <>
      <b>{bucketInWords(row.starts_at, period, format)}</b>
      {isUnfinished && <span className="quiet"> so far</span>}
      <dl>
        <dt>Riders</dt>
        <dd>
          <b>{format.count(row.riders)}</b>
        </dd>
        <dt>
          <span className="swatch swatch-1" />
          New
        </dt>
        <dd>{format.count(row.new_riders)}</dd>
        <dt>
          <span className="swatch swatch-0" />
          Returning
        </dt>
        <dd>{format.count(row.returning_riders)}</dd>
      </dl>
    </>
  );
}
