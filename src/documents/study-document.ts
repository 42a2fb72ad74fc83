/** One document of a study's answer: the whole as JSON or page, or one table or chart of it. */
import { AppError } from '../domain/errors.js';
import { studyCsv } from './study-csv.js';
import { chartsOf, studyJson, tablesOf } from './study-files.js';
import { studyLatex } from './study-latex.js';
import { studyHtml } from './study-page.js';
import { studyPicture } from './study-picture.js';
import type { StudyAnswer, StudyPart } from './study-question.js';
import { refusalText } from './study-text.js';
import { knownCurrency } from './values.js';

/** @throws AppError `not_found` where there is no result, or no such part of it */
export function studyDocument(answer: StudyAnswer, { format, part }: StudyPart): string {
  if (format === 'json') return studyJson(answer);
  if (answer.kind === 'refused') throw new AppError('not_found', refusalText(answer));
  const currency = knownCurrency(answer.currency);
  switch (format) {
    case 'html':
      return studyHtml(answer);
    case 'csv':
      return studyCsv(named('table', tablesOf(answer), part));
    case 'latex':
      return studyLatex(answer, named('table', tablesOf(answer), part), currency);
    case 'svg':
      return studyPicture(named('chart', chartsOf(answer), part), currency);
    default:
      return format satisfies never;
  }
}

function named<T>(kind: 'table' | 'chart', all: ReadonlyMap<string, T>, name: string | undefined): T {
  const [first] = all.values();
  const found = name === undefined ? first : all.get(name);
  if (found !== undefined) return found;
  const there = all.size === 0 ? 'there is none' : `there are ${[...all.keys()].join(', ')}`;
  throw new AppError('not_found', `The result has no ${kind} ${name ?? ''}; ${there}.`);
}
