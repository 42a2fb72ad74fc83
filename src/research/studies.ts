/** All studies, and how one is run: its options are read, and it answers a result or why there is none. */
import { AppError } from '../domain/errors.js';
import { isRefusal, type Refusal, refuse } from './numeric/answer.js';
import type { Observations } from './observations.js';
import { type OptionShape, optionShapes, readOptions } from './option-shapes.js';
import { anomalies } from './studies/anomalies.js';
import { crossmodal } from './studies/crossmodal.js';
import { did } from './studies/did.js';
import { elasticity } from './studies/elasticity.js';
import { equity } from './studies/equity.js';
import { impact } from './studies/impact.js';
import { lag } from './studies/lag.js';
import { retention } from './studies/retention.js';
import { seasonality } from './studies/seasonality.js';
import { shares } from './studies/shares.js';
import { switching } from './studies/switching.js';
import type { Study, StudyName, StudyRefusal, StudyResult } from './study.js';

/** A line a study. */
export const STUDY = {
  shares,
  switching,
  elasticity,
  impact,
  did,
  equity,
  seasonality,
  anomalies,
  retention,
  lag,
  crossmodal,
} as const satisfies Readonly<Record<StudyName, Study>>;

/** @throws AppError `usage` where there is no study of that name */
export function studyNamed(name: string): Study {
  const found = Object.values<Study>(STUDY).find((study) => study.name === name);
  if (found !== undefined) return found;
  throw new AppError('usage', `There is no study ${name}; there are ${Object.keys(STUDY).join(', ')}.`);
}

export interface StudyDescription {
  readonly name: StudyName;
  readonly title: string;
  readonly question: string;
  readonly options: readonly OptionShape[];
}

/** Every study with its question and its options, for help, forms and lists. */
export function describeStudies(): StudyDescription[] {
  return Object.values<Study>(STUDY).map((study) => {
    const { name, title, question } = study;
    return { name, title, question, options: optionShapes(study) };
  });
}

/**
 * @param given options by name, as text or as what they are
 * @throws AppError `usage` naming each option that is wrong
 */
export function runStudy(
  study: Study,
  observations: Observations,
  given: Readonly<Record<string, unknown>> = {},
): StudyResult | StudyRefusal {
  const options = readOptions(study, given);
  const answer = observations.size === 0 ? noPayment(observations) : study.run(observations, options);
  if (!isRefusal(answer)) return answer;
  const { reason, message } = answer;
  return { kind: 'refused', reason, message, study: study.name, provenance: observations.provenance };
}

const noPayment = ({ from, to }: Observations): Refusal =>
  refuse('too_few', `There is no payment from ${from} up to ${to}; choose a period that has some.`);
