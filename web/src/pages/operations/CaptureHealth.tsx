/** How capture does: whether it is silent, how deliveries end and why, and how long payments take to come in. */
import { typeInWords } from 'farelog/documents/names.ts';
import type { Got } from '../../api/client.ts';
import { useFigure } from '../../api/figures.ts';
import { Answer } from '../../components/Answer.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import { useFormat } from '../../format/use-format.ts';
import type { Span } from '../../view/range.ts';
import { Deliveries } from './Deliveries.tsx';
import { SilenceCard } from './SilenceCard.tsx';

type Lag = Got<'/api/v1/analytics/performance'>['processingTimes'][number];

export function CaptureHealth({ span }: { span: Span }) {
  const query = useFigure('/api/v1/analytics/performance', span);
  return (
    <div className="page">
      <SilenceCard />
      <Answer query={query} loading={<Loading heightPx={520} label="Loading: deliveries" />}>
        {({ errorRates, processingTimes }) => (
          <div className="page">
            <Deliveries rates={errorRates} />
            <Lags lags={processingTimes} />
          </div>
        )}
      </Answer>
    </div>
  );
}

function Lags({ lags }: { lags: readonly Lag[] }) {
  const format = useFormat();
  const seconds = (name: string, value: (lag: Lag) => number): DataColumn<Lag> => ({
    name,
    isFigure: true,
    cell: (lag) => format.duration(value(lag)),
    sortBy: value,
  });
  const columns: DataColumn<Lag>[] = [
    {
      name: 'Payment type',
      cell: ({ payment_type }) => typeInWords(payment_type),
      sortBy: ({ payment_type }) => payment_type,
    },
    {
      name: 'Payments',
      isFigure: true,
      cell: ({ sample_size }) => format.count(sample_size),
      sortBy: ({ sample_size }) => sample_size,
    },
    seconds('Half within', (lag) => lag.p50_processing_seconds),
    seconds('95% within', (lag) => lag.p95_processing_seconds),
    seconds('99% within', (lag) => lag.p99_processing_seconds),
    seconds('Longest', (lag) => lag.max_processing_seconds),
    seconds('Average', (lag) => lag.avg_processing_seconds),
  ];
  return (
    <Card
      title="From payment to capture"
      about="Of payments that came by webhook or API; imports and replays bring what is past and are left out."
    >
      <DataTable
        caption="Time from payment to capture by payment type"
        isCaptionHidden
        columns={columns}
        rows={lags}
        keyOf={({ payment_type }) => payment_type}
        empty={
          <Empty title="No payment came in live in this range">
            <p>The time is that of payments by webhook or API.</p>
          </Empty>
        }
      />
    </Card>
  );
}
