/** How spending is spread over the riders of a range: its figures, its Lorenz curve, its quantiles. */
import type { UseQueryResult } from '@tanstack/react-query';
import { lorenzCurve } from 'farelog/documents/chart-riders.ts';
import type { SeriesTheme } from 'farelog/documents/chart-trends.ts';
import { useCallback } from 'react';
import type { Got } from '../../api/client.ts';
import { useFigure } from '../../api/figures.ts';
import { Chart } from '../../charts/Chart.tsx';
import { ChartCard } from '../../charts/ChartCard.tsx';
import { Answer } from '../../components/Answer.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Figure } from '../../components/Figure.tsx';
import { Grid } from '../../components/Page.tsx';
import { Loading } from '../../components/Skeleton.tsx';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';
import type { Span } from '../../view/range.ts';

type Distribution = Got<'/api/v1/analytics/distribution'>;
type Quantile = Distribution['quantiles'][number];
type Point = Distribution['lorenz'][number];

interface Props {
  readonly query: UseQueryResult<Distribution>;
}

export const useDistribution = (span: Span): UseQueryResult<Distribution> =>
  useFigure('/api/v1/analytics/distribution', span);

const quantileOf = ({ quantiles }: Distribution, quantile: number): number | undefined =>
  quantiles.find((one) => one.quantile === quantile)?.value;

export function DistributionFigures({ query: { data } }: Props) {
  const format = useFormat();
  const money = (value: number | undefined): string | undefined =>
    data === undefined ? undefined : value === undefined ? '–' : format.money(value);
  const median = data === undefined ? undefined : quantileOf(data, 0.5);
  return (
    <section aria-label="Riders in figures">
      <Grid of="tiles">
        <Figure
          label="Riders"
          value={data === undefined ? undefined : format.count(data.riders)}
          change={null}
          note="who paid in this range"
        />
        <Figure
          label="Spent by a rider"
          value={money(data?.riders === 0 ? undefined : data?.avg_spent)}
          change={null}
          note="on average"
        />
        <Figure label="Median rider" value={money(median)} change={null} note="half spent up to this" />
        <Figure
          label="Gini coefficient"
          value={data === undefined ? undefined : data.riders === 0 ? '–' : data.gini.toFixed(2)}
          change={null}
          note="0: even, 1: one pays all"
        />
      </Grid>
    </section>
  );
}

/** "The tenth of riders who spend most pay 36.5% of all that is spent." */
export function inequalityInWords({ lorenz, gini }: Distribution, format: Format): string {
  const below = lorenz.find(({ riders_share }) => riders_share === 0.9);
  if (below === undefined) return '';
  const top = format.share(1 - below.spending_share);
  return `The tenth of riders who spend most pay ${top} of all that is spent (Gini coefficient ${gini.toFixed(2)}).`;
}

export function LorenzCard({ query }: Props) {
  const format = useFormat();
  const columns: DataColumn<Point>[] = [
    { name: 'Riders who spend least', cell: ({ riders_share }) => format.share(riders_share) },
    {
      name: 'Their share of spending',
      isFigure: true,
      cell: ({ spending_share }) => format.share(spending_share),
    },
  ];
  return (
    <ChartCard
      title="Who pays how much of it"
      about="Riders from those who spend least to those who spend most, and their share of all spending."
      query={query}
      heightPx={352}
      table={{ columns, rowsOf: ({ lorenz }) => lorenz, keyOf: ({ riders_share }) => riders_share }}
      emptyOf={({ riders }) => (riders === 0 ? <NoRiders /> : null)}
    >
      {(data) => (
        <>
          <LorenzChart data={data} />
          <ul className="legend">
            <li>
              <span className="swatch" />
              Share of spending
            </li>
            <li>
              <span className="swatch swatch-earlier" />
              If all spent the same
            </li>
          </ul>
          <p className="riders-said">{inequalityInWords(data, format)}</p>
        </>
      )}
    </ChartCard>
  );
}

function LorenzChart({ data }: { data: Distribution }) {
  const format = useFormat();
  const { lorenz } = data;
  const chart = useCallback(
    (theme: SeriesTheme, widthPx: number) => lorenzCurve(lorenz, theme, widthPx),
    [lorenz],
  );
  const tip = ({ x }: { x: number }) => {
    const point = lorenz[x];
    if (point === undefined) return null;
    return (
      <>
        <b>{format.share(point.riders_share)} of riders</b>
        <dl>
          <dt>spend together</dt>
          <dd>{format.share(point.spending_share)}</dd>
        </dl>
      </>
    );
  };
  return <Chart chart={chart} summary={`Lorenz curve. ${inequalityInWords(data, format)}`} tip={tip} />;
}

function quantileInWords(quantile: number, format: Format): string {
  if (quantile === 0) return 'Least';
  if (quantile === 0.5) return 'Half of riders, up to';
  if (quantile === 1) return 'Most';
  // 25%, not 25.0%.
  return `${format.count(quantile * 100)}% of riders, up to`;
}

export function QuantilesCard({ query }: Props) {
  const format = useFormat();
  const columns: DataColumn<Quantile>[] = [
    { name: 'Riders', cell: ({ quantile }) => quantileInWords(quantile, format) },
    { name: 'Spent', isFigure: true, cell: ({ value }) => format.money(value) },
  ];
  return (
    <Card title="What a rider spends" about="How much riders spent in this range, at most.">
      <Answer query={query} loading={<Loading heightPx={400} label="Loading: what a rider spends" />}>
        {({ quantiles, riders }) =>
          riders === 0 ? (
            <NoRiders />
          ) : (
            <DataTable
              caption="Quantiles of what a rider spends"
              isCaptionHidden
              columns={columns}
              rows={quantiles}
              keyOf={({ quantile }) => quantile}
            />
          )
        }
      </Answer>
    </Card>
  );
}

export const NoRiders = () => (
  <Empty title="No riders in this range">
    <p>Nobody paid between these days. Choose a longer range.</p>
  </Empty>
);
