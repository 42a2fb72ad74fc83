/** Who changes how they pay: from each period to the next, or across an event; paying nothing is a state like others. */
import { z } from 'zod';
import { dayOf } from '../days.js';
import { findEvent, overlapping, type StudyEvent } from '../events.js';
import { estimateOf, isRefusal, type Refusal, refuse, type TestResult } from '../numeric/answer.js';
import { fewClusters } from '../numeric/covariance.js';
import {
  type MoveTable,
  type PooledRow,
  pooledMoves,
  type StateHistory,
  squareMoves,
} from '../numeric/pooled-moves.js';
import { bowker, mcnemar, tableOf } from '../numeric/transitions.js';
import { at, cell, sumOf } from '../numeric/vectors.js';
import type { Observations } from '../observations.js';
import { level } from '../option-shapes.js';
import { type Periods, periodLookup, periodsOf } from '../periods.js';
import { resultOf } from '../result.js';
import { riderStates } from '../rider-states.js';
import { type Segmentation, type Span, segmentRiders } from '../segments.js';
import { type Finding, NO_COMPARISON, type Study, type StudyResult } from '../study.js';
import { afterWeeks, beforeWeeks, chosenEvent, chosenOf, segments, segmentsCsv } from '../study-options.js';
import { type UsedTypes, usedTypes } from '../used-types.js';
import { endOfWholeDays } from '../whole-days.js';
import { weeksAround } from '../windows.js';
import { sentenceOf } from './switching-sentence.js';
import {
  type Change,
  changeTable,
  matrixTable,
  movesByPeriod,
  periodNames,
  segmentTable,
  stayChart,
  type ToldMoves,
  trendChart,
  trendTable,
} from './switching-shown.js';

const OPTIONS = z.strictObject({
  event: z
    .string()
    .max(256)
    .optional()
    .describe(
      'Compares the weeks before with those from an event on: number or name of an entry of the calendar, or a date (YYYY-MM-DD). Without it, each period with the next.',
    ),
  period: z
    .enum(['month', 'week'])
    .default('month')
    .describe('Without an event: whose main payment type is compared with that of the next one.'),
  before_weeks: beforeWeeks,
  after_weeks: afterWeeks,
  segments: segments.default('none'),
  segments_csv: segmentsCsv,
  level,
});
type Options = z.output<typeof OPTIONS>;

export const switching: Study<Options> = {
  name: 'switching',
  title: 'Switching between payment types',
  question: 'Do riders change how they pay, from what to what?',
  options: OPTIONS,
  run: answerOf,
};

interface Compared {
  readonly periods: Periods;
  readonly event: StudyEvent | null;
  /** From which segments are told. */
  readonly base: Span;
  readonly warnings: readonly string[];
}

/** Whole periods; or two of them, the weeks before and after the event, as many on both sides. */
function comparedOf(observations: Observations, options: Options): Compared | Refusal {
  if (options.event !== undefined) {
    const event = findEvent(observations, options.event, []);
    if (isRefusal(event)) return event;
    const { before_weeks: before, after_weeks: after, segments } = options;
    const window = weeksAround(observations, event, { before, after, balanced: true, segments });
    if (isRefusal(window)) return window;
    const { bounds, count } = window.weeks;
    const halves = Int32Array.of(at(bounds, 0), event.day, at(bounds, count));
    return {
      periods: { grain: 'week', count: 2, bounds: halves },
      event,
      base: window.base,
      warnings: window.warnings,
    };
  }
  const whole = periodsOf(options.period, dayOf(observations.from), endOfWholeDays(observations));
  const told = options.segments === 'none' || options.segments === 'file' ? 0 : 1;
  if (whole.count < 2 + told) {
    return refuse(
      'too_few',
      `There are ${whole.count} whole ${options.period}s; moves need ${2 + told}${told === 0 ? '' : ', the first to tell segments from'}.`,
    );
  }
  return {
    periods: { ...whole, count: whole.count - told, bounds: whole.bounds.subarray(told) },
    event: null,
    base: { from: at(whole.bounds, 0), to: at(whole.bounds, told) },
    warnings: [],
  };
}

function answerOf(observations: Observations, options: Options): StudyResult | Refusal {
  const compared = comparedOf(observations, options);
  if (isRefusal(compared)) return compared;
  const types = usedTypes(observations);
  if (types.names.length < 2) {
    return refuse('no_variation', `All payments are by ${types.names[0] ?? 'no type'}; nobody can switch.`);
  }
  const segmentation = segmentRiders(observations, options.segments, compared.base, options.segments_csv);
  if (isRefusal(segmentation)) return segmentation;
  const history = riderStates(observations, types, compared.periods);
  const states = [...types.names, 'no payment'];
  const matrix = pooledMoves(history, squareMoves(states.length), undefined, options.level);
  const [paid] = outcomesOf(history, types, options.level);
  if (paid === undefined || isRefusal(paid.to)) {
    return refuse(
      'too_few',
      'Fewer than two riders paid in a period that another follows; begin earlier or take shorter periods.',
    );
  }
  const told: ToldMoves = {
    observations,
    ...compared,
    names: periodNames(compared.periods, compared.event),
    states,
    matrix,
    paid,
    paidTo: paid.to,
    bySegment: segmentOutcomes(history, types, segmentation, options),
    changes: changesOf(history, types, options.level),
    trend: movesByPeriod(history, types.names.length, options.level),
  };
  return tell(told, segmentation, options);
}

/** Of a rider who paid: again by the same type mostly, by another, or not at all. */
const outcomesTable = (types: number): MoveTable => ({
  rows: 1,
  columns: 3,
  rowOf: (from) => (from < types ? 0 : -1),
  columnOf: (from, to) => (to === from ? 0 : to < types ? 1 : 2),
});

