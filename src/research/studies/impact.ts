/** What an event did to one series, as revenue by week: segmented regression, errors that follow each other allowed for. */
import { z } from 'zod';
import { dateOf, dayOf } from '../days.js';
import { type EventSeries, placeEvent, termsOf } from '../event-series.js';
import { findEvent, overlapping, type StudyEvent } from '../events.js';
import { asShare, type Estimate, isRefusal, named, type Refusal, refuse } from '../numeric/answer.js';
import { FEW_POINTS, interruptedSeries } from '../numeric/interrupted-series.js';
import { at } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { level } from '../option-shapes.js';
import { countedWithin, outcomeSeries, typeNamed } from '../outcome-series.js';
import { OUTCOME_WORDS } from '../panels.js';
import { GRAINS, type Grain, periodsOf } from '../periods.js';
import { resultOf } from '../result.js';
import { everyone } from '../segments.js';
import { type Finding, NO_COMPARISON, type Study, type StudyResult } from '../study.js';
import { chosenEvent, chosenOf, event, paymentType, seriesOutcome } from '../study-options.js';
import { endOfWholeDays } from '../whole-days.js';
import { intervalInWords, moneyInWords, numberInWords, percentInWords, pInWords } from '../words.js';
import {
  type Placebo,
  placeboTable,
  residualChart,
  residualTable,
  seriesChart,
  seriesTable,
  type ToldSeries,
  termTable,
} from './impact-shown.js';

const OPTIONS = z.strictObject({
  event,
  outcome: seriesOutcome,
  payment_type: paymentType,
  period: z
    .enum(['auto', ...GRAINS])
    .default('auto')
    .describe('What a point of the series is; auto: weeks, or days where the event or the data are short.'),
  scale: z
    .enum(['auto', 'log', 'level'])
    .default('auto')
    .describe('log tells the change as a share, level in units; auto: log where no point is zero.'),
  change_of_trend: z
    .boolean()
    .default(false)
    .describe('Whether the trend may change at the event too, beside the level.'),
  level,
});
type Options = z.output<typeof OPTIONS>;

export const impact: Study<Options> = {
  name: 'impact',
  title: 'Impact of an event on one series',
  question: 'Did revenue, payments or riders change when something was changed?',
  options: OPTIONS,
  run: answerOf,
};

/** Shorter than this, an event or a series is looked at by days. */
const SHORT_EVENT_DAYS = 28;
const SHORT_SERIES_DAYS = 7 * FEW_POINTS;
/** From here on intervals of simulated series held the truth in 93 to 96 of 100, whatever their ρ. */
const SHORT_POINTS = 40;
/** Points beyond terms without which an error is a guess. */
const FEWEST_LEFT = 3;

function grainOf({ from, to }: Observations, { day, end }: StudyEvent, { period }: Options): Grain {
  if (period !== 'auto') return period;
  const short = (end !== null && end - day < SHORT_EVENT_DAYS) || dayOf(to) - dayOf(from) < SHORT_SERIES_DAYS;
  return short ? 'day' : 'week';
}

function answerOf(observations: Observations, options: Options): StudyResult | Refusal {
  const event = findEvent(observations, options.event, ['fare', 'promotion', 'free', 'policy', 'event']);
  if (isRefusal(event)) return event;
  const only = typeNamed(observations, options.payment_type);
  if (isRefusal(only)) return only;
  const grain = grainOf(observations, event, options);
  const periods = periodsOf(grain, dayOf(observations.from), endOfWholeDays(observations), event.day);
  const [values = new Float64Array()] = outcomeSeries(
    observations,
    options.outcome,
    everyone(observations),
    periods,
    only,
  );
  const positive = values.every((value) => value > 0);
  if (options.scale === 'log' && !positive) {
    return refuse(
      'out_of_domain',
      `A ${grain} has nothing, or less than nothing, and no logarithm; take scale=level.`,
    );
  }
  const log = options.scale !== 'level' && positive;
  const outcome = log ? values.map(Math.log) : values;
  const series: EventSeries = { periods, outcome, ...placeEvent(periods, event) };
  const terms = termsOf(series, event, options.change_of_trend);
  if (isRefusal(terms)) return terms;
  const estimates = interruptedSeries(terms.series, options.level);
  if (isRefusal(estimates)) return estimates;
  const left = periods.count - estimates.leastSquares.estimates.length;
  if (left < FEWEST_LEFT) {
    return refuse(
      'too_few',
      `${periods.count} ${grain}s cannot carry ${periods.count - left} terms; ${FEWEST_LEFT} more than terms are needed, of shorter periods or of more time.`,
    );
  }
  const told = { observations, options, event, only, series, terms, estimates, values, log };
  return tell(told, placebosOf(told));
}

type Told = ToldSeries & { readonly options: Options };

const PLACEBOS = 5;

