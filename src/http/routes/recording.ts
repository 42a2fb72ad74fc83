/** `POST /api/v1/payments`: recording by direct callers, who get their problems back. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { EXAMPLE_FIELD_PROBLEM, EXAMPLE_PAYMENT, FIELD_PROBLEM, KEPT } from '../answer-schemas.js';
import { MAX_ITEMS, type Recording, recordBody } from '../record-answers.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const TITLE = {
  conflict: 'Another payment is stored under this id',
  invalid: 'The payment is not valid',
} as const;

/** What a caller sends. It documents; `checkPayment` of the domain decides, with all problems together. */
const PAYMENT_INPUT = z
  .looseObject({
    payment_id: z.int().min(1).max(4_294_967_295),
    user_id: z
      .union([z.string().min(1), z.int()])
      .describe("The provider's id of the rider. It becomes a pseudonym and is never stored."),
    order_id: z.int().min(1).max(2_147_483_647),
    payment_type: z.string().min(1).max(255).optional().describe("The provider's word, or a payment type."),
    payment_method: z.string().min(1).max(255).optional().describe('Instead of payment_type.'),
    total_price: z
      .union([z.string(), z.number()])
      .optional()
      .describe('A decimal in units of the currency, over 0, with no more digits than the currency has.'),
    amount: z.union([z.string(), z.number()]).optional().describe('Instead of total_price.'),
    logged_on: z.string().optional().describe('ISO 8601 with offset or Z, not in the future.'),
    timestamp: z.string().optional().describe('Instead of logged_on.'),
    currency: z.string().optional().describe('Refused where it is not the currency of this server.'),
    reference: z.string().optional().describe('Where it came from; kept with the capture.'),
  })
  .meta({ id: 'PaymentInput', description: 'A payment as it is sent; unknown fields are ignored.' });

const ITEM = z.union([
  KEPT.extend({ index: z.int(), status: z.literal([200, 201]) }).meta({ id: 'KeptItem' }),
  z
    .object({
      index: z.int(),
      status: z.literal([409, 422]),
      outcome: z.enum(['conflict', 'invalid']),
      problems: z.array(FIELD_PROBLEM),
    })
    .meta({ id: 'RefusedItem' }),
  z
    .object({
      index: z.int(),
      status: z.literal(503),
      outcome: z.literal('unavailable'),
      message: z.string(),
    })
    .meta({ id: 'UnavailableItem', description: 'Not kept: send it again.' }),
]);

const DOC: RouteDoc = {
  name: 'recordPayments',
  tag: 'Payments',
  summary: 'Record one payment, or many',
  description:
    `One payment, or an array of up to ${MAX_ITEMS}. A payment id is recorded once: the same content again is a ` +
    'duplicate, answered with the stored record; other content under the same id is a conflict, and the first one ' +
    'stands. Nothing is quarantined. 2xx means that the payment is stored durably.',
  body: {
    ...json(z.union([PAYMENT_INPUT, z.array(PAYMENT_INPUT).min(1).max(MAX_ITEMS)]), {
      payment_id: 1001,
      user_id: 'bytemark-rider-77001',
      order_id: 501,
      payment_type: 'apple_pay',
      total_price: '2.50',
      logged_on: '2025-04-07T03:11:31Z',
    }),
    description: 'A payment, or an array of payments.',
  },
  answers: {
    200: {
      description: 'A duplicate: the payment was stored before.',
      json: json(KEPT, { outcome: 'duplicate', payment: EXAMPLE_PAYMENT }),
    },
    201: { description: 'Recorded.', json: json(KEPT, { outcome: 'recorded', payment: EXAMPLE_PAYMENT }) },
    207: {
      description: 'The outcome of each payment of an array, in its order.',
      json: json(z.object({ rows: z.array(ITEM) }), {
        rows: [
          { index: 0, status: 201, outcome: 'recorded', payment: EXAMPLE_PAYMENT },
          { index: 1, status: 422, outcome: 'invalid', problems: [EXAMPLE_FIELD_PROBLEM] },
        ],
      }),
      headers: { 'retry-after': 'Seconds, where some were not kept for want of room or of the database.' },
    },
  },
  problems: [409, 422],
};

export function recordingRoutes(server: FastifyInstance, service: Service): void {
  const { limits, recorder } = service;
  const recording: Recording = {
    record: (value) => recorder.recordRecord(value, 'api'),
    one: 'payment',
    many: 'payments',
    titles: TITLE,
  };
  server.post(
    '/api/v1/payments',
    { config: { access: 'ingest', doc: DOC, delivers: 'api' }, bodyLimit: limits.bulkBodyBytes },
    (request, reply) => recordBody(service, request, reply, recording),
  );
}
