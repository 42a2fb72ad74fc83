/** How long payments take to be captured, and which of the last days still lack some. */
import { z } from 'zod';
import { isDate } from '../../domain/calendar-entry.js';
import { dateOf, dayOf } from '../days.js';
import { isRefusal, type Refusal, refuse } from '../numeric/answer.js';
import { captureLag, type PeriodCompleteness } from '../numeric/capture-lag.js';
import {
  type ClusteredDistribution,
  type ClusteredValues,
  clusteredDistribution,
} from '../numeric/clustered-quantiles.js';
import { at } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { level } from '../option-shapes.js';
import { resultOf } from '../result.js';
import { type SeenCaptures, seenCaptures } from '../seen-captures.js';
import type { Finding, Study, StudyResult } from '../study.js';
import { type UsedTypes, usedTypes } from '../used-types.js';
import { counted, durationInWords, intervalInWords, listInWords, percentInWords } from '../words.js';
import {
  dayChart,
  daysAfterTable,
  dayTable,
  type LagGroup,
  percentileChart,
  percentileTable,
  type ToldLag,
  withinTable,
} from './lag-shown.js';

const OPTIONS = z.strictObject({
  threshold: z
    .number()
    .min(0.5)
    .max(0.9999)
    .default(0.99)
    .describe('A day is complete where this share of its payments is here.'),
  watched_until: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date (YYYY-MM-DD)')
    .optional()
    .describe(
      'The local date before which every capture is in the data; by default that of the reading, or in a dataset that of the last capture.',
    ),
  level,
});
type Options = z.output<typeof OPTIONS>;

export const lag: Study<Options> = {
  name: 'lag',
  title: 'Timing of capture',
  question: 'How long after a payment is it captured, and which days still lack some?',
  options: OPTIONS,
  run: answerOf,
};

const PROBABILITIES = [0.5, 0.75, 0.9, 0.95, 0.99];
const LIMITS_S = [1, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400, 172_800, 604_800];
const FEW_DAYS = 30;

function answerOf(observations: Observations, options: Options): StudyResult | Refusal {
  const { watched_until: watched, threshold, level } = options;
  if (watched !== undefined && !isDate(watched)) {
    return refuse('out_of_domain', `${watched} is no date.`);
  }
  const seen = seenCaptures(observations, watched === undefined ? undefined : dayOf(watched));
  if (isRefusal(seen)) return seen;
  if (seen.size === 0) {
    return refuse(
      'too_few',
      `No payment was captured before ${dateOf(seen.lastDay + 1)}, up to which captures were watched.`,
    );
  }
  const { day: period, daysLater, lastDay: lastPeriod } = seen;
  const arrival = captureLag({ period, lag: daysLater, lastPeriod }, { level, threshold });
  if (isRefusal(arrival)) return arrival;
  const days = arrival.periods.filter(({ seen: count }) => count > 0);
  const types = usedTypes(observations);
  const [all, ...byType] = lagsByType(seen, days, types).map(({ type, data }): LagGroup | Refusal => {
    const found = clusteredDistribution(data, PROBABILITIES, type === null ? LIMITS_S : [], level);
    return isRefusal(found) ? found : { type, found };
  });
  if (all === undefined || isRefusal(all)) {
    return refuse(
      'too_few',
      `Fewer than two days have ${percentInWords(threshold)} of their payments here; wait, or take a lower threshold.`,
    );
  }
  const groups = [all, ...byType.flatMap((own) => (isRefusal(own) ? [] : [own]))];
  return tell({ observations, seen, arrival, days, groups, all }, options);
}

/** Lags of complete days alone, since of others short ones are seen too often: of all first, then by payment type. */
function lagsByType(
  seen: SeenCaptures,
  days: readonly PeriodCompleteness[],
  { names, category }: UsedTypes,
): { readonly type: string | null; readonly data: ClusteredValues }[] {
  const first = days[0]?.period ?? 0;
  const complete = new Uint8Array(seen.lastDay - first + 1);
  for (const { period, isComplete } of days) if (isComplete) complete[period - first] = 1;
  const sizes = new Int32Array(names.length);
  let n = 0;
  for (let i = 0; i < seen.size; i++) {
    if (complete[at(seen.day, i) - first] !== 1) continue;
    const type = at(category, at(seen.payment, i));
    sizes[type] = at(sizes, type) + 1;
    n += 1;
  }
  const columnsOf = (size: number) => ({
    values: new Float64Array(size),
    cluster: new Int32Array(size),
    clusters: complete.length,
  });
  const all = columnsOf(n);
  const byType = Array.from(sizes, columnsOf);
  const next = new Int32Array(names.length);
  let place = 0;
  for (let i = 0; i < seen.size; i++) {
    const day = at(seen.day, i) - first;
    if (complete[day] !== 1) continue;
    const [type, seconds] = [at(category, at(seen.payment, i)), at(seen.seconds, i)];
    const own = byType[type];
    if (own !== undefined) {
      own.values[at(next, type)] = seconds;
      own.cluster[at(next, type)] = day;
    }
    all.values[place] = seconds;
    all.cluster[place] = day;
    next[type] = at(next, type) + 1;
    place += 1;
  }
  return [{ type: null, data: all }, ...byType.map((data, k) => ({ type: names[k] ?? '', data }))];
}

