/** `POST /webhooks/bytemark`: signed payment notifications. 2xx means that it is kept, durably. */
import type { FastifyInstance } from 'fastify';
import { verifySignature } from '../../bytemark/signature.js';
import { AppError } from '../../domain/errors.js';
import type { RecordAnswer } from '../../ingest/record.js';
import { asBytes } from '../body.js';
import type { Service } from '../service.js';

/** What is not recorded is kept in quarantine, and a retry cannot help it. */
const STATUS: Readonly<Record<RecordAnswer['outcome'], number>> = {
  recorded: 201,
  duplicate: 200,
  conflict: 202,
  invalid: 202,
};

export function webhookRoutes(server: FastifyInstance, service: Service): void {
  const { scheme, recorder, metrics, clock } = service;
  server.post('/webhooks/bytemark', { config: { access: 'signature' } }, async (request, reply) => {
    const body = asBytes(request.body);
    const verified = verifySignature(scheme, request.headers, body, clock());
    if (!verified.ok) {
      metrics.delivery('webhook', 'bad_signature');
      throw new AppError('bad_signature', `The delivery is not kept: ${verified.reason}.`);
    }
    const answer = await recorder.recordWebhook(body);
    metrics.delivery('webhook', answer.outcome);
    return reply.code(STATUS[answer.outcome]).type('application/json').send(JSON.stringify(answer));
  });
}
