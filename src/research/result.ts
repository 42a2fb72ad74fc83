/** What is the same in the answers of all studies: what they rest on, and the marks of the calendar in their charts. */
import { SMALL_CELL_RIDERS } from '../domain/small-cell.js';
import type { Observations } from './observations.js';
import { ALWAYS, type Study, type StudyChart, type StudyResult } from './study.js';

const RESEARCHERS_ONLY = `For researchers: rows may be of fewer than ${SMALL_CELL_RIDERS} riders, and no row leaves the team but through the release gate.`;

/** What a study itself has to tell. */
export interface Answered {
  readonly sentence: string;
  readonly method: string;
  /** Those that were used, where that is not all of them. */
  readonly payments?: number;
  readonly riders: number;
  readonly clusters: number | null;
  readonly findings?: StudyResult['findings'];
  readonly tables: StudyResult['tables'];
  readonly charts: StudyResult['charts'];
  readonly diagnostics?: Partial<StudyResult['diagnostics']>;
  /** Beside those that stand on every result. */
  readonly assumptions?: readonly string[];
  readonly warnings?: readonly string[];
}

export function resultOf<Options extends Readonly<Record<string, unknown>>>(
  study: Pick<Study<Options>, 'name' | 'title'>,
  observations: Observations,
  options: Options,
  answered: Answered,
): StudyResult {
  const { provenance, from, to, zone, currency, size } = observations;
  const { diagnostics = {}, assumptions = [], warnings = [], findings = [], payments = size } = answered;
  return {
    kind: 'result',
    study: study.name,
    title: study.title,
    sentence: answered.sentence,
    method: answered.method,
    provenance,
    from,
    to,
    zone,
    currency: currency.code,
    payments,
    riders: answered.riders,
    clusters: answered.clusters,
    options,
    findings,
    tables: answered.tables,
    charts: answered.charts,
    diagnostics: { tables: diagnostics.tables ?? [], charts: diagnostics.charts ?? [] },
    assumptions: [...ALWAYS, ...assumptions, RESEARCHERS_ONLY],
    warnings: [...new Set(warnings)],
  };
}

/** What the calendar has within the dates observed. */
export function marksOf({ calendar, from, to }: Observations): StudyChart['marks'] {
  return calendar
    .filter(({ starts_on, ends_before }) => starts_on < to && (ends_before === null || ends_before > from))
    .map(({ name, starts_on, ends_before }) => ({ name, from: starts_on, to: ends_before }));
}

/** How many riders have paid at all. */
export function ridersIn({ rider, riders }: Pick<Observations, 'rider' | 'riders'>): number {
  const seen = new Uint8Array(riders.length);
  let count = 0;
  for (const own of rider) {
    if (seen[own] === 1) continue;
    seen[own] = 1;
    count += 1;
  }
  return count;
}
