/** What a sync of the portal tells: while it runs, and at its end. */
import type { MoneyUnit } from '../domain/money.js';
import { type RowCounts, type RowProblem, RowTally } from './row-tally.js';

export interface SyncProgress extends RowCounts {
  /** Rows of the portal that were read, whoever's they are. */
  readonly read: number;
  /** The row that was read last, and the one that will be. */
  readonly id: number;
  readonly newestId: number;
}

/** `fetched` counts the rows that are to be payments: those of users who count, without those left out. */
export interface SyncReport extends RowCounts {
  /** Where the portal is. */
  readonly portal: string;
  readonly unit: MoneyUnit;
  readonly full: boolean;
  /** Rows created from here on were read again; null where all or none were. */
  readonly overlapFrom: string | null;
  readonly read: number;
  /** Of those recorded, how many stand before the place where the last sync ended. */
  readonly late: number;
  /** Left out: rows of users who do not count. */
  readonly otherUsers: number;
  /** Left out: rows of test accounts. */
  readonly testAccounts: number;
  /** Left out: rows of internal currencies that cost nothing, by the portal's word. */
  readonly zeroFares: Readonly<Record<string, number>>;
  /** The row up to which everything was read; null where nothing was. */
  readonly watermark: number | null;
  readonly dryRun: boolean;
  readonly warnings: readonly string[];
  readonly firstProblems: readonly RowProblem[];
  /** Whether a person should look: rows were refused, or what came is suspiciously little. */
  readonly needsAttention: boolean;
}

export class SyncTally extends RowTally {
  read = 0;
  late = 0;
  otherUsers = 0;
  testAccounts = 0;
  readonly zeroFares = new Map<string, number>();

  zeroFare(word: string): void {
    this.zeroFares.set(word, (this.zeroFares.get(word) ?? 0) + 1);
  }

  /** Says what became of payments that cost nothing. */
  tellZeroFares(): void {
    if (this.zeroFares.size === 0) return;
    const list = [...this.zeroFares].map(([word, rows]) => `${rows} of ${word}`).join(', ');
    this.warn(
      `Rows of internal currencies that cost nothing were left out: ${list}. With FARELOG_ZERO_FARES=accept they are ` +
        'recorded; those that were left out until then come with --full.',
    );
  }
}
