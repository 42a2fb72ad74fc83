/**
 * How long until the overview is drawn from ten million payments: from the request of the page, signed in already, to
 * its last chart, in a real browser with an empty cache each time.
 */
import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../dist/documents/pdf.js';
import { createApiKey } from '../dist/http/api-keys.js';
import { serverOf } from '../dist/serve.js';
import type { Mariadb } from '../test/support/mariadb.js';
import { filledWorld, openBenchApp } from './fill.js';
import { NOW_S } from './world.js';

const RUNS = 10;
const LIMIT_MS = 1_000;
/** Headline figures aside, the overview draws revenue over time, methods, and hours of the week. */
const CHARTS = 3;

async function drawnAfter(browser: Browser, url: string, key: string): Promise<number> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 1000 } });
  await context.request.post('/api/v1/session', { data: { key } });
  const page = await context.newPage();
  await page.clock.setFixedTime(NOW_S * 1000);
  const began = performance.now();
  await page.goto('/');
  await page
    .locator('.chart-canvas[data-drawn=true]')
    .nth(CHARTS - 1)
    .waitFor();
  const took = performance.now() - began;
  await context.close();
  return took;
}

export async function measureOverview(mariadb: Mariadb, payments: number): Promise<boolean> {
  const { farelogUrl } = await filledWorld(mariadb, payments);
  const app = await openBenchApp(farelogUrl);
  const server = await serverOf(app);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const { key } = await createApiKey(app.store, { name: 'bench', role: 'analyst' }, app.clock());
  const browser = await chromium.launch({
    executablePath: findChromium(process.env.FARELOG_CHROMIUM ?? null),
    args: ['--disable-gpu', '--disable-quic', '--disable-dev-shm-usage'],
    chromiumSandbox: process.getuid?.() !== 0,
  });
  const first = await drawnAfter(browser, url, key);
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await drawnAfter(browser, url, key));
  await browser.close();
  await server.close();
  await app.close();
  times.sort((a, b) => a - b);
  const median = times[RUNS >> 1] ?? Number.NaN;
  const ms = (value: number | undefined): string => Math.round(value ?? Number.NaN).toLocaleString('en-US');
  console.log(
    `\nThe overview drawn from ${payments.toLocaleString('en-US')} payments, 30 days, in Chromium: median of ${RUNS} ` +
      `${ms(median)} ms (${ms(times[0])} to ${ms(times.at(-1))}; the very first, nothing read yet, ${ms(first)}); ` +
      `${median < LIMIT_MS ? 'within' : 'OVER'} ${LIMIT_MS} ms`,
  );
  return median < LIMIT_MS;
}
