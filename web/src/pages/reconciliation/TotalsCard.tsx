/** Both sides by day, by method or by both, with what each difference is made of; the sums below are those of the run. */
import { typeInWords } from 'farelog/documents/names.ts';
import { useState } from 'react';
import type { Report } from '../../api/reconciliations.ts';
import { Button } from '../../components/Button.tsx';
import { Card } from '../../components/Card.tsx';
import { type DataColumn, DataTable } from '../../components/DataTable.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Select } from '../../components/Select.tsx';
import { Segments } from '../../components/Tabs.tsx';
import type { Format } from '../../format/format.ts';
import { useFormat } from '../../format/use-format.ts';
import { useSession } from '../../session/session.ts';
import { useView } from '../../view/view.ts';
import { differenceOf, differs, FOLDS, foldTotals, sumOf, type TotalsRow } from './totals.ts';
import { CATEGORY_NAMES, many } from './words.ts';

const SHOWN = ['all', 'apart'] as const;
const FIRST_ROWS = 31;

export function TotalsCard({ report }: { report: Report }) {
  const view = useView();
  const format = useFormat();
  const { currency_digits: digits } = useSession();
  const fold = view.choice('by', FOLDS);
  const shown = view.choice('shown', SHOWN);
  const [isWhole, setWhole] = useState(false);
  const rows = foldTotals(report.days, fold, digits).filter((row) => shown === 'all' || differs(row));
  const most = isWhole ? rows.length : FIRST_ROWS;
  const columns = columnsFor(format, digits, sumOf(report.days, digits), {
    ...{ date: fold !== 'method', method: fold !== 'day' },
    onDay: (day) => view.set({ day, kind: null, status: 'all' }),
  });
  return (
    <Card
      title="By day and method"
      about="Of a payment whose day or method differs, each side counts it where it says."
      tools={
        <>
          <Segments
            label="Rows"
            value={fold}
            options={[
              ['day', 'Days'],
              ['method', 'Methods'],
              ['both', 'Both'],
            ]}
            onChange={(one) => view.set({ by: one === FOLDS[0] ? null : one })}
          />
          <Select
            label="Shown"
            isLabelHidden
            value={shown}
            options={[
              ['all', 'All rows'],
              ['apart', 'Where they differ'],
            ]}
            onChange={(one) => view.set({ shown: one === SHOWN[0] ? null : one })}
          />
        </>
      }
    >
      <DataTable
        key={fold}
        caption="Both sides’ totals"
        isCaptionHidden
        columns={columns}
        rows={rows}
        most={most}
        keyOf={({ key }) => key}
        empty={
          <Empty
            title={shown === 'apart' ? 'Both sides are the same everywhere' : 'Neither side has a payment'}
          />
        }
      />
      {most < rows.length && (
        <div className="more-rows">
          <Button onClick={() => setWhole(true)}>{`Show all ${format.count(rows.length)} rows`}</Button>
        </div>
      )}
    </Card>
  );
}

interface Parts {
  readonly date: boolean;
  readonly method: boolean;
  readonly onDay: (date: string) => void;
}

function columnsFor(
  format: Format,
  digits: number,
  sum: TotalsRow,
  { date: hasDate, method: hasMethod, onDay }: Parts,
): DataColumn<TotalsRow>[] {
  const amount = (minor: number): number => minor / 10 ** digits;
  const side = (
    name: string,
    total: (row: TotalsRow) => number,
    payments: (row: TotalsRow) => number,
  ): DataColumn<TotalsRow> => {
    const cell = (row: TotalsRow) => (
      <>
        {format.money(amount(total(row)))}
        <span className="quiet small below">{many(payments(row), 'payment', format.count)}</span>
      </>
    );
    return { name, isFigure: true, cell, sortBy: total, foot: cell(sum) };
  };
  const difference = (row: TotalsRow): string => format.moneyChange(amount(differenceOf(row)));
  const date: DataColumn<TotalsRow> = {
    name: 'Day',
    cell: (row) => (
      <button
        type="button"
        className="link-button"
        title="Show the differences of this day"
        onClick={() => onDay(row.date ?? '')}
      >
        {format.date(row.date ?? '')}
      </button>
    ),
    sortBy: (row) => row.date ?? '',
    foot: 'In all',
  };
  const method: DataColumn<TotalsRow> = {
    name: 'Method',
    cell: (row) => typeInWords(row.paymentType ?? ''),
    sortBy: (row) => row.paymentType ?? '',
    ...(hasDate ? {} : { foot: 'In all' }),
  };
  return [
    ...(hasDate ? [date] : []),
    ...(hasMethod ? [method] : []),
    side(
      'Here',
      (row) => row.here,
      (row) => row.paymentsHere,
    ),
    side(
      'At the provider',
      (row) => row.there,
      (row) => row.paymentsThere,
    ),
    { name: 'Difference', isFigure: true, cell: difference, sortBy: differenceOf, foot: difference(sum) },
    {
      name: 'Made of',
      cell: (row) => <Made row={row} amount={amount} format={format} />,
      foot: <Made row={sum} amount={amount} format={format} />,
    },
  ];
}

interface MadeProps {
  readonly row: TotalsRow;
  readonly amount: (minor: number) => number;
  readonly format: Format;
}

function Made({ row: { parts }, amount, format }: MadeProps) {
  if (parts.length === 0) return <span className="quiet">–</span>;
  return (
    <ul className="made-of">
      {parts.map(({ category, minor }) => (
        <li key={category}>
          {format.moneyChange(amount(minor))}{' '}
          <span className="quiet">{CATEGORY_NAMES[category].toLowerCase()}</span>
        </li>
      ))}
    </ul>
  );
}
