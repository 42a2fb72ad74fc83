import { dateOf } from '../days.js';
import { findEvent, overlapping } from '../events.js';
import { isRefusal, named, type Refusal, refuse } from '../numeric/answer.js';
import { DEFINITIONS } from '../numeric/elasticity.js';
import { at, sumOf } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { segmentSeries } from '../panels.js';
import { PRICE, priceEffectOf } from '../price-panel.js';
import { resultOf } from '../result.js';
import { type Span, segmentRiders } from '../segments.js';
import { type Finding, NO_COMPARISON, type Study, type StudyResult } from '../study.js';
import { chosenEvent, chosenOf } from '../study-options.js';
import { type EventWindow, weeksAround, weeksInWords } from '../windows.js';
import {
  counted,
  intervalInWords,
  moneyInWords,
  numberInWords,
  percentInWords,
  typeInSentence,
} from '../words.js';
import {
  BESIDE,
  elasticityTable,
  panelTable,
  panelWarnings,
  placeboTable,
  placeboWarnings,
  pointsChart,
  weeklyChart,
} from './elasticity-shown.js';
import {
  type Comparison,
  MAX_DRAWN,
  mainOf,
  OPTIONS,
  type Options,
  onlyOf,
  type Row,
  rowsOf,
  sourceOf,
  weeklyPrices,
} from './price-comparison.js';

export const elasticity: Study<Options> = {
  name: 'elasticity',
  title: 'Price elasticity',
  question: 'How much do payments change when the fare does, and whose?',
  options: OPTIONS,
  run: compare,
};

function compare(observations: Observations, options: Options): StudyResult | Refusal {
  const event = findEvent(observations, options.event, ['fare', 'promotion']);
  if (isRefusal(event)) return event;
  const { before_weeks, after_weeks, segments: by } = options;
  const isSymmetric = by === 'spend' || by === 'method';
  const window = weeksAround(observations, event, {
    before: before_weeks,
    after: after_weeks,
    balanced: true,
    segments: isSymmetric ? 'none' : by,
  });
  if (isRefusal(window)) return window;
  const base = isSymmetric ? bothSides(window) : window.base;
  const segmentation = segmentRiders(observations, by, base, options.segments_csv);
  if (isRefusal(segmentation)) return segmentation;
  const source = sourceOf(event, options);
  if (isRefusal(source)) return source;
  const only = onlyOf(observations, event, options);
  if (isRefusal(only)) return only;
  const comparison = { observations, options, event, window, segmentation, only, source };
  const rows = rowsOf(comparison);
  return isRefusal(rows) ? rows : tell(comparison, rows);
}

/**
 * Told from before alone, riders of a segment would all be there before, and some would have left after, with nobody in
 * their place: the fare would seem to have driven them away. Both sides are as long, so told from both nothing tilts.
 */
const bothSides = ({ weeks }: EventWindow): Span => ({
  from: at(weeks.bounds, 0),
  to: at(weeks.bounds, weeks.count),
});

function tell(
  comparison: Comparison,
  { rows, left }: { readonly rows: readonly Row[]; readonly left: readonly string[] },
): StudyResult | Refusal {
  const { observations, options, event, window, segmentation, only, source } = comparison;
  const [whole] = rows;
  if (whole === undefined) return refuse('too_few', 'There is nothing to compare.');
  const weekly = segmentSeries(observations, segmentation, window.weeks, only);
  const panel = priceEffectOf(
    { observations, segmentation, weeks: window.weeks, prices: weeklyPrices(comparison, weekly), only },
    options.level,
  );
  const estimate = isRefusal(panel.estimates) ? panel.estimates : named(panel.estimates.estimates, PRICE);
  const findings: Finding[] = [
    ...rows.flatMap(({ segment, estimates }) =>
      estimates.map((own) => ({ ...own, segment, literature: BESIDE })),
    ),
    ...(isRefusal(estimate) ? [] : [{ ...estimate, name: PANEL, segment: null, literature: BESIDE }]),
  ];
  const weeks = window.before;
  const unit = 10 ** observations.currency.digits;
  const chosen = chosenOf(options, {
    ...chosenEvent(event),
    before_weeks: weeks,
    after_weeks: window.after,
    price: source,
    price_before: whole.prices.before / unit,
    price_after: whole.prices.after / unit,
    ...(only === null ? {} : { payment_type: observations.types[only] }),
  });
  return resultOf(elasticity, observations, chosen, {
    sentence: sentenceOf(comparison, whole, rows),
    method: `${weeks} whole weeks on each side of the event (${weeksInWords(window.weeks, 0, weeks + window.after)}), every rider of either side with what was paid on both, nothing as zero; ${DEFINITIONS.join(', ')} elasticity with intervals by the delta method over riders, beside it the bootstrap up to ${MAX_DRAWN} riders. Panel: Poisson pseudo-likelihood of rider × week, zeros counted, effects of riders and ${panel.time === 'weeks' ? 'weeks' : 'a straight trend'}, errors clustered by rider. Prices are ${SOURCES[source]}.`,
    payments: sumOf(whole.before) + sumOf(whole.after),
    riders: whole.riders,
    clusters: whole.riders,
    findings,
    tables: [elasticityTable(comparison, rows), panelTable(panel)],
    charts: [pointsChart(rows, options), weeklyChart(comparison, weekly)],
    diagnostics: { tables: [placeboTable(rows)], charts: [] },
    assumptions: [
      NO_COMPARISON,
      'Payments are the quantity: what a rider does without paying, as on a pass, is not in it.',
      `Prices are as paid, without adjustments; ${SOURCES[source]}.`,
      segmentation.rule,
      'TCRP Report 95, chapter 12, lists elasticities by mode and kind of change, and no single figure: compare there.',
      'The placebo compares two parts of the time before the event as if the fare had changed between them; it should be none.',
    ],
    warnings: [
      ...window.warnings,
      ...segmentation.warnings,
      ...left.map((words) => `Not told of ${words}`),
      ...overlapping(
        observations,
        event,
        at(window.weeks.bounds, 0),
        at(window.weeks.bounds, window.weeks.count),
      ),
      ...placeboWarnings(rows, options.level),
      ...panelWarnings(panel, estimate, segmentation),
    ],
  });
}

const SOURCES = {
  calendar: "those of the calendar's entry",
  observed: 'the averages that were paid in the compared weeks, so who paid is in them too',
} as const;

const PANEL = 'price elasticity of riders over weeks (Poisson)';

function sentenceOf(
  { observations, options, event, only }: Comparison,
  whole: Row,
  rows: readonly Row[],
): string {
  const { before, after } = whole.prices;
  const [first, second] = [sumOf(whole.before), sumOf(whole.after)];
  const main = mainOf(whole, options);
  const money = (minor: number): string => moneyInWords(minor, observations.currency);
  const what = only === null ? 'Payments' : `Payments by ${typeInSentence(observations.types[only] ?? '')}`;
  const moved = `${what} ${second < first ? 'fell' : 'rose'} by ${percentInWords(Math.abs(second / first - 1))} when the price went from ${money(before)} to ${money(after)} (${event.name}, ${dateOf(event.day)})`;
  const own = `a ${options.definition} elasticity of ${numberInWords(main.estimate)} (${intervalInWords(main, numberInWords)})`;
  const parts = rows.slice(1).map((row) => {
    const { estimate } = mainOf(row, options);
    return `${row.segment ?? ''} ${numberInWords(estimate)}`;
  });
  const spread = parts.length === 0 ? '' : ` By segment: ${parts.join('; ')}.`;
  return `${moved}: ${own}, over ${counted(whole.riders, 'rider')}.${spread}`;
}
