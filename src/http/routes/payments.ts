/** `GET /api/v1/payments` and one of them, for researchers. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Column } from '../../analytics/csv.js';
import { parseMoment } from '../../analytics/range.js';
import { toAdjustmentRecord } from '../../domain/adjustment-record.js';
import { AppError } from '../../domain/errors.js';
import { minorToNumber, numberToMinor } from '../../domain/money.js';
import { SOURCES } from '../../domain/outcome.js';
import { type PaymentRecord, type PaymentRow, toRecord } from '../../domain/payment.js';
import { fromSqlText, toIso, toSqlText } from '../../domain/time.js';
import { isOverAdjusted } from '../../ingest/record-adjustment.js';
import { adjustmentsOfPayment } from '../../store/adjustment-list.js';
import {
  findPayment,
  listPayments,
  type PagePosition,
  type PaymentFilter,
  pagesOfPayments,
  positionOf,
} from '../../store/payments.js';
import { timeLimit } from '../../store/time-limit.js';
import {
  ADJUSTMENT_RECORD,
  EXAMPLE_ADJUSTMENT,
  EXAMPLE_PAYMENT,
  instant,
  nextCursor,
  PAYMENT_RECORD,
} from '../answer-schemas.js';
import {
  FIGURES_PROBLEMS,
  figuresAnswers,
  formatOf,
  formatParameter,
  sendFigures,
  streamCsv,
} from '../figures.js';
import { amount, moment, parseQuery, wholeNumber, word } from '../query.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const DEFAULT_LIMIT = 100;

const LIST_QUERY = z.strictObject({
  user_id: word.optional().describe("A rider's stored id (pseudonym)."),
  payment_type: word.optional().describe('A payment type, as it is stored.'),
  order_id: wholeNumber(0).optional().describe('An order.'),
  from: moment.optional().describe('Inclusive: a date of the reporting zone (2025-04-07) or an instant.'),
  to: moment.optional().describe('Exclusive: a date of the reporting zone or an instant.'),
  min_price: amount.optional().describe('Lowest price, in units of the currency.'),
  max_price: amount.optional().describe('Highest price, in units of the currency.'),
  limit: wholeNumber(1, 1000)
    .optional()
    .describe(`How many at most: by default ${DEFAULT_LIMIT} in JSON, and all of them in CSV.`),
  cursor: z.string('must be given once').optional().describe('The next_cursor of an earlier page.'),
  ...formatParameter,
});

const COLUMNS = [
  'payment_id',
  'user_id',
  'order_id',
  'payment_type',
  'total_price',
  'logged_on',
  'created_on',
  'modified_on',
] as const satisfies readonly Column<PaymentRecord>[];

const LIST_DOC: RouteDoc = {
  name: 'listPayments',
  tag: 'Payments',
  summary: 'Payments by filter, newest first',
  description:
    'Newest `logged_on` first, and among equals the highest id. Following `next_cursor` gives every payment once, ' +
    'whatever arrives meanwhile. CSV without a `limit` is every payment that matches, as one stream without ETag; a ' +
    'stream that breaks off is cut without its end.',
  query: LIST_QUERY,
  answers: figuresAnswers(
    'Payments.',
    json(
      z.object({
        rows: z.array(PAYMENT_RECORD),
        limit: z.int(),
        currency: z.string(),
        next_cursor: nextCursor,
      }),
      { rows: [EXAMPLE_PAYMENT], limit: DEFAULT_LIMIT, currency: 'USD', next_cursor: null },
    ),
    { columns: COLUMNS, rows: [EXAMPLE_PAYMENT] },
  ),
  problems: FIGURES_PROBLEMS,
};

const PARAMS = z.object({ payment_id: wholeNumber(1).describe('The id of a payment.') });

const SHOW_DOC: RouteDoc = {
  name: 'getPayment',
  tag: 'Payments',
  summary: 'One payment with its capture and its adjustments',
  description:
    'The record, and how it came in: source, the word of the provider, reference, time. A payment that another ' +
    'program wrote into the table has no capture.',
  params: PARAMS,
  answers: {
    200: {
      description: 'The payment.',
      json: json(
        PAYMENT_RECORD.extend({
          capture: z
            .object({
              sequence: z.int().describe('Grows with every capture.'),
              source: z.enum(SOURCES),
              raw_method: z.string().describe("The provider's word for the payment type."),
              reference: z.string().nullable(),
              received_at: instant.describe('UTC.'),
            })
            .nullable(),
          adjustments: z.array(ADJUSTMENT_RECORD).describe('In the order of time.'),
          adjusted: z.number().describe('What they come to; below 0 where money went back.'),
          net_price: z.number().describe('The price with its adjustments.'),
          over_adjusted: z.boolean().describe('Whether more was taken back than was paid.'),
        }).meta({ id: 'PaymentWithCapture' }),
        {
          ...EXAMPLE_PAYMENT,
          capture: {
            sequence: 42,
            source: 'webhook',
            raw_method: 'apple_pay',
            reference: 'evt-7',
            received_at: '2025-04-07T03:11:32Z',
          },
          adjustments: [EXAMPLE_ADJUSTMENT],
          adjusted: -2.5,
          net_price: 0,
          over_adjusted: false,
        },
      ),
    },
  },
  problems: [404],
};

export function paymentRoutes(server: FastifyInstance, service: Service): void {
  const access = 'researcher';
  const audit = 'riders.read';
  server.get('/api/v1/payments', { config: { access, audit, doc: LIST_DOC } }, (request, reply) =>
    list(service, request, reply),
  );
  server.get('/api/v1/payments/:payment_id', { config: { access, audit, doc: SHOW_DOC } }, (request) =>
    show(service, request.params),
  );
}

async function list(service: Service, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { limit, cursor, format, ...asked } = parseQuery(LIST_QUERY, request.query);
  const { store, zone, currency, exportPageRows, logger, limits, clock } = service;
  const inTime = timeLimit(limits.queryTimeoutMs, clock);
  const filter: PaymentFilter = {
    userId: asked.user_id,
    paymentType: asked.payment_type,
    orderId: asked.order_id,
    minPrice: asked.min_price,
    maxPrice: asked.max_price,
    from: asked.from === undefined ? undefined : parseMoment('from', asked.from, zone),
    to: asked.to === undefined ? undefined : parseMoment('to', asked.to, zone),
  };
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const facts = { currency: currency.code };
  if (limit === undefined && formatOf(request, format) === 'csv') {
    const pages = recordsOf(pagesOfPayments(store, filter, exportPageRows, after, inTime));
    return streamCsv(request, reply, logger, { name: 'payments', columns: COLUMNS, pages, facts });
  }
  const most = limit ?? DEFAULT_LIMIT;
  const found = await listPayments(store, filter, most + 1, after, inTime);
  const page = found.slice(0, most);
  const last = page.at(-1);
  const next_cursor = found.length > most && last !== undefined ? encodeCursor(positionOf(last)) : null;
  const rows = page.map(toRecord);
  return sendFigures(request, reply, format, {
    name: 'payments',
    table: { columns: COLUMNS, rows },
    json: { rows, limit: most },
    facts: { ...facts, next_cursor },
  });
}

async function* recordsOf(
  pages: AsyncGenerator<readonly PaymentRow[], void>,
): AsyncGenerator<PaymentRecord[], void> {
  for await (const rows of pages) yield rows.map(toRecord);
}

/** A cursor is the place of a page's last row; it tells nothing that the row does not. */
export function encodeCursor({ loggedOn, paymentId }: PagePosition): string {
  return Buffer.from(`${loggedOn}|${paymentId}`, 'utf8').toString('base64url');
}

