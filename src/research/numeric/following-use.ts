/**
 * Payments beside uses (passes, trips) of the same rider: how many payments are followed by a use within so many days, and
 * how soon. Descriptive: which payment a use belongs to is not known, and a use may follow by chance.
 */
import { type Basis, isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
import { FEW_CLUSTERS } from './covariance.js';
import type { Labels } from './groups.js';
import { type Share, wilson } from './shares.js';
import { at } from './vectors.js';

/** Days are whole numbers. */
export interface RiderDays {
  /** Names, or numbers from 0 that mean the same rider among payments and uses. */
  readonly rider: Labels;
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
  /** Payments followed by their first use on that day after, from the day itself on. */
  readonly leads: Float64Array;
  /** Payments left out since their days were not over. */
  readonly unripe: number;
  /** Riders who paid and are in no use at all. */
  readonly ridersWithoutUse: number;
}

const QUANTILES = [0.1, 0.25, 0.5, 0.75, 0.9];

export function followingUse(
  payments: RiderDays,
  uses: RiderDays,
  options: FollowingUseOptions,
): FollowingUse | Refusal {
  const numbers = numbered(payments.rider, uses.rider);
  const days = useDays(numbers.uses, uses.day, numbers.count);
  const own = { rider: numbers.payments, day: payments.day };
  return followed({ ...own, lead: leadsOf(own, days) }, days, options);
}

/** Payments of riders by numbers from 0, each with the days to its first use. */
export interface LedPayments {
  readonly rider: ArrayLike<number>;
  readonly day: ArrayLike<number>;
  readonly lead: Int32Array;
}

/** The same where leads are known, for all payments or those alone that are kept. */
export function followed(
  payments: LedPayments,
  days: UseDays,
  { withinDays, lastDay, level = LEVEL }: FollowingUseOptions,
  kept: (payment: number) => boolean = () => true,
): FollowingUse | Refusal {
  const riders = days.starts.length - 1;
  let all = 0;
  const [paid, used] = [new Float64Array(riders), new Float64Array(riders)];
  const leads = new Float64Array(withinDays + 1);
  const seen = new Uint8Array(riders);
  let [n, count] = [0, 0];
  for (let i = 0; i < payments.rider.length; i++) {
    if (!kept(i)) continue;
    const [rider, day] = [payments.rider[i] ?? 0, payments.day[i] ?? 0];
    seen[rider] = 1;
    all += 1;
    if (day + withinDays > lastDay) continue;
    n += 1;
    paid[rider] = (paid[rider] ?? 0) + 1;
    const lead = payments.lead[i] ?? NEVER;
    if (lead > withinDays) continue;
    count += 1;
    used[rider] = (used[rider] ?? 0) + 1;
    leads[lead] = (leads[lead] ?? 0) + 1;
  }
  if (n === 0) {
    return refuse(
      'too_few',
      `No payment is ${withinDays} days old, so none can be told to be followed or not.`,
    );
  }
  const { effect, clusters } = designEffectOf(paid, used, n, count);
  const share = count / n;
  const interval = wilson((share * n) / effect, n / effect, level);
  if (isRefusal(interval)) return interval;
  return {
    method: `share of payments followed by a use within ${withinDays} days; Wilson, clustered by rider`,
    n,
    clusters,
    warnings: clusters < FEW_CLUSTERS ? [`Only ${clusters} riders: the interval is too narrow.`] : [],
    share: { ...interval, count, share },
    designEffect: effect,
    leadDays:
      count === 0 ? [] : QUANTILES.map((q) => ({ quantile: q, days: countedQuantile(leads, count, q) })),
    leads,
    unripe: all - n,
    ridersWithoutUse: seen.reduce(
      (sum, own, rider) =>
        own === 1 && at(days.starts, rider) === at(days.starts, rider + 1) ? sum + 1 : sum,
      0,
    ),
  };
}

interface Numbered {
  readonly payments: ArrayLike<number>;
  readonly uses: ArrayLike<number>;
  readonly count: number;
}

/** Riders as numbers from 0, the same among payments and uses. */
function numbered(payments: Labels, uses: Labels): Numbered {
  const numbers = new Map<string | number, number>();
  const codesOf = (labels: Labels): Int32Array => {
    const codes = new Int32Array(labels.length);
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i] ?? '';
      if (typeof label === 'number') codes[i] = label;
      else {
        const number = numbers.get(label) ?? numbers.size;
        numbers.set(label, number);
        codes[i] = number;
      }
    }
    return codes;
  };
  const [a, b] = [codesOf(payments), codesOf(uses)];
  let count = numbers.size;
  for (const codes of [a, b]) for (const code of codes) if (code >= count) count = code + 1;
  return { payments: a, uses: b, count };
}

