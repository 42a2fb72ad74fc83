/** Schemas of a study's answer, as it is on the wire: what no number can be, as an error that does not exist, is null. */
import { z } from 'zod';
import { STUDY } from '../research/studies.js';
import { instant, localDate } from './answer-schemas.js';

export const STUDY_NAME = z.enum(Object.keys(STUDY));

const number = z.number().nullable();
const text = z.string();

const TABLE = z
  .object({
    name: text.describe('By which one part of the result is asked for.'),
    caption: text,
    columns: z.array(
      z.object({
        name: text,
        title: text,
        format: z
          .enum(['text', 'count', 'number', 'money', 'percent', 'p_value', 'date'])
          .describe('How people are shown it; percent: 0.1 is 10%. Money is in units of the currency.'),
      }),
    ),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  })
  .meta({ id: 'StudyTable' });

const CHART = z
  .object({
    name: text.describe('By which one part of the result is asked for.'),
    caption: text,
    xAxis: z.object({ title: text, kind: z.enum(['date', 'category', 'number']) }),
    yAxis: z.object({ title: text, format: z.enum(['number', 'money', 'percent']) }),
    series: z.array(
      z.object({
        name: text,
        kind: z.enum(['line', 'bars', 'points', 'band']),
        x: z.array(z.union([z.string(), z.number()])),
        y: z.array(number),
        lower: z.array(number).optional(),
        upper: z.array(number).optional().describe('Ends of intervals, of points and bands.'),
      }),
    ),
    marks: z
      .array(z.object({ name: text, from: localDate, to: localDate.nullable() }))
      .describe('Entries of the calendar; those with an end are stretches.'),
  })
  .meta({ id: 'StudyChart' });

const PROVENANCE = z.object({
  kind: z.literal('live'),
  sequence: z.int().describe('The last capture that counts. As as_of it asks for the same payments again.'),
  read_at: instant,
});

const FINDING = z.object({
  name: text,
  segment: text.nullable().describe('Null: of all riders.'),
  estimate: number,
  standardError: number,
  lower: number,
  upper: number,
  level: number.describe('Confidence of the interval.'),
  statistic: number,
  df: number.describe('Degrees of freedom; null: none, as of the normal distribution.'),
  pValue: number,
  literature: z
    .array(z.object({ name: text, lower: z.number(), upper: z.number() }))
    .describe('What others have found.'),
});

const RESULT = z
  .object({
    kind: z.literal('result'),
    study: STUDY_NAME,
    title: text,
    sentence: text.describe('The answer in plain words, with its interval.'),
    method: text,
    provenance: PROVENANCE,
    from: localDate,
    to: localDate.describe('Exclusive.'),
    zone: text,
    currency: text,
    payments: z.int(),
    riders: z.int(),
    clusters: z.int().nullable(),
    options: z.record(z.string(), z.unknown()).describe('What was chosen, defaults included.'),
    findings: z.array(FINDING),
    tables: z.array(TABLE),
    charts: z.array(CHART),
    diagnostics: z
      .object({ tables: z.array(TABLE), charts: z.array(CHART) })
      .describe('Whether the estimate can be trusted. As parts their names begin with `diagnostic-`.'),
    assumptions: z.array(text),
    warnings: z.array(text),
  })
  .meta({ id: 'StudyResult' });

const REFUSAL = z
  .object({
    kind: z.literal('refused'),
    study: STUDY_NAME,
    reason: text.describe('For machines.'),
    message: text.describe('Why the data cannot carry the question, and what would.'),
    provenance: PROVENANCE,
  })
  .meta({ id: 'StudyRefusal' });

export const STUDY_ANSWER = z.discriminatedUnion('kind', [RESULT, REFUSAL]);

export const STUDY_DESCRIPTION = z
  .object({
    name: STUDY_NAME,
    title: text,
    question: text,
    options: z.array(
      z.object({
        name: text,
        description: text,
        type: z.enum(['number', 'whole number', 'yes or no', 'choice', 'text']),
        choices: z.array(text),
        default: z.union([z.string(), z.number(), z.boolean(), z.null()]),
        minimum: number,
        maximum: number,
      }),
    ),
  })
  .meta({ id: 'StudyDescription' });

export const EXAMPLE_ANSWER: z.input<typeof STUDY_ANSWER> = {
  kind: 'result',
  study: 'equity',
  title: 'Equity of spending',
  sentence:
    'Net spending of 26,145 riders has a Gini coefficient of 0.519 (95% interval 0.515 to 0.523), where 0 is all alike and 1 is one who has all.',
  method: 'Gini coefficient; interval by linearisation over riders.',
  provenance: { kind: 'live', sequence: 214_586, read_at: '2026-11-25T09:21:02Z' },
  from: '2026-08-27',
  to: '2026-11-25',
  zone: 'America/Chicago',
  currency: 'USD',
  payments: 214_556,
  riders: 26_145,
  clusters: null,
  options: { segments: 'none', seed: 1, level: 0.95 },
  findings: [
    {
      ...{ name: 'Gini coefficient', segment: null, estimate: 0.519, standardError: 0.002 },
      ...{ lower: 0.515, upper: 0.523, level: 0.95, statistic: null, df: null, pValue: null },
      literature: [],
    },
  ],
  tables: [
    {
      name: 'inequality',
      caption: 'Inequality of net spending',
      columns: [{ name: 'measure', title: 'Measure', format: 'text' }],
      rows: [['gini']],
    },
  ],
  charts: [],
  diagnostics: { tables: [], charts: [] },
  assumptions: ['Payments are not trips: a pass hides how often it is used.'],
  warnings: [],
};
