/** A card with a chart whose figures can be had as a table instead, and what stands there until and unless they come. */
import { type ReactNode, useState } from 'react';
import { Answer, type Asked } from '../components/Answer.tsx';
import { Card } from '../components/Card.tsx';
import { type DataColumn, DataTable } from '../components/DataTable.tsx';
import { TableIcon } from '../components/icons.tsx';
import { Loading } from '../components/Skeleton.tsx';

interface Props<Data, Row> {
  readonly title: string;
  readonly about?: ReactNode;
  /** Beside the switch to the table. */
  readonly tools?: ReactNode;
  readonly query: Asked<Data>;
  /** What the chart takes, so that nothing moves when it comes. */
  readonly heightPx: number;
  /** The figures of the chart as a table. */
  readonly table: {
    readonly columns: readonly DataColumn<Row>[];
    readonly rowsOf: (data: Data) => readonly Row[];
    readonly keyOf: (row: Row) => string | number;
  };
  /** Shown in the chart's place where there is nothing to draw. */
  readonly emptyOf?: (data: Data) => ReactNode | null;
  /** The chart. */
  readonly children: (data: Data) => ReactNode;
}

export function ChartCard<Data, Row>(props: Props<Data, Row>) {
  const { title, about, tools, query, heightPx, table, emptyOf, children } = props;
  const [isTable, setTable] = useState(false);
  const tableSwitch = (
    <button
      type="button"
      className="button button-quiet"
      aria-pressed={isTable}
      aria-label={`${title}: show as a table`}
      title="Show as a table"
      onClick={() => setTable(!isTable)}
    >
      <TableIcon />
    </button>
  );
  return (
    <Card title={title} about={about} {...(tools === undefined ? {} : { tools })} corner={tableSwitch}>
      <Answer query={query} loading={<Loading heightPx={heightPx} label={`Loading: ${title}`} />}>
        {(data) => {
          const empty = emptyOf?.(data) ?? null;
          if (empty !== null)
            return (
              <div className="chart-empty" style={{ minHeight: `${heightPx}px` }}>
                {empty}
              </div>
            );
          if (!isTable) return children(data);
          const { columns, rowsOf, keyOf } = table;
          return (
            <div className="chart-table">
              <DataTable
                caption={title}
                isCaptionHidden
                columns={columns}
                rows={rowsOf(data)}
                keyOf={keyOf}
              />
            </div>
          );
        }}
      </Answer>
    </Card>
  );
}
