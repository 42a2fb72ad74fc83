/** What became of the rows that another system lists, counted while they are read. */
import { removeCardNumbers } from '../domain/card-number.js';
import type { Problem } from '../domain/errors.js';

export interface RowCounts {
  /** Different rows that the other side gave. */
  readonly fetched: number;
  readonly recorded: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly invalid: number;
  /** Adjustments that were listed with the payments, and recorded. */
  readonly adjustments: number;
}

export interface RowProblem {
  /** As the other side gives it; null where it gives none. */
  readonly payment_id: string | null;
  readonly problems: readonly Problem[];
}

const FIRST_PROBLEMS = 10;
const ID_CHARACTERS = 40;

export class RowTally {
  readonly counts = { fetched: 0, recorded: 0, duplicates: 0, conflicts: 0, invalid: 0, adjustments: 0 };
  readonly warnings: string[] = [];
  readonly firstProblems: RowProblem[] = [];
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
}
