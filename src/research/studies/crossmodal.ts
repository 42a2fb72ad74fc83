/** Payments beside uses of the same riders, as passes and trips: how many are followed by one, and how soon. Descriptive. */
import { z } from 'zod';
import { isDate } from '../../domain/calendar-entry.js';
import { dayOf } from '../days.js';
import { isRefusal, type Refusal, refuse } from '../numeric/answer.js';
import { type FollowingUse, followed, leadsOf, useDays } from '../numeric/following-use.js';
import type { Observations, ObservedUses } from '../observations.js';
import { level } from '../option-shapes.js';
import { resultOf } from '../result.js';
import { fileRows } from '../rider-file.js';
import {
  type Cell,
  type Finding,
  NO_COMPARISON,
  type Study,
  type StudyChart,
  type StudyResult,
  type StudyTable,
} from '../study.js';
import { chosenOf } from '../study-options.js';
import { counted, intervalInWords, numberInWords, percentInWords } from '../words.js';

const OPTIONS = z.strictObject({
  within_days: z
    .number()
    .int()
    .min(0)
    .max(365)
    .default(7)
    .describe('A use on the day of a payment, or within so many days after it, follows it.'),
  uses_csv: z
    .string()
    .optional()
    .describe(
      "Content of a CSV with the columns rider (pseudonym of the data), date (YYYY-MM-DD, local) and, at will, mode; by default the dataset's passes.",
    ),
  level,
});
type Options = z.output<typeof OPTIONS>;

const MAX_MODES = 16;

export const crossmodal: Study<Options> = {
  name: 'crossmodal',
  title: 'Payments beside uses',
  question: 'How many payments are followed by a pass or a trip, and how soon?',
  options: OPTIONS,
  run: answerOf,
};

interface Uses {
  /** By mode, the first being all of them. */
  readonly modes: readonly { readonly name: string; readonly uses: ObservedUses }[];
  readonly lastDay: number;
  readonly warnings: readonly string[];
}

function answerOf(observations: Observations, options: Options): StudyResult | Refusal {
  const uses =
    options.uses_csv === undefined ? ofDataset(observations) : fromFile(observations, options.uses_csv);
  if (isRefusal(uses)) return uses;
  const [all] = uses.modes;
  if (all === undefined || all.uses.size === 0)
    return refuse('too_few', 'No use of a rider of the data is known.');
  const window = { withinDays: options.within_days, lastDay: uses.lastDay, level: options.level };
  const { riders, types, type, rider, day } = observations;
  const ledTo = (own: ObservedUses) => {
    const days = useDays(own.rider, own.day, riders.length);
    return { days, payments: { rider, day, lead: leadsOf(observations, days) } };
  };
  const { days, payments } = ledTo(all.uses);
  const whole = followed(payments, days, window);
  if (isRefusal(whole)) return whole;
  const rows: Row[] = [
    { mode: all.name, type: null, found: whole },
    ...uses.modes.slice(1).flatMap(({ name, uses: own }) => {
      const led = ledTo(own);
      return rowOf(name, null, followed(led.payments, led.days, window));
    }),
    ...types.flatMap((name, number) =>
      rowOf(
        all.name,
        name,
        followed(payments, days, window, (i) => type[i] === number),
      ),
    ),
  ];
  return resultOf(crossmodal, observations, chosenOf(options), {
    sentence: sentenceOf(whole, options),
    method: `${whole.method} (design effect ${numberInWords(whole.designEffect)}); by rider and local day. ${counted(whole.unripe, 'payment')} of the last days left out, since their ${options.within_days} days are not over.`,
    payments: whole.n,
    riders: whole.clusters ?? 0,
    clusters: whole.clusters,
    findings: rows.map(findingOf),
    tables: [shareTable(rows), leadTable(whole)],
    charts: [leadChart(whole)],
    assumptions: [
      'Which payment a use belongs to is not known; a use may follow by chance, and more often of riders who use much.',
      'A use on the day of the payment counts as following it, though it may have been before.',
      NO_COMPARISON,
    ],
    warnings: [
      ...whole.warnings,
      ...uses.warnings,
      ...(whole.ridersWithoutUse === 0
        ? []
        : [`${counted(whole.ridersWithoutUse, 'rider')} paid and are in no use at all.`]),
    ],
  });
}

function ofDataset({ uses }: Observations): Uses | Refusal {
  if (uses === undefined || uses.size === 0) {
    return refuse(
      'too_few',
      'No uses are known: the data hold no passes. Build the dataset with them, or give a CSV (uses_csv).',
    );
  }
  return { modes: [{ name: 'passes', uses }], lastDay: lastOf(uses), warnings: [] };
}

const lastOf = ({ day }: ObservedUses): number =>
  day.reduce((last, own) => Math.max(last, own), Number.NEGATIVE_INFINITY);

