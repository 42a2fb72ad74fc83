/** The page in a real browser: light and dark, wide and narrow, and on paper. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { reportHtml } from '../../src/documents/html.js';
import { describeInChromium, launchChromium } from '../support/chromium.js';
import { GOLDEN_CASES, goldenReport } from '../support/golden.js';

interface Opened {
  readonly page: Page;
  /** What the browser complained of, and what it asked for beside the page itself. */
  readonly trouble: readonly string[];
}

describeInChromium('a report page', () => {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    browser = await launchChromium();
    folder = mkdtempSync(join(tmpdir(), 'farelog-pages-'));
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function open(name: string, width: number, colorScheme: 'light' | 'dark'): Promise<Opened> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    onTestFinished(() => page.close());
    const trouble: string[] = [];
    const file = join(folder, `${name}.html`);
    writeFileSync(file, reportHtml(goldenReport(name)));
    const address = pathToFileURL(file).href;
    page.on('console', (message) => trouble.push(message.text()));
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('dialog', (dialog) => trouble.push(dialog.message()));
    page.on('request', (request) => {
      if (request.url() !== address) trouble.push(request.url());
    });
    await page.goto(address);
    return { page, trouble };
  }

  const number = async (page: Page, expression: string): Promise<number> =>
    Number(await page.evaluate(expression));

  test.each(GOLDEN_CASES)('%s: no trouble, and nothing is wider than a phone', async (name) => {
    const { page, trouble } = await open(name, 390, 'light');
    expect(await number(page, 'document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true })');
    expect(await number(page, 'document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(await number(page, 'document.scripts.length')).toBe(0);
    expect(trouble).toEqual([]);
  });

  test('shows one drawing of each chart, by its width', async () => {
    const shown = `[...document.querySelectorAll('svg')].filter((one) => one.getBoundingClientRect().width > 0).map((one) => one.getAttribute('class')).join()`;
    const wide = await open('full-month', 1280, 'light');
    expect(await wide.page.evaluate(shown)).toBe('wide,wide,wide');
    const narrow = await open('full-month', 390, 'light');
    expect(await narrow.page.evaluate(shown)).toBe('narrow,narrow,narrow');
  });

  test('is dark where people want it dark, charts too, and light on paper', async () => {
    const { page } = await open('full-month', 1280, 'dark');
    const paper = `getComputedStyle(document.documentElement).backgroundColor`;
    const ink = `getComputedStyle(document.querySelector('svg.wide text')).fill`;
    const dark = [await page.evaluate(paper), await page.evaluate(ink)];
    await page.emulateMedia({ colorScheme: 'light' });
    const light = [await page.evaluate(paper), await page.evaluate(ink)];
    expect(light[0]).toBe('rgb(255, 255, 255)');
    expect(light[1]).not.toBe(dark[1]);
    expect(dark[0]).not.toBe(light[0]);
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    expect([await page.evaluate(paper), await page.evaluate(ink)]).toEqual(light);
  });

  test('figures line up to the right, and digits have one width', async () => {
    const { page } = await open('full-month', 1280, 'light');
    const rights = `new Set([...document.querySelectorAll('#methods td:nth-child(3)')].map((cell) => { const range = document.createRange(); range.selectNodeContents(cell); return Math.round(range.getBoundingClientRect().right) })).size`;
    expect(await number(page, rights)).toBe(1);
    expect(
      await page.evaluate(`getComputedStyle(document.querySelector('#methods td')).fontVariantNumeric`),
    ).toContain('tabular-nums');
  });

  test('charts say what they show to those who cannot see them', async () => {
    const { page } = await open('full-month', 1280, 'light');
    const charts = page.getByRole('img');
    expect(await charts.count()).toBe(3);
    expect(await charts.first().getAttribute('aria-label')).toBe(
      'Revenue by day. The best day was Sunday, March 1, 2026: $21,012.00 from 1,033 payments. The numbers are in the table below.',
    );
  });
});
