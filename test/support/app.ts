/** An open Farelog behind its HTTP server, with a clock that stands and a key of each role. */
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { onTestFinished } from 'vitest';
import { type App, openApp } from '../../src/app.js';
import type { Environment } from '../../src/config.js';
import { createApiKey, ROLES, type Role } from '../../src/http/api-keys.js';
import type { Service } from '../../src/http/service.js';
import type { Logger } from '../../src/log.js';
import { serverOf } from '../../src/serve.js';

/** 2026-03-10T15:00:00Z. */
export const NOW_S = 1_773_154_800;

export const SECRET = randomBytes(32);
export const OTHER_SECRET = randomBytes(32);

export function secretText(secret: Buffer): string {
  return `whsec_${secret.toString('base64')}`;
}

type Body = string | Buffer;
type Answer = LightMyRequestResponse;
type Headers = Readonly<Record<string, string | undefined>>;

export interface TestApp {
  readonly app: App;
  readonly server: FastifyInstance;
  readonly url: string;
  readonly dataDir: string;
  /** Milliseconds since 1970; moves only where a test moves it. */
  readonly clock: { ms: number };
  readonly keys: Readonly<Record<Role, string>>;
  /** Everything that was logged, one text a line. */
  readonly log: string[];
  /** Sends a signed webhook; `changes` alter its headers, and undefined takes one away. */
  webhook(body: Body, changes?: Headers): Promise<Answer>;
  get(path: string, role?: Role): Promise<Answer>;
  post(path: string, role: Role, body?: unknown): Promise<Answer>;
  /** How many rows a table has. */
  count(table: string): Promise<number>;
}

export interface TestAppOptions {
  readonly url?: string;
  readonly environment?: Environment;
  /** False where the service is being stopped. */
  readonly accepting?: boolean;
  /** Other parts in the place of the service's own. */
  readonly service?: Partial<Service>;
}

/** Opens an application and its server on a database, by default in memory; both close after the test. */
export async function openTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const url = options.url ?? 'sqlite::memory:';
  const dataDir = mkdtempSync(join(tmpdir(), 'farelog-data-'));
  const clock = { ms: NOW_S * 1000 };
  const log: string[] = [];
  const app = await openApp({
    environment: {
      FARELOG_DATABASE_URL: url,
      FARELOG_DATA_DIR: dataDir,
      FARELOG_WEBHOOK_SECRETS: secretText(SECRET),
      FARELOG_PSEUDONYM_KEY: 'the-same-riders-in-every-test',
      FARELOG_SEAL_KEY: 'the-same-seal-in-every-test',
      ...options.environment,
    },
    logger: collectingLogger(log),
    clock: () => clock.ms,
  });
  const server = await serverOf(app, {
    ready: () => options.accepting ?? true,
    accepting: () => options.accepting ?? true,
    ...options.service,
  });
  onTestFinished(async () => {
    await server.close();
    await app.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const keys = await makeKeys(app);
  const bearer = (role: Role) => ({ authorization: `Bearer ${keys[role]}` });
  return {
    app,
    server,
    url,
    dataDir,
    clock,
    keys,
    log,
    webhook: (body, changes = {}) =>
      server.inject({
        method: 'POST',
        url: '/webhooks/bytemark',
        headers: present({ ...signedHeaders(body, Math.floor(clock.ms / 1000)), ...changes }),
        payload: body,
      }),
    get: (path, role = 'admin') => server.inject({ method: 'GET', url: path, headers: bearer(role) }),
    post: (path, role, body) =>
      server.inject({
        method: 'POST',
        url: path,
        headers: { ...bearer(role), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { payload: textOf(body) }),
      }),
    count: async (table) => Number((await app.store.knex(table).count({ rows: '*' }).first())?.rows),
  };
}

async function makeKeys(app: App): Promise<Record<Role, string>> {
  const keys: Record<Role, string> = { ingest: '', analyst: '', researcher: '', admin: '' };
  for (const role of ROLES) {
    const { key } = await createApiKey(app.store, { name: `test ${role}`, role }, app.clock());
    keys[role] = key;
  }
  return keys;
}

function collectingLogger(log: string[]): Logger {
  const write = (message: string, fields?: object): void => {
    log.push(`${message} ${JSON.stringify(fields ?? {})}`);
  };
  return { debug: write, info: write, warn: write, error: write };
}

function textOf(body: unknown): Body {
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

/** The headers of a delivery as a sender makes them by Standard Webhooks 1.0, without Farelog's code. */
export function signedHeaders(
  body: Body,
  second: number,
  secret: Buffer = SECRET,
  id = 'msg_1',
): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${id}.${second}.`).update(body).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(second),
    'webhook-signature': `v1,${signature}`,
  };
}

function present(headers: Headers): Record<string, string> {
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

/** A valid payment notification, altered by what a test is about. */
export function notification(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    payment_id: 1001,
    user_id: 'bytemark-rider-77001',
    order_id: 501,
    payment_method: 'apple_pay',
    amount: '2.50',
    timestamp: '2026-03-10T14:59:30Z',
    ...changes,
  };
}

export function notificationText(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify(notification(changes));
}

/** All bytes of the SQLite database: the file, its write-ahead log, and whatever else stands beside it. */
export function databaseBytes(url: string): Buffer {
  const folder = dirname(url.slice('sqlite:'.length));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
}
