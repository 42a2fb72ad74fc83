/** What is counted by period, of one payment type or all: the series that studies of time read. */
import { type Refusal, refuse } from './numeric/answer.js';
import { at } from './numeric/vectors.js';
import type { Observations } from './observations.js';
import { ridersPaying, segmentSeries, type TypeFilter } from './panels.js';
import type { Periods } from './periods.js';
import { everyone, type Segmentation } from './segments.js';

export const SERIES_OUTCOMES = ['revenue', 'payments', 'riders'] as const;
export type SeriesOutcome = (typeof SERIES_OUTCOMES)[number];

export const OUTCOME_TITLES: Readonly<Record<SeriesOutcome, string>> = {
  revenue: 'Net revenue',
  payments: 'Payments',
  riders: 'Riders who paid',
};

export function typeNamed({ types }: Observations, name: string | undefined): TypeFilter | Refusal {
  if (name === undefined) return null;
  const place = types.indexOf(name);
  return place >= 0 ? place : refuse('too_few', `The data hold no payment by ${name}.`);
}

/** By segment, then by period: currency units, payments or riders. */
export function outcomeSeries(
  observations: Observations,
  outcome: SeriesOutcome,
  segmentation: Segmentation,
  periods: Periods,
  only: TypeFilter,
): readonly Float64Array[] {
  if (outcome === 'riders') return ridersPaying(observations, segmentation, periods, only);
  const { payments, net } = segmentSeries(observations, segmentation, periods, only);
  const unit = 10 ** observations.currency.digits;
  return outcome === 'payments' ? payments : net.map((own) => own.map((minor) => minor / unit));
}

/** Payments that are counted in all periods together, and riders whose they are. */
export function countedWithin(
  observations: Observations,
  periods: Periods,
  only: TypeFilter,
): { readonly payments: number; readonly riders: number } {
  const bounds = Int32Array.of(at(periods.bounds, 0), at(periods.bounds, periods.count));
  const whole = { grain: periods.grain, count: 1, bounds };
  const of = (outcome: SeriesOutcome): number =>
    at(outcomeSeries(observations, outcome, everyone(observations), whole, only)[0] ?? [], 0);
  return { payments: of('payments'), riders: of('riders') };
}
