/** The report as plain text for a terminal: its tables in columns, figures to the right. */
import type { PaymentReport } from '../analytics/report.js';
import type { Currency } from '../domain/money.js';
import { type ReportTable, rightColumns } from './table.js';
import { reportTables } from './tables.js';
import { knownCurrency, peopleText, visible } from './values.js';
import { asOfInWords, leftOutInWords, periodInWords } from './words.js';

export function reportText(report: PaymentReport): string {
  const currency = knownCurrency(report.currency);
  const tables = reportTables(report);
  const heading = `Payment report: ${periodInWords(report)}`;
  const lines = [
    heading,
    '='.repeat(heading.length),
    `Zone ${report.zone}, currency ${currency.code}. ${asOfInWords(report)}.`,
    visible(leftOutInWords(report.left_out)),
  ];
  if (report.summary.total_transactions === 0) lines.push('No payment was made in this period.');
  const shown = [
    ...[tables.headline, tables.restated, tables.methods, tables.months ?? tables.days],
    ...[tables.calendar, tables.hours, tables.riders],
  ];
  for (const table of shown) {
    if (table === null) continue;
    lines.push('', table.title, '-'.repeat(table.title.length), ...tableLines(table, currency));
  }
  return `${lines.join('\n')}\n`;
}

function tableLines(table: ReportTable, currency: Currency): string[] {
  if (table.rows.length === 0) return ['None.'];
  const rows = table.total === undefined ? table.rows : [...table.rows, table.total];
  const cells = rows.map((row) => [
    visible(row.label),
    ...row.figures.map(({ value }) => peopleText(value, currency)),
  ]);
  return columnsText([table.head, ...cells], rightColumns(table.rows));
}

/** Rows in columns two spaces apart; the first is the heading. */
export function columnsText(rows: readonly (readonly string[])[], toTheRight: readonly boolean[]): string[] {
  const widths = toTheRight.map((_, column) =>
    rows.reduce((most, row) => Math.max(most, width(row[column] ?? '')), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat((widths[column] ?? 0) - width(cell));
        return toTheRight[column] ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
}

const width = (cell: string): number => [...cell].length;
