/**
 * One window of time, read to its end although its pages may move.
 *
 * A list that is read by page numbers moves when a row comes or goes meanwhile: rows repeat, and others are never shown.
 * So a window is read in passes. A pass is whole when the total stayed the same and as many rows came as it says; if
 * rows came twice in it, it must moreover have brought nothing new: then the provider really lists them twice. Passes are
 * repeated until one is whole, a few times at most; each hands out only what no pass before has. A window that is still
 * not whole is told as such, never passed over. Memory holds a key of each row of the window.
 */
import { createHash } from 'node:crypto';
import type { Span } from '../domain/time.js';
import type { ProviderItem, ProviderPage } from './envelope.js';
import { formatJson } from './payload.js';

const MAX_PASSES = 3;

export interface WindowSummary {
  readonly window: Span;
  /** Different rows that were handed out. */
  readonly rows: number;
  /** Rows of the last pass that repeat another one of it. */
  readonly repeated: number;
  /** The provider's last total; null where it tells none. */
  readonly totalCount: number | null;
  readonly passes: number;
  /** Pages moved while they were read. */
  readonly moved: boolean;
  /** Whether all that the provider counts was received. */
  readonly whole: boolean;
}

export interface WindowPage {
  readonly page: number;
  /** Rows that no page before has brought. */
  readonly items: readonly ProviderItem[];
}

interface Pass {
  readonly keys: Set<string>;
  received: number;
  fresh: number;
  totals: Set<number>;
  lastTotal: number | null;
}

/**
 * @param pages reads the window's pages from the first on
 * @param trustTotals whether `total_count` counts the rows of the window
 */
export async function* readWindow(
  window: Span,
  pages: () => AsyncIterable<ProviderPage>,
  trustTotals: boolean,
): AsyncGenerator<WindowPage, WindowSummary, undefined> {
  const seen = new Set<string>();
  let moved = false;
  for (let passes = 1; ; passes++) {
    const pass: Pass = { keys: new Set(), received: 0, fresh: 0, totals: new Set(), lastTotal: null };
    for await (const page of pages()) yield { page: page.page, items: take(page, pass, seen) };
    const repeated = pass.received - pass.keys.size;
    const total = trustTotals ? pass.lastTotal : null;
    const counted = total === null || (pass.totals.size <= 1 && pass.received === total);
    // The first pass cannot tell a row that is listed twice from one that moved to the next page.
    const whole = counted && (repeated === 0 || (passes > 1 && pass.fresh === 0));
    if (!counted || (passes > 1 && pass.fresh > 0)) moved = true;
    if (whole || passes === MAX_PASSES)
      return { window, rows: seen.size, repeated, totalCount: pass.lastTotal, passes, moved, whole };
  }
}

function take({ items, totalCount }: ProviderPage, pass: Pass, seen: Set<string>): ProviderItem[] {
  if (totalCount !== null) pass.totals.add(totalCount);
  pass.lastTotal = totalCount;
  return items.filter((item) => {
    const key = keyOf(item);
    pass.received++;
    pass.keys.add(key);
    if (seen.has(key)) return false;
    seen.add(key);
    pass.fresh++;
    return true;
  });
}

/** A row by its content: one that is edited meanwhile is another row. */
function keyOf({ raw }: ProviderItem): string {
  return createHash('sha1').update(formatJson(raw)).digest('base64');
}
