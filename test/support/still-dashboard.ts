/** The built dashboard in a real browser, in front of a service whose clock stands; and what the browser says against it. */
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { Role } from '../../src/http/api-keys.js';
import { openTestApp, type TestApp, type TestAppOptions } from './app.js';
import { openBrowser } from './chromium.js';

const FOLDER = fileURLToPath(new URL('../../dist/web', import.meta.url));

export interface Dashboard {
  readonly service: TestApp;
  readonly url: string;
}

export interface SignedInPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console and of scripts, and what the content policy forbade; there are to be none. */
  readonly complaints: string[];
}

/** A service that serves the built dashboard on a free port, until the test is over. */
export async function openDashboard(options: TestAppOptions = {}): Promise<Dashboard> {
  const service = await openTestApp({ ...options, service: { dashboardFolder: FOLDER, ...options.service } });
  const url = await service.server.listen({ host: '127.0.0.1', port: 0 });
  return { service, url };
}

/** A browser that is signed in as a role, at a path; its clock is the service's. */
export async function openSignedIn(
  { service, url }: Dashboard,
  role: Role,
  path = '/',
): Promise<SignedInPage> {
  const browser = await openBrowser();
  const context = await browser.newContext({
    baseURL: url,
    locale: 'en-US',
    viewport: { width: 1280, height: 900 },
  });
  // Streams that are open would hold the service when it closes.
  onTestFinished(() => context.close());
  await context.request.post('/api/v1/session', { data: { key: service.keys[role] } });
  const page = await context.newPage();
  await page.clock.setFixedTime(service.clock.ms);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message());
    void dialog.dismiss();
  });
  await page.exposeFunction('tellViolation', (text: string) => complaints.push(text));
  await page.addInitScript(
    "document.addEventListener('securitypolicyviolation', (e) => tellViolation(e.violatedDirective + ' ' + e.blockedURI))",
  );
  await page.goto(path);
  return { page, context, complaints };
}
