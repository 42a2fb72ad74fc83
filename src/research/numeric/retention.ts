/** Cohorts by first period of payment, and how many of each paid again in every period after. */
import { isRefusal, LEVEL, type Refusal, refuse } from './answer.js';
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
  /** Number of the rider, from 0, of each payment, in any order. */
  readonly rider: ArrayLike<number>;
  readonly riders: number;
  /** Whole numbers, as months since some month. */
  readonly period: ArrayLike<number>;
  /** The last period that is over; later payments do not count. */
  readonly lastPeriod: number;
}

/** In which periods each rider paid, rider after rider: a byte each. */
export interface PaidPeriods {
  readonly first: number;
  readonly periods: number;
  readonly riders: number;
  readonly paid: Uint8Array;
}

export function paidPeriods({ rider, riders, period, lastPeriod }: RiderPeriods): PaidPeriods | Refusal {
  let first = Number.POSITIVE_INFINITY;
  for (let i = 0; i < period.length; i++) {
    const own = at(period, i);
    if (!Number.isInteger(own)) return refuse('out_of_domain', 'Periods are whole numbers.');
    if (own < first) first = own;
  }
  if (!(first <= lastPeriod)) return refuse('too_few', `There is no payment up to period ${lastPeriod}.`);
  const periods = lastPeriod - first + 1;
  const paid = new Uint8Array(riders * periods);
  for (let i = 0; i < period.length; i++) {
    if (at(period, i) <= lastPeriod) paid[at(rider, i) * periods + at(period, i) - first] = 1;
  }
  return { first, periods, riders, paid };
}

/** By rider the period of the first payment, from 0 as `first` has it; −1: none. */
export function cohortOf({ riders, periods, paid }: PaidPeriods): Int32Array {
  const cohorts = new Int32Array(riders).fill(-1);
  for (let rider = 0; rider < riders; rider++) {
    let period = 0;
    while (period < periods && at(paid, rider * periods + period) === 0) period += 1;
    if (period < periods) cohorts[rider] = period;
  }
  return cohorts;
}

/** Riders of all cohorts that have come so far. */
export const ridersAt = ({ cohorts }: Retention, age: number): number =>
  cohorts.reduce((sum, { riders, active }) => (age < active.length ? sum + riders : sum), 0);

/** @param keep which riders are counted, by their number and the period of their first payment */
export function retention(
  known: PaidPeriods,
  keep: (rider: number, cohort: number) => boolean = () => true,
  level = LEVEL,
): Retention | Refusal {
  const { first, periods, riders, paid } = known;
  const cohorts = cohortOf(known);
  // By cohort, then by periods since.
  const counts = Array.from({ length: periods }, (_, cohort) => new Float64Array(periods - cohort));
  for (let rider = 0; rider < riders; rider++) {
    const start = rider * periods;
    const cohort = at(cohorts, rider);
    const own = counts[cohort];
    if (own === undefined || !keep(rider, first + cohort)) continue;
    for (let age = 0; age < own.length; age++) own[age] = at(own, age) + at(paid, start + cohort + age);
  }
  const told = counts.flatMap((own, cohort) => (at(own, 0) > 0 ? [{ period: first + cohort, own }] : []));
  if (told.length === 0) return refuse('too_few', 'No rider is in any cohort.');
  const ages = Math.max(...told.map(({ own }) => own.length));
  const overall = Array.from({ length: ages }, (_, age) => {
    let [active, all] = [0, 0];
    for (const { own } of told) {
      if (age >= own.length) continue;
      active += at(own, age);
      all += at(own, 0);
    }
    return { active, all };
  });
  return {
    cohorts: told.map(({ period, own }) => ({
      period,
      riders: at(own, 0),
      active: sharesOf(
        Array.from(own, (active) => ({ active, all: at(own, 0) })),
        level,
      ),
    })),
    overall: sharesOf(overall, level),
  };
}

const sharesOf = (counts: readonly { active: number; all: number }[], level: number): Share[] =>
  counts.flatMap(({ active, all }) => {
    const share = wilson(active, all, level);
    return isRefusal(share) ? [] : [share];
  });
