/** From one state to another: tables of pairs, whether they moved in one direction, and where each went. */
import { isRefusal, LEVEL, type Refusal, refuse, type TestResult } from './answer.js';
import { chiSquareTails } from './distributions.js';
import { type Share, wilson } from './shares.js';
import { at, squareOf, sumOf } from './vectors.js';

/** Square: row is the state before, column the state after. */
export type Table = readonly ArrayLike<number>[];

export interface TransitionRow {
  readonly from: string;
  /** Moves out of this state, those that stay among them. */
  readonly n: number;
  /** In the order of the states; refused where none was in this state. */
  readonly to: readonly Share[] | Refusal;
}

export interface Transitions {
  readonly states: readonly string[];
  readonly table: readonly Float64Array[];
  readonly rows: readonly TransitionRow[];
}

/** Counts pairs of states, each a number from 0. */
export function tableOf(before: ArrayLike<number>, after: ArrayLike<number>, states: number): Float64Array[] {
  if (before.length !== after.length) throw new RangeError('before and after are not of the same length');
  const table = squareOf(states);
  for (let i = 0; i < before.length; i++) {
    const row = table[at(before, i)];
    const to = at(after, i);
    if (row === undefined || !(to in row)) throw new RangeError(`pair ${i} is of states that are not named`);
    row[to] = at(row, to) + 1;
  }
  return table;
}

/** Shares of each row with Wilson's intervals. "No payment" is a state like others; leaving it out hides who left. */
export function transitionsOf(
  states: readonly string[],
  table: readonly Float64Array[],
  level = LEVEL,
): Transitions {
  const rows = table.map((counts, i) => {
    const n = sumOf(counts);
    const shares: Share[] = [];
    for (const count of counts) {
      const share = wilson(count, n, level);
      if (isRefusal(share)) return { from: states[i] ?? '', n, to: share };
      shares.push(share);
    }
    return { from: states[i] ?? '', n, to: shares };
  });
  return { states, table, rows };
}

/** McNemar's test that as many changed one way as the other, as R's `mcnemar.test` has it. */
export function mcnemar(table: Table, { corrected = true } = {}): TestResult | Refusal {
  if (table.length !== 2) throw new RangeError("McNemar's test is of two states; of more it is Bowker's");
  const [there, back] = [at(table[0] ?? [], 1), at(table[1] ?? [], 0)];
  const changed = there + back;
  if (changed === 0) return nobody();
  // Edwards's correction, which never goes below zero.
  const distance = Math.max(0, Math.abs(there - back) - (corrected ? 1 : 0));
  const statistic = distance ** 2 / changed;
  const method = `McNemar's test${corrected ? ', corrected for continuity' : ''}`;
  return testOf(
    method,
    table,
    statistic,
    1,
    changed < 25 ? ['Fewer than 25 changed: χ² is approximate.'] : [],
  );
}

/** Bowker's test that the table is symmetric. Pairs between which nobody moved do not count, as in R. */
export function bowker(table: Table): TestResult | Refusal {
  let [statistic, df, small] = [0, 0, 0];
  for (const [i, row] of table.entries()) {
    for (let j = 0; j < i; j++) {
      const [there, back] = [at(row, j), at(table[j] ?? [], i)];
      if (there + back === 0) continue;
      statistic += (there - back) ** 2 / (there + back);
      df += 1;
      if (there + back < 10) small += 1;
    }
  }
  if (df === 0) return nobody();
  const warnings =
    small === 0 ? [] : [`Between ${small} pairs of states fewer than 10 moved: χ² is approximate.`];
  return testOf("Bowker's test of symmetry", table, statistic, df, warnings);
}

const nobody = (): Refusal => refuse('no_variation', 'Nobody changed from one state to another.');

function testOf(method: string, table: Table, statistic: number, df: number, warnings: string[]): TestResult {
  return {
    method,
    n: table.reduce((sum, row) => sum + sumOf(row), 0),
    clusters: null,
    warnings,
    statistic,
    df,
    residualDf: Number.POSITIVE_INFINITY,
    pValue: chiSquareTails(statistic, df).upper,
  };
}
