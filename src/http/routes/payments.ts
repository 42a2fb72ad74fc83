/** `/api/v1/payments`: recording by direct callers, and reading for researchers. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { parseMoment } from '../../analytics/range.js';
import { parseJson } from '../../bytemark/payload.js';
import { AppError } from '../../domain/errors.js';
import { toRecord } from '../../domain/payment.js';
import { fromSqlText, toIso, toSqlText } from '../../domain/time.js';
import type { RecordAnswer } from '../../ingest/record.js';
import { findPayment, listPayments, type PagePosition } from '../../store/payments.js';
import { asBytes } from '../body.js';
import { sendProblem } from '../problem.js';
import { amount, parseQuery, wholeNumber } from '../query.js';
import type { Service } from '../service.js';

const MAX_ITEMS = 1_000;

const STATUS: Readonly<Record<RecordAnswer['outcome'], number>> = {
  recorded: 201,
  duplicate: 200,
  conflict: 409,
  invalid: 422,
};

const TITLE = {
  conflict: 'Another payment is stored under this id',
  invalid: 'The payment is not valid',
} as const;

/** Query of `GET /api/v1/payments`. */
const LIST_QUERY = z.strictObject({
  user_id: z.string().min(1).optional(),
  payment_type: z.string().min(1).optional(),
  order_id: wholeNumber(0).optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  min_price: amount.optional(),
  max_price: amount.optional(),
  limit: wholeNumber(1, 1000).default(100),
  cursor: z.string().optional(),
});

const PARAMS = z.object({ payment_id: wholeNumber(1) });

export function paymentRoutes(server: FastifyInstance, service: Service): void {
  const { limits } = service;
  server.post(
    '/api/v1/payments',
    { config: { access: 'ingest' }, bodyLimit: limits.bulkBodyBytes },
    async (request, reply) => {
      const parsed = parseJson(asBytes(request.body));
      if (!parsed.ok) throw new AppError('invalid', parsed.problem.message, { problems: [parsed.problem] });
      return Array.isArray(parsed.value)
        ? recordMany(service, parsed.value, reply)
        : recordOne(service, parsed.value, reply);
    },
  );
  const config = { access: 'researcher', audit: 'riders.read' } as const;
  server.get('/api/v1/payments', { config }, (request) => list(service, request.query));
  server.get('/api/v1/payments/:payment_id', { config }, (request) => show(service, request.params));
}

async function recordOne(service: Service, value: unknown, reply: FastifyReply): Promise<FastifyReply> {
  const answer = await service.recorder.recordRecord(value, 'api');
  service.metrics.delivery('api', answer.outcome);
  const status = STATUS[answer.outcome];
  if ('payment' in answer) return reply.code(status).send(answer);
  const { outcome, problems } = answer;
  const detail = problems.map(({ message }) => message).join('; ');
  return sendProblem(reply, status, TITLE[outcome], detail, { outcome, problems });
}

async function recordMany(
  service: Service,
  values: readonly unknown[],
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (values.length === 0 || values.length > MAX_ITEMS) {
    throw new AppError('usage', `Send 1 to ${MAX_ITEMS} payments at once; this array has ${values.length}.`);
  }
  const settled = await Promise.allSettled(
    values.map((value) => service.recorder.recordRecord(value, 'api')),
  );
  const rows = settled.map((result, index) => {
    if (result.status === 'rejected') {
      service.metrics.delivery('api', 'unavailable');
      const { reason }: { reason: unknown } = result;
      const told = reason instanceof AppError;
      if (!told) service.logger.error('A payment of an array failed', { error: String(reason) });
      const message = told ? reason.message : 'This payment was not kept. Send it again.';
      return { index, status: 503, outcome: 'unavailable', message };
    }
    service.metrics.delivery('api', result.value.outcome);
    return { index, status: STATUS[result.value.outcome], ...result.value };
  });
  if (rows.some(({ status }) => status === 503)) reply.header('retry-after', '1');
  return reply.code(207).send({ rows });
}

async function list(service: Service, query: unknown): Promise<object> {
  const { limit, cursor, from, to, ...filter } = parseQuery(LIST_QUERY, query);
  const rows = await listPayments(
    service.store,
    {
      userId: filter.user_id,
      paymentType: filter.payment_type,
      orderId: filter.order_id,
      minPrice: filter.min_price,
      maxPrice: filter.max_price,
      from: from === undefined ? undefined : parseMoment('from', from, service.zone),
      to: to === undefined ? undefined : parseMoment('to', to, service.zone),
    },
    limit + 1,
    cursor === undefined ? undefined : decodeCursor(cursor),
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    rows: page.map(toRecord),
    limit,
    currency: service.currency.code,
    next_cursor: more ? encodeCursor({ loggedOn: last.logged_on, paymentId: last.payment_id }) : null,
  };
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
  };
}
