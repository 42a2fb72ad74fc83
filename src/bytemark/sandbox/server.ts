/** The sandbox over HTTP, on this machine only: the provider's own paths, and its controls below `/sandbox`. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { LAST_SECOND, parseInstant } from '../../domain/time.js';
import { LISTS, type ListName } from '../provider-settings.js';
import { isLoopback } from '../receiver.js';
import { FAULTS } from './faults.js';
import { DELIVERY_PARTS, type Sandbox } from './sandbox.js';

const BODY_BYTES = 65_536;
const MAX_PER_PAGE = 1_000;

const instant = (fallback: number) =>
  z
    .string()
    .optional()
    .transform((text, context) => {
      if (text === undefined) return fallback;
      const parsed = parseInstant(text, { format: 'iso', zone: null });
      if (parsed.ok) return parsed.second;
      context.addIssue({ code: 'custom', message: parsed.message });
      return z.NEVER;
    });

const LIST_QUERY = z.object({
  from: instant(0),
  to: instant(LAST_SECOND),
  page: z.coerce.number().int().min(1).default(1),
  per_page: z.coerce.number().int().min(1).max(MAX_PER_PAGE).default(100),
});
const DELIVER = z.strictObject({
  what: z.enum(DELIVERY_PARTS).default('on_time'),
  rate_per_s: z.number().positive().optional(),
});
const EDIT = z.strictObject({
  payment_id: z.number().int().positive(),
  amount: z.string().optional(),
  payment_method: z.string().min(1).optional(),
});

export function sandboxServer(sandbox: Sandbox): FastifyInstance {
  const server = Fastify({ bodyLimit: BODY_BYTES, forceCloseConnections: true });
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  // A page of another site that a browser shows may reach this machine by a name of its own.
  server.addHook('onRequest', async (request, reply) => {
    const { host = '' } = request.headers;
    if (!URL.canParse(`http://${host}`) || !isLoopback(new URL(`http://${host}`)))
      await reply.code(403).send({ errors: ['this sandbox answers this machine only'] });
  });
  addProvider(server, sandbox);
  addControls(server, sandbox);
  return server;
}

function addProvider(server: FastifyInstance, sandbox: Sandbox): void {
  const { clock } = sandbox.options;
  server.post('/oauth/token', async (request, reply) => {
    if (sandbox.faults.isOut(clock())) return reply.code(503).send({ errors: ['outage'] });
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const granted = sandbox.tokens.grant(request.headers.authorization, form, clock());
    if (!granted.ok) return reply.code(granted.status).send({ error: granted.error });
    return { access_token: granted.token, token_type: 'Bearer', expires_in: granted.seconds };
  });
  for (const list of LISTS)
    server.get(`/api/${list}`, (request, reply) => answerList(sandbox, list, request, reply));
}

async function answerList(
  sandbox: Sandbox,
  list: ListName,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const now = sandbox.options.clock();
  if (sandbox.faults.isOut(now)) return reply.code(503).send({ errors: ['outage'] });
  if (!sandbox.tokens.holds(request.headers.authorization, now))
    return reply.code(401).send({ errors: ['the token is missing or has expired'] });
  const trouble = sandbox.faults.next(now);
  if (trouble.kind === 'status') {
    if (trouble.retryAfter !== null) reply.header('retry-after', trouble.retryAfter);
    return reply.code(trouble.status).send({ errors: [`asked for: ${trouble.status}`] });
  }
  const query = LIST_QUERY.safeParse(request.query);
  if (!query.success) return reply.code(400).send({ errors: query.error.issues });
  const { from, to, page, per_page: perPage } = query.data;
  const answer = JSON.stringify(sandbox.page(list, { span: { from, to }, page, perPage }));
  const text = trouble.kind === 'broken' ? answer.slice(0, answer.length >> 1) : answer;
  return reply.type('application/json').send(text);
}

function addControls(server: FastifyInstance, sandbox: Sandbox): void {
  const bad = (reply: FastifyReply, error: z.ZodError) =>
    reply
      .code(400)
      .send({ errors: error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) });
  server.get('/sandbox/manifest', async () => sandbox.manifest());
  server.get('/sandbox/state', async () => sandbox.state());
  server.post('/sandbox/faults', async (request, reply) => {
    const faults = FAULTS.safeParse(request.body);
    if (!faults.success) return bad(reply, faults.error);
    sandbox.plan(faults.data);
    return { planned: faults.data };
  });
  server.post('/sandbox/deliver', async (request, reply) => {
    const asked = DELIVER.safeParse(request.body ?? {});
    if (!asked.success) return bad(reply, asked.error);
    return { delivered: await sandbox.deliver(asked.data.what, asked.data.rate_per_s) };
  });
  server.post('/sandbox/release', async () => ({ released: sandbox.release() }));
  server.post('/sandbox/edit', async (request, reply) => {
    const edit = EDIT.safeParse(request.body);
    if (!edit.success) return bad(reply, edit.error);
    const { payment_id: id, amount, payment_method: method } = edit.data;
    const change = {
      ...(amount === undefined ? {} : { amount }),
      ...(method === undefined ? {} : { payment_method: method }),
    };
    if (sandbox.edit(id, change)) return { edited: id };
    return reply.code(404).send({ errors: [`payment ${id} is not listed`] });
  });
}
