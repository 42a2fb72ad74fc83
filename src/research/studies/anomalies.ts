/** Days, or months, that are unlike the rest of their season and trend. */
import { z } from 'zod';
import { dateOf, dayOf } from '../days.js';
import { estimateOf, isRefusal, type Refusal, refuse } from '../numeric/answer.js';
import type { DeviateStep } from '../numeric/outliers.js';
import { at } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { level } from '../option-shapes.js';
import { countedWithin, typeNamed } from '../outcome-series.js';
import { OUTCOME_WORDS } from '../panels.js';
import { resultOf } from '../result.js';
import { CYCLES, seasonPeriods, seasonValues } from '../season-series.js';
import { everyone } from '../segments.js';
import { SCALES, type Scale, scaledAnomalies, TRANSFORM } from '../steady-scale.js';
import { type Finding, NO_COMPARISON, type Study, type StudyResult } from '../study.js';
import { chosenOf, paymentType, seriesOutcome } from '../study-options.js';
import { counted, countInWords, listInWords, moneyInWords, numberInWords } from '../words.js';
import {
  type Anomaly,
  anomalyTable,
  remainderTable,
  seriesChart,
  seriesTable,
  stepTable,
  type ToldAnomalies,
} from './anomalies-shown.js';

const OPTIONS = z.strictObject({
  outcome: seriesOutcome,
  payment_type: paymentType,
  cycle: z
    .enum(CYCLES)
    .default('week')
    .describe(
      'week: days, against those of the same weekday; year: months, against those of the same month.',
    ),
  scale: z
    .enum(['auto', ...SCALES])
    .default('auto')
    .describe('On which points spread evenly: log, root (of counts) or level; auto: the most even of them.'),
  most: z
    .number()
    .min(0.01)
    .max(0.25)
    .default(0.1)
    .describe('At most this share of all points is looked for, and never fewer than two.'),
  level: level.describe('Confidence: where nothing is odd, about so often nothing is found at all.'),
});
type Options = z.output<typeof OPTIONS>;

export const anomalies: Study<Options> = {
  name: 'anomalies',
  title: 'Anomalies',
  question: 'Which days are unlike what weekday and trend let expect?',
  options: OPTIONS,
  run: answerOf,
};

const FEWEST = 2;
/** Correlations beyond so many of their standard errors, 1/√n, are no chance. */
const UNEVEN = 3;
const SCALE_WORDS: Readonly<Record<Scale, string>> = {
  log: 'of the logarithm',
  root: 'of the square root',
  level: 'in units',
};

function answerOf(observations: Observations, options: Options): StudyResult | Refusal {
  const only = typeNamed(observations, options.payment_type);
  if (isRefusal(only)) return only;
  const when = seasonPeriods(observations, options.cycle);
  const [values = new Float64Array()] = seasonValues(
    observations,
    options.outcome,
    everyone(observations),
    when,
    only,
  );
  const most = Math.max(FEWEST, Math.floor(options.most * values.length));
  const season = { period: when.places.length, seasonalWindow: 'periodic' } as const;
  const scaled = scaledAnomalies(values, options.scale, season, most, options.level);
  if (isRefusal(scaled)) return scaled;
  const { found } = scaled;
  if (!(found.deviation > 0) && found.found.length === 0) {
    return refuse(
      'no_variation',
      'Every point is as season and trend let expect; nothing tells what would be odd.',
    );
  }
  const told = { observations, outcome: options.outcome, when, values, scaled };
  const list = found.found.map((step) => anomalyOf(told, step, options.level));
  return tell({ ...told, anomalies: list }, options, countedWithin(observations, when.periods, only));
}

function anomalyOf(
  { observations, when, values, scaled: { scale, found } }: Omit<ToldAnomalies, 'anomalies'>,
  { index, statistic }: DeviateStep,
  level: number,
): Anomaly {
  const { from, slope } = TRANSFORM[scale];
  const [on, reach] = [at(found.expected, index), found.critical * found.deviation];
  const [day, next] = [at(when.periods.bounds, index), at(when.periods.bounds, index + 1)];
  const df = values.length - found.found.length - 1;
  const own = estimateOf(dateOf(day), at(found.remainder, index), found.deviation, df, level);
  const expected = from(on);
  return {
    date: dateOf(day),
    observed: at(values, index),
    expected,
    lower: from(on - reach),
    upper: from(on + reach),
    distance: {
      ...own,
      estimate: at(values, index) - expected,
      standardError: slope(on + own.estimate) * own.standardError,
      lower: from(on + own.lower) - expected,
      upper: from(on + own.upper) - expected,
      statistic,
      // Whether it is an anomaly is decided of all points together.
      pValue: Number.NaN,
    },
    calendar: entriesAt(observations, day, next),
  };
}