const outcomesOf = (
  history: StateHistory,
  { names }: UsedTypes,
  level: number,
  keep?: (rider: number) => boolean,
): PooledRow[] => pooledMoves(history, outcomesTable(names.length), keep, level);

function segmentOutcomes(
  history: StateHistory,
  types: UsedTypes,
  { by, names, of }: Segmentation,
  { level }: Options,
): ToldMoves['bySegment'] {
  if (by === 'none') return [];
  return names.flatMap((segment, place) =>
    outcomesOf(history, types, level, (rider) => of[rider] === place).map((row) => ({ segment, row })),
  );
}

/** One pair a rider, of those who paid in the first and in the last period: so pairs are independent. */
function changesOf(history: StateHistory, { names }: UsedTypes, level: number): ToldMoves['changes'] {
  const { units, periods, values } = history;
  const [before, after]: [number[], number[]] = [[], []];
  for (let who = 0; who < units; who++) {
    const [first, last] = [at(values, who * periods), at(values, (who + 1) * periods - 1)];
    if (first >= names.length || last >= names.length) continue;
    before.push(first);
    after.push(last);
  }
  const table = tableOf(before, after, names.length);
  const n = before.length;
  const types = names.map((type, k): Change => {
    const stayed = cell(table, k, k);
    const left = sumOf(table[k] ?? []) - stayed;
    const came = table.reduce((sum, row) => sum + at(row, k), 0) - stayed;
    const spread = Math.sqrt(Math.max(0, came + left - (came - left) ** 2 / n)) / n;
    const net = estimateOf(type, (came - left) / n, spread, Number.POSITIVE_INFINITY, level);
    const test = mcnemar([
      [stayed, left],
      [came, n - stayed - left - came],
    ]);
    return { type, stayed, left, came, net, pValue: isRefusal(test) ? Number.NaN : test.pValue };
  });
  return { riders: n, types, symmetry: bowker(table) };
}

function findingsOf({ matrix, states, paid, paidTo, bySegment, changes, names }: ToldMoves): Finding[] {
  const shareOf = (name: string, row: PooledRow, column: number, segment: string | null): Finding[] => {
    const own = isRefusal(row.to) ? undefined : row.to[column];
    if (own === undefined) return [];
    const { share: estimate, standardError, lower, upper, level } = own;
    // That nobody at all moves is no question.
    const untested = { statistic: Number.NaN, df: row.units - 1, pValue: Number.NaN };
    return [{ name, estimate, standardError, lower, upper, level, ...untested, segment, literature: [] }];
  };
  const both = (row: PooledRow, segment: string | null): Finding[] => [
    ...shareOf('share who changed their main payment type', row, 1, segment),
    ...shareOf('share who paid nothing after', row, 2, segment),
  ];
  const span = `from ${names[0] ?? ''} to ${names.at(-1) ?? ''}`;
  return [
    ...both({ ...paid, to: paidTo }, null),
    ...bySegment.flatMap(({ segment, row }) => both(row, segment)),
    ...matrix
      .slice(0, -1)
      .flatMap((row, k) => shareOf(`share who stayed with ${states[k] ?? ''}`, row, k, null)),
    ...(changes.riders < 2
      ? []
      : changes.types.map(
          ({ type, net, pValue }): Finding => ({
            ...net,
            pValue,
            name: `net change of the share of riders by ${type}, ${span}`,
            segment: null,
            literature: [],
          }),
        )),
  ];
}

function tell(told: ToldMoves, segmentation: Segmentation, options: Options): StudyResult {
  const { observations, event, periods, paid, changes, warnings } = told;
  const unit = event === null ? options.period : 'side of the event';
  const chosen = chosenOf(options, event === null ? {} : chosenEvent(event));
  return resultOf(switching, observations, chosen, {
    sentence: sentenceOf(told, options.period),
    method: `Main payment type by ${unit}, the one of most payments, of equal ones the one that is used more; moves to the next pooled, intervals by Wilson of as many independent moves as riders make of them; first against last by McNemar's test, corrected, and Bowker's.`,
    payments: paymentsWithin(observations, periods),
    riders: paid.units,
    clusters: paid.units,
    findings: findingsOf(told),
    tables: [
      matrixTable(told),
      changeTable(told),
      trendTable(told),
      ...(told.bySegment.length === 0 ? [] : [segmentTable(told)]),
    ],
    charts: [stayChart(told), ...(periods.count > 2 ? [trendChart(told)] : [])],
    assumptions: [
      'A rider is there from the first observed payment on; without a payment in a later period the state is no payment, for good or for a while.',
      'Moves of one rider hang together; riders are independent of each other.',
      'The tests of first against last are of riders who paid in both; each type is tested alone.',
      ...(options.segments === 'none' ? [] : [segmentation.rule]),
      NO_COMPARISON,
    ],
    warnings: [
      ...warnings,
      ...segmentation.warnings,
      ...fewClusters(paid.units),
      ...testWarnings(changes.symmetry),
      ...(event === null
        ? []
        : overlapping(observations, event, at(periods.bounds, 0), at(periods.bounds, 2))),
    ],
  });
}

const testWarnings = (test: TestResult | Refusal): readonly string[] =>
  isRefusal(test) ? [`First against last: ${test.message}`] : test.warnings;

function paymentsWithin({ size, day }: Observations, periods: Periods): number {
  const periodOf = periodLookup(periods);
  let count = 0;
  for (let i = 0; i < size; i++) if (periodOf(at(day, i)) >= 0) count += 1;
  return count;
}
