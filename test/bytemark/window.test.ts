import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProviderPage } from '../../src/bytemark/envelope.js';
import { readWindow, type WindowSummary } from '../../src/bytemark/window.js';

const WINDOW = { from: 0, to: 86_400 };
const PER_PAGE = 3;

/** A list that is read by page numbers, the newest first, and what happens to it after each page. */
function listing(
  rows: number[],
  after: (request: number) => void = () => undefined,
  total = () => rows.length,
) {
  let request = 0;
  return async function* (): AsyncGenerator<ProviderPage> {
    for (let page = 1; ; page++) {
      const shown = rows.slice((page - 1) * PER_PAGE, page * PER_PAGE);
      const next = page * PER_PAGE < rows.length ? page + 1 : null;
      yield {
        page,
        items: shown.map((id) => ({ claim: undefined, raw: { id } })),
        totalCount: total(),
        next,
      };
      after(request++);
      if (next === null) return;
    }
  };
}

async function read(pages: () => AsyncIterable<ProviderPage>, trustTotals = true) {
  const reading = readWindow(WINDOW, pages, trustTotals);
  const ids: unknown[] = [];
  for (;;) {
    const step = await reading.next();
    if (step.done === true) return { ids, summary: step.value };
    ids.push(...step.value.items.map(({ raw }) => Reflect.get(Object(raw), 'id')));
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a window', () => {
  test('that stands still is read once', async () => {
    const { ids, summary } = await read(listing(upTo(7)));
    expect(ids).toEqual(upTo(7));
    expect(summary).toEqual<WindowSummary>({
      window: WINDOW,
      rows: 7,
      repeated: 0,
      totalCount: 7,
      passes: 1,
      moved: false,
      whole: true,
      timesListed: expect.any(Function),
    });
  });

  test('tells how often each row is listed in the end: not at all where it was edited meanwhile', async () => {
    const rows = upTo(7);
    const pages = listing(rows, (request) => {
      if (request !== 0) return;
      rows[1] = 101;
      rows.push(6);
      rows.unshift(50);
    });
    const { ids, summary } = await read(pages);
    const timesOf = (id: number): number => summary.timesListed({ claim: undefined, raw: { id } });
    expect(ids).toEqual(expect.arrayContaining([...upTo(7), 50, 101]));
    expect([...upTo(7), 50, 101].map(timesOf)).toEqual([1, 0, 1, 1, 1, 1, 2, 1, 1]);
  });

  test('whose rows move up is read again, and what was skipped comes', async () => {
    const rows = upTo(7);
    // The first page's first row goes: the fourth row is then on the first page.
    const { ids, summary } = await read(listing(rows, (request) => request === 0 && rows.shift()));
    expect(ids).toContain(3);
    expect(summary).toMatchObject({ moved: true, whole: true, passes: 2 });
  });

  test('that lists a row twice is read twice, to tell that from rows that moved', async () => {
    const { ids, summary } = await read(listing([0, 1, 2, 3, 1, 4]));
    expect(ids).toEqual([0, 1, 2, 3, 4]);
    expect(summary).toMatchObject({ repeated: 1, passes: 2, moved: false, whole: true });
  });

  test('of which fewer rows come than the provider counts is never whole', async () => {
    const { ids, summary } = await read(listing(upTo(7), undefined, () => 9));
    expect(ids).toEqual(upTo(7));
    expect(summary).toMatchObject({ rows: 7, totalCount: 9, passes: 3, whole: false });
  });

  test('whose total counts something else is whole where totals are not trusted', async () => {
    const { summary } = await read(
      listing(upTo(7), undefined, () => 1_000),
      false,
    );
    expect(summary).toMatchObject({ passes: 1, whole: true });
  });

  test('that never rests is not whole', async () => {
    const rows = upTo(7);
    let next = 100;
    const { summary } = await read(listing(rows, () => rows.unshift(next++)));
    expect(summary).toMatchObject({ passes: 3, whole: false, moved: true });
  });

  test('that is told to be whole holds every row that was there all the while, once, whatever came and went', async () => {
    const change = fc.oneof(fc.constant('insert'), fc.constant('remove'), fc.constant('nothing'));
    let whole = 0;
    const law = fc.asyncProperty(fc.nat(20), fc.array(change, { maxLength: 20 }), async (count, changes) => {
      const rows = upTo(count);
      const remaining = [...changes];
      const { ids, summary } = await read(
        listing(rows, () => {
          const what = remaining.shift();
          if (what === 'insert') rows.unshift(100 + remaining.length);
          if (what === 'remove') rows.shift();
        }),
      );
      expect(new Set(ids).size).toBe(ids.length);
      expect(summary.rows).toBe(ids.length);
      if (!summary.whole) return;
      whole++;
      expect(rows.filter((id) => id < 100 && !ids.includes(id))).toEqual([]);
    });
    await fc.assert(law, { numRuns: 500 });
    expect(whole).toBeGreaterThan(50);
  });
});
