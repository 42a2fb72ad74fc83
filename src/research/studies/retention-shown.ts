/** Tables and charts of retention, and of riders by score. */
import { dateOf } from '../days.js';
import type { Refusal } from '../numeric/answer.js';
import type { Retention } from '../numeric/retention.js';
import type { Share } from '../numeric/shares.js';
import { at } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import type { Periods } from '../periods.js';
import { marksOf } from '../result.js';
import { type RiderScores, SCORES, type ScoreCell, type ScoreName } from '../rider-scores.js';
import type { Cell, StudyChart, StudyTable } from '../study.js';

export interface ToldRetention {
  readonly observations: Observations;
  readonly periods: Periods;
  readonly all: Retention;
  readonly bySegment: readonly { readonly segment: string; readonly own: Retention }[];
  readonly scores: RiderScores | Refusal;
}

const SHARE_COLUMNS: StudyTable['columns'] = [
  { name: 'share', title: 'Paid again', format: 'percent' },
  { name: 'lower', title: 'From', format: 'percent' },
  { name: 'upper', title: 'To', format: 'percent' },
];

const periodName = ({ grain, bounds }: Periods, period: number): string =>
  dateOf(at(bounds, period)).slice(0, grain === 'month' ? 7 : 10);

const curvesOf = ({ all, bySegment }: ToldRetention): { name: string; overall: readonly Share[] }[] => [
  { name: 'all', overall: all.overall },
  ...bySegment.map(({ segment, own }) => ({ name: segment, overall: own.overall })),
];

export function curveTable(told: ToldRetention): StudyTable {
  const { grain } = told.periods;
  return {
    name: 'retention',
    caption: `Who paid again, by ${grain}s since the first payment`,
    columns: [
      { name: 'segment', title: 'Segment', format: 'text' },
      { name: `${grain}s`, title: `${grain === 'month' ? 'Months' : 'Weeks'} after`, format: 'count' },
      { name: 'paid', title: 'Paid', format: 'count' },
      ...SHARE_COLUMNS,
    ],
    rows: curvesOf(told).flatMap(({ name, overall }) =>
      overall.map(({ count, share, lower, upper }, age): Cell[] => [name, age, count, share, lower, upper]),
    ),
  };
}

/** Ages that stand side by side; the table of cohorts has all. */
const MAX_COLUMNS = 13;

export function triangleTable({ all, periods }: ToldRetention): StudyTable {
  const ages = Math.min(MAX_COLUMNS, all.overall.length);
  return {
    name: 'triangle',
    caption: `Share of each cohort that paid, by ${periods.grain}s since the first payment`,
    columns: [
      { name: 'cohort', title: 'First paid', format: 'text' },
      { name: 'riders', title: 'Riders', format: 'count' },
      ...Array.from({ length: ages - 1 }, (_, i) => ({
        name: `after_${i + 1}`,
        title: String(i + 1),
        format: 'percent' as const,
      })),
    ],
    rows: all.cohorts.map(({ period, riders, active }): Cell[] => [
      periodName(periods, period),
      riders,
      ...Array.from({ length: ages - 1 }, (_, i) => active[i + 1]?.share ?? null),
    ]),
  };
}

export function cohortTable({ all, periods }: ToldRetention): StudyTable {
  return {
    name: 'cohorts',
    caption: 'Each cohort at each age, with its interval',
    columns: [
      { name: 'cohort', title: 'First paid', format: 'text' },
      { name: 'riders', title: 'Riders', format: 'count' },
      { name: 'after', title: `${periods.grain === 'month' ? 'Months' : 'Weeks'} after`, format: 'count' },
      { name: 'paid', title: 'Paid', format: 'count' },
      ...SHARE_COLUMNS,
    ],
    rows: all.cohorts.flatMap(({ period, riders, active }) =>
      active.map(({ count, share, lower, upper }, age): Cell[] => [
        periodName(periods, period),
        riders,
        age,
        count,
        share,
        lower,
        upper,
      ]),
    ),
  };
}

const SCORE_COLUMNS: StudyTable['columns'] = [
  { name: 'riders', title: 'Riders', format: 'count' },
  { name: 'payments', title: 'Payments of a rider', format: 'number' },
  { name: 'spent', title: 'Net spending of a rider', format: 'money' },
  { name: 'share_of_spending', title: 'Of all spending', format: 'percent' },
  { name: 'paid_after', title: 'Paid in the last period', format: 'percent' },
  { name: 'lower', title: 'From', format: 'percent' },
  { name: 'upper', title: 'To', format: 'percent' },
];