function findingsOf({ quantiles, clusters }: ClusteredDistribution): Finding[] {
  return quantiles.map(({ probability, quantile: estimate, standardError, lower, upper, level }) => ({
    name: `seconds within which ${percentInWords(probability, 0)} are captured`,
    estimate,
    standardError,
    lower,
    upper,
    level,
    // That nothing takes any time is no question.
    statistic: Number.NaN,
    df: clusters - 1,
    pValue: Number.NaN,
    segment: null,
    literature: [],
  }));
}

function tell(told: ToldLag, options: Options): StudyResult {
  const { observations, seen, arrival, all } = told;
  const { found } = all;
  return resultOf(
    lag,
    observations,
    { ...options, watched_until: dateOf(seen.lastDay + 1) },
    {
      sentence: sentenceOf(told),
      method: `Percentiles (type 7) of captured less logged over complete days, Woodruff's intervals with errors clustered by day; completeness of days by ${arrival.method}, complete from ${percentInWords(options.threshold)} on.`,
      payments: seen.size,
      riders: seen.riders,
      clusters: found.clusters,
      findings: findingsOf(found),
      tables: [percentileTable(told), withinTable(told), dayTable(told), daysAfterTable(told)],
      charts: [percentileChart(told), dayChart(told)],
      assumptions: [
        'Lag is from the payment to its capture by a live source; imports, syncs and replays do not belong in it.',
        'Payments of one day hang together, as in an outage; days are independent of each other.',
        'Recent days will come in as earlier ones did. Intervals of completeness take payments as independent, so an outage that still holds some back is not in them.',
        ...(options.watched_until === undefined && observations.provenance.kind === 'dataset'
          ? [
              'A dataset does not say when captures ended: they are taken as watched up to the day of the last one.',
            ]
          : []),
      ],
      warnings: warningsOf(told),
    },
  );
}

function warningsOf({ observations, seen, arrival, all }: ToldLag): string[] {
  const others = observations.size - seen.live;
  return [
    ...arrival.warnings.map((words) => words.replace('periods', 'days')),
    ...(all.found.clusters < FEW_DAYS
      ? [
          `Only ${all.found.clusters} complete days: intervals of percentiles are too narrow below ${FEW_DAYS}.`,
        ]
      : []),
    ...(others === 0
      ? []
      : [`Left out, since they came by other than live sources: ${counted(others, 'payment')}.`]),
    ...(seen.unfinished === 0
      ? []
      : [
          `Left out, since they were made or captured from ${dateOf(seen.lastDay + 1)} on, when captures were no longer watched to the end of the day: ${counted(seen.unfinished, 'payment')}.`,
        ]),
    ...(seen.beforeMade === 0
      ? []
      : [
          `Captured before they were made, by clocks that differ: ${counted(seen.beforeMade, 'payment')}; they count as captured at once.`,
        ]),
  ];
}

const TOLD_DAYS = 3;

function sentenceOf({ all: { found }, days, seen }: ToldLag): string {
  const of = (probability: number): string => {
    const own = found.quantiles.find((quantile) => quantile.probability === probability);
    return own === undefined
      ? ''
      : `${durationInWords(own.quantile)} (${intervalInWords(own, durationInWords)})`;
  };
  const first = `Half of ${counted(found.n, 'payment')} of ${counted(found.clusters, 'complete day')} were captured within ${of(0.5)}, 95 of 100 within ${of(0.95)}.`;
  const open = days.filter(({ isComplete }) => !isComplete);
  if (open.length === 0) return `${first} Every day up to ${dateOf(seen.lastDay)} is complete.`;
  const parts = open
    .slice(-TOLD_DAYS)
    .map(
      (own) =>
        `${dateOf(own.period)} holds ${percentInWords(own.complete)} (${intervalInWords(own, percentInWords)})`,
    );
  const last = open.length > TOLD_DAYS ? ', the last of them' : '';
  return `${first} ${counted(open.length, 'day')} still ${open.length === 1 ? 'lacks' : 'lack'} payments${last}: ${listInWords(parts)}.`;
}
