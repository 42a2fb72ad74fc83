/** Pages and their pieces: escaping, tables, definition lists. */
import type { Currency } from '../domain/money.js';
import { type ReportTable, rightColumns, type TableRow } from './table.js';
import { isFigure, peopleText, visible } from './values.js';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text from anywhere as text of a page or of a quoted attribute. */
export function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

export interface TableLook {
  readonly id: string;
  /** Of the region that the table scrolls in. */
  readonly className?: string;
  /** Rows under a heading each, where they are grouped. */
  readonly groups?: readonly { readonly title: string; readonly rows: readonly TableRow[] }[];
}

export function tableMarkup(table: ReportTable, currency: Currency, look: TableLook): string {
  const { id, className = '', groups = [{ title: '', rows: table.rows }] } = look;
  const toTheRight = rightColumns(table.rows);
  const head = table.head.map(
    (title, column) => `<th scope="col"${toTheRight[column] ? ' class="figure"' : ''}>${escaped(title)}</th>`,
  );
  const bodies = groups.map(({ title, rows }) => {
    const heading =
      title === ''
        ? ''
        : `<tr class="month"><th scope="colgroup" colspan="${table.head.length}">${escaped(title)}</th></tr>\n`;
    return `<tbody>\n${heading}${rows.map((row) => rowMarkup(row, currency)).join('')}</tbody>\n`;
  });
  const foot = table.total === undefined ? '' : `<tfoot>\n${rowMarkup(table.total, currency)}</tfoot>\n`;
  return `<div class="${`scroll ${className}`.trim()}" role="group" aria-label="${escaped(table.title)}" tabindex="0">
<table id="${id}">
<thead><tr>${head.join('')}</tr></thead>
${bodies.join('')}${foot}</table>
</div>
`;
}

function rowMarkup({ label, figures }: TableRow, currency: Currency): string {
  const cells = figures.map(
    ({ value }) =>
      `<td${isFigure(value) ? ' class="figure"' : ''}>${escaped(peopleText(value, currency))}</td>`,
  );
  return `<tr><th scope="row">${escaped(label)}</th>${cells.join('')}</tr>\n`;
}

/** Terms and their meanings, already escaped. */
export function listMarkup(
  className: string,
  entries: readonly (readonly [term: string, meaning: string])[],
): string {
  const rows = entries.map(([term, meaning]) => `<dt>${term}</dt><dd>${meaning}</dd>\n`);
  return `<dl class="${className}">\n${rows.join('')}</dl>\n`;
}

/** A whole page: no script, no request. `title` is escaped here; style and sections are what they are. */
export function pageMarkup(title: string, style: string, sections: readonly string[]): string {
  return `<!doctype html>
<html lang="en-US">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
<style>
${style}</style>
</head>
<body>
<main>
${sections.join('')}</main>
</body>
</html>
`;
}
