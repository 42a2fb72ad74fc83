/** The dashboard as it was built, in front of a real service with real data, in a real browser that is watched. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { describe, expect, onTestFinished } from 'vitest';
import { type App, openApp } from '../../src/app.js';
import type { Environment } from '../../src/config.js';
import { createApiKey, ROLES, type Role } from '../../src/http/api-keys.js';
import { startService } from '../../src/serve.js';
import { describeInChromium } from './chromium.js';
import { SECRET, Sender, temporaryFolder } from './service.js';

export const DASHBOARD_MISSING = 'tests of the dashboard skipped: build it with `npm run build`';

const isBuilt = existsSync(fileURLToPath(new URL('../../dist/web/index.html', import.meta.url)));
if (!isBuilt) {
  if ((process.env.CI ?? '') !== '') throw new Error(`${DASHBOARD_MISSING}; this run requires it (CI)`);
  console.error(`\n${DASHBOARD_MISSING}\n`);
}

/** Declares tests that need the built dashboard and the browser; skipped under a name that says what is missing. */
export function describeDashboard(name: string, tests: () => void): void {
  if (isBuilt) describeInChromium(name, tests);
  else describe.skip(`${name}: ${DASHBOARD_MISSING}`, tests);
}

export interface Dashboard {
  readonly app: App;
  readonly url: string;
  readonly keys: Readonly<Record<Role, string>>;
  /** How far the service's clock is ahead of this machine's. */
  readonly ahead: { ms: number };
  /** Delivers payments by signed webhooks, one after the other; returns the statuses. */
  deliver(...payments: readonly object[]): Promise<(number | undefined)[]>;
}

/** A service on a free port, with a key of each role, that ends with the test. */
export async function startDashboard(environment: Environment = {}): Promise<Dashboard> {
  const ahead = { ms: 0 };
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const app = await openApp({
    environment: {
      FARELOG_DATABASE_URL: 'sqlite::memory:',
      FARELOG_DATA_DIR: temporaryFolder(),
      FARELOG_PORT: '0',
      FARELOG_WEBHOOK_SECRETS: `whsec_${SECRET.toString('base64')}`,
      ...environment,
    },
    logger: silent,
    clock: () => Date.now() + ahead.ms,
  });
  const keys: Record<Role, string> = { ingest: '', analyst: '', researcher: '', admin: '' };
  for (const role of ROLES)
    keys[role] = (await createApiKey(app.store, { name: `test ${role}`, role }, app.clock())).key;
  const service = await startService(app);
  const sender = new Sender(service.url, 1);
  onTestFinished(async () => {
    await sender.close();
    await service.stop();
  });
  return {
    app,
    url: service.url,
    keys,
    ahead,
    deliver: async (...payments) => {
      const statuses: (number | undefined)[] = [];
      for (const payment of payments) statuses.push((await sender.send(JSON.stringify(payment)))?.status);
      return statuses;
    },
  };
}

/** A payment's notification, a minute ago. */
export function paid(payment_id: number, changes: object = {}): Record<string, unknown> {
  return {
    payment_id,
    user_id: `rider-${payment_id}`,
    order_id: payment_id,
    payment_method: 'apple_pay',
    amount: '2.50',
    timestamp: new Date(Date.now() - 60_000).toISOString(),
    ...changes,
  };
}

export interface Watched {
  readonly page: Page;
  /** Says that the console told of no error and no breach of the content policy but of refusals that were meant. */
  expectQuiet(...refused: readonly number[]): void;
}

/** Opens a page of the dashboard and signs in as a role. */
export async function openSignedIn(
  browser: Browser,
  { url, keys }: Dashboard,
  role: Role,
  path = '/',
): Promise<Watched> {
  const page = await browser.newPage({ locale: 'en-US', viewport: { width: 1280, height: 900 } });
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    errors.push(`${message.text()} ${message.location().url}`);
  });
  await page.goto(`${url}${path}`);
  await page.getByLabel('API key').fill(keys[role]);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor({ state: 'attached' });
  return {
    page,
    expectQuiet: (...refused) => {
      // The browser itself writes down each refusal; that there is no session yet is the first answer of all.
      const meant = [
        /status of 401 .*\/api\/v1\/session$/,
        ...refused.map((status) => RegExp(`status of ${status} `)),
      ];
      expect(errors.filter((error) => !meant.some((one) => one.test(error)))).toEqual([]);
    },
  };
}

/** The names of the pages in the navigation. */
export const pagesOf = (page: Page): Promise<string[]> =>
  page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link').allTextContents();
