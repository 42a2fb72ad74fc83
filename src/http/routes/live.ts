/**
 * `/api/v1/live`: commits as server-sent events, for whoever may see aggregates.
 *
 * A stream is open until its client leaves or is too slow, its key or session ends (looked at with every
 * heartbeat), or the server stops: before it closes, since it waits for every answer to end.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../domain/errors.js';
import { type FeedPosition, parsePosition } from '../../domain/feed-position.js';
import type { Callers } from '../authorize.js';
import { EventStream } from '../event-stream.js';
import { sendProblem } from '../problem.js';
import type { RouteDoc } from '../route.js';
import type { Service } from '../service.js';

const LIVE_DOC: RouteDoc = {
  name: 'followCommits',
  tag: 'Live',
  summary: 'Commits as they happen',
  description:
    'Server-sent events, of all instances on the database: first `hello`, then a `commit` for what was committed since ' +
    'the event before. Aggregates alone: no rider, no payment. Every event has an id; a client that comes back with it ' +
    'in `Last-Event-ID` is told what it missed, once, or `reset` where it missed too much: then load the figures anew. ' +
    'A comment comes at every heartbeat. The stream ends when the key or the session ends, or the service stops.',
  answers: {
    200: {
      description: 'Events until one side ends the stream.',
      texts: [
        {
          type: 'text/event-stream',
          example:
            'retry: 2000\n\nid: 1205\nevent: commit\ndata: {"as_of":1205,"payments":1,"revenue":2.5,"currency":"USD",' +
            '"by_type":[{"payment_type":"mobile_payment","payments":1,"revenue":2.5}],"by_source":[{"source":"webhook",' +
            '"payments":1,"revenue":2.5}],"latest_logged_on":"2025-04-07T03:11:31Z"}\n\n',
        },
      ],
    },
  },
  problems: [400],
};

/** What may wait for a slow client: some hundreds of events. */
const MAX_WAITING_BYTES = 128 * 1024;
const RETRY_AFTER_S = 5;

export function liveRoutes(
  server: FastifyInstance,
  { feed, limits, clock }: Service,
  callers: Pick<Callers, 'authorize'>,
): void {
  const streams = new Map<EventStream, FastifyReply>();
  let heartbeat: NodeJS.Timeout | undefined;
  const beat = (): void => {
    for (const [stream, reply] of streams) {
      stream.keep();
      callers.authorize(reply.request, 'analyst').catch((error: unknown) => {
        if (error instanceof AppError) end(stream, reply);
      });
    }
  };
  const open = (reply: FastifyReply): EventStream => {
    const stream = new EventStream(MAX_WAITING_BYTES);
    streams.set(stream, reply);
    heartbeat ??= setInterval(beat, limits.liveHeartbeatMs).unref();
    stream.once('close', () => {
      streams.delete(stream);
      if (streams.size > 0) return;
      clearInterval(heartbeat);
      heartbeat = undefined;
    });
    return stream;
  };
  server.addHook('preClose', (done) => {
    for (const [stream, reply] of streams) end(stream, reply);
    done();
  });
  // No HEAD: it would hold a stream that nobody reads.
  const route = {
    config: { access: 'analyst', stream: true, doc: LIVE_DOC },
    exposeHeadRoute: false,
  } as const;
  server.get('/api/v1/live', route, async (request, reply) => {
    const from = positionOf(request, clock());
    if (streams.size >= limits.liveStreams) {
      const detail = `${limits.liveStreams} streams are open already. Come back later.`;
      reply.header('retry-after', String(RETRY_AFTER_S));
      return sendProblem(reply, 503, 'Too many live streams', detail);
    }
    const stream = open(reply);
    try {
      const leave = await feed.join((event) => stream.send(event), from);
      if (stream.destroyed) leave();
      else stream.once('close', leave);
    } catch (error) {
      stream.destroy();
      throw error;
    }
    return (
      reply
        .type('text/event-stream')
        .header('cache-control', 'no-store')
        // The connection has no other use after this, and a stop would wait for it.
        .header('connection', 'close')
        // Asks nginx to pass events on as they come.
        .header('x-accel-buffering', 'no')
        .send(stream)
    );
  });
}

/** Ends a stream; one whose client does not take what was sent is cut off, since nothing tells when it would. */
function end(stream: EventStream, { raw }: FastifyReply): void {
  if (raw.writableLength > 0 || stream.readableLength > 0) stream.destroy();
  else stream.end();
}

/** Where a client that comes back stood; undefined for one that is new. */
function positionOf({ headers }: FastifyRequest, now: number): FeedPosition | undefined {
  const text = headers['last-event-id'];
  if (text === undefined || text === '') return undefined;
  const position = typeof text === 'string' ? parsePosition(text, now) : undefined;
  if (position !== undefined) return position;
  throw new AppError('usage', 'Last-Event-ID must be the id of an event of this stream.');
}
