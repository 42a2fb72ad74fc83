/** What a study is, and what it answers. One file a study in `studies/`; `studies.ts` lists them. */
import type { z } from 'zod';
import type { Estimate, Refusal } from './numeric/answer.js';
import type { Observations, Provenance } from './observations.js';

export const STUDIES = [
  'shares',
  'switching',
  'elasticity',
  'impact',
  'did',
  'equity',
  'seasonality',
  'anomalies',
  'retention',
  'lag',
  'crossmodal',
] as const;
export type StudyName = (typeof STUDIES)[number];

export type Cell = string | number | null;

export interface StudyTable {
  /** One word, for file names. */
  readonly name: string;
  readonly caption: string;
  readonly columns: readonly {
    readonly name: string;
    readonly title: string;
    /** How numbers are shown; the JSON and CSV have them whole. */
    readonly format: 'text' | 'count' | 'number' | 'money' | 'percent' | 'p_value' | 'date';
  }[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A line, bars or points with their intervals, over dates or over categories. */
export interface StudySeries {
  readonly name: string;
  readonly kind: 'line' | 'bars' | 'points' | 'band';
  readonly x: readonly (string | number)[];
  readonly y: readonly (number | null)[];
  /** Ends of intervals, of points and bands. */
  readonly lower?: readonly (number | null)[];
  readonly upper?: readonly (number | null)[];
}

export interface StudyChart {
  readonly name: string;
  readonly caption: string;
  readonly xAxis: { readonly title: string; readonly kind: 'date' | 'category' | 'number' };
  readonly yAxis: { readonly title: string; readonly format: 'number' | 'money' | 'percent' };
  readonly series: readonly StudySeries[];
  /** Events of the calendar, drawn as lines or, with an end, as areas. */
  readonly marks: readonly { readonly name: string; readonly from: string; readonly to: string | null }[];
}

/** An estimate and what others have found, where there is literature. */
export interface Finding extends Estimate {
  /** Of a segment; null: of all. */
  readonly segment: string | null;
  readonly literature: readonly { readonly name: string; readonly lower: number; readonly upper: number }[];
}

export interface StudyResult {
  readonly kind: 'result';
  readonly study: StudyName;
  readonly title: string;
  /** The answer in plain words, with its interval; one or a few sentences. */
  readonly sentence: string;
  readonly method: string;
  readonly provenance: Provenance;
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly currency: string;
  /** Payments that were used, riders they are of, and clusters of the errors (null: none). */
  readonly payments: number;
  readonly riders: number;
  readonly clusters: number | null;
  /** What was chosen, defaults included. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
  readonly tables: readonly StudyTable[];
  readonly charts: readonly StudyChart[];
  /** Residuals, pre-trends, placebo: tables and charts that tell whether the estimate can be trusted. */
  readonly diagnostics: {
    readonly tables: readonly StudyTable[];
    readonly charts: readonly StudyChart[];
  };
  readonly assumptions: readonly string[];
  readonly warnings: readonly string[];
}

export interface StudyRefusal extends Refusal {
  readonly study: StudyName;
  readonly provenance: Provenance;
}

export interface Study<Options = unknown> {
  readonly name: StudyName;
  readonly title: string;
  /** The question in plain words. */
  readonly question: string;
  /** Options by their name in commands and queries; each says what it means, with its default. */
  readonly options: z.ZodType<Options>;
  run(observations: Observations, options: Options): StudyResult | Refusal;
}

/** What stands on every result. */
export const ALWAYS = [
  'Payments are not trips: a pass hides how often it is used.',
  'Weeks in which a rider paid nothing count as zeros.',
] as const;
export const NO_COMPARISON = 'Without a comparison group this describes what happened, not why.';
