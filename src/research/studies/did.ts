/** What an event did to those whom it met, beside those whom it did not: difference in differences, week by week too. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { z } from 'zod';
import { dateOf } from '../days.js';
import { findEvent, overlapping, type StudyEvent } from '../events.js';
import { type Estimate, isRefusal, LEVEL, named, type Refusal, refuse } from '../numeric/answer.js';
import {
  afterLessBefore,
  type BalancedPanel,
  beside,
  type Contrast,
  type ContrastEstimates,
  contrastEstimates,
} from '../numeric/balanced-panel.js';
import { FEW_CLUSTERS, jointTest } from '../numeric/covariance.js';
import { wildDifference } from '../numeric/differences.js';
import { at, columnOf, sumOf } from '../numeric/vectors.js';
import type { WildResult } from '../numeric/wild-bootstrap.js';
import type { Observations } from '../observations.js';
import { level } from '../option-shapes.js';
import { OUTCOME_WORDS, OUTCOMES, riderTable, rowsFor, segmentSeries } from '../panels.js';
import { refusalOf, resultOf } from '../result.js';
import { type Segmentation, segmentRiders } from '../segments.js';
import type { Finding, Study, StudyRefusal, StudyResult } from '../study.js';
import { afterWeeks, beforeWeeks, event, seed, segments, segmentsCsv } from '../study-options.js';
import { type EventWindow, weeksAround, weeksInWords } from '../windows.js';
import {
  counted,
  intervalInWords,
  listInWords,
  moneyInWords,
  numberInWords,
  percentInWords,
  pInWords,
} from '../words.js';
import {
  effectTable,
  eventStudyChart,
  eventStudyTable,
  meansChart,
  meansTable,
  preTrendTable,
} from './did-shown.js';

const OPTIONS = z.strictObject({
  event,
  segments: segments.default('method'),
  segments_csv: segmentsCsv,
  treated: z
    .string()
    .max(4_096)
    .optional()
    .describe(
      'Segments that the event met, separated by commas; by default that of the payment type which the entry of the calendar is about.',
    ),
  comparison: z
    .string()
    .max(4_096)
    .optional()
    .describe('Segments to compare with, separated by commas; by default all others.'),
  outcome: z
    .enum(OUTCOMES)
    .default('payments')
    .describe('What is counted by rider and week: payments, or revenue net of adjustments.'),
  cluster: z
    .enum(['rider', 'segment'])
    .default('rider')
    .describe('What the event met as a whole: riders one by one, or segments, as districts of a file.'),
  before_weeks: beforeWeeks,
  after_weeks: afterWeeks,
  seed,
  level,
});
type Options = z.output<typeof OPTIONS>;

const EFFECT = 'treated × after';
const SLOPE = 'slope before the event';
/** Pre-trends below this are held for real. */
const PRE_TREND_P = 0.05;
/** A joint test of so many leads is too ready to reject with fewer clusters than these times as many. */
const CLUSTERS_A_LEAD = 10;

export const did: Study<Options> = {
  name: 'did',
  title: 'Difference in differences',
  question: 'What did an event do to the riders whom it met, beside those whom it did not?',
  options: OPTIONS,
  run: (observations, options): StudyResult | StudyRefusal => {
    const answer = answerOf(observations, options);
    return isRefusal(answer) ? refusalOf('did', observations, answer) : answer;
  },
};

function answerOf(observations: Observations, options: Options): StudyResult | Refusal {
  const event = findEvent(observations, options.event, ['fare', 'promotion', 'free', 'policy']);
  if (isRefusal(event)) return event;
  const { before_weeks: before, after_weeks: after, segments: by } = options;
  if (by === 'none')
    return refuse(
      'not_identified',
      'Without segments there is nothing to compare with; take segments=method, spend, tenure or file.',
    );
  const window = weeksAround(observations, event, { before, after, balanced: false, segments: by });
  if (isRefusal(window)) return window;
  const segmentation = segmentRiders(observations, by, window.base, options.segments_csv);
  if (isRefusal(segmentation)) return segmentation;
  const sides = sidesOf(segmentation, event, options);
  if (isRefusal(sides)) return sides;
  const design = { observations, options, event, window, segmentation, sides };
  const estimates = estimatesOf(design, panelOf(design));
  return isRefusal(estimates) ? estimates : tell(design, estimates);
}

