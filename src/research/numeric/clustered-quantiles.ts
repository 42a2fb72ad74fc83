/**
 * Quantiles of values that hang together in clusters, as lags of one day. Woodruff's intervals (1952): the share of values up
 * to the quantile has an error that comes from how clusters differ; the quantiles at the ends of that share's interval are
 * the ends of the quantile's.
 */
import { type Interval, LEVEL, type Refusal, refuse } from './answer.js';
import { tQuantile } from './distributions.js';
import { ascendingOf, quantile } from './quantiles.js';
import { at, sumOf } from './vectors.js';

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
  const { values, clusters: most } = data;
  const ascending = ascendingOf(values);
  const places = probabilities.map((probability) => quantile(ascending, probability));
  const { sizes, shares } = sharesUpTo(data, [...places, ...limits]);
  const clusters = sizes.reduce((count, size) => (size > 0 ? count + 1 : count), 0);
  if (most < 2 || clusters < 2)
    return refuse('too_few', 'Quantiles with an error need values of two clusters.');
  const t = tQuantile((1 + level) / 2, clusters - 1);
  const clamped = (share: number): number => Math.min(1, Math.max(0, share));
  const told = shares.map(({ count, squares }) => ({
    count,
    error: Math.sqrt((clusters / (clusters - 1)) * squares) / values.length,
  }));
  return {
    n: values.length,
    clusters,
    quantiles: probabilities.map((probability, i) => {
      const error = told[i]?.error ?? Number.NaN;
      const [lower, upper] = [
        quantile(ascending, clamped(probability - t * error)),
        quantile(ascending, clamped(probability + t * error)),
      ];
      const standardError = (upper - lower) / (2 * t);
      return { probability, quantile: at(places, i), standardError, lower, upper, level };
    }),
    within: limits.map((limit, i) => {
      const { count, error } = told[places.length + i] ?? { count: Number.NaN, error: Number.NaN };
      const share = count / values.length;
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

interface ShareUpTo {
  readonly count: number;
  /** Over clusters, of what each has up to there less its share of that. */
  readonly squares: number;
}

/** By limit, in one pass: each value is counted in the first limit that holds it, then limits are added up. */
function sharesUpTo(
  { values, cluster, clusters }: ClusteredValues,
  limits: readonly number[],
): { readonly sizes: Float64Array; readonly shares: readonly ShareUpTo[] } {
  const ordered = Float64Array.from(limits).sort();
  const columns = ordered.length + 1;
  const counts = new Float64Array(clusters * columns);
  for (let i = 0; i < values.length; i++) {
    const value = at(values, i);
    let column = 0;
    while (column < ordered.length && value > at(ordered, column)) column += 1;
    const cell = at(cluster, i) * columns + column;
    counts[cell] = at(counts, cell) + 1;
  }
  for (let own = 0; own < clusters; own++) {
    for (let cell = own * columns + 1; cell < (own + 1) * columns; cell++) {
      counts[cell] = at(counts, cell) + at(counts, cell - 1);
    }
  }
  const sizes = Float64Array.from({ length: clusters }, (_, own) => at(counts, (own + 1) * columns - 1));
  const shares = limits.map((limit) => {
    const column = ordered.indexOf(limit);
    const up = Float64Array.from({ length: clusters }, (_, own) => at(counts, own * columns + column));
    const count = sumOf(up);
    const share = count / values.length;
    return { count, squares: up.reduce((sum, own, c) => sum + (own - share * at(sizes, c)) ** 2, 0) };
  });
  return { sizes, shares };
}
