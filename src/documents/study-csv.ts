/** A study's table as CSV: numbers whole, nothing where there is none. */
import { csvText } from '../analytics/csv.js';
import type { Cell, StudyTable } from '../research/study.js';

export function studyCsv({ columns, rows }: StudyTable): string {
  const names = columns.map(({ name }) => name);
  const wholeOf = (cell: Cell | undefined): Cell =>
    typeof cell === 'number' && !Number.isFinite(cell) ? null : (cell ?? null);
  return csvText<Record<string, Cell>>({
    columns: names,
    rows: rows.map((row) => Object.fromEntries(names.map((name, i) => [name, wholeOf(row[i])]))),
  });
}
