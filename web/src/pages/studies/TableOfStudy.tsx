/** A table of an answer, its figures written as its files have them for people. */
import { cellText, isNumeric } from 'farelog/documents/study-values.ts';
import { knownCurrency } from 'farelog/documents/values.ts';
import { useState } from 'react';
import type { ResultTable } from '../../api/studies.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { useFormat } from '../../format/use-format.ts';

const SHOWN = 12;

interface Row {
  readonly place: number;
  readonly cells: ResultTable['rows'][number];
}

export function TableOfStudy({ table, currency: code }: { table: ResultTable; currency: string }) {
  const format = useFormat();
  const [isWhole, setWhole] = useState(false);
  const currency = knownCurrency(code);
  const rows = table.rows.map((cells, place): Row => ({ place, cells }));
  const columns = table.columns.map(
    ({ title, format: kind }, i): DataColumn<Row> => ({
      name: title,
      // The first column names the row.
      isFigure: i > 0 && isNumeric(kind),
      cell: ({ cells }) => {
        const cell = cells[i] ?? null;
        const isDay = kind === 'date' && typeof cell === 'string' && cell.length === 10;
        return isDay ? format.date(cell) : cellText(cell, kind, currency);
      },
      sortBy: ({ cells }) => cells[i] ?? (isNumeric(kind) ? Number.NEGATIVE_INFINITY : ''),
    }),
  );
  return (
    <Card title={table.caption}>
      <DataTable
        caption={table.caption}
        isCaptionHidden
        columns={columns}
        rows={rows}
        most={isWhole ? rows.length : SHOWN}
        keyOf={({ place }) => place}
        empty={<p className="quiet">No rows.</p>}
      />
      {rows.length > SHOWN && (
        <p className="study-more">
          <Button onClick={() => setWhole(!isWhole)}>
            {isWhole ? `The first ${SHOWN} rows` : `All ${format.count(rows.length)} rows`}
          </Button>
        </p>
      )}
    </Card>
  );
}
