/** A CSV stream over a real connection: it waits for a slow reader, ends with one that left, and never ends half. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../src/domain/errors.js';
import { streamCsv } from '../../src/http/figures.js';
import { sendError } from '../../src/http/problem.js';
import { deferred, until } from '../support/promises.js';

interface Row {
  readonly text: string;
}

/** A page of about a megabyte. */
const PAGE: readonly Row[] = Array.from({ length: 1_024 }, () => ({ text: 'x'.repeat(1_022) }));

interface Streaming {
  readonly server: FastifyInstance;
  readonly port: number;
  readonly log: string[];
  /** How many pages were read. */
  pages(): number;
  /** The answer under way. */
  reply(): FastifyReply | undefined;
  /** Kept once the pages were let go of. */
  readonly released: Promise<void>;
}

/** A server whose one route streams the pages; `page` gives one, or undefined after the last. */
async function startStreaming(page: (number: number) => readonly Row[] | undefined): Promise<Streaming> {
  const log: string[] = [];
  const { promise: released, resolve } = deferred();
  let count = 0;
  let current: FastifyReply | undefined;
  async function* pages(): AsyncGenerator<readonly Row[], void> {
    try {
      for (;;) {
        count += 1;
        const rows = page(count);
        if (rows === undefined) return;
        yield rows;
      }
    } finally {
      resolve();
    }
  }
  const server = Fastify({ forceCloseConnections: true });
  server.setErrorHandler((error, _request, reply) => sendError(reply, error));
  server.get('/rows', (request, reply) => {
    current = reply;
    const logger = {
      error: (message: string, fields?: object) => log.push(`${message} ${JSON.stringify(fields)}`),
    };
    return streamCsv<Row>(request, reply, logger, {
      name: 'rows',
      columns: ['text'],
      pages: pages(),
      facts: {},
    });
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const [address] = server.addresses();
  return {
    server,
    port: typeof address === 'object' ? address.port : 0,
    log,
    pages: () => count,
    reply: () => current,
    released,
  };
}

/** A client that asks and reads nothing of what comes. */
async function askWithoutReading(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').pause();
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('GET /rows HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n');
  return socket;
}

const TURNS = 50;

/** Waits until the stream waits for its reader: no page more is read, however long one looks. */
async function untilStalled({ pages, reply }: Streaming): Promise<void> {
  await until(async () => {
    const before = pages();
    for (let count = 0; count < TURNS; count++) await turn();
    return reply()?.raw.writableNeedDrain === true && pages() === before ? true : undefined;
  });
}

test('rows without end wait for a reader that reads nothing, and are let go of when it leaves', async () => {
  const streaming = await startStreaming(() => PAGE);
  const socket = await askWithoutReading(streaming.port);
  await untilStalled(streaming);
  const pages = streaming.pages();
  expect(pages).toBeGreaterThan(1);
  socket.destroy();
  await streaming.released;
  // One that was being made when the reader left.
  expect(streaming.pages()).toBeLessThanOrEqual(pages + 1);
  expect(streaming.log).toEqual([]);
});

test('all pages come as one table, whole', async () => {
  const streaming = await startStreaming((number) => (number <= 5 ? PAGE : undefined));
  const answer = await fetch(`http://127.0.0.1:${streaming.port}/rows`);
  expect(answer.status).toBe(200);
  const lines = (await answer.text()).split('\r\n');
  expect(lines).toHaveLength(5 * PAGE.length + 2);
  expect(lines.filter((line) => line === 'text')).toHaveLength(1);
});

test('a failure in the middle cuts the connection and is logged', async () => {
  const streaming = await startStreaming((number) => {
    if (number === 3) throw new Error('the database went away');
    return PAGE;
  });
  const answer = await fetch(`http://127.0.0.1:${streaming.port}/rows`);
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow();
  await streaming.released;
  expect(streaming.log).toHaveLength(1);
  expect(streaming.log[0]).toContain('the database went away');
  expect(streaming.log[0]).toContain('/rows');
});

test('a failure of the first page is a problem like any other, and no file', async () => {
  const streaming = await startStreaming(() => {
    throw new AppError('unavailable', 'The database cannot answer now.');
  });
  const answer = await fetch(`http://127.0.0.1:${streaming.port}/rows`);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('content-disposition')).toBe(null);
});

test('HEAD reads one page and no more', async () => {
  const streaming = await startStreaming(() => PAGE);
  const answer = await fetch(`http://127.0.0.1:${streaming.port}/rows`, { method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
  await streaming.released;
  expect(streaming.pages()).toBe(1);
});
