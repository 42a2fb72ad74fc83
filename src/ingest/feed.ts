/**
 * The live feed: tells listeners what was committed, by this process and by others on the same database.
 *
 * It reads captures, which are its only source: a position (`domain/feed-position.ts`) is where it stands, and every
 * event carries the position after it, so that a listener who comes back with one is told exactly what it missed.
 * One reader serves all listeners.
 *
 * Modes: asleep → reading → resting → waiting → reading …; asleep again when a read is due and nobody listens; closed.
 * - asleep: no position, no timer, no statement. The first listener wakes it; it then starts at the newest capture,
 *   with what is missing among the `LOOK_BACK` before it as gaps, for those may be under way.
 * - resting: for `REST_MS` after a read; a commit of this process is noted and read at the end.
 * - waiting: a commit of this process is read at once; else the time comes, since other processes do not announce.
 * A read that fails leaves the position, so what it would have found is found by the next.
 *
 * Reads and joins take turns. A listener joins right after a read, so the reader has by then seen all that the
 * listener can have been told elsewhere; what it missed is read up to the reader's own position, no further; and no
 * event comes between. So each capture is told once to each listener, however often it comes back and wherever.
 *
 * Trade-off: a listener who comes back holds the others up while what it missed is read: some milliseconds a thousand
 * captures, of which there may be `MAX_MISSED`. One who missed more is told to load its figures anew (`reset`).
 */
import { AppError } from '../domain/errors.js';
import { type CapturedPayment, commitOf, type FeedCommit } from '../domain/feed-commit.js';
import { advance, type FeedPosition, positionText, seenBetween, sizeOf } from '../domain/feed-position.js';
import type { Currency } from '../domain/money.js';
import { capturedAfter, capturedWithin, newestCapture, sequencesWithin } from '../store/captures.js';
import type { Store } from '../store/dialect.js';

/** How many captures a statement reads; each lot is an event. */
const LOT = 2_000;
const LOOK_BACK = 10_000;
const MAX_MISSED = 10_000;
/** The shortest time between two reads: many commits are one event then. */
const REST_MS = 100;

export type FeedEvent =
  | {
      /** The first event of every listener. */
      readonly name: 'hello';
      /** The position after the event; absent where the listener's own does not stand. */
      readonly id?: string;
      readonly data: { readonly as_of: number; readonly currency: string; readonly zone: string };
    }
  | { readonly name: 'commit'; readonly id: string; readonly data: FeedCommit }
  /** The listener missed too much: its figures must be loaded anew. */
  | { readonly name: 'reset'; readonly id: string; readonly data: { readonly as_of: number } };

export type Listener = (event: FeedEvent) => void;

export interface FeedOptions {
  readonly store: Store;
  readonly currency: Currency;
  /** Name of the reporting zone. */
  readonly zone: string;
  readonly clock: () => number;
  /** How often other processes' commits are looked for. */
  readonly pollMs: number;
  readonly onFailure: (error: unknown) => void;
}

export class Feed {
  readonly #options: FeedOptions;
  readonly #listeners = new Set<Listener>();
  #mode: 'asleep' | 'reading' | 'resting' | 'waiting' | 'closed' = 'asleep';
  #position: FeedPosition | undefined;
  #announced = false;
  #timer: NodeJS.Timeout | undefined;
  /** The last of those who take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Told by the door: this process has committed payments. */
  announce(): void {
    this.#announced = true;
    if (this.#mode === 'waiting') this.#readNow();
  }

  /**
   * Tells a listener what is committed from now on, or from a position on.
   * @returns what ends it
   */
  async join(listener: Listener, from?: FeedPosition): Promise<() => void> {
    const joined = this.#inTurn(async () => {
      const position = await this.#read();
      const events = await this.#greeting(position, from);
      this.#listeners.add(listener);
      for (const event of events) listener(event);
    });
    // Where it failed too: a position that nobody follows is let go of at the next read.
    await joined.finally(() => {
      if (this.#mode === 'asleep') this.#rest();
    });
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Tells nobody anything any more. */
  async close(): Promise<void> {
    this.#mode = 'closed';
    clearTimeout(this.#timer);
    this.#listeners.clear();
    await this.#turn;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => {
      if (this.#mode === 'closed') throw new AppError('unavailable', 'Farelog is stopping. Come back later.');
      return work();
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #readNow(): void {
    clearTimeout(this.#timer);
    this.#mode = 'reading';
    const read = async (): Promise<void> => {
      if (this.#listeners.size > 0) await this.#read();
      // Nobody listens: the position would only grow old.
      else this.#position = undefined;
    };
    this.#inTurn(read)
      .catch((error: unknown) => {
        if (this.#mode !== 'closed') this.#options.onFailure(error);
      })
      .finally(() => this.#rest());
  }

  #rest(): void {
    if (this.#mode === 'closed') return;
    this.#mode = this.#position === undefined ? 'asleep' : 'resting';
    if (this.#mode === 'resting') this.#timer = setTimeout(() => this.#rested(), REST_MS).unref();
  }

  #rested(): void {
    if (this.#announced) {
      this.#readNow();
      return;
    }
    this.#mode = 'waiting';
    this.#timer = setTimeout(() => this.#readNow(), this.#options.pollMs).unref();
  }

  /** Brings the position up to what is visible, telling the listeners; in turn only. */
  async #read(): Promise<FeedPosition> {
    const { store, clock } = this.#options;
    this.#announced = false;
    this.#position ??= await this.#start();
    for (;;) {
      const { newest, gaps } = this.#position;
      const late = await capturedWithin(store, gaps);
      const after = await capturedAfter(store, newest, LOT);
      const found = [...late, ...after];
      const sequences = found.map(({ sequence }) => sequence);
      this.#position = advance(this.#position, sequences, clock());
      const event = this.#commitEvent(found, this.#position);
      if (event !== undefined) for (const listener of this.#listeners) listener(event);
      if (after.length < LOT) return this.#position;
    }
  }

  async #start(): Promise<FeedPosition> {
    const { knex } = this.#options.store;
    const newest = (await newestCapture(knex)).sequence;
    const floor = Math.max(0, newest - LOOK_BACK);
    const seen = await sequencesWithin(knex, { first: floor + 1, last: newest });
    return advance({ newest: floor, gaps: [] }, seen, this.#options.clock());
  }

  #commitEvent(captures: readonly CapturedPayment[], position: FeedPosition): FeedEvent | undefined {
    const data = commitOf(captures, position.newest, this.#options.currency);
    return data === undefined ? undefined : { name: 'commit', id: positionText(position), data };
  }

  /** The first events of a listener, after which it stands at the reader's position. */
  async #greeting(position: FeedPosition, from = position): Promise<FeedEvent[]> {
    const { store, currency, zone } = this.#options;
    const hello = (as_of: number) =>
      ({ name: 'hello', data: { as_of, currency: currency.code, zone } }) as const;
    const missed = seenBetween(from, position);
    // A position ahead of the database is one of another database, or of this one before it was restored.
    if (from.newest > position.newest || sizeOf(missed) > MAX_MISSED) {
      const as_of = position.newest;
      return [hello(as_of), { name: 'reset', id: positionText(position), data: { as_of } }];
    }
    const greeting: FeedEvent = { ...hello(from.newest), id: positionText(from) };
    const event = this.#commitEvent(await capturedWithin(store, missed), position);
    return event === undefined ? [greeting] : [greeting, event];
  }
}
