/**
 * Journal entries: what a commit recorded, as the ledger will count it. An entry holds the facts of one month, so that a
 * reader of a range finds those it needs, and says what they add up to, for plain SQL.
 *
 * Facts are JSON: texts in tables of their own, and five numbers a fact. It is written and read by the runtime's own
 * code, which is faster than any of ours, and it is readable where something is to be looked into.
 */
import type { Fact, LedgerCalendar } from './ledger.js';
import { ExactSum } from './ledger.js';
import { type Delivery, isLive } from './outcome.js';

export interface JournalEntry {
  /** YYYYMM of the reporting zone. */
  readonly month: number;
  readonly payments: number;
  /** Sum of the prices in minor units. */
  readonly minor: bigint;
  readonly facts: string;
}

/** Facts of an entry at the most: postings take whole entries, and statements have a largest size. */
const MAX_FACTS = 1_000;

/** What the ledger counts of a recorded delivery. */
export function factOf({ payment, capture }: Delivery): Fact {
  const { logged_s, payment_type, user_id, price_minor } = payment;
  const lag_s = isLive(capture.source) ? Math.floor(capture.received_ms / 1000) - logged_s : null;
  return { logged_s, payment_type, user_id, price_minor, lag_s };
}

/** The entries of what one transaction recorded, by month. */
export function journalEntries(facts: readonly Fact[], calendar: LedgerCalendar): JournalEntry[] {
  const months = new Map<number, EntryWriter>();
  const entries: JournalEntry[] = [];
  for (const fact of facts) {
    const month = calendar.monthOf(fact.logged_s);
    const writer = months.get(month) ?? new EntryWriter(month);
    months.set(month, writer);
    writer.add(fact);
    if (writer.length < MAX_FACTS) continue;
    entries.push(writer.take());
    months.delete(month);
  }
  for (const writer of months.values()) entries.push(writer.take());
  return entries;
}

/** Numbers of a fact: instant, type, rider, price, and lag, which may be null. */
const FIELDS = 5;

interface Packed {
  readonly types: readonly string[];
  readonly riders: readonly string[];
  readonly facts: readonly (number | null)[];
}

class EntryWriter {
  readonly #types = new Numbering();
  readonly #riders = new Numbering();
  readonly #facts: (number | null)[] = [];
  readonly #minor = new ExactSum();

  constructor(readonly month: number) {}

  get length(): number {
    return this.#facts.length / FIELDS;
  }

  add({ logged_s, payment_type, user_id, price_minor, lag_s }: Fact): void {
    this.#facts.push(logged_s, this.#types.of(payment_type), this.#riders.of(user_id), price_minor, lag_s);
    this.#minor.add(price_minor);
  }

  take(): JournalEntry {
    const packed: Packed = { types: this.#types.names, riders: this.#riders.names, facts: this.#facts };
    return {
      month: this.month,
      payments: this.length,
      minor: this.#minor.value,
      facts: JSON.stringify(packed),
    };
  }
}

/** Texts by the order in which they came. */
class Numbering {
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const next = this.#numbers.size;
    this.#numbers.set(name, next);
    return next;
  }

  get names(): string[] {
    return [...this.#numbers.keys()];
  }
}

/** @throws RangeError where the text is no entry's */
export function factsOfEntry(text: string): Fact[] {
  const { types, riders, facts: numbers }: Packed = JSON.parse(text);
  const facts: Fact[] = [];
  for (let at = 0; at < numbers.length; at += FIELDS) {
    const [logged_s, type, rider, price_minor] = numbers.slice(at, at + 4);
    const [payment_type, user_id] = [types[type ?? -1], riders[rider ?? -1]];
    const lag_s = numbers[at + 4];
    if (
      typeof logged_s !== 'number' ||
      typeof price_minor !== 'number' ||
      payment_type === undefined ||
      user_id === undefined ||
      lag_s === undefined
    )
      throw new RangeError('An entry of the journal is damaged');
    facts.push({ logged_s, payment_type, user_id, price_minor, lag_s });
  }
  return facts;
}

/** The entry with another name for some riders, several of whom may come to share it; undefined where it has none of them. */
export function entryWithRidersNamed(
  text: string,
  riders: ReadonlySet<string>,
  name: string,
): string | undefined {
  const packed: Packed = JSON.parse(text);
  if (!packed.riders.some((rider) => riders.has(rider))) return undefined;
  return JSON.stringify({
    ...packed,
    riders: packed.riders.map((rider) => (riders.has(rider) ? name : rider)),
  });
}
