/** Every page by axe, in light and dark, on a wide screen and on a phone: nothing serious. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openBrowser } from '../support/chromium.js';
import {
  type Dashboard,
  describeDashboard,
  openSignedIn,
  paid,
  startDashboard,
} from '../support/dashboard.js';
import { inputFile } from '../support/importing.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const PATHS = [
  '/',
  '/payments',
  '/riders',
  '/methods',
  '/studies',
  '/studies/shares?asked=1',
  '/reconciliation',
  '/reconciliation?tab=differences',
  '/reconciliation/1',
  '/sources',
  '/operations',
  '/operations?tab=quarantine',
  '/settings',
];

/** Run past the page's policy, which allows no script but its own, as a developer's console is. */
async function complaintsOf(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations }: AxeResults = await page.evaluate('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** One payment differs, one is not here and cannot be read. */
async function reconcile({ app }: Dashboard): Promise<void> {
  const now = new Date().toISOString();
  const lines = [`1,coins,9.75,${now}`, `77,coins,-1.00,${now}`];
  const file = inputFile(
    'settled.csv',
    ['payment_id,payment_type,total_price,logged_on', ...lines, ''].join('\n'),
  );
  const day = Math.floor(Date.now() / 1_000) - 86_400;
  const settlement = { file, unit: 'major', time: 'iso', zone: null } as const;
  await (await app.writeSide()).reconcile({ span: { from: day, to: day + 2 * 86_400 }, settlement });
}

describeDashboard('every page', () => {
  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('has nothing serious against it in %s at %i pixels', async (colorScheme, width) => {
    const dashboard = await startDashboard();
    await dashboard.deliver(paid(1), paid(2, { payment_method: 'credit_card' }), paid(3, { amount: '-1' }));
    await reconcile(dashboard);
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'admin');
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 900 });
    const found: Record<string, string[]> = {};
    for (const path of PATHS) {
      await page.goto(`${dashboard.url}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('load');
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      const complaints = await complaintsOf(page);
      if (complaints.length > 0) found[path] = complaints;
    }
    expect(found).toEqual({});
    expectQuiet();
  });
});
