import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  advance,
  type FeedPosition,
  GAP_PATIENCE_MS,
  MAX_GAPS,
  parsePosition,
  positionText,
  type SequenceRange,
  seenBetween,
  sizeOf,
} from '../../src/domain/feed-position.js';

const NOW = 1_000_000;
const START: FeedPosition = { newest: 0, gaps: [] };

const within = (ranges: readonly SequenceRange[], sequence: number): boolean =>
  ranges.some(({ first, last }) => first <= sequence && sequence <= last);

describe('a position', () => {
  test('has what was passed unseen as gaps, and closes them as they fill', () => {
    let position = advance(START, [1, 2, 6, 9], NOW);
    expect(positionText(position)).toBe('9.3-5.7-8');
    position = advance(position, [4, 8, 10], NOW);
    expect(positionText(position)).toBe('10.3.5.7');
    position = advance(position, [3, 5, 7, 12], NOW);
    expect(positionText(position)).toBe('12.11');
    expect(positionText(advance(position, [11], NOW))).toBe('12');
  });

  test('gives a gap up after its time, counted from when it was noticed', () => {
    const first = advance(START, [2], NOW);
    const second = advance(first, [4], NOW + 1_000);
    expect(positionText(advance(second, [], NOW + GAP_PATIENCE_MS - 1))).toBe('4.1.3');
    expect(positionText(advance(second, [], NOW + GAP_PATIENCE_MS))).toBe('4.3');
    expect(positionText(advance(second, [], NOW + GAP_PATIENCE_MS + 1_000))).toBe('4');
  });

  test('keeps a part of a gap as old as the whole was', () => {
    const opened = advance(START, [10], NOW);
    const split = advance(opened, [5], NOW + 20_000);
    expect(positionText(split)).toBe('10.1-4.6-9');
    expect(positionText(advance(split, [], NOW + GAP_PATIENCE_MS))).toBe('10');
  });

  test('gives the lowest gaps up where there are too many', () => {
    const everyOther = Array.from({ length: MAX_GAPS + 5 }, (_, index) => 2 * index + 2);
    const { gaps } = advance(START, everyOther, NOW);
    expect(gaps).toHaveLength(MAX_GAPS);
    expect(gaps[0]?.first).toBe(11);
  });

  test('knows what it has seen that another has not', () => {
    const from = parsePosition('9.3-5.7', NOW) ?? START;
    const to = parsePosition('12.4.11', NOW) ?? START;
    expect(seenBetween(from, to)).toEqual([
      { first: 3, last: 3 },
      { first: 5, last: 5 },
      { first: 7, last: 7 },
      { first: 10, last: 10 },
      { first: 12, last: 12 },
    ]);
    expect(sizeOf(seenBetween(from, to))).toBe(5);
    expect(seenBetween(to, to)).toEqual([]);
  });
});

describe('its text', () => {
  const positions = fc
    .uniqueArray(fc.nat(2_000), { maxLength: MAX_GAPS })
    .map((found) => found.map((sequence) => sequence + 1).sort((a, b) => a - b))
    .map((found) => advance(START, found, NOW));

  test('is read back as the same position', () => {
    fc.assert(
      fc.property(positions, (position) => {
        expect(parsePosition(positionText(position), NOW)).toEqual(position);
      }),
    );
  });

  test.each([
    ...['', ' 1', '1.', '.1', '1..2', '-1', '1e3', '0x10', 'x', '1,2', '9.3-', '9.-3', '9.3-4-5'],
    ...['9.5-3', '9.3.3', '9.4.3', '9.3-5.5', '9.9', '9.10', '9.0', '9.3-9', `1${'0'.repeat(15)}`],
  ])('is refused as %j', (text) => {
    expect(parsePosition(text, NOW)).toBeUndefined();
  });

  test('is refused with more gaps than there can be', () => {
    const gaps = Array.from({ length: MAX_GAPS + 1 }, (_, index) => 2 * index + 1);
    expect(parsePosition([1_000, ...gaps].join('.'), NOW)).toBeUndefined();
    expect(parsePosition([1_000, ...gaps.slice(1)].join('.'), NOW)).toBeDefined();
  });
});

