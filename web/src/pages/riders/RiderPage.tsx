/** One rider: how much over all time, or a range, and month by month. */
import { revenueOverTime, type SeriesTheme } from 'farelog/documents/chart-trends.ts';
import { useCallback, useMemo } from 'react';
import { Link } from 'wouter';
import { type RiderSpending, useRiderSpending } from '../../api/riders.ts';
import { Chart } from '../../charts/Chart.tsx';
import { ChartCard } from '../../charts/ChartCard.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Figure } from '../../components/Figure.tsx';
import { Grid, Page } from '../../components/Page.tsx';
import { Problem } from '../../components/Problem.tsx';
import { ANY_TIME, OptionalRangePicker, spanInWords } from '../../components/RangePicker.tsx';
import { RiderId, shortId } from '../../components/RiderId.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { useHref, useOptionalRange } from '../../view/view.ts';
import { paymentsOf } from '../payments/links.ts';
import { type Month, monthsOf, monthTrend } from './rider-series.ts';

export function RiderPage({ userId }: { userId: string }) {
  const { span, setRange } = useOptionalRange();
  const { zone } = useSession();
  const format = useFormat();
  const hrefOf = useHref();
  const query = useRiderSpending(userId, span);
  const { data, error, refetch } = query;
  const { from, to } = span;
  return (
    <Page
      title={`Rider ${shortId(userId)}`}
      about={`${from === undefined ? ANY_TIME : spanInWords({ from, to }, format)}, months of ${zone}`}
      tools={
        <>
          <Link href={hrefOf('/riders')} className="button button-quiet">
            All riders
          </Link>
          <OptionalRangePicker />
          <Link href={paymentsOf({ user_id: userId })} className="button button-plain">
            This rider’s payments
          </Link>
        </>
      }
    >
      <p className="rider-whole-id">
        <span className="quiet small">Pseudonym</span> <RiderId id={userId} isWhole />
      </p>
      {data === undefined && error !== null ? (
        <Problem error={error} retry={() => void refetch()} />
      ) : data?.overview.total_transactions === 0 ? (
        <NothingPaid isRange={from !== undefined} showAll={() => setRange(null)} />
      ) : (
        <>
          <SpendingFigures spending={data} />
          <MonthsCards query={query} />
        </>
      )}
    </Page>
  );
}

function NothingPaid({ isRange, showAll }: { isRange: boolean; showAll: () => void }) {
  if (!isRange) {
    return (
      <Empty title="No payment of this rider is known">
        <p>The id may be cut off, or be one of another pseudonym key.</p>
      </Empty>
    );
  }
  return (
    <Empty title="This rider paid nothing in this range">
      <button type="button" className="button button-plain" onClick={showAll}>
        Look at any time
      </button>
    </Empty>
  );
}

function SpendingFigures({ spending }: { spending: RiderSpending | undefined }) {
  const format = useFormat();
  const of = (text: (overview: RiderSpending['overview']) => string): string | undefined =>
    spending === undefined ? undefined : text(spending.overview);
  const day = (instant: string | null): string => (instant === null ? '–' : format.date(instant));
  const money = (amount: number | null): string => (amount === null ? '–' : format.money(amount));
  return (
    <section aria-label="The rider in figures">
      <Grid of="tiles">
        <Figure label="Spent" value={of(({ total_spent }) => money(total_spent))} change={null} />
        <Figure
          label="Payments"
          value={of(({ total_transactions }) => format.count(total_transactions))}
          change={null}
        />
        <Figure
          label="Average price"
          value={of(({ avg_transaction }) => money(avg_transaction))}
          change={null}
          note={of((one) => `${money(one.min_transaction)} to ${money(one.max_transaction)}`) ?? ''}
        />
        <Figure
          label="First payment"
          value={of(({ first_payment }) => day(first_payment))}
          change={null}
          note={of(({ latest_payment }) => `latest ${day(latest_payment)}`) ?? ''}
        />
      </Grid>
    </section>
  );
}

function MonthsCards({ query }: { query: ReturnType<typeof useRiderSpending> }) {
  const format = useFormat();
  const { data } = query;
  const months = useMemo(() => (data === undefined ? undefined : monthsOf(data.monthly)), [data]);
  const columns: DataColumn<Month>[] = [
    { name: 'Month', cell: ({ date }) => format.month(date), sortBy: ({ date }) => date },
    {
      name: 'Payments',
      isFigure: true,
      cell: (row) => format.count(row.payments),
      sortBy: (row) => row.payments,
    },
    { name: 'Spent', isFigure: true, cell: (row) => format.money(row.spent), sortBy: (row) => row.spent },
  ];
  const table = { columns, keyOf: ({ date }: Month) => date };
  return (
    <>
      <ChartCard
        title="Spent by month"
        query={{ ...query, data: months }}
        heightPx={320}
        table={{ ...table, rowsOf: (rows) => rows }}
      >
        {(rows) => <MonthsChart months={rows} />}
      </ChartCard>
      {months !== undefined && (
        <Card title="Months">
          <DataTable caption="Payments by month" isCaptionHidden {...table} rows={months.toReversed()} />
        </Card>
      )}
    </>
  );
}

function MonthsChart({ months }: { months: readonly Month[] }) {
  const format = useFormat();
  const chart = useCallback(
    (theme: SeriesTheme, widthPx: number) =>
      revenueOverTime(monthTrend(months), format.shortMoney, theme, widthPx),
    [months, format],
  );
  const tip = ({ x }: { x: number }) => {
    const month = months[x];
    if (month === undefined) return null;
    return (
      <>
        <b>{format.month(month.date)}</b>
        <dl>
          <dt>Spent</dt>
          <dd>
            <b>{format.money(month.spent)}</b>
          </dd>
          <dt>Payments</dt>
          <dd>{format.count(month.payments)}</dd>
        </dl>
      </>
    );
  };
  return <Chart chart={chart} summary={`What the rider spent in ${months.length} months`} tip={tip} />;
}
