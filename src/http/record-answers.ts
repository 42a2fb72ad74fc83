/** How what direct callers record is answered, one or many at once: each with its own outcome. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseJson } from '../bytemark/payload.js';
import { AppError, type Problem } from '../domain/errors.js';
import { asBytes } from './body.js';
import { sendProblem } from './problem.js';
import type { Service } from './service.js';

export const MAX_ITEMS = 1_000;

type Outcome = 'recorded' | 'duplicate' | 'conflict' | 'invalid';

const STATUS: Readonly<Record<Outcome, number>> = {
  recorded: 201,
  duplicate: 200,
  conflict: 409,
  invalid: 422,
};

interface Refused {
  readonly outcome: 'conflict' | 'invalid';
  readonly problems: readonly Problem[];
}

/** What is recorded, and in which words it is spoken of. */
export interface Recording {
  readonly record: (value: unknown) => Promise<{ readonly outcome: 'recorded' | 'duplicate' } | Refused>;
  readonly one: string;
  readonly many: string;
  readonly titles: Readonly<Record<Refused['outcome'], string>>;
}

/** Records the body's object, or each of its array. */
export async function recordBody(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  recording: Recording,
): Promise<FastifyReply> {
  const parsed = parseJson(asBytes(request.body));
  if (!parsed.ok) throw new AppError('invalid', parsed.problem.message, { problems: [parsed.problem] });
  return Array.isArray(parsed.value)
    ? recordMany(service, parsed.value, reply, recording)
    : recordOne(service, parsed.value, reply, recording);
}

async function recordOne(
  { metrics }: Service,
  value: unknown,
  reply: FastifyReply,
  { record, titles }: Recording,
): Promise<FastifyReply> {
  const answer = await record(value);
  metrics.delivery('api', answer.outcome);
  const status = STATUS[answer.outcome];
  if (!('problems' in answer)) return reply.code(status).send(answer);
  const { outcome, problems } = answer;
  const detail = problems.map(({ message }) => message).join('; ');
  return sendProblem(reply, status, titles[outcome], detail, { outcome, problems });
}

async function recordMany(
  { metrics, logger }: Service,
  values: readonly unknown[],
  reply: FastifyReply,
  { record, one, many }: Recording,
): Promise<FastifyReply> {
  if (values.length === 0 || values.length > MAX_ITEMS) {
    throw new AppError('usage', `Send 1 to ${MAX_ITEMS} ${many} at once; this array has ${values.length}.`);
  }
  const settled = await Promise.allSettled(values.map(record));
  const rows = settled.map((result, index) => {
    if (result.status === 'rejected') {
      metrics.delivery('api', 'unavailable');
      const { reason }: { reason: unknown } = result;
      const told = reason instanceof AppError;
      if (!told) logger.error(`An item of an array failed: ${one}`, { error: String(reason) });
      const message = told ? reason.message : `This ${one} was not kept. Send it again.`;
      return { index, status: 503, outcome: 'unavailable', message };
    }
    metrics.delivery('api', result.value.outcome);
    return { index, status: STATUS[result.value.outcome], ...result.value };
  });
  if (rows.some(({ status }) => status === 503)) reply.header('retry-after', '1');
  return reply.code(207).send({ rows });
}
