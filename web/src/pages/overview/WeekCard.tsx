import type { SeriesTheme } from 'farelog/documents/chart-trends.ts';
import { HEAT_STEPS, weekdayHours } from 'farelog/documents/charts.ts';
import { hourLabel, WEEK, WEEKDAYS } from 'farelog/documents/names.ts';
import { useCallback, useMemo } from 'react';
import type { Got } from '../../api/client.ts';
import { useFigure } from '../../api/figures.ts';
import { Chart } from '../../charts/Chart.tsx';
import { ChartCard } from '../../charts/ChartCard.tsx';
import type { DataColumn } from '../../components/DataTable.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import type { Span } from '../../view/range.ts';
import { EmptyRange } from './EmptyRange.tsx';

type Cell = Got<'/api/v1/analytics/profile'>['rows'][number];

const dayAndHour = ({ weekday, hour }: Cell): string => `${WEEKDAYS[weekday] ?? ''}, ${hourLabel(hour)}`;

/** Payments by weekday and hour. */
export function WeekCard({ span }: { span: Span }) {
  const query = useFigure('/api/v1/analytics/profile', span);
  const { zone } = useSession();
  const format = useFormat();
  const columns: DataColumn<Cell>[] = [
    { name: 'Hour', cell: dayAndHour, sortBy: ({ weekday, hour }) => weekday * 24 + hour },
    {
      name: 'Payments',
      isFigure: true,
      cell: (row) => format.count(row.transactions),
      sortBy: (row) => row.transactions,
    },
    {
      name: 'Revenue',
      isFigure: true,
      cell: (row) => format.money(row.revenue),
      sortBy: (row) => row.revenue,
    },
  ];
  return (
    <ChartCard
      title="When people pay"
      about={`Payments by weekday and hour of ${zone}.`}
      query={query}
      heightPx={292}
      table={{
        columns,
        rowsOf: ({ rows }) => rows.filter(({ transactions }) => transactions > 0),
        keyOf: dayAndHour,
      }}
      emptyOf={({ rows }) =>
        rows.every(({ transactions }) => transactions === 0) ? <EmptyRange isBrief /> : null
      }
    >
      {({ rows }) => <WeekChart cells={rows} />}
    </ChartCard>
  );
}

function WeekChart({ cells }: { cells: readonly Cell[] }) {
  const chart = useCallback(
    (theme: SeriesTheme, widthPx: number) => weekdayHours(cells, theme, widthPx),
    [cells],
  );
  const busiest = useMemo(
    () =>
      cells.reduce<Cell | undefined>(
        (best, cell) => (cell.transactions > (best?.transactions ?? 0) ? cell : best),
        undefined,
      ),
    [cells],
  );
  const summary =
    busiest === undefined
      ? 'Payments by weekday and hour'
      : `Payments by weekday and hour; the most are on ${dayAndHour(busiest)}.`;
  const cellAt = (hour: number, row: number): Cell | undefined =>
    cells.find((cell) => cell.hour === hour && cell.weekday === WEEK[row]);
  return (
    <>
      <Chart chart={chart} summary={summary} tip={({ x, y }) => <WeekTip cell={cellAt(x, y)} />} />
      <p className="legend heat-legend">
        None
        {Array.from({ length: HEAT_STEPS }, (_, step) => (
          <i key={step} className={`heat heat-${step}`} />
        ))}
        Most
      </p>
    </>
  );
}

function WeekTip({ cell }: { cell: Cell | undefined }) {
  const format = useFormat();
  if (cell === undefined) return null;
  return (
    <>
      <b>{dayAndHour(cell)}</b>
      <dl>
        <dt>Payments</dt>
        <dd>{format.count(cell.transactions)}</dd>
        <dt>Revenue</dt>
        <dd>{format.money(cell.revenue)}</dd>
      </dl>
    </>
  );
}
