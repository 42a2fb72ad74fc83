/**
 * Fixed effects are taken out of columns, instead of being estimated by a dummy each: what is left of every column is its
 * distance from the (weighted) means of its groups. With two kinds of groups, taking out the means of both in turn goes
 * there too, but slowly where weights differ; conjugate gradients take the same passes and need a tenth of them. They
 * look for the effects of the kind with fewer groups, the other's being means of what is left.
 */
import { type Refusal, refuse } from './answer.js';
import { type Groups, groupsOf, isNested, type Labels, pickLabels, sizesOf, sumsBy } from './groups.js';
import { addScaled, at, dot } from './vectors.js';

/** Means that are left, beside the size of the column. */
const SETTLED = 1e-11;
const NO_CHANGE = 1e-13;
const MAX_PASSES = 2_000;

/** What is left of the column. `weights` are of the observations. */
export function absorb(
  column: ArrayLike<number>,
  groups: readonly Groups[],
  weights?: Float64Array,
): Float64Array | Refusal {
  const rest = Float64Array.from(column);
  const [many, few] = groups.toSorted((a, b) => b.count - a.count);
  if (many === undefined) return rest;
  const manyDivisor = divisorOf(many, weights);
  takeMeans(rest, many, manyDivisor, weights);
  if (few === undefined) return rest;
  const fewDivisor = divisorOf(few, weights);
  const residual = weightedSums(few, rest, weights);
  const target = 1e-26 * dot(residual, scaledBy(residual, fewDivisor));
  let direction = scaledBy(residual, fewDivisor);
  let size = dot(residual, direction);
  for (let pass = 0; pass < MAX_PASSES && size > target; pass++) {
    const spread = Float64Array.from(few.codes, (code) => at(direction, code));
    takeMeans(spread, many, manyDivisor, weights);
    const image = weightedSums(few, spread, weights);
    const curvature = dot(direction, image);
    // A direction along which nothing changes but by rounding: a constant that can stand in either kind of effect.
    if (
      !(
        curvature >
        NO_CHANGE *
          dot(
            direction,
            direction.map((value, i) => value * at(fewDivisor, i)),
          )
      )
    )
      break;
    const step = size / curvature;
    addScaled(rest, -step, spread);
    addScaled(residual, -step, image);
    const scaled = scaledBy(residual, fewDivisor);
    const next = dot(residual, scaled);
    addScaled(scaled, next / size, direction);
    direction = scaled;
    size = next;
  }
  // What rounding has left is taken out by turns.
  const scale = Math.sqrt(dot(column, column) / rest.length);
  for (let turn = 0; turn < MAX_PASSES; turn++) {
    const left = Math.max(
      takeMeans(rest, few, fewDivisor, weights),
      takeMeans(rest, many, manyDivisor, weights),
    );
    if (left <= SETTLED * scale) return rest;
  }
  return refuse(
    'not_converged',
    'The fixed effects could not be told apart: the groups hang together by too few observations.',
  );
}

const divisorOf = (group: Groups, weights: Float64Array | undefined): ArrayLike<number> =>
  weights === undefined ? sizesOf(group) : sumsBy(group, weights);

const scaledBy = (values: Float64Array, divisor: ArrayLike<number>): Float64Array =>
  values.map((value, i) => value / at(divisor, i));

function weightedSums(
  { codes, count }: Groups,
  values: Float64Array,
  weights: Float64Array | undefined,
): Float64Array {
  const sums = new Float64Array(count);
  for (let i = 0; i < values.length; i++) {
    const code = at(codes, i);
    sums[code] = at(sums, code) + (weights === undefined ? at(values, i) : at(weights, i) * at(values, i));
  }
  return sums;
}

/** Takes the groups' means out and tells the largest. */
function takeMeans(
  rest: Float64Array,
  group: Groups,
  divisor: ArrayLike<number>,
  weights: Float64Array | undefined,
): number {
  const means = scaledBy(weightedSums(group, rest, weights), divisor);
  for (let i = 0; i < rest.length; i++) rest[i] = at(rest, i) - at(means, at(group.codes, i));
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
