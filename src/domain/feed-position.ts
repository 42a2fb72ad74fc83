/**
 * Where a reader of the captures stands. Their sequence grows, but transactions side by side may become visible out
 * of order, so a reader has seen everything up to `newest` except its gaps: sequences that were not visible when it
 * passed them. A gap fills when its transaction commits, and never where it rolled back; it is given up after a while.
 */

/** Both ends included. */
export interface SequenceRange {
  readonly first: number;
  readonly last: number;
}

export interface Gap extends SequenceRange {
  /** Milliseconds since 1970. */
  readonly noticed_ms: number;
}

export interface FeedPosition {
  /** The highest sequence seen; 0 where none was. */
  readonly newest: number;
  /** Ascending, apart from each other, all below `newest`. */
  readonly gaps: readonly Gap[];
}

/** A transaction that takes longer than this between its insert and its commit is missed. */
export const GAP_PATIENCE_MS = 30_000;
/** Of more gaps than these the lowest are given up, so that a position stays a short text. */
export const MAX_GAPS = 200;

/**
 * The position after a read of its gaps and of what comes after it.
 * @param found the sequences that were visible, ascending; the read may have stopped anywhere above the gaps
 */
export function advance(position: FeedPosition, found: readonly number[], now: number): FeedPosition {
  const newest = Math.max(position.newest, found.at(-1) ?? 0);
  const passed = { first: position.newest + 1, last: newest, noticed_ms: now };
  const watched = [...position.gaps, passed].filter(({ first, last }) => first <= last);
  const open = without(
    watched,
    found.map((sequence) => ({ first: sequence, last: sequence })),
  );
  const gaps = open.filter(({ noticed_ms }) => now - noticed_ms < GAP_PATIENCE_MS);
  return { newest, gaps: gaps.slice(-MAX_GAPS) };
}

/** What a reader at `to` has seen and one at `from` has not, ascending. */
export function seenBetween(from: FeedPosition, to: FeedPosition): SequenceRange[] {
  const after = { first: from.newest + 1, last: to.newest };
  const unseen = [...from.gaps, after].filter(({ first, last }) => first <= last);
  return without(unseen, to.gaps).map(({ first, last }) => ({ first, last }));
}

/** How many sequences there are in ranges. */
export function sizeOf(ranges: readonly SequenceRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** Ranges with holes cut out of them; both ascending. What is left keeps what else its range had. */
function without<Range extends SequenceRange>(
  ranges: readonly Range[],
  holes: readonly SequenceRange[],
): Range[] {
  const left: Range[] = [];
  let next = 0;
  for (const range of ranges) {
    let first = range.first;
    while ((holes[next]?.last ?? Number.POSITIVE_INFINITY) < first) next++;
    for (let at = next; ; at++) {
      const hole = holes[at];
      if (hole === undefined || hole.first > range.last) break;
      if (hole.first > first) left.push({ ...range, first, last: hole.first - 1 });
      first = Math.max(first, hole.last + 1);
    }
    if (first <= range.last) left.push({ ...range, first });
  }
  return left;
}

/** `1205`, or with its gaps `1205.1198.1201-1203`. */
export function positionText({ newest, gaps }: FeedPosition): string {
  const texts = gaps.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
  return [newest, ...texts].join('.');
}

/** Reads a position's text; its gaps count as noticed now. Undefined where the text is none. */
export function parsePosition(text: string, now: number): FeedPosition | undefined {
  if (!/^\d{1,15}(\.\d{1,15}(-\d{1,15})?)*$/.test(text)) return undefined;
  const [newestText, ...gapTexts] = text.split('.');
  const newest = Number(newestText);
  const gaps = gapTexts.map((gap) => {
    const [first, last = first] = gap.split('-').map(Number);
    return { first: first ?? 0, last: last ?? 0, noticed_ms: now };
  });
  const ordered = gaps.every(({ first, last }, index) => {
    const before = gaps[index - 1]?.last ?? 0;
    return before < first && first <= last && last < newest;
  });
  return ordered && gaps.length <= MAX_GAPS ? { newest, gaps } : undefined;
}