/** How many captures a reader takes at a time. */
const LOT = 3;

/** What becomes visible, in which order; the sequences that are not in it rolled back. */
class Captures {
  readonly visible = new Set<number>();
  readonly #order: readonly number[];

  constructor(order: readonly number[]) {
    this.#order = order;
  }

  commit(count: number): void {
    for (const sequence of this.#order.slice(0, this.visible.size + count)) this.visible.add(sequence);
  }

  read(ranges: readonly SequenceRange[]): number[] {
    return [...this.visible].filter((sequence) => within(ranges, sequence)).sort((a, b) => a - b);
  }
}

/** A client that comes and goes, by the text of its position, between two readers of the same captures. */
class Client {
  id: string | undefined;
  reader: Reader | undefined;
  /** What was visible when it came first, and so is not told. */
  known: readonly number[] = [];
  readonly told: number[] = [];
}

class Reader {
  position: FeedPosition | undefined;

  constructor(
    readonly captures: Captures,
    readonly client: Client,
  ) {}

  /** Gaps and what comes after them are two statements; `between` commits come between them. */
  read(between: number): FeedPosition {
    this.position ??= advance(START, this.captures.read([{ first: 1, last: Number.MAX_SAFE_INTEGER }]), NOW);
    for (;;) {
      const { newest, gaps }: FeedPosition = this.position;
      const late = this.captures.read(gaps);
      this.captures.commit(between);
      const after = this.captures.read([{ first: newest + 1, last: Number.MAX_SAFE_INTEGER }]).slice(0, LOT);
      this.position = advance(this.position, [...late, ...after], NOW);
      if (this.client.reader === this) this.#tell([...late, ...after], this.position);
      if (after.length < LOT) return this.position;
    }
  }

  join(between: number): void {
    const { client } = this;
    const position = this.read(between);
    if (client.id === undefined) {
      client.known = [...this.captures.visible].filter(
        (sequence) => sequence <= position.newest && !within(position.gaps, sequence),
      );
    }
    const from = client.id === undefined ? position : (parsePosition(client.id, NOW) ?? START);
    this.captures.commit(between);
    client.reader = this;
    this.#tell(this.captures.read(seenBetween(from, position)), position);
  }

  #tell(sequences: readonly number[], position: FeedPosition): void {
    this.client.told.push(...sequences);
    // As in the stream, whose events without payments are not sent.
    if (sequences.length > 0 || this.client.id === undefined) this.client.id = positionText(position);
  }
}

describe('for any order of visibility, any readers and any coming and going', () => {
  const steps = fc.array(
    fc.record({
      what: fc.constantFrom('commit', 'read', 'join', 'leave', 'sleep'),
      reader: fc.nat(1),
      between: fc.nat(2),
    }),
    { maxLength: 60 },
  );
  const orders = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(10)).chain(([size, rolledBack]) =>
    fc.shuffledSubarray(
      Array.from({ length: size }, (_, index) => index + 1),
      { minLength: Math.max(0, size - rolledBack), maxLength: size },
    ),
  );

  test('each capture is told exactly once', () => {
    fc.assert(
      fc.property(orders, steps, (order, script) => {
        const captures = new Captures(order);
        const client = new Client();
        const readers = [new Reader(captures, client), new Reader(captures, client)];
        for (const { what, reader: index, between } of script) {
          const reader = readers[index];
          if (reader === undefined) continue;
          if (what === 'commit') captures.commit(between + 1);
          else if (what === 'leave') client.reader = undefined;
          else if (what === 'join') {
            client.reader = undefined;
            reader.join(between);
          } else if (what === 'read') reader.read(between);
          else if (client.reader !== reader) reader.position = undefined;
        }
        client.reader = undefined;
        readers[0]?.join(0);
        captures.commit(order.length);
        readers[0]?.read(0);
        const due = order.filter((sequence) => !client.known.includes(sequence)).sort((a, b) => a - b);
        expect(client.told.toSorted((a, b) => a - b)).toEqual(due);
      }),
      { numRuns: 3_000 },
    );
  });
});
