/** The whole report as one tidy CSV (RFC 4180): a line a value, as machines read it. */
import { stringify } from 'csv-stringify/sync';
import type { PaymentReport } from '../analytics/report.js';
import { type Figure, type ReportTable, SECTIONS } from './table.js';
import { reportTables } from './tables.js';
import { isFigure, knownCurrency, machineText } from './values.js';

const COLUMNS = ['section', 'key', 'measure', 'value'];

/** Spreadsheets take a cell that begins so for a formula; an apostrophe makes it text. */
function withoutFormula(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

export function reportCsv(report: PaymentReport): string {
  const currency = knownCurrency(report.currency);
  const figures = Object.values(reportTables(report)).flatMap((table) =>
    table === null ? [] : allOf(table),
  );
  const line = ({ section, key, measure, value }: Figure): string[] => {
    const cell = machineText(value, currency);
    return [section ?? '', withoutFormula(key), measure, isFigure(value) ? cell : withoutFormula(cell)];
  };
  const lines = SECTIONS.flatMap((section) =>
    figures.filter((figure) => figure.section === section).map(line),
  );
  return stringify([COLUMNS, ...lines], { record_delimiter: 'windows' });
}

function allOf(table: ReportTable): Figure[] {
  return table.rows.flatMap((row) => [...row.figures, ...(row.more ?? [])]);
}
