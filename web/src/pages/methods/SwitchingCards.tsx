/** How riders change between methods, from each payment to the next one of the same rider: as flows and as a matrix. */
import { methodFlows } from 'farelog/documents/chart-methods.ts';
import type { SeriesTheme } from 'farelog/documents/chart-trends.ts';
import { HEAT_STEPS } from 'farelog/documents/charts.ts';
import { typeInWords } from 'farelog/documents/names.ts';
import { useCallback, useMemo } from 'react';
import { useFigure } from '../../api/figures.ts';
import { Chart } from '../../charts/Chart.tsx';
import { ChartCard } from '../../charts/ChartCard.tsx';
import { Answer } from '../../components/Answer.tsx';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { Segments } from '../../components/Tabs.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { lengthDays, type Span } from '../../view/range.ts';
import { useRange, useView } from '../../view/view.ts';
import { flowsOf, type MatrixCell, type MatrixRow, matrixOf, type Switch, typesOf } from './switching.ts';

/** The server counts switches from single payments, and so over no more than this. */
const MAX_DAYS = 92;
const FLOWS = ['changes', 'all'] as const;
const HEIGHT_PX = 380;

export function SwitchingCards({ span }: { span: Span }) {
  const { zone } = useSession();
  const { setRange } = useRange();
  if (lengthDays(span, Date.now(), zone) > MAX_DAYS + 0.05) {
    return (
      <Card title="Switching">
        <Empty title={`Switching is counted over at most ${MAX_DAYS} days`}>
          <p>It is counted from single payments, and this range is longer.</p>
          <Button onClick={() => setRange({ kind: 'preset', preset: '90d' })}>Show the last 90 days</Button>
        </Empty>
      </Card>
    );
  }
  return <ShortSwitching span={span} />;
}

function ShortSwitching({ span }: { span: Span }) {
  const query = useFigure('/api/v1/analytics/switching', span);
  // The table above has asked for them already.
  const { data: methods } = useFigure('/api/v1/analytics/methods', span);
  const order = useMemo(() => methods?.rows.map(({ payment_type }) => payment_type) ?? [], [methods]);
  const minRiders = query.data?.min_riders ?? 1;
  const folded =
    minRiders > 1
      ? ` What fewer than ${minRiders} riders did is told as “other”, or not at all, so that nobody is recognised.`
      : '';
  return (
    <>
      <FlowCard query={query} order={order} />
      <Card
        title="From one method to the next"
        about={`Of a rider’s payments by the method of the row, the share whose next one was by the method of the column.${folded}`}
      >
        <Answer query={query} loading={<Loading heightPx={HEIGHT_PX} label="Loading: switching" />}>
          {({ rows }) => <Matrix rows={rows} order={order} />}
        </Answer>
      </Card>
    </>
  );
}

type SwitchingQuery = ReturnType<typeof useFigure<'/api/v1/analytics/switching'>>;

interface FlowCardProps {
  readonly query: SwitchingQuery;
  /** Of the types, by revenue. */
  readonly order: readonly string[];
}

function FlowCard({ query, order }: FlowCardProps) {
  const view = useView();
  const format = useFormat();
  const flow = view.choice('flow', FLOWS);
  const columns: DataColumn<Switch>[] = [
    { name: 'From', cell: (row) => typeInWords(row.from_type), sortBy: (row) => row.from_type },
    { name: 'To', cell: (row) => typeInWords(row.to_type), sortBy: (row) => row.to_type },
    {
      name: 'Times',
      isFigure: true,
      cell: (row) => format.count(row.transitions),
      sortBy: (row) => row.transitions,
    },
    { name: 'Riders', isFigure: true, cell: (row) => format.count(row.riders), sortBy: (row) => row.riders },
    {
      name: 'Share',
      isFigure: true,
      cell: (row) => format.share(row.share_of_from),
      sortBy: (row) => row.share_of_from,
    },
  ];
  const isWithSame = flow === 'all';
  const shown = (rows: readonly Switch[]): readonly Switch[] =>
    rows.filter(({ from_type, to_type }) => isWithSame || from_type !== to_type);
  return (
    <ChartCard
      title="Switching"
      about="From each payment of a rider, on the left, to the next one of the same rider, on the right."
      query={query}
      heightPx={HEIGHT_PX}
      tools={
        <Segments
          label="What is shown"
          value={flow}
          options={[
            ['changes', 'Changes'],
            ['all', 'With those who stay'],
          ]}
          onChange={(one) => view.set({ flow: one === FLOWS[0] ? null : one })}
        />
      }
      table={{
        columns,
        rowsOf: ({ rows }) => shown(rows),
        keyOf: ({ from_type, to_type }) => JSON.stringify([from_type, to_type]),
      }}
      emptyOf={({ rows }) => (shown(rows).length === 0 ? <NoSwitching rows={rows} /> : null)}
    >
      {({ rows }) => <FlowChart rows={rows} order={order} isWithSame={isWithSame} />}
    </ChartCard>
  );
}

