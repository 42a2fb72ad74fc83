/** `/api/v1/reconciliations`: runs with their reports, each as a file for finance, and the start of one. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Column } from '../../analytics/csv.js';
import { parseMoment } from '../../analytics/range.js';
import { filterText } from '../../domain/audit.js';
import { AppError } from '../../domain/errors.js';
import { CATEGORIES, CATEGORY_SENTENCES, type Category } from '../../domain/reconciliation.js';
import type { ReconciledDay } from '../../domain/reconciliation-totals.js';
import { runsPage, showRun } from '../../ingest/reconciliation-runs.js';
import { instant, nextCursor } from '../answer-schemas.js';
import { parseBody } from '../body.js';
import { FIGURES_PROBLEMS, factSchemas, figuresAnswers, formatParameter, sendFigures } from '../figures.js';
import { moment, parseQuery, wholeNumber } from '../query.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const RUNS_QUERY = z.strictObject({
  limit: wholeNumber(1, 1000).default(100).describe('How many at most.'),
  cursor: wholeNumber(1).optional().describe('The next_cursor of an earlier page.'),
});
const RUN_PARAMS = z.object({ id: wholeNumber(1).describe('The id of a reconciliation.') });
const TOTALS_QUERY = z.strictObject(formatParameter);
const MAX_PENDING_HOURS = 24 * 31;

const RUN = z
  .object({
    id: z.int(),
    source: z.string().describe('api, or file: a settlement file.'),
    name: z.string().describe('What was read: an address, or the name of a file.'),
    from: instant.describe('Inclusive, UTC.'),
    to: instant.describe('Exclusive, UTC.'),
    started: instant.describe('UTC.'),
    finished: instant.nullable().describe('UTC; null where it is under way, or was killed.'),
  })
  .meta({ id: 'Reconciliation' });

const EXAMPLE_RUN: z.input<typeof RUN> = {
  id: 3,
  source: 'api',
  name: 'https://bytemark.example/api/payments#payments',
  from: '2025-04-01T05:00:00Z',
  to: '2025-05-01T05:00:00Z',
  started: '2025-05-02T09:00:00Z',
  finished: '2025-05-02T09:00:41Z',
};

const EXAMPLE_SUM = {
  ...{ payments_here: 2, total_here: 5, payments_there: 3, total_there: 7.5, difference: -2.5 },
};
const SUM = {
  payments_here: z.int(),
  total_here: z.number().describe('In units of the currency, as was compared.'),
  payments_there: z.int(),
  total_there: z.number(),
  difference: z.number().describe('Here less there.'),
};
const SIDES = z.object(SUM).meta({ id: 'ReconciledSum' });
const LISTED_RUN = RUN.extend({
  headline: SIDES.extend({
    pending: z.int().describe('Too recent to judge; no exceptions.'),
    recorded: z.int().describe('Of what was missing here, how many were recorded.'),
    open: z.int().describe('Exceptions of the span that waited for a person then.'),
  })
    .nullable()
    .describe('What its report tells in all; null where it did not come to its end.'),
  open_now: z.int().describe('Exceptions of its time that are open now, whichever run has seen them.'),
}).meta({ id: 'ListedReconciliation' });
const COUNTS = z
  .object(
    Object.fromEntries(
      CATEGORIES.map((category) => [category, z.int().describe(CATEGORY_SENTENCES[category])]),
    ),
  )
  .describe('Findings by category; every record of either side is in one.');
const EXAMPLE_COUNTS = {
  ...{ matched: 2, internal_currency: 0, pending: 0, missing_here: 1, missing_there: 0, differs: 0 },
  ...{ duplicate_there: 0, unreadable_there: 0 },
};

const REPORT = z
  .object({
    source: z.string(),
    name: z.string(),
    from: instant,
    to: instant,
    pending_from: instant.describe('What one side alone has from here on is too recent to judge.'),
    dry_run: z.boolean(),
    records_read: z.int().describe('Records of the provider; some are of other times.'),
    counts: COUNTS,
    recorded: z.int().describe('Of what was missing here, how many were recorded.'),
    adjustments_recorded: z
      .int()
      .optional()
      .describe('Adjustments that were listed with payments, missing here, and recorded.'),
    open: z.int().describe('Exceptions of the span that waited for a person then.'),
    closed: z.int().describe('Exceptions of earlier runs that were not found any more.'),
    totals: SIDES,
    days: z
      .array(
        z.object({
          date: z.string().describe('Of the reporting zone.'),
          payment_type: z.string(),
          ...SUM,
          explained: z
            .record(z.string(), z.number())
            .describe('The parts of the difference, by category; they add up to it.'),
        }),
      )
      .describe('By day and payment type.'),
    incomplete: z
      .array(z.object({ from: instant, to: instant }))
      .describe('Windows of which not everything came that the provider counts.'),
    warnings: z.array(z.string()),
    needs_attention: z.boolean(),
  })
  .meta({ id: 'ReconciliationReport' });

const REPORTED_RUN = RUN.extend({
  report: REPORT.nullable(),
  failure: z.string().nullable().describe('Why it failed; null where it did not.'),
}).meta({ id: 'ReconciliationWithReport' });

const UNDER_WAY = z
  .object({
    id: z.int(),
    read: z.int().describe('Records of the provider so far.'),
    compared: z.int(),
    exceptions: z.int(),
  })
  .meta({ id: 'ReconciliationUnderWay' });

const EXAMPLE_REPORT: z.input<typeof REPORT> = {
  source: EXAMPLE_RUN.source,
  name: EXAMPLE_RUN.name,
  from: EXAMPLE_RUN.from,
  to: EXAMPLE_RUN.to,
  pending_from: '2025-05-01T09:00:00Z',
  dry_run: false,
  records_read: 3,
  counts: EXAMPLE_COUNTS,
  ...{ recorded: 1, adjustments_recorded: 0, open: 0, closed: 0 },
  totals: EXAMPLE_SUM,
  days: [
    {
      ...{ date: '2025-04-07', payment_type: 'mobile_payment' },
      ...EXAMPLE_SUM,
      explained: { missing_here: -2.5 },
    },
  ],
  incomplete: [],
  warnings: [],
  needs_attention: false,
};

const RUNS_DOC: RouteDoc = {
  name: 'listReconciliations',
  tag: 'Reconciliation',
  summary: 'Reconciliations, newest first',
  description: 'Each compared a span of time with the provider’s records, one by one.',
  query: RUNS_QUERY,
  answers: {
    200: {
      description: 'A page of them.',
      json: json(
        z.object({
          rows: z.array(LISTED_RUN),
          limit: z.int(),
          next_cursor: nextCursor,
          can_start: z.boolean().describe('Whether a provider is set, so that one can be started here.'),
          under_way: UNDER_WAY.nullable().describe(
            'The one that this instance was asked for, as far as it is.',
          ),
        }),
        {
          rows: [
            { ...EXAMPLE_RUN, headline: { ...EXAMPLE_SUM, pending: 0, recorded: 1, open: 0 }, open_now: 0 },
          ],
          ...{ limit: 100, next_cursor: null, can_start: true, under_way: null },
        },
      ),
    },
  },
};

const RUN_DOC: RouteDoc = {
  name: 'getReconciliation',
  tag: 'Reconciliation',
  summary: 'One reconciliation with its report',
  description: 'Totals are as they were compared, before what was missing here was recorded.',
  params: RUN_PARAMS,
  answers: {
    200: {
      description: 'The reconciliation; its report is null where it did not come to its end.',
      json: json(REPORTED_RUN, { ...EXAMPLE_RUN, report: EXAMPLE_REPORT, failure: null }),
    },
  },
  problems: [404],
};

type TotalsLine = Omit<ReconciledDay, 'explained'> & Readonly<Record<Category, number>>;

const SUMS = ['payments_here', 'total_here', 'payments_there', 'total_there', 'difference'] as const;
const TOTALS_COLUMNS = [
  ...['date', 'payment_type', ...SUMS],
  ...CATEGORIES,
] as const satisfies readonly Column<TotalsLine>[];

const NOTHING: Readonly<Record<Category, number>> = {
  ...{ matched: 0, internal_currency: 0, pending: 0, missing_here: 0, missing_there: 0 },
  ...{ differs: 0, duplicate_there: 0, unreadable_there: 0 },
};
const lineOf = ({ explained, ...sums }: ReconciledDay): TotalsLine => ({
  ...sums,
  ...NOTHING,
  ...explained,
});

const EXAMPLE_LINE: TotalsLine = {
  ...{ date: '2025-04-07', payment_type: 'mobile_payment' },
  ...EXAMPLE_SUM,
  ...NOTHING,
  missing_here: -2.5,
};

const TOTALS_DOC: RouteDoc = {
  name: 'getReconciliationTotals',
  tag: 'Reconciliation',
  summary: 'Both sides’ totals by day and payment type',
  description:
    'As the report has them, a line a day and payment type, for a file: the last columns are the parts of the difference by ' +
    'category, and add up to it.',
  params: RUN_PARAMS,
  query: TOTALS_QUERY,
  answers: figuresAnswers(
    'The totals.',
    json(
      z.object({
        rows: z.array(
          z.object({
            date: z.string().describe('Of the reporting zone.'),
            payment_type: z.string(),
            ...SUM,
            ...Object.fromEntries(
              CATEGORIES.map((category) => [category, z.number().describe('Its part of the difference.')]),
            ),
          }),
        ),
        zone: factSchemas.zone,
        currency: factSchemas.currency,
      }),
      { rows: [EXAMPLE_LINE], zone: 'America/Chicago', currency: 'USD' },
    ),
    { columns: TOTALS_COLUMNS, rows: [EXAMPLE_LINE] },
  ),
  problems: [404, 409, ...FIGURES_PROBLEMS],
};

const START = z.strictObject({
  from: moment.describe('Inclusive: a date of the reporting zone, or an instant; in the past.'),
  to: moment.describe('Exclusive.'),
  pending_hours: z
    .int()
    .min(0)
    .max(MAX_PENDING_HOURS)
    .default(24)
    .describe('How long one side may be behind the other.'),
});

const START_DOC: RouteDoc = {
  name: 'startReconciliation',
  tag: 'Reconciliation',
  summary: 'Hold the provider’s records of a span against the payments here',
  description:
    'Answers once it has begun; `getReconciliation` tells when it is done, or why it failed. What is missing here is ' +
    'recorded. One at a time on an instance. Settlement files are for the command.',
  body: {
    description: 'A span.',
    ...json(START, { from: '2025-04-01', to: '2025-05-01' }),
  },
  answers: {
    202: {
      description: 'It is under way.',
      json: json(z.object({ id: z.int().describe('Of the reconciliation.') }), { id: 4 }),
    },
  },
  problems: [409],
};

export function reconciliationRunRoutes(server: FastifyInstance, service: Service): void {
  const { store, zone, currency, reconciliations } = service;
  const reading = (doc: RouteDoc) => ({ config: { access: 'analyst' as const, doc } });
  server.get('/api/v1/reconciliations', reading(RUNS_DOC), async (request) => {
    const { limit, cursor } = parseQuery(RUNS_QUERY, request.query);
    const { rows, next } = await runsPage(store, cursor, limit);
    const { canStart: can_start, underWay: under_way } = reconciliations;
    return { rows, limit, next_cursor: next === null ? null : String(next), can_start, under_way };
  });
  server.get('/api/v1/reconciliations/:id', reading(RUN_DOC), (request) =>
    showRun(store, parseQuery(RUN_PARAMS, request.params).id),
  );
  server.get('/api/v1/reconciliations/:id/totals', reading(TOTALS_DOC), async (request, reply) => {
    const { id } = parseQuery(RUN_PARAMS, request.params);
    const { format } = parseQuery(TOTALS_QUERY, request.query);
    const { report } = await showRun(store, id);
    if (report === null)
      throw new AppError('conflict', `Reconciliation ${id} did not come to its end, so it has no totals.`);
    return sendFigures(request, reply, format, {
      name: `reconciliation-${id}`,
      table: { columns: TOTALS_COLUMNS, rows: report.days.map(lineOf) },
      facts: { zone: zone.name, currency: currency.code },
    });
  });
  const starting = { config: { access: 'admin' as const, doc: START_DOC } };
  server.post('/api/v1/reconciliations', starting, async (request, reply) => {
    const { from, to, pending_hours: pendingHours } = parseBody(START, request.body);
    const span = { from: parseMoment('from', from, zone), to: parseMoment('to', to, zone) };
    if (!reconciliations.canStart)
      throw new AppError('conflict', 'FARELOG_BYTEMARK_URL is not set, so there is no provider to ask.');
    await service.audit({
      actor: request.keyId,
      action: 'reconciliation.start',
      operation: `${request.method} ${request.routeOptions.url ?? ''}`,
      filter: filterText({ from, to, pending_hours: pendingHours }, service.auditName),
    });
    const id = await reconciliations.start({ span, pendingHours });
    return reply.code(202).send({ id });
  });
}
