/** Observations by group: which group each belongs to, as whole numbers from 0. */

import { at } from './vectors.js';

export type Labels = ArrayLike<number> | readonly string[];

export interface Groups {
  readonly codes: Int32Array;
  readonly count: number;
}

/** Groups in the order in which they first appear. */
export function groupsOf(labels: Labels): Groups {
  const numbers = new Map<number | string, number>();
  const codes = new Int32Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? '';
    const number = numbers.get(label) ?? numbers.size;
    numbers.set(label, number);
    codes[i] = number;
  }
  return { codes, count: numbers.size };
}

/** Members of each group. */
export function sizesOf({ codes, count }: Groups): Int32Array {
  const sizes = new Int32Array(count);
  for (const code of codes) sizes[code] = (sizes[code] ?? 0) + 1;
  return sizes;
}

/** Sums of the values of each group. */
export function sumsBy({ codes, count }: Groups, values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(count);
  for (let i = 0; i < codes.length; i++) {
    const code = at(codes, i);
    sums[code] = at(sums, code) + at(values, i);
  }
  return sums;
}

/** Whether each group of `inner` lies within one group of `outer`, as a rider within a cluster of riders. */
export function isNested(inner: Groups, outer: Groups): boolean {
  const outside = new Int32Array(inner.count).fill(-1);
  for (const [i, code] of inner.codes.entries()) {
    const cluster = outer.codes[i] ?? -1;
    if (outside[code] !== -1 && outside[code] !== cluster) return false;
    outside[code] = cluster;
  }
  return true;
}

/** The labels of some observations, as numbers. */
export const pickLabels = (labels: Labels, kept: readonly number[]): Int32Array => {
  const { codes } = groupsOf(labels);
  return Int32Array.from(kept, (i) => codes[i] ?? 0);
};
