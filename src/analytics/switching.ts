/**
 * Switching between payment types: from each payment of a rider to the rider's next one within the span. Payments are
 * read in the order of time, so a rider is remembered by the last type and by which switches the rider made.
 *
 * A switch that few riders made could tell of one of them. It is folded into the switch from its type to `other`; where
 * that has few riders too, into the one from `other` to `other`; and where even that has few, it is left out. Shares
 * are of what is shown, so what was left out cannot be worked out from them.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ERASED } from '../domain/erasure.js';
import { AppError } from '../domain/errors.js';
import type { Span } from '../domain/time.js';
import { streamFacts } from '../store/facts.js';
import type { Ledger } from './ledger.js';
import { shareOf, totalsByType } from './methods.js';
import { OPEN_END } from './range.js';

/** Payments of the span are read one by one, so it must not be long. */
export const MAX_SWITCHING_DAYS = 92;

/** Types by revenue; those after them count as `other`. */
const MAX_TYPES = 32;
const OTHER = 'other';

export interface SwitchingRow {
  readonly from_type: string;
  /** The same as `from_type` where the rider changed nothing. */
  readonly to_type: string;
  readonly transitions: number;
  /** Different riders who made it. */
  readonly riders: number;
  /** Of all transitions of `from_type` that are shown, from 0 to 1, to 6 decimals. */
  readonly share_of_from: number;
}

/** One step of a rider, by the types' names. */
export interface TypedPayment {
  readonly user_id: string;
  readonly payment_type: string;
}

interface Rider {
  last: number;
  /** Cells of the switches that the rider made, each once. */
  readonly cells: number[];
}

interface Cell {
  readonly from: number;
  readonly to: number;
  transitions: number;
  riders: number;
}

/** Counts the switches of payments that come in the order of time. */
export class SwitchCounter {
  readonly #names: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #other: number;
  readonly #riders = new Map<string, Rider>();
  readonly #transitions: Float64Array;

  /** @param types those that are told apart; any other is `other` */
  constructor(types: readonly string[]) {
    this.#names = [...new Set([...types.slice(0, MAX_TYPES), OTHER])];
    this.#numbers = new Map(this.#names.map((name, number) => [name, number]));
    this.#other = this.#numbers.get(OTHER) ?? 0;
    this.#transitions = new Float64Array(this.#names.length ** 2);
  }

  add({ user_id, payment_type }: TypedPayment): void {
    // Payments of erased riders are many riders': no step leads from one to the next.
    if (user_id === ERASED) return;
    const type = this.#numbers.get(payment_type) ?? this.#other;
    const rider = this.#riders.get(user_id);
    if (rider === undefined) {
      this.#riders.set(user_id, { last: type, cells: [] });
      return;
    }
    const cell = this.#cellOf(rider.last, type);
    this.#transitions[cell] = (this.#transitions[cell] ?? 0) + 1;
    if (!rider.cells.includes(cell)) rider.cells.push(cell);
    rider.last = type;
  }

  /** Most transitions first, among equals by name; no row has fewer riders than `minRiders`. */
  rows(minRiders: number): SwitchingRow[] {
    const identity = (cell: number): number => cell;
    const intoOther = this.#folding(identity, minRiders, (from) => this.#cellOf(from, this.#other));
    const together = this.#folding(intoOther, minRiders, () => this.#cellOf(this.#other, this.#other));
    const shown = [...this.#counted(together).values()].filter(({ riders }) => riders >= minRiders);
    const ofFrom = new Map<number, number>();
    for (const { from, transitions } of shown) ofFrom.set(from, (ofFrom.get(from) ?? 0) + transitions);
    return shown
      .map(({ from, to, transitions, riders }) => ({
        from_type: this.#names[from] ?? OTHER,
        to_type: this.#names[to] ?? OTHER,
        transitions,
        riders,
        share_of_from: shareOf(BigInt(transitions), BigInt(ofFrom.get(from) ?? 0)),
      }))
      .sort(byTransitions);
  }

  /** Where each cell goes when those with few riders, as they stand after `before`, are folded into another. */
  #folding(
    before: (cell: number) => number,
    minRiders: number,
    into: (from: number) => number,
  ): (cell: number) => number {
    const counted = this.#counted(before);
    return (cell) => {
      const folded = before(cell);
      const { from, riders } = counted.get(folded) ?? { from: 0, riders: 0 };
      return riders < minRiders ? into(from) : folded;
    };
  }

  #counted(target: (cell: number) => number): Map<number, Cell> {
    const size = this.#names.length;
    const cells = new Map<number, Cell>();
    for (let cell = 0; cell < this.#transitions.length; cell++) {
      const transitions = this.#transitions[cell] ?? 0;
      if (transitions === 0) continue;
      const at = target(cell);
      const [from, to] = [Math.floor(at / size), at % size];
      const counted = cells.get(at) ?? { from, to, transitions: 0, riders: 0 };
      counted.transitions += transitions;
      cells.set(at, counted);
    }
    const targets = Array.from(this.#transitions, (_, cell) => target(cell));
    for (const rider of this.#riders.values()) {
      for (const at of new Set(rider.cells.map((cell) => targets[cell] ?? 0))) {
        const counted = cells.get(at);
        if (counted !== undefined) counted.riders += 1;
      }
    }
    return cells;
  }

  #cellOf(from: number, to: number): number {
    return from * this.#names.length + to;
  }
}

function byTransitions(a: SwitchingRow, b: SwitchingRow): number {
  if (a.transitions !== b.transitions) return b.transitions - a.transitions;
  if (a.from_type !== b.from_type) return a.from_type < b.from_type ? -1 : 1;
  return a.to_type < b.to_type ? -1 : 1;
}

/**
 * @param now milliseconds since 1970
 * @throws AppError `usage` where the span is too long
 */
export function refuseLongSwitching({ from, to }: Span, now: number): void {
  const end = to === OPEN_END ? Math.max(from, Math.floor(now / 1000)) : to;
  // An hour more, since 92 local days are that much longer where clocks are put back.
  if (end - from <= MAX_SWITCHING_DAYS * 86_400 + 3_600) return;
  const days = Math.ceil((end - from) / 86_400);
  throw new AppError(
    'usage',
    `Switching is counted from single payments, over at most ${MAX_SWITCHING_DAYS} days; this range has ${days}. ` +
      'Ask for a shorter one.',
  );
}

/** Switches of all riders within a span, without those of fewer riders than `minRiders`. */
export async function switching(ledger: Ledger, span: Span, minRiders: number): Promise<SwitchingRow[]> {
  const types = await totalsByType(ledger, span);
  const counter = new SwitchCounter(types.map(({ payment_type }) => payment_type));
  const { store, trx, currency, upTo } = ledger;
  for await (const facts of streamFacts(store, trx, currency, { span, upTo })) {
    for (const fact of facts) counter.add(fact);
    // Others are answered in between.
    await nextTurn();
  }
  return counter.rows(minRiders);
}
