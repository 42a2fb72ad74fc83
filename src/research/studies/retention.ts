/** Who comes back: cohorts by first period of payment, and riders scored by recency, frequency and money. */
import { z } from 'zod';
import { dayOf } from '../days.js';
import { isRefusal, type Refusal, refuse } from '../numeric/answer.js';
import {
  cohortOf,
  type PaidPeriods,
  paidPeriods,
  type Retention,
  retention as retained,
  ridersAt,
} from '../numeric/retention.js';
import type { Share } from '../numeric/shares.js';
import { at } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { level } from '../option-shapes.js';
import { type Periods, periodLookup, periodsOf } from '../periods.js';
import { resultOf } from '../result.js';
import { type RiderScores, riderScores } from '../rider-scores.js';
import { everyone, type Segmentation, segmentRiders } from '../segments.js';
import { type Finding, NO_COMPARISON, type Study, type StudyResult } from '../study.js';
import { chosenOf, segmentsCsv } from '../study-options.js';
import { usedTypes } from '../used-types.js';
import { endOfWholeDays } from '../whole-days.js';
import { counted, intervalInWords, percentInWords } from '../words.js';
import {
  cohortChart,
  cohortTable,
  curveChart,
  curveTable,
  FIFTHS,
  rfmTable,
  scoreChart,
  scoreTable,
  type ToldRetention,
  triangleTable,
} from './retention-shown.js';

const OPTIONS = z.strictObject({
  period: z.enum(['month', 'week']).default('month').describe('What a cohort is of.'),
  from_start: z
    .boolean()
    .default(false)
    .describe(
      'Whether the data begin with the service. Otherwise riders of the first whole period may have paid before, and are in no cohort.',
    ),
  segments: z
    .enum(['none', 'method', 'file'])
    .default('none')
    .describe('Groups of riders: none; method (payment type of the first payment); file (segments_csv).'),
  segments_csv: segmentsCsv,
  level,
});
type Options = z.output<typeof OPTIONS>;

export const retention: Study<Options> = {
  name: 'retention',
  title: 'Retention',
  question: 'Do riders who pay for the first time pay again, and who are those that do?',
  options: OPTIONS,
  run: answerOf,
};

/** Findings of more periods than these stand in the tables alone. */
const MAX_AGES = 12;

function answerOf(observations: Observations, options: Options): StudyResult | Refusal {
  const [from, to] = [dayOf(observations.from), endOfWholeDays(observations)];
  const periods = periodsOf(options.period, from, to);
  const firstCohort = options.from_start ? 0 : 1;
  if (periods.count < firstCohort + 2) {
    return refuse(
      'too_few',
      `There are ${periods.count} whole ${options.period}s; ${firstCohort + 2} are needed${options.from_start ? '' : `, since riders of the first may have paid before (from_start=true where the data begin with the service)`}.`,
    );
  }
  const segmentation = segmentationOf(observations, options);
  if (isRefusal(segmentation)) return segmentation;
  const paid = paidOf(observations, periods);
  if (isRefusal(paid)) return paid;
  const curve = (isIn: (rider: number) => boolean): Retention | Refusal =>
    retained(paid, (rider, cohort) => cohort >= firstCohort && isIn(rider), options.level);
  const all = curve(() => true);
  if (isRefusal(all) || all.overall.length < 2) {
    return refuse(
      'too_few',
      `Nobody paid for the first time in a whole ${options.period} that another follows; begin earlier, or take shorter periods.`,
    );
  }
  const bySegment =
    options.segments === 'none'
      ? []
      : segmentation.names.flatMap((segment, place) => {
          const own = curve((rider) => segmentation.of[rider] === place);
          return isRefusal(own) ? [] : [{ segment, own }];
        });
  const [start, last, end] = [
    at(periods.bounds, 0),
    at(periods.bounds, periods.count - 1),
    at(periods.bounds, periods.count),
  ];
  const scores = riderScores(
    observations,
    { from: Math.min(from, start), to: last },
    { from: last, to: end },
    options.level,
  );
  const told: ToldRetention = { observations, periods, all, bySegment, scores };
  return tell(told, paid, firstCohort, segmentation, options);
}

/** Of the first payment, so that what came after does not make the segment. */
function segmentationOf(observations: Observations, options: Options): Segmentation | Refusal {
  if (options.segments === 'none') return everyone(observations);
  if (options.segments === 'file') {
    const span = { from: dayOf(observations.from), to: dayOf(observations.to) };
    return segmentRiders(observations, 'file', span, options.segments_csv);
  }
  const { names, category } = usedTypes(observations);
  const of = new Int16Array(observations.riders.length).fill(-1);
  const { rider, size } = observations;
  for (let i = 0; i < size; i++) if (of[at(rider, i)] === -1) of[at(rider, i)] = at(category, i);
  return { by: 'method', rule: "The payment type of a rider's first payment.", names, of, warnings: [] };
}

