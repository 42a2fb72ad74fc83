/**
 * `/api/v1/live`: commits as server-sent events, for whoever may see aggregates.
 *
 * A stream is open until its client leaves or is too slow, its key is revoked or expires (looked at with every
 * heartbeat), or the server stops: before it closes, since it waits for every answer to end.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../domain/errors.js';
import { type FeedPosition, parsePosition } from '../../domain/feed-position.js';
import type { ApiKeys } from '../api-keys.js';
import { EventStream } from '../event-stream.js';
import { sendProblem } from '../problem.js';
import type { Service } from '../service.js';

/** What may wait for a slow client: some hundreds of events. */
const MAX_WAITING_BYTES = 128 * 1024;
const RETRY_AFTER_S = 5;

export function liveRoutes(
  server: FastifyInstance,
  { feed, limits, clock }: Service,
  keys: Pick<ApiKeys, 'authorize'>,
): void {
  const streams = new Map<EventStream, FastifyReply>();
  let heartbeat: NodeJS.Timeout | undefined;
  const beat = (): void => {
    for (const [stream, reply] of streams) {
      stream.keep();
      keys.authorize(reply.request.headers.authorization, 'analyst').catch((error: unknown) => {
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
  const route = { config: { access: 'analyst', stream: true }, exposeHeadRoute: false } as const;
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