/** Days of uses, ascending, rider after rider. */
export interface UseDays {
  readonly starts: Int32Array;
  readonly days: Float64Array;
}

export function useDays(rider: ArrayLike<number>, day: ArrayLike<number>, riders: number): UseDays {
  const starts = new Int32Array(riders + 1);
  for (let i = 0; i < rider.length; i++) starts[at(rider, i) + 1] = at(starts, at(rider, i) + 1) + 1;
  for (let who = 0; who < riders; who++) starts[who + 1] = at(starts, who + 1) + at(starts, who);
  const [next, days] = [starts.slice(), new Float64Array(rider.length)];
  for (let i = 0; i < rider.length; i++) {
    const who = at(rider, i);
    days[at(next, who)] = at(day, i);
    next[who] = at(next, who) + 1;
  }
  for (let who = 0; who < riders; who++) days.subarray(at(starts, who), at(starts, who + 1)).sort();
  return { starts, days };
}

/** Beyond any number of days. */
const NEVER = 0x7fffffff;

/** Days from each payment to the rider's first use from then on. */
export function leadsOf(
  { rider, day }: { readonly rider: ArrayLike<number>; readonly day: ArrayLike<number> },
  { starts, days }: UseDays,
): Int32Array {
  const leads = new Int32Array(rider.length);
  for (let i = 0; i < leads.length; i++) {
    const [who, paid] = [rider[i] ?? 0, day[i] ?? 0];
    const end = starts[who + 1] ?? 0;
    let low = starts[who] ?? 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((days[middle] ?? 0) < paid) low = middle + 1;
      else high = middle;
    }
    leads[i] = low < end ? (days[low] ?? 0) - paid : NEVER;
  }
  return leads;
}

/** Of whole numbers that are told by how often each comes; type 7. */
function countedQuantile(counts: Float64Array, n: number, probability: number): number {
  const valueAt = (place: number): number => {
    let below = 0;
    for (let value = 0; value < counts.length; value++) {
      below += at(counts, value);
      if (below > place) return value;
    }
    return counts.length - 1;
  };
  const place = (n - 1) * probability;
  const low = valueAt(Math.floor(place));
  return low + (place - Math.floor(place)) * (valueAt(Math.ceil(place)) - low);
}

/** Variance of the share over clusters, beside that of independent payments; 1 where it cannot be told. */
function designEffectOf(
  paid: Float64Array,
  followed: Float64Array,
  n: number,
  count: number,
): { effect: number; clusters: number } {
  const share = count / n;
  const independent = (share * (1 - share)) / n;
  let [clusters, squares] = [0, 0];
  for (let rider = 0; rider < paid.length; rider++) {
    if (at(paid, rider) === 0) continue;
    clusters += 1;
    squares += (at(followed, rider) - share * at(paid, rider)) ** 2;
  }
  if (clusters < 2 || independent === 0) return { effect: 1, clusters };
  const variance = ((clusters / (clusters - 1)) * squares) / n ** 2;
  return { effect: variance > 0 ? variance / independent : 1, clusters };
}