export function decodeCursor(cursor: string): PagePosition {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const match = /^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2})\|(\d{1,10})$/.exec(text);
  const [, loggedOn, paymentId] = match ?? [];
  if (loggedOn === undefined || paymentId === undefined || !isSqlText(loggedOn)) {
    throw new AppError('usage', 'cursor must be the next_cursor of an earlier page.');
  }
  return { loggedOn, paymentId: Number(paymentId) };
}

/** Whether it names a time that exists; a database would fail on another, or take it for something else. */
function isSqlText(text: string): boolean {
  const second = fromSqlText(text);
  return !Number.isNaN(second) && toSqlText(second) === text;
}

async function show(service: Service, params: unknown): Promise<object> {
  const { payment_id } = parseQuery(PARAMS, params);
  const found = await findPayment(service.store, payment_id);
  if (found === undefined) throw new AppError('not_found', `No payment has the id ${payment_id}.`);
  const { row, capture } = found;
  const { knex } = service.store;
  const adjustments = await adjustmentsOfPayment(knex, payment_id);
  const adjusted_minor = adjustments.reduce((sum, { adjustment }) => sum + adjustment.amount_minor, 0);
  const price_minor = numberToMinor(row.total_price, service.currency);
  const received = capture === null ? null : toIso(Math.floor(capture.received_ms / 1000));
  return {
    ...toRecord(row),
    capture:
      capture === null
        ? null
        : {
            sequence: capture.sequence,
            source: capture.source,
            raw_method: capture.raw_method,
            reference: capture.reference,
            received_at: received,
          },
    adjustments: adjustments.map((one) => toAdjustmentRecord(one, service.currency)),
    adjusted: minorToNumber(adjusted_minor, service.currency),
    net_price: minorToNumber(price_minor + adjusted_minor, service.currency),
    over_adjusted: isOverAdjusted({ price_minor, adjusted_minor }),
  };
}