interface Sides {
  /** By segment: 1 treated, 0 compared with, −1 neither. */
  readonly of: readonly number[];
  readonly treated: readonly string[];
  readonly comparison: readonly string[];
}

interface DesignOfStudy {
  readonly observations: Observations;
  readonly options: Options;
  readonly event: StudyEvent;
  readonly window: EventWindow;
  readonly segmentation: Segmentation;
  readonly sides: Sides;
}

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function sidesOf(
  { names, by }: Segmentation,
  { entry, name }: StudyEvent,
  options: Options,
): Sides | Refusal {
  const given = listOf(options.treated);
  const byEntry = by === 'method' && entry?.payment_type != null ? [entry.payment_type] : [];
  const treated = given.length > 0 ? given : byEntry;
  const known = `the segments are ${listInWords(names)}`;
  if (treated.length === 0)
    return refuse('not_identified', `Whom did ${name} meet? Name the segments by treated=…; ${known}.`);
  const named = listOf(options.comparison);
  const comparison = named.length > 0 ? named : names.filter((own) => !treated.includes(own));
  const unknown = [...treated, ...comparison].filter((own) => !names.includes(own));
  if (unknown.length > 0) return refuse('not_identified', `There is no segment ${unknown[0]}; ${known}.`);
  const both = treated.filter((own) => comparison.includes(own));
  if (both.length > 0) return refuse('not_identified', `${both[0]} is both treated and compared with.`);
  if (comparison.length === 0)
    return refuse('not_identified', `All segments were met, so there is nothing to compare with; ${known}.`);
  return {
    treated,
    comparison,
    of: names.map((own) => (treated.includes(own) ? 1 : comparison.includes(own) ? 0 : -1)),
  };
}

/** Every rider of both sides in every week; money in currency units. */
function panelOf({ observations, options, window, segmentation, sides }: DesignOfStudy): BalancedPanel {
  const sideOf = (who: number): number => sides.of[at(segmentation.of, who)] ?? -1;
  const kept = rowsFor(observations.riders.length, (who) => sideOf(who) >= 0);
  const table = riderTable(observations, window.weeks, kept, options.outcome);
  const [treated, segment] = [new Uint8Array(kept.rows), new Int32Array(kept.rows)];
  for (const [who, row] of kept.rowOf.entries()) {
    if (row < 0) continue;
    treated[row] = sideOf(who);
    segment[row] = at(segmentation.of, who);
  }
  if (options.outcome === 'revenue') {
    const unit = 10 ** observations.currency.digits;
    for (let i = 0; i < table.values.length; i++) table.values[i] = at(table.values, i) / unit;
  }
  return {
    units: kept.rows,
    periods: table.periods,
    values: table.values,
    treated,
    ...(options.cluster === 'segment' ? { clusters: segment } : {}),
  };
}

function paymentsOf({ observations, segmentation, window, sides }: DesignOfStudy): number {
  const { payments } = segmentSeries(observations, segmentation, window.weeks);
  return payments.reduce((sum, own, place) => ((sides.of[place] ?? -1) < 0 ? sum : sum + sumOf(own)), 0);
}

/** Each unit's means of some spans of periods, as periods of their own. */
function collapse(panel: BalancedPanel, spans: readonly (readonly [number, number])[]): BalancedPanel {
  const values = new Float64Array(panel.units * spans.length);
  for (let unit = 0; unit < panel.units; unit++) {
    for (const [k, [from, to]] of spans.entries()) {
      let sum = 0;
      for (let t = from; t < to; t++) sum += at(panel.values, unit * panel.periods + t);
      values[unit * spans.length + k] = sum / (to - from);
    }
  }
  return { ...panel, periods: spans.length, values };
}

