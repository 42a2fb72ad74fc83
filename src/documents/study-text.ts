/** A study's result as plain text for a terminal. */

import type { Currency } from '../domain/money.js';
import type { Finding, StudyRefusal, StudyResult, StudyTable } from '../research/study.js';
import { countInWords, intervalInWords, numberInWords } from '../research/words.js';
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
    ...besideLiterature(result.findings),
    ...result.tables.flatMap((table) => tableText(table, currency)),
    ...result.diagnostics.tables.flatMap((table) => tableText(table, currency)),
    ...list('Warnings', result.warnings),
    ...list('Assumptions', result.assumptions),
  ].join('\n')}\n`;
}

/** Estimates of all riders, and below them what others have found; those of segments stand in the tables. */
function besideLiterature(findings: readonly Finding[]): string[] {
  const known = findings.filter(({ literature, segment }) => literature.length > 0 && segment === null);
  if (known.length === 0) return [];
  const number = (value: number): string => numberInWords(value);
  const estimates = known.map((one) => [one.name, number(one.estimate), intervalInWords(one, number)]);
  const others = new Map(
    known.flatMap(({ literature }) =>
      literature.map(({ name, lower, upper }) => {
        const range = lower === upper ? [number(lower), ''] : ['', `${number(lower)} to ${number(upper)}`];
        return [name, [name, ...range]];
      }),
    ),
  );
  const title = 'Estimates, and what others have found';
  const lines = columnsText(
    [...estimates, ...others.values()].map((row) => row.map(visible)),
    [false, true, false],
  );
  return ['', title, '-'.repeat(title.length), ...lines];
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
