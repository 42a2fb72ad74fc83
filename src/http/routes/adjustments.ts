/** `/api/v1/adjustments`: refunds, voids and corrections, recorded by direct callers and listed for researchers. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Column } from '../../analytics/csv.js';
import { parseMoment } from '../../analytics/range.js';
import { ADJUSTMENT_KINDS } from '../../domain/adjustment.js';
import type { ListedAdjustment } from '../../domain/adjustment-record.js';
import { AppError } from '../../domain/errors.js';
import type { Currency } from '../../domain/money.js';
import {
  type AdjustmentListFilter,
  type AdjustmentPosition,
  adjustmentPosition,
  type FoundAdjustment,
  listAdjustments,
  pagesOfAdjustments,
  toListedAdjustment,
} from '../../store/adjustment-list.js';
import { timeLimit } from '../../store/time-limit.js';
import {
  ADJUSTMENT_RECORD,
  EXAMPLE_ADJUSTMENT,
  EXAMPLE_FIELD_PROBLEM,
  EXAMPLE_KEPT_ADJUSTMENT,
  FIELD_PROBLEM,
  KEPT_ADJUSTMENT,
  nextCursor,
} from '../answer-schemas.js';
import {
  FIGURES_PROBLEMS,
  figuresAnswers,
  formatOf,
  formatParameter,
  sendFigures,
  streamCsv,
} from '../figures.js';
import { moment, parseQuery, wholeNumber } from '../query.js';
import { MAX_ITEMS, type Recording, recordBody } from '../record-answers.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const DEFAULT_LIMIT = 100;

/** What a caller sends. It documents; `checkAdjustment` of the domain decides, with all problems together. */
const INPUT = z
  .looseObject({
    adjustment_id: z.string().min(1).max(64).describe('Its name; the same again is a duplicate.'),
    payment_id: z.int().min(1).max(4_294_967_295).describe('Its payment, which need not be here yet.'),
    kind: z.enum(ADJUSTMENT_KINDS).describe('Or a word that is known for one.'),
    amount: z
      .union([z.string(), z.number()])
      .describe('Of a refund or void how much goes back; of a correction the change, with its sign. Not 0.'),
    adjusted_on: z.string().describe('ISO 8601 with offset or Z, not in the future. It counts at this time.'),
    reason: z.string().max(255).optional().describe('It must not name a rider.'),
    currency: z.string().optional().describe('Refused where it is not the currency of this server.'),
  })
  .meta({ id: 'AdjustmentInput', description: 'An adjustment as it is sent; unknown fields are ignored.' });

const ITEM = z.union([
  KEPT_ADJUSTMENT.extend({ index: z.int(), status: z.literal([200, 201]) }).meta({
    id: 'KeptAdjustmentItem',
  }),
  z
    .object({
      index: z.int(),
      status: z.literal([409, 422]),
      outcome: z.enum(['conflict', 'invalid']),
      problems: z.array(FIELD_PROBLEM),
    })
    .meta({ id: 'RefusedAdjustmentItem' }),
  z
    .object({
      index: z.int(),
      status: z.literal(503),
      outcome: z.literal('unavailable'),
      message: z.string(),
    })
    .meta({ id: 'UnavailableAdjustmentItem', description: 'Not kept: send it again.' }),
]);

const RECORD_DOC: RouteDoc = {
  name: 'recordAdjustments',
  tag: 'Adjustments',
  summary: 'Record one refund, void or correction, or many',
  description:
    `One adjustment, or an array of up to ${MAX_ITEMS}. Each name is recorded once: the same content again is a ` +
    'duplicate, other content a conflict, and the first one stands. One whose payment is not here yet is kept, and ' +
    'counts as soon as that is. More may be taken back than was paid: it counts, and `over_adjusted` says so.',
  body: {
    ...json(z.union([INPUT, z.array(INPUT).min(1).max(MAX_ITEMS)]), {
      adjustment_id: 'rf-7001',
      payment_id: 1001,
      kind: 'refund',
      amount: '2.50',
      adjusted_on: '2025-04-08T14:00:00Z',
      reason: 'ticket machine charged twice',
    }),
    description: 'An adjustment, or an array of adjustments.',
  },
  answers: {
    200: {
      description: 'A duplicate: it was stored before.',
      json: json(KEPT_ADJUSTMENT, { ...EXAMPLE_KEPT_ADJUSTMENT, outcome: 'duplicate' }),
    },
    201: { description: 'Recorded.', json: json(KEPT_ADJUSTMENT, EXAMPLE_KEPT_ADJUSTMENT) },
    207: {
      description: 'The outcome of each adjustment of an array, in its order.',
      json: json(z.object({ rows: z.array(ITEM) }), {
        rows: [
          { index: 0, status: 201, ...EXAMPLE_KEPT_ADJUSTMENT },
          { index: 1, status: 422, outcome: 'invalid', problems: [EXAMPLE_FIELD_PROBLEM] },
        ],
      }),
      headers: { 'retry-after': 'Seconds, where some were not kept for want of room or of the database.' },
    },
  },
  problems: [409, 422],
};

