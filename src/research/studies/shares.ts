/** Who pays how: the share of each payment type, and whether it rises or falls. */
import { z } from 'zod';
import { byPeriod, calendarPeriods, type Periods } from '../calendar-periods.js';
import { type Estimate, isRefusal, type Refusal, refuse } from '../numeric/answer.js';
import {
  type ClusteredCategories,
  type ClusteredShares,
  clusteredShares,
  shareTrends,
} from '../numeric/clustered-shares.js';
import { fewClusters } from '../numeric/covariance.js';
import { type Share, sisonGlaz, wilson } from '../numeric/shares.js';
import { at } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { level } from '../option-shapes.js';
import { resultOf } from '../result.js';
import { type Finding, NO_COMPARISON, type Study, type StudyResult } from '../study.js';
import { usedTypes } from '../used-types.js';
import {
  capitalised,
  counted,
  intervalInWords,
  listInWords,
  percentInWords,
  typeInSentence,
} from '../words.js';
import { periodTable, sharesChart, sharesTable, trendChart } from './shares-shown.js';

const OPTIONS = z.strictObject({
  of: z
    .enum(['payments', 'revenue'])
    .default('payments')
    .describe('What shares are of: counts of payments, or the money that they bring.'),
  interval: z
    .enum(['goodman', 'sison-glaz', 'wilson'])
    .default('goodman')
    .describe('goodman and sison-glaz hold for all shares at once, wilson for each alone.'),
  period: z.enum(['month', 'week']).default('month').describe('By what the trend is told.'),
  level,
});
type Options = z.output<typeof OPTIONS>;

/** Sison and Glaz's interval takes the square of this long; beyond, Goodman's is as narrow. */
const MAX_SISON_GLAZ = 100_000;

export const shares: Study<Options> = {
  name: 'shares',
  title: 'Shares of payment types',
  question: 'How do riders pay, and does that change?',
  options: OPTIONS,
  run,
};

function run(observations: Observations, options: Options): StudyResult | Refusal {
  const types = usedTypes(observations);
  const { rider: cluster, riders, price } = observations;
  const data = {
    cluster,
    clusters: riders.length,
    category: types.category,
    categories: types.names.length,
    ...(options.of === 'revenue' ? { weight: price } : {}),
  };
  const found = clusteredShares(data);
  if (isRefusal(found)) return found;
  const intervals = intervalsOf(found, types.counts, options);
  if (isRefusal(intervals)) return intervals;
  const periods = calendarPeriods(observations, options.period);
  const trends = shareTrends(data, periods.index, types.names, options.level);
  const findings = [
    ...types.names.map((name, k) => shareFinding(name, found, intervals[k], k)),
    ...(isRefusal(trends)
      ? []
      : trends.map(
          (trend): Finding => ({
            ...trend,
            name: `change of the share of ${trend.name} a ${options.period}`,
            segment: null,
            literature: [],
          }),
        )),
  ];
  const told = sharesByPeriod(data, periods, options.level);
  const warnings = [
    ...fewClusters(found.clusters),
    ...(isRefusal(trends) ? [`No trend: ${trends.message}`] : []),
    ...(options.interval === 'sison-glaz' && found.designEffect !== 1
      ? ['For Sison and Glaz counts were divided by the design effect and rounded.']
      : []),
  ];
  return resultOf(shares, observations, options, {
    sentence: sentenceOf(types.names, found, intervals, isRefusal(trends) ? [] : trends, options),
    method: methodOf(options, found),
    riders: found.clusters,
    clusters: found.clusters,
    findings,
    tables: [sharesTable(types, found, intervals), periodTable(types.names, periods.names, told)],
    charts: [sharesChart(types.names, intervals), trendChart(types.names, periods.names, told, observations)],
    assumptions: [
      'Payments of one rider hang together; riders are independent of each other.',
      'Intervals tell how far shares would differ with other riders of the same kind; all payments here were counted.',
      NO_COMPARISON,
    ],
    warnings,
  });
}

