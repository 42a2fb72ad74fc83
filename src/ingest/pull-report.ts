/** What a pull tells: while it runs, and at its end. */
import type { WindowSummary } from '../bytemark/window.js';
import { removeCardNumbers } from '../domain/card-number.js';
import type { Problem } from '../domain/errors.js';
import { toIso } from '../domain/time.js';

export interface PullCounts {
  /** Different rows that the provider gave. */
  readonly fetched: number;
  readonly recorded: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly invalid: number;
}

export interface PullProgress extends PullCounts {
  /** Of the windows, how many are done, and how many there are. */
  readonly windowsDone: number;
  readonly windows: number;
}

export interface PulledProblem {
  /** As the provider gives it; null where it gives none. */
  readonly payment_id: string | null;
  readonly problems: readonly Problem[];
}

/** A window of which not everything came that the provider counts. */
export interface IncompleteWindow {
  readonly from: string;
  readonly to: string;
  readonly received: number;
  readonly total_count: number | null;
}

export interface PullReport extends PullCounts {
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
  readonly firstProblems: readonly PulledProblem[];
  /** Whether a person should look: rows were refused, or not everything came. */
  readonly needsAttention: boolean;
}

const FIRST_PROBLEMS = 10;
const ID_CHARACTERS = 40;

export class PullTally {
  readonly counts = { fetched: 0, recorded: 0, duplicates: 0, conflicts: 0, invalid: 0 };
  readonly warnings: string[] = [];
  readonly firstProblems: PulledProblem[] = [];
  readonly incomplete: IncompleteWindow[] = [];
  moved = 0;
  listedTwice = 0;
  readonly #onWarning: ((warning: string) => void) | undefined;

  constructor(onWarning: ((warning: string) => void) | undefined) {
    this.#onWarning = onWarning;
  }

  warn(warning: string): void {
    this.warnings.push(warning);
    this.#onWarning?.(warning);
  }

  refuse(outcome: 'invalid' | 'conflict', id: unknown, problems: readonly Problem[]): void {
    if (outcome === 'invalid') this.counts.invalid++;
    else this.counts.conflicts++;
    if (this.firstProblems.length === FIRST_PROBLEMS) return;
    const text = typeof id === 'number' || typeof id === 'string' ? String(id).slice(0, ID_CHARACTERS) : null;
    this.firstProblems.push({ payment_id: text === null ? null : removeCardNumbers(text), problems });
  }

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
