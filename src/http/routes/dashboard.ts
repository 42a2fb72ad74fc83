/** `/`: the dashboard, whose build stands in `dist/web`. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type DashboardFiles, sendDashboardFile } from '../dashboard-files.js';
import { html } from '../html.js';
import { requestError } from '../problem.js';
import { parseQuery } from '../query.js';
import type { RouteDoc } from '../route.js';

const CACHING = {
  etag: 'Of these bytes.',
  'cache-control': 'How long it may be kept.',
  vary: 'accept-encoding',
};

const PAGE_DOC: RouteDoc = {
  name: 'getDashboard',
  tag: 'Operation',
  summary: 'The dashboard, for people',
  description:
    'Its views have addresses of their own, which a browser gets the same page for. Without a build it says how to make one.',
  answers: {
    200: {
      description: 'The page.',
      texts: [{ type: 'text/html', example: '<!doctype html>' }],
      headers: CACHING,
    },
    304: { description: 'The page is the one that the caller has.', headers: CACHING },
  },
};

const PARAMS = z.object({
  file: z
    .string()
    .regex(/^[\w.~-]+$/, 'must be the name of a file')
    .describe('The name of a file, with a hash of its content.'),
});

const ASSET_DOC: RouteDoc = {
  name: 'getDashboardFile',
  tag: 'Operation',
  summary: 'A file of the dashboard',
  description: 'Scripts, styles and fonts, which never change under the same name.',
  params: PARAMS,
  answers: {
    200: {
      description: 'The file.',
      texts: [{ type: 'text/javascript', example: 'export {};' }],
      headers: CACHING,
    },
    304: { description: 'The file is the one that the caller has.', headers: CACHING },
  },
  problems: [404],
};

const NOT_BUILT = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Farelog</title>
<h1>Farelog is running</h1>
<p>Its dashboard was not built. In the folder of Farelog run <code>npm run build</code>, then start it again.</p>
<p>The API is described at <a href="/docs">/docs</a>.</p>
</html>
`.text;

export function dashboardRoutes(server: FastifyInstance, files: DashboardFiles): void {
  server.get('/', { config: { access: 'public', doc: PAGE_DOC } }, async (request, reply) => {
    if (files.index !== undefined) return sendDashboardFile(request, reply, files.index);
    reply.headers({ 'cache-control': 'no-cache', vary: 'accept-encoding' });
    return reply.type('text/html; charset=utf-8').send(NOT_BUILT);
  });
  server.get('/assets/:file', { config: { access: 'public', doc: ASSET_DOC } }, async (request, reply) => {
    const { file: name } = parseQuery(PARAMS, request.params);
    const file = files.file(`/assets/${name}`);
    if (file === undefined) throw requestError(404, 'The dashboard has no such file.');
    return sendDashboardFile(request, reply, file);
  });
}
