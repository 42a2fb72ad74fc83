/** Errors as RFC 9457 problem responses: the one place where an error's code becomes a status. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode, messageOf, type Problem } from '../domain/errors.js';

interface Meaning {
  readonly status: number;
  readonly title: string;
  /** Seconds after which the same request may succeed. */
  readonly retryAfterS?: number;
}

const MEANING: Readonly<Record<ErrorCode, Meaning>> = {
  bad_signature: { status: 401, title: 'The signature is not valid' },
  busy: { status: 503, title: 'Too many deliveries are waiting', retryAfterS: 1 },
  conflict: { status: 409, title: 'Conflict with what is stored' },
  forbidden: { status: 403, title: 'Not allowed' },
  invalid: { status: 422, title: 'What was sent is not valid' },
  not_found: { status: 404, title: 'Not found' },
  settings: { status: 500, title: 'A setting is wrong' },
  too_many: { status: 429, title: 'Too many requests', retryAfterS: 60 },
  too_slow: { status: 503, title: 'The answer takes too long', retryAfterS: 60 },
  unauthorized: { status: 401, title: 'A valid API key is needed' },
  unavailable: { status: 503, title: 'The database is not available', retryAfterS: 5 },
  usage: { status: 400, title: 'The request is not understood' },
};

const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'The request is not understood',
  401: 'A valid API key or signature is needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'The method is not allowed',
  406: 'No acceptable media type',
  408: 'The request took too long',
  409: 'Conflict with what is stored',
  413: 'The body is too large',
  414: 'The address is too long',
  415: 'The media type is not supported',
  422: 'What was sent is not valid',
  429: 'Too many requests',
  431: 'The headers are too large',
  500: 'Something went wrong here',
  503: 'Not available now',
};

/** What a status means in general. */
export function titleOf(status: number): string {
  return BY_STATUS[status] ?? 'The request is refused';
}

export interface ProblemBody {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly problems?: readonly Problem[];
}

export function problemOf(status: number, title: string, detail: string, more: object = {}): ProblemBody {
  return { type: 'about:blank', title, status, detail, ...more };
}

export function sendProblem(
  reply: FastifyReply,
  status: number,
  title: string,
  detail: string,
  more: object = {},
) {
  const body = problemOf(status, title, detail, more);
  return reply.code(status).type('application/problem+json').send(JSON.stringify(body));
}

/** Answers an error. Only an `AppError` and a refused request tell why; anything else is logged by the caller. */
export function sendError(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof AppError) {
    const { status, title, ...meaning } = MEANING[error.code];
    const retryAfterS = error.retryAfterS ?? meaning.retryAfterS;
    if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS));
    if (error.code === 'unauthorized') reply.header('www-authenticate', 'Bearer');
    return sendProblem(
      reply,
      status,
      title,
      error.message,
      error.problems.length > 0 ? { problems: error.problems } : {},
    );
  }
  const status = statusOf(error);
  if (status >= 400 && status < 500) {
    return sendProblem(reply, status, titleOf(status), detailOf(status, error, reply.request));
  }
  return sendProblem(reply, 500, titleOf(500), 'The cause is in the log of this server.');
}

/** Where Fastify refused a body: what it is, and the way out, which its own message leaves out. */
function detailOf(status: number, error: unknown, { headers, routeOptions }: FastifyRequest): string {
  const fromFastify =
    error instanceof Error && 'code' in error && String(error.code).startsWith('FST_ERR_CTP_');
  if (fromFastify && status === 413) {
    return `The body has more than the ${routeOptions.bodyLimit} bytes that this route takes. Send less at once.`;
  }
  if (fromFastify && status === 415) {
    const sent = headers['content-type'];
    const told = sent === undefined ? 'The request has no Content-Type' : `Content-Type is ${sent}`;
    return `${told}. Send JSON with Content-Type: application/json.`;
  }
  return messageOf(error);
}

/** A request that is refused with a status of 4xx, where no `AppError` means it. */
export function requestError(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}

/** The status that Fastify gave an error of its own: a body too large, an unknown media type. */
export function statusOf(error: unknown): number {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 500;
}
