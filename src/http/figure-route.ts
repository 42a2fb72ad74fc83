/**
 * How a route of figures is declared: what is asked, what is answered, which part of it is the CSV's table, and how the
 * figures are had. Everything else is the same for all of them: range and as-of, format, ETag, what an answer says about
 * itself, and its documentation.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Column } from '../analytics/csv.js';
import type { FigureRequest } from '../analytics/figures.js';
import type { About } from '../analytics/report.js';
import type { AuditAction } from '../domain/audit.js';
import type { Role } from './api-keys.js';
import {
  FIGURES_PROBLEMS,
  factSchemas,
  figuresAnswers,
  formatParameter,
  rangeSchemas,
  sendFigures,
} from './figures.js';
import { moment, parseQuery, rangeParameters } from './query.js';
import type { RouteDoc } from './route.js';

export interface FigureRoute<
  Params extends z.ZodRawShape,
  Query extends z.ZodRawShape,
  Body extends z.ZodRawShape,
  Row extends object,
> {
  readonly url: string;
  readonly access: Role;
  readonly audit?: AuditAction;
  /** The `operationId`. */
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly params: Params;
  /** Beside range, as-of and format. */
  readonly query: Query;
  /** The JSON answer beside what it says about itself. */
  readonly body: Body;
  readonly example: z.output<z.ZodObject<Body>>;
  readonly csv: {
    /** Names the file, as `farelog-NAME.csv`. */
    readonly name: string;
    /** Those that no row has are left out. */
    readonly columns: readonly Column<Row>[];
    readonly rowsOf: (body: z.output<z.ZodObject<Body>>) => readonly Row[];
  };
  readonly ask: (
    query: FigureQuery<Query>,
    params: z.output<z.ZodObject<Params>>,
    request: FastifyRequest,
  ) => Promise<z.output<z.ZodObject<Body>> & About>;
}

/** Beside a gross sum: what was adjusted, and both together. */
export const adjustedSchemas = {
  adjustments: z
    .number()
    .describe('Refunds, voids and corrections that came about within it; below 0 where money went back.'),
  net_revenue: z.number().describe('Revenue with its adjustments.'),
};

export type FigureQuery<Query extends z.ZodRawShape> = z.output<z.ZodObject<Query>> & {
  readonly figure: FigureRequest;
};

/** What may be asked of every figure. */
export const figureParameters = {
  ...rangeParameters,
  as_of: moment
    .optional()
    .describe(
      'Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are ' +
        'counted from the payments, so slower.',
    ),
};
const FIGURE_PARAMETERS = z.object({ ...figureParameters, ...formatParameter });

export const aboutSchemas = {
  ...rangeSchemas,
  ...factSchemas,
  as_of_received_at: z.string().nullable().meta({
    format: 'date-time',
    description: 'When that capture came in; null where there is none.',
  }),
};

export const EXAMPLE_ABOUT: About = {
  from: '2025-04-01T00:00:00-05:00',
  to: '2025-05-01T00:00:00-05:00',
  zone: 'America/Chicago',
  currency: 'USD',
  as_of: 236_713,
  as_of_received_at: '2025-05-02T06:00:01-05:00',
};

/** Yes or no, as `true` or `false`. */
export function flag(fallback: boolean) {
  return z
    .enum(['true', 'false'])
    .default(fallback ? 'true' : 'false')
    .transform((text) => text === 'true');
}

/** A share of a whole. */
export const share = z.number().describe('From 0 to 1.');

export const QUANTILES = z
  .array(z.object({ quantile: share, value: z.number().describe('To 4 decimals.') }))
  .describe('Type 7 of Hyndman and Fan, as the default of R and NumPy.');

/** How a bucket is named: by one of the four, and its start. */
export const bucketSchemas = {
  hour: z.string().optional().describe('Hourly: YYYY-MM-DD HH:00:00 of the reporting zone.'),
  date: z.string().optional().describe('Daily: YYYY-MM-DD.'),
  week: z.int().optional().describe("Weekly: MySQL's YEARWEEK in its default mode; weeks begin on Sunday."),
  month: z.string().optional().describe('Monthly: YYYY-MM.'),
  starts_at: z.string().meta({ format: 'date-time', description: 'The instant at which it begins.' }),
};

export const BUCKET_COLUMNS = ['hour', 'date', 'week', 'month', 'starts_at'] as const;

export function figureRoute<
  Params extends z.ZodRawShape,
  Query extends z.ZodRawShape,
  Body extends z.ZodRawShape,
  Row extends object,
>(server: FastifyInstance, route: FigureRoute<Params, Query, Body, Row>): void {
  const { csv, example } = route;
  const own = z.object(route.query);
  const whole = z.strictObject({ ...route.query, ...FIGURE_PARAMETERS.shape });
  const params = z.object(route.params);
  const doc: RouteDoc = {
    name: route.name,
    tag: 'Figures',
    summary: route.summary,
    description: route.description,
    ...(Object.keys(route.params).length === 0 ? {} : { params }),
    query: whole,
    answers: figuresAnswers(
      'The figures.',
      { schema: z.object({ ...route.body, ...aboutSchemas }), example: { ...example, ...EXAMPLE_ABOUT } },
      { columns: csv.columns, rows: csv.rowsOf(example) },
    ),
    problems: FIGURES_PROBLEMS,
  };
  const { access, audit } = route;
  const config = { access, doc, ...(audit === undefined ? {} : { audit }) };
  server.get(route.url, { config }, async (request, reply) => {
    // The whole tells of every parameter that is wrong or unknown; the parts then give what each is.
    parseQuery(whole, request.query);
    const { days, from, to, as_of: asOf, format } = parseQuery(FIGURE_PARAMETERS, request.query);
    const asked = { ...parseQuery(own, request.query), figure: { days, from, to, asOf } };
    const answer = await route.ask(asked, parseQuery(params, request.params), request);
    const { from: first, to: end, zone, currency, as_of, as_of_received_at, ...body } = answer;
    const rows = csv.rowsOf(answer);
    const columns = csv.columns.filter((column) => rows.length === 0 || rows.some((row) => column in row));
    return sendFigures(request, reply, format, {
      name: csv.name,
      table: { columns, rows },
      json: { ...body, as_of_received_at },
      facts: { zone, currency, as_of },
      range: { from: first, to: end },
    });
  });
}
