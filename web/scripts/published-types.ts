/** The types of the HTTP interface, as the text of a module: from the OpenAPI document of a server that is in memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { openApp } from '../../src/app.js';
import { serverOf } from '../../src/serve.js';

const HEADING = `/**
 * Made by \`npm run api-types\` from the server's OpenAPI document; a test says when it is stale. Not to be edited.
 */
`;

export async function publishedTypes(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'farelog-api-types-'));
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const app = await openApp({
    environment: { FARELOG_DATABASE_URL: 'sqlite::memory:', FARELOG_DATA_DIR: dataDir },
    logger: silent,
  });
  const server = await serverOf(app);
  try {
    const document = (await server.inject({ method: 'GET', url: '/api/openapi.json' })).body;
    return `${HEADING}${astToString(await openapiTS(document, { alphabetize: true }))}`;
  } finally {
    await server.close();
    await app.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