/** The same regression on the time before, at dates of no event. */
function placebosOf({ series, options, terms }: Told): Placebo[] {
  const { periods, outcome, first } = series;
  const clean = Math.max(
    0,
    first - (terms.series.covariates?.names.some((name) => name.includes('both sides')) ? 1 : 0),
  );
  const early = { ...periods, count: clean, bounds: periods.bounds.subarray(0, clean + 1) };
  const dates = Array.from({ length: PLACEBOS }, (_, i) => Math.round((clean * (i + 1)) / (PLACEBOS + 1)));
  return [...new Set(dates)].flatMap((date) => {
    const own = termsOf(
      { periods: early, outcome: outcome.subarray(0, clean), first: date, end: clean },
      null,
      false,
    );
    const estimates = isRefusal(own) ? own : interruptedSeries(own.series, options.level);
    return isRefusal(estimates)
      ? []
      : [{ date: dateOf(at(periods.bounds, date)), estimate: named(estimates.estimates, 'event') }];
  });
}

function tell(told: Told, placebos: readonly Placebo[]): StudyResult {
  const { observations, options, event, series, terms, estimates, log } = told;
  const shown = (own: Estimate): Estimate => (log ? asShare(own) : own);
  const finding = (name: string, own: Estimate): Finding => ({
    ...shown(own),
    name,
    segment: null,
    literature: [],
  });
  const followed = estimates.praisWinsten === null ? 'least squares' : 'Prais–Winsten';
  const main = named(estimates.estimates, 'event');
  const { bounds, count } = series.periods;
  const chosen = chosenOf(options, {
    ...chosenEvent(event),
    period: series.periods.grain,
    scale: log ? 'log' : 'level',
    season: terms.season,
  });
  return resultOf(impact, observations, chosen, {
    sentence: sentenceOf(told, shown(main)),
    method: `${estimates.method} of ${count} ${series.periods.grain}s: constant, trend, event${options.change_of_trend ? ' and its trend' : ''}, ${terms.season === 'none' ? 'no season' : `terms of ${terms.season}`}${log ? '; of the logarithm, changes told as shares' : ''}; beside it ${estimates.neweyWest.method}.`,
    ...countedWithin(observations, series.periods, told.only),
    clusters: null,
    findings: [
      finding(`change at the event (${followed})`, main),
      finding('change at the event (Newey–West)', named(estimates.neweyWest.estimates, 'event')),
      ...(options.change_of_trend
        ? [
            finding(
              `change of the trend a ${series.periods.grain} (${followed})`,
              named(estimates.estimates, 'trend after event'),
            ),
          ]
        : []),
    ],
    tables: [termTable(told), seriesTable(told)],
    charts: [seriesChart(told)],
    diagnostics: {
      tables: [residualTable(told), placeboTable(placebos, log)],
      charts: [residualChart(told)],
    },
    assumptions: [
      NO_COMPARISON,
      options.outcome === 'riders'
        ? 'Riders are those who paid at least once.'
        : `Counted: ${OUTCOME_WORDS[options.outcome]}.`,
      'Without the event the trend and the season would have gone on as they were.',
      'Prais and Winsten come first, with ρ corrected for its bias: in short series with persistent errors Newey and West’s intervals are far too narrow.',
      'The placebos are dates of no event in the time before; nothing should be found there.',
    ],
    warnings: [
      ...estimates.warnings.filter((words) => !words.startsWith('Without a comparison')),
      ...(terms.season === 'none'
        ? [
            `${count} ${series.periods.grain}s are too few to tell a season: what comes round every year is in the estimate.`,
          ]
        : []),
      ...(count >= FEW_POINTS && count < SHORT_POINTS
        ? [
            `With ${count} points the interval may be too narrow: in simulated series of 20, nominal 95% held the truth in 89 to 92 of 100.`,
          ]
        : []),
      ...(Math.abs(estimates.rho) > 0.8
        ? [`The errors hardly fade (ρ ${numberInWords(estimates.rho)}): the interval may be too narrow.`]
        : []),
      ...overlapping(observations, event, at(bounds, 0), at(bounds, count)),
      ...placebos
        .filter(({ estimate }) => estimate.pValue < (1 - options.level) / placebos.length)
        .map(
          ({ date, estimate }) =>
            `At ${date}, where nothing happened, a change is found too (${pInWords(estimate.pValue)}): the model does not hold the series.`,
        ),
    ],
  });
}

function sentenceOf(
  { observations, options, event, log, values, series, estimates }: Told,
  main: Estimate,
): string {
  const { digits } = observations.currency;
  const unit = (value: number): string =>
    options.outcome === 'revenue'
      ? moneyInWords(value * 10 ** digits, observations.currency)
      : numberInWords(value);
  const write = (value: number): string => (log ? percentInWords(value) : unit(value));
  const what = { revenue: 'Net revenue', payments: 'Payments', riders: 'Riders who paid' }[options.outcome];
  const before = values.subarray(0, series.first);
  const mean = before.reduce((sum, value) => sum + value, 0) / before.length;
  const found = main.lower > 0 || main.upper < 0;
  const moved = found
    ? `${what} by ${series.periods.grain} ${main.estimate < 0 ? 'fell' : 'rose'} by ${write(Math.abs(main.estimate))}`
    : `No change of ${what.toLowerCase()} by ${series.periods.grain} beyond chance was found (${write(main.estimate)})`;
  const how = estimates.praisWinsten === null ? `, by least squares on ${values.length} points` : '';
  return `${moved} at ${event.name} (${dateOf(event.day)}), trend and season apart: ${write(main.estimate)} (${intervalInWords(main, write)}); before it was ${unit(mean)} on average${how}.`;
}
