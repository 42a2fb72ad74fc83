/** `/api/v1/session`: signing in from a browser with an API key, and out. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AppError, type ErrorCode } from '../../domain/errors.js';
import { toIso } from '../../domain/time.js';
import type { ApiKeyRow } from '../../store/api-keys.js';
import { readMeta } from '../../store/meta.js';
import type { SessionRow } from '../../store/sessions.js';
import { instant } from '../answer-schemas.js';
import { isRole, ROLES } from '../api-keys.js';
import type { Callers } from '../authorize.js';
import { parseBody } from '../body.js';
import { networkOf, RateLimit } from '../rate-limit.js';
import { json, type RouteDoc } from '../route.js';
import { REQUEST_HEADER, refuseForeign } from '../same-origin.js';
import type { Service } from '../service.js';
import { sessionCookie, sessionToken } from '../sessions.js';
import { version } from '../version.js';

const BODY = z.strictObject({ key: z.string('must be an API key').max(512, 'is no API key') });
const MAX_BODY_BYTES = 4_096;

const SESSION = z
  .object({
    role: z.enum(ROLES),
    key_name: z.string().describe('Of the key that it was opened with.'),
    expires_at: instant.describe('When it ends at the latest, UTC.'),
    zone: z.string().describe('The reporting zone, an IANA name.'),
    currency: z.string().describe('ISO 4217.'),
    currency_digits: z.int().describe('Of its minor unit: 2 for USD.'),
    data: z.enum(['demo', 'real']).describe('Whether the payments are invented.'),
    version: z.string().describe('Of Farelog.'),
  })
  .meta({ id: 'Session' });

const EXAMPLE: z.input<typeof SESSION> = {
  role: 'analyst',
  key_name: 'finance',
  expires_at: '2025-04-07T20:00:00Z',
  zone: 'America/Chicago',
  currency: 'USD',
  currency_digits: 2,
  data: 'real',
  version: '1.0.0',
};

const SIGN_IN_DOC: RouteDoc = {
  name: 'signIn',
  tag: 'Access',
  summary: 'Open a session with a key',
  description:
    'For browsers, which should not keep a key: the answer sets a cookie that no script can read, and that is accepted ' +
    `wherever the key is. A request by cookie that changes something needs the header \`${REQUEST_HEADER}: 1\` and must come ` +
    'from this origin. The session ends when it expires, when its key does or is revoked, and by signing out.',
  body: { description: 'The key.', ...json(BODY, { key: 'farelog_…' }) },
  answers: {
    201: {
      description: 'The session.',
      json: json(SESSION, EXAMPLE),
      headers: {
        'set-cookie': 'HttpOnly, SameSite=Strict; over TLS Secure, under a name that begins with __Host-.',
      },
    },
  },
  problems: [401, 403, 429],
};

const SHOW_DOC: RouteDoc = {
  name: 'getSession',
  tag: 'Access',
  summary: 'Who is signed in',
  description: 'The session of the cookie, with what a page needs to know first.',
  answers: { 200: { description: 'The session.', json: json(SESSION, EXAMPLE) } },
};

const SIGN_OUT_DOC: RouteDoc = {
  name: 'signOut',
  tag: 'Access',
  summary: 'End the session',
  description: 'It is deleted here, and refused by every instance within two seconds.',
  answers: { 204: { description: 'It has ended.', headers: { 'set-cookie': 'Takes the cookie away.' } } },
  problems: [403],
};

export function sessionRoutes(server: FastifyInstance, service: Service, callers: Callers): void {
  const { keys, sessions } = callers;
  const { clock, limits, logger } = service;
  const limit = new RateLimit({
    inAll: limits.signInsPerMinute,
    ofEach: limits.addressSignInsPerMinute,
  });
  const signIn = { config: { access: 'public', doc: SIGN_IN_DOC }, bodyLimit: MAX_BODY_BYTES } as const;
  server.post('/api/v1/session', signIn, async (request, reply) => {
    refuseForeign(request);
    const { key } = parseBody(BODY, request.body);
    limit.require(networkOf(request.ip), clock(), 'sign-ins were tried');
    const row = await keys.find(key, callers.admitStranger(request)).catch((error: unknown) => {
      if (isCode(error, 'unauthorized')) logger.warn('A sign-in was refused', { address: request.ip });
      throw error;
    });
    const { token, session } = await sessions.open(row, 'POST /api/v1/session', sessionToken(request));
    const seconds = Math.floor((session.expires_ms - session.created_ms) / 1000);
    reply.code(201).header('set-cookie', sessionCookie(request, token, seconds));
    return sessionBody(service, session, row);
  });
  server.get('/api/v1/session', { config: { access: 'session', doc: SHOW_DOC } }, async (request) => {
    const { session, key } = sessionOf(request);
    return sessionBody(service, session, key);
  });
  server.delete(
    '/api/v1/session',
    { config: { access: 'session', doc: SIGN_OUT_DOC } },
    async (request, reply) => {
      await sessions.end(sessionOf(request).session.hash, 'DELETE /api/v1/session');
      return reply
        .code(204)
        .header('set-cookie', sessionCookie(request, '', 0))
        .send();
    },
  );
}

function isCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof AppError && error.code === code;
}

function sessionOf({ session }: FastifyRequest) {
  if (session === null) throw new Error('A route for sessions was called without one');
  return session;
}

async function sessionBody(
  { store, zone, currency }: Service,
  session: SessionRow,
  { role, name }: ApiKeyRow,
): Promise<z.input<typeof SESSION>> {
  if (!isRole(role))
    throw new AppError('forbidden', `The key has the role ${role}, which is not known here.`);
  const { data } = await readMeta(store.knex);
  return {
    role,
    key_name: name,
    expires_at: toIso(Math.floor(session.expires_ms / 1000)),
    zone: zone.name,
    currency: currency.code,
    currency_digits: currency.digits,
    data: data === 'demo' ? 'demo' : 'real',
    version: version(),
  };
}