function NoSwitching({ rows }: { rows: readonly Switch[] }) {
  if (rows.length > 0) return <Empty title="Nobody changed their method in this range" />;
  return (
    <Empty title="No rider paid twice in this range">
      <p>Or so few did that it would tell who they are. A longer range may show more.</p>
    </Empty>
  );
}

interface FlowChartProps {
  readonly rows: readonly Switch[];
  readonly order: readonly string[];
  readonly isWithSame: boolean;
}

function FlowChart({ rows, order, isWithSame }: FlowChartProps) {
  const format = useFormat();
  const flows = useMemo(() => flowsOf(rows, isWithSame), [rows, isWithSame]);
  const names = useMemo(() => typesOf(rows, order).map(typeInWords), [rows, order]);
  const chart = useCallback(
    (theme: SeriesTheme, widthPx: number) => methodFlows(flows, names, theme, widthPx),
    [flows, names],
  );
  const [most] = flows;
  const summary =
    most === undefined
      ? 'Flows between payment methods'
      : `Flows between payment methods; the largest is from ${most.from} to ${most.to}, ${format.count(most.count)} times.`;
  return <Chart chart={chart} summary={summary} />;
}

function Matrix({ rows, order }: { rows: readonly Switch[]; order: readonly string[] }) {
  const format = useFormat();
  const types = useMemo(() => typesOf(rows, order), [rows, order]);
  const columns: DataColumn<MatrixRow>[] = [
    { name: 'From', cell: ({ from }) => typeInWords(from), sortBy: ({ from }) => from },
    {
      name: 'Payments',
      isFigure: true,
      cell: ({ transitions }) => format.count(transitions),
      sortBy: ({ transitions }) => transitions,
    },
    ...types.map(
      (type, index): DataColumn<MatrixRow> => ({
        name: typeInWords(type),
        isFigure: true,
        cell: ({ cells }) => <HeatCell cell={cells[index]} />,
        sortBy: ({ cells }) => cells[index]?.switched?.share_of_from ?? 0,
      }),
    ),
  ];
  return (
    <>
      <div className="switching">
        <DataTable
          caption="Share of payments by the method of the row whose next one was by the method of the column"
          isCaptionHidden
          columns={columns}
          rows={matrixOf(rows, types).filter(({ transitions }) => transitions > 0)}
          keyOf={({ from }) => from}
          empty={<NoSwitching rows={rows} />}
        />
      </div>
      {rows.length > 0 && (
        <p className="legend heat-legend">
          Few
          {Array.from({ length: HEAT_STEPS }, (_, step) => (
            <i key={step} className={`heat heat-${step}`} />
          ))}
          many changes; outlined: the same method again
        </p>
      )}
    </>
  );
}

function HeatCell({ cell }: { cell: MatrixCell | undefined }) {
  const format = useFormat();
  const { switched, step } = cell ?? { switched: undefined, step: 0 };
  const className = step === undefined ? 'switch switch-same' : `switch heat-${step} switch-${step}`;
  if (switched === undefined) return <span className={className}>–</span>;
  const { transitions, riders, share_of_from } = switched;
  const told = `${format.count(transitions)} times, by ${format.count(riders)} ${riders === 1 ? 'rider' : 'riders'}`;
  return (
    <span className={className} title={told}>
      {format.share(share_of_from)}
    </span>
  );
}
