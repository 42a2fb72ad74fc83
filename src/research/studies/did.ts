import { z } from 'zod';
import { dateOf } from '../days.js';
import { findEvent, overlapping, type StudyEvent } from '../events.js';
import { type Estimate, isRefusal, LEVEL, type Refusal, refuse } from '../numeric/answer.js';
import { at } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { level } from '../option-shapes.js';
import { OUTCOME_WORDS, OUTCOMES } from '../panels.js';
import { resultOf } from '../result.js';
import { type Segmentation, segmentRiders } from '../segments.js';
import type { Finding, Study, StudyResult } from '../study.js';
import {
  afterWeeks,
  beforeWeeks,
  chosenEvent,
  chosenOf,
  event,
  seed,
  segments,
  segmentsCsv,
} from '../study-options.js';
import { weeksAround, weeksInWords } from '../windows.js';
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

import {
  type DesignOfStudy,
  type DidEstimates,
  estimatesOf,
  panelOf,
  paymentsOf,
  type Sides,
} from './difference.js';

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

export const did: Study<Options> = {
  name: 'did',
  title: 'Difference in differences',
  question: 'What did an event do to the riders whom it met, beside those whom it did not?',
  options: OPTIONS,
  run: answerOf,
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
  const design: DesignOfStudy = { observations, options, event, window, segmentation, sides };
  const estimates = estimatesOf(design, panelOf(design));
  return isRefusal(estimates) ? estimates : tell(design, estimates);
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
  const chosen = chosenOf(
    { ...options },
    {
      ...chosenEvent(event),
      before_weeks: window.before,
      after_weeks: window.after,
      treated: sides.treated.join(','),
      comparison: sides.comparison.join(','),
      base_from: dateOf(window.base.from),
      base_to: dateOf(window.base.to),
    },
  );
  return resultOf(did, observations, chosen, {
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
