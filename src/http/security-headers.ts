/** Headers that every answer has, whatever it answers; a route may set its own `cache-control` or policy instead. */
import type { FastifyInstance } from 'fastify';

/** Everything a page needs comes from here; no script or style stands within a page, and no page frames another. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

export const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  // Payments and keys are nothing for a cache on the way.
  'cache-control': 'no-store',
} as const;

/** Set before a route is asked, so that refusals have them too. */
export function secureAnswers(server: FastifyInstance): void {
  server.addHook('onRequest', (_request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    done();
  });
}
