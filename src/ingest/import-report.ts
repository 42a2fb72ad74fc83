/** What an import tells: while it runs, and at its end. */
import type { Problem } from '../domain/errors.js';
import type { Payment } from '../domain/payment.js';
import type { ImportRow } from './import-rows.js';
import type { RefusedRows } from './refused-rows.js';
import type { UnitCheck } from './unit-check.js';

export interface ImportCounts {
  /** Rows read, whatever became of them. */
  readonly rows: number;
  /** In a dry run: rows that are valid, whether or not they are in the database already. */
  readonly recorded: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly invalid: number;
}

export interface ImportProgress extends ImportCounts {
  readonly bytesRead: number;
  readonly totalBytes: number;
  readonly elapsedMs: number;
}

export interface RefusedRow {
  /** The line of the file that the row begins on, from 1. */
  readonly line: number;
  readonly problems: readonly Problem[];
}

export interface ImportReport extends ImportCounts {
  readonly dryRun: boolean;
  /** Null where no row was refused. */
  readonly refusedFile: string | null;
  readonly warnings: readonly string[];
  readonly firstProblems: readonly RefusedRow[];
}

const FIRST_PROBLEMS = 10;

/** Counts what becomes of the rows, and writes down those that are refused. */
export class ImportTally {
  readonly counts = { rows: 0, recorded: 0, duplicates: 0, conflicts: 0, invalid: 0 };
  readonly firstProblems: RefusedRow[] = [];
  readonly warnings: string[] = [];
  readonly #refused: RefusedRows;
  readonly #units: UnitCheck;
  readonly #onWarning: ((warning: string) => void) | undefined;

  constructor(refused: RefusedRows, units: UnitCheck, onWarning: ((warning: string) => void) | undefined) {
    this.#refused = refused;
    this.#units = units;
    this.#onWarning = onWarning;
  }

  refuse(outcome: 'invalid' | 'conflict', { line, original }: ImportRow, problems: readonly Problem[]): void {
    if (outcome === 'invalid') this.counts.invalid++;
    else this.counts.conflicts++;
    if (this.firstProblems.length < FIRST_PROBLEMS) this.firstProblems.push({ line, problems });
    this.#refused.add(line, problems, original);
  }

  /** Takes a valid payment into the sample of prices; warns when the sample is complete. */
  sample(payment: Payment): void {
    if (this.#units.add(payment)) this.warn();
  }

  /** Warns by the sample as it is. */
  warn(): void {
    for (const warning of this.#units.warnings()) {
      this.warnings.push(warning);
      this.#onWarning?.(warning);
    }
  }
}