function fromFile({ riders }: Observations, file: string): Uses | Refusal {
  const rows = fileRows(file, 'uses', 'rider, date and, at will, mode');
  if (isRefusal(rows)) return rows;
  const [titles = [], ...lines] = rows;
  const [riderAt, dateAt, modeAt] = [titles.indexOf('rider'), titles.indexOf('date'), titles.indexOf('mode')];
  if (riderAt < 0 || dateAt < 0)
    return refuse(
      'out_of_domain',
      'The first line of the file of uses must name the columns rider and date.',
    );
  const numbers = new Map(riders.map((name, who) => [name, who]));
  const byMode = new Map<string, { rider: number[]; day: number[] }>();
  const [all, last] = [{ rider: [] as number[], day: [] as number[] }, { day: Number.NEGATIVE_INFINITY }];
  let unknown = 0;
  for (const [index, line] of lines.entries()) {
    const [date = '', who] = [line[dateAt], numbers.get(line[riderAt] ?? '')];
    if (!isDate(date))
      return refuse('out_of_domain', `Line ${index + 2} of the file of uses has no date as YYYY-MM-DD.`);
    // Riders who never paid tell too until when uses are known.
    last.day = Math.max(last.day, dayOf(date));
    if (who === undefined) {
      unknown += 1;
      continue;
    }
    const mode = modeAt < 0 ? '' : (line[modeAt] ?? '');
    const own = byMode.get(mode) ?? { rider: [], day: [] };
    byMode.set(mode, own);
    if (byMode.size > MAX_MODES)
      return refuse('out_of_domain', `The file of uses names more than ${MAX_MODES} modes.`);
    for (const columns of [all, own]) {
      columns.rider.push(who);
      columns.day.push(dayOf(date));
    }
  }
  const observed = ({ rider, day }: typeof all): ObservedUses => ({
    size: rider.length,
    rider: Int32Array.from(rider),
    day: Int32Array.from(day),
  });
  const modes =
    byMode.size < 2
      ? []
      : [...byMode].map(([name, own]) => ({ name: name === '' ? 'no mode' : name, uses: observed(own) }));
  return {
    modes: [{ name: 'any use', uses: observed(all) }, ...modes],
    lastDay: last.day,
    warnings:
      unknown === 0 ? [] : [`${counted(unknown, 'use')} of the file are of riders who are not in the data.`],
  };
}

interface Row {
  readonly mode: string;
  /** Null: of all types. */
  readonly type: string | null;
  readonly found: FollowingUse;
}

const rowOf = (mode: string, type: string | null, found: FollowingUse | Refusal): Row[] =>
  isRefusal(found) ? [] : [{ mode, type, found }];

function findingOf({ mode, type, found: { share, clusters, designEffect, n } }: Row): Finding {
  const { share: estimate, lower, upper, level } = share;
  const standardError = Math.sqrt((designEffect * estimate * (1 - estimate)) / n);
  const untested = { statistic: Number.NaN, df: (clusters ?? 1) - 1, pValue: Number.NaN };
  return {
    name: `share of payments followed by ${mode}`,
    estimate,
    standardError,
    lower,
    upper,
    level,
    ...untested,
    segment: type,
    literature: [],
  };
}

function sentenceOf({ share, n, leadDays, clusters }: FollowingUse, { within_days: days }: Options): string {
  const median = leadDays.find(({ quantile }) => quantile === 0.5);
  const soon =
    median === undefined ? '' : ` Half of those were followed within ${counted(median.days, 'day')}.`;
  return `${percentInWords(share.share)} of ${counted(n, 'payment')} were followed by a use within ${counted(days, 'day')} (${intervalInWords(share, percentInWords)}), over ${counted(clusters ?? 0, 'rider')}.${soon}`;
}

function shareTable(rows: readonly Row[]): StudyTable {
  return {
    name: 'followed',
    caption: 'Payments followed by a use, by mode and payment type',
    columns: [
      { name: 'mode', title: 'Followed by', format: 'text' },
      { name: 'payment_type', title: 'Payment type', format: 'text' },
      { name: 'payments', title: 'Payments', format: 'count' },
      { name: 'riders', title: 'Riders', format: 'count' },
      { name: 'followed', title: 'Followed', format: 'count' },
      { name: 'share', title: 'Share', format: 'percent' },
      { name: 'lower', title: 'From', format: 'percent' },
      { name: 'upper', title: 'To', format: 'percent' },
      { name: 'median_days', title: 'Median days', format: 'number' },
    ],
    rows: rows.map(({ mode, type, found: { share, n, clusters, leadDays } }): Cell[] => [
      mode,
      type ?? 'all',
      n,
      clusters,
      share.count,
      share.share,
      share.lower,
      share.upper,
      leadDays.find(({ quantile }) => quantile === 0.5)?.days ?? null,
    ]),
  };
}

function leadTable({ leads, n }: FollowingUse): StudyTable {
  return {
    name: 'lead',
    caption: 'Days from a payment to the first use',
    columns: [
      { name: 'days', title: 'Days', format: 'count' },
      { name: 'payments', title: 'Payments', format: 'count' },
      { name: 'share', title: 'Of all payments', format: 'percent' },
    ],
    rows: Array.from(leads, (count, days): Cell[] => [days, count, count / n]),
  };
}

function leadChart({ leads, n }: FollowingUse): StudyChart {
  return {
    name: 'lead',
    caption: 'Days from a payment to the first use',
    xAxis: { title: 'Days', kind: 'number' },
    yAxis: { title: 'Share of payments', format: 'percent' },
    series: [
      {
        name: 'Payments',
        kind: 'bars',
        x: Array.from(leads, (_, days) => days),
        y: Array.from(leads, (count) => count / n),
      },
    ],
    marks: [],
  };
}
