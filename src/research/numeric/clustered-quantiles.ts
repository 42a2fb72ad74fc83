/**
 * Quantiles of values that hang together in clusters, as lags of one day. Woodruff's intervals (1952): the share of values up
 * to the quantile has an error that comes from how clusters differ; the quantiles at the ends of that share's interval are
 * the ends of the quantile's.
 */
import { type Interval, LEVEL, type Refusal, refuse } from './answer.js';
import { tQuantile } from './distributions.js';
import { ascendingOf, quantile } from './quantiles.js';
import { at } from './vectors.js';

export interface ClusteredValues {
  readonly values: Float64Array;
  /** Cluster of each value, from 0. */
  readonly cluster: Int32Array;
  readonly clusters: number;
}

export interface ClusteredQuantile extends Interval {
  readonly probability: number;
  readonly quantile: number;
  /** Half the interval over the t quantile. */
  readonly standardError: number;
}

export interface ShareWithin extends Interval {
  readonly limit: number;
  readonly count: number;
  readonly share: number;
}

export interface ClusteredDistribution {
  readonly n: number;
  /** Clusters that hold a value. */
  readonly clusters: number;
  readonly quantiles: readonly ClusteredQuantile[];
  /** Shares of values up to each limit. */
  readonly within: readonly ShareWithin[];
}

export function clusteredDistribution(
  data: ClusteredValues,
  probabilities: readonly number[],
  limits: readonly number[],
  level = LEVEL,
): ClusteredDistribution | Refusal {
  const sizes = new Float64Array(data.clusters);
  for (const own of data.cluster) sizes[own] = at(sizes, own) + 1;
  const clusters = sizes.reduce((count, size) => (size > 0 ? count + 1 : count), 0);
  if (clusters < 2) return refuse('too_few', 'Quantiles with an error need values of two clusters.');
  const t = tQuantile((1 + level) / 2, clusters - 1);
  const ascending = ascendingOf(data.values);
  const clamped = (share: number): number => Math.min(1, Math.max(0, share));
  return {
    n: data.values.length,
    clusters,
    quantiles: probabilities.map((probability) => {
      const value = quantile(ascending, probability);
      const { error } = shareUpTo(data, sizes, clusters, value);
      const [lower, upper] = [-t, t].map((side) => quantile(ascending, clamped(probability + side * error)));
      const ends = { lower: lower ?? value, upper: upper ?? value };
      return {
        probability,
        quantile: value,
        standardError: (ends.upper - ends.lower) / (2 * t),
        ...ends,
        level,
      };
    }),
    within: limits.map((limit) => {
      const { share, count, error } = shareUpTo(data, sizes, clusters, limit);
      return {
        limit,
        count,
        share,
        lower: clamped(share - t * error),
        upper: clamped(share + t * error),
        level,
      };
    }),
  };
}

function shareUpTo(
  { values, cluster }: ClusteredValues,
  sizes: Float64Array,
  clusters: number,
  limit: number,
): { readonly share: number; readonly count: number; readonly error: number } {
  const counts = new Float64Array(sizes.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (at(values, i) > limit) continue;
    counts[at(cluster, i)] = at(counts, at(cluster, i)) + 1;
    count += 1;
  }
  const n = values.length;
  const share = count / n;
  let squares = 0;
  for (let c = 0; c < sizes.length; c++) squares += (at(counts, c) - share * at(sizes, c)) ** 2;
  return { share, count, error: Math.sqrt((clusters / (clusters - 1)) * squares) / n };
}
