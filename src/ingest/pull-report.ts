/** What a pull tells: while it runs, and at its end. */
import type { WindowSummary } from '../bytemark/window.js';
import { toIso } from '../domain/time.js';
import { type RowCounts, type RowProblem, RowTally } from './row-tally.js';

export interface PullProgress extends RowCounts {
  /** Of the windows, how many are done, and how many there are. */
  readonly windowsDone: number;
  readonly windows: number;
}

/** A window of which not everything came that the provider counts. */
export interface IncompleteWindow {
  readonly from: string;
  readonly to: string;
  readonly received: number;
  readonly total_count: number | null;
}

export interface PullReport extends RowCounts {
  readonly from: string;
  readonly to: string;
  /** Up to where everything of the provider is here; null where nothing was ever whole. */
  readonly watermark: string | null;
  readonly windows: number;
  /** Windows whose pages moved while they were read. */
  readonly moved: number;
  /** Rows that the provider lists again with the same content. */
  readonly listedTwice: number;
  readonly incomplete: readonly IncompleteWindow[];
  readonly dryRun: boolean;
  readonly warnings: readonly string[];
  readonly firstProblems: readonly RowProblem[];
  /** Whether a person should look: rows were refused, or not everything came. */
  readonly needsAttention: boolean;
}

export class PullTally extends RowTally {
  readonly incomplete: IncompleteWindow[] = [];
  moved = 0;
  listedTwice = 0;

  /** Counts a window that was read; tells of one that did not come whole. */
  window({ window, rows, repeated, totalCount, passes, moved, whole }: WindowSummary): void {
    if (moved) this.moved++;
    this.listedTwice += whole ? repeated : 0;
    if (whole) return;
    const [from, to] = [toIso(window.from), toIso(window.to)];
    this.incomplete.push({ from, to, received: rows, total_count: totalCount });
    const counted =
      totalCount === null ? 'its pages moved each time' : `the provider counts ${totalCount} rows`;
    this.warn(
      `The window from ${from} to ${to} did not come whole: ${rows} rows in ${passes} passes, and ${counted}. ` +
        'It is read again next time. If this repeats, total_count may count something else: then set FARELOG_BYTEMARK_TOTALS=ignore.',
    );
  }
}
