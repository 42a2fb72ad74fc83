/** Intervals for shares: of one (Wilson), or of all at once, so that together they hold in 95 of 100 studies (Goodman, Sison–Glaz). */
import { type Basis, type Interval, LEVEL, type Refusal, refuse } from './answer.js';
import { chiSquareQuantile, normalQuantile } from './distributions.js';
import { poissonTerm } from './gamma.js';
import { at, sumOf } from './vectors.js';

export interface Share extends Interval {
  readonly count: number;
  readonly share: number;
}

export interface Shares extends Basis {
  readonly shares: readonly Share[];
}

/**
 * Wilson's interval. Where observations hang together, as payments of a rider, `count` and `n` are those of as many
 * independent ones; then they need not be whole.
 */
export function wilson(count: number, n: number, level = LEVEL): Share | Refusal {
  if (!(count >= 0 && count <= n && Number.isFinite(n))) {
    return refuse('out_of_domain', `${count} of ${n} is no share.`);
  }
  if (n === 0) return refuse('too_few', 'There is nothing that a share could be of.');
  return scoreInterval(count, n, normalQuantile((1 + level) / 2) ** 2, level);
}

/** The shares for which the score test with that χ² does not reject. */
function scoreInterval(count: number, n: number, square: number, level: number): Share {
  const share = count / n;
  const centre = (share + square / (2 * n)) / (1 + square / n);
  const half =
    (Math.sqrt(square) / (1 + square / n)) * Math.sqrt((share * (1 - share)) / n + square / (4 * n * n));
  return {
    count,
    share,
    // The ends of nothing and everything are exact, whatever rounding makes of them.
    lower: count === 0 ? 0 : Math.max(0, centre - half),
    upper: count === n ? 1 : Math.min(1, centre + half),
    level,
  };
}

/** Goodman (1965): Wilson's intervals, each of a confidence that leaves all of them `level`. */
export function goodman(counts: readonly number[], level = LEVEL): Shares | Refusal {
  const refusal = refuseCounts(counts);
  if (refusal !== undefined) return refusal;
  const n = sumOf(counts);
  const square = chiSquareQuantile(1 - (1 - level) / counts.length, 1);
  const shares = counts.map((count) => scoreInterval(count, n, square, level));
  return {
    method: 'simultaneous intervals (Goodman)',
    n,
    clusters: null,
    warnings: smallCells(counts),
    shares,
  };
}

/** Sison and Glaz (1995), as May and Johnson (2000) compute it: narrower where there are many shares of like size. */
export function sisonGlaz(counts: readonly number[], level = LEVEL): Shares | Refusal {
  const refusal = refuseCounts(counts);
  if (refusal !== undefined) return refusal;
  const n = sumOf(counts);
  let [reach, inside, before] = [0, 0, 0];
  while (inside < level && reach < n) {
    before = inside;
    reach += 1;
    inside = truncatedProbability(counts, n, reach);
  }
  const c = reach - 1;
  const part = (level - before) / (inside - before);
  const shares = counts.map((count) => ({
    count,
    share: count / n,
    lower: Math.max(0, (count - c) / n),
    upper: Math.min(1, (count + c + 2 * part) / n),
    level,
  }));
  const warnings = smallCells(counts);
  return { method: 'simultaneous intervals (Sison–Glaz)', n, clusters: null, warnings, shares };
}

function refuseCounts(counts: readonly number[]): Refusal | undefined {
  if (counts.some((count) => !(Number.isSafeInteger(count) && count >= 0))) {
    return refuse('out_of_domain', 'Counts are whole numbers from 0.');
  }
  if (counts.length < 2) return refuse('too_few', 'Simultaneous intervals are of two shares or more.');
  return sumOf(counts) > 0 ? undefined : refuse('too_few', 'All counts are zero.');
}

function smallCells(counts: readonly number[]): string[] {
  const small = counts.filter((count) => count < 5).length;
  return small === 0 ? [] : [`${small} of the counts are below 5: their intervals are approximate.`];
}

/** The probability that a multinomial's counts are all within `reach` of these, by an Edgeworth expansion. */
function truncatedProbability(counts: readonly number[], n: number, reach: number): number {
  const total = { mean: 0, second: 0, third: 0, fourth: 0, log: 0 };
  for (const count of counts) {
    const moments = truncatedPoisson(count, reach);
    total.mean += moments.mean;
    total.second += moments.second;
    total.third += moments.third;
    total.fourth += moments.fourth - 3 * moments.second ** 2;
    total.log += Math.log(moments.probability);
  }
  const skew = total.third / total.second ** 1.5;
  const excess = total.fourth / total.second ** 2;
  const z = (n - total.mean) / Math.sqrt(total.second);
  const hermite3 = z ** 3 - 3 * z;
  const hermite4 = z ** 4 - 6 * z ** 2 + 3;
  const hermite6 = z ** 6 - 15 * z ** 4 + 45 * z ** 2 - 15;
  const expansion = 1 + (skew * hermite3) / 6 + (excess * hermite4) / 24 + (skew ** 2 * hermite6) / 72;
  const density = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * expansion;
  const atTotal = Math.exp(logPoisson(n, n));
  return (Math.exp(total.log) * density) / Math.sqrt(total.second) / atTotal;
}

interface Moments {
  readonly probability: number;
  readonly mean: number;
  /** Central moments. */
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

/** Of a Poisson variable with mean `rate` that is known to be within `reach` of it. */
function truncatedPoisson(rate: number, reach: number): Moments {
  const values = Array.from({ length: 2 * reach + 1 }, (_, i) => rate - reach + i).filter(
    (value) => value >= 0,
  );
  const weights = values.map((value) => Math.exp(logPoisson(value, rate)));
  const probability = sumOf(weights);
  const about = (centre: number, power: number): number =>
    sumOf(weights.map((weight, i) => weight * (at(values, i) - centre) ** power)) / probability;
  const mean = about(0, 1);
  return { probability, mean, second: about(mean, 2), third: about(mean, 3), fourth: about(mean, 4) };
}

function logPoisson(value: number, rate: number): number {
  if (rate === 0) return value === 0 ? 0 : Number.NEGATIVE_INFINITY;
  return value === 0 ? -rate : Math.log(poissonTerm(value, rate));
}
