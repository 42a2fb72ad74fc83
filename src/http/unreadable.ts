/** Answers to what never comes to a route: no HTTP, no such address, another method, a request that never ends. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError, FastifyReply, FastifyRequest } from 'fastify';
import { messageOf } from '../domain/errors.js';
import { problemOf, sendProblem, statusOf, titleOf } from './problem.js';
import type { DeclaredRoute } from './route.js';
import { SECURITY_HEADERS } from './security-headers.js';

interface Refusal {
  readonly status: number;
  readonly detail: string;
}

/** By the codes of Node's parser and timers. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    detail:
      'Headers and body did not arrive within the time limits of this server (FARELOG_HEADERS_TIMEOUT_MS, ' +
      'FARELOG_REQUEST_TIMEOUT_MS). Nothing was kept. Send it again.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    detail: 'The address and the headers are over 16 KiB together. Send fewer.',
  },
};

const NOT_HTTP: Refusal = {
  status: 400,
  detail:
    'These bytes are no HTTP request that this server reads. Check the method, the headers and their lengths.',
};

/** Answers on the socket itself, since there is no request yet, and closes it. */
export function answerUnreadable(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, detail } = REFUSALS[error.code] ?? NOT_HTTP;
  const body = JSON.stringify(problemOf(status, titleOf(status), detail));
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable)
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  socket.destroy(error);
}

/** Answers what Fastify refuses before its hooks: an address with a broken escape, a part that is too long. */
export function answerUnroutable(error: Error, reply: FastifyReply): void {
  const status = statusOf(error);
  const details: Readonly<Record<number, string>> = {
    400: 'The address has a % that no two hexadecimal digits of UTF-8 follow. Escape it as %25.',
    414: 'A part of the address is longer than anything has a name here.',
  };
  reply.headers(SECURITY_HEADERS);
  sendProblem(reply, status, titleOf(status), details[status] ?? messageOf(error));
}

/** Answers where no route is: 405 where the address has one for other methods, else 404. */
export function answerNotFound(
  routes: readonly DeclaredRoute[],
  { method, url }: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const path = url.split('?')[0] ?? url;
  const allowed = routes.filter((route) => matches(route.url, path)).map((route) => route.method);
  if (allowed.length === 0)
    return sendProblem(
      reply,
      404,
      titleOf(404),
      `There is nothing at ${path}. The routes are listed at /docs.`,
    );
  reply.header('allow', allowed.join(', '));
  return sendProblem(
    reply,
    405,
    titleOf(405),
    `${path} does not take ${method}; it takes ${allowed.join(', ')}.`,
  );
}

function matches(url: string, path: string): boolean {
  const parts = path.split('/');
  const names = url.split('/');
  return (
    parts.length === names.length &&
    names.every((name, index) => (name.startsWith(':') ? parts[index] !== '' : name === parts[index]))
  );
}
