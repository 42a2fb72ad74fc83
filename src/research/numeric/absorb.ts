/**
 * Fixed effects are taken out of columns, instead of being estimated by a dummy each: what is left of every column is its
 * distance from the (weighted) means of its groups. With two kinds of groups, means are taken out in turn until nothing
 * is left to take; in a panel with a row for each rider and week that is after one turn.
 */
import { type Refusal, refuse } from './answer.js';
import { type Groups, groupsOf, isNested, type Labels, pickLabels, sizesOf, sumsBy } from './groups.js';
import { at, columnOf, dot } from './vectors.js';

const SETTLED = 1e-12;
const MAX_TURNS = 5_000;

/** What is left of the column. `weights` are of the observations. */
export function absorb(
  column: ArrayLike<number>,
  groups: readonly Groups[],
  weights?: Float64Array,
): Float64Array | Refusal {
  const rest = Float64Array.from(column);
  const scale = Math.sqrt(dot(rest, rest) / rest.length);
  const divisors = groups.map((group) => (weights === undefined ? sizesOf(group) : sumsBy(group, weights)));
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    let largest = 0;
    for (const [g, group] of groups.entries()) {
      largest = Math.max(largest, takeMeans(rest, group, divisors[g] ?? [], weights));
    }
    if (groups.length < 2 || largest <= SETTLED * scale) return rest;
  }
  return refuse(
    'not_converged',
    'The fixed effects could not be told apart: the groups hang together by too few observations.',
  );
}

/** Takes the groups' means out and tells the largest. */
function takeMeans(
  rest: Float64Array,
  group: Groups,
  divisor: ArrayLike<number>,
  weights: Float64Array | undefined,
): number {
  const sums = new Float64Array(group.count);
  for (const [i, code] of group.codes.entries()) {
    const value = at(rest, i);
    sums[code] = at(sums, code) + (weights === undefined ? value : at(weights, i) * value);
  }
  const means = columnOf(group.count, (code) => at(sums, code) / at(divisor, code));
  for (const [i, code] of group.codes.entries()) rest[i] = at(rest, i) - at(means, code);
  return means.reduce((largest, mean) => Math.max(largest, Math.abs(mean)), 0);
}

/**
 * How many parameters the fixed effects of at most two kinds are: groups of both, less one for each part of the data
 * that is connected, since within one a constant can be moved from one kind to the other.
 */
export function parametersOf(groups: readonly Groups[]): number {
  const [first, second] = groups;
  if (first === undefined) return 0;
  if (second === undefined) return first.count;
  return first.count + second.count - components(first, second);
}

/** Those that are not estimated within clusters. */
export function parametersAcross(groups: readonly Groups[], clusters: Groups): number {
  const across = groups.filter((group) => !isNested(group, clusters));
  return across.length < groups.length
    ? across.reduce((sum, { count }) => sum + count - 1, 0)
    : parametersOf(groups);
}

function components(first: Groups, second: Groups): number {
  const parents = Int32Array.from({ length: first.count + second.count }, (_, i) => i);
  const rootOf = (node: number): number => {
    let root = node;
    while (at(parents, root) !== root) {
      parents[root] = at(parents, at(parents, root));
      root = at(parents, root);
    }
    return root;
  };
  let count = parents.length;
  for (const [i, code] of first.codes.entries()) {
    const [a, b] = [rootOf(code), rootOf(first.count + at(second.codes, i))];
    if (a === b) continue;
    parents[a] = b;
    count -= 1;
  }
  return count;
}

/** Observations that are left when those that are alone in a group are taken out, until none is. */
export function withoutSingletons(labels: readonly Labels[]): number[] {
  const length = labels[0]?.length ?? 0;
  return keepWhile(
    labels,
    Array.from({ length }, (_, i) => i),
    (group) => {
      const sizes = sizesOf(group);
      return (code) => at(sizes, code) > 1;
    },
  );
}

/** Keeps the observations of groups that are fit to stay, until all groups are. */
export function keepWhile(
  labels: readonly Labels[],
  candidates: readonly number[],
  judge: (group: Groups, kept: readonly number[]) => (code: number) => boolean,
): number[] {
  let kept = [...candidates];
  for (;;) {
    const before = kept.length;
    for (const label of labels) {
      const group = groupsOf(pickLabels(label, kept));
      const stays = judge(group, kept);
      kept = kept.filter((_, place) => stays(at(group.codes, place)));
    }
    if (kept.length === before) return kept;
  }
}
