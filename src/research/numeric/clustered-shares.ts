/**
 * Shares of categories where observations hang together, as payments of a rider: the share is a ratio of two sums over
 * clusters, and its error comes from how clusters differ (linearisation). From that follows how many independent
 * observations would tell as much, which is what Wilson's, Goodman's and Sison and Glaz's intervals are then given.
 */
import { type Estimate, estimateOf, LEVEL, type Refusal, refuse } from './answer.js';
import { at } from './vectors.js';

export interface ClusteredCategories {
  /** Cluster of each observation, from 0. */
  readonly cluster: ArrayLike<number>;
  readonly clusters: number;
  /** Category of each observation, from 0. */
  readonly category: ArrayLike<number>;
  readonly categories: number;
  /** What each observation counts; without it, one. */
  readonly weight?: ArrayLike<number> | undefined;
}

export interface ClusteredShare {
  readonly share: number;
  readonly standardError: number;
  /** Independent observations that would tell as much. */
  readonly effective: number;
}

export interface ClusteredShares {
  readonly shares: readonly ClusteredShare[];
  readonly n: number;
  /** Clusters that have an observation. */
  readonly clusters: number;
  /** Observations for each independent one, over all categories (Rao and Scott 1981, first order). */
  readonly designEffect: number;
}

export function clusteredShares(data: ClusteredCategories): ClusteredShares | Refusal {
  const { cluster, clusters, category, categories, weight } = data;
  const n = cluster.length;
  const sizes = new Float64Array(clusters);
  const totals = new Float64Array(categories);
  let total = 0;
  let present = 0;
  for (let i = 0; i < n; i++) {
    const [own, counts] = [at(cluster, i), weight === undefined ? 1 : at(weight, i)];
    totals[at(category, i)] = at(totals, at(category, i)) + counts;
    total += counts;
    sizes[own] = at(sizes, own) + counts;
  }
  const has = presence(cluster, clusters);
  for (const one of has) present += one;
  if (present < 2) return refuse('too_few', 'Shares of payments with an error need at least two riders.');
  if (!(total > 0))
    return refuse('too_few', 'Everything sums to zero; there is nothing that a share could be of.');
  const own = new Float64Array(clusters);
  const shares = Array.from(totals, (sum, k): ClusteredShare => {
    const share = sum / total;
    own.fill(0);
    for (let i = 0; i < n; i++) {
      if (at(category, i) !== k) continue;
      const c = at(cluster, i);
      own[c] = at(own, c) + (weight === undefined ? 1 : at(weight, i));
    }
    let squares = 0;
    for (let c = 0; c < clusters; c++) squares += (at(own, c) - share * at(sizes, c)) ** 2;
    const variance = ((present / (present - 1)) * squares) / total ** 2;
    const isVarying = share > 0 && share < 1 && variance > 0;
    const effective = isVarying ? (share * (1 - share)) / variance + 1 : present;
    return { share, standardError: Math.sqrt(variance), effective };
  });
  return { shares, n, clusters: present, designEffect: designEffectOf(shares, n) };
}

function presence(cluster: ArrayLike<number>, clusters: number): Uint8Array {
  const has = new Uint8Array(clusters);
  for (let i = 0; i < cluster.length; i++) has[at(cluster, i)] = 1;
  return has;
}

function designEffectOf(shares: readonly ClusteredShare[], n: number): number {
  const varying = shares.filter(({ share }) => share > 0 && share < 1);
  if (varying.length < 2) return 1;
  const sum = varying.reduce((all, { share, effective }) => all + ((1 - share) * n) / effective, 0);
  return sum / (varying.length - 1);
}

/**
 * How the share of each category changes with time: the slope of a linear probability model (least squares of being in
 * the category on time), clustered errors (CR1), a pass over the observations for each category.
 */
export function shareTrends(
  data: ClusteredCategories,
  time: ArrayLike<number>,
  names: readonly string[],
  level = LEVEL,
): Estimate[] | Refusal {
  const { cluster, clusters, category, weight } = data;
  const n = cluster.length;
  const counts = (i: number): number => (weight === undefined ? 1 : at(weight, i));
  let [total, sumTime] = [0, 0];
  for (let i = 0; i < n; i++) {
    total += counts(i);
    sumTime += counts(i) * at(time, i);
  }
  const centre = sumTime / total;
  const present = presence(cluster, clusters).reduce((sum, one) => sum + one, 0);
  // Of each cluster: the sums of (t − t̄) and of its square.
  const [first, second] = [new Float64Array(clusters), new Float64Array(clusters)];
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const [c, off, w] = [at(cluster, i), at(time, i) - centre, counts(i)];
    first[c] = at(first, c) + w * off;
    second[c] = at(second, c) + w * off * off;
    squares += w * off * off;
  }
  if (present < 2) return refuse('too_few', 'A trend with clustered errors needs at least two riders.');
  if (!(squares > 0)) return refuse('no_variation', 'All payments are of one period; a trend needs two.');
  const factor = (present / (present - 1)) * ((n - 1) / (n - 2));
  const own = new Float64Array(clusters);
  return names.map((name, k) => {
    own.fill(0);
    let [cross, inside] = [0, 0];
    for (let i = 0; i < n; i++) {
      if (at(category, i) !== k) continue;
      const [c, part] = [at(cluster, i), counts(i) * (at(time, i) - centre)];
      own[c] = at(own, c) + part;
      cross += part;
      inside += counts(i);
    }
    const [slope, share] = [cross / squares, inside / total];
    let meat = 0;
    for (let c = 0; c < clusters; c++)
      meat += (at(own, c) - share * at(first, c) - slope * at(second, c)) ** 2;
    return estimateOf(name, slope, Math.sqrt(factor * meat) / squares, present - 1, level);
  });
}
