/** What comes round: weekdays within weeks, or months within years, apart from the trend (STL). */
import { z } from 'zod';
import { dayOf } from '../days.js';
import { asShare, type Estimate, isRefusal, type Refusal } from '../numeric/answer.js';
import { seasonOf } from '../numeric/season.js';
import { at } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { level } from '../option-shapes.js';
import { countedWithin, typeNamed } from '../outcome-series.js';
import { OUTCOME_WORDS } from '../panels.js';
import { resultOf } from '../result.js';
import { CYCLES, type SeasonPeriods, seasonPeriods, seasonValues, takeApart } from '../season-series.js';
import { everyone, type Segmentation, segmentRiders } from '../segments.js';
import { type Finding, NO_COMPARISON, type Study, type StudyResult } from '../study.js';
import { chosenOf, paymentType, segments, segmentsCsv, seriesOutcome } from '../study-options.js';
import { intervalInWords, moneyInWords, numberInWords, percentInWords, pInWords } from '../words.js';
import {
  partsTable,
  remainderChart,
  remainderTable,
  seasonChart,
  seasonTable,
  seriesChart,
  strengthTable,
  type ToldSeason,
} from './seasonality-shown.js';

const OPTIONS = z.strictObject({
  outcome: seriesOutcome,
  payment_type: paymentType,
  cycle: z
    .enum(['auto', ...CYCLES])
    .default('auto')
    .describe(
      'week: days of the week; year: months of the year; auto: year where there are two years and a month.',
    ),
  seasonal_window: z
    .number()
    .int()
    .min(0)
    .max(199)
    .default(0)
    .describe('Cycles that the season of the drawn parts is smoothed from, as 13; 0: it is the same in all.'),
  scale: z
    .enum(['auto', 'log', 'level'])
    .default('auto')
    .describe('log tells distances as shares, level in units; auto: log where no point is zero.'),
  segments: segments.default('none'),
  segments_csv: segmentsCsv,
  level,
});
type Options = z.output<typeof OPTIONS>;

export const seasonality: Study<Options> = {
  name: 'seasonality',
  title: 'Seasonality',
  question: 'Which days of the week, or months of the year, are above and below the trend?',
  options: OPTIONS,
  run: answerOf,
};

/** Shorter entries of the calendar than these disturb single points. */
const SHORT_ENTRY_DAYS = 28;

function answerOf(observations: Observations, options: Options): StudyResult | Refusal {
  const only = typeNamed(observations, options.payment_type);
  if (isRefusal(only)) return only;
  const when = seasonPeriods(observations, options.cycle);
  const span = { from: dayOf(observations.from), to: dayOf(observations.to) };
  const segmentation = segmentRiders(observations, options.segments, span, options.segments_csv);
  if (isRefusal(segmentation)) return segmentation;
  const valuesOf = (own: Segmentation): readonly Float64Array[] =>
    seasonValues(observations, options.outcome, own, when, only);
  const all = groupOf(null, valuesOf(everyone(observations))[0] ?? new Float64Array(), when, options);
  if (isRefusal(all)) return all;
  const own =
    options.segments === 'none'
      ? []
      : valuesOf(segmentation).map((values, place) => {
          const name = segmentation.names[place] ?? '';
          return { name, group: groupOf(name, values, when, options) };
        });
  const told: ToldSeason = {
    observations,
    outcome: options.outcome,
    when,
    all,
    groups: [all, ...own.flatMap(({ group }) => (isRefusal(group) ? [] : [group]))],
  };
  return tell(told, segmentation, options, {
    ...countedWithin(observations, when.periods, only),
    refused: own.flatMap(({ name, group }) =>
      isRefusal(group) ? [`Not told of ${name}: ${group.message}`] : [],
    ),
  });
}

function groupOf(
  segment: string | null,
  values: Float64Array,
  { places }: SeasonPeriods,
  { scale, seasonal_window: window, level }: Options,
): ToldSeason['all'] | Refusal {
  const series = takeApart(values, scale, {
    period: places.length,
    seasonalWindow: window === 0 ? 'periodic' : window,
  });
  if (isRefusal(series)) return series;
  const season = seasonOf(series.parts, places, level);
  return isRefusal(season) ? season : { segment, series, season };
}

interface Counted {
  readonly riders: number;
  readonly payments: number;
  readonly refused: readonly string[];
}

