/**
 * Where studies are asked for: one is answered at a time, since each may take a core and a good part of the memory, and a
 * few may wait for it. They run in a thread of their own; where no other thread can open the database, as one in memory,
 * or one whose Knex the platform has made, they run in place and hold up whatever else runs here.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Studies, StudyAnswer, StudyPart, StudyQuestion } from '../documents/study-question.js';
import { AppError } from '../domain/errors.js';
import { readOptions } from '../research/option-shapes.js';
import { studyNamed } from '../research/studies.js';
import type { Reporting, Store } from '../store/dialect.js';
import { StudyAnswers } from './answers.js';
import { type Answered, StudyThread } from './thread.js';

/** Those that wait and the one that is answered. */
const MAX_ASKED = 8;

export interface DeskParts extends Reporting {
  readonly store: Store;
  /** By which another thread can open the database; undefined where none can. */
  readonly databaseUrl: string | undefined;
  readonly limits: { readonly timeoutMs: number; readonly maxPayments: number };
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

export class StudyDesk implements Studies {
  readonly #clock: () => number;
  readonly #thread: StudyThread | undefined;
  readonly #inPlace: StudyAnswers;
  #last: Promise<unknown> = Promise.resolve();
  #asked = 0;

  constructor(parts: DeskParts) {
    const { databaseUrl, limits, clock } = parts;
    this.#clock = clock;
    this.#thread = databaseUrl === undefined ? undefined : new StudyThread(databaseUrl, parts, limits);
    this.#inPlace = new StudyAnswers(parts, limits.maxPayments);
  }

  async ask(question: StudyQuestion, signal?: AbortSignal): Promise<StudyAnswer> {
    const answered = await this.#inTurn(question, null, signal);
    if (typeof answered === 'string') throw new Error('a document was not asked for');
    return answered;
  }

  async write(question: StudyQuestion, part: StudyPart, signal?: AbortSignal): Promise<string> {
    const answered = await this.#inTurn(question, part, signal);
    if (typeof answered !== 'string') throw new Error('a document was asked for');
    return answered;
  }

  async close(): Promise<void> {
    await this.#thread?.close();
  }

  async #inTurn(
    question: StudyQuestion,
    part: StudyPart | null,
    signal: AbortSignal | undefined,
  ): Promise<Answered> {
    // What is wrong with the question is told at once.
    readOptions(studyNamed(question.study), question.options ?? {});
    if (this.#asked >= MAX_ASKED) {
      throw new AppError('too_slow', `${MAX_ASKED} studies are asked for already; ask again in a minute.`);
    }
    this.#asked += 1;
    const turn = this.#last.then(() => {
      if (signal?.aborted === true) throw new AppError('unavailable', 'Nobody waits for this study.');
      return this.#answer(question, part);
    });
    this.#last = turn.catch(() => undefined);
    return turn.finally(() => {
      this.#asked -= 1;
    });
  }

  async #answer(question: StudyQuestion, part: StudyPart | null): Promise<Answered> {
    const nowMs = this.#clock();
    if (this.#thread !== undefined) return this.#thread.ask({ question, part, nowMs });
    const answer = await this.#inPlace.answer(question, nowMs);
    if (part === null) return answer;
    await nextTurn();
    const { studyDocument } = await import('../documents/study-document.js');
    return studyDocument(answer, part);
  }
}