export interface DidEstimates {
  /** Two means a rider, before and after. */
  readonly twoByTwo: ContrastEstimates;
  readonly effect: Estimate;
  /** Where clusters are few. */
  readonly wild: WildResult | null;
  readonly study: ContrastEstimates;
  readonly preTrends: { readonly test: string; readonly statistic: number; readonly pValue: number };
  readonly placebo: Estimate | Refusal;
}

const leadName = (since: number): string => `week ${since < 0 ? '−' : '+'}${Math.abs(since)}`;

function estimatesOf({ options, window }: DesignOfStudy, panel: BalancedPanel): DidEstimates | Refusal {
  const { before } = window;
  const { level } = options;
  const pair = collapse(panel, [
    [0, before],
    [before, panel.periods],
  ]);
  const twoByTwo = contrastEstimates(pair, [afterLessBefore(EFFECT, 2, 0, 1, 2)], 4, level);
  if (isRefusal(twoByTwo)) return twoByTwo;
  const terms = Array.from({ length: panel.periods }, (_, week) => week).filter(
    (week) => week !== before - 1,
  );
  const study = contrastEstimates(
    panel,
    terms.map((week) => beside(leadName(week - before), panel.periods, week, before - 1)),
    undefined,
    level,
  );
  if (isRefusal(study)) return study;
  const preTrends = preTrendsOf(panel, study, before, level);
  if (isRefusal(preTrends)) return preTrends;
  const wild = (twoByTwo.clusters ?? 0) < FEW_CLUSTERS ? wildOf(pair, options) : null;
  if (isRefusal(wild)) return wild;
  const middle = Math.floor(before / 2);
  const early = collapse(panel, [
    [0, middle],
    [middle, before],
  ]);
  const placebo = contrastEstimates(early, [afterLessBefore(EFFECT, 2, 0, 1, 2)], 4, level);
  return {
    twoByTwo,
    effect: named(twoByTwo.estimates, EFFECT),
    wild,
    study,
    preTrends,
    placebo: isRefusal(placebo) ? placebo : named(placebo.estimates, EFFECT),
  };
}

/** Whether both sides moved alike before: all leads at once, or where clusters are few for that, a straight line. */
function preTrendsOf(
  panel: BalancedPanel,
  study: ContrastEstimates,
  before: number,
  level: number,
): DidEstimates['preTrends'] | Refusal {
  const leads = Array.from({ length: before - 1 }, (_, week) => leadName(week - before));
  const joint =
    (study.clusters ?? 0) >= CLUSTERS_A_LEAD * leads.length
      ? jointTest(
          { names: study.estimates.map(({ name }) => name), coefficients: study.coefficients, n: study.n },
          study.covariance,
          leads,
        )
      : null;
  if (joint !== null && !isRefusal(joint)) {
    return judged({
      test: `all ${leads.length} weeks before at once (Wald F)`,
      statistic: joint.statistic,
      pValue: joint.pValue,
    });
  }
  const slope: Contrast = {
    name: SLOPE,
    weights: columnOf(panel.periods, (week) =>
      week < before ? (12 * (week - (before - 1) / 2)) / (before ** 3 - before) : 0,
    ),
  };
  const line = contrastEstimates(panel, [slope], undefined, level);
  if (isRefusal(line)) return line;
  const own = named(line.estimates, SLOPE);
  return judged({
    test: 'a straight line through the weeks before (t)',
    statistic: own.statistic,
    pValue: own.pValue,
  });
}

function judged(test: DidEstimates['preTrends']): DidEstimates['preTrends'] | Refusal {
  if (!(test.pValue < PRE_TREND_P)) return test;
  return refuse(
    'pre_trends',
    `Treated and compared riders differed before the event already (${test.test}: ${pInWords(test.pValue)}), so what follows is not its effect; compare with segments that moved alike, or over fewer weeks.`,
  );
}

function wildOf(
  { units, values, treated, clusters }: BalancedPanel,
  { seed, level }: Options,
): WildResult | Refusal {
  const n = 2 * units;
  return wildDifference(
    {
      outcome: values,
      treated: columnOf(n, (i) => at(treated, i >> 1)),
      after: columnOf(n, (i) => i & 1),
      clusters: columnOf(n, (i) => (clusters === undefined ? i >> 1 : Number(clusters[i >> 1]))),
    },
    { random: xoroshiro128plus(seed), level },
  );
}

