/** A study's table for a paper: LaTeX with booktabs, everything from outside escaped. */
import type { Currency } from '../domain/money.js';
import type { StudyResult, StudyTable } from '../research/study.js';
import { cellText, isNumeric } from './study-values.js';

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '\u2212': '$-$',
  '∞': '$\\infty$',
  '–': '--',
  '<': '$<$',
  '>': '$>$',
  '|': '$|$',
  '"': '\\textquotedbl{}',
};

/** Text from anywhere as text of LaTeX. */
export const latexText = (text: string): string =>
  text.replace(/[\\~^\u2212∞–<>|"&%$#_{}]/g, (character) => ESCAPES[character] ?? `\\${character}`);

/** A table of more rows than a page has goes on over pages. */
const MAX_ROWS_OF_A_PAGE = 45;

export function studyLatex(result: StudyResult, table: StudyTable, currency: Currency): string {
  const columns = table.columns.map(({ format }) => (isNumeric(format) ? 'r' : 'l')).join('');
  const line = (cells: readonly string[]): string => `${cells.map(latexText).join(' & ')} \\\\`;
  const head = line(table.columns.map(({ title }) => title));
  const rows = table.rows.map((row) =>
    line(table.columns.map(({ format }, i) => cellText(row[i] ?? null, format, currency))),
  );
  const caption = `\\caption{${latexText(`${table.caption}. ${result.title}, ${result.from} to before ${result.to}; ${result.payments} payments of ${result.riders} riders.`)}}`;
  const label = `\\label{tab:${result.study}-${table.name}}`;
  const isLong = rows.length > MAX_ROWS_OF_A_PAGE;
  const body = isLong
    ? [
        `\\begin{longtable}{${columns}}`,
        `${caption}${label} \\\\`,
        ...['\\toprule', head, '\\midrule', '\\endhead', '\\bottomrule', '\\endfoot'],
        ...rows,
        '\\end{longtable}',
      ]
    : [
        '\\begin{table}[htbp]',
        '\\centering',
        caption,
        label,
        `\\begin{tabular}{${columns}}`,
        ...['\\toprule', head, '\\midrule', ...rows, '\\bottomrule'],
        '\\end{tabular}',
        '\\end{table}',
      ];
  const needs = isLong ? 'booktabs and longtable' : 'booktabs';
  return `${[`% Needs ${needs}.`, `% ${result.method.replace(/\s+/g, ' ')}`, ...body].join('\n')}\n`;
}
