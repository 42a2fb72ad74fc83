/**
 * Farelog inside a service that was there before it
 * =================================================
 *
 * A small service on node:http with a Knex, migrations, a logger and a table of riders of its own, on MySQL or SQLite.
 * Everything Farelog needs of it stands in `start` below, in four steps.
 *
 * Run it from a clone, after `npm ci`:
 *
 *     export FARELOG_WEBHOOK_SECRETS=whsec_$(head -c 32 /dev/urandom | base64)
 *     DATABASE_URL=sqlite:./fare-desk.db npx tsx examples/knex-service/main.ts
 *
 * Then send it payments signed with that secret, as Bytemark would, and read the figures:
 *
 *     curl http://127.0.0.1:4400/figures
 *
 * In a service of your own: `npm install farelog`; the import below stays as it is. Secrets that are not given, here the
 * key that seals quarantined deliveries, are made once and kept under FARELOG_DATA_DIR (./data).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { AppError, type Farelog, farelogMigrations, openFarelog } from 'farelog';
import { openDatabase, ownMigrations } from './database.js';
import { log } from './log.js';
import { researchIdOf } from './riders.js';

async function start(): Promise<void> {
  // 1. The Knex that the service has anyway.
  const knex = openDatabase(process.env.DATABASE_URL ?? 'sqlite:./fare-desk.db');

  // 2. Farelog's migrations beside the service's own; each side keeps its own books.
  await knex.migrate.latest(ownMigrations);
  await knex.migrate.latest(farelogMigrations);

  // 3. Farelog on that Knex, with the service's logger and the service's names for riders.
  const farelog = await openFarelog({
    knex,
    logger: log,
    migrate: false,
    mapBytemarkUserToResearchId: (bytemarkUserId) => researchIdOf(knex, bytemarkUserId),
  });

  const server = createServer((request, response) => {
    handle(farelog, request, response).catch((error: unknown) => {
      log.error(`${request.method} ${request.url} failed: ${String(error)}`);
      answer(response, 500, { error: 'internal' });
    });
  });
  server.listen(Number(process.env.PORT ?? 4400), '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : '';
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
  });

  // 4. At the end: Farelog commits what is under way; the Knex stays the service's to close.
  process.once('SIGTERM', () => {
    server.close(async () => {
      await farelog.close();
      await knex.destroy();
    });
    server.closeIdleConnections();
  });
}

async function handle(farelog: Farelog, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = `${request.method} ${request.url}`;
  if (route === 'POST /webhooks/bytemark') return receiveWebhook(farelog, request, response);
  if (route === 'GET /figures') {
    const methods = await farelog.analyzePaymentMethods(30);
    const weeks = await farelog.analyzeRevenueTrends('weekly', { days: 28 });
    return answer(response, 200, { methods, weeks });
  }
  answer(response, 404, { error: 'not found' });
}

/** Bytes go in as they came, since they are what is signed. 2xx is answered only for what is kept. */
async function receiveWebhook(
  farelog: Farelog,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) return answer(response, 413, { error: 'body too large' });
  try {
    const result = await farelog.processBytemarkWebhook({ headers: request.headers, body });
    const status = { recorded: 201, duplicate: 200, conflict: 202, invalid: 202 }[result.outcome];
    answer(response, status, result);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'bad_signature') return answer(response, 401, { error: error.message });
    // Nothing of it was kept: the sender is asked to try again.
    response.setHeader('retry-after', '1');
    answer(response, 503, { error: error.message });
  }
}

const MAX_BODY_BYTES = 64 * 1024;

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

await start();