function intervalsOf(
  found: ClusteredShares,
  counts: readonly number[],
  { interval, level }: Options,
): readonly Share[] | Refusal {
  if (interval === 'sison-glaz') {
    const n = found.n / found.designEffect;
    if (n > MAX_SISON_GLAZ) {
      return refuse(
        'out_of_domain',
        `Sison and Glaz's interval is for up to ${MAX_SISON_GLAZ} independent payments; with more take interval=goodman, which is then as narrow.`,
      );
    }
    const answer = sisonGlaz(
      found.shares.map(({ share }) => Math.round(share * n)),
      level,
    );
    return isRefusal(answer) ? answer : answer.shares;
  }
  // Goodman's interval is Wilson's of a confidence that leaves all of them `level`.
  const each = interval === 'goodman' ? 1 - (1 - level) / found.shares.length : level;
  const all: Share[] = [];
  for (const [k, { share, effective }] of found.shares.entries()) {
    const own = wilson(share * effective, effective, each);
    if (isRefusal(own)) return own;
    all.push({ ...own, share, count: at(counts, k), level });
  }
  return all;
}

function shareFinding(name: string, found: ClusteredShares, interval: Share | undefined, k: number): Finding {
  const { share = Number.NaN, standardError = Number.NaN } = found.shares[k] ?? {};
  const { lower = Number.NaN, upper = Number.NaN, level = Number.NaN } = interval ?? {};
  const estimate = { estimate: share, standardError, lower, upper, level };
  // That a share is none at all is no question: there is no test of it.
  const untested = { statistic: Number.NaN, df: found.clusters - 1, pValue: Number.NaN };
  return { name: `share of ${name}`, ...estimate, ...untested, segment: null, literature: [] };
}

/** By period and type, with errors of its own; null where nobody paid, or one rider alone. */
function sharesByPeriod(data: ClusteredCategories, periods: Periods, level: number): (Share | null)[][] {
  return byPeriod(periods).map((places) => {
    const pick = (values: ArrayLike<number>): Float64Array =>
      Float64Array.from(places, (place) => at(values, place));
    const { cluster, category, weight } = data;
    const found = clusteredShares({
      ...data,
      cluster: pick(cluster),
      category: pick(category),
      ...(weight === undefined ? {} : { weight: pick(weight) }),
    });
    if (isRefusal(found)) return Array.from({ length: data.categories }, () => null);
    return found.shares.map(({ share, effective }) => {
      const own = wilson(share * effective, effective, level);
      return isRefusal(own) ? null : own;
    });
  });
}

type Trend = Pick<Estimate, 'name' | 'estimate' | 'lower' | 'upper' | 'level'>;

function sentenceOf(
  names: readonly string[],
  found: ClusteredShares,
  intervals: readonly Share[],
  trends: readonly Trend[],
  { of, period }: Options,
): string {
  const parts = names.slice(0, 3).map((name, k) => {
    const own = intervals[k];
    const range = own === undefined ? '' : ` (${intervalInWords(own, percentInWords)})`;
    return `${typeInSentence(name)} ${percentInWords(found.shares[k]?.share ?? Number.NaN)}${range}`;
  });
  const whole =
    of === 'payments' ? counted(found.n, 'payment') : `the revenue of ${counted(found.n, 'payment')}`;
  const first = `Of ${whole} by ${counted(found.clusters, 'rider')}: ${listInWords(parts)}.`;
  const points = (value: number): string => percentInWords(value, 2).replace('%', '');
  const told = (verb: string, trend: Trend | undefined): string[] =>
    trend === undefined
      ? []
      : [
          `the share of ${typeInSentence(trend.name)} ${verb} by ${points(Math.abs(trend.estimate))} percentage points a ${period} (${intervalInWords(trend, points)})`,
        ];
  const steepest = (sign: number): Trend | undefined =>
    trends
      .filter(({ lower, upper }) => (sign > 0 ? lower > 0 : upper < 0))
      .sort((a, b) => sign * (b.estimate - a.estimate))[0];
  const moved = [...told('rose', steepest(1)), ...told('fell', steepest(-1))];
  if (moved.length > 0) return `${first} ${capitalised(listInWords(moved))}.`;
  return trends.length === 0
    ? first
    : `${first} No share rose or fell beyond chance from ${period} to ${period}.`;
}

const INTERVALS: Readonly<Record<Options['interval'], string>> = {
  goodman: 'Goodman (1965), simultaneous',
  'sison-glaz': 'Sison and Glaz (1995), simultaneous',
  wilson: 'Wilson, each alone',
};

function methodOf({ interval, of, period }: Options, { designEffect }: ClusteredShares): string {
  return `Shares of ${of}; intervals by ${INTERVALS[interval]}, of as many independent payments as riders make of them (design effect ${designEffect.toFixed(2)}); change a ${period} by a linear probability model, errors clustered by rider (CR1).`;
}
