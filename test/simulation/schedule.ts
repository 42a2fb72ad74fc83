/**
 * The simulated world's time and chance: events in the order of their moments, one a step.
 *
 * Nothing happens but by an event, and the next one begins when all that the last one set in motion has come to rest.
 * Every draw comes from one seeded generator, so that a seed gives the same steps in the same order; what happened is
 * hashed, which is how two runs are compared. Trade-off: code under test runs for no time at all between two events, so
 * races within one turn of the event loop are those of promises alone, as in Node itself.
 */
import { createHash } from 'node:crypto';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { skipN } from 'pure-rand/utils/skipN';
import type { Alarm, Timing } from '../../src/ingest/timing.js';

export class Chance {
  readonly #random;

  constructor(seed: number) {
    this.#random = xoroshiro128plus(seed);
    // The generator's first numbers are still alike for neighbouring seeds.
    skipN(this.#random, 64);
  }

  /** From 0 up to 1, which it never is. */
  next(): number {
    return (this.#random.next() >>> 0) / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1));
  }

  happens(share: number): boolean {
    return this.next() < share;
  }

  oneOf<T>(list: readonly T[]): T {
    const one = list[this.whole(0, list.length - 1)];
    if (one === undefined) throw new RangeError('there is nothing to choose from');
    return one;
  }
}

interface Event {
  readonly at: number;
  /** Events of one moment come in an order of chance. */
  readonly tie: number;
  readonly what: string;
  readonly run: () => void | Promise<void>;
  cancelled: boolean;
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.tie < b.tie);
}

/** Ends when no promise that could go on is left. */
function rest(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export class Schedule {
  readonly chance: Chance;
  /** Milliseconds since the beginning. */
  now = 0;
  steps = 0;
  /** Looks at the world after every step. */
  afterStep: () => void = () => {};
  /** The last steps, for whoever reads of a violation. */
  readonly recent: string[] = [];
  readonly #hash = createHash('sha256');
  /** A heap: each event comes before the two at twice its place. */
  readonly #events: Event[] = [];

  constructor(seed: number) {
    this.chance = new Chance(seed);
  }

  /** Lets something happen `ms` from now. */
  after(ms: number, what: string, run: () => void | Promise<void>): Alarm {
    const event: Event = { at: this.now + ms, tie: this.chance.next(), what, run, cancelled: false };
    this.#add(event);
    return {
      cancel: () => {
        event.cancelled = true;
      },
      unref: () => {},
    };
  }

  /** Makes something part of what happened. */
  note(text: string): void {
    const line = `${this.now.toFixed(3)} ${text}`;
    this.#hash.update(line).update('\n');
    this.recent.push(line);
    if (this.recent.length > 60) this.recent.splice(0, 30);
  }

  /** The next event, and all that follows from it at once; false where there is none. */
  async step(): Promise<boolean> {
    let event = this.#take();
    while (event?.cancelled === true) event = this.#take();
    if (event === undefined) return false;
    this.now = event.at;
    this.steps++;
    this.note(event.what);
    await event.run();
    await rest();
    this.afterStep();
    return true;
  }

  /** What happened until now, in 64 hex digits. */
  trace(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Time and chance for a process; its alarms ring only while it lives. */
  timing(name: string, lives: () => boolean): Timing {
    const ring = (ms: number, what: string, call: () => void): Alarm =>
      this.after(ms, `${name} ${what}`, () => {
        if (lives()) call();
      });
    return {
      elapsed: () => this.now,
      random: () => this.chance.next(),
      atTurnEnd: (call) => {
        ring(0, 'ends a turn', call);
      },
      after: (ms, call) => ring(ms, 'has waited', call),
    };
  }

  #add(event: Event): void {
    const events = this.#events;
    let at = events.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = events[parent];
      if (above === undefined || !isBefore(event, above)) break;
      events[at] = above;
      events[parent] = event;
      at = parent;
    }
  }

  #take(): Event | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      const [left, right] = [events[2 * at + 1], events[2 * at + 2]];
      const rightFirst = left !== undefined && right !== undefined && isBefore(right, left);
      const below = rightFirst ? right : left;
      if (below === undefined || !isBefore(below, last)) break;
      events[at] = below;
      at = 2 * at + (rightFirst ? 2 : 1);
    }
    events[at] = last;
    return first;
  }
}
