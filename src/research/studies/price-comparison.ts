/** Riders before and after a change of price, by segment: what the study of elasticities compares. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { z } from 'zod';
import type { StudyEvent } from '../events.js';
import { type Estimate, isRefusal, named, type Refusal, refuse } from '../numeric/answer.js';
import { bootstrapElasticity, DEFINITIONS, deltaElasticity } from '../numeric/elasticity.js';
import { at } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { level } from '../option-shapes.js';
import {
  type RiderTable,
  riderTable,
  rowsFor,
  type SegmentSeries,
  segmentSeries,
  type TypeFilter,
} from '../panels.js';
import type { Periods } from '../periods.js';
import { everyone, type Segmentation } from '../segments.js';
import { afterWeeks, beforeWeeks, event, seed, segments, segmentsCsv } from '../study-options.js';
import type { EventWindow } from '../windows.js';
import { percentInWords } from '../words.js';

export const OPTIONS = z.strictObject({
  event,
  before_weeks: beforeWeeks,
  after_weeks: afterWeeks,
  price: z
    .enum(['auto', 'calendar', 'observed'])
    .default('auto')
    .describe(
      "Where the prices are from: the calendar's entry, the average that was paid, or the entry where it names them.",
    ),
  definition: z
    .enum(DEFINITIONS)
    .default('log-arc')
    .describe('The definition that the sentence tells; the tables have all.'),
  segments: segments
    .default('none')
    .describe(
      'Groups of riders: none; spend (fifths by net spending) or method (of most payments), told from both sides of the event alike; tenure (since the first payment), told from before the compared weeks; file (segments_csv).',
    ),
  segments_csv: segmentsCsv,
  seed,
  level,
});
export type Options = z.output<typeof OPTIONS>;

/** An average price that moved by less than this share moved by who paid, not by a fare. */
const LEAST_CHANGE = 0.01;
/** Beyond so many riders the bootstrap takes long and says what the delta method says. */
export const MAX_DRAWN = 2_000;
const DRAWS = 999;

interface Prices {
  readonly before: number;
  readonly after: number;
}

export interface Comparison {
  readonly observations: Observations;
  readonly options: Options;
  readonly event: StudyEvent;
  readonly window: EventWindow;
  readonly segmentation: Segmentation;
  readonly only: TypeFilter;
  readonly source: 'calendar' | 'observed';
}

export function sourceOf({ entry, name }: StudyEvent, { price }: Options): 'calendar' | 'observed' | Refusal {
  const told = entry?.price_before_minor != null && entry.price_after_minor != null;
  if (price === 'observed' || (price === 'auto' && !told)) return 'observed';
  if (told) return 'calendar';
  return refuse(
    'no_variation',
    `The calendar names no price before and after ${name}; add them to its entry, or take price=observed.`,
  );
}

/** A fare of one type is about payments of that type; where segments are types, they are compared as they are. */
export function onlyOf(
  { types }: Observations,
  { entry }: StudyEvent,
  { segments: by }: Options,
): TypeFilter | Refusal {
  const type = entry?.payment_type ?? null;
  if (type === null || by === 'method') return null;
  const place = types.indexOf(type);
  return place >= 0
    ? place
    : refuse('too_few', `The data hold no payment by ${type}, which the event is about.`);
}

/** Two periods that are as long, by the weeks. */
const halves = (weeks: Periods, from: number, event: number, to: number): Periods => ({
  grain: 'week',
  count: 2,
  bounds: Int32Array.from([at(weeks.bounds, from), at(weeks.bounds, event), at(weeks.bounds, to)]),
});

export interface Row {
  /** Null: all. */
  readonly segment: string | null;
  readonly prices: Prices;
  readonly riders: number;
  readonly before: Float64Array;
  readonly after: Float64Array;
  /** By definition. */
  readonly estimates: readonly Estimate[];
  readonly drawn: { readonly lower: number; readonly upper: number } | null;
  readonly placebo: Estimate | Refusal;
}

/** All riders first, then segments that can be told; refused where all together can't. */
export function rowsOf(
  comparison: Comparison,
): { readonly rows: readonly Row[]; readonly left: readonly string[] } | Refusal {
  const { observations, options, segmentation, window, only } = comparison;
  const all = everyone(observations);
  const series = (own: Segmentation): SegmentSeries =>
    segmentSeries(
      observations,
      own,
      halves(window.weeks, 0, window.before, window.before + window.after),
      only,
    );
  const keepAll = rowsFor(observations.riders.length, () => true);
  const table = (periods: Periods): RiderTable =>
    riderTable(observations, periods, keepAll, 'payments', only);
  const half = Math.floor(window.before / 2);
  const [counts, early] = [
    table(halves(window.weeks, 0, window.before, window.before + window.after)),
    table(halves(window.weeks, window.before - 2 * half, window.before - half, window.before)),
  ];
  const whole = rowOf(comparison, null, all, 0, series(all), counts, early);
  if (isRefusal(whole)) return whole;
  if (options.segments === 'none') return { rows: [whole], left: [] };
  const own = series(segmentation);
  const told = segmentation.names.map((name, place) => ({
    name,
    row: rowOf(comparison, name, segmentation, place, own, counts, early),
  }));
  return {
    rows: [whole, ...told.flatMap(({ row }) => (isRefusal(row) ? [] : [row]))],
    left: told.flatMap(({ name, row }) => (isRefusal(row) ? [`${name}: ${row.message}`] : [])),
  };
}

