/**
 * Payments beside uses (passes, trips) of the same rider: how many payments are followed by a use within so many days, and
 * how soon. Descriptive: which payment a use belongs to is not known, and a use may follow by chance.
 */
import { type Basis, isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
import { FEW_CLUSTERS } from './covariance.js';
import { groupsOf, type Labels, sizesOf, sumsBy } from './groups.js';
import { ascendingOf, quantile } from './quantiles.js';
import { type Share, wilson } from './shares.js';
import { at, pickValues, sumOf } from './vectors.js';

/** Days are whole numbers. */
export interface RiderDays {
  readonly rider: readonly string[];
  readonly day: ArrayLike<number>;
}

export interface FollowingUseOptions {
  /** A use on the day itself, or within so many days after it, follows a payment. */
  readonly withinDays: number;
  /** The last day whose uses are known. */
  readonly lastDay: number;
  readonly level?: number;
}

export interface FollowingUse extends Basis {
  /** With an interval that allows for payments of one rider being alike. */
  readonly share: Share;
  /** How many times wider variance is than of independent payments. */
  readonly designEffect: number;
  /** Days to the first use, of payments that are followed by one; empty where none is. */
  readonly leadDays: readonly { readonly quantile: number; readonly days: number }[];
  /** Payments left out since their days were not over. */
  readonly unripe: number;
  /** Riders who paid and are in no use at all. */
  readonly ridersWithoutUse: number;
}

const QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9];

export function followingUse(
  payments: RiderDays,
  uses: RiderDays,
  { withinDays, lastDay, level = LEVEL }: FollowingUseOptions,
): FollowingUse | Refusal {
  const daysOf = useDays(uses);
  const ripe = payments.rider.map((_, i) => i).filter((i) => at(payments.day, i) + withinDays <= lastDay);
  if (ripe.length === 0) {
    return refuse(
      'too_few',
      `No payment is ${withinDays} days old, so none can be told to be followed or not.`,
    );
  }
  const riders = ripe.map((i) => payments.rider[i] ?? '');
  const leads = ripe.map((i, place) => leadOf(daysOf.get(riders[place] ?? ''), at(payments.day, i)));
  const followed = leads.map((lead) => (lead <= withinDays ? 1 : 0));
  const { effect, clusters } = designEffectOf(followed, riders);
  const share = sumOf(followed) / ripe.length;
  const interval = wilson((share * ripe.length) / effect, ripe.length / effect, level);
  if (isRefusal(interval)) return interval;
  const days = ascendingOf(leads.filter((lead) => lead <= withinDays));
  return {
    method: `share of payments followed by a use within ${withinDays} days; Wilson, clustered by rider`,
    n: ripe.length,
    clusters,
    warnings: clusters < FEW_CLUSTERS ? [`Only ${clusters} riders: the interval is too narrow.`] : [],
    share: { ...interval, count: sumOf(followed), share },
    designEffect: effect,
    leadDays: days.length === 0 ? [] : QUANTILES.map((q) => ({ quantile: q, days: quantile(days, q) })),
    unripe: payments.rider.length - ripe.length,
    ridersWithoutUse: new Set(payments.rider.filter((rider) => !daysOf.has(rider))).size,
  };
}

function useDays({ rider, day }: RiderDays): Map<string, Float64Array> {
  const places = new Map<string, number[]>();
  for (const [i, name] of rider.entries()) {
    const own = places.get(name);
    if (own === undefined) places.set(name, [i]);
    else own.push(i);
  }
  return new Map([...places].map(([name, own]) => [name, pickValues(day, own).sort()]));
}

/** Days from the payment to the first use from then on; endless where there is none. */
function leadOf(days: Float64Array | undefined, paid: number): number {
  if (days === undefined) return Number.POSITIVE_INFINITY;
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(days, middle) < paid) low = middle + 1;
    else high = middle;
  }
  return low < days.length ? at(days, low) - paid : Number.POSITIVE_INFINITY;
}

/** Variance of the share over clusters, beside that of independent payments; 1 where it cannot be told. */
function designEffectOf(followed: readonly number[], riders: Labels): { effect: number; clusters: number } {
  const groups = groupsOf(riders);
  const [n, clusters] = [followed.length, groups.count];
  const share = sumOf(followed) / n;
  const independent = (share * (1 - share)) / n;
  if (clusters < 2 || independent === 0) return { effect: 1, clusters };
  const sizes = sizesOf(groups);
  const deviations = sumsBy(groups, followed).map((sum, g) => (sum - share * at(sizes, g)) ** 2);
  const variance = ((clusters / (clusters - 1)) * sumOf(deviations)) / n ** 2;
  return { effect: variance > 0 ? variance / independent : 1, clusters };
}
