/** The overview in a browser: its figures, that it moves as payments are recorded, and what each role is shown. */
import { expect, test } from 'vitest';
import { ROLES } from '../../src/http/api-keys.js';
import { openBrowser } from '../support/chromium.js';
import { describeDashboard, openSignedIn, pagesOf, paid, startDashboard } from '../support/dashboard.js';

/** From the answer to a webhook until the page shows it. */
const LIVE_WITHIN_MS = 2_000;

const PAGES: Readonly<Record<string, readonly string[]>> = {
  analyst: ['Overview', 'Methods', 'Reconciliation', 'Sources', 'Operations'],
  researcher: [
    'Overview',
    'Payments',
    'Riders',
    'Methods',
    'Studies',
    'Reconciliation',
    'Sources',
    'Operations',
  ],
  admin: [
    ...['Overview', 'Payments', 'Riders', 'Methods', 'Studies', 'Reconciliation', 'Sources', 'Operations'],
    'Settings',
  ],
};

describeDashboard('the overview', () => {
  test('shows headline figures and draws its charts', async () => {
    const dashboard = await startDashboard();
    await dashboard.deliver(paid(1), paid(2, { amount: '10.00', payment_method: 'credit_card' }));
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'analyst');
    await page.getByText('$12.50').first().waitFor();
    await page.locator('.chart-canvas[data-drawn=true]').nth(2).waitFor();
    expectQuiet();
  });

  test('shows a payment within two seconds of its webhook', async () => {
    const dashboard = await startDashboard();
    await dashboard.deliver(paid(1));
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'analyst');
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('$2.50').first().waitFor();
    expect(await dashboard.deliver(paid(2, { amount: '77.70', payment_method: 'credit_card' }))).toEqual([
      201,
    ]);
    const strip = page.getByRole('region', { name: 'Coming in' });
    await strip.getByText('$77.70').waitFor({ timeout: LIVE_WITHIN_MS });
    await page.getByText('$80.20').first().waitFor();
    expectQuiet();
  });

  test('says what to do where there is nothing yet', async () => {
    const dashboard = await startDashboard();
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, 'analyst');
    await page.getByText('--demo').first().waitFor();
    expectQuiet();
  });

  test.each(ROLES.filter((role) => role in PAGES))('shows the pages of the role %s', async (role) => {
    const dashboard = await startDashboard();
    const { page, expectQuiet } = await openSignedIn(await openBrowser(), dashboard, role);
    expect(await pagesOf(page)).toEqual(PAGES[role]);
    expectQuiet();
  });
});