const LIST_QUERY = z.strictObject({
  payment_id: wholeNumber(1).optional().describe('Those of a payment.'),
  kind: z.enum(ADJUSTMENT_KINDS).optional().describe('Only this kind.'),
  from: moment.optional().describe('Inclusive: a date of the reporting zone (2025-04-07) or an instant.'),
  to: moment.optional().describe('Exclusive: a date of the reporting zone or an instant.'),
  waiting: z
    .enum(['true', 'false'])
    .optional()
    .describe('true: only those whose payment is not here; false: only those that count.'),
  limit: wholeNumber(1, 1000)
    .optional()
    .describe(`How many at most: by default ${DEFAULT_LIMIT} in JSON, and all of them in CSV.`),
  cursor: z.string('must be given once').optional().describe('The next_cursor of an earlier page.'),
  ...formatParameter,
});

const LISTED = ADJUSTMENT_RECORD.extend({
  counted: z.boolean().describe('Whether its payment is here.'),
}).meta({ id: 'ListedAdjustment' });

const EXAMPLE_LISTED = { ...EXAMPLE_ADJUSTMENT, counted: true };

const COLUMNS = [
  'adjustment_id',
  'payment_id',
  'kind',
  'amount',
  'adjusted_on',
  'reason',
  'source',
  'created_on',
  'counted',
] as const satisfies readonly Column<ListedAdjustment>[];

const LIST_DOC: RouteDoc = {
  name: 'listAdjustments',
  tag: 'Adjustments',
  summary: 'Adjustments by filter, newest first',
  description:
    'Newest `adjusted_on` first. Following `next_cursor` gives every adjustment once, whatever arrives meanwhile. CSV ' +
    'without a `limit` is every adjustment that matches, as one stream.',
  query: LIST_QUERY,
  answers: figuresAnswers(
    'Adjustments.',
    json(z.object({ rows: z.array(LISTED), limit: z.int(), currency: z.string(), next_cursor: nextCursor }), {
      rows: [EXAMPLE_LISTED],
      limit: DEFAULT_LIMIT,
      currency: 'USD',
      next_cursor: null,
    }),
    { columns: COLUMNS, rows: [EXAMPLE_LISTED] },
  ),
  problems: FIGURES_PROBLEMS,
};

export function adjustmentRoutes(server: FastifyInstance, service: Service): void {
  const { limits, recorder } = service;
  const recording: Recording = {
    record: (value) => recorder.recordAdjustment(value, 'api'),
    one: 'adjustment',
    many: 'adjustments',
    titles: {
      conflict: 'Another adjustment is stored under this name',
      invalid: 'The adjustment is not valid',
    },
  };
  server.post(
    '/api/v1/adjustments',
    { config: { access: 'ingest', doc: RECORD_DOC, delivers: 'api' }, bodyLimit: limits.bulkBodyBytes },
    (request, reply) => recordBody(service, request, reply, recording),
  );
  server.get(
    '/api/v1/adjustments',
    { config: { access: 'researcher', audit: 'riders.read', doc: LIST_DOC } },
    (request, reply) => list(service, request, reply),
  );
}

async function list(service: Service, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { limit, cursor, format, ...asked } = parseQuery(LIST_QUERY, request.query);
  const { store, zone, currency, exportPageRows, logger, limits, clock } = service;
  const inTime = timeLimit(limits.queryTimeoutMs, clock);
  const filter: AdjustmentListFilter = {
    paymentId: asked.payment_id,
    kind: asked.kind,
    waiting: asked.waiting === undefined ? undefined : asked.waiting === 'true',
    from: asked.from === undefined ? undefined : parseMoment('from', asked.from, zone),
    to: asked.to === undefined ? undefined : parseMoment('to', asked.to, zone),
  };
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const facts = { currency: currency.code };
  if (limit === undefined && formatOf(request, format) === 'csv') {
    const pages = recordsOf(pagesOfAdjustments(store, filter, exportPageRows, after, inTime), currency);
    return streamCsv(request, reply, logger, { name: 'adjustments', columns: COLUMNS, pages, facts });
  }
  const most = limit ?? DEFAULT_LIMIT;
  const found = await listAdjustments(store, filter, most + 1, after, inTime);
  const page = found.slice(0, most);
  const last = page.at(-1);
  const next_cursor =
    found.length > most && last !== undefined ? encodeCursor(adjustmentPosition(last)) : null;
  const rows = page.map((one) => toListedAdjustment(one, currency));
  return sendFigures(request, reply, format, {
    name: 'adjustments',
    table: { columns: COLUMNS, rows },
    json: { rows, limit: most },
    facts: { ...facts, next_cursor },
  });
}

async function* recordsOf(
  pages: AsyncGenerator<readonly FoundAdjustment[], void>,
  currency: Currency,
): AsyncGenerator<ListedAdjustment[], void> {
  for await (const rows of pages) yield rows.map((one) => toListedAdjustment(one, currency));
}

function encodeCursor({ adjusted_s, sequence }: AdjustmentPosition): string {
  return Buffer.from(`${adjusted_s}|${sequence}`, 'utf8').toString('base64url');
}

function decodeCursor(cursor: string): AdjustmentPosition {
  const [, second, sequence] =
    /^(\d{1,12})\|(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (second === undefined || sequence === undefined)
    throw new AppError('usage', 'cursor must be the next_cursor of an earlier page.');
  return { adjusted_s: Number(second), sequence: Number(sequence) };
}
