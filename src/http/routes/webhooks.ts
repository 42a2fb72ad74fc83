/** `POST /webhooks/bytemark`: signed payment notifications. 2xx means that it is kept, durably. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { verifySignature } from '../../bytemark/signature.js';
import { AppError } from '../../domain/errors.js';
import type { RecordAnswer } from '../../ingest/record.js';
import {
  EXAMPLE_FIELD_PROBLEM,
  EXAMPLE_KEPT_ADJUSTMENT,
  EXAMPLE_PAYMENT,
  FIELD_PROBLEM,
  KEPT,
  KEPT_ADJUSTMENT,
} from '../answer-schemas.js';
import { asBytes } from '../body.js';
import { networkOf, RateLimit } from '../rate-limit.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';

/** What is not recorded is kept in quarantine, and a retry cannot help it. */
const STATUS: Readonly<Record<RecordAnswer['outcome'], number>> = {
  recorded: 201,
  duplicate: 200,
  conflict: 202,
  invalid: 202,
};

/** The notification as the contract names its fields; it documents, and the domain's own rules decide. */
const NOTIFICATION = z
  .looseObject({
    payment_id: z.int().min(1).max(4_294_967_295),
    user_id: z
      .union([z.string().min(1), z.int()])
      .describe("The provider's id of the rider. It becomes a pseudonym and is never stored."),
    order_id: z.int().min(1).max(2_147_483_647),
    payment_method: z.string().min(1).max(255).describe("The provider's word."),
    amount: z
      .union([z.string(), z.number()])
      .describe('A decimal in units of the currency, over 0, with no more digits than the currency has.'),
    timestamp: z.string().describe('RFC 3339 with offset or Z, not in the future.'),
    currency: z.string().optional().describe('Quarantined where it is not the currency of this server.'),
    order_uuid: z.string().optional(),
    event_id: z.string().optional(),
  })
  .meta({ id: 'Notification', description: 'A payment notification; unknown fields are ignored.' });

/** An adjustment as it is understood without configuration. */
const ADJUSTMENT_NOTIFICATION = z
  .looseObject({
    adjustment_id: z.string().min(1).max(64).describe('Or refund_id, void_id, correction_id, event_id.'),
    payment_id: z.int().min(1).max(4_294_967_295),
    event_type: z
      .string()
      .describe('Or kind, type: refund, void, correction, or a word that is known for one.'),
    amount: z
      .union([z.string(), z.number()])
      .describe('Of a refund or void how much goes back; of a correction the change, with its sign.'),
    timestamp: z.string().describe('RFC 3339 with offset or Z, not in the future. It counts at this time.'),
    reason: z.string().max(255).optional(),
    currency: z.string().optional(),
  })
  .meta({
    id: 'AdjustmentNotification',
    description: 'A refund, void or correction; it may come before its payment.',
  });

const QUARANTINED = z
  .object({
    outcome: z.enum(['conflict', 'invalid']),
    problems: z.array(FIELD_PROBLEM),
    quarantine_id: z.int().optional(),
  })
  .meta({ id: 'Quarantined', description: 'Kept in quarantine, with its problems; a retry cannot help it.' });

const DOC: RouteDoc = {
  name: 'receiveBytemarkWebhook',
  tag: 'Payments',
  summary: 'A signed notification of a payment, or of its adjustment',
  description:
    'Any 2xx means that the delivery is kept, durably: recorded, known already, or in quarantine. Anything else means ' +
    'that it is not; after 503 send it again, as `Retry-After` says.',
  body: {
    ...json(z.union([NOTIFICATION, ADJUSTMENT_NOTIFICATION]), {
      payment_id: 1001,
      user_id: 'bytemark-rider-77001',
      order_id: 501,
      payment_method: 'apple_pay',
      amount: '2.50',
      timestamp: '2025-04-07T03:11:31Z',
    }),
    description: 'The notification. The signature is over its bytes.',
  },
  answers: {
    200: {
      description: 'A duplicate: it was stored before.',
      json: json(z.union([KEPT, KEPT_ADJUSTMENT]), { outcome: 'duplicate', payment: EXAMPLE_PAYMENT }),
    },
    201: {
      description: 'Recorded.',
      json: json(z.union([KEPT, KEPT_ADJUSTMENT]), EXAMPLE_KEPT_ADJUSTMENT),
    },
    202: {
      description: 'Kept in quarantine.',
      json: json(QUARANTINED, { outcome: 'invalid', problems: [EXAMPLE_FIELD_PROBLEM], quarantine_id: 7 }),
    },
  },
};

export function webhookRoutes(server: FastifyInstance, service: Service): void {
  const { scheme, recorder, metrics, clock, limits, tracing } = service;
  const traced = tracing?.span ?? ((_name, work) => work());
  const limit = new RateLimit({ ofEach: limits.addressDeliveriesPerMinute });
  // Before the body is read and its signature computed.
  const onRequest = (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void =>
    done(limit.refusal(networkOf(request.ip), clock(), 'deliveries come from this address'));
  const options = {
    config: { access: 'signature', doc: DOC, delivers: 'webhook' } as const,
    ...(limits.addressDeliveriesPerMinute === 0 ? {} : { onRequest }),
  };
  server.post('/webhooks/bytemark', options, async (request, reply) => {
    const body = asBytes(request.body);
    const verified = traced('verify', () => verifySignature(scheme, request.headers, body, clock()));
    if (!verified.ok) {
      metrics.delivery('webhook', 'bad_signature');
      throw new AppError('bad_signature', `The delivery is not kept: ${verified.reason}.`);
    }
    const answer = await recorder.recordWebhook(body);
    metrics.delivery('webhook', answer.outcome);
    return reply.code(STATUS[answer.outcome]).type('application/json').send(JSON.stringify(answer));
  });
}
