/** A study's result as plain text for a terminal. */

import type { Currency } from '../domain/money.js';
import type { StudyRefusal, StudyResult, StudyTable } from '../research/study.js';
import { countInWords } from '../research/words.js';
import { cellText, isNumeric } from './study-values.js';
import { provenanceInWords } from './study-words.js';
import { columnsText } from './text.js';
import { knownCurrency, visible } from './values.js';

/** Tables of more rows are cut; the files have them whole. */
const MAX_ROWS = 60;

export function studyText(result: StudyResult): string {
  const currency = knownCurrency(result.currency);
  const heading = `${result.title}: ${result.from} to before ${result.to}`;
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : ['', `${title}:`, ...items.map((item) => `  - ${visible(item)}`)];
  const clusters = result.clusters === null ? '' : `, ${countInWords(result.clusters)} clusters`;
  return `${[
    heading,
    '='.repeat(heading.length),
    visible(result.sentence),
    '',
    `${countInWords(result.payments)} payments of ${countInWords(result.riders)} riders${clusters}; zone ${result.zone}, currency ${result.currency}.`,
    provenanceInWords(result.provenance),
    `Method: ${visible(result.method)}`,
    ...result.tables.flatMap((table) => tableText(table, currency)),
    ...result.diagnostics.tables.flatMap((table) => tableText(table, currency)),
    ...list('Warnings', result.warnings),
    ...list('Assumptions', result.assumptions),
  ].join('\n')}\n`;
}

export const refusalText = ({ study, message }: StudyRefusal): string =>
  `The study ${study} has no answer here: ${visible(message)}`;

function tableText({ caption, columns, rows }: StudyTable, currency: Currency): string[] {
  const shown = rows
    .slice(0, MAX_ROWS)
    .map((row) => columns.map(({ format }, i) => cellText(row[i] ?? null, format, currency)));
  const more = rows.length > MAX_ROWS ? [`… and ${countInWords(rows.length - MAX_ROWS)} rows more`] : [];
  const lines = columnsText(
    [columns.map(({ title }) => title), ...shown],
    columns.map(({ format }) => isNumeric(format)),
  );
  return ['', caption, '-'.repeat(caption.length), ...lines, ...more];
}
