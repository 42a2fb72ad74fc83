/**
 * What a browser does on behalf of another site is refused, where a cookie would give it a right. Three defences stand
 * one behind the other: the cookie is `SameSite=Strict`; an unsafe request must carry a header of its own, which a foreign
 * page cannot send without CORS, and that is never granted; and what the browser says of the request's origin counts.
 */
import type { FastifyRequest } from 'fastify';
import { AppError } from '../domain/errors.js';

export const REQUEST_HEADER = 'x-farelog-request';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** @throws AppError `forbidden` where a request by cookie could be another site's doing */
export function refuseForged(request: FastifyRequest): void {
  if (SAFE_METHODS.has(request.method)) return;
  if (request.headers[REQUEST_HEADER] !== '1') {
    throw new AppError(
      'forbidden',
      `A request by session that changes something needs ${REQUEST_HEADER}: 1.`,
    );
  }
  refuseForeign(request);
}

/** @throws AppError `forbidden` where the browser says that another site is behind the request */
export function refuseForeign(request: FastifyRequest): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined && site !== 'same-origin') {
    throw new AppError('forbidden', `The request comes from elsewhere: Sec-Fetch-Site is ${String(site)}.`);
  }
  const own = `${request.protocol}://${request.host}`;
  if (origin === undefined || origin === own) return;
  throw new AppError(
    'forbidden',
    `The request comes from ${origin}, and this is ${own}. Behind a proxy, name it in FARELOG_TRUSTED_PROXIES, and ` +
      'let it send X-Forwarded-Proto and X-Forwarded-Host.',
  );
}