function cellsOf({ currency }: Observations, scores: RiderScores, cell: ScoreCell): Cell[] {
  const { riders, payments, spent, paidAfter } = cell;
  return [
    riders,
    riders === 0 ? null : payments / riders,
    riders === 0 ? null : spent / riders / 10 ** currency.digits,
    scores.spent > 0 ? spent / scores.spent : null,
    paidAfter?.share ?? null,
    paidAfter?.lower ?? null,
    paidAfter?.upper ?? null,
  ];
}

export const FIFTHS = [5, 4, 3, 2, 1] as const;
const spanOf = ({ base, after }: RiderScores): string =>
  `scores from ${dateOf(base.from)} to before ${dateOf(base.to)}, the last period to before ${dateOf(after.to)}`;

export function scoreTable({ observations }: ToldRetention, scores: RiderScores): StudyTable {
  return {
    name: 'scores',
    caption: `Riders by recency, frequency and money, 5 being the most recent, most frequent, most spending; ${spanOf(scores)}`,
    columns: [
      { name: 'score', title: 'Score of', format: 'text' },
      { name: 'fifth', title: 'Score', format: 'count' },
      ...SCORE_COLUMNS,
    ],
    rows: SCORES.flatMap((name) =>
      FIFTHS.map((fifth): Cell[] => [name, fifth, ...cellsOf(observations, scores, scores.of(name, fifth))]),
    ),
  };
}

export function rfmTable({ observations }: ToldRetention, scores: RiderScores): StudyTable {
  return {
    name: 'rfm',
    caption: `Riders by recency and frequency together; ${spanOf(scores)}`,
    columns: [
      { name: 'recency', title: 'Recency', format: 'count' },
      { name: 'frequency', title: 'Frequency', format: 'count' },
      ...SCORE_COLUMNS,
    ],
    rows: FIFTHS.flatMap((recency) =>
      FIFTHS.map((frequency): Cell[] => [
        recency,
        frequency,
        ...cellsOf(observations, scores, scores.both(recency, frequency)),
      ]),
    ),
  };
}

/** Lines beyond these could not be told apart. */
const MAX_LINES = 6;

export function curveChart(told: ToldRetention): StudyChart {
  return {
    name: 'retention',
    caption: `Who paid again, by ${told.periods.grain}s since the first payment; areas are intervals`,
    xAxis: {
      title: `${told.periods.grain === 'month' ? 'Months' : 'Weeks'} since the first payment`,
      kind: 'number',
    },
    yAxis: { title: 'Share of riders', format: 'percent' },
    series: curvesOf(told)
      .slice(0, MAX_LINES)
      .flatMap(({ name, overall }) => {
        const x = overall.map((_, age) => age);
        const y = overall.map(({ share }) => share);
        const ends = { lower: overall.map(({ lower }) => lower), upper: overall.map(({ upper }) => upper) };
        return [
          { name, kind: 'band' as const, x, y, ...ends },
          { name, kind: 'line' as const, x, y },
        ];
      }),
    marks: [],
  };
}

/** Whether later cohorts come back as earlier ones did. */
export function cohortChart({ all, periods, observations }: ToldRetention): StudyChart {
  const told = all.cohorts.flatMap(({ period, active }) => {
    const next = active[1];
    return next === undefined ? [] : [{ date: dateOf(at(periods.bounds, period)), next }];
  });
  return {
    name: 'cohorts',
    caption: `Who paid again in the next ${periods.grain}, by cohort`,
    xAxis: { title: 'First payment', kind: 'date' },
    yAxis: { title: 'Share of the cohort', format: 'percent' },
    series: [
      {
        name: 'Paid again',
        kind: 'points',
        x: told.map(({ date }) => date),
        y: told.map(({ next }) => next.share),
        lower: told.map(({ next }) => next.lower),
        upper: told.map(({ next }) => next.upper),
      },
    ],
    marks: marksOf(observations),
  };
}

const TITLES: Readonly<Record<ScoreName, string>> = {
  recency: 'Recency',
  frequency: 'Frequency',
  monetary: 'Money',
};

export function scoreChart(scores: RiderScores): StudyChart {
  const x = FIFTHS.toReversed();
  return {
    name: 'scores',
    caption: 'Who paid in the last period, by score from the time before',
    xAxis: { title: 'Score', kind: 'number' },
    yAxis: { title: 'Paid in the last period', format: 'percent' },
    series: SCORES.map((name) => {
      const own = x.map((fifth) => scores.of(name, fifth).paidAfter);
      return { name: TITLES[name], kind: 'line', x, y: own.map((share) => share?.share ?? null) };
    }),
    marks: [],
  };
}
