/** A table of figures: a caption, headings that sort, figures to the right, wider than its place where it must be. */
import { type ReactNode, useMemo, useState } from 'react';
import './data-table.css';

export interface DataColumn<Row> {
  readonly name: string;
  /** Figures stand to the right, so that their digits line up. */
  readonly isFigure?: boolean;
  /** Whether it may be of any length, and so goes on in the next line. */
  readonly isLong?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** What it is sorted by; without it there is no sorting by this column. */
  readonly sortBy?: (row: Row) => string | number;
  /** What stands below the rows: a sum. There is such a line where any column has one. */
  readonly foot?: ReactNode;
}

interface Props<Row> {
  /** What it shows; for screen readers alone where a heading above says the same. */
  readonly caption: string;
  readonly isCaptionHidden?: boolean;
  /** The first names the row. */
  readonly columns: readonly DataColumn<Row>[];
  readonly rows: readonly Row[];
  /** Only so many of them are shown, the first ones as they are sorted. */
  readonly most?: number;
  readonly keyOf: (row: Row) => string | number;
  /** Said where there are no rows. */
  readonly empty?: ReactNode;
}

interface Sorting {
  readonly column: number;
  readonly isDown: boolean;
}

export function DataTable<Row>({ caption, isCaptionHidden, columns, rows, most, keyOf, empty }: Props<Row>) {
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const sorted = useMemo(() => sortedRows(rows, columns, sorting), [rows, columns, sorting]);
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section className="table-scroll" aria-label={caption} tabIndex={0}>
      <table className="table figures">
        <caption className={isCaptionHidden === true ? 'sr-only' : undefined}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <Heading
                key={column.name}
                column={column}
                sorted={sorting?.column === index ? sorting : null}
                onSort={(isDown) => setSorting({ column: index, isDown })}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, most).map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ name, cell, isFigure, isLong }, index) =>
                index === 0 ? (
                  <th key={name} scope="row" className={isLong === true ? 'is-long' : undefined}>
                    {cell(row)}
                  </th>
                ) : (
                  <td
                    key={name}
                    className={isFigure === true ? 'is-figure' : isLong === true ? 'is-long' : undefined}
                  >
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
        {columns.some(({ foot }) => foot !== undefined) && <Foot columns={columns} />}
      </table>
    </section>
  );
}

function Foot<Row>({ columns }: { columns: readonly DataColumn<Row>[] }) {
  return (
    <tfoot>
      <tr>
        {columns.map(({ name, foot, isFigure }, index) =>
          index === 0 ? (
            <th key={name} scope="row">
              {foot}
            </th>
          ) : (
            <td key={name} className={isFigure === true ? 'is-figure' : undefined}>
              {foot}
            </td>
          ),
        )}
      </tr>
    </tfoot>
  );
}

interface HeadingProps<Row> {
  readonly column: DataColumn<Row>;
  readonly sorted: Sorting | null;
  readonly onSort: (isDown: boolean) => void;
}

function Heading<Row>({ column, sorted, onSort }: HeadingProps<Row>) {
  const { name, isFigure, sortBy } = column;
  const className = isFigure === true ? 'is-figure' : undefined;
  if (sortBy === undefined) {
    return (
      <th scope="col" className={className}>
        {name}
      </th>
    );
  }
  const order = sorted === null ? 'none' : sorted.isDown ? 'descending' : 'ascending';
  return (
    <th scope="col" className={className} aria-sort={order}>
      {/* Of figures the largest are looked for first, of names the first. */}
      <button type="button" onClick={() => onSort(sorted === null ? isFigure === true : !sorted.isDown)}>
        {name}
        <span aria-hidden="true">{{ none: '', descending: ' ↓', ascending: ' ↑' }[order]}</span>
      </button>
    </th>
  );
}

function sortedRows<Row>(
  rows: readonly Row[],
  columns: readonly DataColumn<Row>[],
  sorting: Sorting | null,
): readonly Row[] {
  const by = sorting === null ? undefined : columns[sorting.column]?.sortBy;
  if (sorting === null || by === undefined) return rows;
  const way = sorting.isDown ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [by(a), by(b)];
    if (typeof left === 'string' && typeof right === 'string') return way * left.localeCompare(right);
    return left < right ? -way : left > right ? way : 0;
  });
}