function tell(told: ToldSeason, segmentation: Segmentation, options: Options, counted: Counted): StudyResult {
  const { observations, when, all, groups } = told;
  const { count, grain } = when.periods;
  const { log, parts } = all.series;
  const chosen = chosenOf(options, { cycle: when.cycle, scale: log ? 'log' : 'level' });
  return resultOf(seasonality, observations, chosen, {
    sentence: sentenceOf(told),
    method: `${parts.method} of ${count} ${grain}s${log ? ', of the logarithm, distances told as shares' : ''}; places of the cycle averaged over ${all.season.cycles} whole cycles, errors from how cycles differ, intervals for all places at once (Bonferroni).`,
    payments: counted.payments,
    riders: counted.riders,
    clusters: null,
    findings: groups.flatMap((group) => findingsOf(group, when)),
    tables: [seasonTable(told), strengthTable(told), partsTable(told)],
    charts: [seasonChart(told), seriesChart(told)],
    diagnostics: { tables: [remainderTable(told)], charts: [remainderChart(told)] },
    assumptions: [
      'The season is the same in every cycle, and cycles are independent of each other but for the trend; values within a cycle may hang together.',
      options.outcome === 'riders'
        ? 'Riders are those who paid at least once.'
        : `Counted: ${OUTCOME_WORDS[options.outcome]}${when.cycle === 'year' ? '; a day on average, so that short months are not low for that' : ''}.`,
      ...(options.segments === 'none' ? [] : [segmentation.rule]),
      NO_COMPARISON,
    ],
    warnings: [...segmentation.warnings, ...counted.refused, ...warningsOf(told)],
  });
}

function warningsOf({ observations, when, all }: ToldSeason): string[] {
  const { cycles } = all.season;
  const { bounds, count } = when.periods;
  const [from, to] = [at(bounds, 0), at(bounds, count)];
  const short = observations.calendar.filter(({ starts_on, ends_before }) => {
    if (ends_before === null) return false;
    const [start, end] = [dayOf(starts_on), dayOf(ends_before)];
    return start < to && end > from && end - start < SHORT_ENTRY_DAYS;
  });
  return [
    ...(cycles < 4
      ? [
          `There are ${cycles} whole ${when.cycle}s: the intervals are wide, and a single odd ${when.cycle} weighs much.`,
        ]
      : []),
    ...short.map(
      ({ name, starts_on }) =>
        `The calendar's entry ${name} (${starts_on}) is in the averages; the study of anomalies tells of single days.`,
    ),
  ];
}

const shown = (own: Estimate, log: boolean): Estimate => (log ? asShare(own) : own);

function findingsOf({ segment, series, season }: ToldSeason['all'], { inOrder }: SeasonPeriods): Finding[] {
  return inOrder.flatMap((name) =>
    season.places
      .filter((place) => place.name === name)
      .map(
        (place): Finding => ({
          ...shown(place, series.log),
          name: `${name} against the trend`,
          segment,
          literature: [],
        }),
      ),
  );
}

function sentenceOf(told: ToldSeason): string {
  const { observations, outcome, when, all } = told;
  const { season, series } = all;
  const unit = (value: number): string =>
    outcome === 'revenue'
      ? moneyInWords(value * 10 ** observations.currency.digits, observations.currency)
      : numberInWords(value);
  const write = (value: number): string => (series.log ? percentInWords(value) : unit(value));
  const what = { revenue: 'Net revenue', payments: 'Payments', riders: 'Riders who paid' }[outcome];
  const places = season.places
    .map((place) => shown(place, series.log))
    .sort((a, b) => b.estimate - a.estimate);
  const [highest, lowest] = [places[0], places.at(-1)];
  if (highest === undefined || lowest === undefined) return '';
  const written = (own: Estimate): string => `${write(own.estimate)} (${intervalInWords(own, write)})`;
  const range = `${highest.name} is highest, ${written(highest)} against the trend, and ${lowest.name} lowest, ${written(lowest)}`;
  if (season.pValue >= 1 - highest.level) {
    return `${what} by ${when.periods.grain}: no season of the ${when.cycle} beyond chance was found in ${season.cycles} whole ${when.cycle}s (${pInWords(season.pValue)}); ${range}.`;
  }
  return `${what} by ${when.periods.grain}: ${range}. Over ${season.cycles} whole ${when.cycle}s the season explains ${percentInWords(season.seasonStrength)} of what the trend leaves.`;
}
