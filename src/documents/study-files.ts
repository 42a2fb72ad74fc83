/** Everything a study's result is written as: the files of a folder, by their paths in it. */
import type { StudyChart, StudyResult, StudyTable } from '../research/study.js';
import { studyCsv } from './study-csv.js';
import { chartsWithEstimates } from './study-estimates.js';
import { studyLatex } from './study-latex.js';
import { studyHtml } from './study-page.js';
import { studyPicture } from './study-picture.js';
import { knownCurrency } from './values.js';

export interface StudyFile {
  readonly path: string;
  readonly content: string;
}

/** What no number can be, as an error that does not exist, is null. */
export const studyJson = (result: object): string => `${JSON.stringify(result, null, 2)}\n`;

/** Tables by their names in files; those of diagnostics say so. */
export function tablesOf({ tables, diagnostics }: StudyResult): Map<string, StudyTable> {
  return byFileName(tables, diagnostics.tables);
}

export function chartsOf(result: StudyResult): Map<string, StudyChart> {
  return byFileName(chartsWithEstimates(result), result.diagnostics.charts);
}

function byFileName<T extends { readonly name: string }>(own: readonly T[], diagnostic: readonly T[]) {
  return new Map([
    ...own.map((one): [string, T] => [one.name, one]),
    ...diagnostic.map((one): [string, T] => [`diagnostic-${one.name}`, one]),
  ]);
}

export function studyFiles(result: StudyResult): StudyFile[] {
  const currency = knownCurrency(result.currency);
  return [
    { path: 'result.json', content: studyJson(result) },
    { path: 'result.html', content: studyHtml(result) },
    ...[...tablesOf(result)].flatMap(([name, table]) => [
      { path: `tables/${name}.csv`, content: studyCsv(table) },
      { path: `tables/${name}.tex`, content: studyLatex(result, table, currency) },
    ]),
    ...[...chartsOf(result)].map(([name, chart]) => ({
      path: `charts/${name}.svg`,
      content: studyPicture(chart, currency),
    })),
  ];
}
