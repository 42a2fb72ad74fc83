/**
 * Studies in a thread of their own: reading millions of payments and what is reckoned of them would hold up the event
 * loop, which has deliveries to answer. The thread opens the database by its address, answers one question at a time, and
 * writes its documents too, as charts take their time.
 *
 * Modes: not started → answering ⇄ idle → ended. It is ended when it was idle for as long as answers are remembered, when
 * a question takes longer than it may (nothing else can stop a computation), and at the close. The next question starts
 * a new one. Trade-off: one connection more, and some hundred milliseconds for the first question.
 */
import { extname } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { StudyAnswer, StudyPart, StudyQuestion } from '../documents/study-question.js';
import { AppError, type ErrorCode, messageOf } from '../domain/errors.js';
import { LedgerCalendar } from '../domain/ledger.js';
import { currencyOf } from '../domain/money.js';
import { Zone } from '../domain/time.js';
import type { Reporting } from '../store/dialect.js';
import { openKnex, openStore } from '../store/open.js';
import { REMEMBERED_MS, StudyAnswers } from './answers.js';

interface ThreadData {
  readonly farelogStudyThread: true;
  readonly databaseUrl: string;
  readonly zone: string;
  /** Known already where the thread is started; finding it out anew would cost it some tens of milliseconds. */
  readonly grainS: number;
  readonly currency: string;
  readonly maxPayments: number;
}

export interface Asked {
  readonly question: StudyQuestion;
  /** Null: the answer itself. */
  readonly part: StudyPart | null;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** The answer, or the document that was asked for. */
export type Answered = StudyAnswer | string;

type Message =
  | { readonly ok: true; readonly answered: Answered }
  | {
      readonly ok: false;
      /** Of an error that the caller acts on. */
      readonly app: ErrorCode | null;
      readonly code: string;
      readonly message: string;
    };

/** A failure in the thread, with the code it had there, since errors lose their class on the way. */
class StudyThreadError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Waiting {
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
}

export class StudyThread {
  readonly #data: ThreadData;
  readonly #timeoutMs: number;
  #worker: Worker | undefined;
  #waiting: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    databaseUrl: string,
    { calendar, currency }: Reporting,
    limits: { readonly timeoutMs: number; readonly maxPayments: number },
  ) {
    const { zone, grainS } = calendar;
    this.#data = {
      ...{ farelogStudyThread: true, databaseUrl, zone: zone.name, grainS },
      ...{ currency: currency.code, maxPayments: limits.maxPayments },
    };
    this.#timeoutMs = limits.timeoutMs;
  }

  /** One at a time. @throws AppError `too_slow` where it takes longer than it may */
  ask(asked: Asked): Promise<Answered> {
    const worker = this.#running();
    return new Promise<Answered>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#after(this.#timeoutMs, () => {
        this.#ended(worker, tooSlow(this.#timeoutMs));
        void worker.terminate();
      });
      // A process that waits for the answer must not end; one that has nothing else to do may.
      worker.ref();
      worker.postMessage(asked);
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#ended(worker, new AppError('unavailable', 'Farelog is stopping; ask again.'));
    await worker.terminate();
  }

  #after(ms: number, work: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, ms);
    this.#timer.unref();
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    // This very module, as .js where it is compiled and as .ts under a TypeScript loader.
    const module = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(module, { workerData: this.#data });
    worker.on('message', (message: Message) => {
      // What a thread told while it was ended is no answer to the question that the next one was asked.
      if (this.#worker !== worker) return;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      worker.unref();
      this.#after(REMEMBERED_MS, () => void this.close());
      if (message.ok) waiting?.resolve(message.answered);
      else waiting?.reject(errorOf(message));
    });
    worker.on('error', (error: Error) => this.#ended(worker, error));
    worker.on('exit', () =>
      this.#ended(worker, new StudyThreadError('FARELOG_THREAD_ENDED', 'the thread of studies ended')),
    );
    this.#worker = worker;
    return worker;
  }

  #ended(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    clearTimeout(this.#timer);
    this.#worker = undefined;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

export function tooSlow(ms: number): AppError {
  return new AppError(
    'too_slow',
    `The study takes longer than ${ms / 1000} s. Ask for a shorter period (from and to), or run \`farelog study\`, which has no limit. FARELOG_STUDY_TIMEOUT_MS is the limit of this server.`,
  );
}

function errorOf({ app, code, message }: Extract<Message, { readonly ok: false }>): Error {
  return app === null ? new StudyThreadError(code, message) : new AppError(app, message);
}

function failure(error: unknown): Message {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
  return { ok: false, app: error instanceof AppError ? error.code : null, code, message: messageOf(error) };
}

function runThread({ databaseUrl, zone: zoneName, grainS, currency: code, maxPayments }: ThreadData): void {
  const [zone, currency] = [Zone.of(zoneName), currencyOf(code)];
  if (zone === undefined || currency === undefined)
    throw new Error('the thread of studies got no zone or currency');
  const calendar = new LedgerCalendar(zone, grainS);
  const store = openStore(openKnex(databaseUrl), { calendar, currency }, { writers: 1, ownsKnex: true });
  const answers = new StudyAnswers({ store, calendar, currency }, maxPayments);
  const answered = async ({ question, part, nowMs }: Asked): Promise<Answered> => {
    const answer = await answers.answer(question, nowMs);
    if (part === null) return answer;
    const { studyDocument } = await import('../documents/study-document.js');
    return studyDocument(answer, part);
  };
  parentPort?.on('message', (asked: Asked) => {
    answered(asked).then(
      (done) => parentPort?.postMessage({ ok: true, answered: done } satisfies Message),
      (error: unknown) => parentPort?.postMessage(failure(error)),
    );
  });
}

function isThreadData(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'farelogStudyThread' in data;
}

if (!isMainThread && isThreadData(workerData)) runThread(workerData);
