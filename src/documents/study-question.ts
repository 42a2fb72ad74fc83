/** What a study is asked, and who answers it: the same for HTTP and the library. */
import type { StudyRefusal, StudyResult } from '../research/study.js';

/** What a result is written as; the first is for programs. */
export const STUDY_FORMATS = ['json', 'csv', 'latex', 'html', 'svg'] as const;
export type StudyFormat = (typeof STUDY_FORMATS)[number];

/** One document of a result. */
export interface StudyPart {
  readonly format: StudyFormat;
  /** Which table (csv, latex) or chart (svg), by its name in files; by default the first. */
  readonly part?: string | undefined;
}

export interface StudyRequest {
  /** A local date, or the instant at which it begins; inclusive. By default that of the first payment. */
  readonly from?: string | undefined;
  /** Exclusive; by default the day after the last payment's, but today, which is not over, is left out. */
  readonly to?: string | undefined;
  /** The sequence of a capture: payments as they stood then. */
  readonly asOf?: number | undefined;
  /** The study's own, by name; as text or as what they are. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

export interface StudyQuestion extends StudyRequest {
  readonly study: string;
}

export type StudyAnswer = StudyResult | StudyRefusal;

export interface Studies {
  /**
   * One at a time; others wait.
   * @param signal of who waits: once it is aborted before its turn, nothing is done
   * @throws AppError `usage` where the question is wrong, `too_slow` where it takes too long or too many wait
   */
  ask(question: StudyQuestion, signal?: AbortSignal): Promise<StudyAnswer>;
  /**
   * The same, written.
   * @throws as `ask`, and AppError `not_found` where the study has no answer, or no such part
   */
  write(question: StudyQuestion, part: StudyPart, signal?: AbortSignal): Promise<string>;
}
