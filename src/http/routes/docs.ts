/** The API's own documentation: the OpenAPI document, and a page made from it. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { DOCS_POLICY, docsPage } from '../docs-page.js';
import { type OpenApiDocument, openApiDocument } from '../openapi.js';
import { json, type RouteDoc } from '../route.js';
import type { Service } from '../service.js';
import { version } from '../version.js';

const OPENAPI = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.looseObject({})),
});

const OPENAPI_DOC: RouteDoc = {
  name: 'getOpenApi',
  tag: 'Operation',
  summary: 'This documentation, for machines',
  description: 'OpenAPI 3.1, made from the schemas that the routes check their parameters with.',
  answers: {
    200: {
      description: 'The OpenAPI document.',
      json: json(OPENAPI, { openapi: '3.1.1', info: { title: 'Farelog', version: '1.0.0' }, paths: {} }),
    },
  },
};

const PAGE_DOC: RouteDoc = {
  name: 'getDocs',
  tag: 'Operation',
  summary: 'This documentation, for people',
  description: 'A page made from the OpenAPI document, without script and without anything from elsewhere.',
  answers: {
    200: { description: 'The page.', texts: [{ type: 'text/html', example: '<!doctype html>' }] },
  },
};

export function docsRoutes(server: FastifyInstance, { scheme, zone, currency }: Service): void {
  let made: OpenApiDocument | undefined;
  /** Made when it is first asked for: by then every route is there. */
  const document = (): OpenApiDocument => {
    made ??= openApiDocument(server.declaredRoutes, {
      version: version(),
      scheme,
      zone: zone.name,
      currency: currency.code,
    });
    return made;
  };
  server.get('/api/openapi.json', { config: { access: 'public', doc: OPENAPI_DOC } }, async () => document());
  let page: string | undefined;
  server.get('/docs', { config: { access: 'public', doc: PAGE_DOC } }, async (_request, reply) => {
    page ??= docsPage(document());
    return reply.header('content-security-policy', DOCS_POLICY).type('text/html; charset=utf-8').send(page);
  });
}
