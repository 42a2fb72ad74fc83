/**
 * The audit of requests. A route declares `config.audit`, and what it is asked for is written down before its handler
 * runs; one that shows riders to some callers only asks for it itself: `await request.audit('riders.read')`. Where the
 * audit cannot be written, the request fails with 503 and shows nothing.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type AuditAction, filterText, type NameInAudit } from '../domain/audit.js';
import { failureOf } from '../domain/errors.js';
import type { Role } from './api-keys.js';
import type { Service } from './service.js';
import { sessionToken } from './sessions.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The id of the caller's API key, or of the one that its session stands on; empty where the route asks for none. */
    keyId: string;
    /** The role of that key; null where the route asks for none. */
    keyRole: Role | null;
    /** Whether this request was written down, and so what it is answered shows riders. */
    audited: boolean;
    /** Writes this request down; nothing of what it asks for may be answered before this settles. */
    audit(action: AuditAction): Promise<void>;
  }
}

export function auditRequests(server: FastifyInstance, { audit, auditName, logger }: Service): void {
  server.decorateRequest('keyId', '');
  server.decorateRequest('keyRole', null);
  server.decorateRequest('audited', false);
  server.decorateRequest('audit', async function (this: FastifyRequest, action: AuditAction) {
    this.audited = true;
    try {
      await audit({
        actor: this.keyId,
        action,
        operation: operationOf(this),
        filter: filterOf(this, auditName),
      });
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      logger.error('The audit cannot be written', { action, error: failureOf(cause ?? error) });
      throw error;
    }
  });
  server.addHook('preHandler', (request, _reply, done) => {
    const action = request.routeOptions.config.audit;
    if (action === undefined) return done();
    request.audit(action).then(() => done(), done);
  });
}

function operationOf({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${routeOptions.url ?? ''}`;
}

/** Path and query as they were given, but for riders and the caller's key or token, whatever its form. */
function filterOf(request: FastifyRequest, auditName: NameInAudit): string {
  const { params, query, headers } = request;
  const secrets = [/^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1], sessionToken(request)];
  return filterText(
    { path: params, query },
    auditName,
    secrets.flatMap((secret) => (secret === undefined || secret === '' ? [] : [secret])),
  );
}