function tell(design: DesignOfStudy, estimates: DidEstimates): StudyResult {
  const { observations, options, event, window, segmentation, sides } = design;
  const { twoByTwo, wild, effect, study, placebo, preTrends } = estimates;
  const told = { outcome: options.outcome, weeks: window.weeks, before: window.before, event };
  const main = {
    ...effect,
    ...(wild === null ? {} : { lower: wild.lower, upper: wild.upper, pValue: wild.pValue }),
  };
  const finding = (name: string, own: Estimate): Finding => ({ ...own, name, segment: null, literature: [] });
  const { bounds, count } = window.weeks;
  return resultOf(did, observations, options, {
    sentence: sentenceOf(design, estimates, main),
    method: `Difference in differences of ${OUTCOME_WORDS[options.outcome]} by rider and week, ${weeksInWords(window.weeks, 0, count)}, ${window.before} weeks before and ${window.after} after; every rider of the base period in every week, nothing as zero. 2×2 on each rider's two means; event study with effects of riders and weeks beside the week before the event; errors clustered by ${options.cluster} (CR1)${wild === null ? '' : `; interval and p by ${wild.method}`}.`,
    payments: paymentsOf(design),
    riders: study.n / count,
    clusters: twoByTwo.clusters,
    findings: [
      finding(wild === null ? 'effect (2×2)' : 'effect (2×2, wild cluster bootstrap)', main),
      ...(wild === null ? [] : [finding('effect (2×2, clustered errors)', effect)]),
      ...study.estimates.map((own) => finding(own.name, own)),
    ],
    tables: [effectTable(twoByTwo, main, told), meansTable(twoByTwo, told)],
    charts: [meansChart(study, told), eventStudyChart(study, told)],
    diagnostics: { tables: [preTrendTable(preTrends, placebo), eventStudyTable(study)], charts: [] },
    assumptions: [
      `Without the event, riders of ${listInWords(sides.treated)} would have changed as those of ${listInWords(sides.comparison)} did.`,
      'The event did nothing to those who are compared with, nor did riders change sides because of it.',
      segmentation.rule,
      'The placebo compares two parts of the time before the event; it should be none.',
      ...(options.outcome === 'revenue' ? [`Revenue is ${OUTCOME_WORDS.revenue}.`] : []),
    ],
    warnings: [
      ...window.warnings,
      ...segmentation.warnings,
      ...twoByTwo.warnings,
      ...(wild?.warnings ?? []),
      ...overlapping(observations, event, at(bounds, 0), at(bounds, count)),
      ...(isRefusal(placebo)
        ? [`No placebo: ${placebo.message}`]
        : placebo.pValue < 1 - LEVEL
          ? [`At a date of no event a difference is found too (${pInWords(placebo.pValue)}).`]
          : []),
    ],
  });
}

function sentenceOf(
  { observations, options, event, sides }: DesignOfStudy,
  { twoByTwo }: DidEstimates,
  main: Estimate,
): string {
  const unit = 10 ** observations.currency.digits;
  const write = (value: number): string =>
    options.outcome === 'revenue' ? moneyInWords(value * unit, observations.currency) : numberInWords(value);
  const [, after] = [at(twoByTwo.means[1], 0), at(twoByTwo.means[1], 1)];
  const without = after - main.estimate;
  const what = options.outcome === 'revenue' ? 'net revenue' : 'payments';
  const share = without > 0 ? `, ${percentInWords(main.estimate / without)} of what it would have been` : '';
  const chance = main.lower <= 0 && main.upper >= 0 ? ' It is not beyond chance.' : '';
  return `${event.name} (${dateOf(event.day)}) changed weekly ${what} of a rider of ${listInWords(sides.treated)} by ${write(main.estimate)} (${intervalInWords(main, write)})${share}, beside riders of ${listInWords(sides.comparison)} (${counted(twoByTwo.n / 2, 'rider')} in all).${chance}`;
}