/** Whole periods from 0; what is before the first one is −1, so that its riders are known. */
function paidOf({ rider, riders, day, size }: Observations, periods: Periods): PaidPeriods | Refusal {
  const periodOf = periodLookup(periods);
  const start = at(periods.bounds, 0);
  const period = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const own = periodOf(at(day, i));
    period[i] = own >= 0 ? own : at(day, i) < start ? -1 : periods.count;
  }
  return paidPeriods({ rider, riders: riders.length, period, lastPeriod: periods.count - 1 });
}

/** Payments of riders who are in a cohort. */
function paymentsIn(
  { rider, size, day }: Observations,
  periods: Periods,
  paid: PaidPeriods,
  firstCohort: number,
): number {
  const cohorts = cohortOf(paid);
  const end = at(periods.bounds, periods.count);
  let count = 0;
  for (let i = 0; i < size; i++) {
    const cohort = at(cohorts, at(rider, i));
    if (cohort >= 0 && paid.first + cohort >= firstCohort && at(day, i) < end) count += 1;
  }
  return count;
}

function tell(
  told: ToldRetention,
  paid: PaidPeriods,
  firstCohort: number,
  segmentation: Segmentation,
  options: Options,
): StudyResult {
  const { observations, periods, all, bySegment, scores } = told;
  const riders = all.cohorts.reduce((sum, cohort) => sum + cohort.riders, 0);
  return resultOf(retention, observations, chosenOf(options), {
    sentence: sentenceOf(told, riders),
    method: `Cohorts by ${options.period} of the first observed payment, shares with Wilson's intervals; over all cohorts those that have come so far. Scores by fifths of riders: one more than the fifths strictly below, so equal riders are together.`,
    payments: paymentsIn(observations, periods, paid, firstCohort),
    riders,
    clusters: null,
    findings: [
      ...findingsOf(null, all, options.period),
      ...bySegment.flatMap(({ segment, own }) => findingsOf(segment, own, options.period)),
    ],
    tables: [
      curveTable(told),
      triangleTable(told),
      cohortTable(told),
      ...(isRefusal(scores) ? [] : [scoreTable(told, scores), rfmTable(told, scores)]),
    ],
    charts: [curveChart(told), cohortChart(told), ...(isRefusal(scores) ? [] : [scoreChart(scores)])],
    assumptions: [
      'A rider is one pseudonym: who comes back under another counts as lost and as new.',
      'Riders are independent of each other, and each counts once at each age.',
      'Later ages are of earlier cohorts alone, so the curve is of different riders at each age.',
      'Scores are told from before the last whole period, and who paid then is looked up in it.',
      ...(options.segments === 'none' ? [] : [segmentation.rule]),
      NO_COMPARISON,
    ],
    warnings: [
      ...segmentation.warnings,
      ...(options.from_start
        ? []
        : [
            `Riders who first paid before the second whole ${options.period} are in no cohort, since they may have paid before the data begin.`,
          ]),
      ...(isRefusal(scores) ? [`No scores: ${scores.message}`] : []),
    ],
  });
}

function findingsOf(segment: string | null, own: Retention, period: string): Finding[] {
  return own.overall.slice(1, MAX_AGES + 1).map(({ share, lower, upper, level }, i): Finding => {
    const standardError = Math.sqrt((share * (1 - share)) / ridersAt(own, i + 1));
    // That nobody at all comes back is no question.
    const untested = { statistic: Number.NaN, df: Number.POSITIVE_INFINITY, pValue: Number.NaN };
    const name = `share who paid again after ${counted(i + 1, period)}`;
    return {
      name,
      estimate: share,
      standardError,
      lower,
      upper,
      level,
      ...untested,
      segment,
      literature: [],
    };
  });
}

const TOLD_LATER = [12, 6, 3, 2];

function sentenceOf({ all, periods, scores }: ToldRetention, riders: number): string {
  const { overall, cohorts } = all;
  const period = periods.grain;
  const share = (age: number): string => {
    const own = overall[age];
    return own === undefined
      ? 'unknown'
      : `${percentInWords(own.share)} (${intervalInWords(own, percentInWords)})`;
  };
  const later = TOLD_LATER.find((age) => overall[age] !== undefined);
  const more = later === undefined ? '' : `, and ${share(later)} ${counted(later, period)} after it`;
  const first = `Of ${counted(riders, 'rider')} in ${counted(cohorts.length, 'cohort')}, ${share(1)} paid again in the ${period} after their first${more}.`;
  return `${first}${scoresInWords(scores, period)}`;
}

/** Many equal riders leave fifths empty, so the highest and the lowest there are. */
function scoresInWords(scores: RiderScores | Refusal, period: string): string {
  if (isRefusal(scores)) return '';
  const told = FIFTHS.map((fifth) => scores.of('recency', fifth).paidAfter).filter((own) => own !== null);
  const [most, least] = [told[0], told.at(-1)];
  if (most === undefined || least === undefined || told.length < 2) return '';
  const write = (own: Share): string =>
    `${percentInWords(own.share)} (${intervalInWords(own, percentInWords)})`;
  return ` Of the riders whose last payment was most recent ${write(most)} paid in the last ${period}, of those longest ago ${write(least)}.`;
}
