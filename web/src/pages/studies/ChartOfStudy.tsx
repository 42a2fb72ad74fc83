/** A chart of an answer, with what its colours mean, the events drawn in it, its figures as a table, and itself as a file. */
import { studyChart, studyLegend } from 'farelog/documents/chart-study.ts';
import type { SeriesTheme } from 'farelog/documents/chart-trends.ts';
import { cellText } from 'farelog/documents/study-values.ts';
import { knownCurrency, shortMoneyText } from 'farelog/documents/values.ts';
import type { StudyChart } from 'farelog/research/study.ts';
import { useCallback, useMemo } from 'react';
import { Chart } from '../../charts/Chart.tsx';
import { ChartCard } from '../../charts/ChartCard.tsx';
import type { DataColumn } from '../../components/DataTable.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { useChartTheme } from '../../theme/theme.ts';
import { type ChartRow, chartTable } from './answer.ts';

const HEIGHT_PX = 320;

export function ChartOfStudy({ chart }: { chart: StudyChart }) {
  const { currency: code } = useSession();
  const format = useFormat();
  const table = useMemo(() => chartTable(chart), [chart]);
  const currency = knownCurrency(code);
  const place = (x: string | number): string =>
    typeof x === 'string' && chart.xAxis.kind === 'date' && x.length === 10 ? format.date(x) : String(x);
  const columns: DataColumn<ChartRow>[] = [
    {
      name: chart.xAxis.title === '' ? ' ' : chart.xAxis.title,
      cell: ({ x }) => place(x),
      sortBy: ({ x }) => x,
    },
    ...table.columns.map(
      (name, i): DataColumn<ChartRow> => ({
        name,
        isFigure: true,
        cell: ({ cells }) => cellText(cells[i] ?? null, chart.yAxis.format, currency),
        sortBy: ({ cells }) => cells[i] ?? Number.NEGATIVE_INFINITY,
      }),
    ),
  ];
  return (
    <ChartCard
      title={chart.caption}
      about={chart.yAxis.title}
      query={{ data: chart, error: null, refetch: () => undefined }}
      heightPx={HEIGHT_PX}
      table={{ columns, rowsOf: () => table.rows, keyOf: ({ x }) => x }}
    >
      {(data) => <Drawn chart={data} />}
    </ChartCard>
  );
}

function Drawn({ chart }: { chart: StudyChart }) {
  const { currency: code } = useSession();
  const format = useFormat();
  const theme = useChartTheme();
  const drawn = useCallback(
    (colours: SeriesTheme, widthPx: number) => {
      const currency = knownCurrency(code);
      return studyChart(chart, (amount) => shortMoneyText(amount, currency), colours, widthPx);
    },
    [chart, code],
  );
  const swatches = useMemo(() => {
    const places = new Map(theme.series.map((colour, place) => [colour, place]));
    return studyLegend(chart, theme).map(({ name, color }) => ({ name, place: places.get(color) ?? 0 }));
  }, [chart, theme]);
  const dated = chart.xAxis.kind === 'date' ? chart.marks : [];
  return (
    <>
      <Chart chart={drawn} summary={`${chart.caption}. Its figures are in the table.`} />
      {swatches.length > 0 && (
        <ul className="legend">
          {swatches.map(({ name, place }) => (
            <li key={name}>
              <span className={`swatch swatch-${place}`} />
              {name}
            </li>
          ))}
        </ul>
      )}
      {dated.length > 0 && (
        <ul className="legend" aria-label="Marked in the chart">
          {dated.map(({ name, from, to }) => (
            <li key={`${name} ${from}`}>
              <span className="swatch swatch-earlier" />
              {to === null
                ? `${name}, from ${format.date(from)}`
                : `${name}, ${format.date(from)} to before ${format.date(to)}`}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
