import type { SeriesTheme } from 'farelog/documents/chart-trends.ts';
import { methodMix } from 'farelog/documents/charts.ts';
import { typeInWords } from 'farelog/documents/names.ts';
import { useCallback } from 'react';
import type { Got } from '../../api/client.ts';
import { useFigure } from '../../api/figures.ts';
import { Chart } from '../../charts/Chart.tsx';
import { ChartCard } from '../../charts/ChartCard.tsx';
import type { DataColumn } from '../../components/DataTable.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import type { Span } from '../../view/range.ts';
import { EmptyRange } from './EmptyRange.tsx';

type Method = Got<'/api/v1/analytics/methods'>['rows'][number];

/** Revenue by payment type. */
export function MethodMixCard({ span }: { span: Span }) {
  const query = useFigure('/api/v1/analytics/methods', span);
  const format = useFormat();
  const columns: DataColumn<Method>[] = [
    { name: 'Payment type', cell: (row) => typeInWords(row.payment_type), sortBy: (row) => row.payment_type },
    {
      name: 'Payments',
      isFigure: true,
      cell: (row) => format.count(row.transaction_count),
      sortBy: (row) => row.transaction_count,
    },
    {
      name: 'Revenue',
      isFigure: true,
      cell: (row) => format.money(row.total_revenue),
      sortBy: (row) => row.total_revenue,
    },
    {
      name: 'Share',
      isFigure: true,
      cell: (row) => format.share(row.revenue_share),
      sortBy: (row) => row.revenue_share,
    },
  ];
  return (
    <ChartCard
      title="Payment methods"
      about="Share of revenue."
      query={query}
      heightPx={280}
      table={{ columns, rowsOf: ({ rows }) => rows, keyOf: ({ payment_type }) => payment_type }}
      emptyOf={({ rows }) => (rows.length === 0 ? <EmptyRange isBrief /> : null)}
    >
      {({ rows }) => <MethodChart rows={rows} />}
    </ChartCard>
  );
}

function MethodChart({ rows }: { rows: readonly Method[] }) {
  const { currency, currency_digits } = useSession();
  const format = useFormat();
  const chart = useCallback(
    (theme: SeriesTheme, widthPx: number) =>
      methodMix(
        rows.map((row) => ({
          payment_type: row.payment_type,
          usage_count: row.transaction_count,
          method_revenue: row.total_revenue,
          avg_amount: row.avg_transaction_value,
        })),
        typeInWords,
        { code: currency, digits: currency_digits },
        theme,
        widthPx,
      ),
    [rows, currency, currency_digits],
  );
  const first = rows[0];
  const summary =
    first === undefined
      ? 'Revenue by payment type'
      : `Revenue by payment type: ${typeInWords(first.payment_type)} has the largest share, ${format.share(first.revenue_share)}.`;
  return <Chart chart={chart} summary={summary} tip={({ y }) => <MethodTip row={rows[y]} />} />;
}

function MethodTip({ row }: { row: Method | undefined }) {
  const format = useFormat();
  if (row === undefined) return null;
  return (
    <>
      <b>{typeInWords(row.payment_type)}</b>
      <dl>
        <dt>Revenue</dt>
        <dd>{format.money(row.total_revenue)}</dd>
        <dt>Payments</dt>
        <dd>{format.count(row.transaction_count)}</dd>
        <dt>Average price</dt>
        <dd>{format.money(row.avg_transaction_value)}</dd>
      </dl>
    </>
  );
}
