/**
 * Riders over weeks beside the price they met, as cohorts: riders of one segment who came into the data in the same week.
 * A rider's weeks go from the one after the first observed payment (from the first, where that payment is older than the
 * panel) to the end, zeros among them. The week of the first payment itself is left out: it holds a payment by its very
 * choice, so it would make every newcomer seem to pay less afterwards.
 */
import { isRefusal, type Refusal } from './numeric/answer.js';
import { type CohortEstimates, cohortPoisson } from './numeric/cohort-poisson.js';
import { at, columnOf } from './numeric/vectors.js';
import type { Observations } from './observations.js';
import type { TypeFilter } from './panels.js';
import { type Periods, periodLookup } from './periods.js';
import type { Segmentation } from './segments.js';

export interface PricePanel {
  readonly observations: Observations;
  readonly segmentation: Segmentation;
  readonly weeks: Periods;
  /** Price by segment and week. */
  readonly prices: readonly Float64Array[];
  readonly only: TypeFilter;
}

export const PRICE = 'log price';

/** The first week of the panel in which each rider counts; beyond the last, or −1, a rider has none. */
export function entries(
  { riders, size, rider, day }: Observations,
  { of }: Segmentation,
  weeks: Periods,
): Int32Array {
  const entry = new Int32Array(riders.length).fill(-1);
  const [seen, start, weekOf] = [new Uint8Array(riders.length), at(weeks.bounds, 0), periodLookup(weeks)];
  // Payments are in the order of time: a rider's first one here is the first.
  for (let i = 0; i < size; i++) {
    const who = at(rider, i);
    if (seen[who] === 1) continue;
    seen[who] = 1;
    const [first, week] = [at(day, i), weekOf(at(day, i))];
    if (at(of, who) >= 0) entry[who] = first < start ? 0 : week < 0 ? weeks.count : week + 1;
  }
  return entry;
}

interface Cells {
  /** By cohort, then week: the cell, −1 for none. */
  readonly at: Int32Array;
  readonly segment: number[];
  readonly cohort: number[];
  readonly week: number[];
}

/** Price elasticity with effects of riders, and of weeks where the price was not the same for all. */
export function priceEffect(
  panel: PricePanel,
  time: 'weeks' | 'trend',
  level: number,
): CohortEstimates | Refusal {
  const { observations, segmentation, weeks, prices, only } = panel;
  const { size, rider, day, type } = observations;
  const entry = entries(observations, segmentation, weeks);
  const weekOf = periodLookup(weeks);
  const span = weeks.count + 1;
  const cohortOf = (who: number): number => at(segmentation.of, who) * span + at(entry, who);
  /** The payment's week, where it counts. */
  const countedWeek = (i: number): number => {
    const [who, week] = [at(rider, i), weekOf(at(day, i))];
    const counts = week >= 0 && at(entry, who) >= 0 && week >= at(entry, who);
    return counts && (only === null || at(type, i) === only) ? week : -1;
  };
  const number = new Int32Array(observations.riders.length).fill(-1);
  const [members, busy] = [new Int32Array(segmentation.names.length * span), new Uint8Array(weeks.count)];
  let riders = 0;
  for (let i = 0; i < size; i++) {
    const [who, week] = [at(rider, i), countedWeek(i)];
    if (week < 0) continue;
    busy[week] = 1;
    if (number[who] !== -1) continue;
    number[who] = riders++;
    members[cohortOf(who)] = at(members, cohortOf(who)) + 1;
  }
  const cells = cellsOf(members, busy, span);
  const outcome = new Float64Array(cells.cohort.length);
  const parts = (visit: (rider: number, cell: number, amount: number) => void): void => {
    for (let i = 0; i < size; i++) {
      const week = countedWeek(i);
      if (week < 0) continue;
      const who = at(rider, i);
      visit(at(number, who), at(cells.at, cohortOf(who) * weeks.count + week), 1);
    }
  };
  parts((_, cell, amount) => {
    outcome[cell] = at(outcome, cell) + amount;
  });
  const price = columnOf(outcome.length, (cell) =>
    Math.log(at(prices[cells.segment[cell] ?? 0] ?? [], at(cells.week, cell))),
  );
  const trend = columnOf(outcome.length, (cell) => at(cells.week, cell));
  const regressors =
    time === 'weeks'
      ? { names: [PRICE], columns: [price] }
      : { names: [PRICE, 'trend'], columns: [price, trend] };
  const cohort = Int32Array.from(cells.cohort);
  const total = cells.cohort.reduce((sum, own) => sum + at(members, own), 0);
  const counts = { outcome, regressors, cohort, riders, cells: total, parts };
  return cohortPoisson(time === 'weeks' ? { ...counts, period: Int32Array.from(cells.week) } : counts, level);
}

function cellsOf(members: Int32Array, busy: Uint8Array, span: number): Cells {
  const cells: Cells = {
    at: new Int32Array(members.length * busy.length).fill(-1),
    segment: [],
    cohort: [],
    week: [],
  };
  for (const [cohort, own] of members.entries()) {
    for (let week = cohort % span; own > 0 && week < busy.length; week++) {
      if (busy[week] === 0) continue;
      cells.at[cohort * busy.length + week] = cells.cohort.length;
      cells.segment.push(Math.floor(cohort / span));
      cells.cohort.push(cohort);
      cells.week.push(week);
    }
  }
  return cells;
}

/** With effects of weeks; or, where the price was the same for everyone, with a straight trend instead. */
export function priceEffectOf(
  panel: PricePanel,
  level: number,
): { readonly time: 'weeks' | 'trend'; readonly estimates: CohortEstimates | Refusal } {
  const byWeeks = priceEffect(panel, 'weeks', level);
  if (!isRefusal(byWeeks) || byWeeks.reason !== 'no_variation') return { time: 'weeks', estimates: byWeeks };
  return { time: 'trend', estimates: priceEffect(panel, 'trend', level) };
}
