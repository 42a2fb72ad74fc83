/** Cohorts by first period of payment, and how many of each paid again in every period after. */
import { isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
import { groupsOf, type Labels } from './groups.js';
import { type Share, wilson } from './shares.js';
import { at } from './vectors.js';

export interface Cohort {
  /** Period of the first payment. */
  readonly period: number;
  readonly riders: number;
  /** By periods since the first: who paid then. Entry 0 is everyone; periods after the last are not there. */
  readonly active: readonly Share[];
}

export interface Retention {
  readonly cohorts: readonly Cohort[];
  /** By periods since the first, over all cohorts that have come so far. */
  readonly overall: readonly Share[];
}

export interface RiderPeriods {
  /** One entry a payment, in any order. */
  readonly rider: Labels;
  /** Whole numbers, as months since some month. */
  readonly period: ArrayLike<number>;
  /** The last period that is over; later payments do not count. */
  readonly lastPeriod: number;
}

export function retention({ rider, period, lastPeriod }: RiderPeriods, level = LEVEL): Retention | Refusal {
  const { codes, count } = groupsOf(rider);
  const periodsOf = Array.from({ length: count }, () => new Set<number>());
  for (const [i, code] of codes.entries()) {
    const own = at(period, i);
    if (!Number.isInteger(own)) return refuse('out_of_domain', 'Periods are whole numbers.');
    if (own <= lastPeriod) periodsOf[code]?.add(own);
  }
  const counted = new Map<number, number[]>();
  for (const own of periodsOf) {
    if (own.size === 0) continue;
    const first = Math.min(...own);
    const active = counted.get(first) ?? new Array<number>(lastPeriod - first + 1).fill(0);
    for (const later of own) active[later - first] = at(active, later - first) + 1;
    counted.set(first, active);
  }
  if (counted.size === 0) return refuse('too_few', `There is no payment up to period ${lastPeriod}.`);
  const ordered = [...counted].sort(([a], [b]) => a - b);
  const sharesOf = (active: readonly number[], riders: (age: number) => number): Share[] =>
    active.flatMap((paying, age) => {
      const share = wilson(paying, riders(age), level);
      return isRefusal(share) ? [] : [share];
    });
  const ages = Math.max(...ordered.map(([, active]) => active.length));
  const sums = (entry: (active: readonly number[], age: number) => number): number[] =>
    Array.from({ length: ages }, (_, age) =>
      ordered.reduce((sum, [, active]) => (age < active.length ? sum + entry(active, age) : sum), 0),
    );
  const riders = sums((active) => at(active, 0));
  return {
    cohorts: ordered.map(([first, active]) => ({
      period: first,
      riders: at(active, 0),
      active: sharesOf(active, () => at(active, 0)),
    })),
    overall: sharesOf(
      sums((active, age) => at(active, age)),
      (age) => at(riders, age),
    ),
  };
}
