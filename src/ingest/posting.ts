/**
 * Posting: the journal's payments are added to the ledger's blocks, in one transaction that also takes them out of
 * the journal; so are the adjustments that no block holds and whose payment is there, which are marked. A reader adds
 * the journal and those adjustments to the blocks it finds, so every figure is exact before, between and after.
 *
 * What is to be written is read, added up and encoded before that transaction begins, from a snapshot that holds nobody
 * up; the transaction then claims the version of the ledger that was seen and writes. Where another posting has come
 * between, all is done again. So the lock of an SQLite file is held for milliseconds.
 *
 * A `Poster` is idle, waiting or posting. It waits until enough payments are in the journal, or some have been there
 * for a while; after a posting it rests for nine times as long as that took, so that posting takes a tenth of the time
 * at most and, under load, takes more payments at once; where the journal grows long all the same, it rests as long as
 * it worked. Where the posting itself runs is not its business: in a thread of its own (`posting-thread.ts`), or here.
 *
 * Trade-off: a larger journal costs every reader a little, a smaller one costs more postings, each of which writes the
 * blocks of its day and month anew.
 */
import type { Knex } from 'knex';
import { type Entries, type LedgerCalendar, mergeEntries, type Section } from '../domain/ledger.js';
import { decodeEntries } from '../domain/ledger-bytes.js';
import { LedgerFold } from '../domain/ledger-fold.js';
import { adjustmentsToPost, markPosted } from '../store/adjustments.js';
import type { Store } from '../store/dialect.js';
import { deleteEntries, earliestEntries } from '../store/journal.js';
import {
  type BlockRow,
  blockRow,
  claimVersion,
  ledgerVersion,
  readBlocks,
  saveBlock,
} from '../store/ledger.js';
import { type NewKeys, numberKeys, saveKeys } from './ledger-keys.js';
import { type Alarm, realTiming, type Timing } from './timing.js';

export interface PostingOptions {
  readonly store: Store;
  readonly calendar: LedgerCalendar;
}

/** Payments of one posting at the most. */
const BATCH_ROWS = 10_000;

/** What one posting writes, worked out from the state of the ledger that had this version. */
interface Posting {
  readonly seen: number;
  /** Payments and adjustments. */
  readonly counted: number;
  readonly blocks: readonly BlockRow[];
  readonly keys: NewKeys;
  /** Entries of the journal that the blocks now hold, and adjustments, by their sequence. */
  readonly entries: readonly number[];
  readonly adjustments: readonly number[];
}

/**
 * Posts some of the journal; returns how many payments and adjustments that was, 0 where it is empty. It is tried again as often as
 * another posting comes between, each of which makes the journal shorter.
 */
export async function postSome(options: PostingOptions, limit = BATCH_ROWS): Promise<number> {
  const { store } = options;
  for (;;) {
    const posting = await store.snapshot((trx) => prepare(trx, options.calendar, limit));
    if (posting === undefined) return 0;
    if (await store.write((trx) => apply(trx, posting))) return posting.counted;
  }
}

async function prepare(trx: Knex, calendar: LedgerCalendar, limit: number): Promise<Posting | undefined> {
  const seen = await ledgerVersion(trx);
  const { ids, facts } = await earliestEntries(trx, limit);
  const adjustments = await adjustmentsToPost(trx, limit);
  if (ids.length === 0 && adjustments.length === 0) return undefined;
  const { keys, added } = await numberKeys(trx, [...facts, ...adjustments]);
  const fold = new LedgerFold(calendar, keys);
  for (const fact of facts) fold.add(fact);
  for (const adjustment of adjustments) fold.addAdjustment(adjustment);
  const blocks: BlockRow[] = [];
  for (const [section, periods] of fold.take()) {
    const standing = await standingBlocks(trx, section, [...periods.keys()]);
    for (const [period, entries] of periods) {
      const stands = standing.get(period);
      const together = stands === undefined ? entries : mergeEntries(stands, entries);
      blocks.push(blockRow(section, period, seen + 1, together));
    }
  }
  return {
    ...{ seen, blocks, keys: added, entries: ids },
    counted: facts.length + adjustments.length,
    adjustments: adjustments.map(({ sequence }) => sequence),
  };
}

async function standingBlocks(
  trx: Knex,
  section: Section,
  periods: readonly number[],
): Promise<Map<number, Entries>> {
  const blocks = await readBlocks(trx, section, periods);
  return new Map(blocks.map(({ period, data }) => [period, decodeEntries(data)]));
}

/** Writes it, or nothing where the ledger is no longer the one that was seen. */
async function apply(trx: Knex, posting: Posting): Promise<boolean> {
  const { seen, blocks, keys, entries, adjustments } = posting;
  if (!(await claimVersion(trx, seen))) return false;
  await saveKeys(trx, keys);
  for (const block of blocks) await saveBlock(trx, block);
  await deleteEntries(trx, entries);
  await markPosted(trx, adjustments);
  return true;
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
  readonly #post: () => Promise<number>;
  readonly #onError: (error: unknown) => void;
  readonly #timing: Timing;
  #pending: number;
  #restsUntil = 0;
  #timer: Alarm | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #posting: Promise<void> | undefined;
  #closed = false;

  /**
   * @param post posts some of the journal, and tells how many payments that was
   * @param pending payments that an earlier process may have left in the journal
   */
  constructor(
    post: () => Promise<number>,
    onError: (error: unknown) => void,
    pending = 0,
    timing = realTiming,
  ) {
    this.#post = post;
    this.#onError = onError;
    this.#timing = timing;
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
    this.#timer?.cancel();
    await this.#posting;
  }

  #schedule(): void {
    if (this.#closed || this.#posting !== undefined) return;
    const now = this.#timing.elapsed();
    const wait = this.#pending >= ENOUGH_ROWS ? Math.max(0, this.#restsUntil - now) : PATIENCE_MS;
    if (now + wait >= this.#dueAt) return;
    this.#timer?.cancel();
    this.#dueAt = now + wait;
    this.#timer = this.#timing.after(wait, () => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#posting = this.#postSome();
    });
    this.#timer.unref();
  }

  async #postSome(): Promise<void> {
    const began = this.#timing.elapsed();
    const before = this.#pending;
    let restMs = 0;
    try {
      const posted = await this.#post();
      // None: others have posted what this process recorded, but not what it recorded meanwhile.
      this.#pending = posted === 0 ? this.#pending - before : Math.max(0, this.#pending - posted);
    } catch (error) {
      restMs = PATIENCE_MS;
      this.#onError(error);
    }
    const ended = this.#timing.elapsed();
    const rest = this.#pending > MANY_ROWS ? SHORT_REST : REST;
    this.#restsUntil = ended + restMs + rest * (ended - began);
    this.#posting = undefined;
    if (this.#pending > 0) this.#schedule();
  }
}
