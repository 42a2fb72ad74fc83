/** Each payment type with what it brought in, its share, and how both changed. */
import { typeInWords } from 'farelog/documents/names.ts';
import type { Got } from '../../api/client.ts';
import { useFigure } from '../../api/figures.ts';
import { Answer } from '../../components/Answer.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';
import type { Span } from '../../view/range.ts';
import { EmptyRange } from '../overview/EmptyRange.tsx';

type Method = Got<'/api/v1/analytics/methods'>['rows'][number];

const HEIGHT_PX = 380;

export function MethodsTable({ span }: { span: Span }) {
  const query = useFigure('/api/v1/analytics/methods', span);
  const format = useFormat();
  return (
    <Card
      title="Methods"
      about="By revenue. Changes are against the stretch of equal length just before; a change of share is in points of a percent."
    >
      <Answer query={query} loading={<Loading heightPx={HEIGHT_PX} label="Loading: Methods" />}>
        {({ rows }) => (
          <DataTable
            caption="Payment methods"
            isCaptionHidden
            columns={columnsFor(format)}
            rows={rows}
            keyOf={({ payment_type }) => payment_type}
            empty={<EmptyRange />}
          />
        )}
      </Answer>
    </Card>
  );
}

function columnsFor(format: Format): DataColumn<Method>[] {
  const figure = (
    name: string,
    value: (row: Method) => number | null,
    text: (value: number) => string,
  ): DataColumn<Method> => ({
    name,
    isFigure: true,
    cell: (row) => {
      const known = value(row);
      return known === null ? <span className="quiet">new</span> : text(known);
    },
    // What is new has grown more than anything that was there.
    sortBy: (row) => value(row) ?? Number.POSITIVE_INFINITY,
  });
  return [
    { name: 'Payment type', cell: (row) => typeInWords(row.payment_type), sortBy: (row) => row.payment_type },
    figure('Revenue', (row) => row.total_revenue, format.money),
    figure('Change', (row) => row.revenue_change, format.change),
    figure('Share of revenue', (row) => row.revenue_share, format.share),
    figure('Change of share', (row) => row.share_change, format.points),
    figure('Payments', (row) => row.transaction_count, format.count),
    figure('Share of payments', (row) => row.transaction_share, format.share),
    figure('Average price', (row) => row.avg_transaction_value, format.money),
  ];
}
