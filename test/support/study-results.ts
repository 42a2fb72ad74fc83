/** What studies answer where they must have an answer, and what stands in their tables. */
import type { Observations } from '../../src/research/observations.js';
import { runStudy, studyNamed } from '../../src/research/studies.js';
import type { Study, StudyResult, StudyTable } from '../../src/research/study.js';
import { type ObservedMore, type ObservedPayment, observed } from './observations.js';

type Given = Readonly<Record<string, unknown>>;

/** A refusal is thrown. */
export function resultOf(study: Study | string, observations: Observations, given: Given = {}): StudyResult {
  const answer = runStudy(typeof study === 'string' ? studyNamed(study) : study, observations, given);
  if (answer.kind !== 'result') throw new Error(answer.message);
  return answer;
}

/** Of one study. */
export const resultsOf =
  (study: Study) =>
  (observations: Observations, given: Given = {}): StudyResult =>
    resultOf(study, observations, given);

/** Of one study, from payments made by hand. */
export const resultsOfPayments =
  (study: Study) =>
  (payments: readonly ObservedPayment[], given: Given = {}, more: ObservedMore = {}): StudyResult =>
    resultOf(study, observed(payments, more), given);

/** Of a result, or of its diagnostics. */
export const tableOf = ({ tables }: Pick<StudyResult, 'tables'>, name: string): StudyTable | undefined =>
  tables.find((table) => table.name === name);

export const rowsOf = (answer: Pick<StudyResult, 'tables'>, name: string): StudyTable['rows'] =>
  tableOf(answer, name)?.rows ?? [];
