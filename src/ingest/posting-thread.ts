/**
 * Posting in a thread of its own: what it decodes, adds up and encodes would hold up the event loop, which has
 * deliveries to answer. The thread opens the database by its address and posts when it is told to.
 *
 * Modes: not started → idle ⇄ posting → closed. Should the thread die, the posting under way fails, and the next one
 * starts a new thread. Trade-off: one connection more and the memory of a thread, some 30 MB.
 */
import { extname } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { LedgerCalendar } from '../domain/ledger.js';
import { currencyOf } from '../domain/money.js';
import { Zone } from '../domain/time.js';
import type { Reporting } from '../store/dialect.js';
import { openKnex, openStore } from '../store/open.js';
import { postSome } from './posting.js';

/** More than elsewhere, as no event loop waits: a month's riders are written anew with each posting. */
const BATCH_ROWS = 50_000;

interface ThreadData {
  readonly farelogPostingThread: true;
  readonly databaseUrl: string;
  readonly zone: string;
  /** Known already where the thread is started; finding it out anew would cost it some tens of milliseconds. */
  readonly grainS: number;
  readonly currency: string;
}

type Answer =
  | { readonly ok: true; readonly payments: number }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** A failure in the thread, with the code it had there, since errors lose their class on the way. */
class PostingThreadError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Waiting {
  readonly resolve: (payments: number) => void;
  readonly reject: (error: Error) => void;
}

export class PostingThread {
  readonly #data: ThreadData;
  #worker: Worker | undefined;
  #waiting: Waiting | undefined;

  constructor(databaseUrl: string, { calendar, currency }: Reporting) {
    const { zone, grainS } = calendar;
    this.#data = {
      farelogPostingThread: true,
      databaseUrl,
      zone: zone.name,
      grainS,
      currency: currency.code,
    };
  }

  /** Posts some of the journal; one at a time. Returns how many payments that was. */
  post(): Promise<number> {
    const worker = this.#running();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      worker.postMessage('post');
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage('close');
    await ended;
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    // This very module, as .js where it is compiled and as .ts under a TypeScript loader.
    const module = new URL(`./posting-thread${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(module, { workerData: this.#data });
    // A process that has nothing else to do may end; a posting under way is rolled back, and loses nothing.
    worker.unref();
    worker.on('message', (answer: Answer) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (answer.ok) waiting?.resolve(answer.payments);
      else waiting?.reject(new PostingThreadError(answer.code, answer.message));
    });
    worker.on('error', (error: Error) => this.#ended(worker, error.message));
    worker.on('exit', () => this.#ended(worker, 'the posting thread ended'));
    this.#worker = worker;
    return worker;
  }

  #ended(worker: Worker, message: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#waiting?.reject(new PostingThreadError('FARELOG_THREAD_ENDED', message));
    this.#waiting = undefined;
  }
}

function failure(error: unknown): Answer {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
  return { ok: false, code, message: error instanceof Error ? error.message : String(error) };
}

function runThread({ databaseUrl, zone: zoneName, grainS, currency: code }: ThreadData): void {
  const [zone, currency] = [Zone.of(zoneName), currencyOf(code)];
  if (zone === undefined || currency === undefined)
    throw new Error('the posting thread got no zone or currency');
  const calendar = new LedgerCalendar(zone, grainS);
  const store = openStore(openKnex(databaseUrl), { calendar, currency }, { writers: 1, ownsKnex: true });
  parentPort?.on('message', (message: 'post' | 'close') => {
    if (message === 'close') {
      void store.close().then(() => parentPort?.close());
      return;
    }
    postSome({ store, calendar }, BATCH_ROWS).then(
      (payments) => parentPort?.postMessage({ ok: true, payments } satisfies Answer),
      (error: unknown) => parentPort?.postMessage(failure(error)),
    );
  });
}

function isThreadData(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'farelogPostingThread' in data;
}

if (!isMainThread && isThreadData(workerData)) runThread(workerData);