/** Entries that began or ended a few days around, or that hold for a short time and were on. */
const NEAR_DAYS = 3;
const SHORT_DAYS = 28;

function entriesAt({ calendar }: Observations, from: number, to: number): string[] {
  const near = (day: number): boolean => day > from - NEAR_DAYS - 1 && day < to + NEAR_DAYS;
  return calendar
    .filter(({ starts_on, ends_before }) => {
      const [start, end] = [dayOf(starts_on), ends_before === null ? null : dayOf(ends_before)];
      const isOn = end !== null && end - start < SHORT_DAYS && start < to && end > from;
      return isOn || near(start) || (end !== null && near(end));
    })
    .map(({ name }) => name);
}

function tell(
  told: ToldAnomalies,
  options: Options,
  { payments, riders }: { readonly payments: number; readonly riders: number },
): StudyResult {
  const { observations, scaled, when, anomalies: list } = told;
  const { found, scale, unevenness } = scaled;
  const { grain, count } = when.periods;
  return resultOf(anomalies, observations, chosenOf(options, { scale }), {
    sentence: sentenceOf(told),
    method: `${found.method}, of ${count} ${grain}s, ${SCALE_WORDS[scale]}; those found are replaced by what was expected and the rest told anew, until no more are found.`,
    payments,
    riders,
    clusters: null,
    findings: list.map(
      ({ date, distance }): Finding => ({
        ...distance,
        name: `${date} less what was expected`,
        segment: null,
        literature: [],
      }),
    ),
    tables: [anomalyTable(told), seriesTable(told)],
    charts: [seriesChart(told)],
    diagnostics: { tables: [remainderTable(told), stepTable(told)], charts: [] },
    assumptions: [
      'What season and trend leave is near to normal on the scale that was taken; the table of the remainder tells how near. In simulated series without anything odd (8 to 56 weeks; Poisson, normal and log-normal) level=0.95 named something in 0 to 13 of 100.',
      'A change that lasts becomes the trend and is no anomaly: for that there is the study of impact.',
      options.outcome === 'riders'
        ? 'Riders are those who paid at least once.'
        : `Counted: ${OUTCOME_WORDS[options.outcome]}.`,
      'An entry of the calendar beside an anomaly fell into its days; that it is the cause is not tested.',
      NO_COMPARISON,
    ],
    warnings: [
      ...found.warnings,
      ...(Math.abs(unevenness) > UNEVEN / Math.sqrt(count)
        ? [
            `What is left spreads ${unevenness > 0 ? 'more' : 'less'} where more is expected (correlation ${numberInWords(unevenness)}): ${unevenness > 0 ? 'high' : 'low'} times seem odd too readily. Take another scale, or a period in which less changes.`,
          ]
        : []),
      ...(list.length === found.steps.length
        ? [`As many were found as were looked for (${list.length}); there may be more: raise most.`]
        : []),
      ...(observations.provenance.kind === 'live'
        ? ['The last days may lack payments that come late; the study of lag tells how many.']
        : []),
    ],
  });
}

const TOLD = 3;

function sentenceOf({ observations, outcome, when, values, anomalies: list }: ToldAnomalies): string {
  const write = (value: number): string =>
    outcome === 'revenue'
      ? moneyInWords(value * 10 ** observations.currency.digits, observations.currency)
      : Number.isInteger(value)
        ? countInWords(value)
        : numberInWords(value);
  const what = { revenue: 'net revenue', payments: 'payments', riders: 'riders who paid' }[outcome];
  const [unit, place] = when.cycle === 'week' ? ['day', 'weekday'] : ['month', 'month'];
  if (list.length === 0) {
    return `None of ${counted(values.length, unit)} has ${what} beyond what ${place} and trend let expect.`;
  }
  const parts = list.slice(0, TOLD).map(({ date, observed, expected, lower, upper, calendar }) => {
    const entries = calendar.length === 0 ? '' : `; ${listInWords(calendar)}`;
    return `${date} with ${write(observed)} instead of ${write(expected)} (range ${write(lower)} to ${write(upper)}${entries})`;
  });
  const more = list.length > TOLD ? ', the farthest' : '';
  return `${list.length} of ${counted(values.length, unit)} ${list.length === 1 ? 'has' : 'have'} ${what} unlike others of their ${place} and trend${more}: ${listInWords(parts)}.`;
}
