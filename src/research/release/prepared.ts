/** A release that is decided on, and one that is written. */
import type { Counts } from './counting.js';
import type { Declaration } from './declaration.js';
import type { Lattice } from './lattice.js';
import type { ReleasePayments } from './payments.js';
import type { Words } from './rows.js';
import type { Unicity } from './unicity.js';

export interface Prepared {
  readonly observations: ReleasePayments;
  readonly declaration: Declaration;
  readonly lattice: Lattice;
  readonly counts: Counts;
  readonly hidden: readonly Uint8Array[];
  readonly words: Words;
}

export interface Released {
  /** SHA-256 of the list of checksums. */
  readonly sha256: string;
  readonly tables: number;
  readonly shown: number;
  readonly hidden: number;
  readonly records: number | null;
  readonly unicity: readonly Unicity[] | null;
}
