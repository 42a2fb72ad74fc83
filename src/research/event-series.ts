/** One series over time with an event in it: what was paid by day, week or month, and the terms that stand beside the event. */
import { monthOf } from './days.js';
import type { StudyEvent } from './events.js';
import { type Refusal, refuse } from './numeric/answer.js';
import type { InterruptedSeries } from './numeric/interrupted-series.js';
import type { Design } from './numeric/least-squares.js';
import { at, columnOf } from './numeric/vectors.js';
import type { Grain, Periods } from './periods.js';

/** Months have terms of their own where the series has two whole years, so that each month is there twice. */
const MONTH_TERMS_FROM: Record<Grain, number> = { day: 730, week: 104, month: 24 };
const WEEKDAY_TERMS_FROM = 28;

export interface EventSeries {
  readonly periods: Periods;
  /** On the scale of the regression. */
  readonly outcome: Float64Array;
  /** The first period that is wholly after the event's begin; those from `end` on are after its end. */
  readonly first: number;
  readonly end: number;
}

/** Where the event lies among the periods. */
export function placeEvent(
  periods: Periods,
  event: StudyEvent,
): { readonly first: number; readonly end: number } {
  const from = (day: number): number => {
    const place = periods.bounds.subarray(0, periods.count).findIndex((start) => start >= day);
    return place < 0 ? periods.count : place;
  };
  return { first: from(event.day), end: event.end === null ? periods.count : from(event.end) };
}

export interface Terms {
  readonly series: InterruptedSeries;
  readonly season: 'months' | 'weekdays' | 'weekdays and months' | 'none';
}

/**
 * The regression's columns. A period that has days of both sides has a term of its own, which takes it out without a gap;
 * what is after the event's end has one too, so that the effect is of the time while it held.
 */
export function termsOf(
  { periods, outcome, first, end }: EventSeries,
  event: StudyEvent | null,
  changeOfTrend: boolean,
): Terms | Refusal {
  const { grain, count, bounds } = periods;
  const columns: [string, Float64Array][] = [];
  const straddles = (day: number): number => {
    for (let i = 0; i < count; i++) if (at(bounds, i) < day && at(bounds, i + 1) > day) return i;
    return -1;
  };
  const ends = event?.end ?? null;
  const parts = event === null ? [] : [straddles(event.day), ends === null ? -1 : straddles(ends)];
  for (const part of new Set(parts)) {
    if (part >= 0)
      columns.push([`${grain} of both sides ${part + 1}`, columnOf(count, (i) => (i === part ? 1 : 0))]);
  }
  if (end < count) columns.push(['after its end', columnOf(count, (i) => (i >= end ? 1 : 0))]);
  if (end - first < 1) {
    return refuse('too_few', `The event lasts for no whole ${grain}; take a shorter period, as period=day.`);
  }
  const months = count >= MONTH_TERMS_FROM[grain];
  const weekdays = grain === 'day' && count >= WEEKDAY_TERMS_FROM;
  const monthAt = (i: number): number => (monthOf(at(bounds, i) + (grain === 'week' ? 3 : 0)) % 12) + 1;
  if (weekdays && months) columns.push(...monthColumns(count, monthAt));
  const covariates: Design = {
    names: columns.map(([name]) => name),
    columns: columns.map(([, column]) => column),
  };
  const season = weekdays
    ? Array.from({ length: count }, (_, i) => `weekday ${(at(bounds, i) + 4) % 7}`)
    : months
      ? Array.from({ length: count }, (_, i) => `month ${monthAt(i)}`)
      : null;
  return {
    series: {
      outcome,
      firstAfter: first,
      covariates,
      changeOfTrend,
      correctRho: true,
      ...(season === null ? {} : { season }),
    },
    season: weekdays ? (months ? 'weekdays and months' : 'weekdays') : months ? 'months' : 'none',
  };
}

/** A column a month but the first that is there. */
function monthColumns(count: number, monthAt: (i: number) => number): [string, Float64Array][] {
  const seen = [...new Set(Array.from({ length: count }, (_, i) => monthAt(i)))];
  return seen
    .slice(1)
    .map((month) => [`month ${month}`, columnOf(count, (i) => (monthAt(i) === month ? 1 : 0))]);
}
