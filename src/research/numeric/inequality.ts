/** How evenly an amount, as spending, is spread over riders. */
import { type Basis, estimateOf, isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
import { type BootstrapInterval, type BootstrapOptions, bootstrapInterval } from './bootstrap.js';
import { ascendingOf } from './quantiles.js';
import { allFinite, at, dot, meanOf, sumOf, varianceOf } from './vectors.js';

export const MEASURES = ['gini', 'theil'] as const;
export type Measure = (typeof MEASURES)[number];

/** Of ascending amounts, prepared once; then of how often each is counted. */
type Index = (amounts: Float64Array) => (counts: ArrayLike<number>) => number;

const INDICES: Record<Measure, Index> = {
  gini: (amounts) => (counts) => {
    let [n, sum, weighted] = [0, 0, 0];
    for (let i = 0; i < amounts.length; i++) {
      const [count, amount] = [at(counts, i), at(amounts, i)];
      // The sum of 2 r − 1 over the ranks r that these take.
      weighted += amount * count * (2 * n + count);
      n += count;
      sum += amount * count;
    }
    return weighted / (n * sum) - 1;
  },
  theil: (amounts) => {
    const logarithms = amounts.map((amount) => (amount > 0 ? amount * Math.log(amount) : 0));
    return (counts) => {
      const sum = dot(amounts, counts);
      return dot(logarithms, counts) / sum - Math.log(sum / sumOf(counts));
    };
  },
};

/** From 0, all alike, to 1 − 1/n, one has all. */
export const giniOf = (amounts: ArrayLike<number>): number | Refusal => indexOf('gini', amounts);

/** From 0, all alike, to ln n, one has all. */
export const theilOf = (amounts: ArrayLike<number>): number | Refusal => indexOf('theil', amounts);

function indexOf(measure: Measure, amounts: ArrayLike<number>): number | Refusal {
  const ones = new Float64Array(amounts.length).fill(1);
  return refuseAmounts(amounts) ?? INDICES[measure](ascendingOf(amounts))(ones);
}

function refuseAmounts(amounts: ArrayLike<number>): Refusal | undefined {
  if (!allFinite(amounts)) return refuse('not_finite', 'Amounts must be finite numbers.');
  if (Array.from(amounts).some((amount) => amount < 0)) {
    return refuse(
      'out_of_domain',
      'An amount is below zero, as where more was refunded than paid; inequality has no meaning there.',
    );
  }
  if (amounts.length < 2) return refuse('too_few', 'Inequality is among two or more.');
  return sumOf(amounts) > 0 ? undefined : refuse('no_variation', 'All amounts are zero.');
}

export interface Inequality extends Basis, Omit<BootstrapInterval, 'method'> {
  readonly measure: Measure;
}

export function inequality(
  measure: Measure,
  amounts: ArrayLike<number>,
  options: BootstrapOptions,
): Inequality | Refusal {
  const refusal = refuseAmounts(amounts);
  if (refusal !== undefined) return refusal;
  // Sorted once: a draw is then how often each rank was drawn.
  const ascending = ascendingOf(amounts);
  const index = INDICES[measure](ascending);
  const counts = new Float64Array(ascending.length);
  const statistic = (units: Int32Array): number => {
    counts.fill(0);
    for (const unit of units) counts[unit] = at(counts, unit) + 1;
    return index(counts);
  };
  const interval = bootstrapInterval(ascending.length, statistic, options);
  const warnings = amounts.length < 50 ? ['Fewer than 50 riders: the interval is too narrow.'] : [];
  return {
    ...interval,
    measure,
    method: `${measure}, ${interval.method}`,
    n: amounts.length,
    clusters: null,
    warnings,
  };
}

/** How far each amount moves the measure, of ascending amounts: what an interval for many riders is made of. */
const INFLUENCES: Record<Measure, (ascending: Float64Array, mean: number, index: number) => Float64Array> = {
  gini: (ascending, mean, gini) => {
    const n = ascending.length;
    const total = sumOf(ascending);
    let before = 0;
    return ascending.map((amount, i) => {
      // Mean distance to all: those below, and those above.
      const below = i * amount - before;
      const above = total - before - (n - i) * amount;
      before += amount;
      return ((below + above) / n - 2 * mean * gini) / mean - (gini * (amount - mean)) / mean;
    });
  },
  theil: (ascending, mean, theil) =>
    ascending.map((amount) => {
      const own = amount > 0 ? amount * Math.log(amount) : 0;
      const all = mean * (theil + Math.log(mean));
      return (own - all) / mean - (all / mean ** 2) * (amount - mean) - (amount - mean) / mean;
    }),
};

/** The interval from how far each rider moves the measure: no draws, and for many riders the same as by bootstrap. */
export function linearInequality(
  measure: Measure,
  amounts: ArrayLike<number>,
  level = LEVEL,
): Omit<Inequality, 'draws'> | Refusal {
  const estimate = indexOf(measure, amounts);
  if (isRefusal(estimate)) return estimate;
  const ascending = ascendingOf(amounts);
  const n = ascending.length;
  const influence = INFLUENCES[measure](ascending, meanOf(ascending), estimate);
  const own = estimateOf(
    measure,
    estimate,
    Math.sqrt(varianceOf(influence) / n),
    Number.POSITIVE_INFINITY,
    level,
  );
  const { lower, upper, standardError } = own;
  return {
    measure,
    method: `${measure}, linearised`,
    n,
    clusters: null,
    warnings: [],
    estimate,
    standardError,
    lower: Math.max(0, lower),
    upper,
    level,
  };
}

export interface LorenzPoint {
  /** Share of riders, those with least first. */
  readonly riders: number;
  /** Their share of the amount. */
  readonly amount: number;
}

/** At most `points` + 1 points of the Lorenz curve, from (0, 0) to (1, 1). */
export function lorenzOf(amounts: ArrayLike<number>, points = 100): LorenzPoint[] | Refusal {
  const refusal = refuseAmounts(amounts);
  if (refusal !== undefined) return refusal;
  const ascending = ascendingOf(amounts);
  const n = ascending.length;
  const total = sumOf(ascending);
  const steps = Math.min(points, n);
  const curve: LorenzPoint[] = [{ riders: 0, amount: 0 }];
  let [sum, counted] = [0, 0];
  for (let step = 1; step <= steps; step++) {
    const end = Math.round((n * step) / steps);
    for (; counted < end; counted++) sum += at(ascending, counted);
    curve.push({ riders: end / n, amount: step === steps ? 1 : sum / total });
  }
  return curve;
}

/** The share of the whole that those with most have, as the top tenth. */
export function topShare(amounts: ArrayLike<number>, share: number): number | Refusal {
  const refusal = refuseAmounts(amounts);
  if (isRefusal(refusal)) return refusal;
  const ascending = ascendingOf(amounts);
  const first = ascending.length - Math.round(ascending.length * share);
  return sumOf(ascending.subarray(first)) / (meanOf(ascending) * ascending.length);
}
