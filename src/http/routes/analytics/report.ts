/** `GET /api/v1/analytics/report`: the whole report, with riders for those who may see them. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { PaymentReport } from '../../../analytics/report.js';
import { reportCsv } from '../../../documents/csv.js';
import { QUARANTINE_STATUSES } from '../../../store/quarantine.js';
import { CALENDAR_ENTRY } from '../../answer-schemas.js';
import { rolesThatMay } from '../../api-keys.js';
import { aboutSchemas, adjustedSchemas, EXAMPLE_ABOUT, figureParameters } from '../../figure-route.js';
import { csvHeaders, FIGURES_PROBLEMS, figuresAnswers, formatOf, isUnchanged } from '../../figures.js';
import { moment, parseQuery } from '../../query.js';
import type { RouteDoc } from '../../route.js';
import type { Service } from '../../service.js';
import { PROFILE_CELL } from './profile.js';
import { RESTATEMENT } from './restatements.js';
import { RIDER, riderPageParameters } from './riders.js';

const QUERY = z.strictObject({
  since: moment
    .optional()
    .describe(
      'Tell what changed since: the sequence of a capture, an instant, or a date of the reporting zone.',
    ),
  ...riderPageParameters,
  ...figureParameters,
  format: z
    .enum(['json', 'csv', 'html'])
    .optional()
    .describe('json; csv, a line a value; or html, one page to be handed on. Goes before the header Accept.'),
});

const INSTANT_OR_NONE = z.string().nullable().meta({ format: 'date-time' });

const SUMMARY = z
  .object({
    total_transactions: z.int(),
    unique_users: z.int().describe('Different riders, exact.'),
    total_revenue: z.number().describe('Gross.'),
    ...adjustedSchemas,
    avg_transaction: z.number().describe('To 4 decimals.'),
    first_transaction: INSTANT_OR_NONE,
    latest_transaction: INSTANT_OR_NONE,
  })
  .meta({ id: 'ReportSummary' });

const REPORT = z.object({
  summary: SUMMARY,
  trends: z
    .array(
      z.object({
        date: z.string(),
        daily_transactions: z.int(),
        daily_revenue: z.number(),
        ...adjustedSchemas,
      }),
    )
    .describe('Every day of the reporting zone, days without payments too.'),
  userAnalysis: z.array(RIDER).optional().describe('Riders by spend, a page; for researchers alone.'),
  next_cursor: z.string().nullable().optional().describe('Of riders; null on the last page.'),
  paymentMethods: z.array(
    z.object({
      payment_type: z.string(),
      usage_count: z.int(),
      method_revenue: z.number(),
      avg_amount: z.number().describe('To 4 decimals.'),
      ...adjustedSchemas,
    }),
  ),
  profile: z.array(PROFILE_CELL).describe('All 168 hours of a week.'),
  before: SUMMARY.nullable().describe('The same of the period of equal length just before.'),
  left_out: z
    .array(z.object({ reason: z.string(), status: z.enum(QUARANTINE_STATUSES), deliveries: z.int() }))
    .describe('Deliveries that came in within the period and could not become payments.'),
  calendar: z
    .array(CALENDAR_ENTRY)
    .optional()
    .describe('Entries of the calendar that begin or end within the period.'),
  restated: z.array(RESTATEMENT).optional().describe('With since: days that changed.'),
  ...aboutSchemas,
});

const EXAMPLE_SUMMARY = {
  total_transactions: 81_507,
  unique_users: 18_766,
  total_revenue: 530_755.8,
  adjustments: -1_204.5,
  net_revenue: 529_551.3,
  avg_transaction: 6.5118,
  first_transaction: '2025-04-01T00:00:08-05:00',
  latest_transaction: '2025-04-30T23:59:51-05:00',
};

const EXAMPLE: PaymentReport = {
  summary: EXAMPLE_SUMMARY,
  trends: [
    {
      date: '2025-04-07',
      daily_transactions: 2_480,
      daily_revenue: 16_240.25,
      adjustments: -42.5,
      net_revenue: 16_197.75,
    },
  ],
  paymentMethods: [
    {
      payment_type: 'mobile_payment',
      usage_count: 33_335,
      method_revenue: 202_585.2,
      avg_amount: 6.0773,
      adjustments: -310.25,
      net_revenue: 202_274.95,
    },
  ],
  profile: [{ weekday: 1, hour: 7, transactions: 812, revenue: 2_210.5 }],
  before: null,
  left_out: [{ reason: 'invalid', status: 'open', deliveries: 3 }],
  ...EXAMPLE_ABOUT,
};

const AS_FIGURES = figuresAnswers(
  'The report.',
  { schema: REPORT, example: EXAMPLE },
  {
    columns: ['section', 'key', 'measure', 'value'],
    rows: [{ section: 'summary', key: '', measure: 'total_revenue', value: '530755.80' }],
  },
);

/** Beside JSON and CSV there is the page. */
const ANSWERS: RouteDoc['answers'] = {
  ...AS_FIGURES,
  200: {
    description: 'The report.',
    ...AS_FIGURES[200],
    texts: [
      ...(AS_FIGURES[200]?.texts ?? []),
      { type: 'text/html', example: '<!doctype html><title>Payment report: April 2025</title>…' },
    ],
  },
};

const DOC: RouteDoc = {
  name: 'generatePaymentReport',
  tag: 'Figures',
  summary: 'The whole report of a period',
  description:
    'Headline figures and those of the period before, days, payment methods, hours of the week, what was left out, and ' +
    'with `since` what changed. Riders by spend are there for researchers alone. By default the last 30 times 24 hours.',
  query: QUERY,
  answers: ANSWERS,
  problems: FIGURES_PROBLEMS,
};

export function reportRoute(server: FastifyInstance, { figures }: Service): void {
  const config = { access: 'analyst' as const, doc: DOC };
  server.get('/api/v1/analytics/report', { config }, async (request, reply) => {
    const { days, from, to, as_of: asOf, since, limit, cursor, format } = parseQuery(QUERY, request.query);
    const seesRiders = request.keyRole !== null && rolesThatMay('researcher').includes(request.keyRole);
    if (seesRiders) await request.audit('riders.read');
    const riders = seesRiders ? { limit, cursor } : null;
    const report = await figures.report({ days, from, to, asOf, since, riders });
    const written = format === 'html' ? 'html' : formatOf(request, format);
    const { from: first, to: end, ...rest } = report;
    if (isUnchanged(request, reply, written, rest)) return reply.code(304).send();
    if (written === 'json') return reply.send(report);
    if (written === 'csv') {
      const range = { from: first, to: end };
      return csvHeaders(request, reply, 'report', report, range).send(reportCsv(report));
    }
    // The charts' library takes a while to read, so it is loaded where a page is asked for.
    const { reportHtml } = await import('../../../documents/html.js');
    return reply
      .header('content-disposition', 'attachment; filename="farelog-report.html"')
      .type('text/html; charset=utf-8')
      .send(reportHtml(report));
  });
}
