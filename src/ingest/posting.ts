/**
 * Posting: the journal's payments are added to the ledger's blocks, in one transaction that also takes them out of
 * the journal. A reader adds the journal to the blocks it finds, so every figure is exact before, between and after.
 *
 * A `Poster` is idle, waiting or posting. It waits until enough payments are in the journal, or some have been there
 * for a while; after a posting it rests for nine times as long as that took, so that posting takes a tenth of the time
 * at most and, under load, takes more payments at once; where the journal grows long all the same, it rests as long as
 * it worked. Instances that share a database post one at a time.
 *
 * Trade-off: a larger journal costs every reader a little, a smaller one costs more postings, each of which writes the
 * blocks of its day and month anew.
 */
import {
  type Entries,
  type LedgerCalendar,
  LedgerFold,
  mergeEntries,
  type Section,
} from '../domain/ledger.js';
import { decodeEntries } from '../domain/ledger-bytes.js';
import type { Currency } from '../domain/money.js';
import type { Store } from '../store/dialect.js';
import { takeFromJournal } from '../store/facts.js';
import { nextVersion, readBlocks, saveBlock } from '../store/ledger.js';
import { addLedgerKeys } from './ledger-keys.js';

export interface PostingOptions {
  readonly store: Store;
  readonly calendar: LedgerCalendar;
  readonly currency: Currency;
  /** Told after each posting of a `Poster` that posted something; times are those of `performance.now`. */
  readonly onPosted?: (posting: { payments: number; beganMs: number; endedMs: number }) => void;
}

/** Payments of one posting at the most. */
const BATCH_ROWS = 10_000;

/** Posts some of the journal; returns how many payments that was, 0 where it is empty. */
export function postSome(options: PostingOptions, limit = BATCH_ROWS): Promise<number> {
  const { store, calendar, currency } = options;
  return store.write(async (trx) => {
    const version = await nextVersion(trx);
    const { taken, facts } = await takeFromJournal(store, trx, currency, limit);
    const fold = new LedgerFold(calendar, await addLedgerKeys(trx, facts));
    for (const fact of facts) fold.add(fact);
    for (const [section, periods] of fold.take()) {
      const standing = await standingBlocks(trx, section, [...periods.keys()]);
      for (const [period, entries] of periods) {
        const stands = standing.get(period);
        const together = stands === undefined ? entries : mergeEntries(stands, entries);
        await saveBlock(trx, section, period, version, together);
      }
    }
    return taken;
  });
}

async function standingBlocks(
  trx: Parameters<typeof readBlocks>[0],
  section: Section,
  periods: readonly number[],
): Promise<Map<number, Entries>> {
  const blocks = await readBlocks(trx, section, periods);
  return new Map(blocks.map(({ period, data }) => [period, decodeEntries(data)]));
}

/** Posts until the journal is empty; returns how many payments that was. */
export async function postAll(
  options: PostingOptions,
  onProgress?: (payments: number) => void,
): Promise<number> {
  let posted = 0;
  for (;;) {
    const some = await postSome(options);
    if (some === 0) return posted;
    posted += some;
    onProgress?.(posted);
  }
}

/** Payments in the journal that are worth a posting. */
const ENOUGH_ROWS = 1_000;
/** How long fewer than those wait for company. */
const PATIENCE_MS = 10_000;
/** Rest after a posting, in multiples of its own time; and where so much waits that readers would feel it. */
const REST = 9;
const SHORT_REST = 1;
const MANY_ROWS = 20_000;

export class Poster {
  readonly #options: PostingOptions;
  readonly #onError: (error: unknown) => void;
  #pending: number;
  #restsUntil = 0;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #posting: Promise<void> | undefined;
  #closed = false;

  /** @param pending payments that an earlier process may have left in the journal */
  constructor(options: PostingOptions, onError: (error: unknown) => void, pending = 0) {
    this.#options = options;
    this.#onError = onError;
    this.#pending = pending;
    if (pending > 0) this.#schedule();
  }

  /** Tells that payments were committed, and so are in the journal. */
  recorded(payments: number): void {
    this.#pending += payments;
    if (payments > 0) this.#schedule();
  }

  /** Lets a posting that is under way end, and begins no other. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#posting;
  }

  #schedule(): void {
    if (this.#closed || this.#posting !== undefined) return;
    const now = performance.now();
    const wait = this.#pending >= ENOUGH_ROWS ? Math.max(0, this.#restsUntil - now) : PATIENCE_MS;
    if (now + wait >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = now + wait;
    this.#timer = setTimeout(() => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#posting = this.#post();
    }, wait);
    this.#timer.unref();
  }

  async #post(): Promise<void> {
    const began = performance.now();
    const before = this.#pending;
    let restMs = 0;
    try {
      const posted = await postSome(this.#options);
      if (posted > 0)
        this.#options.onPosted?.({ payments: posted, beganMs: began, endedMs: performance.now() });
      // None: others have posted what this process recorded, but not what it recorded meanwhile.
      this.#pending = posted === 0 ? this.#pending - before : Math.max(0, this.#pending - posted);
    } catch (error) {
      restMs = PATIENCE_MS;
      this.#onError(error);
    }
    const ended = performance.now();
    const rest = this.#pending > MANY_ROWS ? SHORT_REST : REST;
    this.#restsUntil = ended + restMs + rest * (ended - began);
    this.#posting = undefined;
    if (this.#pending > 0) this.#schedule();
  }
}