function rowOf(
  comparison: Comparison,
  segment: string | null,
  { of }: Segmentation,
  place: number,
  series: SegmentSeries,
  counts: RiderTable,
  early: RiderTable,
): Row | Refusal {
  const { options } = comparison;
  const prices = pricesOf(comparison, segment, series, place);
  if (isRefusal(prices)) return prices;
  const [before, after] = sidesOf(counts, of, place);
  const data = { priceBefore: prices.before, priceAfter: prices.after, before, after };
  const estimates: Estimate[] = [];
  for (const definition of DEFINITIONS) {
    const estimate = deltaElasticity(data, definition, options.level);
    if (isRefusal(estimate)) return estimate;
    estimates.push({ ...estimate, name: `${definition} elasticity` });
  }
  const drawn =
    before.length > MAX_DRAWN
      ? null
      : bootstrapElasticity(data, options.definition, {
          random: xoroshiro128plus(options.seed),
          draws: DRAWS,
          level: options.level,
        });
  const [first, second] = sidesOf(early, of, place);
  return {
    segment,
    prices,
    riders: before.length,
    before,
    after,
    estimates,
    drawn: drawn === null || isRefusal(drawn) ? null : drawn,
    placebo:
      segment !== null && options.segments === 'spend'
        ? refuse(
            'not_identified',
            'Who spends most is there in the middle of the time, so no earlier date is like it.',
          )
        : deltaElasticity({ ...data, before: first, after: second }, options.definition, options.level),
  };
}

/** Riders of the segment who paid on either side. */
function sidesOf({ rows, values }: RiderTable, of: Int16Array, place: number): [Float64Array, Float64Array] {
  const kept: number[] = [];
  for (let who = 0; who < rows; who++) {
    if (of[who] === place && at(values, 2 * who) + at(values, 2 * who + 1) > 0) kept.push(who);
  }
  return [
    Float64Array.from(kept, (who) => at(values, 2 * who)),
    Float64Array.from(kept, (who) => at(values, 2 * who + 1)),
  ];
}

function pricesOf(
  { event, source, options }: Comparison,
  segment: string | null,
  series: SegmentSeries,
  place: number,
): Prices | Refusal {
  const { entry } = event;
  if (source === 'calendar') {
    const [before, after] = [entry?.price_before_minor ?? 0, entry?.price_after_minor ?? 0];
    // Of riders by method, only those of the entry's type met its price.
    if (
      options.segments === 'method' &&
      segment !== null &&
      entry?.payment_type != null &&
      segment !== entry.payment_type
    ) {
      return refuse('no_variation', `The price of ${segment} did not change.`);
    }
    if (before === after)
      return refuse('no_variation', `The price never varied: before and after ${event.name} it is the same.`);
    return { before, after };
  }
  const average = averageOf(series, place);
  const [before, after] = [average(0), average(1)];
  if (!Number.isFinite(before) || !Number.isFinite(after))
    return refuse('too_few', 'There are no payments on one side of the event.');
  if (Math.abs(after / before - 1) >= LEAST_CHANGE) return { before, after };
  return refuse(
    'no_variation',
    `The price never varied: the average paid changed by ${percentInWords(after / before - 1, 2)} at ${event.name}, less than ${percentInWords(LEAST_CHANGE, 0)}. Name an event at which a fare changed, or its prices in the calendar.`,
  );
}

/** What a segment paid on average, by period. */
const averageOf =
  ({ gross, payments }: SegmentSeries, place: number) =>
  (period: number): number =>
    at(gross[place] ?? [], period) / at(payments[place] ?? [], period);

/** What each segment met each week. */
export function weeklyPrices(
  { source, event, window, segmentation, options }: Comparison,
  series: SegmentSeries,
): Float64Array[] {
  const { entry } = event;
  return segmentation.names.map((name, place) => {
    const met = options.segments !== 'method' || entry?.payment_type == null || entry.payment_type === name;
    const average = averageOf(series, place);
    // In a week without payments the price is that of the week before; in the first ones, the first that was met.
    const payments = series.payments[place] ?? new Float64Array();
    const first = payments.findIndex((count) => count > 0);
    let known = first < 0 ? 1 : average(first);
    return Float64Array.from({ length: window.weeks.count }, (_, week) => {
      if (source === 'calendar') {
        const price = (week < window.before ? entry?.price_before_minor : entry?.price_after_minor) ?? 1;
        return met ? price : 1;
      }
      if (at(payments, week) > 0) known = average(week);
      return known;
    });
  });
}

export const mainOf = ({ estimates }: Row, { definition }: Options): Estimate =>
  named(estimates, `${definition} elasticity`);
